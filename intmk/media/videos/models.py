"""Videos: an MP4 file with what makes it accessible (captions, transcript). Checks are in upload.py."""

import hashlib
from pathlib import PurePosixPath
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import models
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.functional import cached_property
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel
from wagtail.images import get_image_model_string
from wagtail.rich_text import expand_db_html, get_text_for_indexing
from wagtail.search import index

from intmk.language.link_fields import RichTextField
from intmk.media.files import ReadFile, TidyFile, not_a_file_name, safe_name, shown_name
from intmk.media.public_files import PublicFileQuerySet, editors_address, private_address, tell_standing
from intmk.media.videos import captions
from intmk.media.videos import metadata as video_reading
from intmk.media.videos import upload as video_upload
from intmk.media.videos.metadata import VideoReading

STILL_WIDTH = 960


def has_text(html: str) -> None:
    """Raise ValidationError for a rich text in which nothing is written: an empty editor sends an empty paragraph."""
    if not get_text_for_indexing(html).strip():
        raise ValidationError("Dieses Feld darf nicht leer sein.", code="blank")


class VideoField(models.FileField):
    """Stores videos under safe names."""

    attr_class = TidyFile

    def prepared(self, content: File, name: str) -> tuple[File, str]:
        """Return `content` and a safe name for it."""
        return content, safe_name(name, "video", "mp4")


class SiteVideoQuerySet(PublicFileQuerySet):
    """Videos by name of what is asked."""


