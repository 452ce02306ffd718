"""The renditions of a picture, made after the answer: nobody who uploads waits for them."""

import time

from django.db import transaction
from django.utils.crypto import get_random_string
from django_tasks import task
from wagtail.images import get_image_model

SECONDS = 20  # of each minute, for what a killed process has left
_failed: set[int] = set()  # not tried again by this process, each minute, for ever


@task(backend="background")
def make_renditions(pk: int) -> None:
    """Make what the picture with this key lacks, unless it is gone meanwhile."""
    if picture := get_image_model().objects.filter(pk=pk).first():
        picture.make_renditions()


def make_missing(seconds: float = SECONDS) -> None:
    """Make what a process that was killed has left undone; called each minute."""
    ends = time.monotonic() + seconds
    for picture in get_image_model().objects.lacking_renditions().exclude(pk__in=_failed).order_by("pk"):
        if time.monotonic() >= ends:
            return
        if not picture.make_renditions():
            _failed.add(picture.pk)


def rename_withdrawn() -> None:
    """Delete the renditions of pictures that were public and are no longer; they are made anew under other names.

    Readers are not asked for a rendition (nginx serves it), so whoever noted its address would go on getting it.
    Called each minute.
    """
    pictures = get_image_model().objects
    public = pictures.public().order_by().values("pk")
    with transaction.atomic():
        for picture in pictures.filter(was_public=True).exclude(pk__in=public):
            picture.renditions.all().delete()
            pictures.filter(pk=picture.pk).update(was_public=False, rendition_key=get_random_string(8))
        pictures.filter(was_public=False, pk__in=public).update(was_public=True)
