"""Checks of the program: its settings, its key, who may administer it."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core import checks
from django.core.checks import WARNING
from django.core.checks.security.base import check_secret_key

from intmk.doctor.findings import Finding, green, red, yellow
from intmk.language.wording import counted_as
from intmk.server import installation, preparation, secret_keys
from intmk.users.models import User


def settings_are_safe() -> Iterator[Finding]:
    """Look at the settings as `manage.py check --deploy` does."""
    if installation.is_for_trying_out(settings):
        yield yellow(
            "Das ist eine Website zum Ausprobieren, nicht die im Betrieb.",
            "Im Betrieb: DJANGO_SETTINGS_MODULE weglassen oder intmk.settings.production nennen.",
        )
        return
    unsafe = [
        message.id
        for message in checks.run_checks(include_deployment_checks=True)
        if message.is_serious(WARNING) and not message.is_silenced()
    ]
    for each in unsafe:
        yield red(f"Eine Einstellung ist nicht sicher: {each}.", "Was sie ist, sagt: manage.py check --deploy")
    if not unsafe:
        yield green("Die Einstellungen sind sicher.")


def key_is_secret() -> Iterator[Finding]:
    """Look at the key that signs sessions and links, as Django's own check does, and at who can read it."""
    if check_secret_key(None):
        yield red(
            "Der Schlüssel (INTMK_SECRET_KEY) ist zu kurz oder zu einfach.",
            f"Einen neuen erzeugen: {secret_keys.GENERATE}",
        )
    else:
        yield green("Der Schlüssel ist lang genug.")
    if settings.SECRET_KEY_FALLBACKS:
        former = counted_as(len(settings.SECRET_KEY_FALLBACKS), "früherer Schlüssel gilt", "frühere Schlüssel gelten")
        yield yellow(
            f"{former} noch.",
            ".venv/bin/python manage.py rotate_key sagt, ab wann INTMK_SECRET_KEY_FALLBACKS entfallen kann.",
        )
    path = os.environ.get("INTMK_ENV_FILE")
    if path and Path(path).exists() and Path(path).stat().st_mode & (stat.S_IROTH | stat.S_IWOTH):
        yield red(f"{path} mit dem Schlüssel kann jedes Konto des Rechners lesen.", f"chmod 640 {path}")


def no_demo_accounts() -> Iterator[Finding]:
    """Look for accounts for trying out that can sign in to a site in production."""
    if installation.is_for_trying_out(settings):
        return
    names = sorted(User.objects.for_trying_out().filter(is_active=True).values_list("username", flat=True))
    if names:
        yield red(
            f"Zugänge zum Ausprobieren sind offen: {', '.join(names)}.",
            "Die Website neu starten; der Start sperrt sie.",
        )
    else:
        yield green("Zugänge zum Ausprobieren gibt es nicht.")


def somebody_administers() -> Iterator[Finding]:
    """Look whether an account can administer the site, and each of these has a second factor."""
    accounts = list(User.objects.filter(is_superuser=True, is_active=True).with_second_factor().order_by("username"))
    if not accounts:
        yield red("Kein Konto kann die Website verwalten.", ".venv/bin/python manage.py createsuperuser")
        return
    lacking = [user.username for user in accounts if not user.has_second_factor]
    if lacking and settings.SECOND_FACTOR_REQUIRED:
        yield yellow(
            f"Ohne zweiten Faktor, also noch nie angemeldet: {', '.join(lacking)}.",
            "Einmal anmelden und ihn einrichten, oder das Konto sperren.",
        )
    else:
        yield green(f"{counted_as(len(accounts), 'Konto verwaltet', 'Konten verwalten')} die Website.")


def check_static_files() -> Iterator[Finding]:
    """Look whether the collected static files are those of this program."""
    if preparation.static_files_are_current(settings.VAR):
        yield green("Die statischen Dateien sind die dieses Programms.")
    else:
        yield red(
            "Die statischen Dateien fehlen oder gehören zu einem anderen Stand des Programms.",
            ".venv/bin/python manage.py prepare static",
        )
