"""Media outlive starts, restored dumps and wrong databases; what nobody owns is put aside, never deleted."""

import contextlib
import logging
import os
import uuid
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db.models import FileField
from django.test import Client
from wagtail.models import UploadedFile

from conferences.management.commands import clock
from intmk.management.commands import prepare
from intmk.media.documents.models import SiteDocument
from intmk.media.images.models import SiteImage, SiteRendition
from intmk.media.orphans import FEW, FOLDERS, adopt_media, key_of_media, media_are_ours
from intmk.server.site_identity import KEY_FILE, SiteIdentity
from tests.pdf_files import text_pdf

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(autouse=True)
def var(settings, tmp_path) -> Path:
    """A folder of all state of its own, in a database that names no file yet."""
    settings.VAR = tmp_path
    settings.MEDIA_ROOT, settings.QUARANTINE_ROOT = tmp_path / "media", tmp_path / "quarantine"
    SiteIdentity.objects.all().delete()
    UploadedFile.objects.all().delete()
    SiteRendition.objects.all().delete()
    SiteImage.objects.update(file="")
    return tmp_path


def files(root: Path) -> set[str]:
    """The files of the folders of the library below `root`, without the key."""
    return {str(path.relative_to(root)) for path in root.glob("*/*") if path.is_file()}


def foreign_files(media: Path, number: int = 20) -> set[str]:
    """Put files of another site into the media, old enough to be taken for forgotten."""
    for count in range(number):
        path = media / ("original_images", "images", "documents")[count % 3] / f"foto-{count}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
        os.utime(path, (0, 0))
    return files(media)


class Database:
    """What a dump holds of a site: its key and the files that it names."""

    def __init__(self, key: uuid.UUID | None, names: list[str]) -> None:
        self.key, self.names = key, names

    def restore(self) -> None:
        """Put it in the place of whatever database is there."""
        SiteIdentity.objects.all().delete()
        SiteDocument.objects.all().delete()
        if self.key:
            SiteIdentity.objects.create(pk=1, key=self.key)
        for name in self.names:
            SiteDocument.objects.bulk_create([SiteDocument(title=name, file=name)])


def site_with_media(media: Path, with_key: bool) -> Database:
    """Return the dump of a site, and put its media into `media`, with their key or as of before there were keys."""
    found = Database(uuid.uuid4() if with_key else None, [f"documents/papier-{number}.pdf" for number in range(12)])
    (media / "documents").mkdir(parents=True, exist_ok=True)
    for name in found.names:
        (media / name).write_bytes(b"x")
        os.utime(media / name, (0, 0))
    if with_key:
        (media / KEY_FILE).write_text(f"{found.key}\n")
    return found


@pytest.fixture
def start(monkeypatch) -> Callable[[], None]:
    """Start the site, but quickly: in place of the initial content an empty database gets one picture of it."""

    def called(name: str, *arguments: str, **options: object) -> None:
        if name == "load_content" and not SiteDocument.objects.exists():
            SiteDocument.objects.create(title="Zeichnung", file=ContentFile(text_pdf(""), name="platzhalter.pdf"))

    monkeypatch.setattr(prepare, "call_command", called)
    return lambda: call_command("prepare", "database")


# --- a start --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", [None, uuid.uuid4()])
def test_a_start_beside_another_database_leaves_every_file_where_it_is(var, key, capsys, start):
    there = foreign_files(var / "media")
    if key:
        (var / "media" / KEY_FILE).write_text(str(key))
    start()
    start()  # now the database names files that are there
    assert there <= files(var / "media")
    assert not (var / "quarantine").exists()
    assert key_of_media() == key  # nor are the two married
    assert "tragen nicht die Kennung dieser Datenbank" in capsys.readouterr().out
    with pytest.raises(CommandError, match="Nichts wurde verschoben"):
        call_command("remove_orphans", even_many=True)
    assert there <= files(var / "media")


def test_a_whole_start_moves_and_deletes_nothing(var):
    there = foreign_files(var / "media")
    call_command("prepare", "database")
    assert there <= files(var / "media")
    assert not (var / "quarantine").exists()


# In each order of a move to another machine: what is done, step by step.
ORDERS = {
    "media, start, dump": ("media", "start", "dump", "start"),
    "dump, start, media": ("dump", "start", "media", "start"),
    "start, dump, media": ("start", "dump", "media", "start"),
    "start, media, dump": ("start", "media", "dump", "start"),
    "media, dump, start": ("media", "dump", "start"),
}


