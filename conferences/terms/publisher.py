"""What the law asks of the publisher, who is the Land in the chair: facts of its row, whichever Land that is today."""

from dataclasses import dataclass

from django.db import models
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from conferences.models import Land
from conferences.rules.rotation import Term
from intmk.language import land_names
from intmk.language.dates import german_day
from intmk.language.phone_numbers import Phone


class Duty(models.TextChoices):
    """What a page has to tell by law."""

    NONE = "", "keine"
    IMPRINT = "imprint", "Impressum"
    PRIVACY = "privacy", "Datenschutz"
    ACCESSIBILITY = "accessibility", "Barrierefreiheit"
    CONTACT = "contact", "Kontakt"


@dataclass(frozen=True)
class Fact:
    """One line of the block: `link` is where it leads to, if anywhere; of a telephone only its first number does."""

    label: str
    text: str
    link: str = ""
    phone: Phone | None = None


def land_of(term: Term | None) -> Land | None:
    """Return the row of the Land that chairs in `term`."""
    return Land.objects.filter(code=term.land_code).first() if term else None


def facts(duty: str, land: Land | None) -> list[Fact]:
    """Return what a page with this duty shows of `land`, in the order of the page; nothing when nobody chairs.

    What the Land has not given is asked of it on its dashboard (conferences/handover/panels.py), not told to readers.
    """
    if not duty:
        return []
    land = land or Land()
    checked = land.barrier_statement_checked
    ministry = Fact("Ministerium", land.ministry, land.website if land.ministry else "")
    address = Fact("Anschrift", land.secretariat_address)
    email = Fact("E-Mail", land.secretariat_email, f"mailto:{land.secretariat_email}")
    phone = Fact("Telefon", land.secretariat_phone, phone=land.phone)
    found = {
        Duty.IMPRINT: [
            ministry,
            address,
            email,
            phone,
            Fact("Verantwortlich für den Inhalt", land.responsible_person),
        ],
        Duty.PRIVACY: [
            ministry,
            address,
            email,
            phone,
            Fact("Datenschutzbeauftragte Person", land.privacy_officer),
            Fact("Aufsichtsbehörde für den Datenschutz", land.privacy_authority),
        ],
        Duty.ACCESSIBILITY: [
            ministry,
            email,
            phone,
            Fact("Erklärung von der Geschäftsstelle geprüft am", german_day(checked) if checked else ""),
        ],
        Duty.CONTACT: [ministry, address, email, phone],
    }[Duty(duty)]
    return [fact for fact in found if fact.text]


def chair_tokens(land: Land | None) -> dict[str, str]:
    """Return what stands for each token of a text; neutral words when nobody chairs or the Land has not said."""
    genitive = land.name_genitive if land else "des Vorsitzlandes"
    return {
        "{{vorsitzland}}": land_names.on_page(land.code, land.name) if land else "Vorsitzland",
        "{{vorsitzland_genitiv}}": genitive,
        "{{datenschutzgesetz}}": land.privacy_act if land and land.privacy_act else f"dem Datenschutzgesetz {genitive}",
    }


def with_tokens_filled(html: SafeString, tokens: dict[str, str]) -> SafeString:
    """Return `html` with each token replaced by its value, escaped."""
    for token, value in tokens.items():
        html = mark_safe(html.replace(token, escape(value)))  # noqa: S308 (was safe, and the value is escaped)
    return html
