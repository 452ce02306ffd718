"""What the archive can be filtered by: from the words of an address to codes and counts, and back to addresses."""

from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.http import QueryDict

from conferences.archive.facets import (
    ADDRESSEE,
    CLAIM,
    CONFERENCE,
    EVERY,
    KIND,
    MOVED_BY_ALL,
    MOVER,
    OUTCOME,
    STATE,
    STATEMENT,
    THEME,
    YEAR,
    facet_counts,
    land_code,
    vote_code,
)
from conferences.models import Addressee, ConferencePage, FollowUp, ResolutionPage, ResolutionVote
from conferences.models.conference import conferences_by_date
from conferences.models.land import all_laender
from conferences.models.resolution_queryset import ResolutionQuerySet
from conferences.models.resolution_wording import IN_WRITING
from conferences.models.theme import all_themes
from conferences.rules.claim import Claim
from intmk.language.dates import PLAUSIBLE_YEARS, UncertainPeriod
from intmk.language.slugs import hyphenated
from intmk.server.kept import kept

Format = ConferencePage.Format
APART = {str(form): str(form.label) for form in (Format.VIDEO, Format.IN_WRITING)}  # stands for the place
CONFERENCES, YEARS = "konferenz", "jahr"
# The names of all facets in addresses, in the order of `all_facets`, which needs the database.
PARAMETERS = (
    "thema", "bekannt", "ergebnis", "art", CONFERENCES, YEARS, "land", "adressat", "erklaerung", "stimme", "stand",
)  # fmt: skip
ALL_LAENDER = "alle"
YES = "ja"
LONGEST_SHOWN, MOST_SHOWN = 60, 5
OPEN_UP_TO = 7  # longer lists of values are folded
VOTES = [(vote, hyphenated(label), label) for vote, label in ResolutionVote.Vote.choices]
MOST_CHOICES = 80  # of a facet; more would be a page of their own


@dataclass(frozen=True)
class Choice:
    """A value of a facet: its code at the resolutions, its word in addresses (and former ones), what people read."""

    code: str
    word: str
    label: str
    former: tuple[str, ...] = ()


@dataclass(frozen=True)
class Facet:
    """Something to filter by. parameter: its name in addresses. choices: in the order in which they are shown."""

    parameter: str
    label: str
    choices: list[Choice]

    def choice(self, word: str) -> Choice | None:
        """Return the value with that word in addresses, else one that had it formerly, None without either."""
        now = next((choice for choice in self.choices if choice.word == word), None)
        return now or next((choice for choice in self.choices if word in choice.former), None)


def stored_choices(prefix: str, values: list[tuple[str, str]]) -> list[Choice]:
    """Return the choices of a model's field; the words of addresses are its labels, "zur-kenntnis-genommen"."""
    return [Choice(prefix + value, hyphenated(str(label)), str(label)) for value, label in values]


def kinds() -> list[Choice]:
    """Return the kinds; votes in writing count here whatever came of them, so that they are not called by one result.

    The word of the address stays, for it may be linked.
    """
    written = KIND + ResolutionPage.Kind.CIRCULAR
    found = stored_choices(KIND, ResolutionPage.Kind.choices)
    return [replace(choice, label=IN_WRITING) if choice.code == written else choice for choice in found]


@kept
def all_facets() -> list[Facet]:
    """Return all facets in the order of the page.

    The years are all that could be: the form shows only those that find something.
    """
    first, last = PLAUSIBLE_YEARS
    conferences = [page for page in reversed(conferences_by_date().values()) if page.live]
    laender = [(land.code, land.slug, land.name) for land in all_laender()]
    return [
        Facet(
            "thema",
            "Handlungsfeld",
            [Choice(f"{THEME}{row.pk}", row.slug, row.name, tuple(row.former_slugs)) for row in all_themes()],
        ),
        Facet("bekannt", "Bekannt als", stored_choices(CLAIM, Claim.choices)),
        Facet("ergebnis", "Ergebnis", stored_choices(OUTCOME, ResolutionPage.Outcome.choices)),
        Facet("art", "Art", kinds()),
        Facet(
            CONFERENCES,
            "Konferenz und Jahr",
            [Choice(f"{CONFERENCE}{p.pk}", p.slug, short_name(p)) for p in conferences],
        ),
        Facet(YEARS, "Jahr", [Choice(f"{YEAR}{year}", str(year), str(year)) for year in range(last, first - 1, -1)]),
        Facet(
            "land",
            "Antrag von",
            [
                Choice(MOVED_BY_ALL, ALL_LAENDER, "alle Länder gemeinsam"),
                *(Choice(land_code(MOVER, code), slug, name) for code, slug, name in laender),
            ],
        ),
        Facet(
            "adressat",
            "Adressat",
            [Choice(f"{ADDRESSEE}{row.pk}", row.slug, str(row)) for row in Addressee.objects.all()],
        ),
        Facet(
            "erklaerung",
            "Protokollerklärung",
            [
                Choice(STATEMENT, YES, "mit Erklärung oder Notiz"),
                *(Choice(land_code(STATEMENT, code), slug, f"von {name}") for code, slug, name in laender),
            ],
        ),
        Facet(
            "stimme",
            "Wie hat … gestimmt",
            [
                Choice(vote_code(code, vote), f"{slug}-{word}", f"{name}: {label}")
                for code, slug, name in laender
                for vote, word, label in VOTES
            ],
        ),
        Facet("stand", "Stand der Umsetzung", stored_choices(STATE, FollowUp.State.choices)),
    ]


