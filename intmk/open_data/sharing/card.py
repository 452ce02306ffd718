"""What the picture of a shared link says: the texts, and from them its address and its alternative text."""

from dataclasses import astuple, dataclass
from functools import singledispatch
from hashlib import sha256
from typing import Any

from conferences.models import ConferencePage, Land, ResolutionPage, Theme
from conferences.rules.rotation import ORDER
from intmk.base.view_pages import ViewPage
from intmk.language.dates import german_day
from intmk.pages.models import NewsPage

SITE_NAME = "Integrationsministerkonferenz"
WIDTH, HEIGHT = 1200, 630  # what networks show without cutting
DRAWING = (
    2  # to be raised when intmk/open_data/sharing/drawing.py draws otherwise: a picture is kept for ever by its address
)


@dataclass(frozen=True)
class Card:
    """A picture of a page, before it is drawn.

    figure: what stands large above the title, as a number ("12." or "TOP 2.1"). line: place and date, or a kind.
    seat: the place of a Land in the order of the chair, 1 to 16, whose seat at the table is filled; 0 for none.
    """

    title: str
    figure: str = ""
    line: str = ""
    seat: int = 0

    @property
    def digest(self) -> str:
        """Return sixteen hexadecimal digits that change with anything that is drawn."""
        return sha256(repr((DRAWING, astuple(self))).encode()).hexdigest()[:16]

    @property
    def text(self) -> str:
        """Return what can be read on the picture, as its alternative text."""
        heading = " ".join(filter(None, [self.figure, self.title]))
        return " – ".join(filter(None, [heading, self.line, SITE_NAME if self.title != SITE_NAME else ""]))


@singledispatch
def card_of(shown: Any) -> Card:
    """Return what the picture of a page, a Land or a theme says, by no more than was fetched with it: no query."""
    return Card(shown.title)


@card_of.register
def card_of_view(shown: ViewPage) -> Card:
    return card_of(shown.subject) if shown.subject else Card(shown.title)


@card_of.register
def card_of_conference(shown: ConferencePage) -> Card:
    line = [str(shown.period), shown.place or shown.where, shown.get_status_display() if shown.is_cancelled else ""]
    return Card(
        shown.title_after_number,
        figure=f"{shown.number}." if shown.title_after_number != shown.title else "",
        line=" · ".join(filter(None, line)),
        seat=ORDER.index(shown.chair_term.land.code) + 1 if shown.chair_term else 0,
    )


@card_of.register
def card_of_resolution(shown: ResolutionPage) -> Card:
    conference = shown.public_conference
    has_number = shown.item or shown.circular_number
    line = " · ".join(filter(None, [shown.what, conference.title if conference else str(shown.year or "")]))
    return Card(shown.title, figure=shown.number if has_number else "", line=line)


@card_of.register
def card_of_news(shown: NewsPage) -> Card:
    return Card(shown.title, line=f"{shown.get_kind_display()} vom {german_day(shown.date)}")


@card_of.register
def card_of_land(shown: Land) -> Card:
    return Card(shown.name, line="Vorsitz, Konferenzen und Anträge", seat=ORDER.index(shown.code) + 1)


@card_of.register
def card_of_theme(shown: Theme) -> Card:
    return Card(shown.name, line="Beschlüsse, Beratungen, Konferenzen und Meldungen")
