"""Hostile PDF files through the real upload: a clear answer each time, nothing half done, and the site goes on.

One of each family in `make test`, 200 of them in `make audit`.
"""

import base64
import random
import time
import zlib
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from wagtail.models import Collection, Page, UploadedFile

from intmk.media.documents.models import SiteDocument
from intmk.media.documents.parts import DocumentPage
from intmk.media.documents.upload import REFUSED
from tests.pdf_files import EMPTY_PAGE, crowded, deflated, page_with, pdf_of, scan_pdf, stream, text_pdf

pytestmark = pytest.mark.django_db
CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"
FLATE = b"/Filter/FlateDecode"


def truncated(count: int) -> dict[str, bytes]:
    whole = text_pdf(*(f"Seite {number}: Beschluss zur Integration" for number in range(4)))
    return {f"truncated {cut}": whole[: 5 + (len(whole) - 6) * cut // count] for cut in range(count)}


def mutated(count: int) -> dict[str, bytes]:
    """Random bytes in a text, a scan and an encrypted file; the head stays, since without it all would be refused."""
    chance = random.Random(20261123)
    wholes = cycle([text_pdf("Beschluss", "Zweite Seite"), scan_pdf(), text_pdf("Geheim", owner="o"), EMPTY_PAGE])
    found = {}
    for number in range(count):
        data = bytearray(next(wholes))
        for _ in range(chance.choice([1, 5, 50, 500])):
            data[chance.randrange(8, len(data))] = chance.randrange(256)
        found[f"mutated {number}"] = bytes(data)
    return found


def shuffled(count: int) -> dict[str, bytes]:
    """Parts of a file in another order, and one twice."""
    chance = random.Random(7)
    lines = text_pdf("Beschluss", "Zweite Seite").split(b"\n")
    found = {}
    for number in range(count):
        body = lines[1:] + chance.choices(lines, k=5)
        chance.shuffle(body)
        found[f"shuffled {number}"] = b"\n".join([lines[0], *body])
    return found


def encrypted() -> dict[str, bytes]:
    found = {f"password {number}": text_pdf("Geheim", password="x" * (number + 1)) for number in range(8)}
    found |= {f"owner password {number}": text_pdf("Offen", owner=f"o{number}") for number in range(4)}
    broken = pdf_of(
        CATALOG, b"<</Type/Pages/Kids[]/Count 0>>", b"<</Filter/Unbekannt/V 99>>", trailer=b"/Encrypt 3 0 R"
    )
    return found | {"unknown encryption": broken}


def loops() -> dict[str, bytes]:
    pages = b"<</Type/Pages/Kids[%b]/Count %b>>"
    again = pdf_of(CATALOG, pages % (b"3 0 R", b"1"), PAGE)
    table = again.rindex(b"xref\n0")
    return {
        "page tree in itself": pdf_of(CATALOG, pages % (b"2 0 R", b"5")),
        "two nodes in each other": pdf_of(CATALOG, pages % (b"3 0 R", b"9"), pages % (b"2 0 R", b"9")),
        "parents in a circle": pdf_of(CATALOG, pages % (b"3 0 R", b"1"), PAGE.replace(b"2 0 R", b"3 0 R")),
        "one page thousands of times": pdf_of(CATALOG, pages % (b"3 0 R " * 2500, b"2500"), PAGE),
        "catalog is its own pages": pdf_of(b"<</Type/Catalog/Pages 1 0 R>>"),
        "xref before itself": again.replace(b"/Size 4", b"/Size 4/Prev %d" % table),
        "xref far away": again.replace(b"startxref\n%d" % table, b"startxref\n99999999999999999999"),
        "xref below zero": again.replace(b"startxref\n%d" % table, b"startxref\n-1"),
        "length refers to itself": page_with(b"BT ET").replace(b"/Length 5", b"/Length 4 0 R"),
        "contents refer to themselves": pdf_of(
            CATALOG,
            pages % (b"3 0 R", b"1"),
            PAGE.replace(b"/Type/Page", b"/Contents 4 0 R/Type/Page"),
            b"[4 0 R 4 0 R]",
        ),
        "object stream in itself": pdf_of(
            CATALOG, pages % (b"3 0 R", b"1"), PAGE, stream(b"4 0 4 0 R", b"/Type/ObjStm/N 1/First 4/Extends 4 0 R")
        ),
        "form that draws itself": pdf_of(
            CATALOG,
            pages % (b"3 0 R", b"1"),
            PAGE.replace(b"/Type/Page", b"/Contents 5 0 R/Resources<</XObject<</X 4 0 R>>>>/Type/Page"),
            stream(b"/X Do /X Do", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 4 0 R>>>>"),
            stream(b"/X Do"),
        ),
        "outline in a circle": pdf_of(
            b"<</Type/Catalog/Pages 2 0 R/Outlines 4 0 R>>",
            pages % (b"3 0 R", b"1"),
            PAGE,
            b"<</First 4 0 R/Last 4 0 R/Next 4 0 R/Parent 4 0 R>>",
        ),
    }


def bombs() -> dict[str, bytes]:
    """Few reach a limit, so that the test stays quick; the limits themselves are tested in test_document_text.py."""
    nothing = deflated(bytes(1 << 20), 700)
    return {
        "700 MB of nothing": page_with(nothing, FLATE),
        "700 MB packed twice": page_with(zlib.compress(nothing), b"/Filter[/FlateDecode/FlateDecode]"),
        "seven million lines": page_with(deflated(b"0 0 m 9 9 l S\n" * 75_000, 100), FLATE),
        "ten million saved states": page_with(deflated(b"q " * 524_288, 20), FLATE),
        "50 MB in run lengths": page_with(b"\x81A" * 400_000, b"/Filter/RunLengthDecode"),
        "base 85 of Flate": page_with(base64.a85encode(zlib.compress(b"BT ET " * 9999)) + b"~>", b"/Filter[/A85/Fl]"),
        **{f"{n} filters": page_with(b"00>" * 99, b"/Filter[" + b"/AHx" * n + b"]") for n in (10, 1000, 50_000)},
        "an object stream of zeros": pdf_of(
            CATALOG, b"<</Type/Pages/Kids[3 0 R]/Count 1>>", PAGE,
            stream(deflated(bytes(1 << 20), 50), b"/Type/ObjStm/N 9999999/First 9" + FLATE),
        ),
        "a picture of four billion dots": page_with(b"BI /W 65535 /H 65535 /BPC 8 /CS /RGB ID x EI"),
    }  # fmt: skip


def numbers_out_of_bounds() -> dict[str, bytes]:
    tree, odd = (
        b"<</Type/Pages/Kids[3 0 R]/Count %b>>",
        [b"-1", b"0", b"3001", b"99999999", b"4294967297", b"1e99", b"x"],
    )
    boxes = [
        b"0 0 0 0",
        b"0 0 1e30 1e30",
        b"-9e9 -9e9 9e9 9e9",
        b"9 9 1 1",
        b"null",
        b"0 0",
        b"1 0 R 1 0 R 1 0 R 1 0 R",
    ]
    tall = b"<</Type/Pages/Kids[" + b"3 0 R " * 3001 + b"]/Count 3001>>"
    return {
        **{f"page count {count!r}": pdf_of(CATALOG, tree % count, PAGE) for count in odd},
        **{f"media box {box!r}": pdf_of(CATALOG, tree % b"1", PAGE.replace(b"0 0 595 842", box)) for box in boxes},
        "3001 pages": pdf_of(CATALOG, tall, PAGE),
        "negative length": page_with(b"BT ET").replace(b"/Length 5", b"/Length -5"),
        "endless length": page_with(b"BT ET").replace(b"/Length 5", b"/Length 99999999999"),
        "size of the table": EMPTY_PAGE.replace(b"/Root", b"/Size 999999999/Root"),
        "object number": EMPTY_PAGE.replace(b"3 0 obj", b"4294967295 0 obj"),
    }


def deeply_nested() -> dict[str, bytes]:
    box = b"[0 0 595 842]"
    found = {}
    for depth in (100, 5_000, 200_000):
        found[f"{depth} arrays"] = EMPTY_PAGE.replace(b"[0 0 200 200]", b"[" * depth + box + b"]" * depth)
        found[f"{depth} dictionaries"] = EMPTY_PAGE.replace(b"[0 0 200 200]", b"<</A " * depth + box + b">>" * depth)
        found[f"{depth} arrays in the content"] = page_with(b"[" * depth + b"]" * depth + b" TJ")
    chain = [b"<</Type/Pages/Parent %d 0 R/Kids[%d 0 R]/Count 1>>" % (n - 1, n + 1) for n in range(2, 2000)]
    return found | {"a chain of 2000 nodes": pdf_of(CATALOG, *chain, PAGE)}


def of_another_kind() -> dict[str, bytes]:
    heads = [b"<html><script>alert(1)</script>", b"PK\x03\x04", b"MZ\x90\0", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b""]
    found = {f"PDF head, then {head[:8]!r}": b"%PDF-1.7\n" + head * 50 for head in heads}
    found |= {f"no PDF: {head[:8]!r}": head for head in heads}
    return found | {
        "zeros": bytes(5000),
        "head and zeros": b"%PDF-" + bytes(5000),
        "end only": b"%%EOF",
        "one byte": b"%",
    }


def active() -> dict[str, bytes]:
    actions = {
        "JavaScript": b"/OpenAction<</S/JavaScript/JS(while\\(1\\){})>>",
        "launch": b"/OpenAction<</S/Launch/F(/bin/sh)>>",
        "address": b"/OpenAction<</S/URI/URI(http://127.0.0.1/)>>",
        "submitted form": b"/AA<</WC<</S/SubmitForm/F(http://127.0.0.1/)>>>>",
        "embedded program": b"/Names<</EmbeddedFiles<</Names[(a.exe)<</EF<</F 1 0 R>>>>]>>>>",
        "XFA": b"/AcroForm<</XFA 1 0 R/Fields[1 0 R]>>",
        "language of 9999 letters": b"/Lang(" + b"x" * 9999 + b")",
        "language of zeros": b"/Lang(\\000\\000)",
        "external file": b"/Collection 1 0 R/OpenAction<</S/GoToR/F(/etc/passwd)/D[0/Fit]>>",
    }
    return {name: EMPTY_PAGE.replace(b"/Type/Catalog", b"/Type/Catalog" + entry) for name, entry in actions.items()}


def texts() -> dict[str, bytes]:
    show = b"BT /F1 1 Tf 1 0 0 1 0 400 Tm "
    return {
        "a text of 600,000 characters": page_with(crowded(24_000)),
        "control characters": page_with(show + bytes(range(1, 32)).join([b"(", b") Tj ET"])),
        "zeros in the text": page_with(show + b"(a\\000b) Tj <0000FFFFD800> Tj ET"),
        "unfinished string": page_with(show + b"(" * 9999),
        "a size of nothing": page_with(b"BT /F1 0 Tf (a) Tj ET"),
        "no such font": page_with(b"BT /F9 9 Tf (a) Tj ET"),
    }


# One file of each family, and what becomes of it: part of the sentence that refuses it, or the state of its text.
FAMILIES = {
    "password": (encrypted, "password 0", "Kennwort"),
    "owner password": (encrypted, "owner password 0", "found"),
    "loops": (loops, "page tree in itself", ""),
    "bombs": (bombs, "700 MB packed twice", "unread"),
    "numbers": (numbers_out_of_bounds, "3001 pages", "3001 Seiten"),
    "nesting": (deeply_nested, "5000 dictionaries", ""),
    "other kinds": (of_another_kind, "zeros", "passt nicht"),
    "head of a PDF": (of_another_kind, "PDF head, then b'PK\\x03\\x04'", "beschädigt"),
    "active": (active, "JavaScript", "none"),
    "texts": (texts, "a text of 600,000 characters", "partial"),
    "truncated": (lambda: truncated(40), "truncated 20", ""),
    "shuffled": (lambda: shuffled(20), "shuffled 3", ""),
    "mutated": (lambda: mutated(4), "mutated 0", ""),
}


def hostile() -> dict[str, bytes]:
    groups = (encrypted, loops, bombs, numbers_out_of_bounds, deeply_nested, of_another_kind, active, texts)
    found = {name: data for group in groups for name, data in group().items()}
    found |= truncated(40) | shuffled(20)
    return found | mutated(200 - len(found))


def add_one(client: Client, data: bytes):
    """Upload by the form of one document; return the answer and the message beside the field, "" when taken."""
    fields = {"title": "Feindliches Papier", "language": "de", "accessible": "unknown", "tags": ""}
    fields["collection"] = str(Collection.get_first_root_node().pk)
    response = client.post(reverse("wagtaildocs:add"), fields | {"file": SimpleUploadedFile("papier.pdf", data)})
    if response.status_code == 302:
        return response, ""
    form = BeautifulSoup(response.content, "html.parser")
    assert form.find("input", {"name": "title"})["value"] == "Feindliches Papier"
    return response, " ".join(response.context["form"].errors["file"])


def add_among_many(client: Client, data: bytes):
    """The same by the form of several, in its two steps."""
    file = SimpleUploadedFile("papier.pdf", data)
    response = client.post(reverse("wagtaildocs:add_multiple"), {"title": "papier.pdf", "files[]": file})
    answer = response.json()
    if not answer["success"]:
        return response, answer["error_message"]
    step, prefix = answer["uploaded_file_id"], f"uploaded-document-{answer['uploaded_file_id']}"
    fields = {"title": "Feindliches Papier", "language": "de", "accessible": "unknown", "tags": ""}
    fields["collection"] = str(Collection.get_first_root_node().pk)
    response = client.post(
        reverse("wagtaildocs:create_multiple_from_uploaded_document", args=[step]),
        {f"{prefix}-{name}": value for name, value in fields.items()},
    )
    assert response.json()["success"], response.json()
    return response, ""


@pytest.mark.audit
def test_there_are_200_different_ones_and_they_are_the_same_in_every_run():
    files = hostile()
    assert len(files) == 200
    assert len(set(files.values())) > 190
    assert files == hostile()


def uploaded(client: Client, add: Callable, name: str, data: bytes, media: Path) -> str:
    """Upload it; return the message that refuses it, or the state of its text. Fail if anything is half done."""
    known = set(SiteDocument.objects.values_list("pk", flat=True))
    before = {path for path in media.rglob("*") if path.is_file()}
    response, message = add(client, data)
    assert response.status_code in (200, 302), name
    new = {path for path in media.rglob("*") if path.is_file()} - before
    found = SiteDocument.objects.exclude(pk__in=known).first()
    assert not UploadedFile.objects.exists(), name
    if message:
        assert (found, new) == (None, set()), name
        return message
    consistent(found, data, name)
    assert {path.name for path in new} == {found.file.name.rpartition("/")[2]}, name
    return found.text_state


def the_site_goes_on(editor: Client) -> None:
    for address in ("/", "/konferenzen/12/", "/suche/?q=Beschluss"):
        assert Client(HTTP_HOST="localhost").get(address).status_code == 200
    assert editor.get(reverse("wagtaildocs:index")).status_code == 200


@pytest.mark.slow("reads a family of hostile files, each in a process")
@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.kinds(5)
def test_a_hostile_file_of_each_family_is_taken_or_refused(chair, settings, tmp_path, family):
    settings.MEDIA_ROOT = tmp_path
    make, name, fate = FAMILIES[family]
    add = add_among_many if family in ("owner password", "active") else add_one
    answer = uploaded(chair, add, name, make()[name], tmp_path)
    assert understandable({name: answer})
    assert fate in answer


def test_a_file_that_cannot_be_read_is_offered_for_download_and_said_to_be_so(chair, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    uploaded(chair, add_one, "bomb", bombs()["700 MB packed twice"], tmp_path)
    the_site_goes_on(chair)
    unread_is_told_and_served(chair)


@pytest.mark.audit
def test_200_hostile_files_are_each_taken_or_refused_and_the_site_goes_on(chair, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    pages, answers, slowest = Page.objects.count(), {}, 0.0
    for (name, data), add in zip(hostile().items(), cycle([add_one, add_one, add_one, add_among_many]), strict=False):
        began = time.monotonic()
        answers[name] = uploaded(chair, add, name, data, tmp_path)
        slowest = max(slowest, time.monotonic() - began)
    assert slowest < 60  # the reading process is ended after ten; the machine may be busy
    expected(answers)
    assert Page.objects.count() == pages
    the_site_goes_on(chair)
    unread_is_told_and_served(chair)


def unread_is_told_and_served(editor: Client) -> None:
    unread = SiteDocument.objects.filter(text_state="unread").first()
    assert "Text ließ sich nicht erfassen" in editor.get(reverse("wagtaildocs:edit", args=[unread.pk])).content.decode()
    SiteDocument.objects.filter(pk=unread.pk).update(released=True)
    assert b"".join(Client(HTTP_HOST="localhost").get(unread.url).streaming_content).startswith(b"%PDF-")


def consistent(found: SiteDocument, data: bytes, name: str) -> None:
    """Fail unless row, file and pages of what was taken agree."""
    assert found.file.storage.size(found.file.name) == found.file_size == len(data), name
    assert found.computed_sha256() == found.sha256, name
    assert 1 <= found.page_count <= 3000, name
    assert found.text_state in ("found", "none", "partial", "unread"), name
    assert (found.text_state in ("found", "partial")) == found.pages.exists(), name
    texts = DocumentPage.objects.filter(document=found).values_list("number", "text")
    assert all(1 <= number <= found.page_count and text.strip() for number, text in texts), name
    assert sum(len(text) for _, text in texts) <= 300_000, name


def understandable(answers: dict[str, str]) -> bool:
    """Say whether every answer is a state of the text or one of our sentences; else fail with those that are not."""
    parts = [message.partition("%")[0] for message in REFUSED.values()]
    ours = (*parts, "Der Inhalt der Datei passt nicht", "ist leer")
    states = {"found", "none", "partial", "unread"}
    assert {
        name: answer for name, answer in answers.items() if answer not in states and not any(p in answer for p in ours)
    } == {}
    return True


def expected(answers: dict[str, str]) -> None:
    """Fail unless the files whose fate is certain have met it, and every refusal is one of our sentences."""
    assert understandable(answers)
    assert all("Kennwort" in answers[f"password {number}"] for number in range(8))
    assert all(answers[f"owner password {number}"] == "found" for number in range(4))
    assert "3001 Seiten" in answers["3001 pages"]
    assert answers["700 MB packed twice"] == answers["seven million lines"] == "unread"
    assert answers["a text of 600,000 characters"] == "partial"
    assert "passt nicht" in answers["zeros"]
    assert "beschädigt" in answers["PDF head, then b'PK\\x03\\x04'"]
    assert {answers[name] for name in active()} == {"none"}