def short_name(conference: ConferencePage) -> str:
    """Return year and place, the number as a mark: "2017, Friedrichshafen (12.)"; the title of what has no number."""
    begins = UncertainPeriod(conference.first_day, conference.last_day, conference.date_certainty).earliest
    where = conference.place or APART.get(conference.format, "")
    if not conference.number:
        return f"{begins.year}, {conference.title}" if begins else conference.title
    told = ", ".join(filter(None, [str(begins.year) if begins else "", where]))
    return f"{told} ({conference.number}.)" if told else conference.title


@dataclass
class Filters:
    """What an address asks for. selected: choices by parameter. unknown: "jahr=foo", what there is not."""

    facets: list[Facet]
    selected: dict[str, list[Choice]] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, address: QueryDict, facets: list[Facet]) -> "Filters":
        """Read the parameters of an address; what is empty is no filter, what there is not is remembered."""
        filters = cls(facets)
        for facet in facets:
            for word in dict.fromkeys(word.strip() for word in address.getlist(facet.parameter)):
                choice = facet.choice(word)
                if choice:
                    filters.selected.setdefault(facet.parameter, []).append(choice)
                elif word:
                    filters.note(facet.parameter, word)
        return filters

    def note(self, parameter: str, word: str) -> None:
        """Remember a value that there is not, short enough to be shown."""
        if len(self.unknown) < MOST_SHOWN:
            self.unknown.append(f"{parameter}={word.replace(chr(0), '')[:LONGEST_SHOWN]}")

    def applied(self, pages: ResolutionQuerySet) -> ResolutionQuerySet:
        """Return the `pages` that fit: one value of each facet that has any selected."""
        for codes in self.codes.values():
            pages = pages.filter(facets__overlap=codes)
        return pages

    @property
    def codes(self) -> dict[str, list[str]]:
        """Return the codes that are selected by parameter."""
        return {parameter: [choice.code for choice in choices] for parameter, choices in self.selected.items()}

    def counted(self) -> tuple[int, list[dict]]:
        """Return how many public resolutions fit, and the facets for the form.

        Each a dict: facet; choices, a list of (Choice, number of hits with it, is selected), without those that would
        find nothing, the first MOST_CHOICES and what is selected; more (choices left out); number (selected ones);
        is_open. A facet with a selection counts as if it had none, since
        another value of it would widen the result.
        """
        counts = facet_counts(self.codes)
        rows: list[dict[str, Any]] = []
        for facet in self.facets:
            chosen = self.selected.get(facet.parameter, [])
            numbers = counts.get(facet.parameter, counts[""])
            choices = [
                (choice, numbers[choice.code], choice in chosen)
                for choice in facet.choices
                if choice in chosen or numbers[choice.code]
            ]
            shown = [row for place, row in enumerate(choices) if place < MOST_CHOICES or row[2]]
            is_open = bool(chosen) or len(choices) <= OPEN_UP_TO
            more = len(choices) - len(shown)
            if choices:
                rows.append({"facet": facet, "choices": shown, "more": more, "number": len(chosen), "is_open": is_open})
        if self.conferences_tell_the_year(rows, counts[""]):
            rows = [row for row in rows if row["facet"].parameter != YEARS]
        return counts[""][EVERY], rows

    def conferences_tell_the_year(self, rows: list[dict[str, Any]], hits: Counter[str]) -> bool:
        """Say whether every hit has its conference among the choices, so that the years would only repeat them."""
        row = next((row for row in rows if row["facet"].parameter == CONFERENCES), None)
        if row is None or row["more"] or YEARS in self.selected:
            return False
        return sum(hits[choice.code] for choice, _, _ in row["choices"]) == hits[EVERY]

    def active(self, sort: str) -> list[tuple[str, str, str]]:
        """Return what is selected as (facet, label, query string without it)."""
        return [
            (facet.label, choice.label, self.query(sort, without=choice))
            for facet in self.facets
            for choice in self.selected.get(facet.parameter, [])
        ]

    def query(self, sort: str = "", page: int = 1, without: Choice | None = None) -> str:
        """Return the query string of this selection in a fixed order, "" or with its question mark."""
        query = QueryDict(mutable=True)
        for facet in self.facets:
            words = [choice.word for choice in self.selected.get(facet.parameter, []) if choice != without]
            if words:
                query.setlist(facet.parameter, words)
        if sort:
            query["sortierung"] = sort
        if page > 1:
            query["seite"] = str(page)
        return f"?{query.urlencode()}" if query else ""

    @cached_property
    def is_active(self) -> bool:
        return bool(self.selected)
