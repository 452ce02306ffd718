"""A backup is made of what belongs together, its files take their place with its database, and people see its age."""

import contextlib
import os
import re
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.core.management import CommandError, call_command
from django.test import Client

from intmk.backup import daily, encryption, making, restoring
from intmk.backup.archive import BackupError
from intmk.backup.panel import add_backup_panel
from intmk.media.orphans import adopt_media
from intmk.server import backup_files, interrupted_restore
from intmk.server.site_identity import KEY_FILE
from intmk.users.models import User

NOON = datetime(2026, 11, 30, 12, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.fixture(autouse=True)
def media(settings, tmp_path) -> Path:
    settings.VAR = tmp_path
    settings.MEDIA_ROOT, settings.QUARANTINE_ROOT = tmp_path / "media", tmp_path / "quarantine"
    settings.MEDIA_ROOT.mkdir()
    return settings.MEDIA_ROOT


def fill(folder: Path, **files: str) -> Path:
    """Put documents of these names and contents into a folder of media, with a key."""
    (folder / "documents").mkdir(parents=True, exist_ok=True)
    (folder / KEY_FILE).write_text(files.pop("key", "alt"))
    for name, content in files.items():
        (folder / "documents" / name).write_text(content)
    return folder


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.rglob("*") if path.is_file()}


# --- making ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_nothing_is_backed_up_that_does_not_belong_together_or_would_replace_a_file(media, tmp_path):
    adopt_media()
    there = tmp_path / "da.tar"
    there.write_text("eine frühere")
    with pytest.raises(CommandError, match="gibt es schon"):
        call_command("backup", there)
    assert there.read_text() == "eine frühere"
    with pytest.raises(CommandError, match=r"Den Ordner .* gibt es nicht"):
        call_command("backup", tmp_path / "fehlt" / "neu.tar")
    (media / KEY_FILE).write_text("7b0d4d0a-6c0b-4a3e-9c38-0a4f52b9f0c1")
    with pytest.raises(CommandError, match="tragen nicht die Kennung"):
        call_command("backup", tmp_path / "neu.tar")
    (media / f"{interrupted_restore.STAGED}ab").mkdir()
    with pytest.raises(CommandError, match="Wiederherstellung"):
        call_command("backup", tmp_path / "neu.tar")
    assert not (tmp_path / "neu.tar").exists()


def test_what_is_deleted_while_a_backup_is_made_is_in_it(media):
    fill(media, papier="Inhalt")
    with making.second_names(media) as links:
        making.link_all(media, links)
        (media / "documents" / "papier").unlink()
        assert making.has_link(media, links, "documents/papier")
        assert (links / "documents" / "papier").read_text() == "Inhalt"
        assert not making.has_link(media, links, "documents/nie-da")
    assert [path.name for path in media.iterdir() if path.name.startswith(".")] == []


def test_without_hard_links_files_are_copied(media, monkeypatch):
    fill(media, papier="Inhalt")

    def link(*args: object, **kwargs: object) -> None:
        raise PermissionError("kennt dieses Dateisystem nicht")

    monkeypatch.setattr(making.os, "link", link)
    with making.second_names(media) as links:
        making.link_all(media, links)
        assert (links / "documents" / "papier").read_text() == "Inhalt"


@pytest.mark.parametrize("with_links", [True, False], ids=["links", "SMB"])
def test_a_finished_backup_replaces_no_file_that_came_meanwhile(with_links, tmp_path, monkeypatch):
    if not with_links:
        monkeypatch.setattr(making.os, "link", lambda *args: (_ for _ in ()).throw(PermissionError("keine Links")))
    (tmp_path / "partial").write_text("neu")
    making.put(tmp_path / "partial", tmp_path / "frei.tar")
    assert (tmp_path / "frei.tar").read_text() == "neu"
    (tmp_path / "partial").write_text("neu")
    (tmp_path / "da.tar").write_text("von jemand anderem")
    with pytest.raises(BackupError, match="gibt es schon"):
        making.put(tmp_path / "partial", tmp_path / "da.tar")
    assert (tmp_path / "da.tar").read_text() == "von jemand anderem"


