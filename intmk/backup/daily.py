# ruff: noqa: S603 - our own command is called
"""The backup of every night: the clock starts it in a process of its own, so that it keeps nothing waiting."""

import logging
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from intmk.backup import encryption, making, offsite, rotation
from intmk.backup.archive import Archive, BackupError
from intmk.server import backup_files
from intmk.server.outages import FilesAwayError

HOUR = 2  # before orphans are sought; one missed is made up for once the site runs again
PAUSE = timedelta(hours=1)  # after an attempt in vain
ATTEMPT, RUNNING = "letzter-versuch.txt", "Die Sicherung läuft, oder sie wurde abgebrochen."
LEFT = timedelta(days=1)  # after which an unfinished file is one of a killed run

logger = logging.getLogger(__name__)
_running: list[subprocess.Popen[bytes]] = []


def tend_backups() -> None:
    """Start the daily backup when it is due; called each minute."""
    folder: Path | None = settings.BACKUP_DIR
    if _running and _running[0].poll() is not None:
        _running.clear()
    if folder is None or _running:
        return
    attempted, now = last_attempt(folder), timezone.localtime()
    step = "--daily" if is_due(backup_files.newest(folder, now), attempted, now) else ""
    if not step and offsite.is_behind(folder) and (attempted is None or abs(now - attempted) >= PAUSE):
        step = "--send"
    if step:
        note_backup(folder, RUNNING)
        command = [sys.executable, "manage.py", "backup", step]
        _running.append(subprocess.Popen(command, cwd=settings.ROOT, stdin=subprocess.DEVNULL))


def is_due(newest: datetime | None, attempted: datetime | None, now: datetime) -> bool:
    """Say whether a backup is due: none since the last time that it was 2 o'clock, nor an attempt just now."""
    due = now.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    if now < due:
        due -= timedelta(days=1)
    return (newest is None or newest < due) and (attempted is None or abs(now - attempted) >= PAUSE)


def last_attempt(folder: Path) -> datetime | None:
    """Return when a backup was begun that has not come to a good end, None when there is no such."""
    try:
        return datetime.fromtimestamp((folder / ATTEMPT).stat().st_mtime, tz=timezone.get_current_timezone())
    except OSError:
        return None


def note_backup(folder: Path, sentence: str) -> None:
    """Write down that a backup was begun, and what became of it; raise OSError when the folder takes nothing."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / ATTEMPT).write_text(f"{sentence}\n", encoding="utf-8")


def make_daily() -> making.Made:
    """Make today's backup, read it again as it lies on the disk, and remove those that rotation does not keep.

    Raises BackupError; what is wrong stands in the folder, too, for the dashboard.
    """
    folder: Path | None = settings.BACKUP_DIR
    if folder is None:
        raise BackupError(backup_files.NONE_KEPT)
    note_backup(folder, RUNNING)
    for partial in folder.glob(".intmk-*.partial"):
        if timezone.now().timestamp() - partial.stat().st_mtime > LEFT.total_seconds():
            partial.unlink()
    recipient = settings.BACKUP_RECIPIENT
    try:
        made = making.make_backup(folder / backup_files.backup_name(timezone.now(), bool(recipient)), recipient)
        read_again(made.path)
    except (BackupError, OSError, FilesAwayError) as error:
        note_backup(folder, str(error))
        raise
    found = backup_files.stored_backups(folder)
    for moment in set(found) - rotation.backups_to_keep(found):
        found[moment].unlink()
    if settings.BACKUP_BUCKET:
        send_daily()
    (folder / ATTEMPT).unlink(missing_ok=True)
    return made


def send_daily() -> str:
    """Send the newest backup of the folder to the bucket elsewhere, and return where it is; raise BackupError.

    What is wrong stands in the folder, too.
    """
    folder: Path | None = settings.BACKUP_DIR
    if folder is None:
        raise BackupError(backup_files.NONE_KEPT)
    note_backup(folder, RUNNING)
    try:
        sent = offsite.send_newest(folder)
    except (BackupError, OSError) as error:
        note_backup(folder, str(error))
        raise
    (folder / ATTEMPT).unlink(missing_ok=True)
    return sent


def read_again(path: Path) -> None:
    """Compare a file with its checksums; an encrypted one only its owner can read. One that is damaged goes."""
    if encryption.is_encrypted(path):
        return
    try:
        with path.open("rb") as file:
            Archive(file).unpack(lambda member: None)
    except BackupError:
        path.unlink()
        raise
