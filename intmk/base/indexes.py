"""Wagtail's two indexes of pages: of titles, by which editors choose one, and of what uses what.

Wagtail writes both whenever anything of a page is saved: with a draft, which changes nothing in them, and for each row
of a page once more, so that a resolution with sixteen votes was read and indexed eighteen times.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db.models import Model, prefetch_related_objects
from django.db.models.signals import post_save
from wagtail.models import Page, ReferenceIndex
from wagtail.search.backends import get_search_backends
from wagtail.search.index import get_indexed_models
from wagtail.search.signal_handlers import post_save_signal_handler, register_signal_handlers
from wagtail.signal_handlers import disable_reference_index_auto_update

from intmk.base.lists import read_rows, stored_lists
from intmk.server.switch import Switch

indexes_deferred = Switch("indexes_deferred")


@contextmanager
def deferred_indexes() -> Iterator[None]:
    """Leave to whoever opens this block first what refers to what; a block within another changes nothing."""
    if indexes_deferred:
        yield
        return
    with indexes_deferred.on(), disable_reference_index_auto_update():
        yield


@contextmanager
def titles_deferred() -> Iterator[None]:
    """Leave the first index of all that is no page to whoever opens this block; in the whole process."""
    for model in get_indexed_models():
        post_save.disconnect(post_save_signal_handler, sender=model)
    try:
        yield
    finally:
        register_signal_handlers()


def index_stored(page: Model, empty: frozenset[str] | None = None, is_called_so: bool = False) -> Any:
    """Bring both up to date with what is stored of a page, read once with its rows; call it in the same transaction.

    Not with the page at hand: it may hold rows that were read before they changed. `empty`: lists of which it is known.
    is_called_so: its title is what it was, which is all that the first index holds.
    Returns what was read, None where that is left to somebody else.
    """
    if indexes_deferred:
        return None
    stored = type(page)._default_manager.select_related(*getattr(page, "named_by", ())).get(pk=page.pk)
    read_rows(stored, empty)
    for backend in [] if is_called_so else get_search_backends(with_auto_update=True):
        backend.add(stored)
    ReferenceIndex.create_or_update_for_object(stored)
    return stored


def index_references() -> None:
    """Note what refers to what on the whole site, as Wagtail's command does, which asks for the rows of each thing."""
    for model in apps.get_models():
        if ReferenceIndex.is_indexed(model) and model is not Page:  # each page is looked at as what it is
            for thing in stored_with_rows(model, model._default_manager.values_list("pk", flat=True)):
                ReferenceIndex.create_or_update_for_object(thing)


def stored_with_rows(model: type[Model], keys: Iterable[int]) -> list[Any]:
    """Return what is stored of these pages of one type, in the order of their keys, read together with the rows."""
    stored = list(model._default_manager.filter(pk__in=keys).order_by("pk"))
    prefetch_related_objects(stored, *stored_lists(model))
    return stored
