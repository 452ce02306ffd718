"""Serves the site: ``python -m intmk.server.serve``, called by ``make run``.

A plain module and no management command, because it needs no Django: a second start then loads Django only
once, in the web server (docs/decisions.md). It starts database, granian and clock, and ends them; where one of
the last two falls, it ends as well, and whoever started it (systemd, a person) starts it again. On ``release.SWITCH``
it gives way to another release (intmk/server/upgrade.py), and where that fails, that one gives way to it again.
"""

import contextlib
import fcntl
import importlib
import os
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import IO, Any, NoReturn

import psycopg
from django.core.exceptions import ImproperlyConfigured

from intmk.server import (
    direct_connection,
    embedded_postgres,
    installation,
    interrupted_restore,
    preparation,
    release,
    restore_in_bucket,
    scratch_folder,
)
from intmk.server.outages import FilesAwayError
from intmk.server.postgres_cluster import readable_errors
from intmk.server.virtual_environment import BEGUN, with_elapsed_time
from intmk.server.web_server import (
    ENDING,
    ServeError,
    end_child,
    granian,
    process,
    refuse_taken_port,
    wait_for_answer,
    wait_for_end,
)

OLDEST_POSTGRES = 15
ACCOUNTS = "demo-accounts.txt"
LOOK_AGAIN = 0.5  # seconds, while the database is away
NOT_READY = ("starting up", "shutting down", "recovery", "not yet accepting", "too many", "slots", "startet gerade",
             "fährt gerade herunter", "Wiederherstellung", "zu viele")  # fmt: skip
NOT_PASSING = ("SSL", "sslmode", "certificate", "no password supplied", "does not exist")


class GiveWay(Exception):  # noqa: N818 - not an error
    """Another release is to go on: carries its folder, and the web server that serves until then, with what ends it.

    What ends it is only kept, never called: it would be as soon as nobody knew of it any more.
    """

    def __init__(self, folder: str, web: int, its_end: contextlib.ExitStack) -> None:
        self.folder, self.web, self.its_end = Path(folder), web, its_end


def main() -> None:
    """Serve until Ctrl-C or SIGTERM (exit code 0); end with one line and exit code 1 if that cannot be."""
    for number in ENDING:
        signal.signal(number, interrupt)
    asked: list[int] = []  # no Event: its lock may be held where the signal comes
    signal.signal(release.SWITCH, lambda number, frame: asked.append(number))
    try:
        serve(asked)
    except KeyboardInterrupt:
        print_progress("Beendet.")
    except GiveWay as way:
        become_next(way)
    except (ServeError, installation.WrongSiteError, embedded_postgres.EmbeddedPostgresError) as error:
        go_back(str(error))
        sys.exit(str(error))
    except (Exception, SystemExit):
        go_back(traceback.format_exc())
        raise


def interrupt(number: int, frame: FrameType | None) -> None:
    """Begin the end; a second Ctrl-C must not cut off the tidying up."""
    for each in ENDING:
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt


def become_next(way: GiveWay) -> NoReturn:
    """Go on as the next release or, where it cannot be started, as this one again."""
    print_progress(f"Es geht weiter mit der Fassung in {way.folder} …")
    try:
        release.become(way.folder, **{release.WEB_BEFORE: str(way.web), release.CAME_FROM: str(release.ROOT)})
    except OSError as error:
        print_progress(f"Die Fassung in {way.folder} lässt sich nicht starten: {error.strerror}.")
        release.come_back(release.ROOT, str(way.web))


def go_back(reason: str) -> None:
    """Go on as the release that has given way to this one; returns where there is none."""
    if came_from := os.environ.get(release.CAME_FROM):
        print_progress(f"{reason}\nZurück zur Fassung in {came_from} …")
        release.come_back(Path(came_from), os.environ.get(release.WEB_BEFORE, ""))


