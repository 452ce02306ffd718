# ruff: noqa: S603 - the program that is called here is named here, not by input
"""Backups that only the holder of a key can read: by `age`, a program that Debian has and that does nothing else.

The site knows the public key only, so that whoever takes a machine over cannot read its former backups.
"""

import contextlib
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import IO, BinaryIO, cast

from intmk.backup.archive import BackupError

HEAD = b"age-encryption.org/v1"
RECIPIENT = re.compile(r"age1[a-z0-9]{50,4000}|ssh-(ed25519|rsa) \S+.*")
MISSING = "Zum Verschlüsseln fehlt das Programm age; bitte installieren: sudo apt-get install age"


def age_program() -> str:
    """Return the path of the program; raise BackupError when it is not installed."""
    found = shutil.which("age")
    if found is None:
        raise BackupError(MISSING)
    return found


@contextlib.contextmanager
def encrypted(target: IO[bytes], recipient: str) -> Iterator[BinaryIO]:
    """Yield what to write to, so that it arrives in `target` encrypted for the recipient; as it is without one."""
    if not recipient:
        yield cast(BinaryIO, target)
        return
    if not RECIPIENT.fullmatch(recipient):
        raise BackupError("Das ist kein öffentlicher Schlüssel für age: Er beginnt mit „age1“ oder „ssh-“.")
    command = [age_program(), "--encrypt", "--recipient", recipient]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=target, stderr=subprocess.PIPE)
    pipe, errors = cast(BinaryIO, process.stdin), cast(BinaryIO, process.stderr)
    try:
        with contextlib.suppress(BrokenPipeError):
            yield pipe
        with contextlib.suppress(BrokenPipeError):
            pipe.close()
        reason = errors.read().decode(errors="replace").strip().partition("\n")[0]
        if process.wait() != 0:
            raise BackupError(f"Das Verschlüsseln ist gescheitert: {reason}")
    finally:
        process.kill()
        process.wait()


def is_encrypted(path: Path) -> bool:
    """Say whether a file was encrypted by age."""
    with path.open("rb") as file:
        return file.read(len(HEAD)) == HEAD


def decrypt(path: Path, identity: Path | None, target: Path) -> None:
    """Write what an encrypted file holds; raise BackupError without the right key."""
    if identity is None:
        raise BackupError("Die Sicherung ist verschlüsselt; die Datei mit dem Schlüssel angeben: --identity DATEI")
    command = [age_program(), "--decrypt", "--identity", str(identity), "--output", str(target), str(path)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        reason = done.stderr.strip().partition("\n")[0]
        raise BackupError(f"Die Sicherung lässt sich nicht entschlüsseln: {reason}")
