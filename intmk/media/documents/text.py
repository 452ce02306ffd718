"""The text of a PDF, page by page, read by a process of its own that can neither hang nor fill the machine.

PDF files come from outside, and PDFium is a large program in C++: what it crashes on must not take the site along. So
this file is also the program that intmk/media/sandbox.py runs; it writes lines of JSON.
"""

import contextlib
import json
import re
import sys
import time
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from io import BytesIO
from typing import IO, Any

from intmk.media import sandbox
from intmk.media.documents.broken_words import joined_across_pages, whole_words

SECONDS = 10.0  # for one file; an upload is answered within 20
OUTPUT = 8 * 1024 * 1024  # bytes; 300,000 characters take at most six each in JSON
MOST_PAGES = 3000
# Raised when the text is read in another way: documents read by a former version are then read again.
VERSION = 4
MOST_CHARACTERS = 300_000  # beyond, PostgreSQL's tsvector can refuse the whole row

# What a file says of itself, and where it may stand a second time (XMP).
TOLD = {"author": ("Author", "dc:creator"), "title": ("Title", "dc:title"), "subject": ("Subject", "dc:description"),
        "keywords": ("Keywords", "pdf:Keywords")}  # fmt: skip
NOTHING_TOLD = {"", "anonymous", "unspecified", "untitled", "unknown"}  # what programs write where nobody said anything
TELLING = 2  # letters that nobody sees; fewer may be a slip of the drawing
MOST_TOLD = 200  # characters of each
# How the page begins that dynamic forms (XFA) and portfolios hold for programs that cannot show them.
PLACEHOLDER = re.compile(
    r"(?:Please wait|Bitte warten|Veuillez patienter)\W*(?:$|(?:If|Wenn|Falls|Sollte|Si)\b.*"
    r"(?:replaced|ersetzt|remplacé|Adobe|PDF))"
    r"|(?:For the best experience, open this PDF portfolio|Um das beste Ergebnis .{0,40}PDF-Portfolio"
    r"|Öffnen Sie dieses PDF-Portfolio)",
    re.IGNORECASE,
)
LONGEST_PLACEHOLDER = 2000
UNWANTED = ("Cc", "Cf", "Cs", "Co", "Cn")  # categories of Unicode; what is none of them PostgreSQL stores


@dataclass(frozen=True)
class Reading:
    """What a file tells about itself.

    state: "found", "none" (no text on any page: a scan), "partial" (stopped by a limit, or pages that cannot be read),
    "unread" (nothing within the limits); or why it is refused: "broken", "encrypted", "too_many_pages".
    page_count: None when unknown. pages: the text of each page that has some, by its number from 1.
    language: what the file says (e.g. "de-DE"), else "". tagged: whether it says it is tagged, a hint at accessibility.
    disclosed: what the file gives away beside what is seen, as far as there is any. Lists of pages: "unseen" (with text
    that nobody sees), "covered" (a surface lies on a part of a scan), "unchecked" (where that stays unknown; they have
    no text here), "notes". Further "attachments" (how many), "author", "title", "subject", "keywords", and
    "placeholder" (True) where pages hold only the request to open the file with another program, which is no text.
    """

    state: str
    page_count: int | None = None
    pages: dict[int, str] | None = None
    language: str = ""
    tagged: bool | None = None
    disclosed: dict[str, Any] = field(default_factory=dict)


def read_pdf(content: IO[bytes], seconds: float = SECONDS, text: bool = True) -> Reading:
    """Return what the PDF `content` says within `seconds`; without `text` only whether it opens (state "unread").

    Never raises for the content of a file. The position in `content` is put back to its start.
    """
    written = sandbox.output_of(__file__, content, seconds, OUTPUT, "text" if text else "open", str(seconds))
    return understood(written.decode("utf-8", "replace").splitlines())


