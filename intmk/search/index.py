"""What the search knows: one row for each public thing, and the words that occur in them.

PostgreSQL finds and ranks; the words are made here (intmk/language/german_words.py), since its own
dictionaries know no compounds.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q, QuerySet, prefetch_related_objects
from django.urls import reverse
from wagtail.models import Page

from conferences.models import ChairPage, ChairPerson, Land, Theme
from intmk.base.glossary import GlossaryTerm
from intmk.base.pages import SitePage
from intmk.base.site import is_restricted
from intmk.base.view_pages import VIEWS
from intmk.language.land_names import IN_FULL
from intmk.media.documents.models import SiteDocument
from intmk.media.public_files import public_pages
from intmk.search.text import distinct_words, plain_text, title_key, vector
from intmk.server.switch import Switch

VERSION = 8  # raised when texts are taken apart in another way: load_content then makes the index anew
BATCH = 200
LONGEST_CONTEXT = 255
OFFICES = "Ministerin Minister Senatorin Senator"  # of those in the chair; which of them is not known of all
index_deferred = Switch("index_deferred")


class SearchEntry(models.Model):
    """One thing that can be found: a page, a page of a document, a Land, a theme, a person in the chair."""

    class Kind(models.TextChoices):
        RESOLUTION = "resolution", "Beschlüsse und Beratungen"
        CONFERENCE = "conference", "Konferenzen"
        DOCUMENT = "document", "Dokumente"
        ACTOR = "actor", "Personen und Länder"
        PAGE = "page", "Seiten"

    key = models.CharField("Schlüssel", max_length=60, unique=True)
    kind = models.CharField("Art", max_length=10, choices=Kind)
    label = models.CharField("Bezeichnung", max_length=120)
    title = models.CharField("Titel", max_length=255)
    title_key = models.CharField("Titel zum Vergleich", max_length=200)
    context = models.CharField("Zusammenhang", max_length=LONGEST_CONTEXT, blank=True)
    text = models.TextField("Text", blank=True)
    address = models.CharField(
        "Adresse", max_length=500, blank=True, help_text="Bei einer Seite, was ihrer Adresse folgt."
    )
    day = models.DateField("Datum", null=True)
    # Whether it is public is asked of these when somebody searches, not of this row.
    page = models.ForeignKey(Page, verbose_name="Seite", null=True, on_delete=models.CASCADE, related_name="+")
    document = models.ForeignKey(
        SiteDocument, verbose_name="Dokument", null=True, on_delete=models.CASCADE, related_name="+"
    )
    vector = SearchVectorField("Wörter", null=True)
    title_vector = SearchVectorField("Wörter des Titels", null=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "Eintrag der Suche"
        verbose_name_plural = "Einträge der Suche"
        indexes = [
            GinIndex(fields=["vector"], name="search_vector", fastupdate=False),
            GinIndex(fields=["title_vector"], name="search_title_vector", fastupdate=False),
            models.Index(fields=["title_key"], name="search_title_key", opclasses=["varchar_pattern_ops"]),
            models.Index(F("day").desc(nulls_last=True), F("id").desc(), name="search_newest"),
        ]

    def __str__(self) -> str:
        return self.title


class SearchWord(models.Model):
    """A word that has occurred, for those who mistype it; whether it still does is asked of the entries."""

    folded = models.CharField("Schreibweise zum Vergleich", max_length=80, unique=True)
    word = models.CharField("Wort", max_length=80)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "Wort der Suche"
        verbose_name_plural = "Wörter der Suche"
        indexes = [
            GinIndex(fields=["folded"], name="search_word_trigrams", opclasses=["gin_trgm_ops"]),
            models.Index(fields=["folded"], name="search_word_begins", opclasses=["varchar_pattern_ops"]),
        ]

    def __str__(self) -> str:
        return self.word


@dataclass
class Findable:
    """What becomes an entry. texts: plain text by weight, A to D as in SitePage.search_texts.

    shown: what stands below the title where `texts` has no C and D; nothing is found by it.
    """

    key: str
    kind: str
    label: str
    title: str
    texts: dict[str, str] = field(default_factory=dict)
    context: str = ""
    shown: str = ""
    address: str = ""
    day: date | None = None
    page_id: int | None = None
    document_id: int | None = None
    is_titled: bool = True  # the further pages of a document are not found by its title

    def entry(self) -> SearchEntry:
        """Return the row."""
        texts = {weight: plain_text(self.texts.get(weight) or "") for weight in "ABCD"}
        title = plain_text(self.title) if self.is_titled else ""
        return SearchEntry(
            key=self.key,
            kind=self.kind,
            label=self.label[:120],
            title=plain_text(self.title)[:255],
            title_key=title_key(title),
            context=plain_text(self.context)[:LONGEST_CONTEXT],
            text="\n".join(filter(None, [texts["C"], texts["D"]])) or plain_text(self.shown),
            address=self.address,
            day=self.day,
            page_id=self.page_id,
            document_id=self.document_id,
            vector=vector([("A", title), ("A", texts["A"]), ("B", self.context), *((w, texts[w]) for w in "BCD")]),
            title_vector=vector([("A", title), ("A", texts["A"])]),
        )


def entries_for_pages(pages: Iterable[Page]) -> Iterator[Findable]:
    """Yield what is found of these pages, which are public; those that are none of ours are left out.

    What their texts are made of is read for all of a type together.
    """
    ours = [page for page in pages if isinstance(page, SitePage)]
    for model in {type(page) for page in ours}:
        prefetch_related_objects([page for page in ours if type(page) is model], *model.search_along)
    for page in ours:
        yield from entry_for_page(page)


def entry_for_page(page: SitePage) -> Iterator[Findable]:
    """Yield what is found of a public page."""
    texts = page.search_texts()
    yield Findable(
        key=f"page:{page.pk}",
        kind=page.search_kind,
        label=page.search_label(),
        title=page.title,
        texts=texts | {"B": f"{texts.get('B', '')}\n{page.keywords}"},
        context=page.search_context(),
        day=page.search_date(),
        page_id=page.pk,
    )
    if isinstance(page, ChairPage):
        for person in ChairPerson.objects.select_related("term__land"):
            yield of_person(person, page)


def of_person(person: ChairPerson, chair_page: ChairPage) -> Findable:
    """Return the entry of a person in the chair; it leads to the page of the chair as of the person's first day."""
    term = person.term
    return Findable(
        key=f"person:{person.pk}",
        kind=SearchEntry.Kind.ACTOR,
        label="Person im Vorsitz",
        title=person.name,
        texts={"B": f"{person.office}\n{person.ministry}\n{OFFICES}", "D": f"{person.note}\n{term.period}"},
        context=f"Vorsitz {term.years}, {term.land.name}",
        address=f"?am={person.start or term.start}",
        day=term.start,
        page_id=chair_page.pk,
    )


