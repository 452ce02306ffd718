"""The folder of daily backups as everybody sees it: which files are backups, of when, and how old the newest is."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

NAME = re.compile(r"intmk-(\d{4}-\d{2}-\d{2}-\d{4})\.tar(\.age)?")
FORM = "%Y-%m-%d-%H%M"
SENT = "im-objektspeicher.txt"  # in the folder: the name of the newest backup that a bucket has, too
LATE = timedelta(hours=30)  # a night's backup, and some hours in which the machine may have been off
NONE_KEPT = "Tägliche Sicherungen sind nicht eingerichtet (INTMK_BACKUP_DIR)."


def backup_name(moment: datetime, encrypted: bool) -> str:
    """Return the name of the backup of this moment."""
    return f"intmk-{timezone.localtime(moment).strftime(FORM)}.tar{'.age' if encrypted else ''}"


def moment_of(name: str) -> datetime | None:
    """Return when the backup of this name was made, None for any other file."""
    found = NAME.fullmatch(name)
    try:
        return timezone.make_aware(datetime.strptime(found[1], FORM)) if found else None
    except ValueError:
        return None


def stored_backups(folder: Path) -> dict[datetime, Path]:
    """Return the backups in a folder by their moment, none when it cannot be read."""
    try:
        return {moment: path for path in folder.iterdir() if (moment := moment_of(path.name))}
    except OSError:
        return {}


def newest(folder: Path | None, now: datetime) -> datetime | None:
    """Return the moment of the newest backup, None when there is none; one of a time to come tells nothing."""
    return max((moment for moment in stored_backups(folder) if moment <= now), default=None) if folder else None


def last_sent(folder: Path) -> datetime | None:
    """Return the moment of the newest backup that lies in a bucket, too, None when there is none."""
    try:
        return moment_of((folder / SENT).read_text(encoding="utf-8").strip())
    except (OSError, ValueError):
        return None


def state(settings: Any, now: datetime) -> tuple[str, bool]:
    """Return a German sentence on the newest backup, "" where none are made or missed, and whether it is a worry."""
    folder: Path | None = settings.BACKUP_DIR
    if folder is None:
        return ("", False) if settings.DEMO_ACCOUNTS else (NONE_KEPT, True)
    last = newest(folder, now)
    if last is None:
        return "Es gibt noch keine Sicherung.", True
    hours = max(0, int((now - last).total_seconds() // 3600))
    ago = {0: "vor weniger als einer Stunde", 1: "vor 1 Stunde"}.get(hours, f"vor {hours} Stunden")
    if hours >= 72:
        ago = f"vor {hours // 24} Tagen"
    words = f"Letzte Sicherung: {day_and_hour(last)} ({ago})."
    if not settings.BACKUP_BUCKET:
        return words, now - last > LATE
    sent = last_sent(folder)
    there = f"Im Objektspeicher: vom {day_and_hour(sent)}." if sent else "Im Objektspeicher liegt noch keine."
    return f"{words} {there}", sent is None or now - min(last, sent) > LATE


def day_and_hour(moment: datetime) -> str:
    return f"{timezone.localtime(moment).strftime('%d.%m.%Y, %H:%M')} Uhr"
