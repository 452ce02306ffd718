"""The disk of the database is really full: an editor is told, keeps what was typed, and goes on once there is room."""

import os
import secrets
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from intmk.pages.models import StandardPage
from intmk.server import embedded_postgres
from intmk.users.models import User
from tests.databases import database_url
from tests.editing import edit_url, page_form, text_of
from tests.serving import DUMP, served_once

pytestmark = [
    pytest.mark.audit,
    pytest.mark.skipif(os.geteuid() != 0, reason="Nur root kann eine kleine Platte einhängen."),
]


@pytest.fixture
def small_disk(var_dir, django_db_blocker, monkeypatch) -> Iterator[Path]:
    """The site on an embedded database whose whole cluster lies on a small disk of its own, which is returned."""
    disk = var_dir / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300m,mode=0755", "tmpfs", disk], check=True)
    try:
        with embedded_postgres.running(disk), django_db_blocker.unblock():
            database = embedded_postgres.django_database(disk)
            restore = [embedded_postgres.program("pg_restore"), "--no-owner", "--dbname", database_url(database)]
            subprocess.run([*restore, served_once() / DUMP], check=True)
            connection.close()
            for name in ("NAME", "USER", "HOST", "PORT"):
                monkeypatch.setitem(connection.settings_dict, name, database[name])
            yield disk
            connection.close()
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


def fill(disk: Path) -> Path:
    """Take all the room that a disk has left, to the last block."""
    path = disk / "voll"
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(64 * 1024))
        except OSError:
            return path


def test_an_editor_is_told_that_the_database_is_full_and_loses_nothing(small_disk, settings):
    client = Client(HTTP_HOST="localhost", raise_request_exception=False)
    client.force_login(User.objects.create_superuser("verwaltung"))
    page = StandardPage.objects.get(slug="kontakt")
    words = " ".join(secrets.token_hex(4) for _ in range(10_000))  # nothing that could be packed
    typed = page_form(client, page) | {"title": "Kontakt mit Weg"}
    section = {"heading": "Weg", "text": rich_text(f"<p>{words}</p>"), "symbol": ""}
    typed |= nested_form_data({"body": streamfield([("section", section)])})
    full = fill(small_disk)

    answer = client.post(edit_url(page), typed)
    assert answer.status_code == 503
    assert "Gerade lässt sich nichts speichern" in text_of(answer)
    assert "aber auch nicht verloren" in text_of(answer)
    assert "Kontakt mit Weg" in text_of(answer)
    assert words in text_of(answer)
    assert Client(HTTP_HOST="localhost").get("/kontakt/").status_code == 200  # readers go on reading
    assert not page.revisions.filter(content__title="Kontakt mit Weg").exists()

    full.unlink()
    assert client.post(edit_url(page), typed).status_code == 302
    stored = page.revisions.get(content__title="Kontakt mit Weg").as_object()
    assert words in stored.body.render_as_block()
