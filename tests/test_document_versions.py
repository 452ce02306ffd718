"""Former versions of a document, and what is not released: who gets which file, at which address, and until when."""

import os
from datetime import date
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Collection, CollectionViewRestriction
from wagtail.rich_text import expand_db_html

from conferences.models import ConferenceDocument, ConferencePage
from history.models import Milestone, TimelinePage
from intmk.media.documents.models import SiteDocument
from intmk.media.documents.parts import DocumentVersion
from intmk.media.documents.text import VERSION
from intmk.media.orphans import adopt_media, remove_orphans
from intmk.server.site_identity import KEY_FILE
from intmk.trash.models import TrashedItem
from tests.editing import give_chair, take_chair, text_of
from tests.pdf_files import page_with, read_once, scan_pdf, text_pdf

pytestmark = pytest.mark.django_db
FIRST, SECOND, THIRD = text_pdf("Erste Fassung"), text_pdf("Zweite Fassung", "Anhang"), text_pdf("Dritte Fassung")
BLACKENED = page_with(b"0 g BT /F1 12 Tf 50 700 Td (Frau Schwarzgeheim wohnt) Tj ET 77 696 90 14 re f")


@pytest.fixture(autouse=True)
def media(settings, tmp_path, monkeypatch):
    monkeypatch.setattr("intmk.media.documents.text.read_pdf", read_once)  # test_document_text asks the reading itself
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def paper() -> SiteDocument:
    return SiteDocument.objects.create(title="Beschluss", file=ContentFile(FIRST, name="entwurf.pdf"), released=True)


def replace(client: Client, paper: SiteDocument, data: bytes, name: str = "beschluss.pdf", **changes):
    """Send the form of a document with another file."""
    fields = {
        "title": paper.title, "tags": "", "language": "de", "accessible": "unknown", "released": "on",
        "collection": paper.collection_id, "file": SimpleUploadedFile(name, data),
    }  # fmt: skip
    address = reverse("wagtaildocs:edit", args=[paper.pk])
    return client.post(address, {name: value for name, value in (fields | changes).items() if value is not None})


def body(response) -> bytes:
    return b"".join(response.streaming_content)


def test_every_replaced_file_stays_at_an_address_of_its_own(chair, reader, paper):
    first_address = paper.url
    replace(chair, paper, SECOND)
    replace(chair, paper, THIRD)
    third, second, first = SiteDocument.objects.get(pk=paper.pk), *paper.versions.all()
    assert (first.number, second.number, second.page_count) == (1, 2, 2)
    assert first.url == f"/dokumente/{paper.pk}/fassungen/1/entwurf.pdf"
    assert [body(reader.get(found.url)) for found in (first, second, third)] == [FIRST, SECOND, THIRD]
    assert [page.text for page in third.pages.all()] == ["Dritte Fassung"]
    assert reader.get(first_address)["Location"] == third.url
    assert len({first.sha256, second.sha256, third.sha256}) == 3


def test_a_version_is_served_as_a_document_is(chair, reader, paper):
    replace(chair, paper, SECOND)
    version = paper.versions.get()
    response = reader.get(version.url)
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("inline")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'"
    assert body(response) == FIRST
    assert reader.get(version.url, headers={"if-none-match": f'"{version.sha256}"'}).status_code == 304
    assert reader.get(version.url.replace("entwurf", "anderes")).status_code == 404
    assert reader.get(version.url.replace("fassungen/1", "fassungen/2")).status_code == 404
    Path(version.file.path).unlink()
    assert reader.get(version.url).status_code == 404


def former_file_is_kept(client: Client, paper: SiteDocument, **changes) -> bool:
    """Replace the file, which makes the document public; say whether the former one is still there."""
    former = Path(paper.file.path)
    with TestCase.captureOnCommitCallbacks(execute=True):
        replace(client, paper, SECOND, **changes)
    paper.refresh_from_db()
    assert Path(paper.file.path) != former
    assert paper.versions.exists() == former.exists()
    return former.exists()


def test_a_file_that_readers_never_got_is_no_version(chair, paper):
    SiteDocument.objects.update(released=False)
    assert not former_file_is_kept(chair, paper)


def test_a_withheld_file_is_no_version_although_a_page_names_it(chair, paper):
    with_paper(paper)
    SiteDocument.objects.update(released=False, withheld=True)
    assert not former_file_is_kept(chair, paper, released=None)


