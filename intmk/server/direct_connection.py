"""Connections to the database beside Django's: for what runs before Django, and for locks that end with a process."""

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import psycopg
from psycopg import pq

PARTS = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
PREPARING = 0x5052455041524500  # "PREPARE": migrations and initial content
_held: set[int] = set()  # the locks of this process: what is called within needs them no second time


def libpq_parameters(database: Mapping[str, Any]) -> dict[str, Any]:
    """Return, for Django's settings of a database, what libpq takes, password and all."""
    known = {option.keyword.decode() for option in pq.Conninfo.get_defaults()}
    options = {name: value for name, value in (database.get("OPTIONS") or {}).items() if name in known}
    address = {name: database[key] for name, key in PARTS.items() if database.get(key)}
    return {"connect_timeout": 10} | options | address


def connect(database: Mapping[str, Any]) -> psycopg.Connection:
    """Return a connection of its own for Django's settings of a database; raise psycopg.Error."""
    return psycopg.connect(**libpq_parameters(database), autocommit=True)


@contextlib.contextmanager
def alone(number: int, database: Mapping[str, Any], say: Callable[[str], object]) -> Iterator[bool]:
    """Hold an advisory lock while the block runs, and wait for it with a line; yield whether it had to be waited for.

    The lock ends with its connection, so also when this process is killed. Asked for again and again, since a
    waiting query would be cut off where the account has a `statement_timeout`.
    """
    if number in _held:
        yield False
        return
    with connect(database) as holder:
        waited = False
        while holder.execute("SELECT pg_try_advisory_lock(%s)", [number]).fetchone() != (True,):
            if not waited:
                say("Ein anderer Vorgang bringt diese Datenbank gerade auf den Stand; es wird auf ihn gewartet …")
            waited = True
            time.sleep(0.3)
        _held.add(number)
        try:
            yield waited
        finally:
            _held.discard(number)
