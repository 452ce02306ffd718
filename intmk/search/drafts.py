"""The search of editors: the index and the questions of readers, and with them what is not public yet.

What a draft says stands in a table of its own, which no page of readers asks. It is the text that readers would find
once the draft is published, so that what may not be released is not found here either.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import (
    CASCADE,
    BooleanField,
    Case,
    CharField,
    DateField,
    F,
    Func,
    IntegerField,
    Model,
    OneToOneField,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Cast
from wagtail.models import Page, PageQuerySet

from intmk.base.pages import SitePage
from intmk.language.german_words import folded
from intmk.search.index import BATCH, Findable, SearchEntry, entry_for_page, index_deferred
from intmk.search.query import Query, SearchTerm, parse
from intmk.search.results import MOST, matches, reading_by_index, score
from intmk.search.synonyms import synonyms
from intmk.search.text import quoted, tokens

SHORTEST_BEGUN = 3  # letters of a word that is still being typed
IN_WORK = Q(live=False) | Q(has_unpublished_changes=True)


class DraftEntry(Model):
    """The words of the latest version of a page that readers do not see, or not so."""

    page = OneToOneField(Page, verbose_name="Seite", primary_key=True, on_delete=CASCADE, related_name="+")
    key = CharField("Schlüssel", max_length=60)
    kind = CharField("Art", max_length=10)
    title_key = CharField("Titel zum Vergleich", max_length=200)
    day = DateField("Datum", null=True)
    vector = SearchVectorField("Wörter", null=True)
    title_vector = SearchVectorField("Wörter des Titels", null=True)

    seen_by_readers = False
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "Entwurf in der Suche"
        verbose_name_plural = "Entwürfe in der Suche"
        indexes = [
            GinIndex(fields=["vector"], name="draft_vector", fastupdate=False),
            GinIndex(fields=["title_vector"], name="draft_title_vector", fastupdate=False),
        ]

    def __str__(self) -> str:
        return self.title_key


def draft_entry(page: SitePage) -> DraftEntry:
    """Return the row of a page as its latest version is; the page above it names it, too."""
    try:
        found = next(iter(entry_for_page(page)))
    except (ObjectDoesNotExist, AttributeError, TypeError, ValueError):
        # A draft may lack anything, also what a row is called by: nobody may lose what was typed because of that.
        found = Findable(f"page:{page.pk}", page.search_kind, "", page.title, {"C": page.introduction})
    above = page.get_parent()
    found.texts["B"] = "\n".join(filter(None, [found.texts.get("B"), above.draft_title if above else ""]))
    entry = found.entry()
    fields = ("key", "kind", "title_key", "day", "vector", "title_vector")
    return DraftEntry(page_id=page.pk, **{name: getattr(entry, name) for name in fields})


def store_draft(page: Page) -> None:
    """Bring the row of a page up to date, which is given in its latest version."""
    if index_deferred or not isinstance(page, SitePage):
        return
    store_draft_rows([draft_entry(page)])


def store_drafts(pages: QuerySet[Page]) -> None:
    """Bring the rows of all these pages up to date, also of those that are no drafts any more."""
    if index_deferred:
        return
    DraftEntry.objects.filter(page__in=pages.order_by().values("pk")).delete()
    drafts: Any = pages.filter(IN_WORK)
    latest = (page.get_latest_revision_as_object() for page in drafts.specific().iterator(chunk_size=BATCH))
    store_draft_rows([draft_entry(page) for page in latest if isinstance(page, SitePage)])


def store_draft_rows(entries: list[DraftEntry]) -> None:
    fields = ["key", "kind", "title_key", "day", "vector", "title_vector"]
    DraftEntry.objects.bulk_create(
        entries, batch_size=BATCH, update_conflicts=True, unique_fields=["page"], update_fields=fields
    )


def found_pages(pages: PageQuerySet, text: str, is_ordered: bool) -> PageQuerySet:
    """Return those of `pages` that match what an editor typed, the best first unless they keep their order.

    Four questions to the database for any number of pages. With more than MOST hits those come first whose title
    matches, and the others keep the order of `pages`: to rank a hit its words have to be read.
    """
    query = with_beginning(parse(text, synonyms()), text)
    if not query.broad:
        return pages.none()
    with reading_by_index():  # of all pages: to look for each entry among `pages` takes as long as to find it
        entries = [SearchEntry.objects.filter(page__isnull=False), DraftEntry.objects.all()]
        hits = pages.filter(is_among(keys_of(entries, "vector", query.broad)))
        if is_ordered:
            return hits
        keys = list(hits.order_by().values_list("pk", flat=True)[: MOST + 1])
        if len(keys) > MOST:
            titled = When(is_among(keys_of(entries, "title_vector", query.broad)), then=Value(0))
            first = Case(titled, default=Value(1), output_field=IntegerField())
            return hits.order_by(
                first, *hits.query.order_by, F("latest_revision_created_at").desc(nulls_last=True), "pk"
            )
        best = ranked([rows.filter(page__in=keys) for rows in entries], query)
    return hits.order_by(Func(as_array(best), F("pk"), function="array_position", output_field=IntegerField()))


def with_beginning(query: Query, text: str) -> Query:
    """Return the same that also finds what begins as the last word does: a list is searched while one types."""
    last = next(reversed(list(tokens(text))), None)
    if last is None or last.is_number or last.end < len(text) or len(last.word) < SHORTEST_BEGUN or not query.terms:
        return query
    if query.terms[-1].words[-1:] != last.pieces[-1:]:  # within quotation marks, or left out
        return query
    beginning = f"{quoted(folded(last.pieces[-1]))}:*"
    term = query.terms[-1].or_also(SearchTerm(beginning, beginning))
    return replace(query, terms=(*query.terms[:-1], term))


def keys_of(entries: Iterable[QuerySet], column: str, condition: str) -> list[int]:
    """Return the keys of the pages of which an entry matches."""
    first, second = (
        rows.filter(matches(column, condition)).order_by().values_list("page_id", flat=True) for rows in entries
    )
    return list(first.union(second))


def ranked(entries: Iterable[QuerySet], query: Query) -> list[int]:
    """Return the keys of the pages that match, the best first; of what a page and its draft have the better."""
    rows: list[tuple[float, date, int]] = []
    for some in entries:
        hits = some.filter(matches("vector", query.broad)).annotate(score=score(query))
        rows += [(rank, day or date.min, key) for rank, day, key in hits.values_list("score", "day", "page_id")]
    return list(dict.fromkeys(key for _, _, key in sorted(rows, reverse=True)))


def is_among(keys: list[int]) -> Func:
    """Return the condition that a page is one of these: as one value, since each of many would be read by itself."""
    one_of = {"template": "(%(expressions)s))", "arg_joiner": " = ANY("}
    return Func(F("pk"), as_array(keys), output_field=BooleanField(), **one_of)


def as_array(keys: list[int]) -> Cast:
    """Return the keys as one value: as text, since Django looks at each number of an array, thousands of times."""
    return Cast(Value(f"{{{','.join(map(str, keys))}}}"), ArrayField(IntegerField()))
