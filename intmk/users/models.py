"""The account of a person or secretariat.

Alone in its app: a user model beside page models gives a circular migration.
"""

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models

# ISO 3166-2:DE, in the alphabetical order of the Länder, in which the chair passes. Here and not in
# `conferences`, because accounts stand on the ground floor and carry the code of their Land.
LAND_NAMES = {
    "DE-BW": "Baden-Württemberg",
    "DE-BY": "Bayern",
    "DE-BE": "Berlin",
    "DE-BB": "Brandenburg",
    "DE-HB": "Bremen",
    "DE-HH": "Hamburg",
    "DE-HE": "Hessen",
    "DE-MV": "Mecklenburg-Vorpommern",
    "DE-NI": "Niedersachsen",
    "DE-NW": "Nordrhein-Westfalen",
    "DE-RP": "Rheinland-Pfalz",
    "DE-SL": "Saarland",
    "DE-SN": "Sachsen",
    "DE-ST": "Sachsen-Anhalt",
    "DE-SH": "Schleswig-Holstein",
    "DE-TH": "Thüringen",
}


class User(AbstractUser):
    """An account; `land_code` (ISO 3166-2) says for which Land its holder works, empty for administrators."""

    land_code = models.CharField(
        "Land",
        max_length=5,
        blank=True,
        choices=LAND_NAMES,
        help_text="Für welches Land die Person arbeitet. Nach dem Land richtet sich, wann sie den Vorsitz bearbeitet.",
    )

    class Meta:
        verbose_name = "Konto"
        verbose_name_plural = "Konten"

    def clean(self) -> None:
        """Raise ValidationError when a secretariat account would also be an administrator's."""
        super().clean()
        if self.land_code and self.is_superuser:
            raise ValidationError({"land_code": "Ein Administrationskonto gehört zu keinem Land."})
