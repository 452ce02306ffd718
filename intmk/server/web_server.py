# ruff: noqa: S603 - the programs that are called here are named here, not by input
"""The web server granian as a child process, and what the machine knows about ports and processes."""

import contextlib
import ctypes
import errno
import functools
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ANSWER_SECONDS = 60
STOP_SECONDS = 5
HEADER_SECONDS = 10  # silent connections take the places of others for so long
THREADS = 4  # per worker; granian's default of several hundred only makes them wait for one another
PR_SET_PDEATHSIG = 1
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
libc = ctypes.CDLL(None)


class WebServerError(Exception):
    """The web server cannot run; the message is one German line for the person at the terminal."""


def start_process(arguments: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start a process of this project's Python that ends by itself when we are killed.

    It leads a process group of its own: Ctrl-C reaches only us, and we can end it with all its children.
    """
    return subprocess.Popen(
        [sys.executable, *arguments],
        stdin=subprocess.DEVNULL,
        cwd=ROOT,
        env=environment,
        process_group=0,
        preexec_fn=functools.partial(_end_with_parent, os.getpid()),
    )


def _end_with_parent(parent: int) -> None:
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # killed before we could ask for the signal
        os._exit(1)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Let the signals that end us wait while a process is started and its number is noted.

    Python swallows the exception that such a signal raises when it comes within a fork: we would never end.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)


def end_group(process: subprocess.Popen[bytes], seconds: float = STOP_SECONDS) -> None:
    """End a process of ``start_process``: politely first, after ``seconds`` its whole group for certain."""
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def end_leftovers(group: int, var_dir: Path) -> None:
    """End what an earlier web server left in its process group, if it is certain that it was ours.

    The number of a group may belong to others by now; ours carry our state directory in their environment.
    """
    deadline = time.monotonic() + STOP_SECONDS
    killed: set[int] = set()
    while time.monotonic() < deadline:
        leftovers = set(members(group, var_dir)) - killed
        for pid in leftovers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        killed |= leftovers
        # Also for those that others ended: such a one is no longer known as ours, but may hold the port for a moment.
        if not any(has_open_files(pid) for pid in killed | dying(group)):
            return
        time.sleep(0.05)


def has_open_files(pid: int) -> bool:
    """Say whether a process may still hold a port: as long as one of its threads is there, also after the first one."""
    for stat in Path(f"/proc/{pid}/task").glob("*/stat"):
        with contextlib.suppress(OSError):
            if stat.read_text().rsplit(")", 1)[1].split()[0] not in "ZX":
                return True
    return False


def members(group: int, var_dir: Path) -> list[int]:
    """Return the pids in a process group that were started for this state directory."""
    mark = b"INTMK_VAR=" + os.fsencode(var_dir)
    return [pid for pid, environment in environments(group) if mark in environment.split(b"\0")]


def dying(group: int) -> set[int]:
    """Return the pids in a process group that have lost their memory, and with it their environment, but are there."""
    return {pid for pid, environment in environments(group) if not environment}


def environments(group: int) -> Iterator[tuple[int, bytes]]:
    """Yield pid and environment of each process in a group that we may look at."""
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # ended meanwhile, or not ours to look at
            if os.getpgid(pid := int(place.name)) == group:
                yield pid, (place / "environ").read_bytes()


class WebServer:
    """Granian on one port."""

    def __init__(self, host: str, port: int, workers: int, environment: dict[str, str]) -> None:
        self.host = host
        self.port = port
        self.workers = workers
        self.environment = environment
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> int:
        """Start it and return the number of its process group."""
        arguments = ["-m", "granian", "--interface=wsgi", f"--host={self.host}", f"--port={self.port}"]
        arguments += [f"--workers={self.workers}", f"--blocking-threads={THREADS}", "--http=1", "--no-ws"]
        arguments += [f"--http1-header-read-timeout={HEADER_SECONDS * 1000}"]
        arguments += ["--respawn-failed-workers", f"--workers-kill-timeout={STOP_SECONDS - 2}"]
        arguments += ["--log-level=warning", "intmk.wsgi:application"]
        with undisturbed():
            self.process = start_process(arguments, self.environment)
        return self.process.pid

    def is_alive(self) -> bool:
        """Say whether granian's main process is there; it looks after its workers itself."""
        return self.process is not None and self.process.poll() is None

    def wait_for_answer(self) -> None:
        """Return as soon as it answers, whatever it says; raise WebServerError if it ends or stays silent."""
        deadline = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < deadline:
            if not self.is_alive():
                raise WebServerError("Der Webserver ist beim Start ausgefallen; der Grund steht darüber.")
            connection = http.client.HTTPConnection(self.host, self.port, timeout=ANSWER_SECONDS)
            with contextlib.suppress(OSError, http.client.HTTPException):
                connection.request("GET", "/gesund/", headers={"Host": "localhost"})
                connection.getresponse()
                return
            time.sleep(0.05)
        raise WebServerError(f"Der Webserver antwortet seit {ANSWER_SECONDS} Sekunden nicht.")

    def stop(self) -> None:
        """End it with its workers, also what is left of it after it was killed."""
        if self.process is not None:
            end_group(self.process)
            self.process = None


def refuse_taken_port(host: str, port: int) -> None:
    """Raise WebServerError if the port cannot be had; say who has it, as far as we may know."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                reason = f"Port {port} ist belegt{port_owner(port)}"
            elif error.errno == errno.EACCES:
                reason = f"Port {port} darf nur root öffnen"
            else:
                raise WebServerError(f"Die Adresse {host} gibt es auf diesem Rechner nicht (WEB_HOST).") from error
            raise WebServerError(f"{reason}; einen anderen wählen: make run PORT=…") from error


def port_owner(port: int) -> str:
    """Return `` von Prozess 12 (name)`` for who listens on the port, or nothing if it cannot be seen."""
    sockets = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(OSError):
            for line in Path(table).read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == "0A" and int(fields[1].rsplit(":", 1)[1], 16) == port:
                    sockets.add(f"socket:[{fields[9]}]")
    for handle in Path("/proc").glob("[0-9]*/fd/*"):
        with contextlib.suppress(OSError):
            if str(handle.readlink()) in sockets:
                process = handle.parents[1]
                return f" von Prozess {process.name} ({(process / 'comm').read_text().strip()})"
    return ""
