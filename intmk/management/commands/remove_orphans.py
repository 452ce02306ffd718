"""Move files that nobody owns out of the media, and delete those of 30 days ago; the clock does so every night."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from intmk.media.orphans import NotMovedError, adopt_media, empty_quarantine, media_are_ours, remove_orphans
from intmk.server.media_place import shown_place, shown_quarantine


class Command(BaseCommand):
    help = "Verschiebt Dateien ohne Eintrag und abgebrochene Uploads, die älter als ein Tag sind, in die Quarantäne."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the two things that only a person can know."""
        parser.add_argument("--adopt-media", action="store_true", help="Gibt den Dateien die Kennung der Datenbank.")
        parser.add_argument("--even-many", action="store_true", help="Auch dann, wenn es ungewöhnlich viele sind.")

    def handle(self, *args, **options) -> None:
        """Move them and name each one; raise CommandError when nothing may be moved."""
        if options["adopt_media"] and not media_are_ours():
            adopt_media()
        try:
            moved, back = remove_orphans(even_many=options["even_many"])
            gone = empty_quarantine()
        except NotMovedError as error:
            raise CommandError(str(error)) from error
        if moved:
            self.stdout.write(f"Verwaiste Dateien: {len(moved)} nach {shown_quarantine()} verschoben:")
        for name in moved:
            self.stdout.write(f"  {name}")
        if back:
            self.stdout.write(f"Wieder gebraucht: {len(back)} nach {shown_place()} zurückgelegt:")
        for name in back:
            self.stdout.write(f"  {name}")
        for name in gone:
            self.stdout.write(f"Nach 30 Tagen in Quarantäne gelöscht: {name}")
