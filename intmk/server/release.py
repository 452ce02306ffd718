"""Which release of the site this code is, and how one takes the place of another.

A site in production has its releases side by side: ``releases/<name>/``, each with packages of its own, and
``current``, a link to the one that the service starts. The server itself gives way to another release: it becomes the
other one (``become``) and leaves its web server running. That one starts its own beside it, on the same port (granian
shares it, by SO_REUSEPORT), and as soon as it is ready it puts ``current`` to itself and ends the former one. This is
the one moment when anything changes for good; until then each start, after whatever end, is one of the former release.
"""

import contextlib
import http.client
import os
import re
import signal
import time
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parents[2]
CURRENT = "current"
NEXT = "next-release"  # in the folder of all state: the folder of the release that shall take over
CAME_FROM = "INTMK_CAME_FROM"  # the folder of the release that has just given way to this one
CAME_BACK = "INTMK_CAME_BACK"  # since when this release is back, because the other one failed
WEB_BEFORE = "INTMK_WEB_BEFORE"  # the web server that serves until this release does
SWITCH = signal.SIGUSR1
READY_SECONDS = 30
LOCAL = {"Host": "localhost"}


def release_name(folder: Path) -> str:
    """Return the name of the release in a folder: its version and, in a clone, the commit: ``1.2.0 (0a1b2c3)``."""
    version = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    commit = commit_of(folder / ".git")
    return f"{version} ({commit[:7]})" if commit else version


def highest_release(names: Iterable[str]) -> str:
    """Return the highest name of a release among those of Git, "" if none is one; a trial (``v1.2.0-rc1``) is not."""
    found = [name for name in names if re.fullmatch(r"v\d+\.\d+\.\d+", name, re.ASCII)]
    return max(found, key=lambda name: [int(number) for number in name[1:].split(".")], default="")


def commit_of(git: Path) -> str:
    """Return the commit that a clone has checked out, "" where there is no clone; needs no git on the machine."""
    with contextlib.suppress(OSError):
        head = (git / "HEAD").read_text().strip()
        if not head.startswith("ref: "):
            return head
        branch = head.removeprefix("ref: ")
        with contextlib.suppress(FileNotFoundError):
            return (git / branch).read_text().strip()
        for line in (git / "packed-refs").read_text().splitlines():
            if line.endswith(f" {branch}"):
                return line.split()[0]
    return ""


def own_name() -> str:
    """Return the name of this release; once it is back, another one: its former web server still serves then."""
    back = os.environ.get(CAME_BACK)
    return f"{release_name(ROOT)}, zurück seit {back}" if back else release_name(ROOT)


NAME = own_name()


def become(folder: Path, **environment: str) -> NoReturn:
    """Go on as the server of the release in `folder`, in this very process; raise OSError if there is none."""
    signal.signal(SWITCH, signal.SIG_IGN)  # one that comes before the other hears would end it
    os.chdir(folder)
    kept = {name: value for name, value in os.environ.items() if name not in (CAME_FROM, CAME_BACK, WEB_BEFORE)}
    python = str(folder / ".venv" / "bin" / "python")
    os.execve(python, [python, "-m", "intmk.server.serve"], kept | environment)  # noqa: S606 - the path is ours


def come_back(folder: Path, web_before: str) -> NoReturn:
    """Go on as the release in `folder` again; raise OSError if that cannot be."""
    become(folder, **{WEB_BEFORE: web_before, CAME_BACK: time.strftime("%d.%m.%Y, %H:%M:%S")})


def site_says(port: int, path: str, headers: Mapping[str, str] = LOCAL, seconds: float = 30) -> tuple[int, str]:
    """Return status and text of what the site on this machine answers; 0 where it does not."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException):
        connection.request("GET", path, headers=dict(headers))
        response = connection.getresponse()
        return response.status, response.read().decode(errors="replace")
    return 0, ""


def wait_until_ready(port: int, name: str) -> str:
    """Return "" as soon as this release says that it is ready, else after some time what hinders it.

    Each connection may reach it or the one that it takes over from.
    """
    reason = "keine Antwort"
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        status, text = site_says(port, "/bereit/")
        if status == 200 and f"Fassung {name}\n" in text:
            return ""
        if status not in (0, 200):
            reason = text.strip()
        time.sleep(0.05)
    return reason


def make_current() -> None:
    """Let the service start this release from now on, where releases lie side by side; raise OSError."""
    link = ROOT.parent.parent / CURRENT
    partial = link.with_name(f"{CURRENT}.partial")
    partial.unlink(missing_ok=True)
    partial.symlink_to(os.path.relpath(ROOT, link.parent))
    partial.replace(link)
