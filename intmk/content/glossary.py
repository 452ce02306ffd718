"""Puts the initial glossary (intmk/content/glossary.toml) into the database, for `load_content`."""

from collections.abc import Callable

from django.db.models import QuerySet
from wagtail.models import Page

from intmk.base.glossary import GlossaryTerm
from intmk.content.files import linked, read_content


def load_glossary(is_new: Callable[[str, QuerySet], bool], page_at: Callable[[str], Page | None]) -> None:
    """Create the terms of which `is_new(key, same)` says that they are to be created, and join them.

    page_at: the page that was loaded for an address, None when it is gone.
    """
    created: dict[GlossaryTerm, list[str]] = {}
    for row in read_content("glossary")["term"]:
        see_also = row.pop("see_also", [])
        same = GlossaryTerm.objects.filter(slug=row["slug"]) | GlossaryTerm.objects.filter(term=row["term"])
        if is_new(f"glossary:{row['slug']}", same):
            explanation = linked(row.pop("explanation", ""), page_at)
            term = GlossaryTerm(**row, explanation=explanation)
            term.full_clean()
            term.save()
            created[term] = see_also
    for term, slugs in created.items():
        term.see_also.set(GlossaryTerm.objects.filter(slug__in=slugs))
