"""What has to happen without anybody asking for a page: once a minute, in one process only."""

import logging
import time

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections, connection

from conferences.chair_rights import settle_chair
from conferences.handover.mail import send_due_mails

LOCK = 0x434C4F434B  # "CLOCK": of several servers one does the work
INTERVAL = 60  # seconds

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Stellt die Rechte auf den Vorsitz ein, veröffentlicht Vorgemerktes, verschickt die Mails zur Übergabe."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take --once, for cron and for tests."""
        parser.add_argument("--once", action="store_true", help="Einmal statt jede Minute.")

    def handle(self, *args, **options) -> None:
        """Tick at every full minute until the process is ended; what fails is logged and tried again."""
        if options["once"]:
            tick()
            return
        while True:
            time.sleep(INTERVAL - time.time() % INTERVAL)
            close_old_connections()  # the database may have been restarted since
            tick()


def tick() -> None:
    """Do what is due, unless another process is at it."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
            (mine,) = cursor.fetchone()
            if not mine:
                return
            try:
                for step in (settle_chair, publish, send_due_mails):
                    attempt(step)
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
    except Exception:
        logger.exception("Die Uhr konnte nicht arbeiten.")
        connection.close()  # with it goes the lock


def publish() -> None:
    """Publish what is scheduled."""
    call_command("publish_scheduled", verbosity=0)


def attempt(step) -> None:
    """Run one step; what it raises must not keep the others from running."""
    try:
        step()
    except Exception:
        logger.exception("Die Uhr: %s ist gescheitert.", step.__name__)
