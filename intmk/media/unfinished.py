"""Uploads of many files that somebody has left before giving the details: they wait, and are offered on return."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Model, QuerySet
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from wagtail.models import UploadedFile

from intmk.media.images.models import SiteImage
from intmk.media.images.waiting import WaitingPhoto

MOST = 50  # that one page offers; the rest follow when these are done


def unfinished(user: AbstractBaseUser | AnonymousUser, model: type[Model]) -> QuerySet[UploadedFile]:
    """Return the files of the account that wait for their details, those for this model, the first first."""
    waiting = UploadedFile.objects.filter(uploaded_by_user=user.pk, for_content_type__model=model._meta.model_name)
    of_pages = WaitingPhoto.objects.values("upload")  # they are finished where they were begun
    return waiting.exclude(file="").exclude(pk__in=of_pages).order_by("pk")


class OffersUnfinished:
    """Mixin of the page that takes many files: adds `unfinished`, a name, a preview and a form for each."""

    template_name = "intmk/media/add_many.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add them; a form cannot be shown for a file that is gone."""
        context = super().get_context_data(**kwargs)  # type: ignore[misc]
        view: Any = self
        waiting = [
            row for row in unfinished(view.request.user, view.model)[:MOST] if row.file.storage.exists(row.file.name)
        ]
        return context | {
            "unfinished": [self.offered(row) for row in waiting],
            "original_template": super().template_name,  # type: ignore[misc]
        }

    def offered(self, upload: UploadedFile) -> dict[str, Any]:
        """Return what the page shows of one file: as if it had just been uploaded."""
        view: Any = self
        view.upload_object, view.object = upload, view.model(title="")
        form = render_to_string(
            view.edit_form_template_name, view.get_edit_upload_form_context_data(), request=view.request
        )
        name = upload.file.name.rpartition("/")[2]
        return {"name": name, "form": form, "preview": preview_of(upload) if view.model is SiteImage else ""}


def preview_of(upload: UploadedFile) -> str:
    return format_html('<img src="{}" alt="" loading="lazy">', reverse("unfinished_picture", args=[upload.pk]))


def unfinished_picture(request: HttpRequest, pk: int) -> FileResponse:
    """Return a waiting picture to who has uploaded it, 404 to everybody else."""
    upload = get_object_or_404(unfinished(request.user, SiteImage), pk=pk)
    try:
        return FileResponse(upload.file.open("rb"), headers={"Cache-Control": "private, no-store"})
    except OSError as error:
        raise Http404 from error
