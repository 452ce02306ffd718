"""The account of a person or secretariat.

Alone in its app: a user model beside page models gives a circular migration.
"""

from functools import reduce
from operator import or_
from typing import ClassVar, Self

from django.apps import apps
from django.contrib.auth.models import AbstractUser, UserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils import formats, timezone
from django.utils.functional import cached_property

from intmk.users.sessions import end_sessions

# ISO 3166-2:DE, in the alphabetical order of the Länder, in which the chair passes. Here and not in
# `conferences`, because accounts stand below them and carry the code of their Land.
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

# The two groups of editors. Who is in them follows from the Land of an account and the day.
CHAIR, LAENDER = "Vorsitz", "Länder"
# As django-allauth names them: a code from the telephone, a passkey. Recovery codes are for when these are lost.
SECOND_FACTORS = ("totp", "webauthn")
EMAIL_TAKEN = "Mit dieser E-Mail-Adresse gibt es schon ein Konto."


class AccountQuerySet(models.QuerySet):
    """Accounts by the questions that are asked of them."""

    def of_land(self, code: str) -> Self:
        """Return the accounts that may be used for the Land with this code, e.g. "DE-BW", by name."""
        return self.filter(land_code=code, is_active=True).order_by("last_name", "first_name", "username")

    def called(self, name: str) -> "User | None":
        """Return the account with this user name or e-mail address, in any case; None unless exactly one has it."""
        found = list(self.filter(models.Q(username__iexact=name) | models.Q(email__iexact=name))[:2])
        return found[0] if len(found) == 1 else None

    def with_second_factor(self) -> Self:
        """Answer `has_second_factor` of each account in the same query."""
        stored = apps.get_model("mfa", "Authenticator").objects.filter(user=models.OuterRef("pk"))
        return self.annotate(has_second_factor=models.Exists(stored.filter(type__in=SECOND_FACTORS)))

    def for_trying_out(self) -> Self:
        """Return the accounts that `create_demo_accounts` makes: known by name and surname, and without an address."""
        named = {f"redaktion-{code[3:].lower()}": f"Redaktion {name}" for code, name in LAND_NAMES.items()}
        named["admin"] = "Administration"
        alike = [models.Q(username=name, last_name=surname) for name, surname in named.items()]
        return self.filter(reduce(or_, alike), email="")

    def update(self, **kwargs) -> int:
        """Change the accounts; those that are locked by it (so does Wagtail, from its list) are signed out for good."""
        if "is_active" not in kwargs:
            return super().update(**kwargs)
        accounts = list(self.values_list("pk", flat=True))
        changed = super().update(**kwargs)
        if locked := self.model.objects.filter(pk__in=accounts, is_active=False).values_list("pk", flat=True):
            end_sessions(locked)
        return changed


class AccountManager(UserManager.from_queryset(AccountQuerySet)):  # type: ignore[misc]
    """Django's, which creates accounts, with the questions above."""

    use_in_migrations = False


class User(AbstractUser):
    """An account; `land_code` (ISO 3166-2) says for which Land its holder works, empty for administrators."""

    land_code = models.CharField(
        "Land",
        max_length=5,
        blank=True,
        choices=LAND_NAMES,
        help_text="Für welches Land die Person arbeitet. Nach dem Land richtet sich, wann sie den Vorsitz bearbeitet.",
    )
    invited_at = models.DateTimeField(
        "eingeladen am", null=True, blank=True, editable=False, help_text="Wann die letzte Einladung verschickt wurde."
    )

    objects: ClassVar[AccountManager] = AccountManager()

    class Meta:
        verbose_name = "Konto"
        verbose_name_plural = "Konten"
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=~models.Q(email=""),
                name="one_account_for_each_email",
                violation_error_message=EMAIL_TAKEN,
            )
        ]

    def save(self, *args, **kwargs) -> None:
        """Store the account; a locked one is signed out for good."""
        super().save(*args, **kwargs)
        if not self.is_active:
            end_sessions([self.pk])

    def clean(self) -> None:
        """Raise ValidationError when a secretariat account would also be an administrator's."""
        super().clean()
        if self.land_code and self.is_superuser:
            raise ValidationError({"land_code": "Ein Administrationskonto gehört zu keinem Land."})

    def clean_fields(self, exclude=None) -> None:
        """Raise ValidationError at the field when another account has the e-mail address, in whatever case."""
        super().clean_fields(exclude)
        if not self.email or "email" in (exclude or ()):
            return
        if type(self).objects.filter(email__iexact=self.email).exclude(pk=self.pk).exists():
            raise ValidationError({"email": EMAIL_TAKEN})

    @cached_property
    def has_second_factor(self) -> bool:
        """Say whether a second factor is set up; a list asks `with_second_factor()` instead, once for all."""
        return apps.get_model("mfa", "Authenticator").objects.filter(user=self, type__in=SECOND_FACTORS).exists()

    @property
    def acts_for_chair(self) -> bool:
        """Say whether the account acts for the Land in the chair or administers the site; asked anew each time.

        At most one query. The chair may pass between two requests, and in tests or scripts an account is kept longer
        than a request: so nothing is remembered.
        """
        return self.is_active and (self.is_superuser or self.groups.filter(name=CHAIR).exists())

    @property
    def state(self) -> str:
        """Return how far the account is on its way to being used, in words."""
        if not self.is_active:
            return "gesperrt"
        if self.last_login:
            return "angemeldet, mit zweitem Faktor" if self.has_second_factor else "angemeldet, ohne zweiten Faktor"
        if self.invited_at:
            day = formats.date_format(timezone.localtime(self.invited_at))
            return f"eingeladen am {day}, noch nicht angemeldet"
        return "angelegt, noch nicht angemeldet"


def account_name(account: User | None) -> str:
    """Return the name of a person, of an account without one the name to sign in with."""
    return str(account.get_full_name() or account.username) if account else "unbekannt"
