"""Helpers for tests that start and kill processes."""

import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path


def wait_until(condition: Callable[[], object], seconds: float = 20) -> None:
    """Return as soon as the condition holds; fail the test if it does not within the time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "vergeblich gewartet"
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    """Say whether the process still does something; a zombie does not."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return False


def processes_of(var_dir: Path) -> set[int]:
    """Return all processes that serve this state directory: supervisor, web server and database."""
    mark = b"INTMK_VAR=" + os.fsencode(var_dir)
    found = set()
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            environment = (place / "environ").read_bytes().split(b"\0")
            if mark in environment or str((place / "cwd").readlink()) == str(var_dir / "postgres"):
                found.add(int(place.name))
    return found


def clocks_of(var_dir: Path) -> list[int]:
    """Return the processes that run the command `clock` for this state directory."""
    found = []
    for pid in processes_of(var_dir):
        with contextlib.suppress(OSError):
            if b"\0clock\0" in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.append(pid)
    return found
