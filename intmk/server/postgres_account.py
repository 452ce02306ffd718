# ruff: noqa: S603 - the program that is called here is named here, not by input
"""The account that PostgreSQL's programs run as: our own or, since they refuse root, a helper of root's."""

import contextlib
import os
import pwd
import stat
import subprocess
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SYSTEM_USER = "intmk-postgres"


class EmbeddedPostgresError(Exception):
    """The server cannot be used; the message is one German line for the person at the terminal."""


@dataclass(frozen=True)
class Account:
    """An account for the server; ``switch`` says that we are root and have to change to it."""

    uid: int
    gid: int
    switch: bool

    def process_arguments(self) -> dict[str, Any]:
        """Return arguments of ``subprocess``: this account, a clean environment, nobody's terminal."""
        arguments: dict[str, Any] = {
            "stdin": subprocess.DEVNULL,
            "cwd": "/",  # ours may be closed to the account
            "env": {"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
            "start_new_session": True,
        }
        if self.switch:
            arguments |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        return arguments

    def own(self, path: Path) -> None:
        """Give a file or folder that we made to the account."""
        if self.switch:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def let_in(self, places: Iterable[Path], say: Callable[[str], None]) -> None:
        """Let the account reach these places: search permission on the folders above, nothing else."""
        if not self.switch:
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
    owner = data.stat().st_uid if data.exists() else None
    if os.geteuid() == 0:
        found = _helper_of_root() if owner in (None, 0) else pwd.getpwuid(data.stat().st_uid)
        account = Account(found.pw_uid, found.pw_gid, switch=True)
        if owner == 0:  # copied by root
            for path in [data, *data.rglob("*")]:
                account.own(path)
        return account
    if owner not in (None, os.geteuid()):
        raise EmbeddedPostgresError(
            f"Die Datenbank in {data} gehört einem anderen Konto (Nummer {owner}); bitte als dieses oder als "
            "root starten oder mit INTMK_VAR ein anderes Verzeichnis wählen."
        )
    return Account(os.geteuid(), os.getegid(), switch=False)


def _helper_of_root() -> pwd.struct_passwd:
    for _ in range(20):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(SYSTEM_USER)
        with contextlib.suppress(FileNotFoundError):
            subprocess.run(
                ["/usr/sbin/useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER],
                capture_output=True,
                check=False,
            )
        time.sleep(0.2)  # another useradd may hold the lock of the password file
    raise EmbeddedPostgresError(
        f"PostgreSQL läuft nicht als root, und das Konto {SYSTEM_USER} ließ sich nicht anlegen; bitte: "
        f"useradd --system --shell /usr/sbin/nologin {SYSTEM_USER}"
    )
