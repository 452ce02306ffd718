# ruff: noqa: S603 - the programs that are called here are named here, not by input
"""The files of a PostgreSQL cluster: made whole or not at all, and checked before a server touches them."""

import contextlib
import errno
import os
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from intmk.server.postgres_account import Account, EmbeddedPostgresError

FREE_SPACE_NEEDED = 200 * 1024**2
LEFTOVER_SECONDS = 10
REASONS = {
    errno.ENOSPC: "der Speicherplatz ist erschöpft",
    errno.EDQUOT: "das Speicherkontingent ist erschöpft",
    errno.EACCES: "die Rechte reichen nicht aus",
    errno.EPERM: "die Rechte reichen nicht aus",
    errno.EROFS: "das Dateisystem ist nur lesbar",
    errno.ENOENT: "ein Teil des Pfades fehlt",
    errno.ENOTDIR: "ein Teil des Pfades ist kein Verzeichnis",
    errno.EEXIST: "ein Teil des Pfades ist kein Verzeichnis",
}


def create_cluster(data: Path, initdb: Path, superuser: str, account: Account) -> None:
    """Create a cluster in ``data``, by way of a sibling that is renamed: an interruption leaves no half one.

    Raises EmbeddedPostgresError if there is too little space or ``initdb`` fails.
    """
    for leftover in data.parent.glob(f"{data.name}.new-*"):
        remove_leftover(leftover)
    free = shutil.disk_usage(data.parent).free
    if free < FREE_SPACE_NEEDED:
        raise EmbeddedPostgresError(
            f"Für die Datenbank sind in {data.parent} nur {free // 1024**2} MB frei; "
            f"gebraucht werden {FREE_SPACE_NEEDED // 1024**2} MB."
        )
    new = Path(tempfile.mkdtemp(prefix=f"{data.name}.new-", dir=data.parent))
    try:
        account.own(new)
        # The text search decides by LC_CTYPE what a letter is: under C, quotation marks would be letters.
        options = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8"]
        options += ["--encoding=UTF8", "--data-checksums", "--auth=trust", f"--username={superuser}"]
        result = subprocess.run(
            [str(initdb), *options, "-D", str(new)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            **account.process_arguments(),
        )
        if result.returncode != 0:
            raise EmbeddedPostgresError(f"Die Datenbank lässt sich nicht anlegen: {decisive_line(result.stdout)}")
        new.rename(data)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def remove_leftover(folder: Path) -> None:
    """Remove what a killed start left; again while its ``initdb``, which outlives it a moment, writes there."""
    deadline = time.monotonic() + LEFTOVER_SECONDS
    shutil.rmtree(folder, ignore_errors=True)
    while folder.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
        shutil.rmtree(folder, ignore_errors=True)


def major_version(initdb: Path, account: Account) -> str:
    """Return the major version of the programs; raise EmbeddedPostgresError if the account cannot run them."""
    try:
        output = subprocess.run(
            [str(initdb), "--version"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            check=True,
            **account.process_arguments(),
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise EmbeddedPostgresError(
            f"{initdb} lässt sich nicht ausführen; bitte .venv löschen und „make run“ erneut aufrufen."
        ) from error
    return output.split()[-1].split(".")[0]


def check_version(data: Path, ours: str) -> None:
    """Raise EmbeddedPostgresError if another major version than ours made the cluster."""
    theirs = (data / "PG_VERSION").read_text().strip()
    if theirs != ours:
        raise EmbeddedPostgresError(
            f"Die Datenbank in {data} stammt von PostgreSQL {theirs}, hier läuft {ours}; bitte mit dem "
            "früheren Stand des Projekts sichern (pg_dump) und hier wiederherstellen (pg_restore)."
        )


def make_private(folder: Path, account: Account) -> None:
    """Make the socket's folder; raise EmbeddedPostgresError if it is not the account's alone."""
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        account.own(folder)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != account.uid or found.st_mode & 0o077:
        raise EmbeddedPostgresError(f"{folder} gehört einem anderen Konto oder steht anderen offen; bitte löschen.")


def kill_orphans(data: Path) -> None:
    """End processes of an earlier server of this folder, also of one that was deleted meanwhile.

    Only for a cluster without a postmaster: what its children would still do is lost to it anyway.
    """
    places = {str(data), f"{data} (deleted)"}
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            program = (process / "exe").readlink().name.removesuffix(" (deleted)")
            if program == "postgres" and str((process / "cwd").readlink()) in places:
                os.kill(int(process.name), signal.SIGKILL)


def decisive_line(text: str) -> str:
    """Return the line of a program's output or log that tells why it ended."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if any("No space left on device" in line for line in lines):
        return REASONS[errno.ENOSPC]
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
