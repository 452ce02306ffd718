"""Wagtail's two indexes of pages, by which editors search and by which it is known what uses what.

Wagtail writes both whenever anything of a page is saved: with a draft, which changes nothing in them, and for each row
of a page once more, so that a resolution with sixteen votes was read and indexed eighteen times.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy

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
    """Bring both up to date with a page of which all is stored as it is; call it in the same transaction."""
    if indexes_deferred:
        return
    shown = copy(page)  # which keeps the rows that both read; the page itself goes on reading what is stored
    prefetch_related_objects([shown], *(relation.get_accessor_name() for relation in get_all_child_relations(shown)))
    insert_or_update_object(shown)
    ReferenceIndex.create_or_update_for_object(shown)
