"""Files that nobody owns: what a killed process or a browser closed in mid-upload left behind.

They are moved into quarantine first: a database that was restored, exchanged or emptied knows none of the files that
the next one needs. So nothing is moved unless media and database bear the same key, nor when many files would go. After
30 days in quarantine, in which nobody has missed them, they are deleted, if the keys are the same then.
"""

import logging
import shutil
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone
from wagtail.models import UploadedFile

from intmk.language.day import today
from intmk.media.documents.models import SiteDocument
from intmk.media.documents.parts import DocumentVersion
from intmk.media.images.models import SiteImage, SiteRendition
from intmk.media.storage import files_in_trash
from intmk.media.videos.models import SiteVideo
from intmk.server.site_identity import KEY_FILE, SiteIdentity, key_in

FOLDERS: dict[str, tuple[Any, ...]] = {
    "original_images": (SiteImage,),
    "images": (SiteRendition,),
    "documents": (SiteDocument, DocumentVersion),
    "videos": (SiteVideo,),
    "wagtail_uploads": (UploadedFile,),
}
QUARANTINE = timedelta(days=30)  # in which somebody may miss a file
FEW, SHARE = 5, 0.1  # so many are moved at any rate; beyond, at most this part of all files
NIGHT = 3  # o'clock, when the clock looks for them

logger = logging.getLogger(__name__)


class NotMovedError(Exception):
    """Nothing was moved; the message is one German line that says why."""


WAITS = timedelta(days=6)  # longer than other files


def remove_orphans(older_than: timedelta = timedelta(days=1), even_many: bool = False) -> tuple[list[str], list[str]]:
    """Move uploads that were never finished, and files without a row, to a folder of their own in QUARANTINE_ROOT.

    What lies there from earlier and is named by the database again comes back. Return the names, below MEDIA_ROOT, of
    what was moved and of what came back. Younger files stay: their row may be about to be written. Raises
    NotMovedError when media and database do not belong together, and, unless `even_many`, when much would go.
    """
    if not media_are_ours():
        raise NotMovedError(
            f"Die Dateien in {settings.MEDIA_ROOT} tragen nicht die Kennung dieser Datenbank. Nichts wurde verschoben. "
            "Gehören beide zusammen: .venv/bin/python manage.py remove_orphans --adopt-media (siehe docs/betrieb.md)."
        )
    limit = timezone.now() - older_than
    forgotten = [upload for upload in UploadedFile.objects.exclude(file="") if is_forgotten(upload, limit)]
    named, files = named_files(), stored_files()
    orphans = [name for name in files if name not in named and is_older(stored_path(name), limit)]
    if len(orphans) > max(FEW, SHARE * len(files)) and not even_many:
        raise NotMovedError(
            f"Von {len(files)} Dateien in {settings.MEDIA_ROOT} nennt die Datenbank {len(orphans)} nicht; das sind "
            "ungewöhnlich viele. Nichts wurde verschoben. Ist das richtig so: "
            ".venv/bin/python manage.py remove_orphans --even-many (siehe docs/betrieb.md)."
        )
    back = sorted({name for name in returning(named) if not stored_path(name).exists()})
    for name in back:
        move(max(Path(settings.QUARANTINE_ROOT).glob(f"*/{name}")), stored_path(name))
    for upload in forgotten:
        upload.delete()
    orphans += [upload.file.name for upload in forgotten if stored_path(upload.file.name).is_file()]
    if orphans:
        Path(settings.QUARANTINE_ROOT).mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f"{today()}-", dir=settings.QUARANTINE_ROOT))
        for name in orphans:
            move(stored_path(name), folder / name)
    return sorted(orphans), back


