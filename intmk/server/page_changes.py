"""What tells the page cache that something has changed: PostgreSQL, in each process that serves, and the calendar.

The triggers of intmk/server/page_triggers.py notify in the transaction that writes. Whoever hears nothing knows
nothing: without a connection that has just answered, nothing that is stored holds. By the same way one machine tells
the others that the site is being maintained.
"""

import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from django.conf import settings

from intmk.server import direct_connection
from intmk.server.page_triggers import CHANNEL, INSTALLED, watched
from intmk.server.unavailable import switch_maintenance

MAINTENANCE = "intmk_maintenance"  # what is told there: a sentence for readers or null, as JSON

BEAT, LEASE = 0.5, 5.0  # seconds: how often the connection is tried, and how long its last answer counts
PAUSE = 0.5  # seconds before the next attempt to connect
NOT_HEARD = "Änderungen werden nicht gemeldet; jede Seite wird einzeln erzeugt."

logger = logging.getLogger(__name__)


class Changes:
    """Counts them in `generation` and calls `forget` at each; are_told() says whether any would be noticed."""

    def __init__(self, database: Callable[[], Mapping[str, Any]]) -> None:
        self.database = database
        self.generation, self.told_until, self.begun = 0, 0.0, 0.0
        self.is_complained_of = False
        self.forget: Callable[[], object] = lambda: None
        self.is_listening = False

    def are_told(self) -> bool:
        """Say whether what is stored may be given out."""
        return time.monotonic() < self.told_until

    def generation_told(self) -> int | None:
        """Return the generation, None while nobody would tell of the next one."""
        return self.generation if self.are_told() else None

    def begin(self) -> None:
        """Listen from now on, in a thread that ends with the process."""
        self.is_listening = True
        threading.Thread(target=self.listen_for_ever, name="page-changes", daemon=True).start()

    def listen_for_ever(self) -> None:
        """Listen, and begin anew as often as the connection is lost."""
        while True:
            try:
                self.listen()
            except Exception as fault:
                if not self.is_complained_of:  # once, however long it lasts
                    is_outage = isinstance(fault, (psycopg.Error, OSError))
                    logger.warning("%s %s", NOT_HEARD, str(fault).partition("\n")[0], exc_info=not is_outage)
                self.is_complained_of = True
            self.told_until = 0.0
            self.generation += 1  # what is being made is of no use to who comes later; what is stored, in an outage
            time.sleep(PAUSE if time.monotonic() - self.begun < PAUSE else 0)

    def listen(self) -> None:
        """Connect, let go of what is from before, and count what is told; raise psycopg.Error when that ends."""
        self.begun = time.monotonic()
        with direct_connection.connect(self.database()) as connection:
            connection.execute(f"LISTEN {CHANNEL}")
            connection.execute(f"LISTEN {MAINTENANCE}")
            triggers, tables = None, len(watched())
            while True:
                asked = time.monotonic()
                found = connection.execute(INSTALLED).fetchone()
                if found != triggers:  # at first, and when tables were put in place of others
                    triggers = found
                    self.changed()
                if not found or found[0] < tables:
                    raise psycopg.DataError("Die Auslöser fehlen in der Datenbank: manage.py migrate.")
                self.told_until, self.is_complained_of = asked + LEASE, False
                for told in connection.notifies(timeout=BEAT):
                    if told.channel == MAINTENANCE:
                        switch_maintenance(json.loads(told.payload))
                    else:
                        self.changed()

    def changed(self) -> None:
        """Take note of a change."""
        self.generation += 1
        self.forget()


def day_of(now: float) -> tuple[float, float]:
    """Return the beginning and the end of the day, here, in which `now` lies: things change by themselves at midnight.

    Who chairs, which conference is the next, how many days are left, whether a notice is shown: all follow the day.
    What is published at a moment is written at that moment (the command "clock").
    """
    zone = ZoneInfo(settings.TIME_ZONE)
    midnight = datetime.fromtimestamp(now, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight.timestamp(), (midnight + timedelta(days=1)).timestamp()


changes = Changes(lambda: settings.DATABASES["default"])
