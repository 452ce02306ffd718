"""The screen on which many photos come onto the page of a conference: choose, describe, arrange, take over.

Each photo is stored when it is chosen, and what is typed while it is typed (static/js/photos.js); without the script
both happen with the button. The photos become pictures of the library and part of a draft of the conference.
"""

import re
from io import BytesIO
from typing import Any, cast

from django import forms
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from PIL import Image
from wagtail.admin import messages
from wagtail.images.permissions import permission_policy
from wagtail.models import Page, UploadedFile
from wagtail.utils.file import hash_filelike

from conferences.handover.refused_forms import wants_json
from conferences.models import ConferencePage, ConferencePhoto
from conferences.photos.forms import BatchForm, PhotoForm
from intmk.base.admin_views import OnePageView
from intmk.base.drafts import may_change
from intmk.language.wording import counted_as
from intmk.media.images import upload as image_upload
from intmk.media.images.forms import TAKEN
from intmk.media.images.models import SiteImage
from intmk.media.images.waiting import FOR_ALL, PhotoBatch, WaitingPhoto
from intmk.media.same_files import tell_same
from intmk.users.models import User

MOST = 50  # photos that wait for one page
THUMBNAIL = 320  # pixels


def may_add_photos(user: User, page: Page) -> bool:
    """Say whether the account may bring photos to the draft of this conference."""
    is_conference = page.specific_class is ConferencePage
    return is_conference and permission_policy.user_has_permission(user, "add") and may_change(user, page)


class PhotosView(OnePageView):
    """The rows of the photos that the account has brought, and the fields that hold for all."""

    page_title = "Fotos hinzufügen"
    header_icon = "image"
    template_name = "conferences/photos/photos.html"

    def is_for(self, user: User, page: Page) -> bool:
        """Say whether the account may change this conference and add pictures."""
        return may_add_photos(user, page)

    @cached_property
    def batch(self) -> PhotoBatch:
        """Return what the account has begun for this page; stored with the first thing that is sent."""
        own = {"page_id": self.page.pk, "account": self.request.user}
        if self.request.method == "POST":
            return PhotoBatch.objects.get_or_create(**own)[0]
        return PhotoBatch.objects.filter(**own).first() or PhotoBatch(**own)

    def photos(self) -> list[WaitingPhoto]:
        """Return them in order, each with `same`: what is told of a file that there is already."""
        waiting = self.batch.photos.select_related("upload") if self.batch.pk else []
        found = [photo for photo in waiting if photo.upload.file.storage.exists(photo.upload.file.name)]
        for photo in found:
            photo.batch = self.batch
        tell_same(found, self.request.user)
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add `page`, the `form` for all and the `rows`, and how many photos of which kind are taken."""
        self.batch  # noqa: B018 – asks for the right
        shown = {"form": BatchForm(instance=self.batch), "rows": [PhotoForm(instance=photo) for photo in self.photos()]}
        return super().get_context_data(page=self.page, most=MOST, taken=TAKEN, **shown | kwargs)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keep all that can be kept; then take over what is complete where that is wanted and nothing is wrong."""
        form = BatchForm(request.POST, instance=self.batch)
        rows = [row for photo in self.photos() if (row := PhotoForm(request.POST, instance=photo)).is_sent]
        is_kept = all([store_typed(each) for each in (form, *rows)])
        for row in [row for row in rows if str(row.instance.pk) == request.POST.get("remove")]:
            rows.remove(row)
            row.instance.remove()
        if wants_json(request):
            return JsonResponse({"saved": is_kept})
        files = request.FILES.getlist("files")
        refused = self.take_in(files)
        if "finish" in request.POST and not files and is_kept and self.is_complete(form, rows):
            return self.finished([row.instance for row in rows])
        if is_kept and not refused and ("finish" not in request.POST or files):
            return redirect("conference_photos", pk)
        shown = {row.instance.pk for row in rows}
        rows += [PhotoForm(instance=photo) for photo in self.photos() if photo.pk not in shown]
        return self.render_to_response(self.get_context_data(form=form, rows=rows, refused=refused))

    def take_in(self, files: list[Any]) -> list[tuple[str, str]]:
        """Store what was sent without the script; return the names of those that are refused, with the reason."""
        refused = []
        for number, file in enumerate(files):
            try:
                taken_in(self.batch, file, number)
            except ValidationError as error:
                refused.append((file.name, " ".join(error.messages)))
        return refused

    def is_complete(self, form: BatchForm, rows: list[PhotoForm]) -> bool:
        """Say whether all can be taken over; what is against it stands beside its field then."""
        if not rows:
            form.add_error(None, "Es ist noch kein Foto gewählt.")
        for row in rows:
            for name, faults in row.instance.faults().items():
                place: forms.ModelForm = form if name in FOR_ALL else row
                if name not in place.errors:
                    place.add_error(name, faults)
        lock = self.page.get_lock()
        if lock and lock.for_user(self.request.user) and any(row.instance.is_shown for row in rows):
            form.add_error(
                None, "Die Konferenz ist gesperrt. Ihre Fotos und alles, was Sie geschrieben haben, warten hier."
            )
        if any(each.errors for each in (form, *rows)):
            messages.error(
                self.request,
                "Noch nicht übernommen: Was fehlt, steht bei den Feldern. Alles Bisherige ist gespeichert.",
            )
            return False
        return True

    def finished(self, photos: list[WaitingPhoto]) -> HttpResponse:
        """Take them over and lead on: to the draft in which they are, or to the library."""
        user = cast(User, self.request.user)
        collection = permission_policy.collections_user_has_permission_for(user, "add").first()
        photos.sort(key=lambda photo: (photo.position, photo.pk))
        with transaction.atomic():
            shown = [picture for photo in photos if (picture := photo.stored(collection)) and photo.is_shown]
            if shown:
                add_to_draft(self.page, shown, user)
            if not self.batch.photos.exists():
                self.batch.delete()
        taken = counted_as(len(photos), "Foto steht", "Fotos stehen")
        if not shown:
            messages.success(self.request, f"{taken} in der Bilddatenbank.")
            return redirect("wagtailimages:index")
        messages.success(
            self.request,
            f"{taken} in der Bilddatenbank, davon {len(shown)} im Entwurf der Konferenz. Öffentlich "
            "sind sie erst, wenn Sie die Konferenz veröffentlichen.",
        )
        return redirect(f"{reverse('wagtailadmin_pages:edit', args=[self.page.pk])}#tab-bilder_und_dokumente")


