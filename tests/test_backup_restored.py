"""A site comes back from one file: made under load, on another machine, on another PostgreSQL, or killed on the way."""

import contextlib
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.debian_postgres import OLDEST, debian_postgres
from tests.processes import processes_of
from tests.serving import ROOT, Site, copy_state, free_port, served_once

pytestmark = pytest.mark.audit

TOKEN = re.compile(rb'(?<=name="token" value=")[^"]+')
HASH = re.compile(rb"(?<=/static/)([^\"?]+)\.[0-9a-f]{12}\.")
# What an office does while a backup is made: papers come, and some go; a page says at once which is the newest.
WRITER = """
from itertools import count
from django.core.files.base import ContentFile
from django.db import transaction
from wagtail.models import Page
from intmk.media.documents.models import SiteDocument
from tests.pdf_files import text_pdf
page = Page.objects.get(slug="kontakt").specific
for number in count():
    paper = SiteDocument(title=f"Papier {number}", file=ContentFile(text_pdf(f"{number}"), name="p.pdf"))
    with transaction.atomic():
        paper.save()
        if number % 2:
            SiteDocument.objects.get(title=f"Papier {number - 1}").delete()
        page.search_description = f"Das neueste ist Papier {number}."
        page.save_revision().publish()
    print(number, flush=True)
"""
PUBLISHED = re.compile(rb'(?s)<p class="stand".*?</p>|"dateModified": ?"[^"]+"')
NEWEST = re.compile(rb"Das neueste ist Papier (\d+)\.")
PAPERS = """
import json
from intmk.media.documents.models import SiteDocument
print(json.dumps(list(SiteDocument.objects.values_list("title", flat=True))))
"""
STATE = """
import json
from pathlib import Path
from django.conf import settings
from django.db import connection
from intmk.media.documents.models import SiteDocument
from intmk.media.orphans import key_of_media, media_are_ours, named_files, stored_files
from intmk.server import interrupted_restore
interrupted_restore.finish(settings.MEDIA_ROOT, settings.QUARANTINE_ROOT, connection.settings_dict)
assert media_are_ours()
print(json.dumps({
    "papers": sorted(SiteDocument.objects.values_list("title", flat=True)),
    "missing": sorted(named_files() - stored_files().keys()),
    "files": sorted(stored_files()),
    "left": [path.name for path in Path(settings.MEDIA_ROOT).glob(".*")],
}))
"""


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Where all sites of this module and their backups lie; under root PostgreSQL runs as another account."""
    with tempfile.TemporaryDirectory(prefix="intmk-backup-") as name:
        path = Path(name).resolve()
        path.chmod(0o755)
        yield path
        for var in path.iterdir():
            for pid in processes_of(var):
                with contextlib.suppress(ProcessLookupError):  # it has ended meanwhile
                    os.kill(pid, signal.SIGKILL)


def environment_of(var: Path, port: int, **further: str) -> dict[str, str]:
    left_out = ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")
    inherited = {name: value for name, value in os.environ.items() if name not in left_out}
    return inherited | {"INTMK_VAR": str(var), "PORT": str(port)} | further


def manage(environment: dict[str, str], *arguments: object) -> str:
    """Run a command of the project; fail with what it says unless it succeeds."""
    command = [sys.executable, "manage.py", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def state(environment: dict[str, str]) -> dict[str, list[str]]:
    """What is in a site that nobody serves, after what its next start would do first."""
    return json.loads(manage(environment, "shell", "-v", "0", "-c", STATE))


def manifest(backup: Path) -> dict:
    with backup.open("rb") as file:
        file.read(512)
        return json.JSONDecoder().raw_decode(file.read(20_000_000).decode(errors="replace"))[0]


class Pages(NamedTuple):
    """All public pages by their address, and the number of the paper that one of them says is the newest."""

    by_address: dict[str, bytes]
    newest_paper: int


def pages(port: int) -> Pages:
    """Read the pages without what each machine makes itself: hashes of static files, signatures."""
    root = f"http://localhost:{port}"
    listed = urllib.request.urlopen(f"{root}/sitemap.xml").read().decode()
    addresses = sorted(set(re.findall(r"<loc>([^<]+)</loc>", listed)))
    assert len(addresses) > 90
    read = {address: urllib.request.urlopen(address).read() for address in addresses}
    ((newest,),) = {tuple(NEWEST.findall(page)[:1]) for page in read.values() if NEWEST.search(page)}
    same = {address: TOKEN.sub(b"", HASH.sub(rb"\1.", page)) for address, page in read.items()}
    for address, page in read.items():
        if NEWEST.search(page):  # it also says when that was
            same[address] = NEWEST.sub(b"", PUBLISHED.sub(b"", same[address]))
    return Pages(same, int(newest))


class Saved(NamedTuple):
    """Backups of a site that was in use, what its pages said afterwards, how many papers it had before, its port."""

    backups: list[Path]
    pages: Pages
    papers_before: int
    port: int


@pytest.fixture(scope="module")
def saved(folder) -> Saved:
    """Make three backups while papers come and go and pages are published."""
    var, port = folder / "source", free_port()
    var.mkdir()
    var.chmod(0o755)
    copy_state(served_once(), var)
    environment = environment_of(var, port)
    backups = [folder / f"{number}.tar" for number in range(3)]
    with Site(var, port) as site:
        site.wait_for_welcome()
        before = len(state_of_papers(environment))
        writing = subprocess.Popen(
            [sys.executable, "manage.py", "shell", "-v", "0", "-c", WRITER],
            cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            for backup in backups:
                for _ in range(5):
                    assert writing.stdout.readline(), "Es schreibt niemand mehr."
                manage(environment, "backup", backup)
        finally:
            writing.kill()
            writing.wait()
        return Saved(backups, pages(port), before, port)


def state_of_papers(environment: dict[str, str]) -> list[str]:
    """The titles of all documents of a site that is served."""
    return json.loads(manage(environment, "shell", "-v", "0", "-c", PAPERS))


def restored(saved: Saved, backup: Path, var: Path, *options: str, **place: str) -> Path:
    """Restore a backup made under load and compare checksums, counts and pages with it; return one of the result.

    Its pages are those of the source, but for the one that says which paper is the newest: that fits to the very
    papers that the manifest counts, since both were written in one transaction.
    """
    if not var.exists():
        var.mkdir()
        var.chmod(0o755)
    environment = environment_of(var, saved.port, **place)
    manage(environment, "restore", backup, *options)
    again = var.parent / f"{var.name}-{backup.name}"
    manage(environment, "backup", again)
    wanted, found = manifest(backup), manifest(again)
    assert of_the_site(found["tables"]) == of_the_site(wanted["tables"])
    assert found["members"][1:] == wanted["members"][1:]  # all files, by size and checksum
    assert (found["counts"], found["missing"]) == (wanted["counts"], [])
    for name in ("static", "static.stamp"):  # of the code; that a first start collects them asks test_serve
        subprocess.run(["cp", "-a", saved.backups[0].parent / "source" / name, var], check=True)
    with Site(var, saved.port, **place) as site:
        site.wait_for_welcome()
        read = pages(saved.port)
    assert read.by_address.keys() == saved.pages.by_address.keys()
    assert [each for each, page in read.by_address.items() if page != saved.pages.by_address[each]] == []
    assert wanted["counts"]["Dokumente"] == saved.papers_before + read.newest_paper // 2 + 1
    print(f"{backup.name} → {var.name}: {len(wanted['tables'])} Tabellen, {len(wanted['members']) - 1} Dateien, "
          f"{len(read.by_address)} Seiten, Papier {read.newest_paper}")  # fmt: skip
    return again


def of_the_site(tables: dict[str, list]) -> dict[str, list]:
    """Without those who were signed in: they are not after a restore."""
    return {name: row for name, row in tables.items() if name != "django_session"}


def test_backups_of_a_site_in_use_are_each_of_one_moment(saved, folder):
    papers = [manifest(backup)["counts"]["Dokumente"] for backup in saved.backups]
    assert papers == sorted(papers)
    assert papers[0] < papers[2]
    place = folder / "verify"
    place.mkdir()
    place.chmod(0o755)
    for backup in saved.backups:
        assert manifest(backup)["missing"] == []
        assert "ist in Ordnung" in manage(environment_of(place, saved.port), "backup", "--verify", backup)


def test_on_an_empty_machine_and_in_place_of_another_state_the_site_is_back_with_the_same_pages(saved, folder):
    restored(saved, saved.backups[0], folder / "new machine")
    restored(saved, saved.backups[2], folder / "new machine", "--replace")


@pytest.fixture
def oldest_postgres(folder) -> Iterator[str]:
    """The address of an empty database on the PostgreSQL of this Debian."""
    place = folder / "postgres-older"
    place.mkdir()
    with debian_postgres(place, "-h", ""):
        yield f"postgres://site@{str(place).replace('/', '%2F')}/site"


def test_from_18_to_an_older_one_and_back_every_row_file_and_page_is_the_same(saved, folder, oldest_postgres):
    older = restored(saved, saved.backups[2], folder / "on the older", DATABASE_URL=oldest_postgres)
    back = restored(saved, older, folder / "on 18")
    versions = [manifest(each)["postgres"] for each in (saved.backups[2], older, back)]
    assert versions == [18, int(OLDEST.parent.name), 18]


def test_a_restore_that_is_killed_leaves_the_old_site_or_the_new_one(saved, folder):
    backups, port = saved.backups, saved.port
    var = folder / "killed"
    var.mkdir()
    var.chmod(0o755)
    environment = environment_of(var, port)
    possible = []
    for backup in (backups[0], backups[2]):
        begun = time.monotonic()
        manage(environment, "restore", backup, "--replace")
        took = time.monotonic() - begun
        possible.append(state(environment))
    assert possible[0] != possible[1]
    assert possible[0]["missing"] == possible[0]["left"] == []
    moments = random.Random(15)
    for part in (0.5, 0.8, 0.95):
        current = state(environment)
        other = backups[0] if current == possible[1] else backups[2]
        process = subprocess.Popen(
            [sys.executable, "manage.py", "restore", str(other), "--replace"],
            cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(took * (part + moments.uniform(-0.05, 0.05)))
        process.kill()
        process.wait()
        assert state(environment) in possible
