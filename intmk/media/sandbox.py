"""Runs a program of ours on a file from outside, in a process that can neither hang nor fill the machine.

This file is also that process: it sets the limits, then becomes the program. It imports no Django, starts in under a
tenth of a second, gets the file on its standard input and no environment (no passwords). Whatever it writes is to be
checked as if a stranger had sent it.
"""

import logging
import os
import resource
import runpy
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

MEMORY = 512 * 1024 * 1024  # bytes of addresses, of which a document itself takes up to 50 MB

logger = logging.getLogger(__name__)


def command(program: str, seconds: float, most: int, *arguments: str) -> list[str]:
    """Return how to start `program`, the path of a Python file, so that it writes at most `most` bytes."""
    return [sys.executable, "-I", __file__, program, str(seconds), str(most), *arguments]


def output_of(program: str, content: Any, seconds: float, most: int, *arguments: str) -> bytes:
    """Return what `program` wrote about the file `content` within `seconds`; what it wrote before it was ended counts.

    Never raises for the content of a file. The position in `content` is put back to its start.
    """
    with opened_again(content) as source, tempfile.TemporaryFile() as out:
        try:
            subprocess.run(  # noqa: S603
                command(program, seconds, most, *arguments),
                stdin=source,
                stdout=out,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env={name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ},
                timeout=seconds + 1,
                check=False,
            )
        except subprocess.TimeoutExpired:  # the process is gone by then
            pass
        except OSError:
            logger.exception("Eine Datei ließ sich nicht lesen.")
        out.seek(0)
        return out.read(most)


@contextmanager
def opened_again(content: Any) -> Iterator[IO[bytes]]:
    """Open the file by its own path, else a copy: the other process moves the position in what it is given."""
    content.seek(0)
    if hasattr(content, "temporary_file_path"):
        with Path(content.temporary_file_path()).open("rb") as file:
            yield file
        return
    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(content, copy)
        content.seek(0)
        copy.seek(0)
        yield copy


def limit_this_process(seconds: float, most: int) -> None:
    """Let the system end this process when it takes more time or memory than it may, also without its parent."""
    for limit, value in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, int(seconds) + 1),
        (resource.RLIMIT_FSIZE, most),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))
    # Ends the process in the middle of a call into a library, too: Python leaves this signal to the system.
    signal.setitimer(signal.ITIMER_REAL, seconds)


if __name__ == "__main__":
    path, seconds_given, most_given, *rest = sys.argv[1:]
    limit_this_process(float(seconds_given), int(most_given))
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    sys.argv = [path, *rest]
    runpy.run_path(path, run_name="__main__")
