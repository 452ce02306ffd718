"""What belongs to a document: the text of its pages, and every former version of its file."""

import hashlib
from pathlib import PurePosixPath
from typing import Any

from django.core.files.base import File
from django.db import models
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from wagtail.documents import get_document_model_string

from intmk.media.documents import upload as document_upload
from intmk.media.documents.text import VERSION
from intmk.media.files import delete_file


class DocumentPage(models.Model):
    """The text of one page of a PDF; pages without text have no row."""

    document = models.ForeignKey(
        get_document_model_string(), verbose_name="Dokument", related_name="pages", on_delete=models.CASCADE
    )
    number = models.PositiveIntegerField("Seite")
    text = models.TextField("Text")

    # A page is part of its document, not a place that uses it.
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "Seite eines Dokuments"
        verbose_name_plural = "Seiten von Dokumenten"
        ordering = ["document", "number"]
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="unique_document_page")]

    def __str__(self) -> str:
        return f"{self.document}, Seite {self.number}"


class DocumentVersion(models.Model):
    """A file that a document had before, at an address that stays."""

    document = models.ForeignKey(
        get_document_model_string(), verbose_name="Dokument", related_name="versions", on_delete=models.CASCADE
    )
    number = models.PositiveIntegerField("Fassung")
    file = models.FileField("Datei", upload_to="documents")
    file_size = models.PositiveBigIntegerField("Größe in Byte", null=True)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    page_count = models.PositiveIntegerField("Seiten", null=True)
    address_name = models.CharField("Dateiname", max_length=100)
    replaced_at = models.DateTimeField("Ersetzt am", auto_now_add=True)
    disclosed = models.JSONField("Was die Datei preisgibt", default=dict, editable=False)  # Reading.disclosed
    read_by = models.PositiveSmallIntegerField("Gelesen von Fassung", default=0, editable=False)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "frühere Fassung eines Dokuments"
        verbose_name_plural = "frühere Fassungen von Dokumenten"
        ordering = ["document", "-number"]
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="unique_document_version")]

    def __str__(self) -> str:
        return f"{self.document}, Fassung {self.number}"

    @property
    def details(self) -> list[str]:
        """Return size and pages, as far as they are known."""
        return size_and_pages(self)

    @property
    def url(self) -> str:
        """Return the public address; it answers only where the document itself is public."""
        return reverse("document_version", args=[self.document_id, self.number, self.address_name])

    @property
    def warnings(self) -> list[str]:
        """Return in sentences for editors what the file gives away beside what is seen; the gravest first."""
        return document_upload.warnings_of(self.disclosed, self.document.title)

    def read(self) -> None:
        """Find out what the stored file gives away; raise OSError when it is missing."""
        with self.file.storage.open(self.file.name) as content:
            self.disclosed = document_upload.reading_of(content, self.file.name).disclosed
        self.read_by = VERSION
        self.save(update_fields=["disclosed", "read_by"])

    def cleaned_copy(self, title: str) -> File:
        """Return the stored file without what it gives away; raise ValidationError where that does not work."""
        try:
            with self.file.storage.open(self.file.name) as content:
                copy = document_upload.cleaned_upload(content, self.address_name, title)
        except OSError:
            raise document_upload.NOT_CLEANED from None
        document_upload.check_cleaned(document_upload.reading_of(copy, self.address_name), title)
        return copy

    def replace(self, copy: File) -> None:
        """Store `copy` in place of the file, which goes once that is certain; the address stays."""
        delete_file(DocumentVersion(file=self.file.name))
        self.sha256, self.file_size, self.disclosed, self.read_by = sha256_of(copy), copy.size, {}, VERSION
        self.file.save(PurePosixPath(self.file.name).name, copy, save=False)
        self.save()


def sha256_of(content: File) -> str:
    """Return the SHA-256 of `content` in hexadecimal; its position is put back to the start."""
    content.seek(0)
    digest = hashlib.sha256()
    for chunk in content.chunks():
        digest.update(chunk)
    content.seek(0)
    return digest.hexdigest()


def size_and_pages(stored: Any) -> list[str]:
    """Return e.g. ["1,2 MB", "12 Seiten"] for a document or a version, as far as they are known."""
    pages = stored.page_count
    return [
        *([filesizeformat(stored.file_size)] if stored.file_size else []),
        *([f"{pages} Seite{'' if pages == 1 else 'n'}"] if pages else []),
    ]
