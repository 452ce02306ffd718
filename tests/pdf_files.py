"""PDF files that tests upload, the same bytes in every run."""

import zlib
from copy import deepcopy
from datetime import UTC, datetime
from io import BytesIO
from typing import IO, Any

from fpdf import FPDF
from PIL import Image

from intmk.media.documents.text import Reading, read_pdf

READINGS: dict[tuple, Reading] = {}

# The smallest that opens: one empty page.
EMPTY_PAGE = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


def read_once(content: IO[bytes], *args: Any, **more: Any) -> Reading:
    """Read a PDF in a process of its own, as the site does, but each of the same bytes only once."""
    content.seek(0)
    data = content.read()
    content.seek(0)
    key = (data, args, tuple(more.items()))
    if key not in READINGS:
        READINGS[key] = read_pdf(content, *args, **more)
    return deepcopy(READINGS[key])


def writer() -> FPDF:
    pdf = FPDF()
    pdf.set_creation_date(datetime(2026, 1, 1, tzinfo=UTC))
    pdf.set_font("Helvetica", size=12)
    return pdf


def text_pdf(*pages: str, language: str = "", password: str = "", owner: str = "") -> bytes:
    """A PDF with one page for each text."""
    pdf = writer()
    if language:
        pdf.set_lang(language)
    if password or owner:
        pdf.set_encryption(owner_password=owner or "eigentum", user_password=password)
    for text in pages:
        pdf.add_page()
        pdf.multi_cell(0, 6, text)
    return bytes(pdf.output())


def scan_pdf(pages: int = 1) -> bytes:
    """A PDF of pictures alone."""
    pdf, picture = writer(), BytesIO()
    Image.new("L", (60, 80), 200).save(picture, "PNG")
    for _ in range(pages):
        pdf.add_page()
        pdf.image(picture, 10, 10, 100)
    return bytes(pdf.output())


def pdf_of(*objects: bytes, root: int = 1, trailer: bytes = b"") -> bytes:
    """A PDF of these objects, numbered from 1, with a correct table of their places."""
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<</Size %d/Root %d 0 R%b>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, root, trailer, table)
    return bytes(out)


def stream(data: bytes, entries: bytes = b"") -> bytes:
    """A stream object with this content."""
    return b"<</Length %d%b>>\nstream\n%b\nendstream" % (len(data), entries, data)


def page_with(content: bytes, entries: bytes = b"") -> bytes:
    """A PDF with one page whose content stream is `content`, encoded as `entries` say."""
    return pdf_of(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        stream(content, entries),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )


def deflated(block: bytes, times: int) -> bytes:
    """`block` so many times over as Flate data, without ever being that large here."""
    packer = zlib.compressobj(9)
    first = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    return first + first[2:] * (times - 1) + b"\x03\x00\0\0\0\0"


def crowded(times: int) -> bytes:
    """Page content with a phrase of 24 letters so many times, each at a place of its own; PDFium skips repetitions."""
    places = ((20 + 14 * (number % 40), 10 + 1.2 * (number // 40)) for number in range(times))
    return (
        b"BT /F1 1 Tf "
        + b"".join(b"1 0 0 1 %d %.1f Tm (Integration und Teilhabe) Tj " % place for place in places)
        + b"ET"
    )
