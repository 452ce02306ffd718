"""Rows of resolutions in lists: archive, themes and Länder show the same, without a query for each."""

from dataclasses import dataclass
from typing import NamedTuple

from conferences.archive.facets import MOVER, THEME, land_code
from conferences.models import ConferencePage, Land, ResolutionPage, Theme
from conferences.models.conference import conferences_by_date
from conferences.models.land import all_laender
from conferences.models.resolution_context import movers_in_words
from conferences.models.theme import all_themes
from intmk.base.site import address_on_site


class Named(NamedTuple):
    """What a row says of something else: where it is and what it is called."""

    address: str | None
    title: str


class ShownRow(NamedTuple):
    """All that a row shows (templates/includes/resolution_row.html). at: its conference, None when it is not public."""

    address: str | None
    title: str
    number: str
    what: str
    when: str
    outcome: str
    votes: str
    movers: str
    at: Named | None
    themes: tuple[Named, ...]


@dataclass(frozen=True)
class ResolutionRow:
    """A resolution with what its row says. conference: None when it is not public. movers: "" when not known."""

    page: ResolutionPage
    conference: ConferencePage | None
    movers: str
    themes: list[Theme]

    @property
    def shown(self) -> ShownRow:
        """Return what its row shows."""
        page, at = self.page, self.conference
        return ShownRow(
            address_on_site(page), page.title, page.number, page.what, page.year_in_words, page.get_outcome_display(),
            page.counts.in_words, self.movers, Named(address_on_site(at), at.title) if at else None,
            tuple(Named(theme.get_absolute_url(), theme.name) for theme in self.themes),
        )  # fmt: skip


def resolution_rows(pages: list[ResolutionPage], themes: list[Theme] | None = None) -> list[ResolutionRow]:
    """Return the rows of `pages` fetched by `for_rows`; movers and `themes`, else all, are named by their facets."""
    laender, known, rows = all_laender(), all_themes() if themes is None else themes, []
    conferences = conferences_by_date()
    for page in pages:
        page.conference = conferences.get(page.conference_id)
        movers: list[Land] = [land for land in laender if land_code(MOVER, land.code) in page.facets]
        named = [theme for theme in known if f"{THEME}{theme.pk}" in page.facets]
        rows.append(ResolutionRow(page, page.public_conference, movers_in_words(page, movers, laender), named))
    return rows
