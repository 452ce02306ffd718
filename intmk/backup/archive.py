"""The file of a backup: a plain tar archive of which every byte is known.

First comes the manifest (JSON), which names all other members in their order with size and SHA-256; last the checksum
of the manifest itself. Each header is made anew from what the manifest says and compared, padding has to be zero: so a
single changed byte is found, and a link, a path upwards or an extended header cannot be in there. Its length follows
from the manifest, so a file that lacks something or has more is refused before anything is unpacked.

Any `tar` reads it. Checksums tell of damage, not of malice: whoever can write a backup says what is in the site.
"""

import hashlib
import json
import os
import re
import tarfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

FORMAT = 1
KIND = "Sicherung der Website der Integrationsministerkonferenz"
MANIFEST, SEAL, DUMP = "manifest.json", "manifest.sha256", "database.dump"
MEDIA = "media/"
BLOCK, CHUNK = tarfile.BLOCKSIZE, 1024 * 1024
LONGEST_MANIFEST = 256 * 1024 * 1024
FILE_NAME = re.compile(r"media/[a-z_]+/[^/\x00-\x1f\x7f]{1,200}")


class BackupError(Exception):
    """It cannot be done, and nothing was changed; the message is one German line that says why."""


class Member(NamedTuple):
    """A file in the archive."""

    name: str
    size: int
    sha256: str
    modified: int

    @property
    def header(self) -> bytes:
        """Return the only header that it may have; a name too long for one stands in the manifest only."""
        long = len(self.name.encode()) > tarfile.LENGTH_NAME
        info = tarfile.TarInfo(MEDIA + hashlib.sha256(self.name.encode()).hexdigest() if long else self.name)
        info.size, info.mtime, info.mode = self.size, self.modified, 0o600
        return info.tobuf(tarfile.USTAR_FORMAT, "utf-8", "strict")

    @property
    def length(self) -> int:
        """Return how many bytes it takes in the archive."""
        return BLOCK + self.size + padding(self.size)


def padding(size: int) -> int:
    """Return how many zeros follow a content of this size."""
    return -size % BLOCK


