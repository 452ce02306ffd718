"""/daten/: what people and programs can subscribe to or fetch: calendar, feeds, the API, tables, lasting addresses."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from conferences.models import ResolutionIdentifier
from conferences.rules.citation import permanent_address_of
from conferences.rules.claim import SECTION
from intmk.base.view_pages import VIEWS, ViewPage, full_url

DESCRIPTION = (
    "Termine der Integrationsministerkonferenz im eigenen Kalender, neue Beschlüsse und Meldungen als Feed und alles "
    "als offene Daten: ohne Anmeldung und ohne E-Mail-Adresse."
)
CONTENTS = {
    "termine-abonnieren": "Termine abonnieren",
    "neues-als-feed": "Neues als Feed",
    "schnittstelle-fuer-programme": "Schnittstelle für Programme",
    "tabellen-als-datei": "Tabellen als Datei",
    "verlinken-und-zitieren": "Verlinken und zitieren",
}


class DataPage(ViewPage):
    """The page, which is a catalogue of data to programs."""


@dataclass(frozen=True)
class Offer:
    """Something to fetch from `path`. kind: its media type."""

    title: str
    text: str
    kind: str
    path: str


def calendar_offer() -> Offer:
    """Return the calendar."""
    text = "Konferenzen, vorbereitende Treffen und Wechsel des Vorsitzes."
    return Offer("Termine", text, "text/calendar", reverse("feed_calendar"))


def feed_offers() -> list[Offer]:
    """Return what tells of something new."""
    feeds = {
        SECTION: ("feed", "Die neuesten Einträge des Archivs mit Konferenz, TOP und Ergebnis."),
        "Aktuelles": ("news", "Pressemitteilungen und Meldungen."),
    }
    return [
        Offer(f"{title} ({form})", text, kind, reverse(f"{name}_{ending}"))
        for title, (name, text) in feeds.items()
        for form, kind, ending in (
            ("Atom", "application/atom+xml", "atom"),
            ("JSON Feed", "application/feed+json", "json"),
        )
    ]


def api_offers() -> list[Offer]:
    """Return what the API answers, each by the name of its address."""
    answers = {
        "resolutions": (SECTION, "Alle Einträge des Archivs, zu filtern nach Konferenz, Jahr, Land und Ergebnis."),
        "conferences": ("Konferenzen", "Alle Konferenzen mit Termin, Ort und gastgebendem Land."),
        "chairs": ("Vorsitz", "Wer den Vorsitz hat, hatte und bekommt, auf Wunsch an einem bestimmten Tag."),
        "laender": ("Länder", "Die 16 Länder mit ihren Amtszeiten."),
        "themes": ("Handlungsfelder", "Wonach Beschlüsse, Konferenzen und Meldungen geordnet sind."),
    }
    return [Offer(title, text, "application/json", reverse(f"api:{name}")) for name, (title, text) in answers.items()]


@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """Show all of it.

    Context: page; contents, the parts of the page; calendar, feeds, api, each Offer or a list of them;
    calendar_address, its full address; statistics, how that page is called; example, the lasting address of a
    resolution, "" without one.
    """
    numbered = ResolutionIdentifier.objects.filter(page__live=True).exclude(page__item="")
    newest = numbered.order_by("-pk").values_list("key", flat=True).first()
    context = {
        "page": DataPage(
            title=VIEWS["data"].heading, full_url=full_url(request, reverse("data")), description=DESCRIPTION
        ),
        "contents": [{"anchor": anchor, "heading": heading} for anchor, heading in CONTENTS.items()],
        "calendar": calendar_offer(),
        "calendar_address": full_url(request, reverse("feed_calendar")),
        "feeds": feed_offers(),
        "statistics": VIEWS["statistics"].heading,
        "api": api_offers(),
        "example": full_url(request, permanent_address_of(newest)) if newest else "",
    }
    return render(request, "intmk/open_data/data.html", context)
