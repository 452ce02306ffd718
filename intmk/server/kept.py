"""What every page asks for and seldom changes: kept in the process, as long as somebody would tell of a change.

Who hears of every change (the page cache, which listens to PostgreSQL) names the generation of the content here; what
was asked under another one is asked again. Without it, and in a transaction, all is kept for one request that reads.
"""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar

from django.db import connection
from django.http import HttpRequest

from intmk.server.request_id import current

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")


def nobody_tells() -> int | None:
    """Return None: nobody would hear of a change."""
    return None


def reading_request() -> HttpRequest | None:
    """Return the request that is being answered, None where it may write."""
    request = current.get()
    return request if request is not None and request.method in ("GET", "HEAD") else None


# Returns the generation, another number after each change, or None; intmk/wsgi.py puts here who hears of changes.
generation: Callable[[], int | None] = nobody_tells


def kept(ask: Callable[Asked, Answer]) -> Callable[Asked, Answer]:
    """Decorate a function that asks the database; its answer is shared by all requests and must not be changed.

    None is not kept, so that addresses that anybody can make up take no room.
    """

    @lru_cache(maxsize=1)
    def answers(now: int | HttpRequest) -> dict[tuple, Answer]:
        return {}

    @wraps(ask)
    def answer(*args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
        told = None if connection.in_atomic_block else generation()  # first: what changes meanwhile is asked for again
        now = reading_request() if told is None else told
        if now is None:
            return ask(*args, **kwargs)
        known, question = answers(now), (*args, *sorted(kwargs.items()))
        found = known.get(question)
        if found is None and (found := ask(*args, **kwargs)) is not None:
            known[question] = found
        return found  # type: ignore[return-value]

    return answer
