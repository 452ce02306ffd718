"""Handlungsfelder: the themes by which news, conferences and later resolutions are sorted."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from wagtail.admin.panels import FieldPanel
from wagtail.search import index

from intmk.base.lists import all_rows
from intmk.base.view_pages import address_of_view


class Theme(index.Indexed, models.Model):
    """A theme; the initial eleven are those of the Länder in the Nationaler Aktionsplan 2012."""

    is_kept = True

    name = models.CharField("Name", max_length=100, unique=True)
    slug = models.SlugField("Adressteil", unique=True, help_text="Kleinbuchstaben und Bindestriche, z. B. „sprache“.")
    # What the archive still understands in addresses; its own page redirects (intmk/addresses/signal_handlers.py).
    former_slugs = ArrayField(models.SlugField(), default=list, blank=True, editable=False)
    position = models.PositiveSmallIntegerField("Reihenfolge", default=0)

    panels = [FieldPanel("name"), FieldPanel("slug"), FieldPanel("position")]
    search_fields = [index.SearchField("name"), index.AutocompleteField("name")]

    class Meta:
        ordering = ["position", "name"]
        verbose_name = "Handlungsfeld"
        verbose_name_plural = "Handlungsfelder"

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the address of the theme's own page, e.g. "/themen/sprache/"."""
        return address_of_view("theme", self.slug)


def all_themes() -> list[Theme]:
    """Return them in their order."""
    return list(all_rows(Theme).values())
