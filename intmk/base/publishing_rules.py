"""Rules that a page keeps before it is published. A draft may break them all: its form lists those that it breaks."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.utils import timezone
from modelcluster.forms import BaseChildFormSet
from modelcluster.models import get_all_child_relations
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import InlinePanel
from wagtail.fields import StreamField
from wagtail.models import COMMENTS_RELATION_NAME, Page


class RulesAtPublishing(forms.BaseForm):
    """Mixin of the form of a page or of one of its rows: saving a draft refuses only what no draft could hold.

    That is what the fields cannot read, and what is found before this `clean` is done, e.g. a missing right.
    """

    is_deferred_validation: bool
    asks_rules = False

    def full_clean(self) -> None:
        self.asks_rules = False
        super().full_clean()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.asks_rules = True
        return cleaned

    def add_error(self, field: str | None, error: Any) -> None:
        """Leave a rule out of a draft; `broken_rules` tells of it."""
        if not (self.asks_rules and self.is_deferred_validation):
            super().add_error(field, error)


class RowKey(forms.ModelChoiceField):
    """The hidden field that says which row is meant; the form has it at hand, Django asks for each once more."""

    def __init__(self, row: models.Model, field: forms.ModelChoiceField) -> None:
        self.row = row
        super().__init__(field.queryset, required=False, initial=field.initial, widget=field.widget)

    def to_python(self, value: Any) -> Any:
        """Return the row; raise ValidationError where there is none of that key."""
        return self.row if self.row.pk and str(value) == str(self.row.pk) else super().to_python(value)


class Rows(BaseChildFormSet):
    """The forms of the rows of one list."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        key = self.model._meta.pk.name
        form.fields[key] = RowKey(form.instance, form.fields[key])


class RowsPanel(InlinePanel):
    """Rows of a page of which a draft may hold half-filled ones."""

    def get_form_options(self) -> dict[str, Any]:
        options = super().get_form_options()
        for rows in options["formsets"].values():
            base = rows.get("form", WagtailAdminModelForm)
            rows["form"] = type(base)(base.__name__, (RulesAtPublishing, base), {})
            rows["formset"] = Rows
        return options


class RelationsAtHand:
    """Mixin of a row: what its form has just read is not looked up once more."""

    def clean_fields(self: Any, exclude: Any = None) -> None:
        relations = [field for field in self._meta.concrete_fields if field.is_relation]
        read = {each.name for each in relations if each.is_cached(self) and getattr(self, each.attname) is not None}
        super().clean_fields({*(exclude or ()), *read})  # type: ignore[misc]


@dataclass(frozen=True)
class BrokenRule:
    """What the page says against being published, and the field beside which the form would say it ("" for none)."""

    field: str
    label: str
    message: str


def broken_rules(page: Page) -> list[BrokenRule]:
    """Return why this version of the page cannot be published, [] if it can; it is not to be saved afterwards."""
    try:
        page.full_clean()
    except ValidationError as error:
        errors = error.error_dict
    else:
        return []
    labels = {name: "" if name == NON_FIELD_ERRORS else label(type(page), name) for name in errors}
    return [
        BrokenRule(name, labels[name], words)
        for name, faults in errors.items()
        for fault in faults
        for words in messages_in(fault)
    ]


def messages_in(fault: ValidationError) -> list[str]:
    """Return what it says; of an empty field as a form says it."""
    return ["Dieses Feld darf nicht leer sein."] if fault.code == "null" else fault.messages


def label(page_type: type[Page], name: str) -> str:
    """Return what editors read beside a field of this type, or above a list of rows."""
    field: Any = page_type._meta.get_field(name)
    return str(getattr(field, "verbose_name", None) or field.related_model._meta.verbose_name_plural)


def refusal_in_words(page_type: type[Page], error: ValidationError) -> str:
    """Return what the page refuses, each with the label of its field."""
    if not hasattr(error, "error_dict"):
        return " ".join(error.messages)
    return " ".join(
        ("" if name == NON_FIELD_ERRORS else f"{label(page_type, name)}: ") + " ".join(found)
        for name, found in error.message_dict.items()
    )


def faults_of_rows(page: Page) -> dict[str, list[str]]:
    """Return what is wrong with single rows of the page, by the name of the list, as "2. Zeile, Datum: …"."""
    found: dict[str, list[str]] = defaultdict(list)
    for relation in get_all_child_relations(type(page)):
        name = relation.get_accessor_name()
        rows = [] if name == COMMENTS_RELATION_NAME else getattr(page, name).all()
        for number, row in enumerate(rows, 1):
            try:
                row.full_clean(
                    exclude=known_relations(row, relation.field), validate_unique=False, validate_constraints=False
                )
            except ValidationError as error:
                for field, faults in error.error_dict.items():
                    place = f"{number}. Zeile"
                    if field != NON_FIELD_ERRORS:
                        place += f", {row._meta.get_field(field).verbose_name}"
                    found[name] += [f"{place}: {words}" for fault in faults for words in messages_in(fault)]
    return found


