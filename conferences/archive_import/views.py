"""Import of resolutions in the admin: upload, preview, and one button that does exactly what the preview said.

Between the two the upload is kept as Wagtail keeps unfinished ones (UploadedFile), for a day at most
(intmk/media/orphans.py).
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse, reverse_lazy
from django.views.generic.base import TemplateView
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.models import UploadedFile

from conferences.archive_import.importer import ImportRefusedError, import_folder
from conferences.archive_import.plan import LineState, Plan, plan_of
from conferences.archive_import.table import TABLES
from conferences.archive_import.zip_file import opened_folder
from conferences.handover.viewer import account_of
from conferences.models import ConferenceIndexPage
from intmk.base.table_files import UnreadableFileError

ICON = "upload"
TITLE = "Beschlüsse importieren"
MOST_BYTES = 50 * 1024 * 1024  # the web server takes 55 MB


def may_import(request: HttpRequest) -> bool:
    """Say whether the account may add and publish below the list of conferences."""
    index = ConferenceIndexPage.objects.first()
    if index is None:
        return False
    rights = index.permissions_for_user(account_of(request))
    return rights.can_add_subpage() and rights.can_publish_subpage()


class UploadForm(forms.Form):
    """A table, alone or in a ZIP with its PDF files."""

    file = forms.FileField(
        label="Datei",
        help_text="Eine CSV-, Excel- (.xlsx) oder JSON-Datei, oder ein ZIP mit einer solchen Datei und den PDF-Dateien "
        "daneben; höchstens 50 MB.",
        widget=forms.FileInput(attrs={"accept": ",".join((*TABLES, ".zip"))}),
    )
    draft = forms.BooleanField(label="Neue Beschlüsse als Entwürfe anlegen", required=False)
    force = forms.BooleanField(
        label="Auch Seiten überschreiben, die ein Mensch angelegt oder bearbeitet hat", required=False
    )

    def clean_file(self) -> File:
        """Return the file; raise ValidationError for one of another kind or too large."""
        file = self.cleaned_data["file"]
        if Path(file.name).suffix.lower() not in (*TABLES, ".zip"):
            raise forms.ValidationError(
                "Möglich sind CSV, Excel (.xlsx), Text mit Tabulatoren, JSON und ZIP. Andere Tabellen bitte zuerst als "
                "„CSV UTF-8“ oder .xlsx speichern."
            )
        if file.size > MOST_BYTES:
            raise forms.ValidationError("Die Datei ist größer als 50 MB. Bitte teilen.")
        return file


class ArchiveImportView(WagtailAdminTemplateMixin, TemplateView):
    """Shared: who may, and what stands above the page."""

    page_title = TITLE
    header_icon = ICON
    template_name = "conferences/archive_import/upload.html"
    # Not Wagtail's first item: its German translation of "Home" is "Home".
    breadcrumbs_items = [{"url": reverse_lazy("wagtailadmin_home"), "label": "Startseite"}, {"url": "", "label": TITLE}]

    def dispatch(self, request, *args, **kwargs):
        if not may_import(request):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class UploadView(ArchiveImportView):
    """The form; what is sent is kept, and the preview shown."""

    def get_context_data(self, **kwargs) -> dict:
        return super().get_context_data(**kwargs) | {"form": kwargs.get("form") or UploadForm()}

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep a file that can be read and lead to its preview; show the form with the reason otherwise."""
        form = UploadForm(request.POST, request.FILES)
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                with opened_folder(file, file.name) as folder:
                    plan_of(folder, form.cleaned_data["force"])
            except UnreadableFileError as error:
                form.add_error("file", str(error))
            else:
                kept = keep_upload(request, file)
                chosen = [name for name in ("draft", "force") if form.cleaned_data[name]]
                query = "&".join(f"{name}=1" for name in chosen)
                return redirect(f"{reverse('archive_preview', args=[kept.pk])}{'?' if query else ''}{query}")
        return self.render_to_response(self.get_context_data(form=form), status=422)


def keep_upload(request: HttpRequest, file: File) -> UploadedFile:
    """Store the upload for its sender in place of an earlier one that was never carried out."""
    mine = UploadedFile.objects.filter(uploaded_by_user=account_of(request), for_content_type=None)
    for former in mine.filter(file__contains="/beschluesse-"):
        discard(former)
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    file.seek(0)
    kept = UploadedFile(uploaded_by_user=account_of(request))
    kept.file.save(f"beschluesse-{digest}{Path(file.name or '').suffix.lower()}", file)
    return kept


