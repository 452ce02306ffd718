"""Statements that are the same but for a key. To make one takes Django longer than to have it answered."""

from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from django.db.models import QuerySet

ANY = 0  # a key to make the statement with


def made_once(ask: Callable[..., QuerySet]) -> Callable[..., list[Any]]:
    """Decorate a function that returns the query for a key, its last argument: it gives the rows in its place.

    The key must be all that the query compares with. Unlike rows of a related manager these do not know whose they are.
    """

    @cache
    def statement(*kind: Any) -> tuple[Any, str]:
        found = ask(*kind, ANY)
        return found.model, found.query.sql_with_params()[0]

    @wraps(ask)
    def rows(*asked: Any) -> list[Any]:
        *kind, key = asked
        model, text = statement(*kind)
        return list(model.objects.raw(text, [key]))

    return rows
