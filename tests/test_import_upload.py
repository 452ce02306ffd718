"""Import in the admin: who may, what the preview says, and that exactly this is carried out."""

import io
import zipfile
from datetime import timedelta
from os import utime
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from wagtail.models import PageLogEntry, UploadedFile

from conferences.archive_import import zip_file
from conferences.archive_import.plan import LineState, plan_of
from conferences.archive_import.record import stored_page
from intmk.media.documents.models import SiteDocument
from intmk.media.orphans import adopt_media, remove_orphans
from tests.editing import give_chair, take_chair, text_of
from tests.importing import ROW, csv_of, excel, pdf

pytestmark = pytest.mark.django_db
FORM = "/admin/beschluesse-importieren/"


def upload(client, content: bytes | str, name: str = "b.csv", **options):
    content = content.encode() if isinstance(content, str) else content
    return client.post(FORM, {"file": SimpleUploadedFile(name, content)} | options)


def zipped(files: dict[str, bytes | str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def confirmation(preview) -> dict[str, str]:
    """What the browser sends when the button of the preview is pressed; {} where there is none."""
    forms = BeautifulSoup(preview.content, "html.parser").select("form[action*='beschluesse-importieren']")
    return {field["name"]: field.get("value", "") for field in forms[0].select("input")} if forms else {}


def test_only_who_may_publish_sees_and_opens_the_import(editor, chair, account, client):
    assert FORM in chair.get("/admin/").content.decode()
    assert chair.get(FORM).status_code == 200
    take_chair(account)
    assert FORM not in editor.get("/admin/").content.decode()
    answers = [editor.get(FORM), upload(editor, csv_of(ROW))]
    assert {(answer.status_code, answer.headers.get("Location")) for answer in answers} <= {
        (403, None),
        (302, "/admin/"),
    }
    assert not UploadedFile.objects.exists()
    assert client.get(FORM, HTTP_HOST="localhost").status_code == 302


def test_who_loses_the_chair_between_preview_and_button_changes_nothing(chair, account):
    address = upload(chair, csv_of(ROW))["Location"]
    sent = confirmation(chair.get(address))
    take_chair(account)
    assert chair.post(address, sent).status_code in (302, 403)
    assert stored_page("12/50.1") is None
    give_chair(account)
    assert chair.post(address, sent)["Location"] == FORM
    assert stored_page("12/50.1").live


def test_an_upload_is_its_senders_alone(chair, admin_client):
    address = upload(chair, csv_of(ROW))["Location"]
    assert admin_client.get(address, HTTP_HOST="localhost").status_code == 404


def test_the_preview_says_what_the_button_does_and_the_upload_is_gone_afterwards(chair, account):
    address = upload(chair, csv_of(ROW))["Location"]
    preview = chair.get(address)
    assert "1 neu" in text_of(preview)
    assert stored_page("12/50.1") is None
    kept = Path(UploadedFile.objects.get().file.path)
    assert "Übernommen: 1 neu, 0 geändert." in text_of(chair.post(address, confirmation(preview), follow=True))
    entry = PageLogEntry.objects.get(page=stored_page("12/50.1").pk, action="conferences.import")
    assert entry.user == account
    assert not UploadedFile.objects.exists()
    assert chair.post(address, confirmation(preview)).status_code == 404
    assert kept.name.startswith("beschluesse-")


def test_the_way_to_the_import_is_told_in_german(chair):
    for address in (FORM, upload(chair, csv_of(ROW))["Location"]):
        page = BeautifulSoup(chair.get(address).content, "html.parser")
        way = [" ".join(part.text.split()) for part in page.select("[data-breadcrumbs-item], .w-breadcrumbs li")]
        assert way == ["Startseite", "Beschlüsse importieren"]


def test_drafts_stay_drafts(chair):
    address = upload(chair, csv_of(ROW), draft="on")["Location"]
    preview = chair.get(address)
    assert "als Entwürfe angelegt" in text_of(preview)
    chair.post(address, confirmation(preview))
    assert not stored_page("12/50.1").live


def test_errors_stand_first_and_leave_no_button(chair):
    rows = [ROW, ROW | {"top": "50.2", "titel": "<script>alert(1)</script>", "konferenz": "99"}]
    preview = chair.get(upload(chair, csv_of(*rows))["Location"])
    page = BeautifulSoup(preview.content, "html.parser")
    assert [heading.text for heading in page.select("section > h2")][:2] == ["Fehler (1)", "neu (1)"]
    assert {link["href"] for link in page.select("a[href^='#']")} >= {"#error", "#new"}
    assert {part["id"] for part in page.select("h2[id]")} >= {"error", "new"}
    assert all(table.caption and table.select("th[scope=col]") for table in page.select("section table"))
    assert "konferenz: Die Konferenz „99“ gibt es nicht." in text_of(preview)
    assert b"<script>alert(1)" not in preview.content
    assert confirmation(preview) == {}


def test_what_changed_since_the_preview_is_shown_again_and_not_carried_out(chair):
    address = upload(chair, csv_of(ROW))["Location"]
    sent = confirmation(chair.get(address))
    other = upload(chair, csv_of(ROW | {"titel": "Schneller"}))["Location"]
    assert chair.post(address, sent).status_code == 404  # the later upload took its place
    address, sent = other, confirmation(chair.get(other))
    chair.post(address, sent | {"fingerprint": "anders"})
    answer = chair.post(address, sent | {"fingerprint": "anders"})
    assert answer.status_code == 409
    assert "hat sich etwas geändert" in text_of(answer)
    assert stored_page("12/50.1") is None
    assert confirmation(answer)["fingerprint"] == sent["fingerprint"]


def test_a_stored_upload_that_was_tampered_with_is_not_carried_out(chair):
    address = upload(chair, csv_of(ROW))["Location"]
    sent = confirmation(chair.get(address))
    Path(UploadedFile.objects.get().file.path).write_text(csv_of(ROW | {"titel": "Untergeschoben"}))
    assert "beschädigt" in text_of(chair.post(address, sent, follow=True))
    assert stored_page("12/50.1") is None


def test_an_upload_that_nobody_confirms_is_removed_after_a_day(chair):
    address = upload(chair, csv_of(ROW))["Location"]
    path = Path(UploadedFile.objects.get().file.path)
    adopt_media()
    remove_orphans()
    assert path.exists()
    before = path.stat().st_mtime - timedelta(days=2).total_seconds()
    utime(path, (before, before))
    remove_orphans()
    assert not path.exists()
    assert chair.get(address).status_code == 404


@pytest.mark.parametrize("folder", ["", "ordner/"])
def test_a_zip_brings_its_files_along(chair, folder):
    rows = csv_of(ROW | {"datei": "a.pdf"})
    content = zipped({f"{folder}b.csv": rows, f"{folder}a.pdf": pdf(), "__MACOSX/._a.pdf": b"x"})
    address = upload(chair, content, "b.zip")["Location"]
    chair.post(address, confirmation(chair.get(address)))
    assert stored_page("12/50.1").source_file == SiteDocument.objects.get()


def test_a_workbook_is_read_also_when_a_browser_calls_it_a_zip(chair):
    address = upload(chair, excel(list(ROW), ["12", 50.1, "Förderung"]), "b.zip")["Location"]
    assert "1 neu" in (preview := text_of(chair.get(address)))
    assert "TOP 50.1 Förderung" in preview


def test_zips_that_harm_are_refused(chair, monkeypatch):
    table = {"b.csv": csv_of(ROW)}
    encrypted = bytearray(zipped(table))
    for sign, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        encrypted[encrypted.index(sign) + offset] |= 1
    cases = {
        "no ZIP": (b"kein ZIP", "beschädigt"),
        "truncated": (zipped(table)[:-30], "beschädigt"),
        "encrypted": (bytes(encrypted), "Kennwort"),
        "upwards": (zipped(table | {"../x.pdf": b"x"}), "hinaus"),
        "absolute": (zipped(table | {"/x.pdf": b"x"}), "hinaus"),
        "backslash": (zipped(table | {"a\\..\\..\\x.pdf": b"x"}), "hinaus"),
        "bomb": (zipped(table | {"a.pdf": b"0" * 2_000_000}), "größer als"),
        "many": (zipped(table | {f"{number}.pdf": b"" for number in range(12)}), "mehr als"),
        "empty": (zipped({}), "keine CSV"),
    }
    monkeypatch.setattr(zip_file, "MOST_BYTES", 1_000_000)
    monkeypatch.setattr(zip_file, "MOST_FILES", 10)
    for name, (content, message) in cases.items():
        answer = upload(chair, content, "b.zip")
        assert answer.status_code == 422, name
        assert message in text_of(answer), name
    assert not UploadedFile.objects.exists()


def test_a_bomb_that_lies_about_its_size_stops_at_the_limit():
    with pytest.raises(zip_file.UnreadableFileError, match="größer als"):
        zip_file.copied(io.BytesIO(b"0" * 5_000_000), io.BytesIO(), 1_000_000)


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"", "b.csv", "leer"),
        (b"MZ", "b.exe", "Möglich sind CSV"),
        ("konferenz;farbe\n12;rot\n", "b.csv", "Unbekannte Spalten"),
    ],
)
def test_what_cannot_be_read_is_said_beside_the_field(chair, content, name, message):
    answer = upload(chair, content, name)
    assert (
        message in BeautifulSoup(answer.content, "html.parser").select_one("[data-field-errors], .error-message").text
    )
    assert not UploadedFile.objects.exists()


