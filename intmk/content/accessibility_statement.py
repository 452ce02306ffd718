"""Puts the initial accessibility statement (intmk/content/accessibility_statement.toml) into the database."""

from collections.abc import Callable

from wagtail.models import Page

from intmk.accessibility.statement import AccessibilityStatement, InaccessiblePart
from intmk.content.files import read_content


def load_statement(piece: Callable[..., None], page_at: Callable[[str], Page | None]) -> None:
    """Write it with `piece` (see Loader.piece); `page_at` gives the page loaded for an address, else None."""
    data = read_content("accessibility_statement")

    def write(statement: AccessibilityStatement | None) -> AccessibilityStatement:
        statement = statement or AccessibilityStatement.objects.first() or AccessibilityStatement()
        for name, value in data.items():
            if name != "barrier":
                setattr(statement, name, value)
        statement.barriers.set(
            [
                InaccessiblePart(**row | {"page": page_at(row["page"]) if "page" in row else None})
                for row in data["barrier"]
            ]
        )
        statement.full_clean()
        statement.save()
        return statement

    piece("accessibility_statement", AccessibilityStatement.objects.exclude(status=""), data, write)
