"""What changing one stored term does to the terms: pure functions over `Term`, without clock and database.

The stored terms stay in one piece: none overlaps another, and no day between the first and the last is without one.
So whoever moves the last day of a term moves the first day of the next one along.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import sha256
from itertools import chain, islice, repeat

from conferences.rules.rotation import ORDER, Rotation, Term
from intmk.language import land_names
from intmk.language.dates import german_day, german_period

ONE_DAY = timedelta(days=1)
# So many terms are shown after the one in question.
FOLLOWING = 5


class TermRefusedError(Exception):
    """A change that is not made; `field` ("start", "end" or None) says where the reason, `message`, belongs."""

    def __init__(self, field: str | None, message: str) -> None:
        super().__init__(message)
        self.field, self.message = field, message


@dataclass(frozen=True)
class TermChange:
    """The stored terms before and after; `moved` is the neighbour whose first day goes along, as it was."""

    before: tuple[Term, ...]
    after: tuple[Term, ...]
    moved: Term | None = None


def with_term(stored: Sequence[Term], new: Term, old: Term | None = None) -> TermChange:
    """Return what it means to put `new` in place of `old`, or beside the stored terms when there is no `old`.

    Raises TermRefusedError when the terms would then overlap or leave a gap.
    """
    stored = sorted(stored, key=lambda term: term.start)
    if old is None:
        check_joins(stored, new)
        return TermChange(tuple(stored), tuple(sorted([*stored, new], key=lambda term: term.start)))
    earlier = [term for term in stored if term.start < old.start]
    later = [term for term in stored if term.start > old.start]
    if earlier:
        check_start(earlier[-1], new)
    moved = None
    if later and later[0].start != new.end + ONE_DAY:
        moved = later[0]
        if moved.end <= new.end:
            raise TermRefusedError("end", no_day_left(moved))
        later[0] = replace(moved, start=new.end + ONE_DAY)
    return TermChange(tuple(stored), (*earlier, new, *later), moved)


def without_term(stored: Sequence[Term], gone: Term) -> TermChange:
    """Return what it means to delete `gone`.

    Raises TermRefusedError unless it is the first or the last, and not the only one.
    """
    stored = sorted(stored, key=lambda term: term.start)
    if len(stored) <= 1:
        raise TermRefusedError(None, "Die einzige Amtszeit lässt sich nicht löschen: Aus ihr folgen alle weiteren.")
    if gone not in (stored[0], stored[-1]):
        raise TermRefusedError(
            None,
            "Löschen lässt sich nur die erste oder die letzte eingetragene Amtszeit, sonst entstünde eine Lücke. "
            "Soll ein anderes Land den Vorsitz haben, ändern Sie das Land dieser Amtszeit.",
        )
    return TermChange(tuple(stored), tuple(term for term in stored if term != gone))


def check_joins(stored: Sequence[Term], new: Term) -> None:
    """Raise TermRefusedError unless `new` follows on the last of the stored terms or leads up to the first."""
    remedy = f"Eine neue Amtszeit beginnt am {german_day(stored[-1].end + ONE_DAY)}." if stored else ""
    for term in stored:
        if term.start <= new.end and new.start <= term.end:
            raise TermRefusedError(
                "start" if term.start <= new.start else "end",
                f"Die Amtszeit überschneidet sich mit der {named_after(term)}. {remedy} Soll davor ein anderes Land "
                "den Vorsitz haben oder sich ein Tag ändern, bearbeiten Sie die Amtszeit, die dort eingetragen ist.",
            )
    before = next((term for term in reversed(stored) if term.end < new.start), None)
    after = next((term for term in stored if term.start > new.end), None)
    if before and new.start > before.end + ONE_DAY:
        raise TermRefusedError("start", gap(before, new, remedy))
    if after and new.end < after.start - ONE_DAY:
        raise TermRefusedError("end", gap(new, after, f"Der letzte Tag ist der {german_day(after.start - ONE_DAY)}."))


def check_start(before: Term, term: Term) -> None:
    """Raise TermRefusedError unless `term` begins on the day after `before` ends."""
    wanted = before.end + ONE_DAY
    remedy = (
        f"Der erste Tag ist der {german_day(wanted)}. Soll er ein anderer sein, ändern Sie den letzten Tag der "
        f"Amtszeit davor ({before.land_name} {before.years}); der erste Tag dieser Amtszeit geht dann mit."
    )
    if term.start < wanted:
        raise TermRefusedError("start", f"Die Amtszeit überschneidet sich mit der {named_after(before)}. {remedy}")
    if term.start > wanted:
        raise TermRefusedError("start", gap(before, term, remedy))


def land_and_days(term: Term) -> str:
    """Return Land and days of a term for a sentence."""
    return f"{term.land_name} ({term.period})"


def named_after(term: Term) -> str:
    """Return the same after "von"."""
    return f"{land_names.of(term.land_name)} ({term.period})"


def gap(before: Term, after: Term, remedy: str) -> str:
    """Return which days would be without a term between the two, and what to do about it."""
    days = german_period(before.end + ONE_DAY, after.start - ONE_DAY)
    both = f"{land_and_days(before)} und {land_and_days(after)}"
    return f"Zwischen den Amtszeiten {both} bliebe eine Lücke: {days}. {remedy}"


def no_day_left(following: Term) -> str:
    """Return why a term cannot end so late that nothing of `following` remains."""
    name = land_and_days(following)
    if following.start == following.end:
        return f"Die Amtszeit danach, {name}, dauert nur einen Tag; sie kann nicht später beginnen."
    return (
        f"Von der Amtszeit danach, {name}, bliebe kein Tag. Spätestens möglich ist der "
        f"{german_day(following.end - ONE_DAY)}; sonst ändern Sie zuerst den letzten Tag der Amtszeit danach."
    )


@dataclass(frozen=True)
class TermPlace:
    """The same place in the sequence of terms before and after; None where there was or will be none."""

    before: Term | None
    after: Term | None
    skips: bool = False  # rows without a change are left out before this one

    @property
    def changes(self) -> bool:
        """Say whether Land or days differ; whether a term is stored or follows the rule makes no difference."""
        return whose_and_when(self.before) != whose_and_when(self.after)


@dataclass(frozen=True)
class Effects:
    """What an administrator is shown before a change: the rows, whether it goes on beyond them, and who loses what.

    change: what it is about.
    chair: (name, name) of the Länder between which the right to publish passes at once, None when it stays.
    handover: the next handover (before, after) as (day, name of the coming Land), None when it stays; a side is None
    when there is none, since no term is stored.
    warnings: sentences on what belongs to the terms, e.g. conferences.
    """

    change: TermChange
    rows: tuple[TermPlace, ...]
    goes_on: bool
    chair: tuple[str, str] | None
    handover: tuple[tuple[date, str] | None, tuple[date, str] | None] | None
    warnings: tuple[str, ...] = ()

    @property
    def changes(self) -> bool:
        """Say whether any term gets another Land or other days."""
        return any(row.changes for row in self.rows)

    @property
    def fingerprint(self) -> str:
        """Return what stands for exactly this change and its effects: whoever confirms it has seen them."""
        return sha256(repr(self).encode()).hexdigest()[:32]


def effects_of(change: TermChange, day: date, warnings: Sequence[str] = ()) -> Effects:
    """Return what `change` does as seen on `day`."""
    before, after = Rotation(change.before), Rotation(change.after)
    # Far enough for the rule to come round once behind what is stored.
    far = max(len(change.before), len(change.after)) + len(ORDER)
    sides: list[Iterable[Term | None]] = [before, after]
    if change.after[1:] == change.before:
        sides[0] = chain([None], before)
    elif change.before[1:] == change.after:
        sides[1] = chain([None], after)
    # Where no term is stored, none follows: that side stays empty.
    rows = [TermPlace(*pair) for pair in islice(zip(*(chain(side, repeat(None)) for side in sides), strict=False), far)]
    first = next((number for number, row in enumerate(rows) if row.before != row.after), 0)
    chairs = before.term_on(day), after.term_on(day)
    coming = next_handover(before, day), next_handover(after, day)
    return Effects(
        change=change,
        rows=tuple(worth_showing(rows[first:])),
        goes_on=rows[-1].changes,
        chair=None if land(chairs[0]) == land(chairs[1]) else (land(chairs[0]), land(chairs[1])),
        handover=None if coming[0] == coming[1] else coming,
        warnings=tuple(warnings),
    )


def next_handover(rotation: Rotation, day: date) -> tuple[date, str] | None:
    """Return the first day and the Land's name of the next term after `day`; None when no term is stored."""
    return next(((term.start, term.land_name) for term in rotation.next_terms(1, day)), None)


def worth_showing(rows: list[TermPlace]) -> list[TermPlace]:
    """Return the first row, the following ones, and beyond them those that change; of changes without end the first."""
    changed = [number for number, row in enumerate(rows) if row.changes]
    if rows[-1].changes:
        changed = changed[: FOLLOWING + 1]
    last = changed[-1] if changed else 0
    # One row behind the last change shows that it ends there.
    chosen = sorted({*range(min(FOLLOWING + 1, len(rows))), *changed, min(last + 1, len(rows) - 1)})
    return [replace(rows[number], skips=number > 0 and number - 1 not in chosen) for number in chosen]


def whose_and_when(term: Term | None) -> tuple:
    """Return Land and days of a term in the order Land, first day, last day; empty for None."""
    return (term.land_code, term.start, term.end) if term else ()


def land(term: Term | None) -> str:
    """Return the name of the Land of a term, "niemand" for None."""
    return term.land_name if term else "niemand"
