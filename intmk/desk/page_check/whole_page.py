"""Reads what advice is given on: the texts of a draft, its days, files and references. In few queries."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from wagtail import blocks
from wagtail.fields import RichTextField, StreamField
from wagtail.models import COMMENTS_RELATION_NAME, Page, get_default_page_content_type
from wagtail.rich_text import RichText

from conferences.models import ConferencePage, ResolutionPage, Source
from conferences.models.conference_agenda import agenda_of
from conferences.models.conference_parts import lists_of
from conferences.models.resolution_context import gaps as gaps_of_resolution
from intmk.base.pages import SitePage
from intmk.base.publishing_rules import drop_half_filled_rows, label
from intmk.base.text_page import TextPage
from intmk.desk.outgoing_links import OutgoingLink, links_in
from intmk.desk.page_check.advice import Advice, Passage
from intmk.desk.page_check.days import advice_on_dateline, advice_on_days, advice_on_programme, advice_on_weekdays
from intmk.desk.page_check.files import advice_on_document, advice_on_picture, advice_on_same_texts
from intmk.desk.page_check.wording import advice_on_title, advice_on_wording
from intmk.language.dates import EXACT
from intmk.media.documents.models import SiteDocument
from intmk.media.images.models import SiteImage
from intmk.media.unpublished import references_in
from intmk.pages.models import NewsPage, StandardPage

# Where what is missing is filled in, by the name that the page gives it.
FIELDS = {
    "Termin": "first_day", "Tage": "first_day", "genaue Tage": "date_certainty", "erster Tag": "first_day",
    "Ort": "place", "Vorsitz": "chair_term", "Gruppenfoto": "photos", "Programm": "programme",
    "Protokoll oder anderes Dokument": "documents", "Pressemitteilung": "press_releases", "Ergebnis": "outcome",
    "Abstimmungsergebnis": "outcome", "Wortlaut": "points", "Niederschrift": "source_file",
}  # fmt: skip


def advice_on(page: SitePage) -> list[Advice]:
    """Return all advice on the draft, the gravest first; `page` is not to be saved afterwards.

    Of texts in other languages only what is no matter of language.
    """
    drop_half_filled_rows(page)
    passages = list(passages_of(page))
    found: list[Advice] = []
    if page.is_in_standard_german:
        found += [*advice_on_dates(page, passages), *advice_on_title(page.title), *advice_on_wording(passages)]
    found += [*advice_on_references(page), *advice_on_other_websites(page)]
    found += [*advice_on_files(page), *advice_on_gaps(page)]
    return list(dict.fromkeys(found))


def passages_of(page: SitePage) -> Iterator[Passage]:
    """Yield its title, its introduction, and its texts block by block."""
    yield Passage("title", "Titel", page.title)
    yield Passage("introduction", label(type(page), "introduction"), page.introduction or "")
    for field in page._meta.get_fields():
        value = getattr(page, field.name, None) if isinstance(field, StreamField | RichTextField) else None
        if isinstance(field, RichTextField) and value:
            yield Passage(field.name, label(type(page), field.name), value, is_rich=True)
        elif value:
            for number, part in enumerate(value, 1):
                place = f"{label(type(page), field.name)}, {number}. Baustein"
                yield from passages_in(part.block, part.value, str(part.id), place)


def passages_in(block: blocks.Block, value: Any, key: str, place: str, name: str = "") -> Iterator[Passage]:
    """Yield the texts of a block and of those in it."""
    if isinstance(value, RichText):
        yield Passage(key, place, value.source, is_rich=True)
    elif isinstance(block, blocks.StructBlock):
        for name, child in block.child_blocks.items():
            yield from passages_in(child, value[name], key, place, name)
    elif isinstance(block, blocks.CharBlock | blocks.TextBlock) and value:
        yield Passage(key, place, value, is_heading=name == "heading")


def advice_on_dates(page: SitePage, passages: list[Passage]) -> list[Advice]:
    """Return where the texts contradict the days of the page or of the conference to which it belongs."""
    found = advice_on_weekdays(passages)
    if isinstance(page, ConferencePage):
        stored = ConferencePage.objects.filter(pk=page.pk, live=True).first()
        period = sure_period(page)
        found += advice_on_days(passages, period, sure_period(stored), page.number)
        items = [(str(part.id), part.value["day"]) for part in page.programme if part.value["day"]]
        return found + advice_on_programme(items, period)
    if isinstance(page, NewsPage):
        found += advice_on_dateline([passage for passage in passages if passage.field != "title"], page.date)
    if isinstance(page, NewsPage | ResolutionPage) and page.conference:
        named = isinstance(page, ResolutionPage)
        conference = page.conference
        found += advice_on_days(passages, sure_period(conference), number=conference.number, only_if_named=named)
    return found


def sure_period(page: ConferencePage | None) -> tuple[date, date] | None:
    """Return first and last day of a conference, None where they are not known or not sure."""
    if page is None or page.first_day is None or page.date_certainty != EXACT:
        return None
    return page.first_day, page.last_day or page.first_day


def advice_on_references(page: SitePage) -> list[Advice]:
    """Return where the draft leads to what readers do not find; three queries."""
    pages, documents = named_by(page, Page), named_by(page, SiteDocument)
    titles = dict(Page.objects.filter(pk__in=pages).values_list("pk", "draft_title"))
    public = set(Page.objects.live().filter(pk__in=pages).values_list("pk", flat=True))
    there = set(SiteDocument.objects.filter(pk__in=documents).values_list("pk", flat=True))
    dead = [
        (f"„{titles[key]}“, das nicht öffentlich ist" if key in titles else "eine gelöschte Seite", path)
        for key, paths in pages.items()
        for path in paths
        if key not in public
    ]
    dead += [
        ("ein gelöschtes Dokument", path) for key, paths in documents.items() for path in paths if key not in there
    ]
    return [dead_reference(page, what, path) for what, path in dead]


def dead_reference(page: SitePage, what: str, path: str) -> Advice:
    """Return advice on one; path: of `references_in`."""
    name, _, rest = path.partition(".")
    target = rest.partition(".")[0] if isinstance(page._meta.get_field(name), StreamField) else name
    return Advice(target, label(type(page), name), f"Hier steht ein Verweis auf {what}: Er führt ins Leere.")


def advice_on_other_websites(page: SitePage) -> list[Advice]:
    """Return which links to other websites the clock has found broken; one query, and one for sources if there are."""
    places = links_elsewhere(page)
    return [
        Advice(
            target,
            name,
            f"Der Verweis auf {link.url} führt ins Leere ({link.fault}). "
            "Bitte die Adresse richtigstellen oder den Verweis entfernen.",
        )
        for link in OutgoingLink.objects.broken().filter(url__in=list(places)).order_by("url")
        for target, name in places[link.url]
    ]


def links_elsewhere(page: SitePage) -> dict[str, list[tuple[str, str]]]:
    """Return by address of another website where the draft names it: the field or block, and its label."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for name, stored in page.serializable_data().items():
        if name in ("pk", COMMENTS_RELATION_NAME):
            continue
        field = page._meta.get_field(name)
        if isinstance(field, StreamField):
            parts = [(part["id"], json.dumps(part)) for part in json.loads(stored)]
        elif field.related_model is Source:
            parts = [(name, source.url) for source in getattr(page, name).all() if not source.is_dead]
        else:
            rows = stored if isinstance(stored, list) else [{name: stored}]  # or keys, of themes and the like
            texts = (text for row in rows if isinstance(row, dict) for text in row.values())
            parts = [(name, text) for text in texts if isinstance(text, str)]
        for target, text in parts:
            for url in links_in(text):
                found[url].append((target, label(type(page), name)))
    return found


