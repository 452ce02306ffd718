"""Remove files that nobody owns; for cron, and part of every preparation."""

from django.core.management.base import BaseCommand

from intmk.orphans import remove_orphans


class Command(BaseCommand):
    help = "Löscht Dateien ohne Eintrag und abgebrochene Uploads, die älter als ein Tag sind."

    def handle(self, *args, **options) -> None:
        """Remove them and say how many there were."""
        removed = remove_orphans()
        if removed:
            self.stdout.write(f"Verwaiste Dateien: {len(removed)} gelöscht.")
