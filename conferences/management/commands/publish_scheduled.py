"""Wagtail's command of the same name, but what a former chair has set waits (conferences/handover/scheduled.py)."""

import logging

from django.core.management.base import BaseCommand, CommandError

from conferences.handover.scheduled import all_scheduled, carry_out_still_scheduled
from conferences.terms.rights import update_publishing_rights

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Veröffentlicht und zieht zurück, was vorgemerkt ist; was ein früherer Vorsitz vorgemerkt hat, wartet."

    def handle(self, *args, **options) -> None:
        """Carry out what is due, each by itself; what fails is logged, and in the end raises CommandError."""
        update_publishing_rights()
        failed = []
        for item in all_scheduled():
            if not item.is_due or item.waits:
                continue
            try:
                happened = carry_out_still_scheduled(item)
            except Exception:
                logger.exception("Vorgemerkt, aber gescheitert: %s", item.page)
                failed.append(str(item.page))
                continue
            if happened:
                self.stdout.write(f"{'Veröffentlicht' if item.revision else 'Zurückgezogen'}: {item.page}")
        if failed:
            raise CommandError(f"Gescheitert: {', '.join(failed)}")
