"""A site in production goes from one release to another while it serves, and stays with its own where that fails.

One site meets all of it, one after the other, and succeeds in the end: to start it and to try out a release are dear.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from intmk.server import direct_connection, embedded_postgres, release, upgrade
from tests.processes import wait_until
from tests.serving import copy_state, free_port, served_once

ROOT = Path(__file__).resolve().parents[1]
MIGRATION = """
from django.db import migrations, models
class Migration(migrations.Migration):
    dependencies = [("history", {after!r})]
    operations = [{operation}]
"""
NEW_FIELD = 'migrations.AddField("TimelinePage", "proof", models.CharField(max_length=9, default="neu"))'
FIELD_OF_MODEL = '\nTimelinePage.add_to_class("proof", models.CharField("Probe", max_length=9, default="neu"))\n'
LOST_FIELD = 'migrations.RunSQL("ALTER TABLE history_timelinepage DROP COLUMN introduction")'
COMPRESSED = "from whitenoise.storage import CompressedManifestStaticFilesStorage\n"
PLAIN = COMPRESSED.replace(
    "whitenoise.storage import ", "django.contrib.staticfiles.storage import ManifestStaticFilesStorage as "
)


def git(folder: Path, *arguments: str) -> str:
    who = ["-c", "user.name=Probe", "-c", "user.email=probe@example.org"]
    return subprocess.run(
        ["git", "-C", folder, *who, *arguments], check=True, capture_output=True, text=True
    ).stdout.strip()


def write_release(origin: Path, name: str) -> None:
    git(origin, "add", "--all")
    git(origin, "commit", "--quiet", "--message", name)
    git(origin, "tag", name)


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture(scope="module")
def origin(tmp_path_factory) -> Path:
    """The code as v1, which tries out fewer pages, and releases that change it and compress no static files."""
    folder = tmp_path_factory.mktemp("origin")
    git(folder, "init", "--quiet", "--initial-branch=main")
    files = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True
    ).stdout.splitlines()
    for name in files:
        if (ROOT / name).is_file() and not name.startswith((".venv", "docs/")):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    change(folder / "intmk" / "server" / "upgrade.py", "MOST_PAGES = 300", "MOST_PAGES = 20")
    write_release(folder, "v1")
    migrations = folder / "history" / "migrations"
    newest = max(path.stem for path in migrations.glob("0*.py"))
    for name, operation in (("v2", NEW_FIELD), ("lost", LOST_FIELD)):
        git(folder, "checkout", "--quiet", "v1")
        change(folder / "pyproject.toml", 'version = "', f'version = "{name}.')
        change(folder / "templates" / "base.html", "<head>", f'<head><meta name="release" content="{name}">')
        change(folder / "intmk" / "static_files.py", COMPRESSED, PLAIN)
        (migrations / "9000_proof.py").write_text(MIGRATION.format(after=newest, operation=operation))
        if name == "v2":
            with (folder / "history" / "models.py").open("a") as models:
                models.write(FIELD_OF_MODEL)
            change(folder / "styles" / "site.css", "@import", "/* v2 */\n@import")
        write_release(folder, name)
    for name, path, old, new in (
        (
            "broken-page",
            "templates/intmk/home_page.html",
            "{% block main %}",
            "{% block main %}{% include page.slug %}",
        ),
        (
            "broken-start",
            "intmk/server/serve.py",
            "    installation.enter()",
            "    raise ServeError('Zum Ausprobieren.')",
        ),
    ):
        git(folder, "checkout", "--quiet", "v2")
        change(folder / path, old, new)
        write_release(folder, name)
    git(folder, "checkout", "--quiet", "v2")
    change(folder / "pyproject.toml", 'version = "v2.', 'version = "v3.')
    change(folder / "templates" / "base.html", 'content="v2"', 'content="v3"')
    write_release(folder, "v3")
    git(folder, "checkout", "--quiet", "v2")
    return folder


@dataclass
class Production:
    """A site whose releases lie side by side, started over and over by its service."""

    folder: Path
    port: int
    log: Path
    unanswered: list[int] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)
    process: subprocess.Popen | None = None

    def environment(self) -> dict[str, str]:
        left_out = ("INTMK_VAR", "DATABASE_URL", "DJANGO_SETTINGS_MODULE")
        return {key: value for key, value in os.environ.items() if key not in left_out} | {"PORT": str(self.port)}

    def serve(self) -> None:
        """As systemd does, without its five seconds."""
        with self.log.open("ab") as log:
            while not self.ended.is_set():
                current = self.folder / "current"
                command = [str(current / ".venv/bin/python"), "-m", "intmk.server.serve"]
                self.process = subprocess.Popen(
                    command, cwd=current, env=self.environment(), stdout=log, stderr=log, start_new_session=True
                )
                self.process.wait()

    def watch(self) -> None:
        """Ask all the while, as readers do, and many at once while one release gives way to another."""
        giving_way = self.folder / "var" / release.NEXT
        while not self.ended.is_set():
            status, _ = release.site_says(self.port, "/konferenzen/")
            if status != 200:
                self.unanswered.append(status)
            time.sleep(0.02 if giving_way.exists() else 0.2)

    def upgrade(self, version: str) -> subprocess.CompletedProcess[str]:
        """Type `make upgrade` in the folder of the current release."""
        self.unanswered.clear()
        return subprocess.run(
            ["make", "upgrade", f"VERSION={version}"],
            cwd=(self.folder / "current").resolve(), env=self.environment(), capture_output=True, text=True,
        )  # fmt: skip

    @contextlib.contextmanager
    def upgrading(self, version: str) -> Iterator[subprocess.Popen[str]]:
        """Begin to upgrade, in a process group of its own."""
        command = ["make", "upgrade", f"VERSION={version}"]
        folder = (self.folder / "current").resolve()
        with subprocess.Popen(
            command, cwd=folder, env=self.environment(), stdout=subprocess.PIPE, text=True, start_new_session=True
        ) as process:
            yield process

    def restart(self, number: signal.Signals = signal.SIGTERM) -> None:
        """End the server; its service starts it again."""
        before = self.process
        before.send_signal(number)
        wait_until(lambda: self.process is not before and self.process.poll() is None, 60)

    def ready(self) -> str:
        return release.site_says(self.port, "/bereit/")[1]

    def current(self) -> str:
        return (self.folder / "current").resolve().name


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A folder of its own: each run of pytest closes its own to the account that PostgreSQL needs under root."""
    with tempfile.TemporaryDirectory(prefix="intmk-release-") as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def running(origin, place) -> Iterator[Production]:
    site = place / "site"
    (site / "releases").mkdir(parents=True)
    (site / "var").mkdir()
    git(site, "clone", "--quiet", "--branch", "v1", str(origin), "releases/v1")
    (site / "releases/v1/.venv").symlink_to(sys.prefix)
    (site / "releases/v1/var").symlink_to("../../var")
    (site / "current").symlink_to("releases/v1")
    copy_state(served_once(), site / "var")
    found = Production(site, free_port(), place / "log")
    threads = [threading.Thread(target=each, daemon=True) for each in (found.serve, found.watch)]
    try:
        for thread in threads:
            thread.start()
        wait_until(lambda: release.site_says(found.port, "/bereit/")[0] == 200, 120)
        yield found
    finally:
        found.ended.set()
        found.process.send_signal(signal.SIGTERM)
        for thread in threads:
            thread.join(60)


