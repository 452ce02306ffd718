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

import pytest

from tests.debian_postgres import OLDEST, debian_postgres
from tests.processes import processes_of
from tests.serving import ROOT, Site, copy_state, free_port, served_once

pytestmark = pytest.mark.audit

TOKEN = re.compile(rb'(?<=name="token" value=")[^"]+')
HASH = re.compile(rb"(?<=/static/)([^\"?]+)\.[0-9a-f]{12}\.")
# What an office does while a backup is made: papers come, and every other one goes.
WRITER = """
from itertools import count
from django.core.files.base import ContentFile
from intmk.media.documents.models import SiteDocument
from tests.pdf_files import text_pdf
for number in count():
    paper = SiteDocument.objects.create(title=f"Papier {number}", file=ContentFile(text_pdf(f"{number}"), name="p.pdf"))
    if number % 2:
        paper.delete()
    print(number, flush=True)
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


def pages(port: int) -> dict[str, bytes]:
    """All public pages by their address, without what each machine makes itself: hashes of static files, signatures."""
    root = f"http://localhost:{port}"
    listed = urllib.request.urlopen(f"{root}/sitemap.xml").read().decode()
    addresses = sorted(set(re.findall(r"<loc>([^<]+)</loc>", listed)))
    assert len(addresses) > 90
    read = {address: urllib.request.urlopen(address).read() for address in addresses}
    return {address: TOKEN.sub(b"", HASH.sub(rb"\1.", page)) for address, page in read.items()}


@pytest.fixture(scope="module")
def saved(folder) -> tuple[list[Path], dict[str, bytes], int]:
    """Three backups of a site that is used meanwhile, its pages at the last one, and its port."""
    var, port = folder / "source", free_port()
    var.mkdir()
    var.chmod(0o755)
    copy_state(served_once(), var)
    environment = environment_of(var, port)
    backups = [folder / f"{number}.tar" for number in range(3)]
    with Site(var, port) as site:
        site.wait_for_welcome()
        writing = subprocess.Popen(
            [sys.executable, "manage.py", "shell", "-v", "0", "-c", WRITER],
            cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        for backup in backups:
            for _ in range(10):
                writing.stdout.readline()
            manage(environment, "backup", backup)
        writing.kill()
        writing.wait()
        backups.append(folder / "quiet.tar")
        manage(environment, "backup", backups[-1])
        return backups, pages(port), port


def test_backups_of_a_site_in_use_are_each_of_one_moment(saved, folder):
    backups, _, port = saved
    papers = [manifest(backup)["counts"]["Dokumente"] for backup in backups]
    assert papers == sorted(papers)
    assert papers[0] < papers[2]
    place = folder / "verify"
    place.mkdir()
    place.chmod(0o755)
    for backup in backups[:3]:
        assert manifest(backup)["missing"] == []
        assert "ist in Ordnung" in manage(environment_of(place, port), "backup", "--verify", backup)


def test_on_an_empty_machine_the_site_is_back_with_the_same_pages(saved, folder):
    backups, wanted, port = saved
    var = folder / "new machine"
    var.mkdir()
    var.chmod(0o755)
    manage(environment_of(var, port), "restore", backups[-1])
    for name in ("static", "static.stamp"):  # of the code; that a first start collects them asks test_serve
        subprocess.run(["cp", "-a", folder / "source" / name, var], check=True)
    with Site(var, port) as site:
        site.wait_for_welcome()
        assert site.status() == 200
        found = pages(port)
    assert found.keys() == wanted.keys()
    assert [address for address in wanted if wanted[address] != found[address]] == []


@pytest.fixture
def oldest_postgres(folder) -> Iterator[str]:
    """The address of an empty database on the PostgreSQL of this Debian."""
    place = folder / "postgres-older"
    place.mkdir()
    with debian_postgres(place, "-h", ""):
        yield f"postgres://site@{str(place).replace('/', '%2F')}/site"


def test_from_18_to_an_older_one_and_back_every_row_and_file_is_the_same(saved, folder, oldest_postgres):
    backup, port = saved[0][-1], saved[2]
    found = [manifest(backup)]
    for name, address in (("on the older", {"DATABASE_URL": oldest_postgres}), ("on 18", {})):
        var = folder / name
        var.mkdir()
        var.chmod(0o755)
        environment = environment_of(var, port, **address)
        manage(environment, "restore", backup)
        backup = folder / f"{name}.tar"
        manage(environment, "backup", backup)
        found.append(manifest(backup))
    assert [each["postgres"] for each in found] == [18, int(OLDEST.parent.name), 18]
    for each in found[1:]:
        assert {name: row for name, row in each["tables"].items() if name != "django_session"} == {
            name: row for name, row in found[0]["tables"].items() if name != "django_session"
        }
        assert each["members"][1:] == found[0]["members"][1:]


def test_a_restore_that_is_killed_leaves_the_old_site_or_the_new_one(saved, folder):
    backups, _, port = saved
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
    for part in (0.3, 0.5, 0.7, 0.8, 0.9, 0.97):
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
