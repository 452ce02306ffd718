"""A cleaned copy of a PDF: nothing that nobody sees is left in it, and what is seen is as it was."""

from io import BytesIO
from typing import IO

import pikepdf
import pypdfium2
import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import ImageChops
from wagtail.models import Collection, UploadedFile

from intmk.media.documents.cleaning import cleaned_copy, without_hidden_content
from intmk.media.documents.models import SiteDocument
from intmk.media.documents.parts import DocumentVersion
from intmk.media.documents.rereading import read_some
from intmk.media.documents.text import read_pdf
from intmk.media.documents.upload import warnings_of
from tests.editing import text_of
from tests.pdf_files import read_once, text_pdf, writer
from tests.test_unseen_text import NAME, OPEN, SECRET, TEXT, hidden_files, page, seen

TITLE = "Beschluss der Konferenz"
EVERY_DAY = ["black bar", "turned page", "square", "not yet redacted", "text in a form", "scan with a bar above"]
BLACKENED = page(TEXT + NAME + OPEN)


def drawn(data: bytes):
    with pypdfium2.PdfDocument(data) as file:
        return file[0].render(scale=1).to_pil().convert("L")


def all_text(data: bytes) -> str:
    """What a reader could copy out of the first page."""
    with pypdfium2.PdfDocument(data) as file:
        return file[0].get_textpage().get_text_range()


@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=[] if kind in EVERY_DAY else [pytest.mark.audit]) for kind in hidden_files()]
)
def test_nothing_hidden_is_left_and_the_page_looks_the_same(kind):
    data = hidden_files()[kind]
    made = without_hidden_content(data, TITLE)
    assert SECRET in all_text(data).replace("\r\n", "")
    text, unseen = seen(made)
    assert SECRET not in all_text(made).replace(" ", "")
    assert "Oeffentlicher Teil" in " ".join(text.split())
    assert unseen == 0
    before, after = drawn(data), drawn(made)
    assert before.size == after.size
    changed = ImageChops.difference(before, after).point(lambda level: 255 * (level > 100)).histogram()[255]
    assert changed < 90 * 20 if kind == "not yet redacted" else changed < 400


def test_what_a_file_says_of_itself_goes_and_its_tags_and_links_stay():
    pdf = writer()
    pdf.set_author("Muster, Erika")
    pdf.set_lang("de-DE")
    pdf.add_page()
    pdf.cell(text="Text der Seite", link="https://example.org/")
    pdf.text_annotation(10, 10, "Bitte streichen!")
    pdf.embed_file(bytes=b"Geheim", basename="entwurf.txt")
    with pikepdf.open(BytesIO(bytes(pdf.output()))) as file, BytesIO() as out:
        file.Root.MarkInfo = pikepdf.Dictionary(Marked=True)
        file.Root.PieceInfo = pikepdf.Dictionary(Word=pikepdf.Dictionary(Private="Entwurf_v3"))
        with file.open_metadata() as said:
            said["dc:creator"], said["pdfuaid:part"] = ["Erika"], "1"
        file.save(out)
        data = out.getvalue()
    made = without_hidden_content(data, TITLE)
    found = read_pdf(BytesIO(made))
    assert (found.language, found.tagged, found.pages) == ("de-DE", True, {1: "Text der Seite"})
    assert found.disclosed == {"title": TITLE}
    with pikepdf.open(BytesIO(made)) as file:
        assert [str(note.Subtype) for note in file.pages[0].Annots] == ["/Link"]
        with file.open_metadata() as said:
            assert (len(said), said["pdfuaid:part"], said["dc:title"]) == (2, "1", TITLE)
        whole = b"".join(item.read_bytes() for item in file.objects if isinstance(item, pikepdf.Stream))
        assert not {"/PieceInfo", "/AF"} & set(file.Root.keys())
    assert b"Erika" not in whole + made
    assert b"Geheim" not in whole


# --- in the forms ---------------------------------------------------------------------------------------------------


CLEANED: dict[tuple, bytes] = {}


def cleaned_once(content: IO[bytes], *options) -> bytes:
    """Clean a file in a process of its own, as the site does, but each of the same bytes only once."""
    content.seek(0)
    key = (content.read(), *options)
    content.seek(0)
    if key not in CLEANED:
        CLEANED[key] = cleaned_copy(content, *options)
    return CLEANED[key]


