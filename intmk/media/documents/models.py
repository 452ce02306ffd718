"""Documents: files for download. Pages and former versions are in intmk/media/documents/parts.py."""

from typing import Any

from django.core.files.base import File
from django.db import models, transaction
from django.dispatch import Signal
from wagtail.documents.models import AbstractDocument, DocumentQuerySet
from wagtail.documents.rich_text import DocumentLinkHandler

from intmk.media.documents import upload as document_upload
from intmk.media.documents.parts import DocumentPage, sha256_of, size_and_pages
from intmk.media.documents.text import VERSION, Reading
from intmk.media.files import ReadFile, TidyFile, not_a_file_name, safe_name, shown_name
from intmk.media.public_files import PublicFileQuerySet, editors_address, private_address

KEPT = 50_000  # characters of a checked file that waits to be stored; hundreds may wait at once
# Sent within the transaction when the texts of a document's pages have been replaced; `instance` is the document.
document_read = Signal()
# Sent before a stored document that is not withheld, or is no longer, is saved; each receiver returns why it must be
# withheld, "" for no objection. `instance` is the document as it would be.
release_asked = Signal()


class DocumentField(models.FileField):
    """Stores documents under safe names."""

    attr_class = TidyFile

    def prepared(self, content: File, name: str) -> tuple[File, str]:
        """Return `content` and a safe name for it."""
        return content, safe_name(name, "dokument")


class SiteDocumentQuerySet(PublicFileQuerySet, DocumentQuerySet):
    """Documents by name of what is asked."""

    def not_withheld(self) -> "SiteDocumentQuerySet":
        """Return those that pages may show; whether one does, and readers get them, is another question."""
        return self.filter(withheld=False)

    def read_otherwise(self) -> "SiteDocumentQuerySet":
        """Return those stored by a version of this program that did not read them, or not as this one does."""
        return self.exclude(read_by=VERSION)


