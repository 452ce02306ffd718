"""Change the key of the site, in two steps: the new one beside the former, then what was encrypted with the former."""

import secrets
from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from intmk.server import secret_keys
from intmk.users.adapters import ciphers

ENCRYPTED = {"secret", "seed"}  # of TOTP and of recovery codes; further codes are a list
LISTED = "migrated_codes"
OPEN_LINKS = timedelta(days=7)  # the longest life of what is signed: links of a preview, forms of a former session


class Command(BaseCommand):
    help = "Wechselt INTMK_SECRET_KEY: nennt die Zeilen mit einem neuen; danach verschlüsselt er alles damit."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the lines of the environment file, or, when the former key stands in it, bring all to the new one."""
        if not settings.SECRET_KEY_FALLBACKS:
            self.stdout.write(
                "In der Datei mit den Einstellungen (INTMK_ENV_FILE) die Zeile mit INTMK_SECRET_KEY durch diese zwei "
                f"ersetzen, den Dienst neu starten und diesen Befehl noch einmal aufrufen:\n\n"
                f"{secret_keys.lines_for_next(secrets.token_urlsafe(60))}\n"
            )
            return
        renewed, unreadable = renew_second_factors()
        self.stdout.write(f"{renewed} zweite Faktoren sind mit dem neuen Schlüssel verschlüsselt.")
        if unreadable:
            self.stdout.write(
                f"{unreadable} waren mit keinem der Schlüssel zu lesen; sie gelten schon nicht mehr "
                "(manage.py remove_second_factor NAME)."
            )
        day = timezone.localdate(timezone.now() + OPEN_LINKS)
        self.stdout.write(
            f"Ab dem {day.strftime('%d.%m.%Y')} kann die Zeile {secret_keys.FORMER} entfallen; bis dahin gelten offene "
            "Formulare, Vorschaulinks und Links aus E-Mails. Ist der frühere Schlüssel bekannt geworden, entfällt die "
            "Zeile sofort: Alle melden sich neu an."
        )


def renew_second_factors() -> tuple[int, int]:
    """Encrypt all secrets with the key of the site; return how many, and how many no key could read."""
    renewed = unreadable = 0
    with transaction.atomic():
        for each in Authenticator.objects.select_for_update():
            try:
                data = {name: renewed_value(name, value) for name, value in each.data.items()}
            except InvalidToken:
                unreadable += 1
                continue
            if data != each.data:
                each.data = data
                each.save(update_fields=["data"])
                renewed += 1
    return renewed, unreadable


def renewed_value(name: str, value: Any) -> Any:
    """Return a value of a second factor, encrypted anew if it is a secret; raise InvalidToken for an unknown key."""
    if name in ENCRYPTED:
        return ciphers().rotate(value.encode()).decode()
    if name == LISTED:
        return [ciphers().rotate(code.encode()).decode() for code in value]
    return value
