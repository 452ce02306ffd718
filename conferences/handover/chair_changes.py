"""When the chair passes, from whom to whom: pure functions of the rotation and a day."""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from conferences.rules.rotation import Rotation, Term

DAYS_BEFORE, DAYS_AFTER = 90, 30


@dataclass(frozen=True)
class ChairChange:
    """One change of the chair: the term that ends and the one that begins the day after."""

    former: Term
    coming: Term

    @property
    def day(self) -> date:
        """Return the first day of the new chair."""
        return self.coming.start

    def days_until(self, day: date) -> int:
        """Return how many days there are from `day` to the change, negative once it has happened."""
        return (self.day - day).days

    def is_near(self, day: date) -> bool:
        """Say whether the dashboards show it on `day`."""
        return -DAYS_AFTER <= self.days_until(day) <= DAYS_BEFORE

    def concerns(self, land_code: str) -> bool:
        """Say whether the Land with this code gives or takes the chair."""
        return land_code in (self.former.land_code, self.coming.land_code)


def changes_around(rotation: Rotation, day: date) -> tuple[ChairChange | None, ChairChange | None]:
    """Return the latest change up to `day`, that day included, and the next one after it; None where there is none.

    Two terms of one Land in a row are no change.
    """
    latest, begun = None, False
    for former, coming in pairwise(rotation):
        begun = begun or former.start <= day
        if former.land_code == coming.land_code:
            continue
        change = ChairChange(former, coming)
        if change.day > day:
            return latest, change if begun else None
        latest = change
    return latest, None


def coming_term_on(rotation: Rotation, day: date) -> Term | None:
    """Return the term that begins with the next change of the chair after `day`."""
    change = changes_around(rotation, day)[1]
    return change.coming if change else None


def next_term_of(rotation: Rotation, land_code: str, day: date) -> Term | None:
    """Return the first term of the Land with this code that begins after `day`."""
    return next((term for term in rotation if term.start > day and term.land_code == land_code), None)
