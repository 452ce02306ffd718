"""Who chairs on a day: a pure function of the stored terms and the date.

Source of the rule: the chair passes from Land to Land in alphabetical order of the Länder. Until 2019 it changed each
1 October, since 2020 each 1 July. Past the last stored term the next Land follows on the same day of the year.
No function here reads the clock or the database.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice, zip_longest

from intmk.uncertain_dates import short_years
from intmk.users.models import LAND_NAMES

ORDER = tuple(LAND_NAMES)
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


def next_land(land_code: str) -> str:
    """Return the code that follows in the alphabetical order, after Thüringen Baden-Württemberg again."""
    return ORDER[(ORDER.index(land_code) + 1) % len(ORDER)]


def same_day_in_following_year(day: date) -> date:
    """Return the day one year later; 29 February becomes 1 March, so that no day is without a chair."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return date(day.year + 1, 3, 1)


def following_term(term: Term) -> Term:
    """Return the term that the rule lets follow: the next Land, from the day after, for a year."""
    start = term.end + timedelta(days=1)
    return Term(next_land(term.land_code), start, same_day_in_following_year(start) - timedelta(days=1), stored=False)


def terms_with_future(stored: Sequence[Term]) -> Iterator[Term]:
    """Yield the stored terms by date and, between and after them, the terms by the rule; nothing when none is stored.

    What the rule puts between two stored terms ends where the second begins: no day after the first is without a chair.
    """
    ordered = sorted(stored, key=lambda term: term.start)
    for term, after in zip_longest(ordered, ordered[1:]):
        yield term
        filler = following_term(term)
        while filler.end < LAST_DAY and (after is None or filler.start < after.start):
            yield filler if after is None else replace(filler, end=min(filler.end, after.start - timedelta(days=1)))
            filler = following_term(filler)


def chair_on(stored: Sequence[Term], day: date) -> Term | None:
    """Return the term that `day` falls in; None before the first term."""
    for term in terms_with_future(stored):
        if day in term:
            return term
        if term.start > day:
            return None
    return None


def following(stored: Sequence[Term], day: date, count: int) -> list[Term]:
    """Return the next `count` terms that begin after `day`."""
    found: list[Term] = []
    for term in terms_with_future(stored):
        if len(found) == count:
            break
        if term.start > day:
            found.append(term)
    return found


def lap(stored: Sequence[Term], term: Term) -> list[tuple[str, Term | None]]:
    """Return (name, term) of all sixteen Länder in the alphabetical round that `term` belongs to.

    None stands for a Land whose turn in that round lies before the first stored term.
    """
    coming = terms_with_future(stored)
    behind = []
    for item in coming:
        behind.append(item)
        if item == term:
            break
    of_this_round = [*behind[-term.place :], *islice(coming, len(ORDER) - term.place)]
    by_land = {item.land_code: item for item in of_this_round}
    return [(LAND_NAMES[code], by_land.get(code)) for code in ORDER]
