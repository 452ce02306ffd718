"""The text of PDF files: page by page, within limits, and never at the cost of the site."""

import io
import signal
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import transaction

from intmk.media import sandbox
from intmk.media.documents import text as document_text
from intmk.media.documents.models import SiteDocument
from intmk.media.documents.rereading import read_some
from intmk.media.documents.text import clean, read_pdf, understood
from tests.pdf_files import EMPTY_PAGE, crowded, deflated, page_with, read_once, scan_pdf, text_pdf


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def reading(data: bytes, seconds: float = 10, text: bool = True) -> document_text.Reading:
    return read_pdf(io.BytesIO(data), seconds, text)


def document(data: bytes, name: str = "beschluss.pdf", **changes) -> SiteDocument:
    found = SiteDocument(title="Beschluss der Konferenz", file=ContentFile(data, name=name), **changes)
    found.full_clean()
    found.save()
    return SiteDocument.objects.get(pk=found.pk)


def endless() -> bytes:
    """A small file that takes PDFium some seven seconds: one page of a million and a half lines."""
    return page_with(deflated(b"0 0 m 9 9 l S\n" * 75_000, 20), b"/Filter/FlateDecode")


def test_the_text_comes_page_by_page():
    found = reading(text_pdf("Erste Seite", "", "Dritte Seite: Übergabe", language="de-DE"))
    assert (found.state, found.page_count, found.language) == ("found", 3, "de-DE")
    assert found.pages == {1: "Erste Seite", 3: "Dritte Seite: Übergabe"}


def test_a_scan_is_known_by_having_pages_but_no_text():
    assert reading(scan_pdf(2)) == document_text.Reading("none", 2, {}, "", False)


def test_a_tagged_file_says_so():
    tagged = EMPTY_PAGE.replace(b"/Type/Catalog", b"/Type/Catalog/MarkInfo<</Marked true>>")
    assert reading(tagged).tagged is True
    assert reading(EMPTY_PAGE).tagged is False


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("Integrations\ufffekurse", "Integrationskurse"),
        ("Integrations\x02kurse", "Integrationskurse"),
        ("Integrations-\r\nkurse", "Integrationskurse"),
        ("Inte\u00adgra\u00ad\r\ntion", "Integration"),
        ("Baden\ufffeWürttemberg", "Baden-Württemberg"),
        ("Baden-\r\nWürttemberg", "Baden-Württemberg"),
        ("Sprach-\r\nund Integrationskurse", "Sprach- und Integrationskurse"),
        ("2016 -\r\n2017", "2016 - 2017"),
        ("a\0b\ud800c\x07  \t\n\n d\u200b", "abc d"),
        ("o\ufb03ziell, u\u0308ber", "offiziell, über"),
    ],
)
def test_broken_words_are_joined_and_what_cannot_be_stored_goes(raw, text):
    assert clean(raw) == text


@pytest.mark.parametrize("owner", ["", "nur-eigentum"])
def test_a_password_to_open_is_refused_and_one_to_change_is_not(owner):
    found = reading(text_pdf("Geheim", owner=owner) if owner else text_pdf("Geheim", password="geheim"))
    assert found.state == ("found" if owner else "encrypted")


def test_a_long_text_is_cut_at_300_000_characters_and_called_partial():
    long = page_with(crowded(3500))
    one = reading(long)
    assert one.state == "found"
    assert 75_000 < len(one.pages[1]) < 300_000
    three = long.replace(b"/Kids[3 0 R]/Count 1", b"/Kids[3 0 R 3 0 R 3 0 R 3 0 R]/Count 4")
    found = reading(three)
    assert (found.state, found.page_count) == ("partial", 4)
    assert 290_000 < sum(map(len, found.pages.values())) <= 300_000


def test_time_runs_out_and_no_process_stays(monkeypatch):
    started, popen = [], subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", lambda *a, **k: started.append(popen(*a, **k)) or started[-1])
    assert reading(endless(), seconds=0.5).state == "unread"
    assert started[0].returncode == -signal.SIGALRM
    assert not Path(f"/proc/{started[0].pid}").exists()  # nor one that has ended and is not collected


def test_a_process_that_does_not_end_itself_is_ended(monkeypatch, tmp_path):
    sleeper = tmp_path / "sleeper.py"
    sleeper.write_text(
        'import time; print(\'{"pages": 2}\\n"eins"\', flush=True); time.sleep(60); print(\'"zwei"\', flush=True)'
    )
    monkeypatch.setattr(document_text, "__file__", str(sleeper))
    assert reading(EMPTY_PAGE, seconds=0.1) == document_text.Reading("partial", 2, {1: "eins"}, "", False)


def test_a_bomb_does_not_take_more_memory_than_allowed(tmp_path):
    bomb = page_with(zlib.compress(deflated(bytes(1 << 20), 700)), b"/Filter[/FlateDecode/FlateDecode]")
    command = sandbox.command(document_text.__file__, 10, document_text.OUTPUT, "text", "10")
    # Measured by a small process: a child counts what its parent held at the fork, and the tests hold much.
    measure = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)
