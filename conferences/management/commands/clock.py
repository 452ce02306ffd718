"""What has to happen without anybody asking for a page: once a minute, in one process only."""

import contextlib
import logging
import time
from collections.abc import Callable

import psycopg
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, close_old_connections, connection
from wagtail import hooks

from conferences.handover.mail import send_handover_mails
from conferences.terms.rights import update_publishing_rights
from intmk.server import clock_run, direct_connection
from intmk.server.clock_jumps import ClockJumps
from intmk.server.scheduler import EVERY_MINUTE
from intmk.users.sign_in_cache import forget_attempts

LOCK = 0x434C4F434B  # "CLOCK": of several servers one does the work
INTERVAL = 60  # seconds

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Stellt die Rechte auf den Vorsitz ein, veröffentlicht Vorgemerktes, verschickt und löscht, was fällig ist."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take --once, for cron and for tests."""
        parser.add_argument("--once", action="store_true", help="Einmal statt jede Minute.")

    def handle(self, *args, **options) -> None:
        """Tick at every full minute until the process is ended; what fails is logged and tried again."""
        if options["once"]:
            tick()
            return
        jumps = ClockJumps()
        while True:
            time.sleep(INTERVAL - time.time() % INTERVAL)
            close_old_connections()  # the database may have been restarted since
            if seconds := jumps.seconds():
                let_pass(seconds)
            else:
                tick()


def let_pass(seconds: float) -> None:
    """Leave out this minute: whatever is being uploaded seems a day old, and a wrong time may soon be put right."""
    logger.warning("Die Zeit dieses Rechners ist um %+.0f s gesprungen; was fällig ist, wartet eine Minute.", seconds)
    if seconds < 0:
        attempt(forget_attempts)


def tick() -> None:
    """Do what is due, unless another process is at it."""
    try:
        # A connection of its own: with it the lock ends. Django keeps its own open.
        with direct_connection.connect(connection.settings_dict) as holder:
            (mine,) = holder.execute("SELECT pg_try_advisory_lock(%s)", [LOCK]).fetchone() or (False,)
            if mine:
                for step in (
                    update_publishing_rights,
                    publish_due,
                    send_handover_mails,
                    *hooks.get_hooks(EVERY_MINUTE),
                ):
                    attempt(step)
                clock_run.note_step(clock_run.MINUTE)
    except (psycopg.Error, DatabaseError):
        logger.exception("Die Uhr konnte nicht arbeiten.")


def publish_due() -> None:
    """Publish what is scheduled; the command logs what fails."""
    with contextlib.suppress(CommandError):
        call_command("publish_scheduled", verbosity=0)


def attempt(step: Callable[[], object]) -> None:
    """Run one step and note how it went; what it raises must not keep the others from running."""
    name = f"{step.__module__}.{step.__name__}"
    try:
        step()
        clock_run.note_step(name)
    except Exception as error:
        logger.exception("Die Uhr: %s ist gescheitert.", step.__name__)
        with contextlib.suppress(DatabaseError):  # a database that takes nothing has just said so
            clock_run.note_step(name, error)
