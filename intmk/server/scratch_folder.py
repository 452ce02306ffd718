"""A folder in which an embedded PostgreSQL works for a short time, and which nobody else uses meanwhile.

Whoever is killed there leaves a server behind; the next user ends it, and each start of the site does. Needs no Django.
"""

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from intmk.server import embedded_postgres


class InUseError(Exception):
    """Somebody works in the folder."""


@contextlib.contextmanager
def held(var: Path) -> Iterator[Path]:
    """Yield the folder, empty, and remove it in the end with the server in it; raise InUseError."""
    var.mkdir(parents=True, exist_ok=True)
    lock = embedded_postgres.open_lock(var / "scratch.lock")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        place = var / "scratch"
        remove_scratch_folder(place)
        place.mkdir(mode=0o711)  # under root PostgreSQL runs as another account
        try:
            yield place
        finally:
            remove_scratch_folder(place)
    except BlockingIOError as error:
        raise InUseError from error
    finally:
        os.close(lock)


def remove_scratch_folder(place: Path) -> None:
    """Remove the folder, and end a server that was left in it."""
    if place.exists():
        embedded_postgres.Server(place, lambda line: None).stop()
        shutil.rmtree(place)


def clear(var: Path) -> None:
    """Remove what somebody who was killed has left."""
    if (var / "scratch").exists():
        with contextlib.suppress(InUseError), held(var):
            pass
