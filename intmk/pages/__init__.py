"""The pages above the parts: home, news, text pages, menu and ways through the site.

May import search, addresses, accessibility, audit and what lies below them.
"""