def test_a_file_that_a_page_shows_becomes_a_version(chair, paper):
    with_paper(paper)
    SiteDocument.objects.update(released=False)
    assert former_file_is_kept(chair, paper, released=None)


@pytest.mark.parametrize("read_by", [VERSION, 0], ids=["read", "not yet read"])
def test_a_file_with_unseen_text_is_replaced_for_good(chair, reader, paper, read_by):
    replace(chair, paper, BLACKENED, "balken.pdf", knowingly="on")
    paper.refresh_from_db()
    assert "Die bisherige wird dabei gelöscht" in paper.warnings[0]
    if not read_by:
        SiteDocument.objects.update(disclosed={}, read_by=0)
    replace(chair, paper, THIRD)
    assert [version.address_name for version in paper.versions.all()] == ["entwurf.pdf"]
    assert reader.get(f"/dokumente/{paper.pk}/fassungen/2/balken.pdf").status_code == 404


def test_the_same_file_under_another_name_is_no_version(chair, media, paper, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        replace(chair, paper, FIRST, "beschluss.pdf")
    assert not paper.versions.exists()
    assert len([path for path in media.rglob("*") if path.is_file()]) == 1


def test_a_refused_file_changes_neither_document_nor_versions_and_keeps_what_was_typed(chair, media, paper):
    response = replace(chair, paper, text_pdf("Geheim", password="geheim"), title="Neuer Titel", language="en")
    form = BeautifulSoup(response.content, "html.parser")
    assert "mit einem Kennwort geschützt" in " ".join(response.context["form"].errors["file"])
    assert form.find("input", {"name": "title"})["value"] == "Neuer Titel"
    assert form.select_one("select[name=language] option[selected]")["value"] == "en"
    assert (paper.versions.count(), SiteDocument.objects.get(pk=paper.pk).sha256) == (0, paper.sha256)
    assert len([path for path in media.rglob("*") if path.is_file()]) == 1


def test_a_save_that_fails_leaves_no_version_and_no_file(media, paper):
    paper.file = ContentFile(SECOND, name="neu.pdf")
    with transaction.atomic():
        paper.save()
        assert paper.versions.count() == 1
        transaction.set_rollback(True)
    assert not DocumentVersion.objects.exists()
    assert [path.read_bytes() for path in media.rglob("*") if path.is_file()] == [FIRST]
    assert [page.text for page in paper.pages.all()] == ["Erste Fassung"]


def test_the_files_of_versions_go_with_the_document_and_not_as_orphans(
    chair, media, paper, django_capture_on_commit_callbacks
):
    replace(chair, paper, SECOND)
    adopt_media()
    kept = {path for path in media.rglob("*") if path.is_file()}
    for path in kept:
        os.utime(path, (0, 0))
    assert remove_orphans() == ([], [])
    assert {path for path in media.rglob("*") if path.is_file()} == kept
    with django_capture_on_commit_callbacks(execute=True):
        chair.post(reverse("wagtaildocs:delete", args=[paper.pk]))
    assert not SiteDocument.objects.filter(pk=paper.pk).exists()
    assert remove_orphans() == ([], [])
    assert {path for path in media.rglob("*") if path.is_file()} == kept
    with django_capture_on_commit_callbacks(execute=True):
        TrashedItem.objects.get().remove()
    assert [path.name for path in media.rglob("*") if path.is_file()] == [KEY_FILE]


def test_only_the_chair_replaces_what_readers_see(account, editor, reader, paper):
    replace(editor, paper, SECOND)
    assert body(reader.get(paper.url)) == FIRST
    give_chair(account)
    replace(editor, paper, SECOND)
    paper.refresh_from_db()
    assert body(reader.get(paper.url)) == SECOND
    take_chair(account)
    replace(editor, paper, THIRD)
    paper.refresh_from_db()
    assert body(reader.get(paper.url)) == SECOND
    assert paper.versions.count() == 1


def test_what_is_not_released_is_not_found_with_all_its_versions(chair, reader, paper):
    first_address = paper.url
    replace(chair, paper, SECOND)
    paper.refresh_from_db()
    addresses = [first_address, paper.url, paper.versions.get().url]
    assert [reader.get(address).status_code for address in addresses] == [302, 200, 200]
    replace(chair, paper, SECOND, file=None, released=None, withheld="on")
    assert [reader.get(address).status_code for address in addresses] == [404, 404, 404]
    for_editors = [
        reverse("proposed_file", args=["dokument", paper.pk]),
        reverse("proposed_version", args=[paper.pk, 1]),
    ]
    assert [body(chair.get(address)) for address in for_editors] == [SECOND, FIRST]
    assert all(reader.get(address)["Location"].startswith("/admin/login/") for address in for_editors)
    replace(chair, paper, SECOND, file=None)
    assert [reader.get(address).status_code for address in addresses] == [302, 200, 200]


def test_editors_without_a_right_to_the_file_do_not_get_what_is_not_released(account, editor, paper):
    address = reverse("proposed_file", args=["dokument", paper.pk])
    assert editor.get(address).status_code == 200
    for group in account.groups.all():
        group.collection_permissions.all().delete()
    assert editor.get(address).status_code in (302, 403)


def test_versions_of_what_is_private_or_only_proposed_are_not_served(chair, reader, paper):
    replace(chair, paper, SECOND)
    address = paper.versions.get().url
    SiteDocument.objects.update(collection=Collection.objects.get(name="Vorschläge der Länder"))
    assert reader.get(address).status_code == 404
    SiteDocument.objects.update(collection=Collection.get_first_root_node())
    assert reader.get(address).status_code == 200
    CollectionViewRestriction.objects.create(collection=Collection.get_first_root_node(), restriction_type="login")
    assert reader.get(address).status_code == 404


def test_the_form_shows_former_versions_and_what_the_file_says(chair, paper):
    replace(chair, paper, scan_pdf(3))
    page = chair.get(reverse("wagtaildocs:edit", args=[paper.pk]))
    shown = text_of(page)
    assert "Scan ohne Text" in shown
    assert "Frühere Fassungen" in shown
    assert "1: entwurf.pdf" in shown
    assert paper.sha256 in shown
    assert reverse("proposed_version", args=[paper.pk, 1]) in page.content.decode()


def with_paper(paper: SiteDocument) -> ConferencePage:
    page = ConferencePage.objects.get(number=12)
    page.documents.add(ConferenceDocument(document=paper))
    page.body = [("downloads", {"heading": "Unterlagen", "documents": [paper]})]
    page.save_revision().publish()
    Milestone.objects.create(
        timeline=TimelinePage.objects.get(), title="Beschlossen", day=date(2017, 3, 17), document=paper
    )
    return page


def test_pages_name_what_a_document_is_and_its_former_versions(chair, reader, paper):
    replace(chair, paper, scan_pdf(3), accessible="no", language="en")
    page = with_paper(paper)
    for address in (page.url, TimelinePage.objects.get().url):
        answer = reader.get(address)
        assert ", 3 Seiten, Scan ohne Text, Englisch, nicht barrierefrei" in text_of(answer)
        assert "1 frühere Fassung" in text_of(answer)
        assert paper.versions.get().url in answer.content.decode()


def test_pages_leave_out_what_is_not_released(reader, paper):
    page = with_paper(paper)
    paper.released, paper.withheld = False, True
    paper.save()
    link = f'<p><a linktype="document" id="{paper.pk}">Beschluss</a></p>'
    assert expand_db_html(link) == "<p><a>Beschluss</a></p>"
    for address in (page.url, TimelinePage.objects.get().url):
        content = reader.get(address).content.decode()
        assert "entwurf.pdf" not in content
        assert f"/dokument/{paper.pk}/" not in content
    assert "Zurzeit ist kein Dokument freigegeben." in text_of(reader.get(page.url))
    assert 'id="dokumente"' not in reader.get(page.url).content.decode()


def queries(address: str) -> int:
    client = Client(HTTP_HOST="localhost")
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.audit
def test_former_versions_of_many_documents_cost_no_more_queries_than_of_one(paper):
    page, timeline = with_paper(paper), TimelinePage.objects.get()
    paper.versions.create(number=1, file="documents/x.pdf", address_name="x.pdf")
    one = [queries(page.url), queries(timeline.url)]
    for number in range(2):
        more = SiteDocument.objects.create(title="Anlage", file=ContentFile(b"a;b\n", name=f"anlage{number}.csv"))
        more.versions.create(number=1, file="documents/x.pdf", address_name="x.pdf")
        more.versions.create(number=2, file="documents/y.pdf", address_name="y.pdf")
        page.documents.add(ConferenceDocument(document=more))
        Milestone.objects.create(timeline=timeline, title="Noch einer", day=date(2018, 1, 1), document=more)
    page.save_revision().publish()
    assert [queries(page.url), queries(timeline.url)] == one
    assert max(one) <= 30