@pytest.fixture
def production(running) -> Production:
    """The site as the test before has left it, ready with one of its releases."""
    wait_until(lambda: running.ready().startswith("bereit"), 120)
    return running


def assert_stays(production: Production, version: str, reason: str) -> None:
    """Try to go to a release that fails for this reason: all is as before, and nobody has waited."""
    done = production.upgrade(version)
    assert done.returncode != 0
    assert reason in done.stderr, done.stderr + done.stdout + production.log.read_text()
    assert production.current() == "v1"
    wait_until(lambda: "Fassung 0.1.0" in production.ready(), 60)
    assert 'name="release"' not in release.site_says(production.port, "/konferenzen/")[1]
    assert len(production.unanswered) < 5  # of a question every 20 ms: those that met the end of the former server


def kill_while_upgrading(production: Production, version: str, line: str) -> None:
    """Kill the program that upgrades at this line, and the server right after it, as by a loss of power."""
    with production.upgrading(version) as process:
        for read in process.stdout:
            if read.startswith(line):
                break
        else:
            pytest.fail(f"„{line}“ kam nicht.")
        os.killpg(process.pid, signal.SIGKILL)
    production.restart(signal.SIGKILL)
    # Not the first answer: processes of the killed server give some, until they see that it is gone.
    name = {"v1": "Fassung 0.1.0", "v2": "Fassung v2."}[production.current()]
    wait_until(lambda: name in production.ready(), 120)


@pytest.mark.audit
@pytest.mark.parametrize(
    ("version", "reason"),
    [
        ("unknown", "git checkout: "),
        ("broken-page", "In der neuen Fassung antwortet / mit 500."),
        ("lost", "Die Fassung braucht eine Pause (history_timelinepage.introduction fällt weg)"),
    ],
)
def test_where_the_next_release_fails_the_site_stays_with_its_own(production, version, reason):
    assert_stays(production, version, reason)


@pytest.mark.audit
def test_a_copy_that_does_not_become_ready_is_no_release_to_go_to(var_dir, monkeypatch):
    copy_state(served_once(), var_dir)
    monkeypatch.setattr(release, "READY_SECONDS", 1)
    copy = {"INTMK_VAR": str(var_dir), "DATABASE_URL": "", "DJANGO_SETTINGS_MODULE": "intmk.settings.development"}
    with embedded_postgres.running(var_dir):
        with direct_connection.connect(embedded_postgres.django_database(var_dir)) as connection:
            connection.execute("DELETE FROM django_migrations WHERE app = 'history'")
        with pytest.raises(upgrade.UpgradeError, match=r"Die neue Fassung ist nicht bereit: Migrationen fehlen\."):
            upgrade.ask_all_pages(ROOT, copy)


@pytest.mark.audit
def test_who_is_killed_before_the_database_is_prepared_leaves_a_site_that_serves(production):
    kill_while_upgrading(production, "broken-start", "Die Datenbank wird vorbereitet")


@pytest.mark.audit
def test_where_the_next_release_does_not_start_the_former_one_is_back(production):
    assert_stays(production, "broken-start", "Die neue Fassung wurde nicht bereit")


@pytest.mark.audit
def test_who_is_killed_while_switching_leaves_a_site_that_serves(production):
    kill_while_upgrading(production, "v2", "Es wird umgeschaltet")


@pytest.mark.audit
def test_a_site_goes_to_the_next_release_and_answers_all_the_while(production):
    """After all of the above: what a failed upgrade has left hinders none that follows."""
    done = production.upgrade("v3")
    assert done.returncode == 0, done.stderr + done.stdout + production.log.read_text()
    assert production.current() == "v3"
    assert "Fassung v3." in production.ready()
    assert 'content="v3"' in release.site_says(production.port, "/konferenzen/")[1]
    assert done.stdout.index("Ausprobiert: ") < done.stdout.index("Die Datenbank wird vorbereitet")
    assert len(production.unanswered) < 5
    production.restart()
    wait_until(lambda: "Fassung v3." in production.ready(), 120)
