"""Text that nobody sees stays out of what is stored and found; what is seen stays in, however the page is painted."""

import zlib
from io import BytesIO
from types import SimpleNamespace

import pypdfium2
import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image, ImageDraw
from wagtail import hooks
from wagtail.models import Collection, UploadedFile

from conferences.archive_import.plan import plan_of
from conferences.models import ConferenceDocument, ConferencePage
from intmk.management.commands import prepare
from intmk.media.documents import text as document_text
from intmk.media.documents.models import SiteDocument
from intmk.media.documents.parts import DocumentPage
from intmk.media.documents.text import Reading, read_pdf, understood
from intmk.media.documents.unseen_text import covers_picture, seen_text
from intmk.search.index import store_document
from intmk.server.scheduler import EVERY_MINUTE
from tests.editing import text_of
from tests.importing import ROW, folder_of
from tests.pdf_files import pdf_of, stream, text_pdf, writer
from tests.resolutions import resolution

SECRET = "Schwarzgeheim"
# The words stand 50 points from the left; capitals of this size are about nine points high.
TEXT = b"0 g BT /F1 12 Tf 50 700 Td (Frau Schwarzgeheim wohnt) Tj ET\n"
NAME = b"77 696 90 14 re f\n"  # the rectangle around the name
OPEN = b"0 g BT /F1 12 Tf 50 600 Td (Oeffentlicher Teil) Tj ET\n"


def jpeg(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, "JPEG", quality=90)
    return out.getvalue()


