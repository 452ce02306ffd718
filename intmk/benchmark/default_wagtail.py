# ruff: noqa: S603 - the programs that are called here are named here, not by input
"""A Wagtail as `wagtail start` makes it, with one page type, in a temporary folder and a database of its own."""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from django.db import connection

from intmk.benchmark.servers import served

PROJECT = "vergleich"
FILES = Path(__file__).with_name("compared")
# bakerydemo keeps connections as well.
SETTINGS = """from .base import *
SECRET_KEY, ALLOWED_HOSTS = "nur zum Vergleich", ["localhost", "127.0.0.1"]
DATABASES = {"default": %r | {"ENGINE": "django.db.backends.postgresql", "CONN_MAX_AGE": 500}}
"""


@contextlib.contextmanager
def default_wagtail(folder: Path, pages: int) -> Iterator[tuple[str, int]]:
    """Serve it from `folder` while the block runs, with so many pages; yield its address and granian's pid."""
    with database_of_its_own() as database:
        place = folder / "wagtail"
        place.mkdir()
        call(folder, "-m", "wagtail.bin.wagtail", "start", PROJECT, str(place))
        (place / PROJECT / "settings" / "compared.py").write_text(SETTINGS % database)
        shutil.copy(FILES / "models.py-tpl", place / "home" / "models.py")
        shutil.copy(FILES / "home_page.html", place / "home" / "templates" / "home")
        environment = {"DJANGO_SETTINGS_MODULE": f"{PROJECT}.settings.compared", "PYTHONPATH": str(place)}
        for command in (
            ["makemigrations", "home"], ["migrate"], ["shell", "-c", f"from home.models import fill; fill({pages})"],
        ):  # fmt: skip
            call(folder, "-m", "django", *command, **environment)
        with served(environment, application=f"{PROJECT}.wsgi:application") as (site, pid):
            yield site, pid


def call(folder: Path, *arguments: str, **environment: str) -> None:
    """Run Python there; raise CalledProcessError if it fails, which then has said why."""
    subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=os.environ | environment, check=True, stdout=subprocess.DEVNULL
    )


@contextlib.contextmanager
def database_of_its_own() -> Iterator[dict[str, str]]:
    """Make a database beside ours while the block runs; yield Django's settings of it."""
    used = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD", "HOST", "PORT")}
    name = f"{connection.settings_dict['NAME']}_{PROJECT}"
    quoted = connection.ops.quote_name(name)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {quoted}")
        cursor.execute(f"CREATE DATABASE {quoted}")
        try:
            yield used | {"NAME": name}
        finally:
            cursor.execute(f"DROP DATABASE {quoted} WITH (FORCE)")