def discard(kept: UploadedFile) -> None:
    """Remove a kept upload with its file, the file once nothing can bring the row back."""
    storage, name = kept.file.storage, kept.file.name
    kept.delete()
    transaction.on_commit(lambda: storage.delete(name), robust=True)


class PreviewView(ArchiveImportView):
    """What the kept upload would do; POST does it, if it is still the same."""

    template_name = "conferences/archive_import/preview.html"

    def kept(self) -> UploadedFile:
        """Return the upload, only to whoever sent it."""
        mine = UploadedFile.objects.filter(uploaded_by_user=account_of(self.request), for_content_type=None)
        return get_object_or_404(mine.filter(file__contains="/beschluesse-"), pk=self.kwargs["pk"])

    @contextmanager
    def folder(self, kept: UploadedFile) -> Iterator[Path]:
        """Yield the folder that was sent; raise UnreadableFileError when it is not the same any more."""
        try:
            with kept.file.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
                if f"/beschluesse-{digest}" not in kept.file.name:
                    raise UnreadableFileError("Die hochgeladene Datei ist beschädigt. Bitte noch einmal hochladen.")
                with opened_folder(file, kept.file.name) as folder:
                    yield folder
        except FileNotFoundError:
            raise UnreadableFileError("Die hochgeladene Datei ist weg. Bitte noch einmal hochladen.") from None

    def chosen(self) -> dict[str, bool]:
        sent = self.request.POST if self.request.method == "POST" else self.request.GET
        return {name: sent.get(name) == "1" for name in ("draft", "force")}

    def get(self, request, *args, **kwargs) -> HttpResponse:
        """Show the plan."""
        return self.preview(self.kept())

    def preview(self, kept: UploadedFile, status: int = 200) -> HttpResponse:
        """Return the page with the plan as of now; the form again for an upload that is gone."""
        try:
            with self.folder(kept) as folder:
                plan = plan_of(folder, self.chosen()["force"])
        except UnreadableFileError as error:
            messages.error(self.request, str(error))
            return redirect("archive_import")
        context = self.get_context_data(plan=plan, groups=grouped(plan), options=self.chosen(), kept=kept)
        return self.render_to_response(context, status=status)

    def post(self, request, *args, **kwargs) -> HttpResponse:
        """Carry out what was previewed and remove the upload; show the preview again when it differs."""
        kept, options = self.kept(), self.chosen()
        try:
            with self.folder(kept) as folder, transaction.atomic():
                expected = request.POST.get("fingerprint", "")
                plan = import_folder(folder, account_of(request), options["draft"], options["force"], expected)
                discard(kept)
        except (ImportRefusedError, UnreadableFileError) as error:
            messages.error(request, str(error))
            return self.preview(kept, status=409)
        counts = plan.counts
        messages.success(request, f"Übernommen: {counts[LineState.NEW]} neu, {counts[LineState.CHANGED]} geändert.")
        return redirect("archive_import")


def grouped(plan: Plan) -> list[dict[str, Any]]:
    """Return the lines by state, errors first; each group with a name, an anchor and whether it is bad news."""
    return [
        {"name": str(state), "anchor": state.name.lower(), "is_error": state == LineState.ERROR, "lines": lines}
        for state in (LineState.ERROR, LineState.BY_HAND, LineState.NEW, LineState.CHANGED, LineState.UNCHANGED)
        if (lines := [line for line in plan.lines if line.state == state])
    ]


class ImportMenuItem(MenuItem):
    """Leads to the form; for those who may publish resolutions."""

    def is_shown(self, request: HttpRequest) -> bool:
        return may_import(request)


def import_menu_item() -> MenuItem:
    """Hook: return the entry of the main menu, behind „Vorsitz und Länder“."""
    return ImportMenuItem(TITLE, reverse("archive_import"), name="beschluesse-importieren", icon_name=ICON, order=155)


def import_admin_urls() -> list:
    """Hook: return the addresses below /admin/; Wagtail asks each for a signed-in account."""
    return [
        path("beschluesse-importieren/", UploadView.as_view(), name="archive_import"),
        path("beschluesse-importieren/<int:pk>/", PreviewView.as_view(), name="archive_preview"),
    ]
