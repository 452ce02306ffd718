"""Photos on their way to a page, with what has been typed of them so far: who leaves finds all of it on return.

The files wait as Wagtail keeps unfinished uploads, and go as those do after seven days (intmk/media/orphans.py).
Nothing typed is refused before the photos become pictures of the library.
"""

from textwrap import shorten
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import models
from wagtail.models import Collection, Page, UploadedFile
from wagtail.utils.file import hash_filelike

from intmk.media.files import delete_file
from intmk.media.images.models import SiteImage
from intmk.media.images.upload import take_for_clean

FOR_ALL = ("credit", "licence", "taken_on")
OF_ONE = ("description", "people")
LONGEST_TITLE = 100


class PhotoBatch(models.Model):
    """What one account brings to one page; its fields hold for all its photos."""

    seen_by_readers = False
    wagtail_reference_index_ignore = True

    page = models.ForeignKey(Page, models.CASCADE, related_name="+", verbose_name="Seite")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="Konto")
    credit = models.CharField(
        "Bildnachweis (©)", max_length=200, blank=True, help_text="Wer die Fotos gemacht hat, ohne „©“."
    )
    licence = models.TextField(
        "Lizenz oder Erlaubnis",
        blank=True,
        help_text="Was mit den Fotos geschehen darf und wer es erlaubt hat. Steht beim Bildnachweis.",
    )
    taken_on = models.DateField(
        "Aufnahmedatum",
        null=True,
        blank=True,
        help_text="Leer: bei jedem Foto der Tag, den die Kamera in die Datei geschrieben hat.",
    )

    class Meta:
        verbose_name = "Wartende Fotos"
        verbose_name_plural = "Wartende Fotos"
        constraints = [models.UniqueConstraint(fields=["page", "account"], name="one_photo_batch_each")]

    def __str__(self) -> str:
        return f"Fotos für „{self.page.draft_title}“"


class WaitingPhotoQuerySet(models.QuerySet):
    """Waiting photos by what is asked."""

    def counted_of(self, account: Any) -> "models.QuerySet[Any, tuple[int, str, int]]":
        """Return for each page to which the account brings photos its key, its title and how many wait."""
        own = self.filter(batch__account=account).order_by("batch__page")
        counted = own.values("batch__page").annotate(waiting=models.Count("pk"))
        return counted.values_list("batch__page", "batch__page__draft_title", "waiting")


class WaitingPhoto(models.Model):
    """One photo with what is its own."""

    seen_by_readers = False
    wagtail_reference_index_ignore = True

    batch = models.ForeignKey(PhotoBatch, models.CASCADE, related_name="photos", verbose_name="Fotos")
    upload = models.OneToOneField(UploadedFile, models.CASCADE, related_name="+", verbose_name="Datei")
    name = models.CharField("Dateiname", max_length=255)
    file_hash = models.CharField("Prüfsumme", max_length=40)
    taken_on = models.DateField("Aufnahmedatum", null=True)
    position = models.PositiveSmallIntegerField("Reihenfolge", default=0)
    is_shown = models.BooleanField("Auf die Seite der Konferenz", default=True)
    description = models.CharField("Alternativtext", max_length=255, blank=True)
    people = models.TextField("Abgebildete Personen", blank=True)

    objects = WaitingPhotoQuerySet.as_manager()

    same = ""  # what is told of a file that there is already (intmk/media/same_files.py)

    class Meta:
        verbose_name = "Wartendes Foto"
        verbose_name_plural = "Wartende Fotos"
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name

    def as_picture(self, collection: Collection) -> SiteImage:
        """Return the picture that it becomes, without its file and not saved; its title is made of what is to see."""
        typed = {name: getattr(self, name) for name in OF_ONE} | {name: getattr(self.batch, name) for name in FOR_ALL}
        typed["description"] = " ".join(self.description.split())  # its field is one of several lines
        typed["taken_on"] = self.batch.taken_on or self.taken_on
        return SiteImage(
            title=shorten(self.description, LONGEST_TITLE, placeholder=" …"),
            collection=collection,
            uploaded_by_user=self.batch.account,
            **typed,
        )

    def faults(self) -> dict[str, list[ValidationError]]:
        """Return by field why it cannot become a picture of the library yet."""
        picture = self.as_picture(Collection())
        asked = {*FOR_ALL, *OF_ONE}
        try:
            picture.clean_fields(exclude={field.name for field in SiteImage._meta.fields} - asked)
            if picture.repeats(self.name):
                raise picture.repetition()
        except ValidationError as error:
            return error.error_dict
        return {}

    def stored(self, collection: Collection) -> SiteImage:
        """Make it a picture of the library and return that; raise ValidationError for a file that is none."""
        picture = self.as_picture(collection)
        with self.upload.file.open("rb") as waiting:
            content = ContentFile(waiting.read(), self.name)
        if hash_filelike(content) == self.file_hash:
            take_for_clean(content)
        picture.file.save(self.name, content, save=False)
        picture.save()
        self.remove()
        return picture

    def remove(self) -> None:
        """Delete it with its file, once that is certain."""
        delete_file(self.upload)
        self.upload.delete()
