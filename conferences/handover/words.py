"""German words that the parts of the handover share."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from intmk.language.dates import german_day
from intmk.users.models import User

NAMED = 5  # so many names stand in a line, the rest is a number


def counted_as(number: int, one: str, many: str) -> str:
    """Return e.g. "1 Seite" or "3 Seiten"."""
    return f"{number} {one if number == 1 else many}"


def named(names: Sequence[str]) -> str:
    """Return the first names and how many more there are."""
    shown = ", ".join(names[:NAMED])
    return f"{shown} und {len(names) - NAMED} weitere" if len(names) > NAMED else shown


def name_of(account: User | None) -> str:
    """Return the name of a person, of an account without one the name to sign in with."""
    return str(account.get_full_name() or account.username) if account else "unbekannt"


def german_moment(moment: datetime) -> str:
    """Return e.g. "1. Juli 2027, 08:00 Uhr", the time in Berlin."""
    local = timezone.localtime(moment, timezone.get_default_timezone())
    return f"{german_day(local.date())}, {local:%H:%M} Uhr"
