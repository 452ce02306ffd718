"""What a stored version of a page names, asked for together: Wagtail asks for each thing, and for each row."""

from collections import defaultdict
from typing import Any

from django.db.models import PROTECT, Model
from modelcluster.models import get_all_child_relations


def all_there(model: type[Model], data: dict[str, Any]) -> bool:
    """Say whether all is still there that the stored version of a `model` names; one query for each kind of thing."""
    named: dict[tuple[type[Model], str], set[Any]] = defaultdict(set)
    collect(model, data, named)
    return all(
        len(keys) == target._default_manager.filter(**{f"{name}__in": keys}).count()
        for (target, name), keys in named.items()
    )


def without_protected(model: type[Model], data: dict[str, Any]) -> dict[str, Any]:
    """Return `data` without what is gone although a stored page would have kept it: Wagtail opens no such version."""
    gone = []
    field: Any
    for field in model._meta.concrete_fields:
        value = data.get(field.name)
        if field.remote_field and field.remote_field.on_delete is PROTECT and value is not None:
            named = field.remote_field.model._default_manager.filter(**{field.target_field.name: value})
            gone += [] if named.exists() else [field.name]
    return data | dict.fromkeys(gone)


def collect(model: type[Model], data: dict[str, Any], named: dict[tuple[type[Model], str], set[Any]]) -> None:
    """Add to `named` the values by which `data` and the rows in it name things, by the field that has them."""
    field: Any
    for field in model._meta.concrete_fields:
        if field.remote_field and (value := data.get(field.name)) is not None:
            target = field.target_field
            named[field.remote_field.model, target.name].add(target.to_python(value))
    for relation in get_all_child_relations(model):
        for row in data.get(relation.get_accessor_name()) or []:
            collect(relation.related_model, row, named)
