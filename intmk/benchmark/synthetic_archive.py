"""Invented resolutions in any number, to measure how the site does with many. Never content: each says so itself.

They are stored in bulk, past Django's signals: no revisions, no history. Whoever makes or removes them renews the index
of the search afterwards (manage.py make_archive).
"""

import random
from datetime import date, timedelta
from typing import Any

from wagtail.models import Page
from wagtail.search.models import IndexEntry

from conferences.archive.facets import refresh_facets
from conferences.archive_import.record import Known, ResolutionRecord, fill
from conferences.models import (
    ConferenceIndexPage,
    ConferencePage,
    FollowUp,
    ResolutionIdentifier,
    ResolutionPage,
    ResolutionReference,
)
from conferences.models.identifier import record_identifiers
from conferences.models.resolution_parts import name_anchors
from conferences.rules import agenda_item
from intmk.benchmark.stored_in_bulk import MANY, ROWS, store_below, store_rows

FIRST_NUMBER = 1001  # no real conference has a number like that
EACH = 50
TITLE = "Prüfkonferenz"
LABEL = "Prüfdaten"

SUBJECTS = (
    "Die Sprachkurse", "Die Beratungsstellen", "Die Integrationslotsinnen", "Die Kindertagesstätten",
    "Die Anerkennung ausländischer Abschlüsse", "Das Ehrenamt in den Gemeinden", "Die Gesundheitsversorgung",
    "Der Wohnungsmarkt in Ballungsräumen", "Die Teilhabe älterer Menschen", "Die Jugendmigrationsdienste",
    "Das Monitoring der Länder", "Die Medienbildung", "Der Übergang von der Schule in den Beruf",
)  # fmt: skip
VERBS = ("bedürfen", "verdienen", "erfordern", "brauchen", "verlangen")
OBJECTS = (
    "verlässliche Mittel", "einen gemeinsamen Rahmen", "mehr Abstimmung", "klare Zuständigkeiten",
    "neue Wege der Ansprache", "eine wissenschaftliche Begleitung", "einfachere Verfahren", "barrierefreie Angebote",
)  # fmt: skip
ENDINGS = (
    "damit die Kommunen planen können", "weil der Bedarf weiter wächst", "solange kein Bundesgesetz das regelt",
    "bevor über weitere Schritte entschieden wird", "wie es die Erfahrungen aus dem ländlichen Raum nahelegen",
    "ohne die Träger mit Bürokratie zu belasten", "und zwar unabhängig vom Aufenthaltstitel",
)  # fmt: skip