def of_land(land: Land) -> Findable:
    """Return the entry of a Land."""
    return Findable(
        key=f"land:{land.code}",
        kind=SearchEntry.Kind.ACTOR,
        label="Land",
        title=land.name,
        texts={
            "A": land.code.removeprefix("DE-"),  # as its tile is labelled
            "B": f"Vorsitz {land.name_genitive}\n{IN_FULL.get(land.code, '')} {land.name}",
            "C": f"Amtszeiten im Vorsitz, Personen und Konferenzen {land.name_genitive}",
            "D": land.ministry,
        },
        address=land.get_absolute_url(),
    )


def of_theme(theme: Theme) -> Findable:
    """Return the entry of a theme."""
    return Findable(
        key=f"theme:{theme.pk}",
        kind=SearchEntry.Kind.PAGE,
        label="Handlungsfeld",
        title=theme.name,
        texts={"B": "Handlungsfeld"},
        address=theme.get_absolute_url(),
    )


def of_term(term: GlossaryTerm) -> Findable:
    """Return the entry of a word of the glossary.

    It is found by its forms alone: explanations use the words that people search pages for, and would be found first.
    """
    return Findable(
        key=f"term:{term.pk}",
        kind=SearchEntry.Kind.PAGE,
        label="Glossar",
        title=term.term,
        texts={"B": term.forms},
        shown=term.short,
        address=term.get_absolute_url(),
    )


def of_views() -> Iterator[Findable]:
    """Yield the entries of the addresses that are no pages, but for the search itself."""
    for name, view in VIEWS.items():
        if view.is_listed:
            yield Findable(
                key=f"view:{name}",
                kind=SearchEntry.Kind.PAGE,
                label="Seite",
                title=view.title,
                texts={"A": view.own_title},
                address=reverse(name),
            )


