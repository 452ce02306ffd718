"""A copy of a PDF without what nobody sees in it: covered text, notes, attached files, and who has written it.

A page on which something is covered becomes a picture of itself, with the words that are seen as invisible text behind
it: so nothing is left of what is not seen, whatever it is. All other pages stay as they are. This file is also the
program that intmk/media/sandbox.py runs; it writes the copy.
"""

import sys
from collections.abc import Iterable
from io import BytesIO
from typing import IO, Any

from intmk.media import sandbox

SECONDS = 30.0
LARGEST = 60 * 1024 * 1024  # bytes of a copy
DOTS = 200 / 72  # to the point: 200 dpi
MOST_PIXELS = 8_000_000
QUALITY = 82
# Annotations that stay, without what is written in them; a note, a popup or a comment goes.
DRAWN = {
    "/Link", "/Widget", "/Square", "/Circle", "/Line", "/Polygon", "/PolyLine", "/Ink", "/Highlight", "/Underline",
    "/Squiggly", "/StrikeOut", "/Stamp", "/Watermark",
}  # fmt: skip
WRITTEN = ("/Contents", "/RC", "/T", "/Subj", "/NM", "/M", "/CreationDate", "/Popup", "/IRT", "/RT")
# What tells of the work on a file, and of an older state of it (a thumbnail shows what a bar now covers).
OF_PAGE = ("/Metadata", "/PieceInfo", "/LastModified", "/Thumb", "/AF", "/AA")
OF_FILE = ("/Metadata", "/PieceInfo", "/AF", "/AA", "/OpenAction", "/Collection", "/Perms", "/Threads", "/SpiderInfo")
# What XMP may keep: that the file is made by these standards, which cleaning does not change.
STANDARDS = ("pdfuaid:part", "pdfaid:part", "pdfaid:conformance", "pdfaid:rev")


def cleaned_copy(content: IO[bytes], title: str, seconds: float = SECONDS) -> bytes:
    """Return the PDF `content` cleaned, with `title` as what it calls itself; b"" where that does not work.

    Never raises for the content of a file. Whether it is clean is asked by reading it.
    """
    made = sandbox.output_of(__file__, content, seconds, LARGEST, title)
    return made if made.startswith(b"%PDF-") and b"%%EOF" in made[-1024:] else b""


def without_hidden_content(content: bytes, title: str) -> bytes:
    """Return the cleaned copy of the PDF `content`; raise whatever the libraries do for one that is broken."""
    import pikepdf
    import pypdfium2

    pdf = pikepdf.open(BytesIO(content))
    for page in pdf.pages:
        without_notes(page.obj)
    bare = BytesIO()
    pdf.save(bare)
    with pypdfium2.PdfDocument(content) as original, pypdfium2.PdfDocument(bare.getvalue()) as drawn:
        drawn.init_forms()
        covered = [number for number in range(len(original)) if is_covered(original[number])]
        for number in covered:
            replace_by_picture(pdf, pdf.pages[number], original[number], drawn[number])
    if covered:
        pdf = without_history(pdf)
    strip(pdf, title)
    out = BytesIO()
    pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def without_notes(page: Any) -> None:
    """Take what somebody has written beside the text from the annotations of a page."""
    kept = []
    for note in page.get("/Annots", []):
        if str(note.get("/Subtype")) not in DRAWN:
            continue
        if note.Subtype not in ("/Link", "/Widget"):
            remove_entries(note, WRITTEN)
        kept.append(note)
    if "/Annots" in page:
        page.Annots = kept


def is_covered(page: Any) -> bool:
    """Say whether a PdfPage holds something that is not seen on it, or may do so."""
    from intmk.media.documents.text import MOST_CHARACTERS, TELLING
    from intmk.media.documents.unseen_text import covers_picture, seen_text

    _, found, unseen = seen_text(page, MOST_CHARACTERS)
    return unseen is None or found > MOST_CHARACTERS or unseen >= TELLING or covers_picture(page) is not False


