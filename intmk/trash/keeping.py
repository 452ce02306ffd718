"""Writes down what a deletion takes away and what it leaves pointing nowhere, before it happens."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, cast

from django.contrib.contenttypes.models import ContentType
from django.core import serializers
from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models import DO_NOTHING, FileField, Model, QuerySet
from django.db.models.deletion import Collector, get_candidate_relations_to_delete
from wagtail.log_actions import log
from wagtail.models import Page, ReferenceIndex

from intmk.base.drafts import begun_by, branch
from intmk.media.files import within_reach_of_the_laender
from intmk.trash.models import TrashedItem, going
from intmk.users.models import User

PUT = "intmk.trash.put"
MADE_ANEW = {"intmk.draftentry", "intmk.searchentry", "intmk.siterendition", "wagtailsearch.indexentry"}
Keys = dict[type[Model], set]


@transaction.atomic
def keep(root: Any, user: User) -> TrashedItem:
    """Store what is about to go with `root`, which `user` deletes."""
    is_page = isinstance(root, Page)
    keys, links = taken_away_with(root)
    item = TrashedItem.objects.create(
        content_type=ContentType.objects.get_for_model(root),
        object_id=root.pk,
        parent=root.get_parent().pk if is_page else None,
        title=(root.get_admin_display_title() if is_page else str(root))[:255],
        address=address_of(root),
        pages_below=root.get_descendant_count() if is_page else 0,
        deleted_by=user,
        land_code=user.land_code if is_own(root, user) else "",
        rows=[row for model, pks in keys.items() for row in stored_rows(model, pks)],
        links=links,
        sources=list(sources_naming(keys)),
        files=list(files_of(keys)),
    )
    log(item, PUT, user=user, title=f"{item.kind} „{item.title}“"[:255])
    return item


def taken_away_with(root: Model) -> tuple[Keys, list[dict]]:
    """Return the keys of all rows that go with `root` by model, and the links of those that stay.

    Inner names of Django: `Collector` and what it has collected, which is what a deletion goes by itself.
    """
    collector: Any = Collector(using=DEFAULT_DB_ALIAS, origin=root)
    collector.collect(branch(root) if isinstance(root, Page) else [root])
    keys: Keys = defaultdict(set)
    for model, rows in collector.data.items():
        keys[model] |= {row.pk for row in rows}
    for queryset in collector.fast_deletes:
        keys[queryset.model] |= set(queryset.values_list("pk", flat=True))
    for _, more in going.send(type(root), instance=root, keys=keys):
        further = cast(QuerySet[Any], more)
        keys[further.model] |= set(further.values_list("pk", flat=True))
    keys = {model: pks for model, pks in keys.items() if model._meta.label_lower not in MADE_ANEW}
    emptied = [
        (field, [row.pk for each in rows for row in each]) for (field, _), rows in collector.field_updates.items()
    ]
    emptied += [
        (relation.field, relation.field.model._base_manager.filter(**{f"{relation.field.name}__in": pks}).values("pk"))
        for model, pks in keys.items()
        for relation in cast(Iterable[Any], get_candidate_relations_to_delete(model._meta))
        if relation.field.remote_field.on_delete is DO_NOTHING and relation.field.null  # a trigger empties it
    ]
    links = [
        {"model": field.model._meta.label_lower, "pk": pk, "field": field.name, "value": value}
        for field, pks in emptied
        for pk, value in field.model._base_manager.filter(pk__in=pks).values_list("pk", field.attname)
        if pk not in keys.get(field.model, ())
    ]
    return keys, links


def stored_rows(model: type[Model], pks: set) -> list[dict]:
    """Return these rows of one table as they are stored; what a model inherits or is joined with has its own rows."""
    rows = model._base_manager.filter(pk__in=pks).order_by("pk")
    return serializers.serialize("python", rows, fields=[field.name for field in model._meta.local_fields])


def sources_naming(keys: Keys) -> Iterator[list]:
    """Yield what stays and names one of these rows: Wagtail forgets so, and a picture would not be public again."""
    for model, pks in keys.items():
        if model._meta.auto_created:  # what joins two tables; nothing names it
            continue
        references = ReferenceIndex.objects.filter(
            to_content_type=ContentType.objects.get_for_model(model), to_object_id__in=[str(pk) for pk in pks]
        )
        yield from map(list, references.values_list("base_content_type", "object_id").order_by().distinct())


def files_of(keys: Keys) -> Iterator[str]:
    """Yield the names of the files that belong to these rows."""
    for model, pks in keys.items():
        for field in model._meta.local_fields:
            if isinstance(field, FileField):
                yield from filter(None, model._base_manager.filter(pk__in=pks).values_list(field.name, flat=True))


def address_of(root: Any) -> str:
    """Return where readers found it, "" for what has no address of its own."""
    address = root.url if hasattr(root, "url") else getattr(root, "get_absolute_url", str)()
    return (address or "")[:1000]


def is_own(root: Any, user: User) -> bool:
    """Say whether the account might delete it also without the chair: drafts and proposals of its own Land."""
    if not user.land_code:
        return False
    if isinstance(root, Page):
        return begun_by(user.land_code, root)
    own = type(root)._default_manager.filter(pk=root.pk)
    return (
        hasattr(root, "uploaded_by_user_id")
        and own.filter(within_reach_of_the_laender(), uploaded_by_user__land_code=user.land_code).exists()
    )
