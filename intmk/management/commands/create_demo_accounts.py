"""Accounts for trying the site on a clone."""

import os
import secrets
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from conferences.terms.rights import update_publishing_rights
from intmk.audit.log_entries import unrecorded
from intmk.users.models import LAND_NAMES, User

NAME = "demo-accounts.txt"


class Command(BaseCommand):
    help = "Legt Konten zum Ausprobieren an: admin und je Land eine Redaktion. Nur in der Entwicklung."

    def handle(self, *args, **options) -> None:
        """Create what is missing; passwords go to var/demo-accounts.txt (mode 600), one `name password` a line.

        They are what a clone is filled with, so the report "Vorsitz und Rechte" leaves them out.
        Raises CommandError outside development. An account whose password is not in the file gets a new one.
        """
        if not settings.DEMO_ACCOUNTS:
            raise CommandError("Demo-Konten gibt es nur in der Entwicklung.")
        path = settings.VAR / NAME
        known = read_accounts(path)
        wanted = {"admin": ""} | {f"redaktion-{code[3:].lower()}": code for code in LAND_NAMES}
        existing = set(User.objects.filter(username__in=wanted).values_list("username", flat=True))
        new = {name: secrets.token_urlsafe(12) for name in wanted if name not in known or name not in existing}
        if not new:
            self.stdout.write(f"Demo-Konten: unverändert, siehe {path}")
            return
        hashes = {name: quick_hash(password) for name, password in new.items()}
        with transaction.atomic():
            update_publishing_rights()  # what is due for other accounts is recorded
            with unrecorded.on():
                for name, password in hashes.items():
                    save_account(name, wanted[name], password)
                update_publishing_rights()
            write_accounts(path, {name: new.get(name) or known[name] for name in wanted})
        self.stdout.write(f"Demo-Konten: {len(new)} angelegt, siehe {path}")


def quick_hash(password: str) -> str:
    """Return the hash of a random password: nobody guesses it, however fast, and 17 usual ones take 5 seconds.

    Django puts the usual one in its place at the first sign-in.
    """
    hasher = PBKDF2PasswordHasher()
    return hasher.encode(password, hasher.salt(), iterations=1000)


def read_accounts(path: Path) -> dict[str, str]:
    """Return {name: password} from the file, empty when there is none."""
    if not path.exists():
        return {}
    return dict(line.split(maxsplit=1) for line in path.read_text().splitlines() if len(line.split()) == 2)


def write_accounts(path: Path, accounts: dict[str, str]) -> None:
    """Replace the file at once; it is never readable by others, not even for a moment."""
    partial = path.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.writelines(f"{name} {password}\n" for name, password in accounts.items())
    partial.replace(path)


def save_account(name: str, land_code: str, password_hash: str) -> None:
    """Create the account or give it the new password."""
    user = User.objects.filter(username=name).first() or User(username=name)
    user.password, user.land_code = password_hash, land_code
    user.is_staff = user.is_superuser = not land_code
    user.last_name = f"Redaktion {LAND_NAMES[land_code]}" if land_code else "Administration"
    user.save()


def lock_demo_accounts() -> list[str]:
    """Lock, in production, the accounts for trying out that a database brought along; return their names.

    Their passwords lie in a file of another folder.
    """
    locked = list(User.objects.for_trying_out().filter(is_active=True))
    for user in locked:
        user.is_active = False
        user.save()
    return sorted(user.username for user in locked)
