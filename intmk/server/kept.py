"""What every page asks for and seldom changes: kept in the process, as long as somebody would tell of a change.

Who hears of every change (the page cache, which listens to PostgreSQL) names the generation of the content here; what
was asked under another one is asked again. Without it, and within a transaction, nothing is kept.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.db import connection

Answer = TypeVar("Answer")


def nobody_tells() -> int | None:
    """Return None: nobody would hear of a change."""
    return None


# Returns the generation, another number after each change, or None; intmk/wsgi.py puts here who hears of changes.
generation: Callable[[], int | None] = nobody_tells


def kept(ask: Callable[[], Answer]) -> Callable[[], Answer]:
    """Decorate a function that asks the database; its answer is shared by all requests and must not be changed."""
    last: tuple[int, Any] | None = None

    @wraps(ask)
    def answer() -> Answer:
        nonlocal last
        now = generation()
        if now is None or connection.in_atomic_block:
            return ask()
        found = last
        if found is None or found[0] != now:
            found = last = now, ask()  # in this order: what changes meanwhile is asked for again
        return found[1]

    return answer
