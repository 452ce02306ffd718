"""Many short lists of one object in one query: PostgreSQL packs the rows of each list as JSON.

For pages that show a handful of lists, each of a table of its own: one round trip instead of one for each list, and
the same number whether a list is empty or long. Not for long lists, and not in place of prefetch_related elsewhere.
"""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Model, QuerySet
from django.db.models.functions import JSONObject


def holds_unsaved_lists(page: Any) -> bool:
    """Say whether the lists of a page are those that an editor has not saved yet, as in a preview.

    Inner name of modelcluster: `_cluster_related_objects`; until readers' lists are prefetched.
    """
    return bool(getattr(page, "_cluster_related_objects", None))


def as_json(rows: QuerySet, *related: str) -> ArraySubquery:
    """Return a subquery for `values_list` with all columns of `rows`, and those of the objects that `related` name."""
    return ArraySubquery(rows.values(row=_columns(rows.model, "", related)))


def _columns(model: type[Model], prefix: str, related: tuple[str, ...] = ()) -> JSONObject:
    columns: dict[str, Any] = {field.attname: F(prefix + field.attname) for field in model._meta.concrete_fields}
    for name in related:
        other: Any = model._meta.get_field(name).related_model
        columns[name] = _columns(other, f"{name}__")
    return JSONObject(**columns)


def from_json(model: type[Model], rows: list[dict[str, Any]], *related: str) -> list[Any]:
    """Return the objects of `as_json` rows, in their order, with the related objects in place."""
    return [_object(model, row, related) for row in rows]


def _object(model: type[Model], row: dict[str, Any], related: tuple[str, ...] = ()) -> Model:
    values = [field.to_python(row[field.attname]) for field in model._meta.concrete_fields]
    instance = model.from_db("default", [field.attname for field in model._meta.concrete_fields], values)
    for name in related:
        other: Any = model._meta.get_field(name).related_model
        found = row[name][other._meta.pk.attname] is not None
        setattr(instance, name, _object(other, row[name]) if found else None)
    return instance