def replace_by_picture(pdf: Any, page: Any, original: Any, drawn: Any) -> None:
    """Put in place of `page` of the file `pdf` what is seen of it.

    original: the same page as PDFium reads it; drawn: without notes, whose signs are not to be in the picture.
    """
    from pikepdf import Array, Dictionary, Name, Stream

    width, height = original.get_size()
    left, low, _, _ = original.get_bbox() if not original.get_rotation() else (0, 0, 0, 0)
    picture = picture_of(original, drawn)
    out = BytesIO()
    picture.save(out, "JPEG", quality=QUALITY)
    image = Stream(
        pdf, out.getvalue(), Type=Name.XObject, Subtype=Name.Image, Width=picture.width, Height=picture.height,
        ColorSpace=Name.DeviceGray if picture.mode == "L" else Name.DeviceRGB, BitsPerComponent=8,
        Filter=Name.DCTDecode,
    )  # fmt: skip
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding)
    paint = f"q {width:.2f} 0 0 {height:.2f} {left:.2f} {low:.2f} cm /P Do Q\n".encode()
    content = paint + invisible_text(original, left, low)
    links = [note for note in page.obj.get("/Annots", []) if note.Subtype == "/Link" and not original.get_rotation()]
    remove_entries(page.obj, set(page.obj.keys()) - {"/Type", "/Parent"})
    page.obj.MediaBox = Array([left, low, left + width, low + height])
    page.obj.Resources = Dictionary(XObject=Dictionary(P=pdf.make_indirect(image)), Font=Dictionary(F=font))
    page.obj.Contents = Stream(pdf, content)
    if links:
        page.obj.Annots = Array(links)


def picture_of(original: Any, drawn: Any) -> Any:
    """Return the page as it is seen; grey where it has no colours, black where a redaction was only marked."""
    from PIL import ImageDraw

    from intmk.media.documents.unseen_text import place_in, redactions_on, transformation

    width, height = drawn.get_size()
    scale = min(DOTS, (MOST_PIXELS / max(width * height, 1)) ** 0.5)
    picture = drawn.render(scale=scale).to_pil().convert("RGB")
    measure = transformation(original, *picture.size)
    for area in redactions_on(original):
        if place := place_in(measure, picture.size, area):
            ImageDraw.Draw(picture).rectangle(place, fill="black")
    red, green, blue = picture.split()
    is_grey = red.tobytes() == green.tobytes() == blue.tobytes()
    return red if is_grey else picture


def invisible_text(page: Any, left: float, low: float) -> bytes:
    """Return as page content the words of a PdfPage that are seen, each where it stands; `left`, `low`: its corner."""
    from intmk.media.documents.text import MOST_CHARACTERS
    from intmk.media.documents.unseen_text import measured, seen_words, transformation

    fine = 10
    width, height = page.get_size()
    size = (round(width * fine), round(height * fine))
    measure, lines = transformation(page, *size), []
    for word, box in seen_words(page, MOST_CHARACTERS):
        code = word.encode("cp1252", "ignore")
        if not code:
            continue
        start, top, end, bottom = (side / fine for side in measured(measure, box))
        points = max(bottom - top, 1)
        stretch = min(max(200 * (end - start) / points / len(code), 10), 400)
        lines.append(
            f"/F {points:.1f} Tf {stretch:.0f} Tz 1 0 0 1 {left + start:.1f} {low + height - bottom:.1f} Tm"
            f" <{code.hex()}> Tj ".encode()
        )
    return b"BT 3 Tr " + b"".join(lines) + b"ET\n" if lines else b""


def without_history(pdf: Any) -> Any:
    """Return the pages alone: tags, bookmarks and names may repeat what is covered now."""
    import pikepdf

    made = pikepdf.Pdf.new()
    made.pages.extend(pdf.pages)
    if "/Lang" in pdf.Root:
        made.Root.Lang = str(pdf.Root.Lang)
    for page in made.pages:
        remove_entries(page.obj, ("/StructParents",))
    return made


def strip(pdf: Any, title: str) -> None:
    """Take from the file `pdf` what it says of itself and of the work on it, and all that hangs on it."""
    import pikepdf

    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as said:
        standards = {name: str(said[name]) for name in STANDARDS if name in said}
    remove_entries(pdf.Root, OF_FILE)
    remove_entries(pdf.Root.get("/Names", {}), ("/EmbeddedFiles", "/JavaScript"))
    remove_entries(pdf.trailer, ("/Info",))
    for item in pdf.objects:
        if isinstance(item, (pikepdf.Dictionary, pikepdf.Stream)):
            remove_entries(item, ("/PieceInfo", "/Metadata"))
    for page in pdf.pages:
        remove_entries(page.obj, OF_PAGE)
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as said:
        for name, value in (standards | {"dc:title": title}).items():
            said[name] = value
    pdf.docinfo["/Title"] = title


def remove_entries(entries: Any, names: Iterable[str]) -> None:
    """Take these entries out of a dictionary."""
    for name in names:
        if name in entries:
            del entries[name]


if __name__ == "__main__":
    sys.stdout.buffer.write(without_hidden_content(sys.stdin.buffer.read(), sys.argv[1]))
