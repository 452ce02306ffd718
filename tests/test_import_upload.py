"""Import in the admin: a preview, then exactly what it showed; only for who may publish, at that moment."""

import io
import zipfile

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from wagtail.models import UploadedFile

from conferences.models import ResolutionPage
from tests.editing import give_chair, take_chair, text_of
from tests.importing import ROW, csv_of, pdf

pytestmark = pytest.mark.django_db
FORM = "/admin/beschluesse-importieren/"


def send(browser, content: bytes | str, name: str = "beschluesse.csv"):
    data = content.encode() if isinstance(content, str) else content
    return browser.post(FORM, {"file": SimpleUploadedFile(name, data)})


def archive(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("beschluesse.csv", csv_of(ROW | {"datei": "a.pdf"}))
        for name, content in files.items():
            packed.writestr(f"{name}.pdf", content)
    return out.getvalue()


def confirm(browser, preview):
    fingerprint = preview.context["plan"].fingerprint
    return browser.post(preview.request["PATH_INFO"], {"fingerprint": fingerprint})


def test_a_table_is_previewed_and_then_taken_over(chair):
    answer = send(chair, csv_of(ROW))
    preview = chair.get(answer.url)
    assert "1 neu" in text_of(preview)
    assert not ResolutionPage.objects.filter(item="50.1").exists()
    assert confirm(chair, preview).url == FORM
    page = ResolutionPage.objects.get(item="50.1")
    assert page.live
    assert not UploadedFile.objects.exists()
    assert "1 neu, 0 geändert" in text_of(chair.get(FORM))


def test_a_zip_brings_its_papers_along(chair):
    preview = chair.get(send(chair, archive(a=pdf()), "archiv.zip").url)
    assert confirm(chair, preview).status_code == 302
    assert ResolutionPage.objects.get(item="50.1").source_file.page_count == 1


def test_errors_stand_first_and_nothing_can_be_taken_over(chair):
    preview = chair.get(send(chair, csv_of(ROW, ROW | {"top": "2.1", "ja": "17", "nein": "0", "enthaltung": "0"})).url)
    text = text_of(preview)
    assert "Das sind 17 Stimmen." in text
    assert text.index("Fehler (1)") < text.index("neu (1)")
    assert b"fingerprint" not in preview.content
    answer = chair.post(preview.request["PATH_INFO"], {"fingerprint": preview.context["plan"].fingerprint})
    assert answer.status_code == 409
    assert not ResolutionPage.objects.filter(item="50.1").exists()


def test_what_has_changed_since_the_preview_is_shown_again(chair):
    preview = chair.get(send(chair, csv_of(ROW)).url)
    confirm(chair, chair.get(send(chair, csv_of(ROW | {"titel": "Inzwischen"})).url))
    second = send(chair, csv_of(ROW))
    preview_after = chair.get(second.url)
    answer = chair.post(second.url, {"fingerprint": preview.context["plan"].fingerprint})
    assert answer.status_code == 409
    assert "Inzwischen hat sich etwas geändert" in text_of(answer)
    assert ResolutionPage.objects.get(item="50.1").title == "Inzwischen"
    assert "1 geändert" in text_of(preview_after)


def test_the_right_is_asked_again_between_preview_and_confirmation(account, editor):
    assert editor.get(FORM).status_code in (302, 403)
    give_chair(account)
    preview = editor.get(send(editor, csv_of(ROW)).url)
    assert preview.status_code == 200
    take_chair(account)
    confirm(editor, preview)
    assert editor.get(preview.request["PATH_INFO"]).status_code in (302, 403)
    assert not ResolutionPage.objects.filter(item="50.1").exists()
    give_chair(account)
    assert confirm(editor, preview).status_code == 302
    assert ResolutionPage.objects.filter(item="50.1").exists()


def test_another_account_does_not_get_at_an_upload(chair, admin_client):
    answer = send(chair, csv_of(ROW))
    assert admin_client.get(answer.url, HTTP_HOST="localhost").status_code == 404


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "leer.csv"),
        (b"\x00\x01\x02", "kaputt.csv"),
        (b"{}", "kein.json"),
        (b"PK\x03\x04kaputt", "kaputt.zip"),
        (b"MZ", "programm.exe"),
        (b"unbekannt;spalten\n1;2\n", "fremd.csv"),
    ],
    ids=["empty", "bytes", "object", "zip", "kind", "columns"],
)
def test_what_cannot_be_read_is_refused_beside_the_field_and_not_kept(chair, content, name):
    answer = send(chair, content, name)
    assert answer.status_code == 422
    assert answer.context["form"].errors["file"]
    assert not UploadedFile.objects.exists()


def test_a_zip_does_not_write_outside_its_folder(chair, tmp_path):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("beschluesse.csv", csv_of(ROW | {"datei": "../../boese.pdf"}))
        packed.writestr("../../boese.pdf", pdf())
    answer = send(chair, out.getvalue(), "boese.zip")
    if answer.status_code == 302:
        assert chair.get(answer.url).context["plan"].lines[0].state == "Fehler"
    else:
        assert answer.context["form"].errors["file"]


def test_the_examples_can_be_imported(capsys):
    from django.core.management import call_command

    for folder in ("tabelle", "json"):
        call_command("import_archive", str(settings.ROOT / "docs" / "import" / folder), "--uebernehmen")
    assert "Übernommen: 2 neu." in capsys.readouterr().out
    assert ResolutionPage.objects.filter(title__startswith="Beispiel: ").count() == 3
