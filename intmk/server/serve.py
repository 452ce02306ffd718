"""Serves the site: ``python -m intmk.server.serve``, called by ``make run``.

A plain module and no management command, because it needs no Django: a second start then loads Django only
once, in the web server (docs/decisions.md). It starts the database and granian, watches both, and ends both.
"""

import collections
import contextlib
import fcntl
import importlib
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import psycopg
from django.core.exceptions import ImproperlyConfigured

from intmk.server import direct_connection, embedded_postgres, installation, preparation
from intmk.server.postgres_cluster import readable_errors
from intmk.server.scheduler import Clock
from intmk.server.web_server import (
    ENDING,
    WebServer,
    WebServerError,
    end_group,
    end_leftovers,
    refuse_taken_port,
    start_process,
    undisturbed,
)

ROOT = Path(__file__).resolve().parents[2]
OLDEST_POSTGRES = 15
LOCK_BYTES = 256
ACCOUNTS = "demo-accounts.txt"
FAILURES = 5  # within a minute; then somebody has to look


class ServeError(Exception):
    """The site cannot be served; the message is one German line for the person at the terminal."""


def main() -> None:
    """Serve until Ctrl-C or SIGTERM (exit code 0); end with one line and exit code 1 if that cannot be."""
    for number in ENDING:
        signal.signal(number, _interrupt)
    try:
        serve()
    except KeyboardInterrupt:
        say("Beendet.")
    except (
        ServeError,
        WebServerError,
        installation.WrongSiteError,
        embedded_postgres.EmbeddedPostgresError,
    ) as error:
        sys.exit(str(error))


def _interrupt(number: int, frame: FrameType | None) -> None:
    for each in ENDING:  # a second Ctrl-C must not cut off the tidying up
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt


def serve() -> None:
    """Set up what is missing and serve; returns only by an exception."""
    installation.enter()
    host = os.environ.get("WEB_HOST") or "127.0.0.1"
    port = number_from_environment("PORT", 8000, 65535)
    workers = number_from_environment("WEB_WORKERS", 2, 64)
    var_dir = installation.state_directory()
    environment = {**os.environ, "INTMK_VAR": str(var_dir), "PORT": str(port), "PYTHONUNBUFFERED": "1"}
    development = check_settings(var_dir)
    address = f"http://localhost:{port}/"
    with only_one(var_dir, address) as lock:
        refuse_taken_port(host, port)
        with database(var_dir) as server:
            prepare(var_dir, environment, development)
            web = WebServer(host, port, workers, environment)
            clock = Clock(environment)
            try:
                say("Webserver wird gestartet …")
                lock.write(group=web.start())
                web.wait_for_answer()
                welcome(address, var_dir / ACCOUNTS if development else None)
                clock.start()
                watch(web, clock, server, lock)
            finally:
                clock.stop()
                web.stop()


def check_settings(var_dir: Path) -> bool:
    """Return whether the settings are those of a site for trying out; raise WrongSiteError if they do not belong here.

    Reading them alone, without Django's set-up, takes no time. What else is wrong with them, the next steps tell.
    """
    try:
        with readable_errors(var_dir):
            settings = importlib.import_module(os.environ["DJANGO_SETTINGS_MODULE"])
    except ImproperlyConfigured as error:
        raise ServeError(str(error)) from error
    except (ImportError, ValueError):
        return False
    installation.check(settings)
    return installation.is_for_trying_out(settings)


def number_from_environment(name: str, default: int, highest: int) -> int:
    """Return the number in an environment variable; raise ServeError if it is none of 1 … ``highest``."""
    given = os.environ.get(name) or str(default)
    if not (given.isascii() and given.isdigit() and 1 <= int(given) <= highest):
        raise ServeError(f"{name}={given} geht nicht: Gebraucht wird eine Zahl von 1 bis {highest}.")
    return int(given)


class Lock:
    """The open lock file ``serve.lock``: held by the kernel for us, its text tells others who we are."""

    def __init__(self, descriptor: int, path: Path, address: str) -> None:
        self.descriptor = descriptor
        self.path = path
        self.address = address

    def read(self) -> dict[str, Any]:
        """Return what the present or the last holder wrote, or nothing."""
        try:
            found = json.loads(os.pread(self.descriptor, LOCK_BYTES, 0))
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def write(self, group: int | None = None) -> None:
        """Tell who we are, and the process group of the web server if it runs."""
        self.put(json.dumps({"pid": os.getpid(), "address": self.address, "group": group}))

    def put(self, text: str) -> None:
        """Replace the text; always in the same space, so that a full disk does not matter later."""
        with readable_errors(self.path):
            os.pwrite(self.descriptor, text.ljust(LOCK_BYTES).encode(), 0)


