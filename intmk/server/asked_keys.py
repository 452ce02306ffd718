"""What of the query of an address is read by who answers it; the rest neither is part of it nor changes the answer."""

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar
from urllib.parse import unquote_plus

from django.urls import Resolver404, resolve

from intmk.language.links import TRACKING

View = TypeVar("View", bound=Callable)
Keys = tuple[str, ...]


def reads(keys: Keys | Callable[[], Keys]) -> Callable[[View], View]:
    """Say which keys of its query a view reads; given as a function where they are known only later."""

    def mark(view: View) -> View:
        view.asked_keys = keys  # type: ignore[attr-defined]
        return view

    return mark


@lru_cache(256)
def keys_at(path: str) -> Keys:
    """Return the keys that the view at `path` reads, none where there is no view."""
    try:
        keys = getattr(resolve(path).func, "asked_keys", ())
    except Resolver404:
        return ()
    return keys() if callable(keys) else keys


def asked(path: str, query: str) -> tuple[str, bool]:
    """Return what of `query` is read at `path`, in one order; and whether anything but trackers was left out."""
    keys = keys_at(path)
    kept: list[tuple[int, str]] = []
    is_shortened = False
    for part in query.split("&"):
        name = unquote_plus(part.partition("=")[0])
        if name in keys:
            kept.append((keys.index(name), part))
        elif part and not TRACKING.fullmatch(name):
            is_shortened = True
    return "&".join(part for _, part in sorted(kept, key=lambda found: found[0])), is_shortened