def empty_quarantine() -> list[str]:
    """Delete what has lain in quarantine for 30 days and is still named by nobody; return the names of its folders.

    Raises NotMovedError when media and database do not belong together. What a restore has replaced lies there as well.
    A folder counts from the day in its name or from when it was put there, whichever is later: so a copy starts anew.
    """
    if not media_are_ours():
        raise NotMovedError("Die Quarantäne bleibt, wie sie ist: Dateien und Datenbank gehören nicht zusammen.")
    named = named_files()
    limit = timezone.now() - QUARANTINE
    gone = []
    for folder in sorted(Path(settings.QUARANTINE_ROOT).glob("20??-??-??-*")):
        is_over = folder.name[:10] < f"{timezone.localtime(limit).date()}" and is_older(folder, limit)
        if is_over and named.isdisjoint(f"{path.parent.name}/{path.name}" for path in folder.glob("*/*")):
            shutil.rmtree(folder)
            gone.append(folder.name)
    return gone


def media_are_ours() -> bool:
    """Say whether the media bear the key of the database, after giving one to whatever has none yet.

    A database without one is a new site, or one of before there were keys: that the files it names are there proves
    that the media are its own. Later, media without a key get one only as long as no unknown file is among them.
    """
    identity = SiteIdentity.objects.first()
    key = key_of_media()
    if identity is None:
        named, files = named_files(), stored_files()
        proven = 2 * len(named & files.keys()) > len(named)
        identity = SiteIdentity.objects.create(pk=1, **({"key": key} if proven and key else {}))
        ours = proven or not files
    else:
        ours = key is None and stored_files().keys() <= named_files()
    if key is None and ours:
        adopt_media()
        return True
    return key == identity.key


def adopt_media() -> None:
    """Give the media the key of the database; for a person who knows that they belong together."""
    identity, _ = SiteIdentity.objects.get_or_create(pk=1)
    path = stored_path(KEY_FILE)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_text(f"{identity.key}\n")
    partial.replace(path)


def key_of_media() -> UUID | None:
    """Return the key that the media bear, None when they bear none or it cannot be read."""
    return key_in(Path(settings.MEDIA_ROOT))


def tend_orphans() -> None:
    """Remove orphans once a night; called each minute."""
    day = today()
    if timezone.localtime().hour < NIGHT:
        return
    if SiteIdentity.objects.filter(orphans_sought__lt=day).update(orphans_sought=day):
        try:
            call_command("remove_orphans")
        except CommandError as error:
            logger.error(str(error))


def named_files() -> set[str]:
    """Return the names of all files that the database names, also of what lies in the Papierkorb."""
    models = [model for owners in FOLDERS.values() for model in owners]
    named = {name for model in models for name in model.objects.exclude(file="").values_list("file", flat=True)}
    return named.union(*files_in_trash().values_list("files", flat=True))


def stored_files() -> dict[str, None]:
    """Return the names of all files below MEDIA_ROOT, in order."""
    paths = [path for folder in FOLDERS for path in sorted(stored_path(folder).glob("*"))]
    return {f"{path.parent.name}/{path.name}": None for path in paths if path.is_file()}


def stored_path(name: str) -> Path:
    """Return where the file of this name lies."""
    return Path(settings.MEDIA_ROOT) / name


def returning(named: set[str]) -> Iterator[str]:
    """Yield the names of what lies in quarantine and is named by the database."""
    for path in Path(settings.QUARANTINE_ROOT).glob("*/*/*"):
        name = f"{path.parent.name}/{path.name}"
        if name in named:
            yield name


def move(source: Path, target: Path) -> None:
    """Move a file, also to another file system, with its date."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(source, target)


def is_forgotten(upload: UploadedFile, limit: datetime) -> bool:
    """Say whether nobody will finish this upload: its file is gone or was written before `limit`.

    A picture or document waits longer: whoever has uploaded it may come back to give the details.
    """
    path = Path(upload.file.path)
    return not path.is_file() or is_older(path, limit - WAITS if upload.for_content_type_id else limit)


def is_older(path: Path, limit: datetime) -> bool:
    """Say whether `path` was last written before `limit`; what is gone meanwhile was not."""
    try:
        written = path.stat().st_mtime
    except FileNotFoundError:
        return False
    return datetime.fromtimestamp(written, tz=limit.tzinfo) < limit
