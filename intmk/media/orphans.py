"""Files that nobody owns: what a killed process or a browser closed in mid-upload left behind.

They are moved into quarantine first: a database that was restored, exchanged or emptied knows none of the files that
the next one needs. So nothing is moved unless media and database bear the same key, nor when many files would go. After
30 days in quarantine, in which nobody has missed them, they are deleted, if the keys are the same then.
"""

import contextlib
import logging
import stat
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management import CommandError, call_command
from django.utils import timezone
from wagtail.models import UploadedFile

from intmk.language.day import today
from intmk.media.documents.models import SiteDocument
from intmk.media.documents.parts import DocumentVersion
from intmk.media.images.models import SiteImage, SiteRendition
from intmk.media.quarantine import quarantine, stored_path
from intmk.media.storage import files_in_trash
from intmk.media.videos.models import SiteVideo
from intmk.server.media_place import bucket, shown_place
from intmk.server.site_identity import KEY_FILE, SiteIdentity, is_first_of, key_of_media

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
            f"Die Dateien in {shown_place()} tragen nicht die Kennung dieser Datenbank. Nichts wurde verschoben. "
            "Gehören beide zusammen: .venv/bin/python manage.py remove_orphans --adopt-media (siehe docs/betrieb.md)."
        )
    limit = timezone.now() - older_than
    uploads = list(UploadedFile.objects.exclude(file=""))
    named, files = named_files(), stored_files()
    forgotten = [upload for upload in uploads if is_forgotten(upload, files, limit)]
    orphans = [name for name, written in files.items() if name not in named and written < limit]
    if len(orphans) > max(FEW, SHARE * len(files)) and not even_many:
        raise NotMovedError(
            f"Von {len(files)} Dateien in {shown_place()} nennt die Datenbank {len(orphans)} nicht; das sind "
            "ungewöhnlich viele. Nichts wurde verschoben. Ist das richtig so: "
            ".venv/bin/python manage.py remove_orphans --even-many (siehe docs/betrieb.md)."
        )
    place = quarantine()
    back = place.bring_back(named)
    for upload in forgotten:
        upload.delete()
    storage = UploadedFile.file.field.storage
    orphans += [upload.file.name for upload in forgotten if storage.exists(upload.file.name)]
    if orphans:
        place.put(orphans)
    return sorted(orphans), back


def empty_quarantine() -> list[str]:
    """Delete what has lain in quarantine for 30 days and is still named by nobody; return the names of its folders.

    Raises NotMovedError when media and database do not belong together. What a restore has replaced lies there as well.
    A folder counts from the day in its name or from when it was put there, whichever is later: so a copy starts anew.
    """
    if not media_are_ours():
        raise NotMovedError("Die Quarantäne bleibt, wie sie ist: Dateien und Datenbank gehören nicht zusammen.")
    named, place = named_files(), quarantine()
    limit = timezone.now() - QUARANTINE
    gone = []
    for folder, kept in place.folders().items():
        is_over = folder[:10] < f"{timezone.localtime(limit).date()}" and kept.since < limit
        if is_over and named.isdisjoint(kept.names):
            place.drop(folder)
            gone.append(folder)
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
    if in_bucket := bucket():
        in_bucket.give_key(identity.key)
        return
    path = stored_path(KEY_FILE)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_text(f"{identity.key}\n")
    partial.replace(path)


def tend_orphans() -> None:
    """Remove orphans once a night; called each minute."""
    if timezone.localtime().hour >= NIGHT and is_first_of(today(), "orphans_sought"):
        try:
            call_command("remove_orphans")
        except CommandError as error:
            logger.error(str(error))


def named_files() -> set[str]:
    """Return the names of all files that the database names, also of what lies in the Papierkorb."""
    models = [model for owners in FOLDERS.values() for model in owners]
    named = {name for model in models for name in model.objects.exclude(file="").values_list("file", flat=True)}
    return named.union(*files_in_trash().values_list("files", flat=True))


def stored_files() -> dict[str, datetime]:
    """Return the names of all files of the library, in order, and when they were written."""
    if in_bucket := bucket():
        return in_bucket.files(FOLDERS)
    found = {}
    for path in (path for folder in FOLDERS for path in sorted(stored_path(folder).glob("*"))):
        with contextlib.suppress(FileNotFoundError):  # gone this very moment
            about = path.stat()
            if stat.S_ISREG(about.st_mode):
                found[f"{path.parent.name}/{path.name}"] = datetime.fromtimestamp(about.st_mtime, tz=UTC)
    return found


def is_forgotten(upload: UploadedFile, files: dict[str, datetime], limit: datetime) -> bool:
    """Say whether nobody will finish this upload: its file is gone or was written before `limit`.

    A picture or document waits longer: whoever has uploaded it may come back to give the details.
    """
    written = files.get(upload.file.name)
    return written is None or written < (limit - WAITS if upload.for_content_type_id else limit)