class PhotoUploadView(PhotosView):
    """Takes one photo from the script and answers with its row, or the reason why not."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Return JSON with `row`, as HTML, or `error`."""
        batch = self.batch
        file, position = request.FILES.get("file"), request.POST.get("position", "")
        if file is None:
            return JsonResponse({"error": "Es kam keine Datei an."})
        try:
            photo = taken_in(batch, file, int(position) if re.fullmatch(r"\d{1,3}", position) else None)
        except ValidationError as error:
            return JsonResponse({"error": " ".join(error.messages)})
        tell_same([photo], request.user)
        row = PhotoForm(instance=photo)
        return JsonResponse({"row": render_to_string("conferences/photos/row.html", {"row": row}, request)})


def store_typed(form: Any) -> bool:
    """Store what was typed into the form, and say whether that went well."""
    if form.is_valid() and form.has_changed():
        form.save()
    return bool(form.is_valid())


def taken_in(batch: PhotoBatch, file: Any, position: int | None) -> WaitingPhoto:
    """Let the uploaded file wait, clean; raise ValidationError for one that cannot become a picture."""
    number = batch.photos.count()
    if number >= MOST:
        raise ValidationError(f"Hier warten schon {MOST} Fotos. Bitte erst diese übernehmen.")
    clean = image_upload.checked(file)
    day, file_hash = image_upload.day_taken(file), hash_filelike(clean)
    kind = ContentType.objects.get_for_model(SiteImage)
    with transaction.atomic():
        upload = UploadedFile.objects.create(for_content_type=kind, file=clean, uploaded_by_user=batch.account)
        return WaitingPhoto.objects.create(
            batch=batch,
            upload=upload,
            name=(file.name or "").replace("\0", "")[-255:],
            file_hash=file_hash,
            taken_on=day,
            position=number if position is None else position,
        )


def add_to_draft(page: Any, pictures: list[SiteImage], user: User) -> None:
    """Append the pictures to the photos of the latest version, as whoever saved that has left it.

    Nobody else writes the page meanwhile (intmk/base/one_writer.py).
    """
    latest = page.get_latest_revision_as_object()
    number = latest.photos.count()
    for place, picture in enumerate(pictures, number):
        latest.photos.add(ConferencePhoto(image=picture, sort_order=place))
    latest.save_revision(user=user, clean=False, log_action=True)


def waiting_photo(request: HttpRequest, pk: int) -> HttpResponse:
    """Return a small copy of a waiting photo to who has brought it, 404 to everybody else."""
    photo = get_object_or_404(WaitingPhoto.objects.select_related("upload"), pk=pk, batch__account=request.user)
    small = BytesIO()
    try:
        with photo.upload.file.open("rb") as file, image_upload.DECODING, Image.open(file) as picture:
            picture.draft("RGB", (THUMBNAIL, THUMBNAIL))
            picture.thumbnail((THUMBNAIL, THUMBNAIL))
            picture.convert("RGB").save(small, "JPEG", quality=80)
    except OSError as error:
        raise Http404 from error
    return HttpResponse(small.getvalue(), content_type="image/jpeg", headers={"Cache-Control": "private, no-store"})


def photo_addresses() -> list[URLPattern]:
    """Return the addresses below /admin/; that of the screen is one of those at which one writes a page alone."""
    return [
        path("pages/<int:pk>/fotos/", PhotosView.as_view(), name="conference_photos"),
        path("fotos/<int:pk>/", PhotoUploadView.as_view(), name="conference_photo_upload"),
        path("fotos/wartend/<int:pk>/", waiting_photo, name="waiting_photo"),
    ]