@contextlib.contextmanager
def only_one(var_dir: Path, address: str) -> Iterator[Lock]:
    """Hold the lock of this state directory; raise ServeError if another one serves it.

    What an earlier holder left behind when it was killed is ended first, so that it does not keep the port.
    """
    path = var_dir / "serve.lock"
    with readable_errors(var_dir):
        var_dir.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    lock = Lock(descriptor, path, address)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = lock.read()
            raise ServeError(
                f"Die Website läuft schon: {holder.get('address')} (Prozess {holder.get('pid')})."
            ) from error
        if group := lock.read().get("group"):
            end_leftovers(group, var_dir)
        lock.write()
        try:
            yield lock
        finally:
            lock.put("{}")
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def database(var_dir: Path) -> Iterator[embedded_postgres.Server | None]:
    """Have a database: the one of DATABASE_URL (nothing to start, so None) or the embedded server."""
    if os.environ.get("DATABASE_URL"):
        yield None
    else:
        say("Datenbank wird gestartet …")
        with embedded_postgres.running(var_dir, say) as server:
            yield server


def connect(var_dir: Path) -> psycopg.Connection:
    """Return a connection to the database of the settings; raise ServeError if it is absent or unfit."""
    url = os.environ.get("DATABASE_URL")
    if url:
        import dj_database_url

        try:
            found: dict[str, Any] = {**dj_database_url.parse(url)}
        except ValueError as error:
            raise ServeError("DATABASE_URL ist keine Adresse einer Datenbank (postgres://…).") from error
        if not str(found.get("ENGINE")).endswith("postgresql"):
            raise ServeError("DATABASE_URL muss eine PostgreSQL-Datenbank nennen (postgres://…).")
    else:
        found = embedded_postgres.django_database(var_dir)
    place = f"{found['USER']} an {found['HOST'] or 'localhost'}, Datenbank {found['NAME']}"
    try:
        connection = direct_connection.connect(found)
    except psycopg.Error as error:
        text = str(error)
        if "password" in text or "authentication failed" in text:
            reason = "Name oder Passwort stimmen nicht"
        elif "does not exist" in text:
            reason = "diese Datenbank oder dieses Konto gibt es dort nicht"
        else:
            reason = "sie ist nicht erreichbar"
        raise ServeError(
            f"{'DATABASE_URL' if url else 'Die Datenbank'} lässt sich nicht öffnen ({place}): {reason}."
        ) from error
    version = connection.info.server_version // 10000
    if version < OLDEST_POSTGRES:
        raise ServeError(f"Gebraucht wird PostgreSQL {OLDEST_POSTGRES} oder neuer, die Datenbank hat {version}.")
    if connection.info.parameter_status("server_encoding") != "UTF8":
        raise ServeError("Die Datenbank muss in UTF-8 kodiert sein (CREATE DATABASE … ENCODING 'UTF8').")
    return connection


def prepare(var_dir: Path, environment: dict[str, str], development: bool) -> None:
    """Run the command ``prepare`` for what is not as this code wants it; raise ServeError if it fails."""
    parts = []
    with connect(var_dir) as connection:
        accounts_missing = development and not (var_dir / ACCOUNTS).exists()
        unknown = not installation.remembered(var_dir)
        if accounts_missing or unknown or not preparation.database_is_current(connection):
            parts.append("database")
    if not preparation.static_files_are_current(var_dir):
        parts.append("static")
    command = [str(ROOT / "manage.py"), "prepare"]
    processes = []
    try:
        with undisturbed():
            processes += [start_process([*command, part], environment) for part in parts]  # each fills one core
        codes = {process.wait() for process in processes}
    finally:
        for process in processes:
            end_group(process)
    if preparation.REASON_GIVEN in codes:
        sys.exit(1)
    if codes - {0}:
        raise ServeError("Die Einrichtung ist nicht gelungen; der Grund steht darüber.")


def watch(web: WebServer, clock: Clock, server: embedded_postgres.Server | None, lock: Lock) -> None:
    """Restart what dies; raise ServeError when that happens too often."""
    failures: collections.deque[float] = collections.deque(maxlen=FAILURES)
    while True:
        time.sleep(0.5)
        fallen = []
        if server is not None and not server.is_running():
            fallen.append("Die Datenbank")
        if not web.is_alive():
            fallen.append("Der Webserver")
        if clock.has_stopped():
            say("Die Uhr ist stehen geblieben und wird neu gestartet …")
            clock.start()
        if not fallen:
            continue
        if len(failures) == FAILURES and time.monotonic() - failures[0] < 60:
            raise ServeError(
                f"{fallen[0]} ist zu oft ausgefallen ({FAILURES + 1}-mal in einer Minute); es wird beendet."
            )
        time.sleep(len(failures))
        failures.append(time.monotonic())
        for who in fallen:
            say(f"{who} ist ausgefallen und wird neu gestartet …")
        if server is not None:
            server.ensure_running()
        if not web.is_alive():
            web.stop()
            lock.write(group=web.start())
            web.wait_for_answer()
        say("Die Website läuft wieder.")


def welcome(address: str, accounts: Path | None) -> None:
    """Print where the site is and, with the file of accounts for trying out, how to sign in."""
    say("")
    say(f"Website:     {address}")
    say(f"Redaktion:   {address}admin/")
    if accounts:
        say(f"Anmeldung:   Name und Passwort stehen in {accounts}")
    say("Beenden:     Strg+C")
    say("")


def say(line: str) -> None:
    """Print a progress message at once, also into a pipe; when nobody reads there any more, the site goes on."""
    try:
        print(line, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
