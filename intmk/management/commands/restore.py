"""Brings the site back from a backup."""

from pathlib import Path
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from conferences.terms.rights import update_publishing_rights
from intmk.backup import restoring
from intmk.backup.archive import BackupError
from intmk.management.commands.backup import counts_in_words
from intmk.management.commands.create_demo_accounts import lock_demo_accounts
from intmk.management.commands.prepare import one_line
from intmk.media.quarantine import quarantine
from intmk.server.media_place import shown_quarantine
from intmk.server.outages import FilesAwayError
from intmk.users.models import User


class Command(BaseCommand):
    help = "Spielt eine Sicherung ein: alles oder nichts, in eine leere Website oder mit --replace statt dieser."
    requires_system_checks: list[str] = []  # there may be no database yet

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file, and what only a person can say."""
        parser.add_argument("file", type=Path, metavar="DATEI")
        parser.add_argument("--replace", action="store_true", help="Auch wenn es hier schon eine Website gibt.")
        parser.add_argument("--identity", type=Path, metavar="DATEI", help="Öffnet eine verschlüsselte Sicherung.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Restore and report; raise CommandError with one line, and then nothing was changed."""
        begun = monotonic()
        try:
            checked = restoring.restore_backup(options["file"], options["replace"], lock, options["identity"])
        except BackupError as error:
            raise CommandError(f"{error} Nichts wurde geändert.") from error
        except (OSError, DatabaseError, FilesAwayError) as error:
            raise CommandError(one_line(error) or str(error)) from error
        manifest = checked.manifest
        self.stdout.write(f"Eingespielt in {monotonic() - begun:.0f} s: die Sicherung vom {manifest['made']}")
        self.stdout.write(f"  {counts_in_words(manifest['counts'])}, {len(manifest['members']) - 1} Dateien")
        if checked.migrated:
            self.stdout.write(f"  Auf den Stand dieses Programms gebracht: {checked.migrated} Migrationen.")
        if checked.locked:
            self.stdout.write(
                f"  Gesperrt und ohne Passwort, da nur zum Ausprobieren da: {', '.join(checked.locked)}. "
                "Zugänge zum Ausprobieren kommen nicht in den Betrieb."
            )
        if checked.other_secret:
            self.stdout.write(
                "  INTMK_SECRET_KEY ist ein anderer als bei der Sicherung: Zweite Faktoren gelten nicht mehr "
                "(remove_second_factor, siehe docs/betrieb.md)."
            )
        if missing := manifest["missing"]:
            self.stdout.write(f"  {len(missing)} Dateien fehlten schon bei der Sicherung: {missing[0]} …")
        self.stdout.write("  Alle melden sich neu an. Jetzt die Website starten; sie prüft den Rest.")
        if any("-restore-" in folder for folder in quarantine().folders()):
            self.stdout.write(f"  Dateien, die nicht zur Sicherung gehören, liegen in {shown_quarantine()}.")


def lock() -> list[str]:
    """Lock accounts for trying out and take their passwords; return their names."""
    names = lock_demo_accounts()
    for user in User.objects.filter(username__in=names):
        user.set_unusable_password()
        user.save()
    if names:
        update_publishing_rights()
    return names