@pytest.fixture
def media(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setattr("intmk.media.documents.text.read_pdf", read_once)
    monkeypatch.setattr("intmk.media.documents.cleaning.cleaned_copy", cleaned_once)


def fields(**changes) -> dict:
    common = {"title": TITLE, "language": "de", "accessible": "unknown", "tags": "", "released": "on"}
    return common | {"collection": Collection.get_first_root_node().pk, "cleaned": "on"} | changes


def stored_text(paper: SiteDocument) -> str:
    with paper.open_file() as file:
        return all_text(file.read())


@pytest.mark.slow("cleans and reads in processes, as the site does")
@pytest.mark.django_db
def test_a_new_document_is_stored_as_its_cleaned_copy_by_every_way(chair, media):
    def upload():
        return SimpleUploadedFile("vorlage.pdf", BLACKENED)

    chair.post(reverse("wagtaildocs:add"), fields(file=upload()))
    chosen = {f"document-chooser-upload-{name}": value for name, value in fields(file=upload()).items()}
    chair.post(reverse("wagtaildocs_chooser:create"), chosen)
    chair.post(reverse("wagtaildocs:add_multiple"), {"files[]": upload(), "collection": fields()["collection"]})
    waiting = UploadedFile.objects.get()
    form = {f"uploaded-document-{waiting.pk}-{name}": value for name, value in fields().items()}
    chair.post(reverse("wagtaildocs:create_multiple_from_uploaded_document", args=[waiting.pk]), form)
    papers = list(SiteDocument.objects.filter(title=TITLE))
    assert len(papers) == 3
    for paper in papers:
        assert paper.warnings == []
        assert "Oeffentlicher Teil" in stored_text(paper)
        assert SECRET not in stored_text(paper)


@pytest.mark.slow("cleans and reads in processes, as the site does")
@pytest.mark.django_db
def test_a_public_document_is_cleaned_with_its_former_versions_and_no_copy_stays(
    chair, media, django_capture_on_commit_callbacks
):
    paper = SiteDocument.objects.create(title=TITLE, file=ContentFile(BLACKENED, name="v.pdf"), released=True)
    DocumentVersion.objects.create(
        document=paper, number=1, file=ContentFile(BLACKENED, name="alt.pdf"), address_name="alt.pdf"
    )
    read_some()
    address = reverse("wagtaildocs:edit", args=[paper.pk])
    assert text_of(chair.get(address)).count("Auf Seite 1 steht Text, den man nicht sieht") == 2
    with django_capture_on_commit_callbacks(execute=True):
        answer = chair.post(address, fields(), follow=True)
    assert "Gespeichert ist die bereinigte Kopie" in text_of(answer)
    paper = SiteDocument.objects.get(pk=paper.pk)
    version = paper.versions.get()  # the one from before; the file with the bar has become none
    assert "Auf Seite 1" not in text_of(chair.get(address))
    assert SECRET not in stored_text(paper)
    reader = Client(HTTP_HOST="localhost")
    assert SECRET not in all_text(b"".join(reader.get(version.url).streaming_content))
    assert SECRET not in all_text(b"".join(reader.get(paper.url).streaming_content))


@pytest.mark.django_db
def test_what_cannot_be_cleaned_is_said_beside_the_field_and_nothing_is_stored(chair, media, monkeypatch):
    table = fields(file=SimpleUploadedFile("daten.csv", b"Land;Zahl"))
    assert "nur PDF-Dateien" in text_of(chair.post(reverse("wagtaildocs:add"), table))
    monkeypatch.setattr("intmk.media.documents.cleaning.cleaned_copy", lambda *options: b"")
    paper = fields(file=SimpleUploadedFile("v.pdf", BLACKENED))
    assert "ließ sich nicht bereinigen" in text_of(chair.post(reverse("wagtaildocs:add"), paper))
    monkeypatch.setattr("intmk.media.documents.cleaning.cleaned_copy", lambda *options: BLACKENED)
    paper = fields(file=SimpleUploadedFile("v.pdf", BLACKENED))
    assert "ließ sich nicht bereinigen" in text_of(chair.post(reverse("wagtaildocs:add"), paper))
    assert not SiteDocument.objects.filter(title=TITLE).exists()


@pytest.mark.slow("reads files in processes, as the site does")
@pytest.mark.django_db
def test_a_file_with_unseen_text_becomes_public_only_knowingly(chair, media):
    def upload(**changes):
        form = fields(file=SimpleUploadedFile("v.pdf", BLACKENED), cleaned="") | changes
        return text_of(chair.post(reverse("wagtaildocs:add"), form, follow=True))

    question = "Trotzdem so öffentlich machen"
    page = upload()
    assert page.index(question) > 0
    assert "Auf Seite 1 steht Text, den man nicht sieht" in page
    assert not SiteDocument.objects.filter(title=TITLE).exists()
    assert question not in upload(title="")  # nor where something else is wrong
    upload(knowingly="on")
    paper = SiteDocument.objects.get(title=TITLE)
    SiteDocument.objects.filter(pk=paper.pk).update(disclosed={})
    replaced = fields(file=SimpleUploadedFile("w.pdf", BLACKENED), cleaned="")
    assert question in text_of(chair.post(reverse("wagtaildocs:edit", args=[paper.pk]), replaced))
    files = {"files[]": SimpleUploadedFile("v.pdf", BLACKENED), "collection": replaced["collection"]}
    chair.post(reverse("wagtaildocs:add_multiple"), files)
    waiting = UploadedFile.objects.get()
    form = {f"uploaded-document-{waiting.pk}-{name}": value for name, value in replaced.items() if name != "file"}
    address = reverse("wagtaildocs:create_multiple_from_uploaded_document", args=[waiting.pk])
    assert question in chair.post(address, form).json()["form"]
    form[f"uploaded-document-{waiting.pk}-released"] = ""
    assert chair.post(address, form).json()["success"]


def test_the_title_of_the_document_itself_is_no_disclosure():
    made = without_hidden_content(text_pdf("Text"), TITLE)
    assert warnings_of(read_pdf(BytesIO(made)).disclosed, TITLE) == []
