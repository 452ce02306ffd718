"""Documents: what is taken, what is refused, and where they are found."""

import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from wagtail.models import Collection, UploadedFile

from intmk.media.documents.models import SiteDocument
from intmk.media.documents.upload import check_document
from tests.pdf_files import EMPTY_PAGE
from tests.uploads import empty_media, files

pytestmark = pytest.mark.django_db

PDF = EMPTY_PAGE


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    return empty_media(settings, tmp_path)


@pytest.fixture
def editor(client, admin_user):
    client.force_login(admin_user)
    return client


def archive(**parts: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as content:
        for name, data in parts.items():
            content.writestr(name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"), data)
    return out.getvalue()


DOCX = archive(word__document_xml=b"<w:document/>")
ODT = archive(mimetype=b"application/vnd.oasis.opendocument.text", content_xml=b"<office/>")
TAKEN = {
    "beschluss.pdf": PDF,
    "Beschluss.PDF": PDF,
    "vorlage.docx": DOCX,
    "tabelle.xlsx": archive(xl__workbook_xml=b"<workbook/>"),
    "vorlage.odt": ODT,
    "tabelle.ods": archive(mimetype=b"application/vnd.oasis.opendocument.spreadsheet", content_xml=b"<office/>"),
    "daten.csv": "Land;Zahl\nKöln;1\n".encode("cp1252"),
    "termin.ics": b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
}
REFUSED = {
    "HTML as PDF": ("beschluss.pdf", b"<!doctype html><script>alert(1)</script>", "passt nicht"),
    "HTML before a PDF": ("beschluss.pdf", b"<html>" + PDF, "passt nicht"),
    "ZIP as PDF": ("beschluss.pdf", DOCX, "passt nicht"),
    "HTML as table": ("daten.csv", b" \n<HTML><script>", "passt nicht"),
    "SVG as table": ("daten.csv", b"\xef\xbb\xbf<svg onload=alert(1)>", "passt nicht"),
    "program as table": ("daten.csv", b"MZ\x90\0", "passt nicht"),
    "text as calendar": ("termin.ics", b"Hallo", "passt nicht"),
    "PDF as Word": ("vorlage.docx", PDF, "passt nicht"),
    "any ZIP as Word": ("vorlage.docx", archive(x_xml=b""), "passt nicht"),
    "Word as OpenDocument": ("vorlage.odt", DOCX, "passt nicht"),
    "text as table in OpenDocument": ("tabelle.ods", ODT, "passt nicht"),
    "a ZIP cut off": ("vorlage.docx", DOCX[:50], "passt nicht"),
    "macros": ("vorlage.docx", archive(word__document_xml=b"", word__vbaProject_bin=b""), "Makros"),
    "HTML": ("seite.html", b"<html>", "Endung „.html“"),
    "SVG": ("bild.svg", b"<svg/>", "Endung „.svg“"),
    "without ending": ("beschluss", PDF, "Endung"),
    "no bytes": ("beschluss.pdf", b"", "leer"),
}


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_archive_with_any_broken_byte_is_taken_or_refused_with_a_sentence(method):
    out = BytesIO()
    with zipfile.ZipFile(out, "w", method) as content:
        content.writestr("mimetype", b"application/vnd.oasis.opendocument.text")
        content.writestr("content.xml", b"<office/>")
    refusals = set()
    for place in range(len(out.getvalue())):
        broken = bytearray(out.getvalue())
        broken[place] ^= 0xFF
        try:
            check_document(ContentFile(bytes(broken), name="vorlage.odt"))
        except ValidationError as error:
            refusals.add(error.messages[0])
    assert refusals == {"Der Inhalt der Datei passt nicht zur Endung „.odt“, oder die Datei ist beschädigt."}


def fields(name: str, data: bytes, **changes) -> dict:
    return {
        "title": "Beschluss der Konferenz",
        "tags": "",
        "language": "de",
        "accessible": "unknown",
        "released": "on",
        "collection": Collection.get_first_root_node().pk,
        "file": SimpleUploadedFile(name, data),
        **changes,
    }


def add_by_form(client, name, data, **changes):
    return client.post(reverse("wagtaildocs:add"), fields(name, data, **changes))


def add_by_chooser(client, name, data, **changes):
    return client.post(
        reverse("wagtaildocs_chooser:create"),
        {f"document-chooser-upload-{field}": value for field, value in fields(name, data, **changes).items()},
    )


def add_many(client, name, data):
    return client.post(reverse("wagtaildocs:add_multiple"), {"title": name, "files[]": SimpleUploadedFile(name, data)})


DOORS = {
    "the add form": (add_by_form, lambda response: " ".join(response.context["form"].errors["file"])),
    "the chooser": (add_by_chooser, lambda response: response.json()["htmlFragment"]),
    "the multiple upload": (add_many, lambda response: response.json()["error_message"]),
}


def document(data=PDF, name="beschluss.pdf", **changes) -> SiteDocument:
    found = SiteDocument(
        **{"title": "Beschluss der Konferenz", "file": ContentFile(data, name=name), "released": True} | changes
    )
    found.full_clean()
    found.save()
    return found


@pytest.mark.parametrize("name", TAKEN)
@pytest.mark.kinds(3)
def test_a_document_of_a_known_kind_is_taken_and_kept_as_it_is(editor, media, name):
    number = add_many(editor, name, TAKEN[name]).json()["uploaded_file_id"]
    details = fields(name, b"", title="Beschluss")
    del details["file"]
    response = editor.post(
        reverse("wagtaildocs:create_multiple_from_uploaded_document", args=[number]),
        {f"uploaded-document-{number}-{field}": value for field, value in details.items()},
    )
    assert response.json()["success"] is True
    found = SiteDocument.objects.latest("pk")
    assert [path.read_bytes() for path in files(media)] == [TAKEN[name]]
    assert found.filename == name.lower()
    assert (found.file_size, len(found.file_hash)) == (len(TAKEN[name]), 40)
    assert not UploadedFile.objects.exists()


def test_a_document_that_was_left_without_details_is_offered_again(editor, media):
    number = add_many(editor, "daten.csv", TAKEN["daten.csv"]).json()["uploaded_file_id"]
    page = editor.get(reverse("wagtaildocs:add_multiple")).content.decode()
    assert "Eine Datei wartet" in page
    assert f'name="uploaded-document-{number}-title"' in page


@pytest.mark.parametrize("what", REFUSED)
def test_a_document_that_is_not_what_it_says_is_refused_in_german(what):
    name, data, text = REFUSED[what]
    with pytest.raises(ValidationError) as refusal:
        document(data, name)
    assert list(refusal.value.message_dict) == ["file"]
    assert text in refusal.value.messages[0]


# All doors ask the same code: one file at each in every run, every file in audits.
@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    "what", [pytest.param(what, marks=() if what == "macros" else pytest.mark.audit) for what in REFUSED]
)
def test_every_door_refuses_a_document_that_is_not_what_it_says_and_leaves_nothing(editor, media, what, door):
    name, data, text = REFUSED[what]
    documents = SiteDocument.objects.count()
    add, message = DOORS[door]
    response = add(editor, name, data)
    assert response.status_code == 200
    assert text in message(response)
    response.wsgi_request.close()
    assert SiteDocument.objects.count() == documents
    assert not UploadedFile.objects.exists()
    assert files(media.parent) == []


@pytest.mark.parametrize("door", DOORS)
def test_more_than_fifty_megabytes_are_refused(editor, media, settings, door):
    settings.WAGTAILDOCS_MAX_UPLOAD_SIZE = 3 * 1024 * 1024
    add, message = DOORS[door]
    response = add(editor, "beschluss.pdf", PDF + bytes(3 * 1024 * 1024))
    assert "Die Datei ist zu groß" in message(response)
    response.wsgi_request.close()
    assert files(media.parent) == []


def test_the_limit_is_fifty_megabytes(settings):
    assert settings.WAGTAILDOCS_MAX_UPLOAD_SIZE == 50 * 1024 * 1024


@pytest.mark.parametrize("title", ["", "beschluss.pdf", "Scan_0001", "20170316"])
def test_a_document_needs_a_title_in_words(editor, media, title):
    response = add_by_form(editor, "beschluss.pdf", PDF, title=title)
    assert response.context["form"].errors["title"]
    with pytest.raises(ValidationError):
        document(title=title)
    assert files(media) == []


def test_a_pdf_opens_in_the_browser_and_all_else_is_saved(client):
    response = client.get(document().url)
    assert response["Content-Disposition"].startswith("inline")
    assert response["Content-Type"] == "application/pdf"
    for name in ("daten.csv", "vorlage.docx", "termin.ics"):
        response = client.get(document(TAKEN[name], name).url)
        assert response["Content-Disposition"] == f'attachment; filename="{name}"'
        assert response["X-Content-Type-Options"] == "nosniff"


def replace_file(client, found: SiteDocument, name: str, data: bytes):
    return client.post(reverse("wagtaildocs:edit", args=[found.pk]), fields(name, data))


def test_a_new_version_under_the_same_name_keeps_the_address(editor, media, django_capture_on_commit_callbacks):
    found = document()
    address = found.url
    with django_capture_on_commit_callbacks(execute=True):
        replace_file(editor, found, "Beschluss.pdf", PDF + b"% neu")
    assert b"".join(editor.get(address).streaming_content) == PDF + b"% neu"
    assert len(files(media)) == 2  # the former one stays, too (test_document_versions)


def test_a_new_version_under_another_name_is_found_at_the_former_addresses(editor):
    found = document(name="beschluss-entwurf.pdf")
    former = [found.url]
    for name in ("beschluss.pdf", "beschluss-endgueltig.pdf"):
        replace_file(editor, found, name, PDF)
        found.refresh_from_db()
        former.append(found.url)
    for address in former[:-1]:
        response = editor.get(address)
        assert (response.status_code, response["Location"]) == (302, former[-1])
    assert editor.get(former[-1]).status_code == 200


def test_a_guessed_name_finds_nothing(client):
    found = document()
    assert client.get(f"/dokumente/{found.pk}/irgendwas.pdf").status_code == 404
    assert client.get(f"/dokumente/{found.pk + 1000}/beschluss.pdf").status_code == 404


def test_a_missing_file_is_not_found(client):
    found = document()
    Path(found.file.path).unlink()
    assert client.get(found.url).status_code == 404


def test_the_former_file_stays_when_replacing_it_fails(editor, media, monkeypatch):
    found = document()
    before = files(media)
    monkeypatch.setattr("wagtail.documents.forms.search_index.insert_or_update_object", lambda found: 1 / 0)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        replace_file(editor, found, "neu.pdf", PDF)
    assert files(media) == before


def test_a_file_goes_when_its_row_cannot_be_saved(media):
    with transaction.atomic():
        document()
        assert len(files(media)) == 1
        transaction.set_rollback(True)
    assert files(media) == []


@pytest.mark.parametrize("name", ["../../etc/x.pdf", "Ä Ö ß (1).pdf", "🎉.pdf", "con.pdf", "a" * 300 + ".pdf"])
def test_a_hostile_file_name_becomes_a_harmless_one(media, name):
    found = document(name=name)
    (path,) = files(media)
    assert path.parent == media / "documents"
    assert path.name.isascii()
    assert found.filename.count(".") == 1
    assert found.url.endswith(".pdf")
