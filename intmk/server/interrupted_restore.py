"""The second half of a restore: its files take their place once the database is the restored one.

A restore lays its files in a hidden folder among the media, then puts its database in the place of the old one, in one
transaction that also leaves a mark. That is the moment at which everything is new: whoever finds hidden files later
asks the database for their mark. It is there: the files take their place. It is not: the restore was ended before, and
they go. So a restore that is killed leaves the old site or the new one. Needs no Django: each start asks (`serve`).
"""

import filecmp
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from intmk.server import direct_connection

STAGED, REPLACED = ".restore-", ".replaced-"  # hidden, and so no part of what is copied or counted as media


def is_unfinished(media: Path) -> bool:
    """Say whether a restore is at work or was ended on the way."""
    return any(media.glob(f"{STAGED}*")) or any(media.glob(f"{REPLACED}*"))


def mark_statement(token: str) -> sql.Composed:
    """Return the statement that lets a restored database say which files are its own."""
    return sql.SQL("COMMENT ON TABLE public.intmk_siteidentity IS {}").format(sql.Literal(f"restored {token}"))


def is_marked(connection: psycopg.Connection, token: str) -> bool:
    """Say whether the database is the one that came with these files."""
    found = connection.execute(
        "SELECT obj_description(to_regclass('public.intmk_siteidentity'), 'pg_class')"
    ).fetchone()
    return found == (f"restored {token}",)


def finish(media: Path, quarantine: Path, database: Mapping[str, Any]) -> bool:
    """Bring a restore to its end, or clear away one that had not replaced anything; say whether there was one.

    Only to be called by who holds the lock of the site (`serve.only_one`). Raises psycopg.Error and OSError.
    """
    if not is_unfinished(media):
        return False
    with direct_connection.connect(database) as connection:
        for staged in media.glob(f"{STAGED}*"):
            token = staged.name.removeprefix(STAGED)
            if is_marked(connection, token):
                put_in_place(staged, media / f"{REPLACED}{token}")
            else:
                shutil.rmtree(staged)
    for replaced in media.glob(f"{REPLACED}*"):
        put_aside(replaced, media, quarantine)
    return True


def put_in_place(staged: Path, replaced: Path) -> None:
    """Let each folder of files that was restored take the place of the old one, which is moved; can be repeated."""
    replaced.mkdir(exist_ok=True)
    for new in sorted(staged.iterdir()):
        target = staged.parent / new.name
        if target.exists():
            target.rename(replaced / new.name)
        new.rename(target)
    staged.rmdir()


def put_aside(replaced: Path, media: Path, quarantine: Path) -> None:
    """Move what a restore has replaced into quarantine, but for what is the same in both; can be repeated."""
    folder = quarantine / f"{time.strftime('%Y-%m-%d')}-restore-{replaced.name.removeprefix(REPLACED)[:8]}"
    for old in sorted(path for path in replaced.rglob("*") if path.is_file()):
        name = old.relative_to(replaced)
        if (media / name).is_file() and filecmp.cmp(old, media / name, shallow=False):
            continue
        if len(name.parts) > 1:  # the key of the media is that of the database now
            quarantine.mkdir(mode=0o700, parents=True, exist_ok=True)
            (folder / name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.move(old, folder / name)
    shutil.rmtree(replaced)
