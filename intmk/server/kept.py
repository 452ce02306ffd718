"""What every page asks for and seldom changes: kept in the process, as long as somebody would tell of a change.

Who hears of every change (the page cache, which listens to PostgreSQL) names the generation of the content here; what
was asked under another one is asked again. Without it, and within a transaction, nothing is kept.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.db import connection

Answer = TypeVar("Answer")


class Teller:
    """Who hears of changes. generation: another number after each, None while nobody would tell of one."""

    def generation(self) -> int | None:
        """Say so until somebody takes this place."""
        return None


teller: Any = Teller()


def kept(ask: Callable[[], Answer]) -> Callable[[], Answer]:
    """Decorate a function that asks the database; its answer is shared by all requests and must not be changed."""
    last: tuple[int, Any] | None = None

    @wraps(ask)
    def answer() -> Answer:
        nonlocal last
        now = teller.generation()
        if now is None or connection.in_atomic_block:
            return ask()
        found = last
        if found is None or found[0] != now:
            found = last = now, ask()  # in this order: what changes meanwhile is asked for again
        return found[1]

    return answer