def understood(lines: list[str]) -> Reading:
    """Return what the lines of the other process say; it counts up to the first that is not as agreed."""
    said = list(parsed(lines))
    head: Any = said[0] if said and isinstance(said[0], dict) else {}
    if head.get("problem") in ("broken", "encrypted"):
        return Reading(head["problem"])
    count = head.get("pages")
    if type(count) is not int or count < 1:
        return Reading("unread")
    if count > MOST_PAGES:
        return Reading("too_many_pages", count)
    disclosed = disclosed_by(head.get("told"))
    pages = texts_of([as_page(line) for line in said[1 : count + 1] if "text" in as_page(line)], disclosed)
    complete = isinstance(said[-1], dict) and said[-1].get("complete") is True and "unchecked" not in disclosed
    if head.get("dynamic") is True:
        pages, disclosed["placeholder"] = {}, True
    is_scan = complete and "placeholder" not in disclosed
    state = ("found" if complete else "partial") if pages else ("none" if is_scan else "unread")
    language = re.match(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", str(head.get("language", "")))
    return Reading(state, count, pages, language[0][:20] if language else "", head.get("tagged") is True, disclosed)


def texts_of(said: list[dict[str, Any]], disclosed: dict[str, Any]) -> dict[int, str]:
    """Return the texts by number of page, no longer than is stored; add to `disclosed` what else the pages hold."""
    pages, left = {}, MOST_CHARACTERS
    are_checked = [page.get("unchecked") is not True for page in said]
    texts = [str(page["text"]) if is_checked else "" for page, is_checked in zip(said, are_checked, strict=True)]
    whole = zip(said, are_checked, joined_across_pages(texts), strict=True)
    for number, (page, is_checked, text) in enumerate(whole, start=1):
        if is_placeholder(text):
            disclosed["placeholder"] = True
        elif cleaned := clean(text)[:left]:
            pages[number] = cleaned
            left -= len(cleaned)
        if not is_checked:
            disclosed.setdefault("unchecked", []).append(number)
        for name in ("unseen", "covered") if is_checked else ():
            if page.get(name) is True:
                disclosed.setdefault(name, []).append(number)
        if type(page.get("notes")) is int and page["notes"] > 0:
            disclosed.setdefault("notes", []).append(number)
    return pages


def is_placeholder(text: str) -> bool:
    """Say whether the text of a page is what other programs show where only Adobe's shows the document."""
    words = " ".join(text.split())
    return len(words) < LONGEST_PLACEHOLDER and bool(PLACEHOLDER.match(words))


def as_page(line: Any) -> dict[str, Any]:
    """Return what the other process says of a page, {} where the line is about something else."""
    return {"text": line} if isinstance(line, str) else line if isinstance(line, dict) else {}


def disclosed_by(said: Any) -> dict[str, Any]:
    """Return what the file says of itself as `Reading.disclosed` has it, of what the other process has sent."""
    if not isinstance(said, dict):
        return {}
    texts = {name: clean(said[name])[:MOST_TOLD] for name in TOLD if isinstance(said.get(name), str)}
    found: dict[str, Any] = {name: text for name, text in texts.items() if text.strip("()").lower() not in NOTHING_TOLD}
    if type(said.get("attachments")) is int and said["attachments"] > 0:
        found["attachments"] = min(said["attachments"], 10_000)
    return found


def parsed(lines: list[str]):
    """Yield the values of the lines up to the first that is cut off or no JSON."""
    for line in lines:
        try:
            yield json.loads(line)
        except (ValueError, RecursionError):
            return


def clean(text: str) -> str:
    """Return `text` in one line, its words whole, without what cannot be stored."""
    kept = (" " if letter.isspace() else letter for letter in whole_words(text))
    return " ".join("".join(x for x in kept if unicodedata.category(x) not in UNWANTED).split())


def main(wants_text: bool, seconds: float) -> None:
    """Read the PDF on standard input within `seconds`; write {"problem"} or what is true of all of the file.

    Then for each page {"text", "unchecked", "unseen", "covered", "notes"}, only its text for one that cannot be read;
    in the end {"complete"}.
    """
    import pypdfium2
    from pypdfium2 import raw

    from intmk.media.documents.unseen_text import covers_picture, notes_on, seen_text

    began, content = time.monotonic(), sys.stdin.buffer.read()
    try:
        document = pypdfium2.PdfDocument(content)
        count = len(document)
    except pypdfium2.PdfiumError as error:
        encrypted = getattr(error, "err_code", None) in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY)
        return write_line({"problem": "encrypted" if encrypted else "broken"})
    if count < 1:
        return write_line({"problem": "broken"})
    write_line(
        {
            "pages": count,
            "language": language_of(document, raw),
            "tagged": bool(raw.FPDFCatalog_IsTagged(document)),
            "dynamic": document.get_formtype() == raw.FORMTYPE_XFA_FULL,
            "told": dict(said_of_itself(document, content, raw)),
        }
    )
    if not wants_text or count > MOST_PAGES:
        return None
    complete, left = True, MOST_CHARACTERS
    for number in range(count):
        try:
            page = document[number]
            # Unpacking the pictures of a long scan may take all of the time, and then its end would not be told of.
            thorough = time.monotonic() - began < seconds / 2
            covered = covers_picture(page, thorough)
            text, found, unseen = seen_text(page, left, thorough)
            checked: dict[str, bool] = {"unchecked": True}
            if unseen is not None and covered is not None:
                checked = {"unseen": unseen >= TELLING, "covered": covered}
            write_line({"text": text, **checked, "notes": notes_on(page)})
            page.close()
        except pypdfium2.PdfiumError:
            write_line("")
            complete, found = False, 0
        complete, left = complete and found <= left, left - found
        if left < 0:
            break
    return write_line({"complete": complete})


