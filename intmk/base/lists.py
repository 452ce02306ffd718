"""The lists of rows that are stored with a page. Most are empty: one question says which, and those are not read."""

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import Model, Prefetch, prefetch_related_objects
from modelcluster.models import get_all_child_m2m_relations, get_all_child_relations
from modelcluster.queryset import FakeQuerySet


def stored_lists(model: type[Model]) -> list[str]:
    """Return the names of all of them."""
    rows = [relation.get_accessor_name() for relation in get_all_child_relations(model)]
    return [*rows, *(field.name for field in get_all_child_m2m_relations(model))]


def empty_lists(page: Any, names: Iterable[str]) -> frozenset[str]:
    """Return those lists of a page that have no row, in one question: to build one for each is what costs."""
    fields = [page._meta.get_field(name) for name in names]
    tables = [
        (field.remote_field.through, field.m2m_column_name())
        if field.many_to_many
        else (field.related_model, field.remote_field.column)
        for field in fields
    ]
    rows = (f'EXISTS (SELECT FROM "{table._meta.db_table}" WHERE "{column}" = %(page)s)' for table, column in tables)
    if not fields:
        return frozenset()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(rows)}", {"page": page.pk})
        return frozenset(field.name for field, is_there in zip(fields, cursor.fetchone(), strict=True) if not is_there)


def are_at_hand(page: Any, name: str) -> bool:
    """Say whether the page holds this list itself, as a stored version or a form has made it."""
    return isinstance(getattr(page, name).all(), FakeQuerySet)


def take_lists_in_hand(page: Any) -> frozenset[str]:
    """Let a page that is edited hold its lists, of which each would be read three times; return which are empty."""
    names = [name for name in stored_lists(type(page)) if not are_at_hand(page, name)]
    empty = empty_lists(page, names)
    for name in names:
        setattr(page, name, [] if name in empty else getattr(page, name).all())
    return empty


def read_rows(page: Any, empty: frozenset[str] | None = None) -> None:
    """Read what is stored in the lists of rows of a page; no list that is `empty`, None to ask which are."""
    if empty is None:
        empty = empty_lists(page, stored_lists(type(page)))
    rows = {relation.get_accessor_name() for relation in get_all_child_relations(type(page))}
    none = (Prefetch(name, page._meta.get_field(name).related_model._default_manager.none()) for name in empty)
    prefetch_related_objects([page], *none, *sorted(rows - empty))
