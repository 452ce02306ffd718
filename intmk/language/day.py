"""Which day it is: the one in Berlin, or the one that is being rehearsed (intmk/desk/rehearsal.py)."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date

from django.utils import timezone

rehearsed: ContextVar[date | None] = ContextVar("rehearsed", default=None)


def today() -> date:
    """Return the day in Berlin, whatever time zone an editor has chosen: at its midnight the chair passes.

    Who may do what follows the clock alone (conferences/terms/rights.py), never a day that is rehearsed.
    """
    return rehearsed.get() or timezone.localdate(timezone=timezone.get_default_timezone())


@contextmanager
def as_of(day: date) -> Iterator[None]:
    """Let `today` return `day` inside, for this request alone."""
    token = rehearsed.set(day)
    try:
        yield
    finally:
        rehearsed.reset(token)
