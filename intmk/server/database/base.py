"""Django's engine for PostgreSQL, under which nobody waits long for a database that is away or hangs.

A web server has few threads: those that wait for the database answer nobody, not even /gesund/.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg import IsolationLevel
from psycopg.pq import TransactionStatus

from intmk.server.counts import CONNECT_FAILURES

CHECK_SECONDS = 2  # for "SELECT 1" before an open connection is used again
LONG = 1  # seconds; a database that refuses does so at once
SERVER_SHARE = 0.9  # of the limit for a statement: what a server that can still count is told
PAUSE = 5  # seconds; longer than one attempt to connect (`connect_timeout` in the settings)


class LimitedConnection(psycopg.Connection):
    """A connection that gives up an answer that does not come within `limit` seconds, and closes then."""

    limit: float | None = None

    def wait(self, gen: Any, *args: Any, **kwargs: Any) -> Any:
        """Return what the server answers; raise psycopg.OperationalError when it is silent for too long."""
        try:
            return super().wait(gen, *args, **{"timeout": self.limit} | kwargs)
        except psycopg.OperationalError:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:  # a late answer would be taken for another
                self.close()
            raise


class Door:
    """What the threads of a process know of connecting: after a long wait in vain only one of them tries again."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.closed_until = 0.0

    @contextmanager
    def passing(self) -> Iterator[None]:
        """Connect inside; raises psycopg.OperationalError at once while others have just waited in vain."""
        begun = time.monotonic()
        with self.lock:
            if begun < self.closed_until:
                CONNECT_FAILURES.labels("nicht versucht").inc()
                raise psycopg.OperationalError("Die Datenbank hat gerade erst nicht geantwortet.")
            if self.closed_until:
                self.closed_until = begun + PAUSE
        try:
            yield
        except psycopg.OperationalError:
            CONNECT_FAILURES.labels("gescheitert").inc()
            ended = time.monotonic()
            self.closed_until = ended + PAUSE if ended - begun > LONG else 0.0
            raise
        self.closed_until = 0.0


door = Door()


class DatabaseWrapper(base.DatabaseWrapper):
    """The engine. `limit`: seconds for each statement, None for any; the web server sets it (intmk/wsgi.py).

    The server is told a little less: whatever still works there ends by itself, before we hang up.
    """

    limit: float | None = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> LimitedConnection:
        """Return an open connection; raises psycopg.OperationalError."""
        self.isolation_level = IsolationLevel.READ_COMMITTED
        if self.limit:
            told = f"-c statement_timeout={int(self.limit * 1000 * SERVER_SHARE)}"
            conn_params = conn_params | {"options": f"{conn_params.get('options') or ''} {told}".strip()}
        with door.passing():
            connection = LimitedConnection.connect(**conn_params)
        connection.limit = self.limit
        return connection

    def is_usable(self) -> bool:
        """Say whether the open connection still answers, and soon."""
        if self.connection is None:
            return False
        self.connection.limit = CHECK_SECONDS
        usable = super().is_usable()
        self.connection.limit = self.limit
        return usable
