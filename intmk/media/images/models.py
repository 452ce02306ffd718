"""Pictures: what an upload must bring along, and what is refused. Documents are in intmk/media/documents/models.py."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from io import BytesIO
from math import ceil
from pathlib import PurePosixPath

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import models, transaction
from django.urls import reverse
from PIL import Image
from wagtail.images.models import (
    AbstractImage,
    AbstractRendition,
    Filter,
    ImageQuerySet,
    SourceImageIOError,
    WagtailImageField,
    WagtailImageFieldFile,
    get_upload_to,
)

from intmk.language.day import today
from intmk.media.documents.models import DocumentField, SiteDocument  # noqa: F401 – migration 0001_initial names them here
from intmk.media.files import LibraryFile, TidyFile, ascii_words, is_new, not_a_file_name, safe_name, shown_name
from intmk.media.images import upload as image_upload
from intmk.media.images.tasks import make_renditions
from intmk.media.public_files import PublicFileQuerySet, private_address
from intmk.server.outages import Outage, outage_of

# The renditions of templates/includes/picture.html.
PICTURE_SPECS = Filter.expand_spec("format-{avif,webp,jpeg} width-{480,960,1600}")
# A panorama is shown higher than its place is wide for, so that faces can be seen; it has one more.
PANORAMA_SPECS = Filter.expand_spec("format-{avif,webp,jpeg} width-3200")
PANORAMA, TOWER = 2.5, 0.4  # width by height
LEAST_HEIGHT = 12  # rem, of a panorama
# Renditions are made of a copy of about twice their width: as sharp, and a large photo is decoded once, not nine times.
ENOUGH_WIDTH = 3200
# Wagtail's own in lists and forms, made while somebody waits: of fourteen large photos decoding takes seconds.
THUMBNAIL_SPEC, ENOUGH_FOR_THUMBNAIL = "max-165x165", 400
PRINT_QUALITY = 1772
# What a rendition may weigh, in bytes by its width, so that a page with a group photo stays below 200 kB. AVIF only:
# WebP goes to browsers of before 2024 and would have to look poor.
MOST_BYTES = {480: 12_000, 960: 35_000, 1600: 70_000, 3200: 140_000}
LIMITED = re.compile(r"format-avif\|width-(\d+)")
# Lesser qualities, each with the share of the weight of WAGTAILIMAGES_AVIF_QUALITY that a detailed picture keeps.
LESSER_QUALITIES = ((45, 0.56), (30, 0.27), (20, 0))

logger = logging.getLogger(__name__)


def not_in_future(day) -> None:
    """Raise ValidationError for a day after today."""
    if day > today():
        raise ValidationError("Das Aufnahmedatum liegt in der Zukunft.", code="future")


def says_enough(text: str) -> None:
    """Raise ValidationError for an alternative text that can hardly describe anything."""
    if len(text.strip()) < 10:
        raise ValidationError("Bitte genauer beschreiben, was zu sehen ist (mindestens 10 Zeichen).", code="too_short")


def is_name_alone(credit: str) -> None:
    """Raise ValidationError for a credit of spaces, or with the sign that the pages put before it."""
    if not credit.strip():
        raise ValidationError("Dieses Feld darf nicht leer sein.", code="blank")
    if credit.strip().lower().startswith(("©", "(c)")):
        raise ValidationError("Bitte ohne „©“ angeben: die Website setzt es davor.", code="sign")


class PictureFile(TidyFile, WagtailImageFieldFile):
    """A picture on the disk, or one about to be stored."""

    def get_image_dimensions(self) -> tuple[int | None, int | None]:
        """Return width and height from the head of the file, without decoding; (None, None) for what is no picture."""
        was_closed = self.closed
        try:
            self.open()
            with Image.open(self.file, formats=image_upload.FORMATS) as picture:
                return picture.size
        except Exception:  # the constructor of a model is no place to refuse: `clean` and `save` do
            return None, None
        finally:
            if was_closed:
                self.close()
            elif not self.closed:
                self.seek(0)


class PictureField(WagtailImageField):
    """Lets nothing but cleaned pictures through, whoever saves them."""

    attr_class = PictureFile

    def clean(self, value: PictureFile, model_instance: models.Model) -> PictureFile:
        """Return `value` cleaned; raise the ValidationError of image_upload.checked."""
        value = super().clean(value, model_instance)
        if is_new(value):
            value.file = image_upload.checked(value.file)
            value.name = value.file.name
        return value

    def prepared(self, content: File, name: str) -> tuple[File, str]:
        """Return what may be written to the disk, and its name; raise ValidationError."""
        clean = image_upload.cleaned_picture(content)
        return clean, safe_name(clean.name or name, "bild")


class SiteImageQuerySet(PublicFileQuerySet, ImageQuerySet):
    """Pictures by name of what is asked."""

    def with_renditions(self) -> "SiteImageQuerySet":
        """Fetch all that includes/picture.html shows with one further query, however many pictures there are."""
        return self.prefetch_renditions(*PICTURE_SPECS, *PANORAMA_SPECS)

    def lacking_renditions(self) -> "SiteImageQuerySet":
        """Return those of which not all of PICTURE_SPECS have been made."""
        made = models.Count("renditions", filter=models.Q(renditions__filter_spec__in=PICTURE_SPECS))
        return self.alias(made=made).filter(made__lt=len(PICTURE_SPECS))

    def undescribed(self) -> "SiteImageQuerySet":
        """Return those without credit or alternative text, which no form lets through: they come from programs."""
        lacking = models.Q(credit="") | models.Q(description="")
        return self.filter(lacking, is_placeholder=False)


class SiteImage(LibraryFile, AbstractImage):
    """A picture with its credit; `description`, inherited from Wagtail, is its alternative text and required."""

    title = models.CharField(
        "Titel",
        max_length=255,
        validators=[not_a_file_name],
        help_text="So heißt das Bild in der Bilddatenbank und beim Herunterladen; in Worten, kein Dateiname.",
    )
    file = PictureField("Datei", upload_to=get_upload_to, width_field="width", height_field="height")
    description = models.CharField(
        "Alternativtext",
        max_length=255,
        validators=[says_enough, not_a_file_name],
        help_text=(
            "Beschreibt in einem Satz, was auf dem Bild zu sehen ist, für Menschen, die es nicht sehen: wie viele "
            "Personen, wo, wobei. Ohne „Bild von“; die Namen gehören in das Feld „Abgebildete Personen“."
        ),
    )
    credit = models.CharField(
        "Bildnachweis (©)",
        max_length=200,
        validators=[is_name_alone],
        help_text="Wer das Bild gemacht hat, ohne „©“; steht auf jeder Seite beim Bild.",
    )
    caption = models.CharField("Bildunterschrift", max_length=500, blank=True)
    taken_on = models.DateField("Aufnahmedatum", null=True, blank=True, validators=[not_in_future])
    people = models.TextField(
        "Abgebildete Personen", blank=True, help_text="Von links nach rechts, eine Person je Zeile."
    )
    licence = models.TextField(
        "Lizenz oder Erlaubnis",
        blank=True,
        help_text="Was mit dem Bild geschehen darf und wer es erlaubt hat. Steht beim Bildnachweis.",
    )
    is_placeholder = models.BooleanField(
        "Platzhalter",
        default=False,
        help_text="Eine Zeichnung, die für ein fehlendes Foto steht: Leserinnen und Leser sehen sie nicht; die Seite "
        "nennt das Foto als fehlend. Den Haken entfernen, sobald hier das Foto selbst hochgeladen ist.",
    )
    # As the clock last saw it; then what stands in the names of its renditions since (intmk/media/images/tasks.py).
    was_public = models.BooleanField("war öffentlich", default=False, db_default=False, editable=False)
    rendition_key = models.CharField(
        "Schlüssel der Fassungen", max_length=8, blank=True, default="", db_default="", editable=False
    )

    objects = SiteImageQuerySet.as_manager()

    admin_form_fields = (
        "title", "file", "description", "credit", "caption", "taken_on", "people", "licence", "is_placeholder",
        "released", "collection", "tags", "focal_point_x", "focal_point_y", "focal_point_width", "focal_point_height",
    )  # fmt: skip

    class Meta(AbstractImage.Meta):
        verbose_name = "Bild"
        verbose_name_plural = "Bilder"

    def clean(self) -> None:
        """Refuse an alternative text that only repeats the name of the file."""
        super().clean()
        if self.file and self.repeats(self.file.name):
            raise self.repetition()

    def repeats(self, file_name: str) -> bool:
        """Say whether the alternative text is the name `file_name` in other letters."""
        stem = PurePosixPath(shown_name(file_name)).stem
        return bool(self.description) and ascii_words(stem, "") == ascii_words(self.description, "")

    @staticmethod
    def repetition() -> ValidationError:
        """Return the error for a text that repeats."""
        return ValidationError(
            {"description": "Der Alternativtext wiederholt den Dateinamen. Bitte beschreiben, was zu sehen ist."}
        )

    def get_upload_to(self, filename: str) -> str:
        """Return the place of a new file; its name is safe already (TidyFile)."""
        return f"original_images/{filename}"

    def on_new_file(self) -> None:
        """Throw away what was made of the former file, and have the renditions made once the new one is stored.

        A page that is shown before makes its own.
        """
        self.renditions.all().delete()
        transaction.on_commit(partial(make_renditions.enqueue, self.pk), robust=True)

    def make_renditions(self) -> bool:
        """Make those of the templates that are missing, and say whether that went well; a failure is logged."""
        try:
            self.get_renditions(*PICTURE_SPECS, *(PANORAMA_SPECS if self.is_panorama else ()))
        except Exception:
            logger.exception("Die Fassungen von Bild %s ließen sich nicht herstellen.", self.pk)
            return False
        return True

    def create_rendition(self, filter: Filter) -> "SiteRendition":
        """Do what Wagtail's method does; raise SourceImageIOError whatever keeps it from that."""
        with self.missing_at_worst():
            return super().create_rendition(filter)

    def create_renditions(self, *filters: Filter) -> dict[Filter, "SiteRendition"]:
        """Do what Wagtail's method does; raise SourceImageIOError whatever keeps it from that."""
        with self.missing_at_worst():
            return self.created_from_one_source(*filters)

    @contextmanager
    def missing_at_worst(self) -> Iterator[None]:
        """Let Wagtail take for a missing picture what fails inside: so a full disk, or a database that takes nothing,
        costs readers one picture and not the page. Not a database that is away: the page lacks more then.
        """
        try:
            yield
        except SourceImageIOError:
            raise
        except Exception as error:
            if outage_of(error) is Outage.AWAY:
                raise
            logger.warning("Eine Fassung von Bild %s fehlt und ließ sich nicht herstellen.", self.pk, exc_info=True)
            raise SourceImageIOError(str(error)) from error

    def created_from_one_source(self, *filters: Filter) -> dict[Filter, "SiteRendition"]:
        """Do what Wagtail's method does for our specifications, without decoding the original once for each in threads.

        For nine renditions of 40 megapixels that is a quarter of the memory and half of the time.
        """
        if not {made.spec for made in filters} <= {*PICTURE_SPECS, *PANORAMA_SPECS} or not filters:
            return super().create_renditions(*filters)
        source, made = self.for_renditions(), {}
        for rendition_filter in filters:
            file = self.generate_rendition_file(rendition_filter, source=File(BytesIO(source), self.file.name))
            made[rendition_filter], _ = self.renditions.get_or_create(
                filter_spec=rendition_filter.spec, focal_point_key="", defaults={"file": file}
            )
        return made

    def generate_rendition_file(self, filter: Filter, *, source: File | None = None) -> File:
        """Do what Wagtail's method does; what has more detail than MOST_BYTES holds is compressed more."""
        if source is None and filter.spec == THUMBNAIL_SPEC:
            source = File(BytesIO(self.for_renditions(ENOUGH_FOR_THUMBNAIL, self.format_label)), self.file.name)
        made = super().generate_rendition_file(filter, source=source)
        limited = LIMITED.fullmatch(filter.spec)
        first, most = made.size, MOST_BYTES.get(int(limited[1]), made.size) if limited else made.size
        for quality, share in LESSER_QUALITIES:
            # What will not do by experience is not tried: compressing takes seconds.
            if made.size > most >= first * share:
                lesser = Filter(spec=f"{filter.spec}|avifquality-{quality}")
                made = super().generate_rendition_file(lesser, source=source)
        return made

    def for_renditions(self, enough: int = ENOUGH_WIDTH, kind: str = "TIFF") -> bytes:
        """Return the file, or a smaller copy of a wider picture as uncompressed TIFF, or of another `kind`."""
        with self.open_file() as file, image_upload.DECODING, Image.open(file) as picture:
            icc = picture.info.get("icc_profile")
            picture.draft(picture.mode, (enough, 1))
            if picture.width <= enough and picture.width == self.width:
                file.seek(0)
                return file.read()
            smaller = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
        if smaller.width > enough:
            height = ceil(smaller.height * enough / smaller.width)
            smaller = smaller.resize((enough, height), Image.Resampling.LANCZOS)
        out = BytesIO()
        smaller.save(out, kind, icc_profile=icc)
        return out.getvalue()

    @property
    def filename(self) -> str:
        """Return the name of the file as people should see it."""
        return shown_name(self.file.name)

    @property
    def address_name(self) -> str:
        """Return the file name of the download, which carries the credit."""
        ending = PurePosixPath(self.file.name).suffix
        return f"{ascii_words(self.title, 'bild')}_copyright-{ascii_words(self.credit, 'unbekannt')}{ending}"

    @property
    def download_url(self) -> str:
        """Return the address of the stored original; for who may get more that one, as with documents."""
        if (address := private_address.get()) and not self.released:
            return address("bild", self.pk)
        return reverse("picture_download", args=[self.pk, self.address_name])

    @property
    def is_panorama(self) -> bool:
        """Say whether it is so wide that nobody could be recognised on it in a column."""
        return self.width >= PANORAMA * self.height

    def sizes(self, place: str) -> str:
        """Return the attribute `sizes` for a place of this one: a panorama is wider than that, so that it is high."""
        if not self.is_panorama:
            return place
        least = f"{LEAST_HEIGHT * self.width / self.height:.1f}rem"
        return ", ".join(re.sub(r"\S+$", rf"max(\g<0>, {least})", part) for part in place.split(", "))

    @property
    def is_long(self) -> bool:
        """Say whether it is a panorama, or as high as such a one is wide."""
        return self.is_panorama or self.width <= TOWER * self.height

    @property
    def is_print_quality(self) -> bool:
        """Say whether it can be printed 15 cm wide at 300 points an inch."""
        return max(self.width, self.height) >= PRINT_QUALITY

    @property
    def format_label(self) -> str:
        """Return "JPEG" or "PNG"."""
        return "PNG" if self.file.name.endswith(".png") else "JPEG"

    @property
    def people_in_order(self) -> str:
        """Return the people in one line; with offices behind their names they are parted by semicolons."""
        names = [line.strip().rstrip(",;") for line in self.people.splitlines() if line.strip()]
        return ("; " if any("," in name for name in names) else ", ").join(names)


class SiteRendition(AbstractRendition):
    """A picture in one size and format."""

    image = models.ForeignKey(SiteImage, verbose_name="Bild", related_name="renditions", on_delete=models.CASCADE)

    class Meta:
        verbose_name = "Bildfassung"
        verbose_name_plural = "Bildfassungen"
        constraints = [
            models.UniqueConstraint(fields=("image", "filter_spec", "focal_point_key"), name="unique_site_rendition")
        ]

    def get_upload_to(self, filename: str) -> str:
        """Return the place of a new file; the name of a rendition never comes a second time once readers had it."""
        path, key = PurePosixPath(super().get_upload_to(filename)), self.image.rendition_key
        return str(path.with_stem(f"{path.stem}-{key}") if key else path)
