"""PostgreSQL as Debian has it, for tests of a database that is not the embedded one."""

import contextlib
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from intmk.server.postgres_cluster import account_for
from tests.processes import wait_until

# That of Debian's package postgresql, 15 in Debian 12; the test installs nothing.
OLDEST = min(Path("/usr/lib/postgresql").glob("1[5-7]/bin"), default=Path("/usr/lib/postgresql"))


@contextlib.contextmanager
def debian_postgres(place: Path, *options: str) -> Iterator[None]:
    """Run it in a new folder while the block runs, with an empty database `site` of an account `site`.

    It listens at a socket in the folder and where `options` of `postgres` say; what lies in the folder is its own.
    """
    if not (OLDEST / "postgres").exists():
        message = "PostgreSQL fehlt: apt-get install postgresql"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    account = account_for(place / "data")
    for path in (place, *place.iterdir()):
        os.chown(path, *account)
    arguments = account.process_arguments()
    creating = ["--auth=trust", "--locale=C.UTF-8", "--encoding=UTF8", "--username=postgres", place / "data"]
    subprocess.run([OLDEST / "initdb", *creating], check=True, capture_output=True, **arguments)
    command = [OLDEST / "postgres", "-D", place / "data", "-k", place, *options]
    server = subprocess.Popen(command, **arguments, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: list(place.glob(".s.PGSQL.*[0-9]")))
        with contextlib.closing(connected(place)) as connection:
            connection.execute("CREATE ROLE site LOGIN")
            connection.execute("CREATE DATABASE site OWNER site")
        yield
    finally:
        server.terminate()
        server.wait()


def connected(place: Path) -> psycopg.Connection:
    """Return a connection of its administrator, as soon as there is one."""
    deadline = time.monotonic() + 20
    port = next(place.glob(".s.PGSQL.*[0-9]")).name.rpartition(".")[2]
    while True:
        try:
            return psycopg.connect(host=str(place), port=port, user="postgres", dbname="postgres", autocommit=True)
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
