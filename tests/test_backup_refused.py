"""A wrong backup is told of and changes nothing; a right one comes back whole, in production without demo accounts.

All of it through the commands, on a whole site with its database and files.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from intmk.backup import archive, database
from intmk.media.documents.models import SiteDocument
from intmk.media.orphans import adopt_media
from intmk.server import direct_connection
from intmk.server.site_identity import SiteIdentity
from intmk.users.models import User
from tests.databases import database_url
from tests.pdf_files import text_pdf
from tests.serving import KEY, ROOT
from tests.signing_in import PASSWORD
from tests.test_backup_restored import manifest

pytestmark = pytest.mark.audit


@pytest.fixture
def site(own_database, var_dir, settings) -> Path:
    """A whole site with accounts for trying out and an official's, of which one is signed in; return its folder."""
    media = Path(shutil.copytree(settings.MEDIA_ROOT, var_dir / "media"))
    settings.VAR, settings.MEDIA_ROOT, settings.QUARANTINE_ROOT = var_dir, media, var_dir / "quarantine"
    adopt_media()
    call_command("create_demo_accounts", stdout=StringIO())
    User.objects.create_user("amt", "amt@example.org", PASSWORD, land_code="DE-BW")
    Client().force_login(User.objects.get(username="admin"))
    paper("Papier 1")
    return var_dir


def paper(title: str) -> SiteDocument:
    return SiteDocument.objects.create(title=title, file=ContentFile(text_pdf(title), name="papier.pdf"))


def backed_up(target: Path, **options: str) -> Path:
    call_command("backup", target, stdout=StringIO(), **options)
    return target


def uploaded(site: Path, files: dict[str, str]) -> dict[str, str]:
    """Return what was uploaded; versions of pictures are in no backup, and made again when somebody asks for them."""
    kept = f"{site}/media"
    return {name: sum_ for name, sum_ in files.items() if name.startswith(kept) and "/media/images/" not in name}


