"""Who chairs on a day: a pure function of the stored terms and the date.

Source of the rule: the chair passes from Land to Land in alphabetical order of the Länder. Until 2019 it changed each
1 October, since 2020 each 1 July. Past the last stored term the next Land follows on the same day of the year.
No function here reads the clock or the database.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import count, islice, zip_longest
from typing import Any

from intmk.language.dates import period_in_words, short_years
from intmk.users.models import LAND_NAMES

ORDER = tuple(LAND_NAMES)
# So far back the rule looks for a Land that had its turn early: not a whole round, or a skipped Land would come back.
RECENT = len(ORDER) // 2
LAST_DAY = date(9998, 1, 1)  # what Python's dates can still be added to


class PeriodMixin:
    """The days of a term in words."""

    start: Any
    end: Any

    @property
    def years(self) -> str:
        """Return e.g. "2016/17", or "2020" for a term within one year."""
        return short_years(self.start, self.end)

    @property
    def period(self) -> str:
        """Return e.g. "1. Juli 2026 bis 30. Juni 2027", in the language of the page."""
        return period_in_words(self.start, self.end)


@dataclass(frozen=True)
class Term(PeriodMixin):
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


class Rotation:
    """The chair for ever: the stored terms and, between and after them, those of the rule."""

    def __init__(self, stored: Iterable[Term]) -> None:
        """Take the stored terms in any order; they must not overlap (the database sees to it)."""
        self.stored: Sequence[Term] = sorted(stored, key=lambda term: term.start)
        self._known: list[Term] = []  # so that several questions about the year 9000 cost one walk there
        self._coming = self._walk()

    def __iter__(self) -> Iterator[Term]:
        """Yield all terms by date, practically without end; nothing when none is stored."""
        for position in count():
            if position == len(self._known):
                following = next(self._coming, None)
                if following is None:
                    return
                self._known.append(following)
            yield self._known[position]

    def _walk(self) -> Iterator[Term]:
        """Work out all terms by date.

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

    def next_terms(self, number: int, day: date) -> list[Term]:
        """Return the first `number` terms that begin after `day`."""
        return list(islice((term for term in self if term.start > day), number))

    def terms_to_tell(self, day: date) -> list[Term]:
        """Return all terms up to `day` and to the last stored one, and a whole round by the rule after them."""
        last = max([day, *(term.end for term in self.stored)])
        return [*self.terms_between(date.min, last), *self.next_terms(len(ORDER), last)]

    def terms_of(self, land_code: str, day: date) -> list[Term]:
        """Return the terms of one Land that have begun by `day` or are stored, and the next one after `day`."""
        of_land = [term for term in self.terms_between(date.min, day) if term.land_code == land_code]
        stored_ahead = [term for term in self.stored if term.land_code == land_code and term.start > day]
        ahead = next((term for term in self if term.land_code == land_code and term.start > day), None)
        return [*of_land, *([ahead] if ahead and ahead not in stored_ahead else []), *stored_ahead]

    def term_before(self, term: Term) -> Term | None:
        """Return the term that ends where `term` begins; None for the first."""
        return self.term_on(term.start - timedelta(days=1))

    def lap(self, term: Term) -> list[tuple[str, list[Term]]]:
        """Return (code, terms) of all sixteen Länder in the alphabetical round that `term` belongs to.

        Each Land is there once, with the one term that the rule gives it; with none where its turn lies before the
        first stored term or it was passed over, with more where the stored terms say so. Raises ValueError for a term
        that is none of this rotation.
        """
        terms: dict[int, list[Term]] = defaultdict(list)
        first_seat = None
        for item, seat in self._seats():
            terms[seat].append(item)
            if item == term:
                first_seat = seat - seat % len(ORDER)
            if first_seat is not None and seat >= first_seat + len(ORDER) + RECENT:
                break
        if first_seat is None:
            raise ValueError(f"{term} ist keine Amtszeit dieses Turnus.")
        return [(code, terms[first_seat + place]) for place, code in enumerate(ORDER)]

    def _seats(self) -> Iterator[tuple[Term, int]]:
        """Yield each term with its seat: its Land's place in the order, counted on from round to round.

        Of the seats that a Land has in all rounds, that is meant which lies nearest to where the order leads. So two
        Länder may swap, also Thüringen and Baden-Württemberg, and each stays in the round that is its own.
        """
        expected = None
        for term in self:
            place = term.place - 1
            if expected is None:
                expected = place
            seat = expected + (place - expected + RECENT) % len(ORDER) - RECENT
            yield term, seat
            expected = seat + 1


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
