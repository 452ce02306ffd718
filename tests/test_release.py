"""What is not released is nowhere: not on the page, in lists, search, data, sitemap, nor in the text of papers."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, rich_text

from conferences.models import ResolutionPage, ResolutionStatement
from intmk.media.documents.models import SiteDocument
from intmk.search.index import SearchEntry
from intmk.search.query import parse
from intmk.search.results import correction, find, public_entries, suggestions
from tests.editing import give_chair, take_chair, text_of
from tests.importing import pdf
from tests.pdf_files import read_once
from tests.resolutions import (
    SECRET_PAPER,
    SECRET_POINT,
    SECRET_REASONS,
    SECRET_STATEMENT,
    full,
    land,
    paper,
    resolution,
)
from tests.test_resolution_rules import form

pytestmark = pytest.mark.django_db
SECRETS = {SECRET_REASONS, SECRET_POINT, SECRET_STATEMENT, SECRET_PAPER}


@pytest.fixture(autouse=True)
def _each_file_read_once(monkeypatch):
    monkeypatch.setattr("intmk.media.documents.text.read_pdf", read_once)  # test_document_text asks the reading itself


def places(page: ResolutionPage) -> list[str]:
    """Every address at which something of the resolution could be read."""
    return [
        page.url, "/", "/konferenzen/12/", "/beschluesse/", "/beschluesse/?konferenz=12", "/beschluesse/statistik/",
        "/themen/sport/", "/laender/bayern/", "/sitemap.xml", "/api/v1/openapi.json", "/api/v1/laender",
        "/api/v1/resolutions?conference=12", "/api/v1/conferences", "/api/v1/themes",
        "/feeds/beschluesse.atom", "/feeds/beschluesse.json",
        f"/konferenzen/12/{page.slug}/zitat.bib", f"/konferenzen/12/{page.slug}/zitat.ris",
        f"/suche/?q={SECRET_POINT}", f"/suche/vorschlaege/?q={SECRET_REASONS[:5]}", f"/suche/?q={SECRET_PAPER[:-2]}xy",
    ]  # fmt: skip


def leaks(page: ResolutionPage) -> set[str]:
    """The secrets that an anonymous reader sees somewhere, besides in what was asked for."""
    client, found = Client(HTTP_HOST="localhost"), set()
    for address in places(page):
        body = client.get(address).content.decode()
        asked = address.partition("?q=")[2]
        found |= {secret for secret in SECRETS if secret in body and secret != asked}
        if asked in SECRETS and "Treffer für" in body and "Keine Treffer" not in body:
            found.add(asked)
    for secret in SECRETS:  # the other questions to the search without the page around the answer
        meant, _ = correction(public_entries(), parse(f"{secret[:-2]}xy"))
        if find(public_entries(), parse(secret), "", "").count or secret in meant or secret in suggestions(secret[:5]):
            found.add(secret)
    for entry in SearchEntry.objects.all():
        found |= {secret for secret in SECRETS if secret in entry.text or secret.lower() in str(entry.vector)}
    return found


def hide(page: ResolutionPage, release: str) -> None:
    page.release = release
    statement = page.statements.get()
    statement.is_released = False
    page.statements = [statement]
    page.source_file = paper(f"Die {SECRET_PAPER} beträgt sieben.", withheld=True)
    page.save_revision().publish()


def test_all_is_read_and_found_while_it_is_released():
    page = full()
    page.source_file.title = "Niederschrift"
    page.source_file.save()
    assert leaks(page) == SECRETS


@pytest.mark.slow("looks for what is taken back in every place there is")
@pytest.mark.kinds(2)
@pytest.mark.parametrize(
    ("release", "left"), [("text", {SECRET_POINT}), ("title", set()), ("", set())], ids=["text", "title", "unknown"]
)
def test_what_is_taken_back_is_nowhere_any_more(release, left):
    page = full()
    first = page.source_file
    hide(page, release)
    first.delete()
    assert leaks(page) == left


def test_a_paper_that_is_not_released_is_served_to_nobody(client):
    page = full()
    address = page.source_file.url
    assert client.get(address).status_code == 200
    page.source_file.withheld = True
    page.source_file.save()
    assert client.get(address).status_code == 404
    assert "Die Quelldatei liegt vor, ist aber nicht freigegeben." in text_of(client.get(page.url))


def test_only_the_chair_releases(account, editor):
    page = full()
    hide(page, "title")
    give_chair(account)
    take_chair(account)
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    reasons = rich_text(f"<p>{SECRET_REASONS}</p>")
    released = form(item="7.1", release="reasons", reasons=reasons) | {"action-publish": "1"}
    editor.post(address, released)
    assert SECRET_REASONS not in Client(HTTP_HOST="localhost").get(page.url).content.decode()
    give_chair(account)
    assert editor.post(address, released).status_code == 302
    assert SECRET_REASONS in Client(HTTP_HOST="localhost").get(page.url).content.decode()


SENTENCE = "Die Länder erwarten einen Ausgleich ihrer Mehrkosten"


def test_hidden_reasons_are_recognised_in_a_paper_however_they_are_set():
    page = resolution("7.1", publish=False, release="text")
    page.source_file = paper(f"Kurz - {SENTENCE.replace('Mehrkosten', 'Mehr-kosten')} - Auch")
    paragraphs = f"<p>Erstens.</p><p>{SENTENCE}.</p>"
    for reasons in (paragraphs, f"<ul><li>Kurz</li><li>{SENTENCE}</li><li>Auch</li></ul>"):
        page.reasons = reasons
        with pytest.raises(ValidationError, match="Quelldatei"):
            page.full_clean()
    page.reasons = "<p>Erstens.</p>"
    page.full_clean()


def test_a_hidden_statement_is_recognised_in_a_paper():
    page = resolution("7.1", publish=False, source_file=paper(SENTENCE))
    statement = ResolutionStatement(land=land("BY"), text=f"<p>{SENTENCE}.</p>", is_released=False)
    page.statements = [statement]
    with pytest.raises(ValidationError, match="Quelldatei"):
        page.full_clean()
    statement.is_released = True
    page.full_clean()


def test_a_paper_is_not_released_later_while_it_holds_what_is_hidden(chair):
    page = full(reasons=f"<p>{SENTENCE}.</p>", release="text", source_file=paper(SENTENCE, withheld=True))
    address = reverse("wagtaildocs:edit", args=[page.source_file.pk])
    fields = {"title": "Niederschrift", "language": "de", "accessible": "unknown", "tags": ""}
    fields["collection"] = page.source_file.collection_id
    assert "was beim Beschluss „Erfundener Beschluss 7.1“ nicht freigegeben ist" in text_of(chair.post(address, fields))
    page.source_file.refresh_from_db()
    assert page.source_file.withheld
    page.release = "reasons"
    page.save_revision().publish()
    assert chair.post(address, fields).status_code == 302


def test_a_released_paper_is_not_replaced_by_one_that_holds_what_is_hidden(chair):
    page = full(reasons=f"<p>{SENTENCE}.</p>", release="text", source_file=paper("Harmlos."))
    fields = {"title": "Niederschrift", "language": "de", "accessible": "unknown", "tags": ""}
    fields |= {"collection": page.source_file.collection_id, "file": SimpleUploadedFile("neu.pdf", pdf(SENTENCE))}
    answer = chair.post(reverse("wagtaildocs:edit", args=[page.source_file.pk]), fields)
    assert "nicht freigegeben ist" in text_of(answer)
    assert not page.source_file.versions.exists()


def test_what_is_there_but_not_released_is_not_called_missing(client):
    page = full()
    hide(page, "title")
    text = text_of(client.get(page.url))
    assert "Der Wortlaut liegt vor, ist aber nicht freigegeben." in text
    assert "Die Begründung ist nicht freigegeben." in text
    assert "der Wortlaut und" not in text


def test_the_editor_is_told_beside_the_statement_that_its_wording_stands_in_the_released_paper(chair):
    page = full(source_file=paper(SENTENCE))
    row = page.statements.get()
    values = {"id": row.pk, "land": row.land_id, "kind": row.kind, "stance": row.stance, "summary": "Kurz."}
    values |= {"text": rich_text(f"<p>{SENTENCE}.</p>"), "is_released": ""}
    sent = form(item="7.1", source_file=page.source_file_id, statements=inline_formset([values], initial=1))
    answer = chair.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), sent | {"action-publish": "1"})
    assert "Der Wortlaut steht in der Quelldatei, die nicht gesperrt ist." in text_of(answer)
    assert page.statements.get().is_released
    sent = form(item="7.1", statements=inline_formset([values], initial=1)) | {"action-publish": "1"}
    assert chair.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), sent).status_code == 302


def test_a_source_file_is_not_deleted_and_the_editor_is_told_why(chair):
    page = full()
    answer = chair.post(reverse("wagtaildocs:delete", args=[page.source_file_id]), follow=True)
    assert "Nicht gelöscht, es wird noch gebraucht: „Erfundener Beschluss 7.1“" in text_of(answer)
    assert SiteDocument.objects.filter(pk=page.source_file_id).exists()
