"""What the editor is told before a page is published: duties, which stop it, and advice, which does not.

Each kind of advice is a function of texts or rows, without a query; `whole_page` reads them of a page and asks all.
"""
