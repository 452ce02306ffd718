"""A database for one purpose and a short time: an embedded server of its own, in which a backup is tried out.

Neither the server of the site nor its rights are needed for that; what is restored is complete, brought up to date and
counted here before the site's own database is touched.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from intmk.backup import database
from intmk.backup.archive import BackupError
from intmk.server import direct_connection, embedded_postgres, scratch_folder


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """Yield an empty folder that nobody else uses or sees, for as long as the block runs; raise BackupError."""
    try:
        with scratch_folder.held(settings.VAR) as place:
            private = place / "private"  # PostgreSQL's account has to reach only what lies beside it
            private.mkdir(mode=0o700)
            yield private
    except scratch_folder.InUseError:
        raise BackupError("Eine Sicherung wird gerade geprüft oder eingespielt; bitte warten.") from None


def say_changes(line: str) -> None:
    """Tell what is changed on this machine, and nothing of the database that is made for a moment."""
    if "chmod" in line:
        embedded_postgres.print_to_stderr(line)


@contextlib.contextmanager
def restored(dump: Path, place: Path) -> Iterator[dict[str, Any]]:
    """Yield Django's settings of a database into which a dump was restored; raise BackupError if it is none."""
    with embedded_postgres.running(place.parent, say_changes):
        found = embedded_postgres.django_database(place.parent)
        listed = database.restorable_contents(dump, place / "dump.list")
        for extension in database.EXTENSIONS:
            with direct_connection.connect(found) as server:
                server.execute(f'CREATE EXTENSION "{extension}"')
        program = embedded_postgres.program("pg_restore")
        options = ["--no-owner", "--no-privileges", "--single-transaction", f"--use-list={listed}"]
        database.run_program([program, *options, dump], found)
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
