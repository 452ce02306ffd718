"""Where files lie that nobody owns, until somebody has missed them or 30 days are over: beside the media."""

import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings

from intmk.language.day import today
from intmk.server.media_place import bucket
from intmk.server.media_settings import MEDIA, QUARANTINE

if TYPE_CHECKING:
    from intmk.server.media_bucket import MediaBucket


class Kept(NamedTuple):
    """What was put there in one night: the names, below the media, and when the last of them was."""

    names: set[str]
    since: datetime


class FolderQuarantine:
    """The folder QUARANTINE_ROOT."""

    def bring_back(self, wanted: set[str]) -> list[str]:
        """Move back what is among the `wanted` and not there; return the names."""
        back = sorted({name for name in self.names() if name in wanted and not stored_path(name).exists()})
        for name in back:
            move(max(Path(settings.QUARANTINE_ROOT).glob(f"*/{name}")), stored_path(name))
        return back

    def names(self) -> Iterator[str]:
        """Yield the names of all that lies there."""
        for path in Path(settings.QUARANTINE_ROOT).glob("*/*/*"):
            yield f"{path.parent.name}/{path.name}"

    def put(self, names: list[str]) -> None:
        """Move these files into a new folder of today."""
        Path(settings.QUARANTINE_ROOT).mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f"{today()}-", dir=settings.QUARANTINE_ROOT))
        for name in names:
            move(stored_path(name), folder / name)

    def folders(self) -> dict[str, Kept]:
        """Return what lies there, by the names of its folders."""
        return {
            folder.name: Kept(
                {f"{path.parent.name}/{path.name}" for path in folder.glob("*/*")},
                datetime.fromtimestamp(folder.stat().st_mtime, tz=UTC),
            )
            for folder in sorted(Path(settings.QUARANTINE_ROOT).glob("20??-??-??-*"))
        }

    def drop(self, folder: str) -> None:
        """Delete a folder with all that is in it."""
        shutil.rmtree(Path(settings.QUARANTINE_ROOT) / folder)


class BucketQuarantine:
    """The same in the bucket, where all machines of the site find it."""

    def __init__(self, storage: "MediaBucket") -> None:
        self.storage = storage

    def bring_back(self, wanted: set[str]) -> list[str]:
        """Do the same; of several of a name, the one that was put there last."""
        found = {name: folder for folder, kept in self.folders().items() for name in kept.names if name in wanted}
        back = sorted(name for name in found if not self.storage.exists(name))
        for name in back:
            self.storage.move(f"{QUARANTINE}{found[name]}/{name}", MEDIA + name)
        return back

    def put(self, names: list[str]) -> None:
        """Do the same."""
        folder = f"{today()}-{token_hex(4)}"
        for name in names:
            self.storage.move(MEDIA + name, f"{QUARANTINE}{folder}/{name}")

    def folders(self) -> dict[str, Kept]:
        """Do the same."""
        found: dict[str, Kept] = {}
        for key, about in self.storage.objects(QUARANTINE).items():
            folder, _, name = key.removeprefix(QUARANTINE).partition("/")
            names, since = found.get(folder, Kept(set(), about["LastModified"]))
            found[folder] = Kept({*names, name}, max(since, about["LastModified"]))
        return found

    def drop(self, folder: str) -> None:
        """Do the same."""
        for key in self.storage.objects(f"{QUARANTINE}{folder}/"):
            self.storage.drop(key)


def quarantine() -> FolderQuarantine | BucketQuarantine:
    """Return the one of this site."""
    found = bucket()
    return BucketQuarantine(found) if found else FolderQuarantine()


def stored_path(name: str) -> Path:
    """Return where in the folder the file of this name lies."""
    return Path(settings.MEDIA_ROOT) / name


def move(source: Path, target: Path) -> None:
    """Move a file, also to another file system, with its date."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(source, target)
