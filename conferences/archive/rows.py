"""Rows of resolutions in lists: archive, themes and Länder show the same, without a query for each."""

from dataclasses import dataclass
from typing import Any

from conferences.archive.facets import MOVER, THEME, land_code
from conferences.models import ConferencePage, Land, ResolutionPage, Theme
from conferences.models.conference import conferences_by_date
from conferences.models.land import all_laender
from conferences.models.resolution_context import movers_in_words
from conferences.models.theme import all_themes
from intmk.base.site import address_on_site


@dataclass(frozen=True)
class ResolutionRow:
    """A resolution with what its row says. conference: None when it is not public. movers: "" when not known."""

    page: ResolutionPage
    conference: ConferencePage | None
    movers: str
    themes: list[Theme]

    @property
    def shown(self) -> dict[str, Any]:
        """Return all that it shows (templates/includes/resolution_row.html), as values that cannot be changed."""
        page, at = self.page, self.conference
        return {
            "address": address_on_site(page),
            "title": page.title,
            "number": page.number,
            "what": page.what,
            "when": page.year_in_words,
            "outcome": page.get_outcome_display(),
            "votes": page.counts.in_words,
            "movers": self.movers,
            "at": (address_on_site(at), at.title) if at else None,
            "themes": tuple((theme.get_absolute_url(), theme.name) for theme in self.themes),
        }


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
