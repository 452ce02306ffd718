"""An upload as a folder: a table alone, or a ZIP unpacked with limits."""

import lzma
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any

from intmk.base.tables import UnreadableFileError

MOST_FILES = 2_000
MOST_BYTES = 500 * 1024 * 1024  # unpacked, all together
ENCRYPTED = 0x1  # bit of the general purpose flag


@contextmanager
def opened_folder(file: Any, name: str) -> Iterator[Path]:
    """Yield a folder with the table and what came beside it; it is gone afterwards. Raises UnreadableFileError."""
    with tempfile.TemporaryDirectory(prefix="intmk-import-") as created:
        folder = Path(created)
        file.seek(0)
        if name.lower().endswith(".zip"):
            yield unzipped(file, folder)
            return
        with (folder / f"beschluesse{PurePosixPath(name).suffix.lower()}").open("wb") as table:
            shutil.copyfileobj(file, table)
        yield folder


def unzipped(file: Any, folder: Path) -> Path:
    """Unpack into `folder` and return where the table lies: there, or in the only folder of the archive."""
    try:
        with zipfile.ZipFile(file) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir() and not is_litter(entry.filename)]
            check_entries(entries)
            left = MOST_BYTES
            for entry in entries:
                target = folder / entry.filename
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(entry) as source, target.open("xb") as out:
                    left -= copied(source, out, left)
    except (
        zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, NotImplementedError,
        RuntimeError,
    ) as error:  # fmt: skip
        raise UnreadableFileError("Das ZIP ist beschädigt und lässt sich nicht auspacken.") from error
    inside = list(folder.iterdir())
    return inside[0] if len(inside) == 1 and inside[0].is_dir() else folder


def is_litter(name: str) -> bool:
    """Say whether it is what a Mac adds to every archive."""
    return name.startswith("__MACOSX/") or PurePosixPath(name).name in (".DS_Store", "Thumbs.db")


def check_entries(entries: list[zipfile.ZipInfo]) -> None:
    """Raise UnreadableFileError for an archive that is encrypted, too full, or reaches out of its folder."""
    if len(entries) > MOST_FILES:
        raise UnreadableFileError(f"Im ZIP sind mehr als {MOST_FILES} Dateien. Bitte teilen.")
    if any(entry.flag_bits & ENCRYPTED for entry in entries):
        raise UnreadableFileError("Das ZIP ist mit einem Kennwort geschützt. Bitte ohne Kennwort packen.")
    if sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise UnreadableFileError("Das ZIP ist ausgepackt größer als 500 MB. Bitte teilen.")
    for entry in entries:
        path = PurePosixPath(entry.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in entry.filename:
            raise UnreadableFileError(f"Im ZIP führt ein Pfad aus dem Ordner hinaus: „{entry.filename[:80]}“.")
    if len({entry.filename.lower() for entry in entries}) < len(entries):
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
