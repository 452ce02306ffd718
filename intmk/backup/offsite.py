"""A copy of each daily backup in a bucket elsewhere (INTMK_BACKUP_S3_BUCKET), which outlives the disks of this machine.

It is sent from the folder of daily backups once it is there and was read again, and kept by the same rotation. What is
missing there is made up for by the next minute, an hour after an attempt in vain.
"""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from intmk.backup import rotation
from intmk.backup.archive import BackupError
from intmk.server import backup_files
from intmk.server.outages import FilesAwayError

if TYPE_CHECKING:
    from intmk.server.media_bucket import MediaBucket

FORGOTTEN = timedelta(days=1)  # after which parts of a backup are those of a process that was killed
NONE_SET_UP = "Für Sicherungen ist kein Objektspeicher eingerichtet (INTMK_BACKUP_S3_BUCKET)."


def is_behind(folder: Path) -> bool:
    """Say whether the newest backup of the folder is still to be sent."""
    newest = backup_files.newest(folder, timezone.now())
    return bool(settings.BACKUP_BUCKET) and newest is not None and newest != backup_files.last_sent(folder)


def send_newest(folder: Path) -> str:
    """Send the newest backup of a folder, remove what rotation does not keep there, and return where it is.

    Raises BackupError.
    """
    bucket = bucket_of_backups()
    newest = backup_files.newest(folder, timezone.now())
    if newest is None:
        raise BackupError("Es gibt noch keine Sicherung.")
    path = backup_files.stored_backups(folder)[newest]
    try:
        bucket.send(path, path.name)
        stored = bucket.objects("intmk-")
        if stored[path.name]["Size"] != path.stat().st_size:
            raise BackupError(f"{path.name} ist im Objektspeicher nicht so groß wie hier.")
        (folder / backup_files.SENT).write_text(f"{path.name}\n", encoding="utf-8")
        there = {moment: name for name in stored if (moment := backup_files.moment_of(name))}
        for moment in set(there) - rotation.backups_to_keep(there):
            bucket.drop(there[moment])
        bucket.give_up_parts(timezone.now() - FORGOTTEN)
    except FilesAwayError as error:
        raise BackupError(f"Die Sicherung ist nicht im Objektspeicher: {error}") from error
    return f"s3://{bucket.bucket_name}/{path.name}"


def fetch_backup(target: Path) -> None:
    """Fetch the backup of that name into a new file; raise BackupError, also with the names of those that are there."""
    bucket = bucket_of_backups()
    if target.exists():
        raise BackupError(f"{target} gibt es schon; bitte einen anderen Ordner nehmen.")
    partial = target.with_name(f".{target.name}.partial")
    try:
        partial.touch(0o600)
        bucket.fetch(target.name, partial)
        partial.rename(target)
    except FileNotFoundError as error:
        there = ", ".join(name for name in bucket.objects("intmk-") if backup_files.moment_of(name))
        raise BackupError(f"{target.name} liegt nicht im Objektspeicher; dort liegen: {there or 'keine'}.") from error
    except FilesAwayError as error:
        raise BackupError(str(error)) from error
    finally:
        partial.unlink(missing_ok=True)


def bucket_of_backups() -> "MediaBucket":
    """Return the bucket; raise BackupError where there is none."""
    if not settings.BACKUP_BUCKET:
        raise BackupError(NONE_SET_UP)
    from intmk.server.media_bucket import MediaBucket  # boto3 takes a third of a second

    return MediaBucket(**settings.BACKUP_BUCKET)
