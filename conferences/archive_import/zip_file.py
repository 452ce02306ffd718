"""An upload as a folder: a table alone, or a ZIP unpacked with limits.

Names in a ZIP are in UTF-8 where it says so. Else Macs write UTF-8, too, and Windows the letters of DOS or its own.
"""

import lzma
import re
import shutil
import struct
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import IO, Any

from intmk.base.table_files import UnreadableFileError
from intmk.language.charsets import UnknownCharsetError, decoded

MOST_FILES = 2_000
MOST_BYTES = 500 * 1024 * 1024  # unpacked, all together
ENCRYPTED, SAYS_UTF_8 = 0x1, 0x800  # bits of the general purpose flag
UNICODE_NAME = 0x7075  # the extra field in which WinZip keeps it
LONGEST_NAME = 255  # bytes
WORKBOOK = "xl/workbook.xml"


@contextmanager
def opened_folder(file: Any, name: str) -> Iterator[Path]:
    """Yield a folder with the table and what came beside it; it is gone afterwards. Raises UnreadableFileError."""
    with tempfile.TemporaryDirectory(prefix="intmk-import-") as created:
        folder = Path(created)
        file.seek(0)
        if name.lower().endswith(".zip") and not is_workbook(file):
            yield unzipped(file, folder)
            return
        ending = PurePosixPath(name).suffix.lower().replace(".zip", ".xlsx")
        with (folder / f"beschluesse{ending}").open("wb") as table:
            shutil.copyfileobj(file, table)
        yield folder


def is_workbook(file: Any) -> bool:
    """Say whether it is an Excel file, which some browsers and mail programs call a ZIP."""
    try:
        with zipfile.ZipFile(file) as archive:
            return WORKBOOK in archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return False
    finally:
        file.seek(0)


def unzipped(file: Any, folder: Path) -> Path:
    """Unpack into `folder` and return where the table lies: there, or in a folder that is the only thing there."""
    try:
        with zipfile.ZipFile(file) as archive:
            named = [entry for entry in archive.infolist() if entry.filename]
            entries = [entry for entry in named if not entry.is_dir() and not is_litter(entry.filename)]
            check_entries(entries)
            left = MOST_BYTES
            for entry in entries:
                target = folder / name_in_zip(entry)
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(entry) as source, target.open("xb") as out:
                    left -= copied(source, out, left)
    except (
        zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, NotImplementedError,
        RuntimeError,
    ) as error:  # fmt: skip
        raise UnreadableFileError("Das ZIP ist beschädigt und lässt sich nicht auspacken.") from error
    while len(inside := list(folder.iterdir())) == 1 and inside[0].is_dir():
        folder = inside[0]
    return folder


def is_litter(name: str) -> bool:
    """Say whether it is what systems add to every archive, or what is hidden."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return "__MACOSX" in parts or parts[-1].startswith((".", "~$")) or parts[-1].lower() in ("thumbs.db", "desktop.ini")


def name_in_zip(entry: zipfile.ZipInfo) -> str:
    """Return the name of a file as it was where it was packed, in NFC; some programs of Windows part it by "\\"."""
    name = unicode_name(entry.extra) or entry.filename
    if name == entry.filename and not entry.flag_bits & SAYS_UTF_8 and not name.isascii():
        written = name.encode("cp437")  # as zipfile has read it
        try:
            name = written.decode("utf-8")
        except UnicodeDecodeError:
            with suppress(UnknownCharsetError):
                name = decoded(written)
    return unicodedata.normalize("NFC", name.replace("\\", "/"))


def unicode_name(extra: bytes) -> str:
    """Return the name that stands beside one of a set that does not have its letters, "" without one."""
    while len(extra) > 4:
        kind, length = struct.unpack("<HH", extra[:4])
        if kind == UNICODE_NAME:  # a version and a checksum come before it
            return extra[9 : 4 + length].decode("utf-8", "ignore")
        extra = extra[4 + length :]
    return ""


def check_entries(entries: list[zipfile.ZipInfo]) -> None:
    """Raise UnreadableFileError for an archive that is encrypted, too full, or reaches out of its folder."""
    if len(entries) > MOST_FILES:
        raise UnreadableFileError(f"Im ZIP sind mehr als {MOST_FILES} Dateien. Bitte teilen.")
    if any(entry.flag_bits & ENCRYPTED for entry in entries):
        raise UnreadableFileError("Das ZIP ist mit einem Kennwort geschützt. Bitte ohne Kennwort packen.")
    if sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise UnreadableFileError("Das ZIP ist ausgepackt größer als 500 MB. Bitte teilen.")
    for entry in entries:
        name = name_in_zip(entry)
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or re.match("[A-Za-z]:", name) or "\0" in name:
            raise UnreadableFileError(f"Im ZIP führt ein Pfad aus dem Ordner hinaus: „{name[:80]}“.")
        if any(len(part.encode()) > LONGEST_NAME for part in path.parts):
            raise UnreadableFileError(f"Im ZIP ist ein Name zu lang: „{name[:80]}…“. Bitte kürzen und neu packen.")
    if len({name_in_zip(entry).casefold() for entry in entries}) < len(entries):
        raise UnreadableFileError("Im ZIP steht ein Name zweimal.")


def copied(source: IO[bytes], out: IO[bytes], most: int) -> int:
    """Copy and return the number of bytes; raise UnreadableFileError above `most`, whatever the head claims."""
    done = 0
    while piece := source.read(1024 * 1024):
        done += len(piece)
        if done > most:
            raise UnreadableFileError("Das ZIP ist ausgepackt größer als 500 MB. Bitte teilen.")
        out.write(piece)
    return done