def member_of(name: str, path: Path) -> Member:
    """Return what the archive will say of a file on the disk, which is read for it."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        found = os.fstat(file.fileno())
    return Member(name, found.st_size, digest, max(0, int(found.st_mtime)))


def write(target: BinaryIO, manifest: dict[str, Any], members: Iterable[tuple[Member, Path]]) -> None:
    """Write the archive; raise BackupError when a file is no longer as its member says."""
    contents = list(members)
    rows = [list(member) for member, _ in contents]
    facts = manifest | {"kind": KIND, "format": FORMAT, "members": rows}
    text = json.dumps(facts, ensure_ascii=False, indent=1).encode()
    seal = f"{hashlib.sha256(text).hexdigest()}\n".encode()
    moment = manifest["moment"]
    write_bytes(target, MANIFEST, text, moment)
    for member, path in contents:
        target.write(member.header)
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while piece := file.read(CHUNK):
                digest.update(piece)
                target.write(piece)
        if digest.hexdigest() != member.sha256:
            raise BackupError(f"Die Datei {member.name} hat sich während der Sicherung geändert; bitte noch einmal.")
        target.write(bytes(padding(member.size)))
    write_bytes(target, SEAL, seal, moment)
    target.write(bytes(2 * BLOCK))


def write_bytes(target: BinaryIO, name: str, content: bytes, moment: int) -> None:
    """Write a member that is in memory."""
    target.write(Member(name, len(content), "", moment).header + content + bytes(padding(len(content))))


class Archive:
    """A backup that is read: made from an open file, of which it takes the manifest at once.

    Raises BackupError for what is no backup, or none that is whole, or one of a later program.
    """

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        found = os.fstat(file.fileno()).st_size
        try:
            info = tarfile.TarInfo.frombuf(file.read(BLOCK), "utf-8", "strict")
        except (tarfile.HeaderError, ValueError):
            info = tarfile.TarInfo()
        if info.name != MANIFEST or not 0 < info.size <= min(found, LONGEST_MANIFEST):
            raise BackupError("Das ist keine Sicherung dieser Website, oder ihr Anfang ist beschädigt.")
        head = Member(MANIFEST, info.size, "", int(info.mtime))
        text = file.read(info.size)
        if len(text) < info.size:
            raise BackupError("Die Sicherung ist unvollständig: Sie endet mitten in ihrem Verzeichnis.")
        self.manifest = read_manifest(text)
        self.members = members_in(self.manifest)
        seal = f"{hashlib.sha256(text).hexdigest()}\n".encode()
        self.seal = Member(SEAL, len(seal), hashlib.sha256(seal).hexdigest(), head.modified)
        length = head.length + sum(each.length for each in (*self.members, self.seal)) + 2 * BLOCK
        if found < length:
            raise BackupError(f"Die Sicherung ist unvollständig: {found} Byte statt {length}.")
        file.seek(0)
        if found > length or file.read(BLOCK) != head.header:
            raise damaged_part("ihr Umfang oder ihr Anfang")
        file.seek(info.size, os.SEEK_CUR)
        self.expect_zeros(padding(info.size), MANIFEST)

    def unpack(self, place: Callable[[Member], Path | None]) -> None:
        """Read all that follows, and put each member where `place` says, if it does.

        Raises BackupError at the first byte that is not as it should be; what was unpacked until then remains.
        """
        for member in self.members:
            self.read_member(member, place(member))
        self.read_member(self.seal, None)
        self.expect_zeros(2 * BLOCK, "ihr Ende")

    def read_member(self, member: Member, target: Path | None) -> None:
        """Read one member, into a new file if there is a target."""
        if self.file.read(BLOCK) != member.header:
            raise damaged_part(f"der Kopf von {member.name}")
        digest, left = hashlib.sha256(), member.size
        with (target or Path(os.devnull)).open("xb" if target else "wb") as copy:
            while left:
                piece = self.file.read(min(CHUNK, left))
                if not piece:
                    raise BackupError(f"Die Sicherung ist unvollständig: Sie endet mitten in {member.name}.")
                digest.update(piece)
                copy.write(piece)
                left -= len(piece)
        if digest.hexdigest() != member.sha256:
            raise damaged_part(member.name)
        if target:
            os.utime(target, (member.modified, member.modified))
        self.expect_zeros(padding(member.size), member.name)

    def expect_zeros(self, number: int, name: str) -> None:
        """Read what fills a block up."""
        if self.file.read(number) != bytes(number):
            raise damaged_part(name)


def damaged_part(name: str) -> BackupError:
    """Return the error for a part that is not what the manifest says."""
    return BackupError(f"Die Sicherung ist beschädigt: {name} stimmt nicht mit der Prüfsumme überein.")


def read_manifest(text: bytes) -> dict[str, Any]:
    """Return the manifest; raise BackupError unless it is one that this program understands."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise damaged_part("ihr Verzeichnis") from None
    if not isinstance(found, dict) or found.get("kind") != KIND:
        raise BackupError("Das ist keine Sicherung dieser Website.")
    if found.get("format") != FORMAT:
        raise BackupError("Die Sicherung hat eine Form, die dieses Programm nicht kennt; bitte ein neueres nehmen.")
    return found


def members_in(manifest: dict[str, Any]) -> list[Member]:
    """Return the members that the manifest names; raise BackupError for names that no backup has."""
    try:
        members = [Member(str(name), int(size), str(sha), int(at)) for name, size, sha, at in manifest["members"]]
        headers = [member.header for member in members if member.size >= 0 and member.modified >= 0]
    except (KeyError, TypeError, ValueError):
        raise damaged_part("ihr Verzeichnis") from None
    names = [member.name for member in members]
    harmless = all(FILE_NAME.fullmatch(name) and not name.endswith(("/.", "/..")) for name in names[1:])
    if names[:1] != [DUMP] or not harmless or len(set(names)) != len(names) or len(headers) != len(names):
        raise BackupError("Das ist keine Sicherung dieser Website: Sie enthält Dateien, die nicht hineingehören.")
    return members
