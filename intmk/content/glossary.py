"""Puts the initial glossary (intmk/content/glossary.toml) into the database, for `load_content`."""

from collections.abc import Callable
from typing import Any

from wagtail.models import Page

from intmk.base.glossary import GlossaryTerm
from intmk.content.files import linked, read_content


def load_glossary(piece: Callable[..., None], page_at: Callable[[str], Page | None]) -> None:
    """Write the terms with `piece` (see Loader.piece), and join those that were written.

    page_at: the page that was loaded for an address, None when it is gone.
    """
    written: dict[GlossaryTerm, list[str]] = {}

    def write(row: dict[str, Any], term: GlossaryTerm | None) -> GlossaryTerm:
        term = term or GlossaryTerm()
        term.archive_filter = ""
        for name, value in row.items():
            if name != "see_also":
                setattr(term, name, linked(value, page_at) if name == "explanation" else value)
        term.full_clean()
        term.save()
        written[term] = row.get("see_also", [])
        return term

    for row in read_content("glossary")["term"]:
        same = GlossaryTerm.objects.filter(slug=row["slug"]) | GlossaryTerm.objects.filter(term=row["term"])
        piece(f"glossary:{row['slug']}", same, row, lambda term, row=row: write(row, term))
    stored = GlossaryTerm.objects.in_bulk(field_name="slug") if written else {}
    for term, slugs in written.items():
        term.see_also.set([stored[slug] for slug in slugs if slug in stored])