def serve(asked: list[int]) -> NoReturn:
    """Set up what is missing and serve; returns only by an exception, by GiveWay when it was asked for."""
    installation.enter()
    host = os.environ.get("WEB_HOST") or "127.0.0.1"
    port = number_from_environment("PORT", 8000, 65535)
    workers = number_from_environment("WEB_WORKERS", 2, 64)
    var_dir = installation.state_directory()
    environment = {**os.environ, "INTMK_VAR": str(var_dir), "PORT": str(port), "PYTHONUNBUFFERED": "1"}
    environment["INTMK_BEGUN"] = str(BEGUN)
    settings = read_settings(var_dir)
    accounts = var_dir / ACCOUNTS if installation.is_for_trying_out(settings) else None
    address = f"http://localhost:{port}/"
    with contextlib.ExitStack() as held:
        lock = held.enter_context(only_one(var_dir, f"{address} (Prozess {os.getpid()})"))
        if not os.environ.get(release.WEB_BEFORE):
            refuse_taken_port(host, port)
        if os.environ.get("INTMK_METRICS_TOKEN"):
            environment["PROMETHEUS_MULTIPROC_DIR"] = held.enter_context(folder_for_counts())
        server = None
        if not os.environ.get("DATABASE_URL"):
            print_step("Datenbank wird gestartet …")
            server = held.enter_context(embedded_postgres.running(var_dir, print_step))
            server.say = print_progress  # later messages are of no start
        else:
            wait_for_database(settings, lambda: web_server(lock, host, port, workers, environment), environment)
        finish_restore(settings)
        prepare(var_dir, settings.DATABASES["default"], accounts, environment)
        print_step("Webserver wird gestartet …")
        its_end = held.enter_context(contextlib.ExitStack())
        web = its_end.enter_context(web_server(lock, host, port, workers, environment))
        wait_for_answer(web, host, port)
        relieve_former_release(port, var_dir)
        welcome(address, accounts)
        clock = held.enter_context(process(["manage.py", "clock"], environment))
        watch(server, {"Der Webserver": web, "Die Uhr": clock}, asked)
        with readable_errors(var_dir):
            folder = (var_dir / release.NEXT).read_text(encoding="utf-8").strip()
        raise GiveWay(folder, web.pid, its_end.pop_all())


def read_settings(var_dir: Path) -> Any:
    """Return the module of the settings, which takes no time without Django's set-up.

    Raises ServeError if they cannot be read, WrongSiteError if they do not belong to this folder.
    """
    if not (os.environ.get("DATABASE_URL") or "postgres://").startswith(("postgres://", "postgresql://")):
        raise ServeError("DATABASE_URL muss eine PostgreSQL-Datenbank nennen (postgres://…).")
    try:
        with readable_errors(var_dir):
            settings = importlib.import_module(os.environ["DJANGO_SETTINGS_MODULE"])
    except ImproperlyConfigured as error:
        raise ServeError(str(error)) from error
    except ImportError as error:
        raise ServeError(f"Die Einstellungen lassen sich nicht laden (DJANGO_SETTINGS_MODULE): {error}.") from error
    except ValueError as error:
        raise ServeError("DATABASE_URL ist keine Adresse einer Datenbank (postgres://…).") from error
    installation.check(settings)
    return settings


def number_from_environment(name: str, default: int, highest: int) -> int:
    """Return the number in an environment variable; raise ServeError if it is none of 1 … ``highest``."""
    given = os.environ.get(name) or str(default)
    if not (given.isascii() and given.isdigit() and 1 <= int(given) <= highest):
        raise ServeError(f"{name}={given} geht nicht: Gebraucht wird eine Zahl von 1 bis {highest}.")
    return int(given)


@contextlib.contextmanager
def only_one(var_dir: Path, who: str) -> Iterator[IO[bytes]]:
    """Hold the lock of this state directory and yield its file; raise ServeError if another one holds it.

    It says who we are and, in a second line, the process group of the web server. We empty it when we end; where
    it is not empty, the last holder was killed, and what it left may take a moment to end.
    """
    with readable_errors(var_dir):
        var_dir.mkdir(parents=True, exist_ok=True)
        lock = (var_dir / "serve.lock").open("a+b", buffering=0)
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            time.sleep(0.2)  # it may hold it for no longer than that
            lock.seek(0)
            holder = lock.read().decode().partition("\n")[0]
            raise ServeError(f"Die Website läuft schon: {holder}.") from error
        lock.seek(0)
        group = lock.read().partition(b"\n")[2]
        if group.isdigit():
            wait_for_end(int(group))
        with readable_errors(var_dir / "serve.lock"):
            lock.truncate(0)
            lock.write(who.encode())
        try:
            yield lock
        finally:
            lock.truncate(0)


