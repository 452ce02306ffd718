"""Whether database and static files are those of this code: what lets a second start skip all set-up.

The database itself carries its mark, as a comment on Django's table of migrations: it goes with the data into
a dump, and with a dropped or exchanged database it is gone. The static files' mark lies beside them in ``var``; those
of several releases stand in one folder, since their names contain their hashes, and each release has its own list.
"""

import hashlib
import os
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from django.utils.encoding import punycode
from psycopg import sql

ROOT = Path(__file__).resolve().parents[2]
DATABASE_SOURCES = ("intmk", "conferences", "history", "requirements/run.txt")
# Templates, since a page of theirs is kept beside the static files (intmk/management/commands/prepare.py).
STATIC_SOURCES = (
    "static", "styles", "templates", "intmk/settings", "intmk/font.py", "intmk/static_files.py",
    "intmk/base/template_loader.py", "requirements/run.txt",
)  # fmt: skip
REASON_GIVEN = 3  # exit code of the command "prepare" that has told in one line why it failed


def fingerprint(sources: tuple[str, ...]) -> str:
    """Return a hash of these files and folders of the project: their names and their contents."""
    found = hashlib.sha256()
    for source in sources:
        top = ROOT / source
        for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
            if path.is_file() and "__pycache__" not in path.parts:
                found.update(bytes(path.relative_to(ROOT)) + b"\0")
                found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


def base_url() -> str:
    """Return the public address of the site without a slash at its end; it is stored in the database too."""
    given = os.environ.get("INTMK_BASE_URL") or f"http://localhost:{os.environ.get('PORT') or 8000}"
    return given.rstrip("/")


def host_names() -> list[str]:
    """Return the names of this server, its address's first, as browsers send them: "länder.example" in Punycode."""
    further = os.environ.get("INTMK_HOSTS", "").split(",")
    names = [host.strip() for host in [urlsplit(base_url()).hostname or "", *further]]
    return [".".join(map(punycode, name.split("."))) for name in names if name]


def host_and_port(url: str) -> tuple[str, int]:
    """Return what Wagtail stores of the address of a site."""
    address = urlsplit(url)
    default = 443 if address.scheme == "https" else 80
    return address.hostname or "localhost", address.port or default


def mark(migrations: int) -> str:
    """Return what a database carries that was prepared from this code, for this address."""
    return f"{fingerprint(DATABASE_SOURCES)} {migrations} {base_url()}"


def database_is_current(connection: psycopg.Connection) -> bool:
    """Say whether migrations and initial content of this very code are in the database, and the site's address."""
    # An empty Wagtail has no site: somebody ran "flush".
    tables = connection.execute("SELECT to_regclass('django_migrations'), to_regclass('wagtailcore_site')")
    if None in (tables.fetchone() or (None,)):
        return False
    found = connection.execute(
        "SELECT obj_description('django_migrations'::regclass, 'pg_class'), count(*),"
        " EXISTS (SELECT FROM wagtailcore_site) FROM django_migrations"
    ).fetchone()
    return found is not None and found[0] == mark(found[1]) and found[2]


def record_database(connection: psycopg.Connection) -> None:
    """Mark the database as prepared from this code; the number of migrations reveals one undone by hand."""
    row = connection.execute("SELECT count(*) FROM django_migrations").fetchone()
    comment = sql.Literal(mark(row[0] if row else 0))
    connection.execute(sql.SQL("COMMENT ON TABLE django_migrations IS {}").format(comment))


def static_files_list() -> str:
    """Return the name of the list of this code's static files, so that two releases may serve from one folder."""
    return f"staticfiles-{fingerprint(STATIC_SOURCES)[:12]}.json"


def static_files_are_current(var_dir: Path) -> bool:
    """Say whether the static files in ``var_dir`` are there that were collected from this very code."""
    stamp, name = var_dir / "static.stamp", static_files_list()
    return stamp.exists() and name in stamp.read_text().split() and (var_dir / "static" / name).exists()


def record_static_files(var_dir: Path) -> None:
    """Mark the static files as collected from this code; what is marked of other releases stays."""
    stamp, name = var_dir / "static.stamp", static_files_list()
    before = stamp.read_text().split() if stamp.exists() else []
    stamp.write_text("".join(f"{each}\n" for each in [*(each for each in before if each != name), name]))
