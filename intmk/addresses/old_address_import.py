"""Old addresses from a CSV file: first shown line by line, then taken over, all or none; repeatable without doubles."""

import csv
import io
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.generic.edit import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.log_actions import log

from intmk.addresses.old_addresses import OldAddress, key_of
from intmk.addresses.public_addresses import PublicAddress, normalised_path
from intmk.language.readable_text import readable
from intmk.media.files import within_reach_of_the_laender
from intmk.media.images.models import SiteDocument

COLUMNS = {
    "adresse": "address",
    "beschreibung": "description",
    "ziel": "",
    "archiv": "archived_url",
    "anmerkung": "note",
}
LABELS = {each.name: str(each.verbose_name) for each in OldAddress._meta.fields}
REQUIRED = ("adresse", "beschreibung")
LARGEST = 1_000_000  # bytes
MOST_LINES = 5_000
NEW, CHANGED, SAME = "neu", "geändert", "schon vorhanden"


@dataclass
class Line:
    """One line of the file. number: as a text editor counts; result: NEW, CHANGED, SAME or "" beside errors."""

    number: int
    address: str
    result: str = ""
    errors: list[str] = field(default_factory=list)
    row: OldAddress | None = None


def decoded(content: bytes) -> str:
    """Return the text of a CSV file in UTF-8, or as Excel under Windows saves it; raise ValidationError otherwise."""
    if len(content) > LARGEST:
        raise ValidationError("Die Datei ist größer als 1 MB. Bitte in mehrere teilen.")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return readable(text, lines=True)
    raise ValidationError("Das ist keine Textdatei. Bitte als CSV speichern (Trennzeichen Semikolon oder Komma).")


def lines_of(text: str) -> list[Line]:
    """Return what would become of each line; nothing is saved. Raises ValidationError when it is no such table."""
    first = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=";" if ";" in first else ",", strict=True)
    try:
        names = [(name or "").strip().lower() for name in reader.fieldnames or []]
        reader.fieldnames = names
        records = [(reader.line_num, record) for record in reader if any(record.values())]
    except csv.Error as error:
        line = f"Zeile {reader.line_num} lässt sich nicht lesen: Bitte die Anführungszeichen prüfen."
        raise ValidationError(line) from error
    if missing := [name for name in REQUIRED if name not in names]:
        raise ValidationError(f"In der ersten Zeile fehlt: {', '.join(missing)}. Möglich sind: {', '.join(COLUMNS)}.")
    if unknown := [name for name in names if name not in COLUMNS]:
        raise ValidationError(f"Unbekannte Spalte: {', '.join(unknown)}. Möglich sind: {', '.join(COLUMNS)}.")
    if len(records) > MOST_LINES:
        raise ValidationError(f"Die Datei hat {len(records)} Zeilen; höchstens {MOST_LINES} gehen auf einmal.")
    if not records:
        raise ValidationError("Die Datei enthält keine Zeilen.")
    stored = {row.key: row for row in OldAddress.objects.all()}
    seen: dict[str, int] = {}
    return [line_of(number, record, stored, seen) for number, record in records]


def line_of(number: int, record: dict[str | None, Any], stored: dict[str, OldAddress], seen: dict[str, int]) -> Line:
    """Return what would become of one record. stored: rows by key; seen: number of the line of each key so far."""
    values = {name: (record.get(name) or "").strip() for name in COLUMNS}
    line = Line(number, values["adresse"])
    if None in record:
        line.errors.append("Die Zeile hat mehr Felder als die erste.")
        return line
    try:
        key = key_of(values["adresse"])
    except ValueError as error:
        line.errors.append(str(error))
        return line
    if key in seen:
        line.errors.append(f"Diese Adresse steht schon in Zeile {seen[key]}.")
        return line
    seen[key] = number
    row = stored.get(key) or OldAddress(address=values["adresse"])
    before = state_of(row)
    for column, name in COLUMNS.items():
        if name and name != "address" and column in record:
            setattr(row, name, values[column])
    try:
        if "ziel" in record:
            row.target_page_id, row.target_document_id = target_at(values["ziel"])
        # Whether the address is listed already is clear from `stored`; asking for each line would take long.
        row.key = key
        row.clean_fields()
    except ValidationError as error:
        line.errors += (
            [f"{LABELS[name]}: {' '.join(found)}" for name, found in error.message_dict.items()]
            if hasattr(error, "error_dict")
            else error.messages
        )
        return line
    line.row = row
    line.result = NEW if row.pk is None else CHANGED if state_of(row) != before else SAME
    return line


