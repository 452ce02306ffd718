"""Files of uploads and imports that a killed process has left in the folder for temporary files."""

import os
import shutil
import tempfile
import time
from pathlib import Path

# Django's larger uploads, and the folders in which an import unpacks.
PATTERNS = ("tmp*.upload*", "intmk-import-*")
KEPT = 24 * 3600  # seconds; no request lives that long


def remove_abandoned() -> None:
    """Hook of the clock: remove what is ours and older than a day; what is being written has a younger date."""
    limit, owner = time.time() - KEPT, os.geteuid()
    for pattern in PATTERNS:
        for path in Path(tempfile.gettempdir()).glob(pattern):
            try:
                found = path.lstat()
                if found.st_uid != owner or found.st_mtime > limit:
                    continue
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink()
            except FileNotFoundError:  # somebody else was quicker
                continue
