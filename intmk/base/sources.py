"""On what a statement rests: how sure it is, and the sources that readers are shown with it."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.forms import CheckboxSelectMultiple
from django.utils.translation import gettext
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, MultiFieldPanel


class Sureness(models.TextChoices):
    """How sure a fact is; the order is that of trust."""

    OFFICIAL = "official", "amtliche Quelle"
    PRESS = "press", "Presse oder Sekundärquelle"
    DERIVED = "derived", "nach der Regel abgeleitet"
    DISPUTED = "disputed", "Quellen widersprechen sich"


# What stands beside a fact; the legend below the sources says what it means (templates/includes/sources.html).
MARKS = {
    Sureness.OFFICIAL: "amtlich",
    Sureness.PRESS: "Presse",
    Sureness.DERIVED: "abgeleitet",
    Sureness.DISPUTED: "widersprüchlich",
}


class Sourced(models.Model):
    """Abstract: how sure it is and a sentence on that."""

    source = models.CharField(
        "Quellenlage",
        max_length=10,
        choices=Sureness,
        # Empty, not "official": whoever forgets the field must not publish a claim.
        blank=True,
        default="",
        help_text="Wird auf der Website neben der Angabe genannt.",
    )
    source_note = models.CharField(
        "Quellenhinweis",
        max_length=500,
        blank=True,
        help_text="Nur, wenn die Liste der Quellen nicht genügt: ein Satz dazu, was umstritten oder abgeleitet ist.",
    )

    class Meta:
        abstract = True

    @property
    def mark(self) -> str:
        """Return the word beside the fact, in the language of the page; "" when nobody said how sure it is."""
        return gettext(MARKS[Sureness(self.source)]) if self.source else ""


class Citing(models.Model):
    """Abstract: the sources on which it rests, the official ones first."""

    sources = ParentalManyToManyField(
        "conferences.Source",
        verbose_name="Quellen",
        blank=True,
        related_name="cited_by_%(class)s",
        help_text="Welche noch fehlt, unter „Vorsitz und Länder“, „Quellen“ anlegen.",
    )

    class Meta:
        abstract = True


SOURCES = FieldPanel("sources", widget=CheckboxSelectMultiple, classname="source-choices")
SOURCE_PANEL = MultiFieldPanel([FieldPanel("source"), SOURCES, FieldPanel("source_note")], heading="Quelle")


def cited(rows: Iterable[Any]) -> list[Any]:
    """Return the sources of `rows`, each once, in the order in which they are first named.

    Each row gets as `cited` numbers and keys of those that its mark may lead to, so that marks in a table and the list
    below it agree: what is official is not backed by the press.
    """
    found: dict[int, tuple[int, Any]] = {}
    for row in rows:
        sources = row.rows("sources") if getattr(row, "stored_keys", None) else row.sources.all()
        named = [found.setdefault(source.pk, (len(found) + 1, source)) for source in sources]
        sureness = getattr(row, "source", "")  # a page of text cites without a mark
        backing = [pair for pair in named if pair[1].kind == sureness] or named
        row.cited = tuple((number, source.pk) for number, source in backing)
    return [source for _, source in found.values()]
