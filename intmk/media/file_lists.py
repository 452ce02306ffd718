"""What editors are told of files: in Wagtail's lists which are public and why, and what a PDF gives away."""

from collections.abc import Callable
from typing import Any

import django_filters
from django import forms
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column
from wagtail.documents.views import documents, multiple
from wagtail.images.views import images
from wagtail.images.views import multiple as multiple_pictures
from wagtail.models import Page

from intmk.media import same_files, unpublished
from intmk.media.documents.models import SiteDocument
from intmk.media.documents.upload import hides
from intmk.media.images.models import SiteImage
from intmk.media.public_files import standings
from intmk.media.unfinished import OffersUnfinished, unfinished_picture


class ExportedCells:
    """Mixin of a list: what its file says of each row, `exported`, by the heading; none without."""

    exported: dict[str, Callable[[Any], Any]] = {}

    @property
    def list_export(self) -> list[str]:
        return list(self.exported)

    @property
    def export_headings(self) -> dict[str, str]:
        return {heading: heading for heading in self.exported}

    def to_row_dict(self, item: Any) -> dict[str, Any]:
        """Return the cells of a row."""
        return {heading: cell(item) for heading, cell in self.exported.items()}


class WithStanding(ExportedCells):
    """Mixin of a list of files: adds columns, in a constant number of queries, and a file of the list.

    shown: headings of `exported` whose cells are columns on the screen, too, beside whether the file is public.
    """

    shown: tuple[str, ...] = ()

    def as_spreadsheet(self, queryset: Any, spreadsheet_format: str) -> Any:
        """Say in a file what the list says of each."""
        found = self.decorate_paginated_queryset(list(queryset))
        return super().as_spreadsheet(found, spreadsheet_format)  # type: ignore[misc]

    @property
    def columns(self) -> list[Column]:
        """Return Wagtail's columns and ours after the title; none for pictures shown as a grid."""
        columns: list[Column] = super().columns  # type: ignore[misc]
        place = next((number for number, column in enumerate(columns, start=1) if column.name == "title"), None)
        if place is None:
            return columns
        more = [Column(f"cell-{heading}", label=heading, accessor=self.exported[heading]) for heading in self.shown]
        return [*columns[:place], Column("standing", "Öffentlich"), *more, *columns[place:]]

    def decorate_paginated_queryset(self, object_list: Any) -> Any:
        """Add `standing` to each file of this page of the list."""
        found = super().decorate_paginated_queryset(object_list)  # type: ignore[misc]
        said = standings(found)
        for file in found:
            file.standing = said[file.pk]
        return found


def day_stored(file: Any) -> str:
    """Return the day on which it came."""
    return f"{timezone.localtime(file.created_at):%d.%m.%Y}"


def accessibility_of(document: SiteDocument) -> str:
    """Return what was entered, and what the file says of itself where it was read: "unbekannt, mit Tags"."""
    tags = {True: ", mit Tags", False: ", ohne Tags", None: ""}[document.tagged]
    return f"{document.get_accessible_display()}{tags}"


class DocumentsView(WithStanding, documents.IndexView):
    """The list of documents."""

    shown = ("Sprache", "Barrierefrei", "Gelesen")
    export_filename = "dokumente"
    exported = {
        "Titel": lambda file: file.title,
        "Datei": lambda file: file.filename,
        "Sprache": lambda file: file.get_language_display(),
        "Barrierefrei": accessibility_of,
        "Gelesen": lambda file: file.get_text_state_display(),
        "Sammlung": lambda file: file.collection.name,
        "Hochgeladen": day_stored,
        "Verwendet": lambda file: file.usage_count,
        "Öffentlich": lambda file: file.standing,
    }

    def decorate_paginated_queryset(self, object_list: Any) -> Any:
        """Also say which hold text that nobody sees, or may do so."""
        found = super().decorate_paginated_queryset(object_list)
        prefetch_related_objects(list(found), "versions")
        for document in found:
            if document.has_unseen_text:
                document.standing += " Achtung: Die Datei enthält Text, den man nicht sieht."
            elif any(hides(version.disclosed) for version in document.versions.all()):
                document.standing += " Achtung: Eine frühere Fassung enthält Text, den man nicht sieht."
            elif document.may_hide_text:
                document.standing += " Achtung: Nicht alle Seiten der Datei ließen sich auf verdeckten Text prüfen."
        return found