def page(content: bytes, entries: bytes = b"", image: bytes = b"", size: tuple[int, int] = (0, 0), form: bytes = b"",
         catalog: bytes = b"", state: bytes = b"/ca 0", annotation: bytes = b"") -> bytes:  # fmt: skip
    """A PDF of one page with Helvetica as /F1, perhaps a picture /I1, a form /X1 and a state /G1."""
    picture = (
        b"/Type/XObject/Subtype/Image/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/DCTDecode/Width %d/Height %d"
    )
    return pdf_of(
        b"<</Type/Catalog/Pages 2 0 R%b>>" % catalog,
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>"
        b"/XObject<</I1 6 0 R/X1 7 0 R>>/ExtGState<</G1<<%b>>>>/Properties<</L1 8 0 R>>"
        b"/Shading<</S1<</ShadingType 2/ColorSpace/DeviceGray/Coords[77 0 167 0]/Extend[true true]"
        b"/Function<</FunctionType 2/N 1/Domain[0 1]/C0[0]/C1[1]>>>>>>>>%b>>"
        % (state, entries + (b"/Annots[9 0 R]" if annotation else b"")),
        stream(content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        stream(image, picture % size),
        stream(form, b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</Font<</F1 5 0 R>>>>"),
        b"<</Type/OCG/Name(Ebene)>>",
        b"<<%b>>" % annotation,
    )


def scan(bar: bool = False) -> tuple[bytes, tuple[int, int]]:
    """A page of blocks like letters at the places of TEXT and OPEN, perhaps with a bar over the name."""
    picture = Image.new("L", (595, 842), 252)
    pen = ImageDraw.Draw(picture)
    for top in (133, 233):
        for left in range(50, 210, 5):
            pen.rectangle((left, top, left + 2, top + 8), fill=20)
    if bar:
        pen.rectangle((76, 130, 168, 147), fill=10)
    return jpeg(picture), picture.size


def textured() -> bytes:
    picture = Image.new("L", (90, 14))
    picture.putdata([(x * 37 + y * 91) % 256 for y in range(14) for x in range(90)])
    return jpeg(picture)


INVISIBLE = TEXT.replace(b"BT", b"BT 3 Tr") + OPEN.replace(b"BT", b"BT 3 Tr")
WHOLE = b"q 595 0 0 842 0 0 cm /I1 Do Q\n"
SQUARE = b"/Type/Annot/Subtype/%b/Rect[77 694 167 712]/C[0 0 0]"
HIDDEN = b"/OCProperties<</OCGs[8 0 R]/D<</OFF[8 0 R]/Order[8 0 R]>>>>"
SEEN_LAYER = b"/OCProperties<</OCGs[8 0 R]/D<</ON[8 0 R]/Order[8 0 R]>>>>"
IN_LAYER = b"/OC /L1 BDC " + TEXT + b" EMC "


def hidden_files() -> dict[str, bytes]:
    image, size = scan()
    burnt, _ = scan(bar=True)
    turned = b"q 0.9986 0.0523 -0.0523 0.9986 37 -5 cm " + NAME + b"Q "
    return {
        "black bar": page(TEXT + NAME + OPEN),
        "white bar": page(TEXT + b"1 g " + NAME + OPEN),
        "round bar": page(TEXT + b"75 703 m 75 714 169 714 169 703 c 169 692 75 692 75 703 c f " + OPEN),
        "turned bar": page(TEXT + turned + OPEN),
        "thick line": page(TEXT + b"16 w 77 703 m 167 703 l S " + OPEN),
        "picture": page(TEXT + b"q 90 0 0 18 77 694 cm /I1 Do Q " + OPEN, image=textured(), size=(90, 14)),
        "shading": page(TEXT + b"q 77 696 90 16 re W n /S1 sh Q " + OPEN),
        "form": page(TEXT + b"/X1 Do " + OPEN, form=b"0 g " + NAME),
        "text in a form": page(b"/X1 Do 0 g " + NAME + OPEN, form=TEXT),
        "turned page": page(TEXT + NAME + OPEN, b"/Rotate 90"),
        "white on white": page(TEXT.replace(b"0 g", b"1 g") + OPEN),
        "nearly white": page(TEXT.replace(b"0 g", b"0.99 g") + OPEN),
        "black on black": page(b"0 g 40 690 200 30 re f " + TEXT + OPEN),
        "transparent": page(b"q /G1 gs " + TEXT + b" Q " + OPEN),
        "beside the page": page(TEXT.replace(b"50 700 Td", b"50 900 Td") + OPEN),
        "cropped": page(TEXT + OPEN, b"/CropBox[0 0 595 650]"),
        "cut off": page(b"q 0 0 595 650 re W n " + TEXT + b"Q " + OPEN),
        "hidden layer": page(IN_LAYER + OPEN, catalog=HIDDEN),
        "square": page(TEXT + OPEN, annotation=SQUARE % b"Square" + b"/IC[0 0 0]"),
        "highlight": page(
            TEXT + OPEN, annotation=SQUARE % b"Highlight" + b"/QuadPoints[77 712 167 712 77 694 167 694]"
        ),
        "not yet redacted": page(TEXT + OPEN, annotation=SQUARE % b"Redact"),
        "scan with a bar in it": page(WHOLE + INVISIBLE, image=burnt, size=size),
        "text below a scan with a bar": page(INVISIBLE + WHOLE, image=burnt, size=size),
        "scan with a bar above": page(WHOLE + INVISIBLE + b"0 g " + NAME, image=image, size=size),
        "scan with a white bar": page(WHOLE + b"1 g " + NAME + INVISIBLE, image=image, size=size),
    }


def seen_files() -> dict[str, bytes]:
    image, size = scan()
    dark = jpeg(Image.new("L", (90, 14), 30))
    return {
        "plain": page(TEXT + OPEN),
        "shaded cell": page(b"0.85 g " + NAME + TEXT + OPEN),
        "white on black": page(b"0 g 40 690 200 30 re f " + TEXT.replace(b"0 g", b"1 g") + OPEN),
        "white on a picture": page(
            b"q 200 0 0 30 40 690 cm /I1 Do Q " + TEXT.replace(b"0 g", b"1 g") + OPEN, image=dark, size=(90, 14)
        ),
        "underlined": page(TEXT + b"0.8 w 50 698 m 200 698 l S " + OPEN),
        "struck out": page(TEXT + b"0.8 w 50 704 m 200 704 l S " + OPEN),
        "framed": page(TEXT + b"1 w 40 690 200 30 re S 20 20 550 800 re S " + OPEN),
        "marked with a pen": page(b"/G1 gs 1 1 0 rg " + NAME + TEXT + b"1 1 0 rg " + NAME + OPEN, state=b"/ca 0.4"),
        "water mark": page(TEXT + b"q /G1 gs 0.5 g 0 0 595 842 re f Q " + OPEN, state=b"/ca 0.3"),
        "blue on red": page(b"0.6 0 0 rg 40 690 200 30 re f " + TEXT.replace(b"0 g", b"0 0.31 0 rg") + OPEN),
        "tiny": page(TEXT.replace(b"12 Tf", b"2 Tf") + b"1 w 20 20 550 800 re S " + OPEN),
        "turned page": page(TEXT + b"1 w 20 20 550 800 re S " + OPEN, b"/Rotate 270"),
        "shown layer": page(IN_LAYER + OPEN, catalog=SEEN_LAYER),
        "form": page(b"/X1 Do " + OPEN, form=TEXT),
        "outline": page(TEXT.replace(b"BT", b"BT 1 Tr") + OPEN),
        "highlight": page(
            TEXT + OPEN,
            annotation=b"/Type/Annot/Subtype/Highlight/Rect[77 694 167 712]/C[1 1 0]"
            b"/QuadPoints[77 712 167 712 77 694 167 694]",
        ),
        "text on a scan": page(WHOLE + INVISIBLE, image=image, size=size),
        "text below a scan": page(INVISIBLE + WHOLE, image=image, size=size),
        "drawn text below a scan": page(TEXT + OPEN + WHOLE, image=image, size=size),
        "invisible text alone": page(INVISIBLE),
        "scan with a stamp": page(WHOLE + INVISIBLE + TEXT.replace(b"700", b"300"), image=image, size=size),
    }


def reading(data: bytes) -> Reading:
    return read_pdf(BytesIO(data))


def seen(data: bytes) -> tuple[str, int]:
    """The text of the first page, and how many letters were left out; quicker than in a process of its own."""
    with pypdfium2.PdfDocument(data) as file:
        text, _, unseen = seen_text(file[0], 10_000)
    return text, unseen


@pytest.mark.parametrize("kind", hidden_files())
def test_what_nobody_sees_is_no_text(kind):
    text, unseen = seen(hidden_files()[kind])
    assert SECRET not in text.replace(" ", "")
    assert "Oeffentlicher Teil" in text
    assert unseen >= len(SECRET) - 1  # a letter at the end of a bar may show


@pytest.mark.parametrize("kind", seen_files())
def test_what_is_seen_is_text_however_the_page_is_painted(kind):
    text, unseen = seen(seen_files()[kind])
    assert "Frau Schwarzgeheim wohnt" in text
    assert "Oeffentlicher Teil" in text
    assert unseen == 0


BAR_ON_SCAN = {
    "a bar": (WHOLE + b"0 g " + NAME, True),
    "a white bar": (WHOLE + b"1 g " + NAME, True),
    "a bar beside the lines": (WHOLE + b"0 g 77 500 90 14 re f ", False),
    "a frame": (WHOLE + b"2 w 40 690 200 30 re S ", False),
    "a bar below": (b"0 g " + NAME + WHOLE, False),
}


@pytest.mark.parametrize("kind", BAR_ON_SCAN)
def test_a_bar_on_a_scan_without_text_is_told(kind):
    content, is_told = BAR_ON_SCAN[kind]
    image, size = scan()
    with pypdfium2.PdfDocument(page(content, image=image, size=size)) as file:
        assert covers_picture(file[0]) is is_told
        assert covers_picture(file[0], thorough=False) is (None if is_told or "beside" in kind else False)


def test_a_bar_that_is_a_note_on_a_scan_is_told():
    image, size = scan()
    found = reading(page(WHOLE, image=image, size=size, annotation=SQUARE % b"Square" + b"/IC[0 0 0]"))
    assert found.disclosed == {"covered": [1]}


def test_of_a_line_only_the_covered_letters_are_left_out():
    assert reading(page(TEXT + NAME)).pages[1] == "Frau wohnt"


def test_the_pages_with_unseen_text_are_named():
    white = writer()
    for colour in (0, 255, 0, 255):
        white.add_page()
        white.set_text_color(colour)
        white.cell(text="Text der Seite")
    assert reading(bytes(white.output())).disclosed == {"unseen": [2, 4]}


def test_a_long_file_is_read_whole():
    long = writer()
    for _ in range(40):
        long.add_page()
        long.set_fill_color(220, 230, 240)
        long.multi_cell(0, 6, "Die Konferenz bittet den Bund, die Mittel zu verstetigen. " * 30, border=1, fill=True)
    found = reading(bytes(long.output()))
    assert (found.state, len(found.pages), found.disclosed) == ("found", 40, {})


def joined(*files: bytes) -> bytes:
    out = BytesIO()
    with pypdfium2.PdfDocument.new() as whole:
        for data in files:
            whole.import_pages(pypdfium2.PdfDocument(data))
        whole.save(out)
    return out.getvalue()


def scanned() -> bytes:
    burnt, size = scan(bar=True)
    return page(WHOLE + INVISIBLE, image=burnt, size=size)


@pytest.mark.parametrize(
    ("seconds", "state", "disclosed", "pages"),
    [(0, "partial", {"unchecked": [2, 3]}, {1}), (600, "found", {"unseen": [2, 3]}, {1, 2, 3})],
    ids=["no time", "time enough"],
)
def test_scans_are_not_taken_at_their_word(monkeypatch, capsys, seconds, state, disclosed, pages):
    data = joined(page(TEXT), scanned(), scanned())
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=BytesIO(data)))
    document_text.main(True, seconds)
    found = understood(capsys.readouterr().out.splitlines())
    assert (found.state, found.disclosed, set(found.pages)) == (state, disclosed, pages)
    assert SECRET not in found.pages.get(2, "") + found.pages.get(3, "")


