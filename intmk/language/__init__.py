"""Words of people made into words of the site: dates, names, spelling, German and its translations.

Imports no other package.
"""