class TellsSame:
    """Mixin of the form of a file: says so when the library has it already."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Save, and tell."""
        response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        view: Any = self
        if "file" in form.changed_data:
            stored = form.instance
            alike = same_files.stored_alike(type(stored), stored.file_hash, view.request.user, stored.pk)
            if sentence := same_files.same_file_sentence(type(stored), alike):
                messages.warning(view.request, f"{stored.title}: {sentence}")
        return response


class TellsSameOfMany:
    """Mixin of the second step of adding many: the form says so when the library has the file already."""

    def get_edit_upload_form_context_data(self) -> dict[str, Any]:
        """Put the sentence beside the title."""
        context: dict[str, Any] = super().get_edit_upload_form_context_data()  # type: ignore[misc]
        view: Any = self
        sentence = same_files.told_of_waiting(view.upload_object, view.model, view.request.user)
        field = context["form"].fields["title"]
        field.help_text = f"{sentence} {field.help_text}".strip()
        return context


class NewDocumentView(TellsSame, documents.CreateView):
    """The form of a new document, which says afterwards what the file gives away."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Save, and warn."""
        response = super().form_valid(form)
        for warning in form.instance.warnings:
            messages.warning(self.request, f"{form.instance.title}: {warning}")
        return response


class NewDocumentsView(TellsSameOfMany, OffersUnfinished, multiple.AddView):
    """The forms of many new documents; the second step of each says what the first has read in the file."""

    def get_upload_form_class(self) -> Any:
        """Return what makes the form of the first step, which is kept, and whose file is read with its text."""
        form_class = super().get_upload_form_class()

        def kept_form(*args: Any, **kwargs: Any) -> Any:
            self.first_step = form_class(*args, **kwargs)
            self.first_step.instance.is_read_at_once = True
            return self.first_step

        return kept_form

    def get_edit_upload_form_context_data(self) -> dict[str, Any]:
        """Hand over what the file gives away, so that it is not read once more."""
        if first_step := getattr(self, "first_step", None):  # none where the file is offered again
            self.object.disclosed = first_step.instance.disclosed
        return super().get_edit_upload_form_context_data()


class DocumentView(TellsSame, documents.EditView):
    """The form of a stored document, which says so when the file is another one."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Save, and warn."""
        response = super().form_valid(form)
        for warning in form.instance.warnings if "file" in form.changed_data else []:
            messages.warning(self.request, f"{form.instance.title}: {warning}")
        if form.cleaned_data["cleaned"]:
            messages.success(self.request, f"{form.instance.title}: Gespeichert ist die bereinigte Kopie.")
        return response


class NewPictureView(TellsSame, images.CreateView):
    """The form of a new picture."""


class PictureView(TellsSame, images.EditView):
    """The form of a stored picture."""


class NewPicturesView(TellsSameOfMany, OffersUnfinished, multiple_pictures.AddView):
    """The forms of many new pictures."""

    def get_edit_upload_response_data(self) -> dict[str, Any]:
        """Ask, as Wagtail does of pictures without details, whether to keep what is there already."""
        data: dict[str, Any] = super().get_edit_upload_response_data()
        upload = self.upload_object
        alike = same_files.stored_alike(self.model, same_files.hash_of(upload), self.request.user).first()
        if alike is not None:
            action = reverse(self.delete_upload_url_name, args=[upload.pk])
            question = {"existing_image": alike, "delete_action": action}
            template = "wagtailimages/images/confirm_duplicate_upload.html"
            data |= {
                "duplicate": True,
                "confirm_duplicate_upload": render_to_string(template, question, request=self.request),
            }
        return data