def of_document(document: SiteDocument) -> Iterator[Findable]:
    """Yield the entries of a document: itself, and each page that has text.

    What a former version of the program has read may be what nobody sees: its pages come when they are read again.
    """
    if document.withheld:
        return
    address = reverse("wagtaildocs_serve", args=[document.pk, document.filename])
    common: dict[str, Any] = {
        "kind": SearchEntry.Kind.DOCUMENT,
        "title": document.title,
        "document_id": document.pk,
        "day": document.created_at.date(),
    }
    yield Findable(key=f"document:{document.pk}", label="Dokument", address=address, **common)
    for page in document.pages.all() if document.is_read else []:
        yield Findable(
            key=f"document:{document.pk}:{page.number}",
            label=f"Dokument, Seite {page.number}",
            address=f"{address}#page={page.number}",
            texts={"D": page.text},
            is_titled=False,
            **common,
        )


def store_entries(found: Iterable[Findable], replaced: Q) -> list[SearchEntry]:
    """Put `found` in place of the entries `replaced`; call it in the transaction that changes what is found.

    Returns the new entries, none where that is left to a later rebuilding.
    """
    if index_deferred:
        return []
    entries = [one.entry() for one in found]
    SearchEntry.objects.filter(replaced).exclude(key__in=[entry.key for entry in entries]).delete()
    fields = [field.attname for field in SearchEntry._meta.concrete_fields if field.attname not in ("id", "key")]
    SearchEntry.objects.bulk_create(
        entries, batch_size=BATCH, update_conflicts=True, unique_fields=["key"], update_fields=fields
    )
    words: dict[str, str] = {}
    for entry in entries:
        words = distinct_words(f"{entry.title}\n{entry.context}\n{entry.text}") | words
    rows = [SearchWord(folded=folded, word=word) for folded, word in sorted(words.items())]
    SearchWord.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)
    return entries


def store_pages(pages: QuerySet[Page]) -> None:
    """Bring the entries of all these pages up to date, and those of the persons with the page of the chair."""
    public: Any = public_pages().filter(pk__in=pages.order_by().values("pk"))
    store_entries(entries_for_pages(public.specific()), Q(page__in=pages.order_by().values("pk")))


def store_published(page: Page) -> list[SearchEntry]:
    """Do the same for a page that has just been published, without reading it again; return its entries."""
    is_public = page.live and not is_restricted(page)
    stored = getattr(page, "as_stored", None) or page
    # One page is one entry, which takes the place of its own; but for that of the chair, with its persons.
    replaced = Q(pk__in=[]) if is_public and not isinstance(page, ChairPage) else Q(page_id=page.pk)
    return store_entries(entries_for_pages([stored] if is_public else []), replaced)


def store_document(document: SiteDocument) -> None:
    """Bring the entries of a document up to date."""
    store_entries(of_document(document), Q(document_id=document.pk))


def drop_unread_pages() -> None:
    """Take the pages of documents that this version of the program has not read yet out of the index."""
    unread = SiteDocument.objects.read_otherwise().values("pk")
    SearchEntry.objects.filter(document__in=unread, key__regex=r"^document:\d+:").delete()


@contextmanager
def rebuilt_at_the_end() -> Iterator[None]:
    """Leave the index as it is within the block and make it anew at its end: for changes to nearly everything."""
    with index_deferred.on():
        yield
    rebuild()


def rebuild() -> int:
    """Make the whole index anew and return the number of entries; words that occur no more are gone then."""
    SearchEntry.objects.all().delete()
    SearchWord.objects.all().delete()
    nothing = Q(pk__in=[])
    waiting: list[Findable] = []
    for one in everything():
        waiting.append(one)
        if len(waiting) == BATCH:
            store_entries(waiting, nothing)
            waiting = []
    store_entries(waiting, nothing)
    return SearchEntry.objects.count()


def everything() -> Iterator[Findable]:
    """Yield all that is found on this site."""
    public: Any = public_pages()
    pages = public.specific().iterator(chunk_size=BATCH)
    while batch := list(islice(pages, BATCH)):
        yield from entries_for_pages(batch)
    for land in Land.objects.all():
        yield of_land(land)
    for theme in Theme.objects.all():
        yield of_theme(theme)
    for term in GlossaryTerm.objects.all():
        yield of_term(term)
    yield from of_views()
    for document in SiteDocument.objects.not_withheld().prefetch_related("pages").iterator(chunk_size=20):
        yield from of_document(document)
