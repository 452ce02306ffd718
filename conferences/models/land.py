"""The sixteen Länder."""

from django.db import models
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.search import index

from intmk.users.models import LAND_NAMES


class Land(index.Indexed, models.Model):
    """A Land with the contact of the secretariat that it has while it chairs."""

    code = models.CharField("ISO-Kürzel", max_length=5, unique=True, choices=[(code, code) for code in LAND_NAMES])
    name = models.CharField("Name", max_length=40, unique=True)
    name_genitive = models.CharField("Name im Genitiv", max_length=40, help_text="z. B. „des Saarlandes“")
    slug = models.SlugField("Adressteil", unique=True)
    ministry = models.CharField(
        "Ministerium",
        max_length=200,
        blank=True,
        help_text="Das für Integration zuständige Ministerium des Landes.",
    )
    secretariat_address = models.TextField(
        "Anschrift der Geschäftsstelle", blank=True, help_text="Zeile für Zeile, wie auf einem Brief."
    )
    secretariat_email = models.EmailField("E-Mail der Geschäftsstelle", blank=True)
    secretariat_phone = models.CharField(
        "Telefon der Geschäftsstelle", max_length=40, blank=True, help_text="z. B. „+49 6131 16-0“"
    )
    website = models.URLField("Website des Ministeriums", blank=True)

    panels = [
        MultiFieldPanel(
            [FieldPanel(name, permission="superuser") for name in ("name", "name_genitive", "code", "slug")],
            heading="Land",
        ),
        MultiFieldPanel(
            [
                FieldPanel("ministry"),
                FieldPanel("secretariat_address"),
                FieldPanel("secretariat_email"),
                FieldPanel("secretariat_phone"),
                FieldPanel("website"),
            ],
            heading="Geschäftsstelle",
            help_text="Erscheint auf der Website, solange das Land den Vorsitz hat.",
        ),
    ]
    search_fields = [
        index.SearchField("name"),
        index.AutocompleteField("name"),
        index.SearchField("ministry"),
    ]

    class Meta:
        # Source of the order: the chair passes in alphabetical order, and so do all lists.
        ordering = ["name"]
        verbose_name = "Land"
        verbose_name_plural = "Länder"

    def __str__(self) -> str:
        return self.name

    @property
    def has_contact(self) -> bool:
        """Tell whether anything is known that leads to the secretariat."""
        return bool(self.secretariat_address or self.secretariat_email or self.secretariat_phone)
