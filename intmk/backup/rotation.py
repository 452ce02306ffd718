"""Which of the daily backups stay: one for each of the last days, weeks and months that have one."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

PERIODS: tuple[tuple[int, Callable[[datetime], Any]], ...] = (
    (7, lambda moment: moment.date()),
    (4, lambda moment: moment.isocalendar()[:2]),
    (12, lambda moment: (moment.year, moment.month)),
)


def backups_to_keep(moments: Iterable[datetime]) -> set[datetime]:
    """Return those that stay, in their own time zone: of each period the newest backup."""
    ordered = sorted(moments, reverse=True)
    found: set[datetime] = set()
    for number, period_of in PERIODS:
        newest: dict[Any, datetime] = {}
        for moment in ordered:
            newest.setdefault(period_of(moment), moment)
        found |= set(list(newest.values())[:number])
    return found