def checked_connection(database: Mapping[str, Any]) -> psycopg.Connection:
    """Return a connection to the database of the settings; raise ServeError if it is absent or unfit."""
    try:
        connection = direct_connection.connect(database)
    except psycopg.Error as error:
        reason = direct_connection.reason_of_refusal(error) or "sie ist nicht erreichbar"
        place = direct_connection.place_of(database)
        raise ServeError(f"DATABASE_URL lässt sich nicht öffnen ({place}): {reason}.") from error
    version = connection.info.server_version // 10000
    if version < OLDEST_POSTGRES:
        raise ServeError(f"Gebraucht wird PostgreSQL {OLDEST_POSTGRES} oder neuer, die Datenbank hat {version}.")
    if connection.info.parameter_status("server_encoding") != "UTF8":
        raise ServeError("Die Datenbank muss in UTF-8 kodiert sein (CREATE DATABASE … ENCODING 'UTF8').")
    return connection


def folder_for_counts() -> contextlib.AbstractContextManager[str]:
    """Return a folder for what our processes count, gone in the end.

    In memory: what is written into it through a map of memory would end the process on a full disk.
    """
    in_memory = os.environ.get("RUNTIME_DIRECTORY", "").partition(":")[0] or "/dev/shm"  # noqa: S108 - a new folder in it
    place = in_memory if os.access(in_memory, os.W_OK) else None
    return tempfile.TemporaryDirectory(prefix="intmk-counts-", dir=place, ignore_cleanup_errors=True)


