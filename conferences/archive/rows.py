"""Rows of resolutions in lists: archive, themes and Länder show the same, without a query for each."""

from dataclasses import dataclass

from conferences.archive.facets import MOVER, THEME, land_code
from conferences.models import ConferencePage, Land, ResolutionPage, Theme
from conferences.models.resolution_context import movers_in_words
from intmk.server.kept import kept


@dataclass(frozen=True)
class NamedRows:
    """The rows that resolutions name, each table read once for a whole page."""

    laender: list[Land]
    themes: list[Theme]

    @staticmethod
    def read() -> "NamedRows":
        return named_rows()


@kept
def named_rows() -> NamedRows:
    """Return all of them; nobody changes what is in there."""
    return NamedRows(list(Land.objects.all()), list(Theme.objects.all()))


@dataclass(frozen=True)
class ResolutionRow:
    """A resolution with what its row says. conference: None when it is not public. movers: "" when not known."""

    page: ResolutionPage
    conference: ConferencePage | None
    movers: str
    themes: list[Theme]


def resolution_rows(pages: list[ResolutionPage], names: NamedRows) -> list[ResolutionRow]:
    """Return the rows of `pages` fetched by `for_lists`; movers and themes are named by their facets."""
    rows = []
    for page in pages:
        movers: list[Land] = [land for land in names.laender if land_code(MOVER, land.code) in page.facets]
        themes = [theme for theme in names.themes if f"{THEME}{theme.pk}" in page.facets]
        rows.append(ResolutionRow(page, page.public_conference, movers_in_words(page, movers, names.laender), themes))
    return rows
