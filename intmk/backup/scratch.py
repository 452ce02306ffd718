"""A database for one purpose and a short time: an embedded server of its own, in which a backup is tried out.

Neither the server of the site nor its rights are needed for that; what is restored is complete, brought up to date and
counted here before the site's own database is touched.
"""

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from intmk.backup import database
from intmk.backup.archive import BackupError
from intmk.server import embedded_postgres


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """Yield an empty folder that nobody else uses, for as long as the block runs; what a killed run left there goes."""
    settings.VAR.mkdir(parents=True, exist_ok=True)
    lock = embedded_postgres.open_lock(settings.VAR / "scratch.lock")
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupError("Eine Sicherung wird gerade geprüft oder eingespielt; bitte warten.") from None
        place = settings.VAR / "scratch"
        remove(place)
        place.mkdir(mode=0o711)  # under root PostgreSQL runs as another account
        try:
            yield place
        finally:
            remove(place)
    finally:
        os.close(lock)


def remove(place: Path) -> None:
    """Remove the folder, and end a server that a killed run left in it."""
    if place.exists():
        embedded_postgres.Server(place, lambda line: None).stop()
        shutil.rmtree(place)


@contextlib.contextmanager
def restored(dump: Path, place: Path) -> Iterator[dict[str, Any]]:
    """Yield Django's settings of a database into which a dump was restored; raise BackupError if it is none."""
    with embedded_postgres.running(place, lambda line: None):
        found = embedded_postgres.django_database(place)
        listed = database.entries(dump, place / "dump.list")
        for extension in database.EXTENSIONS:
            with database.direct_connection.connect(found) as server:
                server.execute(f'CREATE EXTENSION "{extension}"')
        program = embedded_postgres.program("pg_restore")
        options = ["--no-owner", "--no-privileges", "--single-transaction", f"--use-list={listed}"]
        database.run([program, *options, dump], found)
        yield found


@contextlib.contextmanager
def connected_to(found: dict[str, Any]) -> Iterator[None]:
    """Let Django work on another database while the block runs."""
    current = connection.settings_dict
    former = {key: current.get(key) for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")}
    connection.close()
    current.update({"PASSWORD": "", "OPTIONS": {}} | {key: found[key] for key in ("NAME", "USER", "HOST", "PORT")})
    try:
        yield
    finally:
        connection.close()
        current.update(former)