@pytest.mark.parametrize("with_key", [True, False], ids=["with key", "from before keys"])
@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.kinds(3)
def test_a_move_in_any_order_loses_nothing_and_ends_with_one_key(var, tmp_path, order, with_key, start):
    source = tmp_path / "sicherung"
    dump = site_with_media(source, with_key)
    moved = files(source)
    SiteDocument.objects.all().delete()
    for step in ORDERS[order]:
        if step == "media":
            call_copy(source, var / "media")
        elif step == "dump":
            dump.restore()
        else:
            start()
            try_to_remove_orphans()
    assert moved <= files(var / "media")
    assert files(var / "quarantine") == set()
    assert key_of_media() == SiteIdentity.objects.get().key
    assert dump.key in (None, SiteIdentity.objects.get().key)


def call_copy(source: Path, target: Path) -> None:
    """Copy as `cp -a` does."""
    for path in source.rglob("*"):
        if path.is_file():
            place = target / path.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(path.read_bytes())
            os.utime(place, (0, 0))


def try_to_remove_orphans() -> None:
    """Whatever the clock does in a night between two steps."""
    with contextlib.suppress(CommandError):
        call_command("remove_orphans")


def test_the_wrong_database_gets_nothing_and_the_right_one_all(var, start):
    right = site_with_media(var / "media", with_key=True)
    there = files(var / "media")
    Database(uuid.uuid4(), ["documents/andere.pdf"]).restore()
    start()
    with pytest.raises(CommandError, match="Nichts wurde verschoben"):
        call_command("remove_orphans", even_many=True)
    right.restore()
    call_command("remove_orphans")
    assert files(var / "media") >= there


def test_a_copy_that_was_given_the_folder_of_a_site_deletes_nothing_there(var):
    paper = SiteDocument.objects.create(title="Papier", file=ContentFile(text_pdf("Text"), name="papier.pdf"))
    adopt_media()
    key = key_of_media()
    (var / "media" / KEY_FILE).write_text(str(uuid.uuid4()))
    paper.file.storage.delete(paper.file.name)
    assert paper.file.name in files(var / "media")
    (var / "media" / KEY_FILE).write_text(f"{key}\n")
    paper.file.storage.delete(paper.file.name)
    assert files(var / "media") == set()


def test_a_site_of_before_there_were_keys_gets_one_and_keeps_its_orphans_apart(var, start):
    dump = site_with_media(var / "media", with_key=False)
    dump.restore()
    foreign_files(var / "media", 3)
    start()
    assert key_of_media() == SiteIdentity.objects.get().key
    call_command("remove_orphans")
    assert files(var / "media") >= set(dump.names)
    assert len(list((var / "quarantine").glob("*/*/*"))) == 3


def test_media_that_lost_their_key_get_it_back_as_long_as_all_files_are_known(var):
    dump = site_with_media(var / "media", with_key=True)
    dump.restore()
    (var / "media" / KEY_FILE).unlink()
    assert media_are_ours()
    (var / "media" / KEY_FILE).unlink()
    foreign_files(var / "media", 1)
    assert not media_are_ours()
    call_command("remove_orphans", adopt_media=True)  # somebody says so
    assert key_of_media() == dump.key


def test_each_model_with_a_file_is_known_where_files_are_looked_after_and_backed_up():
    """Not those of Wagtail in whose place ours stand, nor portraits, which nobody can upload (decision 9)."""
    unused = {"wagtaildocs.Document", "wagtailimages.Image", "wagtailimages.Rendition", "wagtailusers.UserProfile"}
    fields = [(model, field) for model in apps.get_models() for field in model._meta.get_fields()]
    with_files = {model._meta.label for model, field in fields if isinstance(field, FileField)}
    assert with_files - unused == {model._meta.label for owners in FOLDERS.values() for model in owners}


# --- what is put aside ----------------------------------------------------------------------------------------------


def test_what_nobody_owns_is_named_and_put_aside_out_of_reach_with_its_path(var, capsys):
    adopt_media()
    there = foreign_files(var / "media", 3)
    (var / "media" / "images" / "eben-erst.jpg").write_bytes(b"x")
    call_command("remove_orphans")
    assert files(var / "media") == {"images/eben-erst.jpg"}
    (folder,) = (var / "quarantine").iterdir()
    assert files(folder) == there
    assert folder.stat().st_mode & 0o077 == 0
    told = capsys.readouterr().out
    assert f"3 nach {var / 'quarantine'} verschoben" in told
    assert all(name in told for name in there)
    reader = Client(HTTP_HOST="localhost")
    for address in ("/media/images/foto-1.jpg", f"/media/images/../../quarantine/{folder.name}/images/foto-1.jpg"):
        assert reader.get(address).status_code in (400, 404)