def named_by(page: SitePage, model: type[Page | SiteDocument | SiteImage]) -> dict[int, list[str]]:
    """Return by key where the draft names pages, pictures or documents."""
    wanted = get_default_page_content_type() if model is Page else ContentType.objects.get_for_model(model)
    found: dict[int, list[str]] = defaultdict(list)
    for kind, key, _, path in references_in(page):
        if kind == wanted.pk:
            found[int(key)].append(path)
    return found


def advice_on_files(page: SitePage) -> list[Advice]:
    """Return what is to be said of the pictures and documents of the draft; two queries."""
    pictures = [
        (picture, reverse("wagtailimages:edit", args=[picture.pk]))
        for picture in SiteImage.objects.filter(pk__in=named_by(page, SiteImage), is_placeholder=False).order_by("pk")
    ]
    documents = [
        (document, reverse("wagtaildocs:edit", args=[document.pk]))
        for document in SiteDocument.objects.filter(pk__in=named_by(page, SiteDocument)).order_by("pk")
    ]
    papers = [advice for each in documents for advice in advice_on_document(*each)]
    return [
        *papers,
        *(advice for each in pictures for advice in advice_on_picture(*each)),
        *advice_on_same_texts(pictures),
    ]


def advice_on_gaps(page: SitePage) -> list[Advice]:
    """Return what readers will look for on the page and not find."""
    found = [missing_part(page, name) for name in missing_parts(page)]
    if isinstance(page, NewsPage | StandardPage) and not page.introduction:
        message = "Fehlt noch: In Listen und in der Suche steht dann der Anfang des Textes."
        found.append(Advice("introduction", label(type(page), "introduction"), message))
    may_be_empty = isinstance(page, ConferencePage) or bool(getattr(page, "duty", ""))
    if isinstance(page, TextPage) and not page.body and not may_be_empty:
        found.append(Advice("body", label(type(page), "body"), "Die Seite hat noch keinen Text."))
    return found


def missing_part(page: SitePage, name: str) -> Advice:
    """Return that this is missing; resolutions have pages of their own."""
    new = reverse("wagtailadmin_pages:add", args=["conferences", "resolutionpage", page.pk])
    return Advice(FIELDS.get(name, ""), name, "Fehlt noch.", address=new if name == "Beschlüsse" else "")


def missing_parts(page: SitePage) -> Iterable[str]:
    """Return what the page itself names as missing."""
    if isinstance(page, ResolutionPage):
        return gaps_of_resolution(page)
    if not isinstance(page, ConferencePage):
        return []
    if page.is_planned:
        return page.missing_before()
    lists = lists_of(page)
    return page.gaps(lists, agenda_of(page, lists["agenda_gaps"]))