def test_text_on_a_picture_that_is_too_large_is_not_taken_at_its_word(monkeypatch):
    monkeypatch.setattr("intmk.media.documents.unseen_text.MOST_IMAGE_PIXELS", 1000)
    assert seen(scanned()) == ("", None)
    assert seen(page(b"q 90 0 0 14 300 300 cm /I1 Do Q " + TEXT, image=textured(), size=(90, 14)))[1] == 0


def test_the_text_of_a_page_that_was_not_checked_does_not_count():
    said = ['{"pages": 1}', '{"text": "geheim", "unchecked": true}', '{"complete": true}']
    assert understood(said) == Reading("unread", 1, {}, "", False, {"unchecked": [1]})


def test_what_a_file_says_of_itself_is_told_apart_from_its_text():
    pdf = writer()
    pdf.set_author("Muster, Erika (Ref. 24)")
    pdf.set_title("Entwurf_v3_INTERN.docx")
    pdf.set_subject("unspecified")
    pdf.add_page()
    pdf.cell(text="Text der Seite")
    pdf.text_annotation(10, 10, "Bitte streichen!")
    found = reading(bytes(pdf.output()))
    assert found.disclosed == {"author": "Muster, Erika (Ref. 24)", "title": "Entwurf_v3_INTERN.docx", "notes": [1]}
    assert "streichen" not in found.pages[1]


