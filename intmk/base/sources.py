"""On what a statement rests: the sureness that readers of this site are shown beside a fact."""

from django.db import models


class Source(models.TextChoices):
    """How sure a fact is; the order is that of trust."""

    OFFICIAL = "official", "amtliche Quelle"
    PRESS = "press", "Presse oder Sekundärquelle"
    DERIVED = "derived", "nach der Regel abgeleitet"
    DISPUTED = "disputed", "Quellen widersprechen sich"


class Sourced(models.Model):
    """Abstract: the kind of source and a sentence on it."""

    source = models.CharField(
        "Quellenlage",
        max_length=10,
        choices=Source,
        # Empty, not "official": whoever forgets the field must not publish a claim.
        blank=True,
        default="",
        help_text="Wird auf der Website neben der Angabe genannt.",
    )
    source_note = models.CharField(
        "Quellenhinweis",
        max_length=500,
        blank=True,
        help_text="Ein Satz für Leserinnen und Leser: worauf die Angabe beruht, was umstritten oder abgeleitet ist.",
    )

    class Meta:
        abstract = True