def test_encryption_without_its_program_or_with_a_wrong_key_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(encryption.shutil, "which", lambda name: None)
    with (
        (tmp_path / "neu.tar").open("wb") as file,
        pytest.raises(BackupError, match="fehlt das Programm age"),
        encryption.encrypted(file, "age1" + "q" * 58),
    ):
        pass
    with (
        (tmp_path / "neu.tar").open("wb") as file,
        pytest.raises(BackupError, match="kein öffentlicher Schlüssel"),
        encryption.encrypted(file, "--output=/etc/passwd"),
    ):
        pass


# --- restoring ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "line"), [(None, "gibt es nicht"), (b"", "keine Sicherung"), (b"age-encryption.org/v1\n", "--identity")]
)
def test_a_file_that_is_no_backup_changes_nothing(content, line, media, tmp_path):
    path = tmp_path / "backup.tar"
    if content is not None:
        path.write_bytes(content)
    for arguments in (("restore", path), ("backup", "--verify", path)):
        with pytest.raises(CommandError, match=line) as refusal:
            call_command(*arguments)
        assert "\n" not in str(refusal.value)
    assert list(media.iterdir()) == []


def test_a_backup_of_a_newer_program_is_refused_and_one_of_an_older_is_known_as_such():
    known = [["intmk", "0001_squashed_0019_public_files"], ["history", "0001_initial"]]
    restoring.refuse_newer({"migrations": known})
    with pytest.raises(BackupError, match=r"neueren Stand .*intmk\.9999_spaeter"):
        restoring.refuse_newer({"migrations": [*known, ["intmk", "9999_spaeter"]]})
    lacking = restoring.migrations_lacking({"migrations": known})
    assert ("intmk", "0020_preview_links") in lacking
    assert ("intmk", known[0][1]) not in lacking


USUAL = {
    "key": "7b0d4d0a-6c0b-4a3e-9c38-0a4f52b9f0c1", "database_bytes": 1, "migrations": [["intmk", "0001_initial"]],
    "missing": [], "tables": {"a": [1, "2"]}, "counts": {}, "made": "", "site": "", "postgres": 18,
}  # fmt: skip


@pytest.mark.parametrize("changed", [*USUAL, ""])
def test_a_manifest_that_lacks_something_or_says_nonsense_is_refused(changed):
    if changed:
        for nonsense in ({}, {changed: None}):
            facts = {name: value for name, value in USUAL.items() if name != changed} | nonsense
            if changed in facts and changed in ("made", "site", "postgres"):
                continue  # words for people
            with pytest.raises(BackupError, match="Verzeichnis"):
                restoring.refuse_strange(facts)
    else:
        restoring.refuse_strange(USUAL)


@pytest.fixture
def marked(monkeypatch) -> list[str]:
    """The tokens that the database bears."""
    found: list[str] = []
    monkeypatch.setattr(interrupted_restore, "is_marked", lambda connection, token: token in found)
    monkeypatch.setattr(interrupted_restore.direct_connection, "connect", lambda database: contextlib.nullcontext())
    return found


OLD, NEW = {"bleibt": "gleich", "geht": "alt", "key": "alt"}, {"bleibt": "gleich", "kommt": "neu", "key": "neu"}


def test_a_restore_that_ended_before_its_database_was_there_leaves_the_old_files(media, tmp_path, marked):
    fill(media, **OLD)
    before = contents(media)
    fill(media / f"{interrupted_restore.STAGED}ab12", **NEW)
    assert interrupted_restore.finish(media, tmp_path / "quarantine", {})
    assert contents(media) == before
    assert not (tmp_path / "quarantine").exists()
    assert not interrupted_restore.finish(media, tmp_path / "quarantine", {})