class VideoForm(WagtailAdminModelForm):
    """The form of a video, to which captions may come as a file."""

    captions_file = forms.FileField(
        label="Untertitel als Datei",
        required=False,
        help_text="WebVTT (.vtt). Ersetzt den Text der Untertitel darunter.",
        widget=forms.FileInput(attrs={"accept": ".vtt,text/vtt"}),
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        tell_standing(self)

    def clean_captions_file(self) -> str:
        """Return the text of the file, "" without one; raise the ValidationError of captions.captions_text."""
        upload = self.cleaned_data["captions_file"]
        return captions.captions_text(upload) if upload else ""

    def clean(self) -> dict[str, Any]:
        """Let the text of the file stand for what was in the field."""
        cleaned = super().clean()
        if cleaned.get("captions_file"):
            cleaned["captions"] = cleaned["captions_file"]
        return cleaned


class SiteVideo(ReadFile, index.Indexed, models.Model):
    """A video with captions and transcript."""

    class Language(models.TextChoices):
        SIGN = "gsg", "Deutsche Gebärdensprache"
        GERMAN = "de", "Deutsch"
        ENGLISH = "en", "Englisch"

    class CaptionsLanguage(models.TextChoices):
        GERMAN = "de", "Deutsch"
        ENGLISH = "en", "Englisch"

    title = models.CharField(
        "Titel",
        max_length=255,
        validators=[not_a_file_name],
        help_text="So heißt das Video auf der Website; in Worten, kein Dateiname.",
    )
    file = VideoField(
        "Datei",
        upload_to="videos",
        validators=[video_upload.check_file],
        help_text="MP4 mit H.264, mindestens 320 × 240 Pixel und 25 Bilder in der Sekunde, höchstens 200 MB.",
    )
    language = models.CharField("Sprache", max_length=3, choices=Language, default=Language.SIGN)
    poster = models.ForeignKey(
        get_image_model_string(),
        verbose_name="Standbild",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Zu sehen, bevor das Video läuft.",
    )
    captions = models.TextField(
        "Untertitel",
        blank=True,
        validators=[captions.check_captions],
        help_text="WebVTT. Nötig, sobald das Video Ton hat. Hier lassen sich Fehler in den Untertiteln verbessern.",
    )
    captions_language = models.CharField(
        "Sprache der Untertitel", max_length=2, choices=CaptionsLanguage, default=CaptionsLanguage.GERMAN
    )
    transcript = RichTextField(
        "Text zum Video",
        features=["bold", "italic", "ol", "ul", "link"],
        validators=[has_text],
        help_text="Alles, was gesagt, gebärdet und gezeigt wird. Steht unter dem Video; die Suche findet ihn.",
    )
    withheld = models.BooleanField(
        "Gesperrt",
        default=False,
        help_text="Mit Häkchen erscheint das Video nirgends auf der Website, auch nicht auf Seiten, die es nennen.",
    )
    file_size = models.PositiveBigIntegerField("Dateigröße", editable=False)
    file_hash = models.CharField("SHA-1", max_length=40, editable=False)
    width = models.PositiveIntegerField("Breite", editable=False)
    height = models.PositiveIntegerField("Höhe", editable=False)
    milliseconds = models.PositiveIntegerField("Länge", editable=False)
    has_sound = models.BooleanField("Ton", editable=False)
    created_at = models.DateTimeField("Hinzugefügt", auto_now_add=True)

    objects = SiteVideoQuerySet.as_manager()
    _reading: tuple[Any, VideoReading] | None = None

    base_form_class = VideoForm
    panels = [
        FieldPanel("title"),
        FieldPanel("file", widget=forms.FileInput(attrs={"accept": ".mp4,video/mp4"})),
        HelpPanel(template="intmk/media/video_panel.html", heading="Zur Datei"),
        FieldPanel("language"),
        FieldRowPanel([FieldPanel("released"), FieldPanel("withheld")]),
        FieldPanel("poster"),
        MultiFieldPanel(
            [FieldPanel("captions_file"), FieldPanel("captions"), FieldPanel("captions_language")],
            heading="Untertitel",
        ),
        FieldPanel("transcript"),
    ]
    search_fields = [index.SearchField("title"), index.AutocompleteField("title"), index.FilterField("id")]

    class Meta:
        verbose_name = "Video"
        verbose_name_plural = "Videos"
        ordering = ["title", "pk"]

    def __str__(self) -> str:
        return self.title

    def save(self, *args, **kwargs) -> None:
        """Save; a new file is read before the transaction begins, since that can take seconds."""
        if self.has_new_file:
            self.reading_of(self.file.file)
        super().save(*args, **kwargs)
        self._reading = None

    def check_new_file(self, is_last: bool) -> None:
        """Raise the ValidationError of video_upload.check_video_reading."""
        self.take_over(self.reading_of(self.file.file))

    def further_errors(self, errors: dict[str, Any]) -> dict[str, Any]:
        """Return what is wrong with the captions, once the file is known."""
        wrong = self.captions_missing() if self.file and not {"file", "captions"} & errors.keys() else ""
        return {"captions": [ValidationError(wrong)]} if wrong else {}

    def captions_missing(self) -> str:
        """Return what is wrong with the captions as those of this video, "" for nothing."""
        if not self.captions.strip():
            return "Das Video hat Ton. Dazu gehören Untertitel." if self.has_sound else ""
        if captions.cue_starts(self.captions)[-1] * 1000 > self.milliseconds:
            return "Die Untertitel gehen über das Ende des Videos hinaus. Gehören sie zu einem anderen?"
        return ""

    def reading_of(self, content: Any) -> VideoReading:
        """Return what the file `content` says; it is read once, also for several questions."""
        if self._reading is None or self._reading[0] is not content:
            self._reading = (content, video_reading.read_video(content))
        return self._reading[1]

    def take_over(self, reading: VideoReading) -> None:
        """Take over what the file says; raise the ValidationError of video_upload.check_video_reading."""
        video_upload.check_video_reading(reading)
        self.width, self.height, self.milliseconds = reading.width, reading.height, reading.milliseconds
        self.has_sound = bool(reading.sound)

    def measure(self, content: File, name: str) -> None:
        """Take over what is stored with a new file; raise ValidationError, so that none is stored unchecked."""
        super().measure(content, name)
        self.take_over(self.reading_of(content))

    @property
    def address_name(self) -> str:
        """Return the last part of the address: that of the stored file, so that another file has another address."""
        return PurePosixPath(self.file.name).name

    @property
    def filename(self) -> str:
        """Return the name under which readers download it."""
        return shown_name(self.file.name)

    @property
    def url(self) -> str:
        """Return the public address; for who may get more that one as long as readers do not get the video."""
        if self.withheld:
            return editors_address("video", self.pk)
        if (address := private_address.get()) and not type(self).objects.public().filter(pk=self.pk).exists():
            return address("video", self.pk)
        return reverse("video", args=[self.pk, self.address_name])

    @property
    def captions_version(self) -> str:
        """Return what stands in the address of the captions: other ones have another address."""
        return hashlib.sha256(self.captions.encode()).hexdigest()[:12]

    @property
    def captions_url(self) -> str:
        """Return the address of the captions, "" without any."""
        return reverse("video_captions", args=[self.pk, self.captions_version]) if self.captions else ""

    @cached_property
    def transcript_html(self) -> str:
        """Return the transcript for readers; pages make those of several videos at once (intmk/base/text_page.py)."""
        return expand_db_html(self.transcript)

    @property
    def still(self) -> Any:
        """Return the picture as wide to high as the video, so that nothing moves when it starts; None without one."""
        if not self.poster:
            return None
        width = min(self.width, STILL_WIDTH)
        return self.poster.get_rendition(f"fill-{width}x{round(width * self.height / self.width)}|format-jpeg")

    @property
    def searched_texts(self) -> list[str]:
        """Return what the search finds of it as plain text: nothing unless readers see it."""
        return [self.title, get_text_for_indexing(self.transcript)] if not self.withheld else []

    @property
    def captions_in_words(self) -> str:
        """Return in which language there are captions, else whether they are lacking."""
        if self.captions.strip():
            return str(self.get_captions_language_display())
        return "fehlen" if self.has_sound else "keine, ohne Ton"

    @property
    def transcript_in_words(self) -> str:
        """Return whether the text to the video is there."""
        return "vorhanden" if get_text_for_indexing(self.transcript).strip() else "fehlt"

    @property
    def details(self) -> str:
        """Return e.g. "MP4, 3 Minuten 12 Sekunden, 24,5 MB": BITV 2.0, Anlage 2 Teil 1 Nr. 7."""
        return f"MP4, {length_in_words(self.milliseconds)}, {filesizeformat(self.file_size)}"


def length_in_words(milliseconds: int) -> str:
    """Return e.g. "3 Minuten 12 Sekunden", rounded to seconds, at least one."""
    minutes, seconds = divmod(max(1, round(milliseconds / 1000)), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "Stunde"), (minutes, "Minute"), (seconds, "Sekunde"))
    return " ".join(f"{count} {word}{'' if count == 1 else 'n'}" for count, word in parts if count)
