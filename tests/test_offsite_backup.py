"""A copy of each daily backup lies in a bucket elsewhere: sent, kept by rotation, made up for, told when it is old."""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import CommandError, call_command

from intmk.backup import daily, making, offsite
from intmk.backup.archive import BackupError
from intmk.server import backup_files
from intmk.server.media_settings import bucket_options
from tests.s3_server import Storage, s3_server

NOW = datetime(2026, 12, 1, 4, 0, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.fixture
def folder(settings, tmp_path) -> Path:
    settings.BACKUP_DIR, settings.BACKUP_BUCKET = tmp_path, {"bucket_name": "fern"}
    return tmp_path


def backup(folder: Path, moment: datetime, content: bytes = b"x") -> Path:
    path = folder / backup_files.backup_name(moment, encrypted=False)
    path.write_bytes(content)
    return path


def test_the_newest_is_behind_until_it_was_sent(folder, settings):
    assert not offsite.is_behind(folder)
    path = backup(folder, NOW)
    assert offsite.is_behind(folder)
    (folder / backup_files.SENT).write_text(f"{path.name}\n")
    assert not offsite.is_behind(folder)
    settings.BACKUP_BUCKET = None
    (folder / backup_files.SENT).unlink()
    assert not offsite.is_behind(folder)


def test_one_that_was_not_sent_is_a_worry_after_thirty_hours(folder, settings):
    settings.DEMO_ACCOUNTS = False
    backup(folder, NOW)
    sentence, is_worry = backup_files.state(settings, NOW)
    assert sentence.endswith("Im Objektspeicher liegt noch keine.")
    assert is_worry
    (folder / backup_files.SENT).write_text(backup_files.backup_name(NOW - timedelta(hours=29), encrypted=False))
    assert backup_files.state(settings, NOW)[1] is False
    (folder / backup_files.SENT).write_text(backup_files.backup_name(NOW - timedelta(hours=31), encrypted=True))
    sentence, is_worry = backup_files.state(settings, NOW)
    assert is_worry
    assert sentence.endswith("Im Objektspeicher: vom 29.11.2026, 21:00 Uhr.")


def test_the_clock_sends_what_is_missing_there_and_waits_an_hour_after_an_attempt_in_vain(folder, monkeypatch):
    begun = []
    monkeypatch.setattr(daily, "_running", [])
    monkeypatch.setattr(daily.subprocess, "Popen", lambda command, **more: begun.append(command[-1]))
    with time_machine.travel(NOW, tick=False):
        path = backup(folder, NOW - timedelta(hours=1))
        daily.tend_backups()
        assert begun == ["--send"]
        daily._running.clear()
        (folder / daily.ATTEMPT).touch()
    with time_machine.travel(NOW, tick=False):
        os.utime(folder / daily.ATTEMPT, (NOW.timestamp(),) * 2)
        daily.tend_backups()
        assert begun == ["--send"]
    with time_machine.travel(NOW + timedelta(minutes=61), tick=False):
        daily.tend_backups()
        assert begun == ["--send", "--send"]
        daily._running.clear()
        os.utime(folder / daily.ATTEMPT, (0, 0))
        (folder / backup_files.SENT).write_text(path.name)
        daily.tend_backups()
        assert begun == ["--send", "--send"]


# --- With a server --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def storage() -> Iterator[Storage]:
    with s3_server() as running:
        yield running


@pytest.fixture
def far(folder, settings, storage) -> str:
    """The name of an empty bucket for backups."""
    name = f"fern-{len(storage.client.list_buckets()['Buckets'])}"
    given = storage.new_bucket(name)
    settings.BACKUP_BUCKET = bucket_options(
        "INTMK_BACKUP_S3_", {key.replace("MEDIA", "BACKUP"): value for key, value in given.items()}
    )
    return name


@pytest.mark.audit
def test_a_daily_backup_is_sent_and_what_rotation_does_not_keep_goes_there_too(far, folder, storage, monkeypatch):
    def made(target: Path, recipient: str) -> making.Made:
        target.write_bytes(b"y" * 1000)
        return making.Made(target, {"counts": {}, "missing": []}, 1000)

    monkeypatch.setattr(daily.making, "make_backup", made)
    monkeypatch.setattr(daily, "read_again", lambda path: None)
    for days in range(40):
        name = backup_files.backup_name(NOW - timedelta(days=days + 1), encrypted=False)
        storage.client.put_object(Bucket=far, Key=name, Body=b"x")
    storage.client.put_object(Bucket=far, Key="fremd.tar", Body=b"x")
    storage.client.create_multipart_upload(Bucket=far, Key="intmk-halb.tar")
    with time_machine.travel(NOW, tick=False):
        call_command("backup", "--daily")
    names = storage.names(far)
    assert backup_files.backup_name(NOW, encrypted=False) in names
    assert "fremd.tar" in names
    assert len(names) < 16
    assert not offsite.is_behind(folder)
    assert not (folder / daily.ATTEMPT).exists()
    assert "Uploads" not in storage.client.list_multipart_uploads(Bucket=far)  # of moto each is of 2010


@pytest.mark.audit
def test_what_may_still_be_on_its_way_there_is_left_alone(far, storage):
    storage.client.create_multipart_upload(Bucket=far, Key="intmk-halb.tar")
    offsite.bucket_of_backups().give_up_parts(datetime(2010, 1, 1, tzinfo=NOW.tzinfo))
    assert storage.client.list_multipart_uploads(Bucket=far)["Uploads"]


@pytest.mark.audit
def test_a_backup_comes_back_from_there(far, folder, storage, tmp_path_factory):
    path = backup(folder, NOW, b"alles")
    offsite.send_newest(folder)
    target = tmp_path_factory.mktemp("neu") / path.name
    call_command("backup", "--fetch", str(target))
    assert target.read_bytes() == b"alles"
    assert target.stat().st_mode & 0o777 == 0o600
    with pytest.raises(CommandError, match="gibt es schon"):
        call_command("backup", "--fetch", str(target))
    with pytest.raises(CommandError, match=f"anders.tar liegt nicht im Objektspeicher; dort liegen: {path.name}"):
        call_command("backup", "--fetch", str(target.with_name("anders.tar")))
    assert [each.name for each in target.parent.iterdir()] == [path.name]


@pytest.mark.audit
def test_a_bucket_that_is_not_there_is_told_and_the_backup_itself_stays(far, folder, settings, storage):
    settings.BACKUP_BUCKET = settings.BACKUP_BUCKET | {"bucket_name": "gibt-es-nicht"}
    path = backup(folder, NOW)
    with pytest.raises(CommandError, match="nicht im Objektspeicher"):
        call_command("backup", "--send")
    assert path.exists()
    assert offsite.is_behind(folder)
    assert "nicht im Objektspeicher" in (folder / daily.ATTEMPT).read_text()
    with pytest.raises(BackupError):
        offsite.send_newest(folder)
