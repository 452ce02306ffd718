"""Puts the whole site into one file, or tries out one that there is."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.template.defaultfilters import filesizeformat

from intmk.backup import daily, making, offsite, restoring
from intmk.backup.archive import BackupError
from intmk.management.commands.prepare import one_line
from intmk.server.outages import FilesAwayError


class Command(BaseCommand):
    help = "Sichert Datenbank und hochgeladene Dateien in eine Datei, auch während die Website läuft, oder prüft eine."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file, and what is to be done with it."""
        parser.add_argument("file", nargs="?", type=Path, metavar="DATEI")
        parser.add_argument("--verify", action="store_true", help="Prüft die Datei: spielt sie zur Probe ein.")
        parser.add_argument("--daily", action="store_true", help="Die tägliche Sicherung, wie die Uhr sie macht.")
        parser.add_argument("--send", action="store_true", help="Schickt die neueste tägliche in den Objektspeicher.")
        parser.add_argument("--fetch", action="store_true", help="Holt die Datei dieses Namens von dort.")
        parser.add_argument("--recipient", metavar="SCHLÜSSEL", help="Verschlüsselt mit age für diesen Schlüssel.")
        parser.add_argument("--identity", type=Path, metavar="DATEI", help="Öffnet eine verschlüsselte Sicherung.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it and say what was done; raise CommandError with one line when it cannot be."""
        daily_ones, of_file = options["daily"] + options["send"], options["verify"] + options["fetch"]
        if bool(options["file"]) + daily_ones != 1 or of_file > 1 or (daily_ones and of_file):
            raise CommandError("Bitte genau eines angeben: eine DATEI, --daily oder --send.")
        try:
            if options["verify"]:
                self.say_checked(options["file"], restoring.verify(options["file"], options["identity"]))
            elif options["fetch"]:
                offsite.fetch_backup(options["file"])
                self.stdout.write(f"Geholt: {options['file']}. Prüfen: manage.py backup --verify {options['file']}")
            elif options["send"]:
                self.stdout.write(f"Im Objektspeicher: {daily.send_daily()}")
            elif options["daily"]:
                self.say_made(daily.make_daily())
            else:
                recipient = options["recipient"] or settings.BACKUP_RECIPIENT
                self.say_made(making.make_backup(options["file"], recipient))
        except BackupError as error:
            raise CommandError(str(error)) from error
        except FilesAwayError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(one_line(error) or f"{error.filename or error}: {error.strerror}") from error

    def say_made(self, made: making.Made) -> None:
        """Print what is in a new backup."""
        manifest = made.manifest
        self.stdout.write(f"Gesichert: {made.path} ({filesizeformat(made.size)})")
        self.stdout.write(f"  {counts_in_words(manifest['counts'])}")
        if missing := manifest["missing"]:
            self.stdout.write(f"  {len(missing)} Dateien nennt die Datenbank, aber es gibt sie nicht: {missing[0]} …")
        self.stdout.write("  Nicht darin: INTMK_SECRET_KEY und die übrigen Einstellungen; bitte getrennt aufheben.")

    def say_checked(self, path: Path, checked: restoring.Checked) -> None:
        """Print what was found out about a backup."""
        manifest = checked.manifest
        rows = sum(number for number, _ in manifest["tables"].values())
        files = len(manifest["members"]) - 1
        self.stdout.write(f"{path} ist in Ordnung: zur Probe eingespielt und verglichen.")
        self.stdout.write(f"  Stand {manifest['made']}, von {manifest['site']}, PostgreSQL {manifest['postgres']}")
        self.stdout.write(
            f"  {len(manifest['tables'])} Tabellen mit {rows} Zeilen und {files} Dateien stimmen überein."
        )
        self.stdout.write(f"  {counts_in_words(manifest['counts'])}")
        if checked.migrated:
            self.stdout.write(f"  Von einem früheren Stand; beim Einspielen folgen {checked.migrated} Migrationen.")


def counts_in_words(counts: dict[str, int]) -> str:
    """Return how many there are of each."""
    return ", ".join(f"{number} {name}" for name, number in counts.items())
