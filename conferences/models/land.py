"""The sixteen Länder."""

from django.db import models
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.search import index

from intmk.base.lists import all_rows
from intmk.base.view_pages import address_of_view
from intmk.language.link_fields import LinkField, MailField
from intmk.language.phone_numbers import Phone, check_phone, phone_in
from intmk.users.models import LAND_NAMES


class PublisherFacts(models.Model):
    """What readers and the law ask of the Land that publishes the site: its secretariat, the duties of an imprint."""

    ministry = models.CharField(
        "Ministerium",
        max_length=200,
        blank=True,
        help_text="Das für Integration zuständige Ministerium des Landes.",
    )
    secretariat_address = models.TextField(
        "Anschrift der Geschäftsstelle", blank=True, help_text="Zeile für Zeile, wie auf einem Brief."
    )
    secretariat_email = MailField("E-Mail der Geschäftsstelle", blank=True)
    secretariat_phone = models.CharField(
        "Telefon der Geschäftsstelle",
        max_length=40,
        blank=True,
        validators=[check_phone],
        help_text="Mit Vorwahl, z. B. „+49 6131 16-0“. Stehen mehrere Nummern da, führt der Verweis zur ersten.",
    )
    website = LinkField("Website des Ministeriums", blank=True)
    responsible_person = models.CharField(
        "Verantwortlich für den Inhalt",
        max_length=200,
        blank=True,
        help_text="Name und Amt der Person, die das Impressum nennt (§ 18 Abs. 2 MStV).",
    )
    privacy_act = models.CharField(
        "Rechtsgrundlage im Datenschutzrecht des Landes",
        max_length=200,
        blank=True,
        help_text="Steht auf der Seite Datenschutz nach „in Verbindung mit“, z. B. „§ 3 des Datenschutzgesetzes“.",
    )
    privacy_officer = models.TextField(
        "Datenschutzbeauftragte Person", blank=True, help_text="Name oder Stelle mit Anschrift, Zeile für Zeile."
    )
    privacy_authority = models.TextField(
        "Aufsichtsbehörde für den Datenschutz", blank=True, help_text="Name und Anschrift, Zeile für Zeile."
    )
    barrier_authority = models.TextField(
        "Durchsetzungsstelle für digitale Barrierefreiheit",
        blank=True,
        help_text="Wohin man sich wendet, wenn eine Meldung ohne Antwort bleibt. Name und Anschrift, Zeile für Zeile.",
    )
    barrier_statement_checked = models.DateField(
        "Erklärung zur Barrierefreiheit geprüft am",
        null=True,
        blank=True,
        help_text="Die Erklärung ist jedes Jahr zu prüfen, zuerst bei der Übernahme des Vorsitzes.",
    )
    security_email = MailField(
        "E-Mail für Sicherheitshinweise",
        blank=True,
        help_text="Steht in security.txt. Leer: die E-Mail der Geschäftsstelle.",
    )

    class Meta:
        abstract = True

    @property
    def phone(self) -> Phone:
        """Return the telephone of the secretariat with the part of it that is a link."""
        return phone_in(self.secretariat_phone)

    @property
    def has_contact(self) -> bool:
        """Tell whether anything is known that leads to the secretariat."""
        return bool(self.secretariat_address or self.secretariat_email or self.secretariat_phone)


PUBLISHER_PANELS = [
    MultiFieldPanel(
        [
            FieldPanel("ministry"),
            FieldPanel("secretariat_address"),
            FieldPanel("secretariat_email"),
            FieldPanel("secretariat_phone"),
            FieldPanel("website"),
        ],
        heading="Geschäftsstelle",
        help_text="Steht auf der Seite des Landes und, solange es den Vorsitz hat, auch in Impressum und Kontakt.",
    ),
    MultiFieldPanel(
        [
            FieldPanel("responsible_person"),
            FieldPanel("privacy_act"),
            FieldPanel("privacy_officer"),
            FieldPanel("privacy_authority"),
            FieldPanel("barrier_authority"),
            FieldPanel("barrier_statement_checked"),
            FieldPanel("security_email"),
        ],
        heading="Pflichtangaben",
        help_text="Impressum, Datenschutz, Barrierefreiheit und Kontakt zeigen diese Angaben von selbst vom ersten "
        "bis zum letzten Tag des Vorsitzes.",
    ),
]


class Land(index.Indexed, PublisherFacts):
    """A Land with the contact of the secretariat that it has while it chairs."""

    is_kept = True

    code = models.CharField("ISO-Kürzel", max_length=5, unique=True, choices=[(code, code) for code in LAND_NAMES])
    name = models.CharField("Name", max_length=40, unique=True)
    name_genitive = models.CharField("Name im Genitiv", max_length=40, help_text="z. B. „des Saarlandes“")
    slug = models.SlugField("Adressteil", unique=True)

    panels = [
        MultiFieldPanel(
            [FieldPanel(name, permission="superuser") for name in ("name", "name_genitive", "code", "slug")],
            heading="Land",
        ),
        *PUBLISHER_PANELS,
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

    def get_absolute_url(self) -> str:
        """Return the address of the Land's own page, e.g. "/laender/saarland/"."""
        return address_of_view("land", self.slug)


def all_laender() -> list[Land]:
    """Return the sixteen."""
    return list(all_rows(Land).values())