def state_of(row: OldAddress) -> tuple:
    """Return what of a row a file can change."""
    return row.description, row.target_page_id, row.target_document_id, row.archived_url, row.note


def target_at(address: str) -> tuple[int | None, int | None]:
    """Return the keys of page and document at an address of this site; both None for "".

    Raises ValidationError where no public page and no document stands.
    """
    if not address:
        return None, None
    try:
        path = normalised_path(address)
    except ValueError:  # "http://["
        raise ValidationError(f"„{address[:80]}“ ist keine Adresse.") from None
    parts = path.strip("/").split("/")
    if parts[0] == "dokumente" and len(parts) == 3 and parts[1].isdecimal():
        proposed = within_reach_of_the_laender()
        if document := SiteDocument.objects.filter(pk=int(parts[1][:18])).exclude(proposed).first():
            return None, document.pk
    elif found := PublicAddress.objects.filter(path=path, page__live=True).first():
        return found.page_id, None
    raise ValidationError(f"Auf dieser Website steht unter „{address}“ keine öffentliche Seite und kein Dokument.")


class ImportForm(forms.Form):
    """A file, or its text once it was shown."""

    file = forms.FileField(label="CSV-Datei", required=False)
    text = forms.CharField(required=False, widget=forms.HiddenInput, strip=False)

    def clean(self) -> dict[str, Any]:
        """Add `lines`; raise ValidationError for what is no such table."""
        cleaned = super().clean() or {}
        file = cleaned.get("file")
        if not file and not cleaned.get("text"):
            raise ValidationError({"file": "Bitte eine Datei wählen."})
        try:
            text = decoded(file.read(LARGEST + 1)) if file else cleaned["text"]
            return cleaned | {"text": text, "lines": lines_of(text)}
        except ValidationError as error:
            raise ValidationError({"file": error.messages}) from None


class ImportView(WagtailAdminTemplateMixin, FormView):
    """Takes a file, shows what each line would do, and does it when that is confirmed."""

    permission_policy: Any = None
    list_url_name = ""
    form_class = ImportForm
    template_name = "intmk/addresses/old_address_import.html"
    page_title = "Alte Adressen aus CSV übernehmen"
    header_icon = "upload"

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponseBase:
        """Refuse who may not add and change old addresses."""
        if not all(self.permission_policy.user_has_permission(request.user, each) for each in ("add", "change")):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs) -> dict:
        """Add `columns`."""
        return super().get_context_data(**kwargs) | {"columns": list(COLUMNS), "required": REQUIRED}

    def form_valid(self, form: ImportForm) -> HttpResponse:
        """Show the lines; take them over when they were shown before and none has an error."""
        lines: list[Line] = form.cleaned_data["lines"]
        wrong = sum(bool(line.errors) for line in lines)
        if wrong or "confirmed" not in self.request.POST:
            shown = ImportForm(initial={"text": form.cleaned_data["text"]})
            context = {"form": form, "confirmation": shown, "lines": lines, "wrong": wrong}
            return self.render_to_response(self.get_context_data(**context))
        rows = [(line.row, line.result) for line in lines if line.row and line.result != SAME]
        try:
            with transaction.atomic():
                for row, result in rows:
                    row.save()
                    log(row, "wagtail.create" if result == NEW else "wagtail.edit")
        except IntegrityError:
            messages.error(
                self.request, "Inzwischen hat jemand dieselben Adressen eingetragen. Bitte noch einmal prüfen."
            )
            return redirect(self.request.path)
        messages.success(self.request, f"{len(rows)} Adressen übernommen, {len(lines) - len(rows)} waren schon da.")
        return redirect(self.list_url_name)
