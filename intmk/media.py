"""Pictures and documents: what an upload must bring along, and what is refused."""

from django.db import models
from wagtail.documents.models import AbstractDocument
from wagtail.images.models import AbstractImage, AbstractRendition


class SiteImage(AbstractImage):
    """A picture with its credit; `description`, inherited from Wagtail, is its alternative text and required."""

    credit = models.CharField(
        "Bildnachweis (©)",
        max_length=200,
        help_text="Wer das Bild gemacht hat, ohne „©“; steht auf jeder Seite beim Bild.",
    )
    caption = models.CharField("Bildunterschrift", max_length=500, blank=True)
    taken_on = models.DateField("Aufnahmedatum", null=True, blank=True)
    people = models.TextField(
        "Abgebildete Personen", blank=True, help_text="Von links nach rechts, eine Person je Zeile."
    )
    licence = models.TextField(
        "Lizenz oder Erlaubnis",
        blank=True,
        help_text="Was mit dem Bild geschehen darf und wer es erlaubt hat.",
    )

    admin_form_fields = (
        "title", "file", "description", "credit", "caption", "taken_on", "people", "licence", "collection",
        "tags", "focal_point_x", "focal_point_y", "focal_point_width", "focal_point_height",
    )  # fmt: skip

    class Meta(AbstractImage.Meta):
        verbose_name = "Bild"
        verbose_name_plural = "Bilder"


class SiteRendition(AbstractRendition):
    """A picture in one size and format."""

    image = models.ForeignKey(SiteImage, verbose_name="Bild", related_name="renditions", on_delete=models.CASCADE)

    class Meta:
        verbose_name = "Bildfassung"
        verbose_name_plural = "Bildfassungen"
        constraints = [
            models.UniqueConstraint(fields=("image", "filter_spec", "focal_point_key"), name="unique_site_rendition")
        ]


class SiteDocument(AbstractDocument):
    """A file for download."""

    admin_form_fields = ("title", "file", "collection", "tags")

    class Meta(AbstractDocument.Meta):
        verbose_name = "Dokument"
        verbose_name_plural = "Dokumente"