"""
    (tmp_path / "bomb.pdf").write_bytes(bomb)
    with (tmp_path / "bomb.pdf").open("rb") as file:
        ran = subprocess.run(
            [sys.executable, "-I", "-c", measure, *command], stdin=file, stdout=subprocess.PIPE, check=True
        )
    code, memory = (int(figure) for figure in ran.stdout.split())
    assert code != 0  # PDFium ends itself where it gets no more memory
    assert 100 * 1024 * 1024 < memory <= sandbox.MEMORY  # it did unpack, and was stopped
    assert reading(bomb) == document_text.Reading("unread", 1, {}, "", False)


@pytest.mark.parametrize(
    "lines",
    [
        [], ["?"], ["[]"], ["1"], ['{"pages": "x"}'], ['{"pages": true}'], ['{"pages": -1}'], ['{"problem": "<b>"}'],
        ["[" * 100_000], ['{"pages": 1e999}'],
    ],
)  # fmt: skip
def test_nonsense_from_the_reading_process_is_no_text(lines):
    assert understood(lines).state == "unread"


def test_what_a_taken_over_process_could_say_is_checked_again():
    head = '{"pages": 2, "language": "<script>", "tagged": "ja"}'
    found = understood([head, '"a\\u0000\\ud800b"', '{"x": 1}', '"' + "x" * 400_000 + '"', '"drei"'])
    assert (found.language, found.tagged) == ("", False)
    assert found.pages[1] == "ab"
    assert sum(map(len, found.pages.values())) <= 300_000
    assert set(found.pages) <= {1, 2}


def test_the_reading_process_knows_no_secrets(monkeypatch):
    monkeypatch.setenv("INTMK_SECRET_KEY", "geheim")
    seen = {}
    monkeypatch.setattr(subprocess, "run", lambda command, **options: seen.update(options["env"]))
    reading(EMPTY_PAGE)
    assert set(seen) <= {"PATH", "LD_LIBRARY_PATH"}


@pytest.mark.django_db
def test_a_document_keeps_text_pages_and_checksum():
    found = document(text_pdf("Erste Seite", "Zweite Seite", language="en-US"))
    assert (found.text_state, found.page_count, found.declared_language) == ("found", 2, "en-US")
    assert found.language == "de"  # what a file says is a hint
    assert found.accessible == "unknown"
    assert list(found.pages.values_list("number", "text")) == [(1, "Erste Seite"), (2, "Zweite Seite")]
    assert found.sha256 == found.computed_sha256()
    assert len(found.sha256) == 64


@pytest.mark.django_db
def test_a_table_has_a_checksum_and_no_text():
    found = document(b"Land;Zahl\n", "daten.csv")
    assert (found.text_state, found.page_count, found.pages.count(), len(found.sha256)) == ("", None, 0, 64)


@pytest.mark.django_db
def test_text_is_read_once_for_an_upload(monkeypatch):
    calls = []
    monkeypatch.setattr(document_text, "read_pdf", lambda *options: calls.append(options) or read_pdf(*options))
    document(text_pdf("Erste Seite"))
    assert len(calls) == 1


@pytest.mark.django_db
def test_text_is_read_before_the_transaction_of_saving(monkeypatch):
    depth = []

    def seen(*options):
        depth.append(len(transaction.get_connection().savepoint_ids))
        return read_pdf(*options)

    monkeypatch.setattr(document_text, "read_pdf", seen)
    before = len(transaction.get_connection().savepoint_ids)
    SiteDocument.objects.create(title="Papier", file=ContentFile(text_pdf("Eins"), name="papier.pdf"))
    assert depth == [before]


@pytest.mark.django_db
def test_documents_of_an_earlier_version_are_read_by_the_command(capsys, monkeypatch):
    monkeypatch.setattr(document_text, "read_pdf", read_once)
    found = document(text_pdf("Erste Seite"))
    read_before = document(text_pdf("Schon gelesen"))
    read_before.pages.update(text="bleibt")
    found.pages.all().delete()
    SiteDocument.objects.filter(pk=found.pk).update(sha256="", text_state="", page_count=None, read_by=0)
    gone = document(text_pdf("Weg"))
    SiteDocument.objects.filter(pk=gone.pk).update(sha256="", read_by=0)
    Path(gone.file.path).unlink()
    call_command("read_documents", new=True)
    found.refresh_from_db()
    assert (found.text_state, found.page_count, found.pages.get().text) == ("found", 1, "Erste Seite")
    assert (found.former_names, found.versions.count()) == ([], 0)
    assert read_before.pages.get().text == "bleibt"
    printed = capsys.readouterr()
    assert "1 gelesen" in printed.out
    assert "fehlt" in printed.err
    call_command("read_documents")
    assert read_before.pages.get().text == "Schon gelesen"


@pytest.mark.django_db
def test_the_clock_reads_for_some_time_and_what_is_missing_when_it_is_there(monkeypatch):
    monkeypatch.setattr(document_text, "read_pdf", read_once)
    first, second = document(text_pdf("Erste Seite")), document(text_pdf("Zweite Seite"))
    SiteDocument.objects.update(read_by=0)
    place = Path(first.file.path)
    content = place.read_bytes()
    place.unlink()
    waiting = lambda: set(SiteDocument.objects.read_otherwise().values_list("pk", flat=True))  # noqa: E731
    read_some(seconds=0)
    assert waiting() == {first.pk, second.pk}
    read_some()
    assert waiting() == {first.pk}
    place.write_bytes(content)
    read_some()
    assert waiting() == set()


@pytest.mark.django_db
def test_a_document_that_was_never_read_may_hold_anything(monkeypatch):
    monkeypatch.setattr(document_text, "read_pdf", read_once)
    found = document(text_pdf("Erste Seite"))
    assert not found.may_hide_text
    SiteDocument.objects.update(sha256="", read_by=0)
    assert SiteDocument.objects.get().may_hide_text