class SiteDocument(ReadFile, AbstractDocument):
    """A file for download."""

    class TextState(models.TextChoices):
        NO_PDF = "", "kein PDF"
        FOUND = "found", "Text gefunden"
        PARTIAL = "partial", "Text nur zum Teil erfasst"
        NONE = "none", "Scan ohne Text"
        UNREAD = "unread", "Text nicht erfasst"

    class Language(models.TextChoices):
        GERMAN = "de", "Deutsch"
        ENGLISH = "en", "Englisch"
        FRENCH = "fr", "Französisch"
        TURKISH = "tr", "Türkisch"
        ARABIC = "ar", "Arabisch"
        RUSSIAN = "ru", "Russisch"
        UKRAINIAN = "uk", "Ukrainisch"
        POLISH = "pl", "Polnisch"

    class Accessible(models.TextChoices):
        UNKNOWN = "unknown", "unbekannt"
        YES = "yes", "ja"
        NO = "no", "nein"

    title = models.CharField(
        "Titel",
        max_length=255,
        validators=[not_a_file_name],
        help_text="So heißt das Dokument auf der Website; in Worten, kein Dateiname.",
    )
    file = DocumentField("Datei", upload_to="documents", validators=[document_upload.check_document])
    language = models.CharField("Sprache", max_length=2, choices=Language, default=Language.GERMAN)
    accessible = models.CharField(
        "Barrierefrei",
        max_length=7,
        choices=Accessible,
        default=Accessible.UNKNOWN,
        help_text="„ja“ nur nach einer Prüfung, zum Beispiel mit dem PDF Accessibility Checker.",
    )
    withheld = models.BooleanField(
        "Gesperrt",
        default=False,
        help_text="Mit Häkchen erscheint das Dokument nirgends auf der Website, auch nicht auf Seiten, die es nennen, "
        "und auch nicht seine früheren Fassungen.",
    )
    sha256 = models.CharField("SHA-256", max_length=64, blank=True, editable=False)
    page_count = models.PositiveIntegerField("Seiten", null=True, editable=False)
    text_state = models.CharField(
        "Text", max_length=7, choices=TextState, blank=True, default=TextState.NO_PDF, editable=False
    )
    # What the file says of itself; shown to editors, never taken for the answer.
    declared_language = models.CharField("Sprache laut Datei", max_length=20, blank=True, editable=False)
    tagged = models.BooleanField("Laut Datei mit Tags", null=True, editable=False)
    disclosed = models.JSONField("Was die Datei preisgibt", default=dict, editable=False)  # Reading.disclosed
    read_by = models.PositiveSmallIntegerField("Gelesen von Fassung", default=0, editable=False)

    objects = SiteDocumentQuerySet.as_manager()
    _reading: tuple[File, bool, Reading] | None = None
    is_cleaned = False  # whether the new file is the cleaned copy of the stored one, which it replaces for good
    is_read_at_once = False  # whether the text of a new file is wanted although something else is wrong

    admin_form_fields = ("title", "file", "language", "accessible", "released", "withheld", "collection", "tags")

    class Meta(AbstractDocument.Meta):
        verbose_name = "Dokument"
        verbose_name_plural = "Dokumente"

    def clean(self) -> None:
        """Leave the endings to the validator of the field: Wagtail's check fails where a form has no file."""

    def check_new_file(self, is_last: bool) -> None:
        """Raise ValidationError for a PDF that does not open.

        Its text is read only where nothing else is wrong (or `is_read_at_once`): a form that comes back would throw it
        away.
        """
        reading = self.reading_of(self.file.file, self.file.name, text=self.is_read_at_once or is_last)
        document_upload.check_pdf_reading(reading)

    def further_errors(self, errors: dict[str, Any]) -> dict[str, Any]:
        """Return why a stored document has to stay withheld, once nothing else is wrong."""
        if self.withheld or not self.pk or errors:
            return {}
        objections = [answer for _, answer in release_asked.send(type(self), instance=self) if answer]
        return {"withheld": objections} if objections else {}

    def page_texts(self) -> list[str]:
        """Return the texts of its pages as far as they could be read; those of a new file before it is stored, too."""
        if self.pk and not self.has_new_file:
            return list(self.pages.order_by("number").values_list("text", flat=True))
        return [*(self._reading[2].pages or {}).values()] if self._reading else []

    def reading_of(self, content: File, name: str, text: bool = True) -> Reading:
        """Return what the file `content` says; it is read once, also for several questions."""
        if self._reading is None or self._reading[0] is not content or (text and not self._reading[1]):
            self._reading = (content, text, document_upload.reading_of(content, name, text))
            self.disclosed = self._reading[2].disclosed  # told before the file is stored, too
        return self._reading[2]

    def cleaned_copy(self, content: File, name: str, title: str) -> File:
        """Return the PDF `content` without what it gives away, called `title`; raise ValidationError where some stays.

        It is not read a second time when it is stored.
        """
        copy = document_upload.cleaned_upload(content, name, title)
        document_upload.check_cleaned(self.reading_of(copy, name), title)
        self.is_cleaned = True
        return copy

    def stash(self) -> None:
        """Take the checked file out again, since a process may have few open; what it says is kept for `restore`."""
        self.file = None
        pages = (self._reading[2].pages if self._reading else None) or {}
        if sum(len(text) for text in pages.values()) > KEPT:
            self._reading = None

    def restore(self, file: File) -> None:
        """Put in the same file that was put away, opened anew; it is not read a second time."""
        self.file = file
        if self._reading:
            self._reading = (self.file.file, *self._reading[1:])

    def measure(self, content: File, name: str) -> None:
        """Take over from the new file what is stored with it; its pages follow with the row (on_new_file)."""
        super().measure(content, name)
        reading = self.reading_of(content, name)
        self.sha256 = sha256_of(content)
        self.text_state = reading.state if reading.state in self.TextState.values else self.TextState.UNREAD
        self.page_count, self.declared_language, self.tagged = reading.page_count, reading.language, reading.tagged
        self.disclosed, self.read_by = reading.disclosed, VERSION

    def save(self, *args, **kwargs) -> None:
        """Save; the text of a new file is read before the transaction begins, since that can take seconds."""
        if self.has_new_file:
            self.reading_of(self.file.file, self.file.name)
        super().save(*args, **kwargs)

    def on_new_file(self) -> None:
        """Replace the texts of the pages by those of the file that was read last."""
        self.pages.all().delete()
        pages = self._reading[2].pages if self._reading else None
        DocumentPage.objects.bulk_create(
            DocumentPage(document=self, number=number, text=text) for number, text in (pages or {}).items()
        )
        self._reading = None  # a text of up to 300,000 characters
        document_read.send(type(self), instance=self)

    def on_former_file(self, before: "SiteDocument") -> None:
        """Keep the replaced file as a version if readers get it, since versions are public where the document is.

        The same bytes under another name are none, and what holds unseen text, or has been cleaned, is replaced to be
        rid of it.
        """
        try:
            former = before.sha256 or before.computed_sha256()
            is_public = type(self).objects.public().filter(pk=self.pk).exists()
            is_wanted = former != self.sha256 and not self.is_cleaned
            is_kept = is_public and is_wanted and not before.found_unseen_text()
        except FileNotFoundError:
            return
        if not is_kept:
            super().on_former_file(before)
            return
        latest = self.versions.aggregate(latest=models.Max("number"))["latest"] or 0  # the row of `before` is locked
        self.versions.create(
            number=latest + 1,
            file=before.file.name,
            file_size=before.file_size,
            sha256=former,
            page_count=before.page_count,
            address_name=before.address_name,
            disclosed=before.disclosed,
            read_by=before.read_by,
        )

    def found_unseen_text(self) -> bool:
        """Say whether the stored file holds text that nobody sees; look for it if that has not been done."""
        if self.is_read:
            return self.has_unseen_text
        with self.open_file() as file:
            return document_upload.hides(document_upload.reading_of(file, self.file.name).disclosed)

    def computed_sha256(self) -> str:
        """Return the SHA-256 of the stored file; raise FileNotFoundError."""
        with self.open_file() as file:
            return sha256_of(file)

    def read_again(self) -> None:
        """Read the stored file once more, e.g. with a newer PDFium; raise OSError when it is missing."""
        with self.open_file() as file:
            self.measure(file, self.file.name)
        with transaction.atomic():
            same = type(self).objects.select_for_update().filter(pk=self.pk, file=self.file.name)
            if not same.exists():  # replaced or deleted meanwhile; whoever did that has read the new one
                return
            self.on_new_file()
            self.save(update_fields=[
                "file_size", "file_hash", "sha256", "text_state", "page_count", "declared_language", "tagged",
                "disclosed", "read_by",
            ])  # fmt: skip

    @property
    def is_read(self) -> bool:
        """Say whether the stored file has been read as this version of the program does it."""
        return self.read_by == VERSION

    @property
    def has_unseen_text(self) -> bool:
        """Say whether the file holds text that nobody sees, or a covered part of a scan, as far as it could be read."""
        return document_upload.hides(self.disclosed)

    @property
    def may_hide_text(self) -> bool:
        """Say whether text that nobody sees stands in the file, or may stand there since not all could be checked."""
        never_read = bool(self.pk) and not self.has_new_file and not self.sha256
        return self.has_unseen_text or bool(self.disclosed.get("unchecked")) or never_read

    @property
    def warnings(self) -> list[str]:
        """Return in sentences for editors what the file gives away beside what is seen; the gravest first."""
        return document_upload.warnings_of(self.disclosed, self.title)

    @property
    def last_page_read(self) -> int:
        """Return the number of the last page whose text is stored, 0 for none."""
        return self.pages.aggregate(last=models.Max("number"))["last"] or 0

    @property
    def filename(self) -> str:
        """Return the name of the file as it stands in its address."""
        return shown_name(self.file.name)

    @property
    def address_name(self) -> str:
        """Return the last part of the address."""
        return self.filename

    @property
    def details(self) -> list[str]:
        """Return what a reader wants to know before opening it, e.g. ["PDF", "1,2 MB", "12 Seiten", …]."""
        shown = [self.file_extension.upper(), *size_and_pages(self)]
        if self.text_state in (self.TextState.NONE, self.TextState.UNREAD):
            shown.append(self.TextState(self.text_state).label)
        if self.language != self.Language.GERMAN:
            shown.append(self.get_language_display())
        if self.accessible == self.Accessible.UNKNOWN:
            return [*shown, "Barrierefreiheit unbekannt"]
        return [*shown, "barrierefrei" if self.accessible == self.Accessible.YES else "nicht barrierefrei"]

    @property
    def url(self) -> str:
        """Return the public address; for who may get more that one, unless it is public in any case."""
        if self.withheld:
            return editors_address("dokument", self.pk)
        if (address := private_address.get()) and not self.released:
            return address("dokument", self.pk)
        return super().url


class PublicDocumentLinkHandler(DocumentLinkHandler):
    """Links to documents in rich text: without address, as to one that is gone, while it is withheld."""

    @classmethod
    def get_many(cls, attrs_list: list[dict]) -> list[SiteDocument | None]:
        """Return the documents in the order of the links, None in place of those that are withheld."""
        return [found if found and not found.withheld else None for found in super().get_many(attrs_list)]
