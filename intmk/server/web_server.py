# ruff: noqa: S603 - the programs that are called here are named here, not by input
"""The web server granian, and what the machine knows about ports and processes."""

import contextlib
import errno
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ANSWER_SECONDS = 60
STOP_SECONDS = 5
LEFTOVER_SECONDS = 10
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
HEADER_SECONDS = 10  # silent connections take the places of others for so long
# Whoever is killed before the kernel knows that it shall tell us would leave us behind for ever.
ONLY_BELOW = '[ "$PPID" = "$0" ] && exec "$@"'
# Per worker, to send and to wait; Django has others (intmk/server/page_cache.py). More would wait for one another.
THREADS = 8


class ServeError(Exception):
    """The site cannot be served; the message is one German line for the person at the terminal."""


@contextlib.contextmanager
def process(
    arguments: list[str], environment: dict[str, str] | None, root: Path = ROOT
) -> Iterator[subprocess.Popen[bytes]]:
    """Run this project's Python while the block runs, then end it, after some seconds with all its children.

    With `root` it is the Python of the release in that folder. It leads a process group, so that Ctrl-C reaches only
    us, and the kernel ends it when we are killed.
    """
    setpriv = shutil.which("setpriv")  # of util-linux, which every Debian has; in Python it would take a preexec_fn
    command = [setpriv, "--pdeathsig=TERM", "sh", "-c", ONLY_BELOW, str(os.getpid())] if setpriv else []
    command += [sys.executable if root == ROOT else str(root / ".venv" / "bin" / "python"), *arguments]
    with contextlib.ExitStack() as held:
        with signals_put_off():  # one that comes before we know of the child would leave it behind
            started = subprocess.Popen(command, stdin=subprocess.DEVNULL, cwd=root, env=environment, process_group=0)
            held.callback(end_group, started)
        yield started


@contextlib.contextmanager
def signals_put_off() -> Iterator[None]:
    """Let the signals that end us do so after the block. Not by a mask: a child would inherit it."""
    if threading.current_thread() is not threading.main_thread():  # hears none
        yield
        return
    came: list[int] = []
    before = {number: signal.signal(number, lambda number, frame: came.append(number)) for number in ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for each in came:
            signal.raise_signal(each)


def end_group(leader: subprocess.Popen[bytes]) -> None:
    """End a process group, after some seconds by force."""
    leader.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        leader.wait(STOP_SECONDS)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader.pid, signal.SIGKILL)
    leader.wait()


def granian(
    host: str,
    port: int,
    workers: int,
    module: str = "intmk.server.workers",
    application: str = "intmk.wsgi:application",
) -> list[str]:
    """Return the arguments that start the web server; it looks after its workers itself.

    module: what runs it; `granian` where it is not to load the site before its workers do. Its warnings, all given at
    the start, are advice on its settings.
    """
    return [
        "-m", module, "--interface=wsgi", f"--host={host}", f"--port={port}", f"--workers={workers}",
        f"--blocking-threads={THREADS}", "--http=1", "--no-ws", f"--http1-header-read-timeout={HEADER_SECONDS * 1000}",
        "--respawn-failed-workers", f"--workers-kill-timeout={STOP_SECONDS - 2}", "--log-level=error",
        application,
    ]  # fmt: skip


def wait_for_answer(web: subprocess.Popen[bytes], host: str, port: int) -> None:
    """Return as soon as it answers, whatever it says; raise ServeError if it ends or stays silent."""
    deadline = time.monotonic() + ANSWER_SECONDS
    while time.monotonic() < deadline:
        if web.poll() is not None:
            raise ServeError("Der Webserver ist beim Start ausgefallen; der Grund steht darüber.")
        connection = http.client.HTTPConnection(host, port, timeout=ANSWER_SECONDS)
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/gesund/", headers={"Host": "localhost"})
            connection.getresponse()
            return
        time.sleep(0.05)
    raise ServeError(f"Der Webserver antwortet seit {ANSWER_SECONDS} Sekunden nicht.")


def wait_for_end(group: int) -> None:
    """Wait some seconds for the process group of an earlier web server, which the kernel has told to end."""
    deadline = time.monotonic() + LEFTOVER_SECONDS
    with contextlib.suppress(ProcessLookupError, PermissionError):
        while time.monotonic() < deadline:
            os.killpg(group, 0)
            time.sleep(0.05)


def end_child(pid: int) -> None:
    """End a process group that we have started before we became another program, as `process` does."""
    deadline = time.monotonic() + STOP_SECONDS
    with contextlib.suppress(ProcessLookupError, ChildProcessError):
        os.kill(pid, signal.SIGTERM)
        while os.waitpid(pid, os.WNOHANG) == (0, 0) and time.monotonic() < deadline:
            time.sleep(0.05)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def refuse_taken_port(host: str, port: int) -> None:
    """Raise ServeError if the port cannot be had; say who has it, as far as we may know."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise ServeError(f"Die Adresse {host} gibt es auf diesem Rechner nicht (WEB_HOST).") from error
            taken = error.errno == errno.EADDRINUSE
            reason = f"ist belegt{port_owner(port)}" if taken else "darf nur root öffnen"
            raise ServeError(f"Port {port} {reason}; einen anderen wählen: make run PORT=…") from error


def unused_port() -> int:
    """Return a port of this machine that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def port_owner(port: int) -> str:
    """Return `` von Prozess 12 (name)`` for who listens on the port, or nothing if it cannot be seen."""
    tables = [table.read_text() for table in Path("/proc/net").glob("tcp*")]
    rows = [line.split() for table in tables for line in table.splitlines()[1:]]
    sockets = {f"socket:[{row[9]}]" for row in rows if row[3] == "0A" and int(row[1].rsplit(":", 1)[1], 16) == port}
    for handle in Path("/proc").glob("[0-9]*/fd/*"):
        with contextlib.suppress(OSError):
            if str(handle.readlink()) in sockets:
                owner = handle.parents[1]
                return f" von Prozess {owner.name} ({(owner / 'comm').read_text().strip()})"
    return ""