def said_of_itself(document: Any, content: bytes, raw: Any) -> Iterator[tuple[str, Any]]:
    """Yield by name what the file says of itself, and the number of files in it."""
    xmp = content if b"<?xpacket" in content else packed_xmp(content)
    for name, (entry, element) in TOLD.items():
        size = min(raw.FPDF_GetMetaText(document, entry.encode(), None, 0), 4 * MOST_TOLD)
        buffer = bytearray(max(size, 2))
        raw.FPDF_GetMetaText(document, entry.encode(), (raw.c_char * len(buffer)).from_buffer(buffer), size)
        text = buffer.decode("utf-16-le", "ignore").rstrip("\0")
        pattern = rf"<{element}>(.{{0,2000}}?)</{element}>|\b{element}=[\"']([^\"']{{0,2000}})".encode()
        if not text and (found := re.search(pattern, xmp, re.DOTALL)):
            said = (found[1] or found[2] or b"").decode("utf-8", "replace")
            text = unescape(re.sub(r"<[^>]*>", " ", said)).strip()
        yield name, text
    yield "attachments", raw.FPDFDoc_GetAttachmentCount(document)


def packed_xmp(content: bytes) -> bytes:
    """Return the metadata of a file that holds them packed, which PDFium does not tell; all of it where it has none.

    What qpdf says of a broken file matters to nobody: PDFium has opened it.
    """
    if b"/Metadata" not in content and b"/ObjStm" not in content:
        return content
    import pikepdf

    with contextlib.suppress(Exception), pikepdf.open(BytesIO(content)) as file:
        return file.Root.Metadata.read_bytes()
    return content


def language_of(document: Any, raw: Any) -> str:
    """Return the language that the file declares for all of its text, or ""."""
    import ctypes

    size = min(raw.FPDFCatalog_GetLanguage(document, None, 0), 200)
    buffer = (ctypes.c_ushort * max(size // 2, 1))()
    raw.FPDFCatalog_GetLanguage(document, buffer, size)
    return bytes(buffer).decode("utf-16-le", "ignore").rstrip("\0")


def write_line(value: Any) -> None:
    """Write one line at once, so that it counts even when this process is ended the next moment."""
    print(json.dumps(value), flush=True)


if __name__ == "__main__":
    main(sys.argv[1] == "text", float(sys.argv[2]))
