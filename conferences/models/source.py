"""Sources: what the pages cite, with the address at which a reader can look it up."""

from django.core.exceptions import ValidationError
from django.db import models
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.search import index

from intmk.language.link_fields import LinkField

LONGEST_ADDRESS = 500


class Source(index.Indexed, models.Model):
    """A paper, a page or a report on which statements of this site rest."""

    is_kept = True

    class Kind(models.TextChoices):
        OFFICIAL = "official", "amtlich"
        PRESS = "press", "Presse oder andere"

    kind = models.CharField("Art", max_length=10, choices=Kind)
    title = models.CharField("Titel", max_length=250, help_text="Wie die Quelle selbst heißt, sonst was sie ist.")
    publisher = models.CharField("Herausgeber", max_length=200, help_text="z. B. Ministerium, Zeitung oder Website.")
    dated = models.CharField(
        "Datum", max_length=40, blank=True, help_text="So genau wie bekannt, z. B. „26. März 2015“ oder „2011“."
    )
    url = LinkField("Adresse", max_length=LONGEST_ADDRESS, blank=True, help_text="Leer, wenn nicht bekannt.")
    seen_on = models.DateField("Zuletzt gesehen am", null=True, blank=True)
    is_dead = models.BooleanField(
        "Adresse führt ins Leere",
        default=False,
        help_text="Die Adresse wird dann nicht mehr verlinkt; daneben steht die Fassung im Archiv, wenn es eine gibt.",
    )
    archived_url = LinkField("Adresse im Archiv", max_length=LONGEST_ADDRESS, blank=True)
    note = models.CharField(
        "Anmerkung", max_length=250, blank=True, help_text="z. B. wo ein Protokoll gefunden wurde. Steht öffentlich."
    )

    panels = [
        FieldPanel("title"),
        FieldRowPanel([FieldPanel("publisher"), FieldPanel("dated"), FieldPanel("kind")]),
        MultiFieldPanel(
            [
                FieldPanel("url"),
                FieldRowPanel([FieldPanel("seen_on"), FieldPanel("is_dead")]),
                FieldPanel("archived_url"),
            ],
            heading="Wo sie steht",
        ),
        FieldPanel("note"),
    ]
    search_fields = [
        index.SearchField("title"),
        index.AutocompleteField("title"),
        index.SearchField("publisher"),
        index.AutocompleteField("publisher"),
    ]

    class Meta:
        ordering = ["kind", "publisher", "title", "pk"]
        verbose_name = "Quelle"
        verbose_name_plural = "Quellen"

    def __str__(self) -> str:
        return ", ".join(filter(None, [f"{self.publisher}: {self.title}", self.dated]))

    def clean(self) -> None:
        """Raise ValidationError when an address is called dead, or seen, that is not given."""
        super().clean()
        if self.is_dead and not self.url:
            raise ValidationError({"url": "Bitte die Adresse angeben, die ins Leere führt."})
        if self.seen_on and not (self.url or self.archived_url):
            raise ValidationError({"seen_on": "Dazu gehört eine Adresse."})

    @property
    def live_url(self) -> str:
        """Return the address to which a link may lead, "" without one."""
        return "" if self.is_dead else self.url

    @property
    def label(self) -> str:
        """Return its kind for people."""
        return self.Kind(self.kind).label

    def citations(self) -> list[models.Model]:
        """Return what cites it."""
        names = [str(each.get_accessor_name()) for each in self._meta.related_objects if each.many_to_many]
        return [row for name in names for row in getattr(self, name).all()]
