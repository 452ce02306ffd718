"""How long a start takes until the first page is there: from nothing, and of a site that has been served before."""

import contextlib
import os
import time
import urllib.error
import urllib.request
from pathlib import Path
from tempfile import TemporaryDirectory

from intmk.benchmark.servers import HOST, free_port
from intmk.server.web_server import ServeError, process

PATIENCE = 600  # seconds
ELSEWHERE = ("DATABASE_URL", "DJANGO_SETTINGS_MODULE", "INTMK_ENV_FILE", "WEB_HOST", "WEB_WORKERS")


def start_figures() -> dict[str, float]:
    """Return `cold_start_s`, in an empty folder with the packages installed, and `warm_start_s`, once more there."""
    with TemporaryDirectory(prefix="intmk-start-") as folder:
        Path(folder).chmod(0o755)  # under root PostgreSQL runs as another account
        port = free_port()  # the same: at another one the address of the site would be written anew
        return {"cold_start_s": started(Path(folder), port), "warm_start_s": started(Path(folder), port)}


def started(var: Path, port: int) -> float:
    """Return the seconds until the first page is there; raise ServeError when it does not come."""
    inherited = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
    begin = time.monotonic()
    with process(["-m", "intmk.server.serve"], inherited | {"INTMK_VAR": str(var), "PORT": str(port)}) as site:
        while time.monotonic() - begin < PATIENCE and site.poll() is None:
            with contextlib.suppress(OSError, urllib.error.HTTPError):
                with urllib.request.urlopen(f"http://{HOST}:{port}/", timeout=PATIENCE) as answer:
                    answer.read()
                return time.monotonic() - begin
            time.sleep(0.02)
    raise ServeError("Die Website ist nicht gestartet.")