def test_what_is_named_again_comes_back_by_itself(var, capsys):
    paper = SiteDocument.objects.create(title="Papier", file=ContentFile(text_pdf("Text"), name="papier.pdf"))
    adopt_media()
    name, content = paper.file.name, (var / "media" / paper.file.name).read_bytes()
    os.utime(var / "media" / name, (0, 0))
    row = SiteDocument.objects.filter(pk=paper.pk).values("title", "file", "collection_id").get()
    SiteDocument.objects.all().delete()
    (var / "media" / name).write_bytes(content)  # a dump of a week ago knows nothing of it
    os.utime(var / "media" / name, (0, 0))
    call_command("remove_orphans")
    assert name not in files(var / "media")
    SiteDocument.objects.bulk_create([SiteDocument(**row)])
    call_command("remove_orphans")
    assert (var / "media" / name).read_bytes() == content
    assert "Wieder gebraucht: 1" in capsys.readouterr().out
    call_command("remove_orphans")
    assert capsys.readouterr().out == ""


def test_many_at_once_are_refused_until_a_person_says_so(var):
    adopt_media()
    there = foreign_files(var / "media", FEW + 1)
    with pytest.raises(CommandError, match=f"Von {FEW + 1} Dateien .* nennt die Datenbank {FEW + 1} nicht"):
        call_command("remove_orphans")
    assert files(var / "media") == there
    call_command("remove_orphans", even_many=True)
    assert files(var / "media") == set()
    assert files(next((var / "quarantine").iterdir())) == there


def test_after_thirty_days_the_quarantine_lets_go_of_what_nobody_has_missed(var, capsys):
    adopt_media()
    now = datetime(2026, 11, 30, 4, tzinfo=BERLIN)
    names = (
        "2026-10-30-ab12cd34",
        "2026-10-31-ab12cd34",
        "2026-10-01-restore-12ab34cd",
        "2026-10-01-copied",
        "eigenes",
    )
    for name in names:
        (var / "quarantine" / name / "documents").mkdir(parents=True)
        (var / "quarantine" / name / "documents" / f"{name}.pdf").write_bytes(b"x")
        moment = now.timestamp() - (0 if name.endswith("copied") else 31 * 24 * 3600)
        os.utime(var / "quarantine" / name, (moment, moment))
    SiteDocument.objects.bulk_create([SiteDocument(title="Papier", file=f"documents/{names[2]}.pdf")])
    (var / "media" / "documents").mkdir()
    (var / "media" / "documents" / f"{names[2]}.pdf").write_bytes(b"x")  # is back, but its copy is named
    with time_machine.travel(now, tick=False):
        (var / "media" / KEY_FILE).write_text(str(uuid.uuid4()))
        with pytest.raises(CommandError, match="Nichts wurde verschoben"):
            call_command("remove_orphans")
        assert {path.name for path in (var / "quarantine").iterdir()} == set(names)
        adopt_media()
        call_command("remove_orphans")
    assert {path.name for path in (var / "quarantine").iterdir()} == set(names) - {names[0]}
    assert f"Nach 30 Tagen in Quarantäne gelöscht: {names[0]}" in capsys.readouterr().out


def test_the_clock_looks_once_a_night_and_tells_why_it_moves_nothing(var, caplog):
    adopt_media()
    SiteIdentity.objects.update(orphans_sought=datetime(2026, 11, 28).date())
    foreign_files(var / "media", 1)
    for hour, left in ((2, 1), (3, 0)):
        with time_machine.travel(datetime(2026, 11, 29, hour, 1, tzinfo=BERLIN), tick=False):
            clock.tick()
        assert len(files(var / "media")) == left
    foreign_files(var / "media", 20)
    with caplog.at_level(logging.ERROR, logger="intmk.media.orphans"):
        for day in (29, 30, 30):
            with time_machine.travel(datetime(2026, 11, day, 4, tzinfo=BERLIN), tick=False):
                clock.tick()
    assert len(files(var / "media")) == 20
    assert [record.getMessage()[:13] for record in caplog.records if record.name == "intmk.media.orphans"] == [
        "Von 20 Dateie"
    ]
