"""Brings back what was deleted, as it was: all or nothing, with the same keys, so that what names it finds it again.

Inner name of Django: `QuerySet._insert`. Saving would set the moments of today, send a signal for each row while half
of them are missing, and take a thousand statements for a conference.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any, cast

from django.contrib.contenttypes.models import ContentType
from django.core import serializers
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.serializers.base import DeserializationError
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Model
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import Page, ReferenceIndex, Revision

from intmk.base.indexes import index_stored
from intmk.media.unpublished import withdraw_all_public
from intmk.trash.models import NotRestoredError, TrashedItem, model_named, restored
from intmk.users.models import User

RESTORED = "intmk.trash.restore"
GONE = "Das liegt nicht mehr im Papierkorb: Jemand hat es zurückgeholt oder endgültig gelöscht."
LAPSED = (
    "Der Zeitpunkt, zu dem eine Fassung öffentlich werden sollte, ist inzwischen verstrichen: Sie ist jetzt ein "
    "Entwurf und wird nicht von selbst öffentlich."
)
Rows = dict[type[Model], list[Any]]


def restore_item(pk: int, user: User) -> tuple[Any, list[str]]:
    """Bring an item back; return it, and in sentences what of it is not as it was. Raises NotRestoredError."""
    item = TrashedItem.objects.visible_to(user).filter(pk=pk).first()
    if item is None:
        raise NotRestoredError(GONE)
    rows = rows_as_objects(item)
    try:
        with transaction.atomic():
            if not TrashedItem.objects.select_for_update().filter(pk=pk).exists():
                raise NotRestoredError(GONE)  # somebody was faster
            if item.parent is not None:
                put_below(item, rows[Page])
            note_what_is_public(rows)
            missing = leave_out_what_points_nowhere(item, rows)
            lapsed = take_back_what_is_overdue(rows)
            for model, objects in rows.items():
                manager: Any = model._base_manager
                if objects:
                    manager._insert(objects, fields=model._meta.local_concrete_fields, using=manager.db, raw=True)
            for link in item.links:
                empty = model_named(link["model"])._base_manager.filter(**{"pk": link["pk"], link["field"]: None})
                empty.update(**{link["field"]: link["value"]})
            connection.check_constraints()
            root = cast(Any, item.content_type.model_class())._default_manager.get(pk=item.object_id)
            bring_indexes_up_to_date(item, root, rows)
            restored.send(type(root), instance=root, item=item, page_keys=[page.pk for page in rows.get(Page, ())])
            item.delete()
            log(root, RESTORED, user=user)
    except IntegrityError as error:
        raise NotRestoredError(f"„{item.title}“ bleibt im Papierkorb: {refusal_of_database(rows)}") from error
    told = [f"Nicht dabei, weil inzwischen selbst gelöscht: {', '.join(missing)}."] if missing else []
    return root, told + ([LAPSED] if lapsed else [])


def rows_as_objects(item: TrashedItem) -> Rows:
    """Return the rows as objects by model; raise NotRestoredError when the tables have become others."""
    rows: Rows = defaultdict(list)
    try:
        for each in serializers.deserialize("python", item.rows):
            rows[type(each.object)].append(each.object)
    except (DeserializationError, FieldDoesNotExist, ValidationError, LookupError) as error:
        raise NotRestoredError(
            f"„{item.title}“ bleibt im Papierkorb: Die Website ist seit der Löschung umgebaut worden. Zurückholen kann "
            "es nur die Administration, aus einer Sicherung."
        ) from error
    return rows


def put_below(item: TrashedItem, pages: list[Page]) -> None:
    """Give the pages their place below the page where they stood, the old one unless another stands there now."""
    parent = Page.objects.select_for_update().filter(pk=item.parent).first()
    if parent is None:
        above = TrashedItem.objects.with_row(Page, item.parent).first()
        way_out = f" Bitte zuerst „{above.title}“ zurückholen." if above else ""
        raise NotRestoredError(
            f"„{item.title}“ bleibt im Papierkorb: Die Seite, unter der es stand, gibt es nicht mehr.{way_out}"
        )
    top = min(pages, key=lambda page: page.depth)
    if other := Page.objects.child_of(parent).filter(slug=top.slug).first():
        raise NotRestoredError(
            f"„{item.title}“ bleibt im Papierkorb: An seiner Adresse steht inzwischen „{other.draft_title}“. Bitte "
            "dieser Seite eine andere Adresse geben oder sie löschen, dann noch einmal zurückholen."
        )
    place = top.path[-Page.steplen :]
    if Page.objects.filter(path=parent.path + place).exists():
        numbers = Page.numconv_obj()
        last = numbers.str2int(parent.get_last_child().path[-Page.steplen :])
        place = numbers.int2str(last + 1).rjust(Page.steplen, Page.alphabet[0])
    former_path, former_url, deeper = len(top.path), len(top.url_path), parent.depth + 1 - top.depth
    for page in pages:
        page.path = parent.path + place + page.path[former_path:]
        page.url_path = f"{parent.url_path}{top.slug}/{page.url_path[former_url:]}"
        page.depth += deeper
    Page.objects.filter(pk=parent.pk).update(numchild=F("numchild") + 1)


def leave_out_what_points_nowhere(item: TrashedItem, rows: Rows) -> list[str]:
    """Empty links to what is gone meanwhile, and take rows out that are nothing without it; return in words which.

    Raises NotRestoredError when that would be the item itself or part of a page.
    """
    missing: Counter[str] = Counter()
    while found := [each for model in rows for each in pointing_nowhere(model, rows)]:
        for field, row in found:
            missing[str(field.related_model._meta.verbose_name)] += not issubclass(field.related_model, User)
            if field.null:
                setattr(row, field.attname, None)
            elif field.has_default():  # the collection of a file
                setattr(row, field.attname, field.get_default())
            elif type(row)._meta.parents or type(row) is item.content_type.model_class():
                raise NotRestoredError(
                    f"„{item.title}“ bleibt im Papierkorb: {field.verbose_name} dazu gibt es nicht mehr."
                )
            elif row in rows[type(row)]:  # what points to it goes in the next round
                rows[type(row)].remove(row)
    return [f"{count} × {name}" for name, count in missing.items() if count]


def note_what_is_public(rows: Rows) -> None:
    """Fill in by whether a page is public what its own table says of it; what lies there longer does not say so."""
    live = {page.pk: page.live for page in rows.get(Page, ())}
    for row in (row for objects in rows.values() for row in objects if hasattr(row, "is_public")):
        row.is_public = live[row.pk]


def take_back_what_is_overdue(rows: Rows) -> bool:
    """Let no version go live at once because its moment has passed meanwhile; say whether there was one."""
    due = [
        row for row in rows.get(Revision, ()) if row.approved_go_live_at and row.approved_go_live_at <= timezone.now()
    ]
    for row in due:
        row.approved_go_live_at = None
    return bool(due)


def pointing_nowhere(model: type[Model], rows: Rows) -> Iterator[tuple[Any, Any]]:
    """Yield what of these rows points neither to one that comes back nor to one that is there, as (field, row)."""
    for field in model._meta.local_concrete_fields:
        target: Any = field.related_model
        if target is None or field.primary_key:
            continue
        named = {value for row in rows[model] if (value := getattr(row, field.attname)) is not None}
        named -= {row.pk for row in rows.get(target, ())}
        gone = named - set(target._base_manager.filter(pk__in=named).values_list("pk", flat=True))
        yield from ((field, row) for row in rows[model] if getattr(row, field.attname) in gone)


def refusal_of_database(rows: Rows) -> str:
    """Return what the database has refused, as far as the models know how to say it."""
    for objects in rows.values():
        for row in objects:
            try:
                row.validate_unique()
                row.validate_constraints()
            except ValidationError as error:
                return " ".join(error.messages)
    return "Etwas davon gibt es inzwischen noch einmal, oder etwas, wozu es gehört, gibt es nicht mehr."


def bring_indexes_up_to_date(item: TrashedItem, root: Any, rows: Rows) -> None:
    """Let searches and lists of what uses what know it again, and take out of proposals what is public with it."""
    pages = Page.objects.filter(pk__in=[page.pk for page in rows.get(Page, ())])
    for page in pages.specific():
        index_stored(page)
    if not pages:
        root.save()  # what stands in the search and elsewhere of a row follows from saving it
    for content_type, key in item.sources:
        model: Any = ContentType.objects.get_for_id(content_type).model_class()
        if source := model._base_manager.filter(pk=key).first():
            ReferenceIndex.create_or_update_for_object(getattr(source, "specific", source))
    withdraw_all_public()
