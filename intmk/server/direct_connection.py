"""Connections to the database beside Django's: for what runs before Django, and for locks that end with a process."""

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import psycopg
from psycopg import pq

PARTS = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
PREPARING = 0x5052455041524500  # "PREPARE": migrations and initial content
# What libpq says of a connection that it does not get, and what is the matter; the first that fits holds.
REFUSALS = (
    ("root certificate file", "das Zertifikat aus sslrootcert lässt sich nicht lesen; den Pfad und die Rechte prüfen"),
    ("does not match host name", "ihr Zertifikat gilt für einen anderen Rechner; den Namen einsetzen, der darin steht"),
    ("certificate verify failed", "ihrem Zertifikat ist nicht zu trauen; in sslrootcert das der Stelle einsetzen, "
     "die es ausgestellt hat, oder ein abgelaufenes erneuern"),
    ("does not support SSL", "sie bietet kein TLS an; es dort einschalten (ssl = on) oder sslmode weglassen"),
    ("sslmode", "sslmode heißt verify-full, verify-ca oder require"),
    ("pg_hba.conf", "sie lässt dieses Konto so nicht zu; pg_hba.conf prüfen, und ob sie TLS verlangt (sslmode)"),
    ("password", "Name oder Passwort stimmen nicht"),
    ("authentication failed", "Name oder Passwort stimmen nicht"),
    ("does not exist", "diese Datenbank oder dieses Konto gibt es dort nicht"),
)  # fmt: skip
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


def reason_of_refusal(error: Exception) -> str | None:
    """Return what is the matter, and what to do, when a database refused a connection; None for any other error."""
    text = str(error)
    return next((reason for words, reason in REFUSALS if words in text), None)


def place_of(database: Mapping[str, Any]) -> str:
    """Return whose database it is and where, without the password."""
    return f"{database['USER']} an {database['HOST'] or 'localhost'}, Datenbank {database['NAME']}"


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