def half_filled(page: Page) -> dict[str, tuple[list[Any], list[Any]]]:
    """Return by name the lists with a row that lacks what its table cannot do without: all rows, and the whole ones.

    One that has been stored whole stands among these as it is stored: its key is in the form, and must not be gone.
    """
    found = {}
    for relation in get_all_child_relations(type(page)):
        name, given = relation.get_accessor_name(), (relation.field, relation.related_model._meta.pk)
        if name == COMMENTS_RELATION_NAME:
            continue
        fields = relation.related_model._meta.concrete_fields
        needed = [field.attname for field in fields if not field.null and field not in given]
        rows = list(getattr(page, name).all())
        lacking = [row for row in rows if any(getattr(row, attname) is None for attname in needed)]
        if lacking:
            stored = relation.related_model._base_manager.in_bulk([row.pk for row in lacking if row.pk])
            kept = (stored.get(row.pk) if row in lacking else row for row in rows)
            found[name] = rows, [row for row in kept if row]
    return found


def drop_half_filled_rows(page: Page) -> None:
    """Take these rows out of a page that is never to be saved."""
    for name, (_, whole) in half_filled(page).items():
        setattr(page, name, whole)


@contextmanager
def storable_draft(page: Page) -> Iterator[None]:
    """Take out of a draft, while it is saved or shown, what its tables cannot hold; its version holds all."""
    rows = half_filled(page)
    empty = [
        field
        for field in page._meta.concrete_fields
        if not field.null and field.has_default() and getattr(page, field.attname) is None
    ]
    for name, (_, whole) in rows.items():
        setattr(page, name, whole)
    for field in empty:
        setattr(page, field.attname, field.get_default())
    try:
        yield
    finally:
        for name, (every, _) in rows.items():
            setattr(page, name, every)
        for field in empty:
            setattr(page, field.attname, None)


def known_relations(row: models.Model, parent: models.Field) -> set[str]:
    """Return the relations that need not be looked up: that to the page, and those that name something."""
    links = (field for field in row._meta.concrete_fields if field.is_relation)
    return {parent.name} | {field.name for field in links if getattr(row, field.attname) is not None}


def faults_of_texts(page: Page) -> dict[str, list[str]]:
    """Return what is missing or wrong in single blocks of the page, by field, as "2. Baustein, Titel: …"."""
    found: dict[str, list[str]] = defaultdict(list)
    for field in page._meta.get_fields():
        for number, part in enumerate(getattr(page, field.name) if isinstance(field, StreamField) else (), 1):
            try:
                part.block.clean(part.value)
            except ValidationError as error:
                found[field.name] += [f"{number}. Baustein{words}" for words in faults_in_block(part.block, error)]
    return found


def faults_in_block(block: Any, error: ValidationError) -> Iterator[str]:
    """Yield what is wrong in the block and the blocks in it, after where it is: ", Titel: Dieses Feld …"."""
    inner: dict[str | int, ValidationError] = getattr(error, "block_errors", {})
    own = error.non_block_errors.as_data() if hasattr(error, "non_block_errors") else [error]
    yield from (f": {message}" for fault in own for message in fault.messages)
    for key, fault in inner.items():
        part, place = (block.child_blocks[key],) * 2 if isinstance(key, str) else (block.child_block, f"{key + 1}.")
        yield from (f", {getattr(place, 'label', place)}{words}" for words in faults_in_block(part, fault))


def fault_of_schedule(page: Page) -> str:
    """Return what keeps the moments of the schedule from being set, as Wagtail's form asks it; "" for nothing."""
    if page.expire_at and page.expire_at < timezone.now() and not (page.go_live_at or is_overdue(page)):
        return "Dieser Zeitpunkt ist schon vorbei."
    if page.expire_at and page.go_live_at and page.go_live_at > page.expire_at:
        return "Die Seite würde zurückgezogen, bevor sie öffentlich wird."
    return ""


def is_overdue(page: Page) -> bool:
    """Say whether the page is public and ends by itself as soon as the clock comes to it."""
    return Page.objects.filter(pk=page.pk, live=True, expire_at=page.expire_at).exists()