def everything(site: Path) -> tuple[dict, dict[str, str]]:
    """Number and checksum of the rows of each table, and the checksum of each file of the media and the quarantine."""
    with direct_connection.connect(connection.settings_dict) as server:
        rows = database.census(server)
    files = [path for name in ("media", "quarantine") for path in (site / name).rglob("*") if path.is_file()]
    return rows, {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def rewritten(backup: Path, target: Path, change: Callable[[dict[str, Any], dict[str, Path]], None]) -> Path:
    """Make of a backup one whose checksums are right again after a change of its manifest or of its files."""
    folder = Path(f"{target}.parts")
    folder.mkdir()
    with backup.open("rb") as file:
        whole = archive.Archive(file)
        places = {member.name: folder / str(number) for number, member in enumerate(whole.members)}
        whole.unpack(lambda member: places[member.name])
    facts = dict(whole.manifest)
    change(facts, places)
    with target.open("wb") as file:
        archive.write(file, facts, [(archive.member_of(name, path), path) for name, path in places.items()])
    return target


@pytest.fixture
def wrong_ones(site) -> dict[str, tuple[Path, str]]:
    """Files that are no whole backup of a site by this program, each with what is to be said of it."""
    good = backed_up(site / "good.tar")
    SiteDocument.objects.filter(title="Papier 1").update(title="Papier eins")
    with_another_row = backed_up(site / "later.tar")
    paper("Papier 2")  # the site is neither of both: a restore would be seen

    def with_dump_of(other: Path) -> Callable[[dict, dict], None]:
        def change(facts: dict, places: dict) -> None:
            with other.open("rb") as file:
                later = archive.Archive(file)
                places[archive.DUMP].unlink()
                later.unpack(lambda member: places[archive.DUMP] if member.name == archive.DUMP else None)

        return change

    def without_a_file(facts: dict, places: dict) -> None:
        del places[next(name for name in places if name.startswith("media/documents/"))]

    found = {}
    content = good.read_bytes()
    for name, changed, words in (
        (
            "damaged",
            content[: len(content) // 2] + bytes([content[len(content) // 2] ^ 1]) + content[len(content) // 2 + 1 :],
            "beschädigt",
        ),
        ("truncated", content[: len(content) // 2], "unvollständig"),
        ("empty", b"", "keine Sicherung"),
        ("of a later form", content.replace(b'"format": 1', b'"format": 2', 1), "neueres"),
    ):
        (site / f"{name}.tar").write_bytes(changed)
        found[name] = site / f"{name}.tar", words
    with tarfile.open(site / "foreign.tar", "w") as tar:
        tar.add(__file__, "manifest.json")
    found["foreign"] = site / "foreign.tar", "beschädigt"
    for name, change, words in (
        ("newer", lambda facts, places: facts["migrations"].append(["intmk", "9999_spaeter"]), "neueren Stand"),
        ("another row", with_dump_of(with_another_row), r"Tabellen weichen ab \(.*intmk_sitedocument"),
        ("a file too few", without_a_file, "fehlen 1 Dateien"),
        (
            "another key",
            lambda facts, places: facts.update(key="7b0d4d0a-6c0b-4a3e-9c38-0a4f52b9f0c1"),
            "zweier Websites",
        ),
    ):
        found[name] = rewritten(good, site / f"{name}.tar", change), words
    return found


def test_a_backup_that_is_wrong_is_told_and_changes_nothing_of_the_site_that_it_should_replace(site, wrong_ones):
    before = everything(site)
    for name, (path, words) in wrong_ones.items():
        for arguments in (("restore", path, "--replace"), ("backup", "--verify", path)):
            with pytest.raises(CommandError, match=words) as refusal:
                call_command(*arguments)
            assert "\n" not in str(refusal.value), name
            assert str(refusal.value).endswith(" Nichts wurde geändert.") is (arguments[0] == "restore"), name
        assert everything(site) == before, name
    assert not list((site / "media").glob(".*"))


def test_what_watches_over_backups_learns_of_a_wrong_one_by_the_exit_code(site, wrong_ones):
    path, words = wrong_ones["another row"]
    done = subprocess.run(
        [sys.executable, "manage.py", "backup", "--verify", path],
        cwd=ROOT, env=bare() | {"INTMK_VAR": str(site / "elsewhere")}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert re.search(words, done.stderr)
    assert "in Ordnung" not in done.stdout


def bare() -> dict[str, str]:
    """The environment without what says which site is meant."""
    ours = ("INTMK_", "DJANGO_", "DATABASE_URL")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def test_in_production_nobody_signs_in_with_an_account_for_trying_out_and_the_report_says_so(site):
    backup = backed_up(site / "demo.tar")
    counted = manifest(backup)["counts"]
    place = {
        "DJANGO_SETTINGS_MODULE": "intmk.settings.production", "INTMK_VAR": str(site / "production"),
        "DATABASE_URL": database_url(connection.settings_dict), "INTMK_SECRET_KEY": KEY,
        "INTMK_BASE_URL": "https://www.example.org", "INTMK_BACKUP_DIR": "aus",
    }  # fmt: skip
    connection.close()
    done = subprocess.run(
        [sys.executable, "manage.py", "restore", backup, "--replace"],
        cwd=ROOT, env=bare() | place, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr

    accounts = User.objects.for_trying_out()
    names = sorted(accounts.values_list("username", flat=True))
    assert len(names) == 17
    assert not accounts.filter(is_active=True).exists()
    assert [account.username for account in accounts if account.has_usable_password()] == []
    assert not Group.objects.filter(user__in=accounts).exists()
    official = User.objects.get(username="amt")
    assert official.is_active
    assert official.check_password(PASSWORD)
    assert official.groups.exists()
    assert not Session.objects.exists()
    assert SiteIdentity.objects.get().production

    lines = done.stdout.splitlines()
    assert re.fullmatch(rf"Eingespielt in \d+ s: die Sicherung vom {re.escape(manifest(backup)['made'])}", lines[0])
    assert lines[1:] == [
        "  " + ", ".join(f"{number} {name}" for name, number in counted.items())
        + f", {len(manifest(backup)['members']) - 1} Dateien",
        f"  Gesperrt und ohne Passwort, da nur zum Ausprobieren da: {', '.join(names)}. "
        "Zugänge zum Ausprobieren kommen nicht in den Betrieb.",
        "  INTMK_SECRET_KEY ist ein anderer als bei der Sicherung: Zweite Faktoren gelten nicht mehr "
        "(remove_second_factor, siehe docs/betrieb.md).",
        "  Alle melden sich neu an. Jetzt die Website starten; sie prüft den Rest.",
    ]  # fmt: skip

    # What PostgreSQL counted itself would stand in last_autoanalyze.
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_stat_user_tables WHERE last_analyze IS NULL")
        assert cursor.fetchall() == []


@pytest.fixture
def keys(tmp_path) -> dict[str, tuple[Path, str]]:
    """Two keys of age, each as the file that decrypts and the word for which is encrypted."""
    if not shutil.which("age"):
        message = "Das Programm age fehlt: apt-get install age"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    found = {}
    for name in ("ours", "of others"):
        path = tmp_path / name
        subprocess.run(["age-keygen", "-o", path], check=True, capture_output=True)
        found[name] = path, re.search(r"public key: (\S+)", path.read_text())[1]
    return found


def test_an_encrypted_backup_is_of_use_to_the_holder_of_the_key_alone(site, keys):
    identity, recipient = keys["ours"]
    before = everything(site)
    backup = backed_up(site / "geheim.tar.age", recipient=recipient)
    assert b"Sicherung der Website" not in backup.read_bytes()
    paper("Papier 2")
    later = everything(site)
    for options, words in (
        ([], "--identity DATEI"),
        (["--identity", keys["of others"][0]], "lässt sich nicht entschlüsseln"),
    ):
        for command in (["restore", backup, "--replace"], ["backup", "--verify", backup]):
            with pytest.raises(CommandError, match=words):
                call_command(*command, *options)
    damaged = site / "damaged.tar.age"
    content = bytearray(backup.read_bytes())
    content[len(content) // 2] ^= 1
    damaged.write_bytes(content)
    with pytest.raises(CommandError, match="lässt sich nicht entschlüsseln"):
        call_command("restore", damaged, "--replace", "--identity", identity)
    assert everything(site) == later

    out = StringIO()
    call_command("backup", "--verify", backup, "--identity", identity, stdout=out)
    assert "ist in Ordnung" in out.getvalue()
    call_command("restore", backup, "--replace", "--identity", identity, stdout=out)
    assert re.search(r"\n  Dateien, die nicht zur Sicherung gehören, liegen in \S+quarantine", out.getvalue())
    rows, files = everything(site)
    assert {**rows, "django_session": before[0]["django_session"]} == before[0]
    assert uploaded(site, files) == uploaded(site, before[1])