class PicturesFilterSet(images.ImagesFilterSet):
    """Wagtail's filters, and one for pictures that lack what readers have to be told."""

    ohne_angaben = django_filters.BooleanFilter(
        label="Ohne Bildnachweis oder Alternativtext",
        method="lacking_words",
        widget=forms.RadioSelect(choices=[("", "Alle"), ("true", "Nur diese")]),
    )

    class Meta(images.ImagesFilterSet.Meta):
        pass

    def lacking_words(self, pictures: Any, name: str, value: bool) -> Any:
        """Return those where it is asked for, else all; Wagtail's own are no SiteImage querysets."""
        return pictures.filter(pk__in=SiteImage.objects.undescribed().values("pk")) if value else pictures


class PicturesView(WithStanding, images.IndexView):
    """The list of pictures."""

    shown = ("Bildnachweis", "Lizenz")
    filterset_class = PicturesFilterSet
    export_filename = "bilder"
    exported = {
        "Titel": lambda file: file.title,
        "Datei": lambda file: file.filename,
        "Alternativtext": lambda file: file.description,
        "Bildnachweis": lambda file: file.credit,
        "Lizenz": lambda file: file.licence,
        "Breite": lambda file: file.width,
        "Höhe": lambda file: file.height,
        "Sammlung": lambda file: file.collection.name,
        "Hochgeladen": day_stored,
        "Verwendet": lambda file: file.usage_count,
        "Öffentlich": lambda file: file.standing,
    }

    def decorate_paginated_queryset(self, object_list: Any) -> Any:
        """Also say of which the renditions are still being made."""
        found = super().decorate_paginated_queryset(object_list)
        shown = {picture.pk: picture for picture in found}
        for pk in SiteImage.objects.lacking_renditions().filter(pk__in=shown).values_list("pk", flat=True):
            shown[pk].standing += " Die kleineren Fassungen für die Website entstehen noch."
        return found


def warn_of_papers(request: HttpRequest, page: Page) -> None:
    """Tell who opens a page's form which of its documents hold text that nobody sees; hook `before_edit_page`."""
    if request.method == "GET" and page.has_unpublished_changes:
        warn_of(request, unpublished.files_used_by(page.get_latest_revision_as_object()))
    elif request.method == "GET":
        warn_of(request, unpublished.files_shown_by(page))


def warn_of_published_papers(request: HttpRequest, page: Page) -> None:
    """Tell who has published a page without looking at it again; hook `after_create_page` and `after_edit_page`."""
    if "action-publish" in request.POST:
        warn_of(request, unpublished.files_shown_by(page))


def warn_of(request: HttpRequest, files: dict[Any, list[int]]) -> None:
    """Add a message for each document among `files` that holds text which nobody sees, or may do so."""
    for document in SiteDocument.objects.filter(
        pk__in=files[SiteDocument], withheld=False, disclosed__has_any_keys=["unseen", "covered", "unchecked"]
    ):
        messages.warning(request, f"„{document.title}“: {document.warnings[0]}")


def library_admin_urls() -> list[URLPattern]:
    """Return the addresses of these views, which are those of Wagtail's own and come before them."""
    return [
        path("documents/add/", NewDocumentView.as_view()),
        path("documents/multiple/add/", NewDocumentsView.as_view()),
        path("documents/edit/<int:document_id>/", DocumentView.as_view()),
        path("documents/", DocumentsView.as_view()),
        path("documents/results/", DocumentsView.as_view(results_only=True)),
        path("images/add/", NewPictureView.as_view()),
        path("images/<int:image_id>/", PictureView.as_view()),
        path("images/multiple/add/", NewPicturesView.as_view()),
        path("images/angefangen/<int:pk>/", unfinished_picture, name="unfinished_picture"),
        path("images/", PicturesView.as_view()),
        path("images/results/", PicturesView.as_view(results_only=True)),
    ]
