"""Operators learn whether the process lives and whether it can serve."""

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import connection
from django.db.utils import OperationalError
from django.test import Client
from django.utils import timezone

from intmk.media.orphans import adopt_media
from intmk.server import clock_run, health, release
from intmk.server.clock_jumps import ClockJumps
from intmk.server.page_changes import changes
from intmk.server.site_identity import KEY_FILE, SiteIdentity

READY = f"bereit\nFassung {release.NAME}\n"


def test_a_living_process_says_so_without_a_database():
    assert Client(HTTP_HOST="localhost").get("/gesund/").status_code == 200  # without the mark, any query would fail


@pytest.mark.django_db
def test_it_is_ready_when_database_and_migrations_are_there():
    response = Client(HTTP_HOST="localhost").get("/bereit/")
    assert (response.status_code, response.content.decode()) == (200, READY)


@pytest.mark.django_db
def test_a_missing_migration_makes_it_not_ready():
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'history'")
    assert Client(HTTP_HOST="localhost").get("/bereit/").status_code == 503


@pytest.mark.django_db
def test_a_database_that_does_not_answer_makes_it_not_ready(monkeypatch):
    def fails(*args):
        raise OperationalError("weg")

    monkeypatch.setattr("intmk.server.health.MigrationExecutor", fails)
    response = Client(HTTP_HOST="localhost").get("/bereit/")
    assert (response.status_code, response.content.decode()) == (503, "Die Datenbank antwortet nicht.\n")


@pytest.mark.django_db
def test_a_full_disk_makes_it_not_ready(monkeypatch, settings):
    monkeypatch.setattr("intmk.server.health.LEAST_FREE", 2**60)
    response = Client(HTTP_HOST="localhost").get("/bereit/")
    assert response.status_code == 503
    assert "ist voll. Gelesen werden kann, gespeichert nicht." in response.content.decode()


def answer() -> tuple[int, str]:
    response = Client(HTTP_HOST="localhost").get("/bereit/")
    return response.status_code, response.content.decode()


@pytest.mark.django_db
def test_asking_leaves_nothing_behind():
    assert answer() == (200, READY)
    assert not clock_run.ClockRun.objects.exists()


@pytest.mark.django_db
def test_a_folder_that_takes_no_files_makes_it_not_ready(monkeypatch):
    def refused(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(health.tempfile, "TemporaryFile", refused)
    status, text = answer()
    assert status == 503
    assert "lässt sich nicht schreiben. Gelesen werden kann, gespeichert nicht." in text


@pytest.mark.django_db
def test_files_of_another_site_make_it_not_ready(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    SiteIdentity.objects.update_or_create(pk=1)
    adopt_media()
    assert answer() == (200, READY)
    for key in ("7b0d4d0a-6c0b-4a3e-9c38-0a4f52b9f0c1", "unleserlich"):
        (Path(tmp_path) / KEY_FILE).write_text(key)
        assert answer() == (503, f"Die Dateien in {tmp_path} gehören nicht zu dieser Datenbank.\n")


@pytest.mark.django_db
def test_a_clock_that_stands_makes_it_not_ready_but_not_right_after_a_start(monkeypatch):
    monkeypatch.setattr(changes, "is_listening", True)
    monkeypatch.setattr(changes, "are_told", lambda: True)
    jumps = ClockJumps()
    monkeypatch.setattr(health, "jumps", jumps)
    assert answer() == (200, READY)
    jumps.calm_since -= 3600
    assert answer() == (503, "Die Uhr steht: Vorgemerktes wird nicht veröffentlicht.\n")
    clock_run.note_step(clock_run.MINUTE)
    assert answer() == (200, READY)
    for minutes in (6, -6):  # the latter: noted while the time was wrong
        clock_run.ClockRun.objects.update(succeeded_at=timezone.now() - timedelta(minutes=minutes))
        assert answer()[0] == 503


@pytest.mark.django_db
@pytest.mark.parametrize("hours", [1, -1])
def test_a_jump_of_the_time_does_not_make_the_clock_one_that_stands(monkeypatch, hours):
    jumps = ClockJumps()
    jumps.calm_since -= 3600
    monkeypatch.setattr(changes, "is_listening", True)
    monkeypatch.setattr(changes, "are_told", lambda: True)
    monkeypatch.setattr(health, "jumps", jumps)
    clock_run.note_step(clock_run.MINUTE)
    with time_machine.travel(timezone.now() + timedelta(hours=hours)):
        assert answer() == (200, READY)
        jumps.calm_since -= 3600  # later, when it has still not run
        assert answer()[0] == 503
