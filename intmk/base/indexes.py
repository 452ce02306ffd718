"""Wagtail's two indexes of pages, by which editors search and by which it is known what uses what.

Wagtail writes both whenever anything of a page is saved: with a draft, which changes nothing in them, and for each row
of a page once more, so that a resolution with sixteen votes was read and indexed eighteen times.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db.models import Model, prefetch_related_objects
from modelcluster.models import get_all_child_relations
from wagtail.models import ReferenceIndex
from wagtail.search.index import insert_or_update_object
from wagtail.signal_handlers import disable_reference_index_auto_update

from intmk.base.switch import Switch

indexes_deferred = Switch("indexes_deferred")


@contextmanager
def deferred_indexes() -> Iterator[None]:
    """Leave to whoever opens this block first what refers to what; a block within another changes nothing."""
    if indexes_deferred:
        yield
        return
    with indexes_deferred.on(), disable_reference_index_auto_update():
        yield


def index_stored(page: Model) -> None:
    """Bring both up to date with what is stored of a page, read once with the rows; call it in the same transaction.

    Not with the page at hand: it may hold rows that were read before they changed.
    """
    if indexes_deferred:
        return
    [stored] = stored_with_rows(type(page), [page.pk])
    insert_or_update_object(stored)
    ReferenceIndex.create_or_update_for_object(stored)


def stored_with_rows(model: type[Model], keys: Iterable[int]) -> list[Any]:
    """Return what is stored of these pages of one type, in the order of their keys, read together with the rows."""
    stored = list(model._default_manager.filter(pk__in=keys).order_by("pk"))
    prefetch_related_objects(stored, *(relation.get_accessor_name() for relation in get_all_child_relations(model)))
    return stored