def test_what_stands_in_xmp_alone_is_told_too():
    xmp = "<dc:creator><rdf:Seq><rdf:li>Erika &amp; Söhne</rdf:li></rdf:Seq></dc:creator>".encode()
    assert reading(page(TEXT) + b"%" + xmp + b"\n").disclosed == {"author": "Erika & Söhne"}
    packed = stream(zlib.compress(b'<rdf:Description pdf:Keywords="Vermerk">' + xmp), b"/Filter/FlateDecode")
    catalog, pages = b"<</Type/Catalog/Pages 2 0 R/Metadata 3 0 R>>", b"<</Type/Pages/Kids[4 0 R]/Count 1>>"
    data = pdf_of(catalog, pages, packed, b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>")
    assert reading(data).disclosed == {"author": "Erika & Söhne", "keywords": "Vermerk"}


# --- stored documents -----------------------------------------------------------------------------------------------


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def document(data: bytes) -> SiteDocument:
    return SiteDocument.objects.create(title="Geprüfte Vorlage", file=ContentFile(data, name="vorlage.pdf"))


def hits(word: str) -> str:
    return text_of(Client(HTTP_HOST="localhost").get("/suche/", {"q": word}))


def shown(paper: SiteDocument) -> ConferencePage:
    conference = ConferencePage.objects.get(number=12)
    conference.documents.add(ConferenceDocument(document=paper))
    conference.save_revision().publish()
    return conference


BLACKENED = page(TEXT + NAME + OPEN)


@pytest.mark.django_db
def test_the_search_neither_finds_nor_shows_what_lies_under_a_bar(media):
    shown(document(BLACKENED))
    assert "Geprüfte Vorlage" in hits("Oeffentlicher")
    assert SECRET not in hits("Oeffentlicher")
    assert "Geprüfte Vorlage" not in hits(SECRET)


@pytest.mark.slow("reads files in processes, as the clock does")
@pytest.mark.django_db
def test_what_an_older_site_has_stored_goes_with_the_next_preparation_and_is_read_by_the_clock(media, monkeypatch):
    paper = document(BLACKENED)
    shown(paper)
    DocumentPage.objects.filter(document=paper).update(text=f"Frau {SECRET} wohnt")
    store_document(SiteDocument.objects.get())
    SiteDocument.objects.update(disclosed={}, read_by=0)
    assert "Geprüfte Vorlage" in hits(SECRET)
    called = []
    monkeypatch.setattr(prepare, "call_command", lambda name, *args, **options: called.append(name))
    prepare.Command().fill_database()
    assert "read_documents" not in called
    assert "Geprüfte Vorlage" not in hits(SECRET)
    assert "Geprüfte Vorlage" in hits("Vorlage")
    SiteDocument.objects.get().save()  # no way back
    assert "Geprüfte Vorlage" not in hits(SECRET)
    for step in hooks.get_hooks(EVERY_MINUTE):
        step()
    paper.refresh_from_db()
    assert paper.warnings
    assert "Geprüfte Vorlage" not in hits(SECRET)
    assert "Geprüfte Vorlage" in hits("Oeffentlicher")
    assert not SiteDocument.objects.read_otherwise().exists()


@pytest.mark.django_db
def test_the_editor_is_warned_wherever_the_file_is_met(chair, media):
    form = {"title": "Geprüfte Vorlage", "language": "de", "accessible": "unknown", "tags": ""}
    form |= {"collection": Collection.get_first_root_node().pk, "file": SimpleUploadedFile("v.pdf", BLACKENED)}
    warning = "Auf Seite 1 steht Text, den man nicht sieht"
    assert warning in text_of(chair.post(reverse("wagtaildocs:add"), form, follow=True))
    paper = SiteDocument.objects.get()
    assert warning in text_of(chair.get(reverse("wagtaildocs:edit", args=[paper.pk])))
    assert "Die Datei enthält Text, den man nicht sieht" in text_of(chair.get(reverse("wagtaildocs:index")))
    conference = ConferencePage.objects.get(number=12)
    conference.documents.add(ConferenceDocument(document=paper))
    conference.save_revision()
    assert warning in text_of(chair.get(reverse("wagtailadmin_pages:edit", args=[conference.pk])))


@pytest.mark.django_db
def test_the_editor_is_warned_in_the_second_step_of_adding_many_and_the_file_is_read_once(chair, media, monkeypatch):
    calls = []
    monkeypatch.setattr(document_text, "read_pdf", lambda *options: calls.append(options) or read_pdf(*options))
    files = {"files[]": SimpleUploadedFile("v.pdf", BLACKENED)}
    answer = chair.post(reverse("wagtaildocs:add_multiple"), files | {"collection": Collection.objects.first().pk})
    assert "Auf Seite 1 steht Text, den man nicht sieht" in answer.json()["form"]
    assert UploadedFile.objects.count() == 1
    assert len(calls) == 1


@pytest.mark.django_db
def test_the_editor_is_warned_of_pages_that_were_not_checked(chair, media, monkeypatch):
    unchecked = Reading("partial", 3, {1: "Text"}, disclosed={"unchecked": [2, 3]})
    monkeypatch.setattr(document_text, "read_pdf", lambda *options: unchecked)
    conference = shown(document(BLACKENED))
    paper = SiteDocument.objects.get()
    warning = "Auf Seite 2, 3 ließ sich nicht prüfen, ob Text unter schwarzen Balken steht"
    assert warning in text_of(chair.get(reverse("wagtaildocs:edit", args=[paper.pk])))
    assert warning in text_of(chair.get(reverse("wagtailadmin_pages:edit", args=[conference.pk])))
    assert "Nicht alle Seiten der Datei ließen sich" in text_of(chair.get(reverse("wagtaildocs:index")))
    sentence = "<p>Die Länder sind sich in dieser Frage ganz und gar nicht einig.</p>"
    found = resolution("7.1", publish=False, release="text", reasons=sentence)
    found.source_file = paper
    assert "source_file" in found.contradictions_of_release(found.hidden_texts())


@pytest.mark.django_db
def test_a_harmless_file_warns_of_nothing(media):
    assert document(text_pdf("Nichts Besonderes")).warnings == []


@pytest.mark.django_db
def test_the_preview_of_an_import_warns(media, tmp_path):
    row = ROW | {"datei": "v.pdf", "datei_freigegeben": "ja", "freigabe": "Beschlusstext und Begründung"}
    (line,) = plan_of(folder_of(tmp_path / "ordner", row, v=BLACKENED)).lines
    assert "Auf Seite 1" in line.record.source_file.warnings[0]


@pytest.mark.django_db
def test_a_paper_with_bars_is_refused_where_its_resolution_hides_something(media):
    paper = document(BLACKENED)
    sentence = "<p>Die Länder sind sich in dieser Frage ganz und gar nicht einig.</p>"
    found = resolution("7.1", publish=False, release="text", reasons=sentence)
    found.source_file = paper
    assert "source_file" in found.contradictions_of_release(found.hidden_texts())
    found.release = "reasons"
    assert not found.contradictions_of_release(found.hidden_texts())
