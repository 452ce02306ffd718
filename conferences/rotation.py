"""Who chairs on a day: a pure function of the stored terms and the date.

Source of the rule: the chair passes from Land to Land in alphabetical order of the Länder. Until 2019 it changed each
1 October, since 2020 each 1 July. Past the last stored term the next Land follows on the same day of the year.
No function here reads the clock or the database.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice, zip_longest

from intmk.uncertain_dates import german_period, short_years
from intmk.users.models import LAND_NAMES

ORDER = tuple(LAND_NAMES)
# So far back the rule looks for a Land that had its turn early; half a round, so that a skipped Land is not called back.
RECENT = len(ORDER) // 2
LAST_DAY = date(9998, 1, 1)  # what Python's dates can still be added to


@dataclass(frozen=True)
class Term:
    """One Land's time in the chair, both days included; `stored` is false for what the rule added."""

    land_code: str
    start: date
    end: date
    stored: bool = True

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end

    @property
    def land_name(self) -> str:
        return LAND_NAMES[self.land_code]

    @property
    def place(self) -> int:
        """Return the Land's place in the alphabetical order, 1 to 16."""
        return ORDER.index(self.land_code) + 1

    @property
    def years(self) -> str:
        """Return e.g. "2016/17", or "2020" for a term within one year."""
        return short_years(self.start, self.end)

    @property
    def period(self) -> str:
        """Return e.g. "1. Juli 2026 bis 30. Juni 2027"."""
        return german_period(self.start, self.end)


class Rotation:
    """The chair for ever: the stored terms and, between and after them, those of the rule."""

    def __init__(self, stored: Iterable[Term]) -> None:
        """Take the stored terms in any order; they must not overlap (the database sees to it)."""
        self.stored: Sequence[Term] = sorted(stored, key=lambda term: term.start)

    def __iter__(self) -> Iterator[Term]:
        """Yield all terms by date, practically without end; nothing when none is stored.

        What the rule puts between two stored terms ends where the second begins: no day after the first is without
        a chair.
        """
        codes: list[str] = []
        for term, after in zip_longest(self.stored, self.stored[1:]):
            codes.append(term.land_code)
            yield term
            filler = following_term(term, codes)
            while filler.end < LAST_DAY and (after is None or filler.start < after.start):
                codes.append(filler.land_code)
                yield filler if after is None else replace(filler, end=min(filler.end, after.start - timedelta(days=1)))
                filler = following_term(filler, codes)

    def term_on(self, day: date) -> Term | None:
        """Return the term that `day` falls in; None before the first term."""
        for term in self:
            if day in term:
                return term
            if term.start > day:
                return None
        return None

    def chair_on(self, day: date) -> str | None:
        """Return the code of the Land that chairs on `day`; None before the first term: then there was only a lead."""
        term = self.term_on(day)
        return term.land_code if term else None

    def terms_between(self, first: date, last: date) -> list[Term]:
        """Return the terms of which at least one day lies in `first` … `last`, both included."""
        found: list[Term] = []
        for term in self:
            if term.start > last:
                break
            if term.end >= first:
                found.append(term)
        return found

    def next_terms(self, count: int, day: date) -> list[Term]:
        """Return the first `count` terms that begin after `day`."""
        return list(islice((term for term in self if term.start > day), count))

    def term_before(self, term: Term) -> Term | None:
        """Return the term that ends where `term` begins; None for the first."""
        return self.term_on(term.start - timedelta(days=1))

    def lap(self, term: Term) -> list[tuple[str, Term | None]]:
        """Return (name, term) of all sixteen Länder in the alphabetical round that `term` belongs to.

        None stands for a Land whose turn in that round lies before the first stored term.
        """
        coming = iter(self)
        behind = []
        for item in coming:
            behind.append(item)
            if item == term:
                break
        of_this_round = [*behind[-term.place :], *islice(coming, len(ORDER) - term.place)]
        by_land = {item.land_code: item for item in of_this_round}
        return [(LAND_NAMES[code], by_land.get(code)) for code in ORDER]


def next_land(land_code: str) -> str:
    """Return the code that follows in the alphabetical order, after Thüringen Baden-Württemberg again."""
    return ORDER[(ORDER.index(land_code) + 1) % len(ORDER)]


def land_after(codes: Sequence[str]) -> str:
    """Return the code that the rule lets follow on `codes` (oldest first): the next Land in the order.

    A Land that had its turn less than half a round ago is passed over: when two Länder have swapped, the order goes on
    behind both.
    """
    candidate = next_land(codes[-1])
    while candidate in codes[-RECENT:]:
        candidate = next_land(candidate)
    return candidate


def same_day_in_following_year(day: date) -> date:
    """Return the day one year later; 29 February becomes 1 March, so that no day is without a chair."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return date(day.year + 1, 3, 1)


def following_term(term: Term, codes: Sequence[str]) -> Term:
    """Return the term that the rule lets follow: from the day after, for a year; `codes` as in `land_after`."""
    start = term.end + timedelta(days=1)
    return Term(land_after(codes), start, same_day_in_following_year(start) - timedelta(days=1), stored=False)