def test_the_address_of_the_form_is_that_of_the_menu():
    assert reverse("archive_import") == FORM


def test_a_zip_that_is_broken_inside_is_refused(chair):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("b.csv", csv_of(ROW) * 20)
    broken = bytearray(out.getvalue())
    broken[60] ^= 0xFF
    assert upload(chair, bytes(broken), "b.zip").status_code == 422


@pytest.mark.parametrize("text", ["\\ud800", "a\\u0000"])
@pytest.mark.parametrize(
    "cells",
    [
        '"konferenz": "12", "top": "50.1", "titel": "%"',
        '"konferenz": "%", "top": "50.1", "titel": "a"',
        '"konferenz": "12", "top": "%", "titel": "a"',
        '"konferenz": "12", "kennung": "%", "titel": "a"',
        '"konferenz": "12", "umlauf": "%", "titel": "a"',
        '"konferenz": "12", "top": "50.1", "titel": "a", "antragsteller": "%"',
        '"konferenz": "12", "top": "50.1", "titel": "a", "stimmen": {"%": "Ja"}',
        '"konferenz": "12", "top": "50.1", "titel": "a", "bezuege": "bestätigt: 12/%"',
        '"konferenz": "12", "top": "50.1", "titel": "a", "datei": "%"',
    ],
)
def test_half_a_character_in_json_is_an_error_of_its_line(tmp_path, cells, text):
    (tmp_path / "b.json").write_text(f"[{{{cells.replace('%', text)}}}]")
    (line,) = plan_of(tmp_path).lines
    assert line.state == LineState.ERROR
    assert "halbe Zeichen" in " ".join(line.details)


def test_the_preview_tells_of_half_a_character(chair):
    row = '"konferenz": "12", "top": "50.1", "titel": "a", "stimmen": {"\\ud800": "Ja"}'
    answer = chair.get(upload(chair, f"[{{{row}}}]", "b.json").url)
    assert answer.status_code == 200
    assert "halbe Zeichen" in text_of(answer)


@pytest.mark.parametrize("name", ["\\ud800", "a\\u0000"])
def test_half_a_character_in_the_name_of_a_column_is_said_beside_the_field(chair, name):
    answer = upload(chair, f'[{{"konferenz": "12", "titel": "a", "{name}": "b"}}]', "b.json")
    assert answer.status_code == 422
    assert "Unbekannte Spalten" in text_of(answer)
