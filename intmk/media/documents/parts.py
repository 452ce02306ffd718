"""What belongs to a document: the text of its pages, and every former version of its file."""

from typing import Any

from django.db import models
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from wagtail.documents import get_document_model_string


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


def size_and_pages(stored: Any) -> list[str]:
    """Return e.g. ["1,2 MB", "12 Seiten"] for a document or a version, as far as they are known."""
    pages = stored.page_count
    return [
        *([filesizeformat(stored.file_size)] if stored.file_size else []),
        *([f"{pages} Seite{'' if pages == 1 else 'n'}"] if pages else []),
    ]
