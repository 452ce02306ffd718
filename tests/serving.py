"""The site as `make run` serves it, for tests: in processes of its own, from a state directory of its own."""

import contextlib
import fcntl
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from datetime import date
from pathlib import Path

from django.conf import settings

from intmk.server import embedded_postgres
from intmk.server.preparation import DATABASE_SOURCES, STATIC_SOURCES, fingerprint
from tests.processes import processes_of

ROOT = Path(__file__).resolve().parent.parent
KEY, OTHER_KEY = (f"nur-für-Tests-{letters}" * 4 for letters in ("abcdefg", "hijklmn"))  # as long as production asks
DUMP = "first-start.dump"
WATCHDOG_SECONDS = 400  # a first start takes 40 s alone, several times that on a busy machine


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Site:
    """The site, served from a state directory in a process of its own, at the latest ended with the block."""

    logged = ""  # what it wrote to stderr, once it has ended

    def __init__(self, var_dir: Path, port: int, **environment: str) -> None:
        self.var_dir = var_dir
        self.port = port
        inherited = {
            key: value
            for key, value in os.environ.items()
            if key not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE", "WEB_HOST", "WEB_WORKERS")
        }
        self.environment = inherited | {"INTMK_VAR": str(var_dir), "PORT": str(port)} | environment
        self.process = subprocess.Popen(
            [sys.executable, "-m", "intmk.server.serve"],
            cwd=ROOT,
            env=self.environment | {"PYTHONFAULTHANDLER": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        # A test that waits in vain ends, and reads in stderr where the server stood.
        self.watchdog = threading.Timer(WATCHDOG_SECONDS, self.process.send_signal, [signal.SIGABRT])
        self.watchdog.start()

    def __enter__(self) -> "Site":
        return self

    def __exit__(self, *exception: object) -> None:
        self.end(signal.SIGTERM)
        self.watchdog.cancel()
        if exception[0]:  # what failed may have its reason in there
            print(self.logged[-10_000:], file=sys.stderr)

    def wait_for_welcome(self) -> list[str]:
        """Return what was printed up to the last line of the welcome."""
        return self.wait_for_line("Beenden:     Strg+C")

    def wait_for_line(self, end: str) -> list[str]:
        """Return what was printed up to a line with this end; without one, tell all that is known."""
        lines = []
        for line in self.process.stdout:
            lines.append(line.rstrip())
            if lines[-1].endswith(end):
                return lines
        raise AssertionError("\n".join([*lines, self.process.stderr.read(), f"Ende {self.process.wait()}"]))

    def status(self, path: str = "/") -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request("GET", path)
        return connection.getresponse().status

    def reaches(self, path: str) -> bool:
        """Say whether anything answers at all."""
        with contextlib.suppress(OSError):
            return bool(self.status(path))
        return False

    def web_server(self) -> int:
        """Return the pid of granian, whose workers are its children."""
        for pid in processes_of(self.var_dir):
            place = Path(f"/proc/{pid}")
            with contextlib.suppress(OSError):
                ours = f"\nPPid:\t{self.process.pid}\n" in (place / "status").read_text()
                if ours and b"\0intmk.server.workers\0" in (place / "cmdline").read_bytes():
                    return pid
        raise AssertionError("Der Webserver läuft nicht.")

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        """End it as by Ctrl-C and return the exit code."""
        self.process.send_signal(number)
        if not self.process.stdout.closed:
            self.logged = self.process.communicate(timeout=30)[1]
        return self.process.returncode


def served_once() -> Path:
    """Return a state directory in which the site was served once, from nothing, by this very code; only to be copied.

    A first start takes most of a minute of two cores, so that all processes and runs share it. Beside what it leaves
    stand `port`, `welcome.txt`, what it printed, and `first-start.dump`, its database.
    """
    state = settings.VAR / "test-served"
    made_of = " ".join([*map(fingerprint, (DATABASE_SOURCES, STATIC_SOURCES)), str(date.today())])
    stamp = state / "made-of"
    settings.VAR.mkdir(parents=True, exist_ok=True)
    with (settings.VAR / "test-served.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the other process waits
        if not stamp.exists() or (stamp.read_text() != made_of and not os.environ.get("INTMK_KEEP_SEED")):
            shutil.rmtree(state, ignore_errors=True)
            state.mkdir()
            state.chmod(0o755)  # under root PostgreSQL runs as another account
            with Site(state, free_port()) as site:
                lines = site.wait_for_welcome()
                assert site.status() == 200
                database = embedded_postgres.django_database(state)
                where = ["--host", database["HOST"], "--port", database["PORT"], "--username", database["USER"]]
                dump = [embedded_postgres.program("pg_dump"), *where, "--format=custom", "--file", state / DUMP]
                subprocess.run([*dump, database["NAME"]], check=True)
            (state / "welcome.txt").write_text("\n".join(lines))
            (state / "port").write_text(str(site.port))
            stamp.write_text(made_of)
    return state


def add_pages(environment: dict[str, str]) -> None:
    """Add what tests of the browser look at to the site of this environment."""
    code = "from tests.browser_pages import create; create()"
    subprocess.run([sys.executable, "manage.py", "shell", "-v", "0", "-c", code], cwd=ROOT, env=environment, check=True)


def copy_state(state: Path, target: Path) -> None:
    """Copy a state directory that nobody uses into an empty one, with owners and modes."""
    subprocess.run(["cp", "-a", f"{state}/.", str(target)], check=True)
