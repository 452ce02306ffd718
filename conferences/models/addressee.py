"""Whom the conference speaks to in its resolutions."""

from django.db import models
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.search import index


class Addressee(index.Indexed, models.Model):
    """An addressee of resolutions, e.g. the Bund or the Ministerpräsidentenkonferenz."""

    is_kept = True

    class Kind(models.TextChoices):
        FEDERATION = "federation", "Bund"
        MINISTRY = "ministry", "Bundesministerium"
        AUTHORITY = "authority", "Bundesbehörde"
        PREMIERS = "premiers", "Ministerpräsidentenkonferenz"
        CONFERENCE = "conference", "andere Fachministerkonferenz"
        LAENDER = "laender", "Länder"
        MUNICIPALITIES = "municipalities", "Kommunen"
        WORKING_GROUP = "working_group", "Arbeitsgruppe"
        OTHER = "other", "Weitere"

    name = models.CharField("Name", max_length=120, unique=True)
    abbreviation = models.CharField("Abkürzung", max_length=20, blank=True, help_text="z. B. „BAMF“")
    slug = models.SlugField("Adressteil", unique=True, help_text="Kleinbuchstaben und Bindestriche, z. B. „bamf“.")
    kind = models.CharField("Art", max_length=15, choices=Kind)

    panels = [
        FieldRowPanel([FieldPanel("name"), FieldPanel("abbreviation")]),
        FieldRowPanel([FieldPanel("slug"), FieldPanel("kind")]),
    ]
    search_fields = [
        index.SearchField("name"),
        index.AutocompleteField("name"),
        index.AutocompleteField("abbreviation"),
    ]

    class Meta:
        ordering = ["name"]
        verbose_name = "Adressat"
        verbose_name_plural = "Adressaten"

    def __str__(self) -> str:
        return f"{self.name} ({self.abbreviation})" if self.abbreviation else self.name
