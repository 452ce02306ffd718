"""The second half of a restore into a bucket, as interrupted_restore is it for a folder.

A bucket knows no renaming, and nothing in it happens to several objects at once. So a restore first brings its files
below `restore-<token>/`, last of them their list; then its database takes its place, with a mark of that token. From
then on each file is copied to where it belongs, what is not on the list goes to quarantine, and the list is the last
that goes: all of it can be repeated, by the next start or by another machine, until nothing is left.
"""

import contextlib
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from intmk.server import direct_connection
from intmk.server.interrupted_restore import is_marked
from intmk.server.media_settings import KEY_FILE, MEDIA, QUARANTINE

if TYPE_CHECKING:
    from intmk.server.media_bucket import MediaBucket

STAGED, LIST = "restore-", ".list"
FORGOTTEN = timedelta(days=1)  # after which what was brought is that of a restore that was killed


def bring(bucket: "MediaBucket", staged: Path, token: str) -> None:
    """Send all files of a folder, and then their list; nothing of the site changes."""
    names = sorted(str(path.relative_to(staged)) for path in staged.rglob("*") if path.is_file())
    for name in names:
        with (staged / name).open("rb") as file:
            bucket.put(f"{STAGED}{token}/{name}", file, **bucket.get_object_parameters(name))
    bucket.put(f"{STAGED}{token}{LIST}", "\n".join(names).encode())


def finish_in_bucket(bucket: "MediaBucket", database: Mapping[str, Any], own: str = "") -> bool:
    """Bring restores to their end whose database is there, and clear away those that came to nothing.

    The files of another machine may still be on their way: they stay for a day, but for those of the token `own`.
    Says whether there was one that is finished now. Raises psycopg.Error and FilesAwayError.
    """
    found = bucket.objects(STAGED)
    tokens = {name.removeprefix(STAGED).partition("/")[0].removesuffix(LIST) for name in found}
    if not tokens:
        return False
    finished, limit = False, datetime.now(UTC) - FORGOTTEN
    with direct_connection.connect(database) as connection:
        marked = {token for token in tokens if is_marked(connection, token)}
    for token in sorted(tokens):
        brought = {name: each for name, each in found.items() if name.startswith(f"{STAGED}{token}")}
        if token in marked and f"{STAGED}{token}{LIST}" in brought:
            with contextlib.suppress(FileNotFoundError):  # another machine is at it
                copy_in_place(bucket, token)
            finished = True
        elif token == own or all(each["LastModified"] < limit for each in brought.values()):
            for name in brought:
                bucket.drop(name)
    return finished


def copy_in_place(bucket: "MediaBucket", token: str) -> None:
    """Let the files of a restore be those of the site; can be repeated, also after half of it."""
    prefix = f"{STAGED}{token}"
    names = set(bucket.text(f"{prefix}{LIST}").split("\n"))
    brought, present = bucket.objects(f"{prefix}/"), bucket.objects(MEDIA)
    folder = f"{QUARANTINE}{time.strftime('%Y-%m-%d')}-restore-{token[:8]}/"
    for key, about in present.items():
        name = key.removeprefix(MEDIA)
        new = brought.get(f"{prefix}/{name}")
        is_replaced = new["ETag"] != about["ETag"] if new else name not in names
        if is_replaced and name != KEY_FILE:
            bucket.copy(key, folder + name)
            if name not in names:
                bucket.drop(key)
    for key in brought:
        bucket.copy(key, MEDIA + key.removeprefix(f"{prefix}/"))
        bucket.drop(key)
    bucket.drop(f"{prefix}{LIST}")


def waits_in_bucket(bucket: "MediaBucket", database: Mapping[str, Any]) -> bool:
    """Say whether the database is that of a restore whose files are not yet in their place."""
    tokens = [name for name in bucket.objects(STAGED) if name.endswith(LIST)]
    if not tokens:
        return False
    with direct_connection.connect(database) as connection:
        return any(is_marked(connection, name.removeprefix(STAGED).removesuffix(LIST)) for name in tokens)