@contextlib.contextmanager
def web_server(
    lock: IO[bytes], host: str, port: int, workers: int, environment: dict[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """Run the web server while the block runs; the lock names its process group to who comes after us."""
    with process(granian(host, port, workers), environment) as web:
        with readable_errors(Path(lock.name)):
            who = lock_holder(lock)
            lock.truncate(0)
            lock.write(f"{who}\n{web.pid}".encode())
        yield web


def lock_holder(lock: IO[bytes]) -> str:
    """Return the first line of the lock: who we are."""
    lock.seek(0)
    return lock.read().decode().partition("\n")[0]


def wait_for_database(
    settings: Any,
    answering: Callable[[], contextlib.AbstractContextManager[subprocess.Popen[bytes]]],
    environment: dict[str, str],
) -> None:
    """Return as soon as the database can be asked; until then the site answers, as it does without one, 503.

    Raises ServeError when the web server falls meanwhile.
    """
    database = settings.DATABASES["default"]
    if not is_late(database):
        return
    place = direct_connection.place_of(database)
    print_progress(f"Die Datenbank ({place}) antwortet nicht. Bis sie es tut, antwortet die Website mit 503 …")
    if not preparation.static_files_are_current(settings.VAR):  # the page that says so needs them, too
        run_prepare(["static"], environment)
    with answering() as web:
        while is_late(database):
            if web.poll() is not None:
                raise ServeError("Der Webserver ist beim Start ausgefallen; der Grund steht darüber.")
            time.sleep(LOOK_AGAIN)
    print_progress("Die Datenbank antwortet.")


def is_late(database: Mapping[str, Any]) -> bool:
    """Say whether the database cannot be reached for a reason that passes: nobody is there, or not ready yet.

    Of a refusal connect() says more. It has no code here, only words; what we do not know of them is no reason to wait.
    """
    try:
        direct_connection.connect(database).close()
    except psycopg.OperationalError as error:
        text = str(error)
        if "FATAL" in text:
            return any(words in text for words in NOT_READY)
        return not any(words in text for words in NOT_PASSING)
    except psycopg.Error:
        return False
    return False


def finish_restore(settings: Any) -> None:
    """Bring a restore to its end that was killed; raise ServeError if that fails."""
    try:
        with readable_errors(settings.MEDIA_ROOT):
            scratch_folder.clear(settings.VAR)
            if finished_restore(settings):
                print_progress("Eine abgebrochene Wiederherstellung wurde zu Ende gebracht.")
    except FilesAwayError as error:  # pages are served meanwhile, and the next start asks again
        print_progress(f"{error} Ob eine Wiederherstellung abgebrochen wurde, ist nicht bekannt.")
    except psycopg.Error:
        checked_connection(settings.DATABASES["default"])  # says why it cannot be opened
        raise ServeError("Eine abgebrochene Wiederherstellung lässt sich gerade nicht abschließen.") from None


def finished_restore(settings: Any) -> bool:
    """Bring a restore to its end, in folder or bucket; say whether there was one."""
    database = settings.DATABASES["default"]
    if not settings.MEDIA_BUCKET:
        return interrupted_restore.finish(settings.MEDIA_ROOT, settings.QUARANTINE_ROOT, database)
    from intmk.server.media_bucket import MediaBucket  # boto3 takes a third of a second

    return restore_in_bucket.finish_in_bucket(MediaBucket(**settings.MEDIA_BUCKET), database)


def prepare(var_dir: Path, database: Mapping[str, Any], accounts: Path | None, environment: dict[str, str]) -> None:
    """Run the command ``prepare`` for what is not as this code wants it; raise ServeError if it fails."""
    parts = []
    with checked_connection(database) as connection:
        lacks_accounts = accounts is not None and not accounts.exists()
        unknown = not installation.remembered(var_dir)
        if lacks_accounts or unknown or not preparation.database_is_current(connection):
            parts.append("database")
    if release.CAME_BACK in os.environ:
        parts = []  # it has just worked with it, and what the other release has changed comes with the next start
    if not preparation.static_files_are_current(var_dir):
        parts.append("static")
    run_prepare(parts, environment)


def run_prepare(parts: list[str], environment: dict[str, str]) -> None:
    """Run the command ``prepare`` for these parts side by side; raise ServeError if one fails."""
    with contextlib.ExitStack() as held:  # each fills one core
        running = [held.enter_context(process(["manage.py", "prepare", part], environment)) for part in parts]
        codes = {each.wait() for each in running}
    if preparation.REASON_GIVEN in codes:
        sys.exit(1)
    if codes - {0}:
        raise ServeError("Die Einrichtung ist nicht gelungen; der Grund steht darüber.")


def relieve_former_release(port: int, var_dir: Path) -> None:
    """Where a release has given way to this one, make this the current one and end what still serves of the other.

    Raises ServeError where this one does not become ready, or cannot be made the current one.
    """
    if web_before := os.environ.get(release.WEB_BEFORE):
        reason = release.wait_until_ready(port, release.NAME)
        if reason and release.CAME_FROM in os.environ:
            raise ServeError(f"Die Fassung {release.NAME} ist nicht bereit: {reason}")
        if release.CAME_FROM in os.environ:
            with readable_errors(release.ROOT):
                release.make_current()
            del os.environ[release.CAME_FROM]
        del os.environ[release.WEB_BEFORE]
        end_child(int(web_before))
    with readable_errors(var_dir):
        (var_dir / release.NEXT).unlink(missing_ok=True)  # who waits for the end of an upgrade sees it by this


def watch(
    server: embedded_postgres.Server | None, processes: dict[str, subprocess.Popen[bytes]], asked: list[int]
) -> None:
    """Start the database again when it falls; return when asked to, raise ServeError when a process falls."""
    while not asked:
        time.sleep(0.5)
        if server is not None and not server.is_running():
            print_progress("Die Datenbank ist ausgefallen und wird neu gestartet …")
            server.ensure_running()
            print_progress("Die Website läuft wieder.")
        for name, each in processes.items():
            if each.poll() is not None:
                raise ServeError(f"{name} ist ausgefallen, und die Website wird beendet; neu starten: make run")


def welcome(address: str, accounts: Path | None) -> None:
    """Print where the site is and, with the file of accounts for trying out, how to sign in."""
    sign_in = f"Anmeldung:   Name und Passwort stehen in {accounts}\n" if accounts else ""
    print_step("Die Website läuft.")
    print_progress(f"\nWebsite:     {address}\nRedaktion:   {address}admin/\n{sign_in}Beenden:     Strg+C\n")


def print_step(line: str) -> None:
    """Print a progress message of the start, with the seconds since its beginning."""
    print_progress(with_elapsed_time(line))


def print_progress(line: str) -> None:
    """Print a progress message at once, also into a pipe; when nobody reads there any more, the site goes on."""
    try:
        print(line, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
