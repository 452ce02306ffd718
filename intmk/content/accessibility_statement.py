"""Puts the initial accessibility statement (intmk/content/accessibility_statement.toml) into the database."""

from collections.abc import Callable

from django.db.models import QuerySet
from wagtail.models import Page

from intmk.accessibility.statement import AccessibilityStatement, InaccessiblePart
from intmk.content.files import read_content


def load_statement(is_new: Callable[[str, QuerySet], bool], page_at: Callable[[str], Page | None]) -> None:
    """Create it if `is_new(key, same)` says so; `page_at` gives the page loaded for an address, else None."""
    if not is_new("accessibility_statement", AccessibilityStatement.objects.exclude(status="")):
        return
    data = read_content("accessibility_statement")
    rows = data.pop("barrier")
    statement = AccessibilityStatement.objects.first() or AccessibilityStatement()
    for name, value in data.items():
        setattr(statement, name, value)
    statement.barriers.set(
        [InaccessiblePart(**row | {"page": page_at(row["page"]) if "page" in row else None}) for row in rows]
    )
    statement.full_clean()
    statement.save()
