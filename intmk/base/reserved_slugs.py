"""Addresses that no page may have, since another part of the site answers there."""

import re

from django.urls import get_resolver
from wagtail.models import Page

# First parts of addresses that are answered before intmk/urls.py is asked.
ANSWERED_BEFORE = {"bereit", "gesund", "kennzahlen", "static"}
FIRST_PART = re.compile(r"\^?([a-z-]+)/")
OF_ANOTHER_PART = "Die Adresse „/{}/“ gehört einem anderen Teil der Website."


def is_reserved(slug: str, parent: Page) -> bool:
    """Say whether a page with this slug below `parent` would stand where another part of the site is."""
    return parent.depth == 2 and slug in reserved_slugs()


def reserved_slugs() -> set[str]:
    """Return the first parts of all addresses that are no pages."""
    patterns = [str(entry.pattern) for entry in get_resolver().url_patterns]
    return ANSWERED_BEFORE | {found[1] for pattern in patterns if (found := FIRST_PART.match(pattern))}
