"""The lists of rows that are stored with a page. Most are empty: one question says which, and those are not read.

Of some things, such as Länder, there are so few (`is_kept`) that all are kept; lists of them are made of their keys.
"""

from collections.abc import Callable, Iterable
from functools import cache, wraps
from typing import Any

from django.db import connection
from django.db.models import Model, Prefetch, QuerySet, prefetch_related_objects
from modelcluster.models import get_all_child_m2m_relations, get_all_child_relations
from modelcluster.queryset import FakeQuerySet

from intmk.server.kept import kept


def stored_lists(model: type[Model]) -> list[str]:
    """Return the names of all of them."""
    rows = [relation.get_accessor_name() for relation in get_all_child_relations(model)]
    return [*rows, *(field.name for field in get_all_child_m2m_relations(model))]


def made_once(ask: Callable[..., QuerySet]) -> Callable[..., list[Any]]:
    """Decorate a function that returns the query for a key, its last argument: it gives the rows in place of the query.

    To make the statement takes Django longer than to have it answered. Raises ValueError for one that compares with
    anything but the key, which would not be asked for anew.
    """

    @cache
    def statement(*kind: Any) -> tuple[Any, str]:
        found = ask(*kind, 0)
        text, compared = found.query.sql_with_params()
        if tuple(compared) != (0,):
            raise ValueError(f"{ask.__name__} compares with {compared}, not with the key alone")
        return found.model, text

    @wraps(ask)
    def rows(*asked: Any) -> list[Any]:
        model, text = statement(*asked[:-1])
        return list(model.objects.raw(text, asked[-1:]))

    return rows


@cache
def question_of_keys(model: type[Model], names: tuple[str, ...]) -> str:
    """Return the statement that asks for all keys in lists of a page of that type, which never changes."""
    keys = []
    for name in names:
        field: Any = model._meta.get_field(name)
        if field.many_to_many:
            key, row, own = field.m2m_reverse_name(), field.remote_field.through, field.m2m_column_name()
        else:
            row, own = field.related_model, field.remote_field.column
            key = getattr(row, "shown_column", row._meta.pk.column)
        order = f' ORDER BY "{row._meta.pk.column}"' if hasattr(row, "shown_column") else ""
        keys.append(f'ARRAY(SELECT "{key}" FROM "{row._meta.db_table}" WHERE "{own}" = %(page)s{order})')  # noqa: S608
    return f"SELECT {', '.join(keys)}"


def keys_in_lists(page: Any, names: Iterable[str]) -> dict[str, list[Any]]:
    """Return the keys of the rows in lists of a page, in one question: to build one for each is what costs.

    Of rows of which readers see no more than one column (`shown_column`) that column, the first row first.
    """
    if not (names := tuple(names)):
        return {}
    with connection.cursor() as cursor:
        cursor.execute(question_of_keys(page._meta.concrete_model, names), {"page": page.pk})
        return dict(zip(names, cursor.fetchone(), strict=True))


def empty_lists(page: Any, names: Iterable[str]) -> frozenset[str]:
    """Return those lists of a page that have no row."""
    return frozenset(name for name, keys in keys_in_lists(page, names).items() if not keys)


@kept
def all_rows(model: type[Model]) -> dict[int, Any]:
    """Return all rows of a model that has few, by their keys and in their order; they are shared."""
    return {row.pk: row for row in model._default_manager.all()}


def are_at_hand(page: Any, name: str) -> bool:
    """Say whether the page holds this list itself, as a stored version or a form has made it."""
    return isinstance(getattr(page, name).all(), FakeQuerySet)


def take_lists_in_hand(page: Any) -> dict[str, Any]:
    """Let a page that is edited hold its lists, of which each would be read three times.

    Returns what its table holds of them, and of what it is called, as a version would; {} for a draft, which is read
    from its version and holds its lists already.
    """
    names = [name for name in stored_lists(type(page)) if not are_at_hand(page, name)]
    if not names:
        return {}
    empty = empty_lists(page, names)
    for name in names:
        setattr(page, name, [] if name in empty else getattr(page, name).all())
    stored = page.serializable_data()
    return {name: stored[name] for name in (*names, "title", "slug") if name in stored}


def read_rows(page: Any, empty: frozenset[str] | None = None) -> None:
    """Read what is stored in the lists of rows of a page; no list that is `empty`, None to ask which are."""
    if empty is None:
        empty = empty_lists(page, stored_lists(type(page)))
    rows = {relation.get_accessor_name() for relation in get_all_child_relations(type(page))}
    none = (Prefetch(name, page._meta.get_field(name).related_model._default_manager.none()) for name in empty)
    prefetch_related_objects([page], *none, *sorted(rows - empty))
