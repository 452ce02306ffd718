"""Old addresses from a CSV file: first shown line by line, then taken over, all or none; repeatable without doubles."""

from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files import File
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.generic.edit import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.log_actions import log

from intmk.addresses.old_addresses import OldAddress, key_of
from intmk.addresses.public_addresses import PublicAddress, normalised_path
from intmk.base.table_files import ENDINGS, Row, UnreadableFileError, as_csv, table_rows
from intmk.language.links import unwrapped
from intmk.language.readable_text import readable_parts
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
TOO_LARGE = "Die Datei ist größer als 1 MB. Bitte in mehrere teilen."
MOST_LINES = 5_000
NEW, CHANGED, SAME = "neu", "geändert", "schon vorhanden"


@dataclass
class AddressLine:
    """One line of the file. number: where it begins in an editor; result: NEW, CHANGED, SAME or "" beside errors."""

    number: int
    address: str
    result: str = ""
    errors: list[str] = field(default_factory=list)
    row: OldAddress | None = None


def address_rows(content: bytes) -> list[Row]:
    """Return the lines of a table; raise UnreadableFileError when it is no such table."""
    rows = table_rows(content, COLUMNS, REQUIRED, MOST_LINES)
    if len(rows) > MOST_LINES:
        raise UnreadableFileError(f"Die Datei hat mehr als {MOST_LINES} Zeilen. Bitte teilen.")
    if not rows:
        raise UnreadableFileError("Die Datei enthält keine Zeilen.")
    for row in rows:
        row.cells = readable_parts(row.cells)
    return rows


def lines_of(rows: list[Row]) -> list[AddressLine]:
    """Return what would become of each line; nothing is saved."""
    stored = {row.key: row for row in OldAddress.objects.all()}
    seen: dict[str, int] = {}
    return [planned_line(row, stored, seen) for row in rows]


def planned_line(row: Row, stored: dict[str, OldAddress], seen: dict[str, int]) -> AddressLine:
    """Return what would become of one row. stored: addresses by key; seen: number of the line of each key so far."""
    address = row.cells.get("adresse", "")
    line = AddressLine(row.line, address, errors=row.errors)
    if line.errors:
        return line
    try:
        address = unwrapped(address)
        key = key_of(address)
        if key in seen:
            raise ValueError(f"Diese Adresse steht schon in Zeile {seen[key]}.")
    except ValueError as error:
        line.errors.append(str(error))
        return line
    seen[key] = row.line
    found = stored.get(key) or OldAddress(address=address)
    before = changeable_fields(found)
    try:
        take_over(found, row.cells)
        # Whether the address is listed already is clear from `stored`; asking for each line would take long.
        found.key = key
        found.clean_fields()
    except ValidationError as error:
        line.errors += messages_of(error)
        return line
    line.row = found
    line.result = NEW if found.pk is None else CHANGED if changeable_fields(found) != before else SAME
    return line


def take_over(old: OldAddress, cells: dict[str, str]) -> None:
    """Put into `old` what the columns of the file say; raises the ValidationError of `target_at`."""
    for column, name in COLUMNS.items():
        if name and name != "address" and column in cells:
            setattr(old, name, cells[column])
    if "ziel" in cells:
        old.target_page_id, old.target_document_id = target_at(cells["ziel"])


def messages_of(error: ValidationError) -> list[str]:
    """Return what is wrong, each with the label of its field where it has one."""
    if not hasattr(error, "error_dict"):
        return list(error.messages)
    return [f"{LABELS[name]}: {' '.join(found)}" for name, found in error.message_dict.items()]


def changeable_fields(row: OldAddress) -> tuple:
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


def content_of(file: File) -> bytes:
    """Return what is in a file; raise UnreadableFileError for one that is too large."""
    if file.size > LARGEST:
        raise UnreadableFileError(TOO_LARGE)
    return file.read()


class ImportForm(forms.Form):
    """A file, or its text once it was shown."""

    file = forms.FileField(
        label="CSV- oder Excel-Datei",
        required=False,
        widget=forms.FileInput(attrs={"accept": ",".join(ENDINGS)}),
    )
    text = forms.CharField(required=False, widget=forms.HiddenInput, strip=False)

    def clean(self) -> dict[str, Any]:
        """Add `lines`; raise ValidationError for what is no such table."""
        cleaned = super().clean() or {}
        file = cleaned.get("file")
        if not file and not cleaned.get("text"):
            raise ValidationError({"file": "Bitte eine Datei wählen."})
        try:
            rows = address_rows(content_of(file) if file else cleaned["text"].encode(errors="replace"))
            text = as_csv(rows, COLUMNS)
            if len(text) > LARGEST:
                raise UnreadableFileError(TOO_LARGE)
            return cleaned | {"text": text, "lines": lines_of(rows)}
        except UnreadableFileError as error:
            raise ValidationError({"file": str(error)}) from None


class OldAddressImportView(WagtailAdminTemplateMixin, FormView):
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
        lines: list[AddressLine] = form.cleaned_data["lines"]
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