def make_resolutions(number: int) -> int:
    """Store `number` invented resolutions below invented conferences; return how many. The same ones each time."""
    index = ConferenceIndexPage.objects.first()
    if index is None or not number:
        return 0
    dice, known = random.Random(number), Known.stored()  # noqa: S311 (nothing secret)
    pages: list[Any] = []
    conferences = [invented_conference(index, place) for place in range(-(-number // EACH))]
    store_below(index, conferences)
    for place, parent in enumerate(conferences):
        first = place * EACH
        pages = [invented_resolution(parent, turn, dice, known, pages) for turn in range(min(EACH, number - first))]
        store_below(parent, pages)
        store_rows(pages)
    made = invented()
    refresh_facets(made)
    record_identifiers(made)
    return number


def invented() -> Any:
    """Return the resolutions that `make` has stored."""
    return ResolutionPage.objects.filter(conference__number__gte=FIRST_NUMBER, conference__title__startswith=TITLE)


def fullest() -> Any:
    """Return a public resolution that has rows of each kind that an invented one can have, None without one.

    Before all others one whose reasons are released, else its text: of a title alone nothing is looked up.
    """
    whole = {f"{name}__isnull": False for name in ("statements", "follow_ups", "references", "referenced_by")}
    return ResolutionPage.objects.live().filter(**whole).order_by("release", "pk").first()


def invented_pages() -> list[int]:
    """Return the keys of all pages that `make` has stored, resolutions and conferences."""
    conferences = ConferencePage.objects.filter(number__gte=FIRST_NUMBER, title__startswith=TITLE)
    return [*invented().values_list("pk", flat=True), *conferences.values_list("pk", flat=True)]


def remove_archive() -> int:
    """Remove all that `make` has stored; return how many resolutions."""
    resolutions, pages = list(invented().values_list("pk", flat=True)), invented_pages()
    if not pages:
        return 0
    for model in ROWS:
        delete_rows(model, resolution__in=resolutions)
    for name in MANY:
        delete_rows(getattr(ResolutionPage, name).through, resolutionpage__in=resolutions)
    delete_rows(ResolutionIdentifier, page__in=resolutions)
    ResolutionReference.objects.filter(target__in=resolutions).update(target=None)
    delete_rows(ResolutionPage, pk__in=resolutions)
    delete_rows(ConferencePage, pk__in=pages)
    delete_rows(IndexEntry, object_id__in=[str(pk) for pk in pages], content_type__app_label="conferences")
    delete_rows(Page, pk__in=pages)
    index = ConferenceIndexPage.objects.get()
    Page.objects.filter(pk=index.pk).update(numchild=index.get_children().count())
    return len(resolutions)


def delete_rows(model: Any, **which: Any) -> None:
    """Delete rows without collecting and signals, which for 30,000 pages would take an hour.

    Inner name of Django: `QuerySet._raw_delete`.
    """
    rows = model._base_manager.filter(**which)
    rows._raw_delete(rows.db)


def invented_conference(index: Page, place: int) -> ConferencePage:
    """Return the invented conference of a place from 0 on."""
    number = FIRST_NUMBER + place
    return ConferencePage(
        title=f"{TITLE} {number}",
        slug=str(number),
        number=number,
        status=ConferencePage.Status.HELD,
        first_day=date(2008, 1, 1) + timedelta(days=place * 11 % 6500),
        introduction=f"{LABEL}: erfunden, um die Website zu messen.",
        locale=index.locale,
    )


def invented_resolution(parent: Any, turn: int, dice: random.Random, known: Known, before: list[Any]) -> ResolutionPage:
    """Return the invented resolution of a turn from 0 on, not stored; it may refer to one of those `before`."""
    outcome, votes = dice.choice([("unanimous", (16, 0, 0)), ("majority", (13, 1, 2)), ("majority", (10, 4, 2)),
                                  ("noted", None), ("adjourned", None), ("", None)])  # fmt: skip
    mover_kind = dice.choice(["laender", "laender", "all", "chair", ""])
    laender = sorted(dice.sample(sorted(known.laender), 3))
    record = ResolutionRecord(
        conference=parent.slug,
        title=f"{LABEL}: {dice.choice(SUBJECTS)} {dice.choice(ENDINGS)}",
        item=f"{turn // 10 + 1}.{turn % 10 + 1}",
        introduction=f"{LABEL}: erfunden, um die Website zu messen.",
        kind=dice.choice(["motion", "motion", "lead_motion", "resolution", "report"]),
        mover_kind=mover_kind,
        movers=laender[:2] if mover_kind == "laender" else [],
        outcome=outcome,
        votes=votes,
        points=[f"<p>{invented_text(dice, 30)}</p>" for _ in range(dice.randint(3, 7))],
        reasons=f"<p>{invented_text(dice, dice.randint(50, 150))}</p>",
        release=dice.choice(["reasons", "text", "title"]),
        statements=[
            {
                "land": laender[2],
                "stance": "against",
                "text": f"<p>{invented_text(dice, 25)}</p>",
                "is_released": dice.random() < 0.5,
            }
        ]
        if dice.random() < 0.3
        else [],
        addressees=dice.sample(sorted(known.addressees), 1),
        themes=dice.sample(sorted(known.themes), dice.randint(1, 2)),
        follow_ups=[{"state": dice.choice(FollowUp.State.values), "day": date(2026, 1, 1), "evidence": LABEL}]
        if dice.random() < 0.4
        else [],
        source_note=f"{LABEL}: frei erfunden.",
    )
    page: Any = ResolutionPage(conference=parent, locale=parent.locale)
    fill(page, record, known)
    name_anchors(list(page.statements.all()))
    page.item_key, page.slug = agenda_item.sort_key(page.item), agenda_item.address_part(page.item)
    page.set_order()
    if before and dice.random() < 0.3:
        kind = dice.choice(ResolutionReference.Kind.values)
        page.references = [ResolutionReference(kind=kind, target=dice.choice(before), sort_order=0)]
    return page


def invented_text(dice: random.Random, words: int) -> str:
    """Return invented sentences of at least `words` words."""
    said: list[str] = []
    while len(said) < words:
        sentence = f"{dice.choice(SUBJECTS)} {dice.choice(VERBS)} {dice.choice(OBJECTS)}, {dice.choice(ENDINGS)}."
        said += sentence.split()
    return " ".join(said)