@pytest.mark.parametrize("killed_at", range(1, 6))
def test_a_restore_that_is_killed_after_that_ends_with_the_new_files_and_none_lost(
    killed_at, media, tmp_path, marked, monkeypatch
):
    fill(media, **OLD)
    wanted = contents(fill(tmp_path / "wanted", **NEW))
    fill(media / f"{interrupted_restore.STAGED}ab12", **NEW)
    marked.append("ab12")
    steps = []
    rename = Path.rename

    def killed(self: Path, target: Path) -> Path:
        steps.append(target)
        if len(steps) == killed_at:
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", killed)
    try:
        interrupted_restore.finish(media, tmp_path / "quarantine", {})
    except KeyboardInterrupt:
        interrupted_restore.finish(media, tmp_path / "quarantine", {})
    assert contents(media) == wanted
    (folder,) = (tmp_path / "quarantine").iterdir()
    assert contents(folder) == {"geht": "alt"}  # the same in both is no loss
    assert re.fullmatch(r"20\d\d-\d\d-\d\d-restore-ab12", folder.name)
    assert not interrupted_restore.is_unfinished(media)


# --- the daily one, and who sees it ---------------------------------------------------------------------------------


@pytest.fixture
def nightly(settings, tmp_path, monkeypatch) -> list[list[str]]:
    """A folder of backups; what the clock would start is noted."""
    settings.BACKUP_DIR = tmp_path / "backups"
    started: list[list[str]] = []

    class Process:
        def __init__(self, command: list[str], **options: object) -> None:
            started.append(command)

        def poll(self) -> int:
            return 0

    monkeypatch.setattr(daily.subprocess, "Popen", Process)
    monkeypatch.setattr(daily, "_running", [])
    return started


def test_the_clock_starts_one_backup_a_night(nightly, settings):
    with time_machine.travel(NOON, tick=False):
        daily.tend_backups()
        os.utime(settings.BACKUP_DIR / daily.ATTEMPT, (NOON.timestamp(), NOON.timestamp()))
        daily.tend_backups()
    assert [command[1:] for command in nightly] == [["manage.py", "backup", "--daily"]]
    (settings.BACKUP_DIR / backup_files.backup_name(NOON, False)).touch()
    (settings.BACKUP_DIR / daily.ATTEMPT).unlink()
    with time_machine.travel(NOON.replace(hour=23), tick=False):
        daily.tend_backups()
    assert len(nightly) == 1


def test_a_backup_that_fails_leaves_its_reason_and_takes_no_other_away(nightly, settings, monkeypatch):
    settings.BACKUP_DIR.mkdir()
    for day in range(1, 29):
        (settings.BACKUP_DIR / f"intmk-2026-10-{day:02}-0200.tar").touch()

    def fail(*args: object) -> None:
        raise BackupError("Kein Platz.")

    monkeypatch.setattr(making, "make_backup", fail)
    with pytest.raises(BackupError):
        daily.make_daily()
    assert (settings.BACKUP_DIR / daily.ATTEMPT).read_text() == "Kein Platz.\n"
    assert len(backup_files.stored_backups(settings.BACKUP_DIR)) == 28


@pytest.mark.django_db
def test_administrators_and_operators_see_how_old_the_newest_backup_is(nightly, settings):
    daily.note_backup(settings.BACKUP_DIR, "Kein Platz.")
    (settings.BACKUP_DIR / "intmk-2026-11-25-0200.tar").touch()
    sentence = "Letzte Sicherung: 25.11.2026, 02:00 Uhr (vor 5 Tagen)."
    with time_machine.travel(NOON, tick=False):
        assert Client(HTTP_HOST="localhost").get("/bereit/").content.decode().endswith(f"\n{sentence}\n")
        for account, seen in ((User.objects.create_superuser("chefin"), True), (User.objects.create_user("rp"), False)):
            panels: list = []
            request = Client().get("/bereit/").wsgi_request
            request.user = account
            add_backup_panel(request, panels)
            shown = [text_of_panel(panel) for panel in panels]
            assert shown == ([f"Sicherung: {sentence} Letzter Versuch: Kein Platz."] if seen else [])


def text_of_panel(panel) -> str:
    return " ".join(BeautifulSoup(panel.render_html({}), "html.parser").get_text(" ").split())
