"""Documents as they come in: the content must be what the ending says."""

import lzma
import zipfile
import zlib
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File

from intmk.media.documents import cleaning
from intmk.media.documents import text as document_text
from intmk.media.documents.text import MOST_TOLD, Reading
from intmk.media.files import check_ending, check_size

# What an archive of this kind must contain (first), and how the file "mimetype" of an OpenDocument reads.
OFFICE = {
    "docx": ("word/document.xml", None),
    "xlsx": ("xl/workbook.xml", None),
    "odt": ("content.xml", b"application/vnd.oasis.opendocument.text"),
    "ods": ("content.xml", b"application/vnd.oasis.opendocument.spreadsheet"),
}
# Why a PDF is refused, by what document_text.read says about it.
REFUSED = {
    "broken": "Die PDF-Datei ist beschädigt und lässt sich nicht öffnen. Bitte neu erzeugen und noch einmal hochladen.",
    "encrypted": "Die PDF-Datei ist mit einem Kennwort geschützt. Bitte ohne Kennwort speichern.",
    "too_many_pages": "Die PDF-Datei hat %(pages)s Seiten. Angenommen werden höchstens %(most)s. Bitte teilen.",
}
MOST_PAGES_NAMED = 10
# How a warning calls what a file says of itself.
TOLD_AS = {"author": "Verfasser", "title": "Titel", "subject": "Thema", "keywords": "Stichwörter"}
NOT_CLEANED = ValidationError(
    "Die Datei ließ sich nicht bereinigen. Bitte selbst entfernen, was die Warnungen nennen, und die neue Datei "
    "wählen.",
    code="not_cleaned",
)
# What a warning says of pages with something that is not seen, by its name in Reading.disclosed.
HIDDEN = {
    "unseen": "steht Text, den man nicht sieht, zum Beispiel unter schwarzen Balken.",
    "covered": "verdeckt eine Fläche einen Teil eines Scans.",
}
OF_HIDDEN = (
    "Wer die Datei hat, kann das Verdeckte lesen. Die Suche nimmt es nicht auf; in der Datei bleibt es. Bitte "
    "„Bereinigte Kopie speichern“ ankreuzen oder es selbst entfernen und die Datei ersetzen, bevor sie öffentlich "
    "wird. Die bisherige wird dabei gelöscht und keine frühere Fassung."
)
MARKUP = (b"<!doctype", b"<html", b"<script", b"<?php", b"<?xml", b"<svg", b"%pdf", b"pk\x03\x04", b"mz")


def check_document(file: File) -> None:
    """Raise ValidationError, in German, unless ending, size and content of `file` are those of a document we take."""
    if getattr(file, "_committed", False):
        return
    ending = check_ending(file, settings.WAGTAILDOCS_EXTENSIONS)
    check_size(file, settings.WAGTAILDOCS_MAX_UPLOAD_SIZE)
    file.seek(0)
    try:
        fits = is_office_file(file, ending) if ending in OFFICE else is_plain_file(file.read(4096), ending)
    finally:
        file.seek(0)
    if not fits:
        raise ValidationError(
            "Der Inhalt der Datei passt nicht zur Endung „.%(ending)s“, oder die Datei ist beschädigt.",
            code="content_mismatch",
            params={"ending": ending},
        )


def reading_of(content: File, name: str, text: bool = True) -> Reading:
    """Return what document_text.read says about `content`; for what is no PDF by its name, a Reading with state ""."""
    if not name.lower().endswith(".pdf"):
        return Reading("")
    return document_text.read_pdf(content, settings.DOCUMENT_READING_SECONDS, text)


def check_pdf_reading(reading: Reading) -> None:
    """Raise ValidationError, in German, for a PDF that nobody could use. One that takes too long to read is taken."""
    if reading.state in REFUSED:
        params = {"pages": reading.page_count, "most": document_text.MOST_PAGES}
        raise ValidationError(REFUSED[reading.state], code=reading.state, params=params)


def warnings_of(disclosed: dict[str, Any], title: str = "") -> list[str]:
    """Return in German sentences what a file gives away beside what is seen: Reading.disclosed of it.

    title: how the document is called; a file that says the same gives nothing away.
    """
    warnings = [
        f"Achtung: Auf Seite {page_numbers_in_words(pages)} {sentence} {OF_HIDDEN}"
        for name, sentence in HIDDEN.items()
        if (pages := disclosed.get(name))
    ]
    if pages := disclosed.get("unchecked"):
        warnings.append(
            f"Achtung: Auf Seite {page_numbers_in_words(pages)} ließ sich nicht prüfen, ob Text unter schwarzen Balken "
            "steht, denn die Datei ist zu lang oder ein Bild darin zu groß. Die Suche nimmt diese Seiten nicht auf. "
            "Bitte selbst prüfen, ob sich dort unter Balken Text markieren und kopieren lässt, oder die Datei teilen "
            "oder ihre Bilder verkleinern."
        )
    if disclosed.get("placeholder"):
        warnings.append(
            "Die Datei ist ein Formular oder Portfolio, das nur Programme von Adobe zeigen; alle anderen zeigen an "
            "seiner Stelle eine Bitte zu warten. Davon ist nichts erfasst. Bitte das Dokument dort als gewöhnliche "
            "PDF-Datei ausgeben (Drucken → PDF) und diese hochladen."
        )
    told = [
        f"als {label} „{disclosed[name]}“"
        for name, label in TOLD_AS.items()
        if disclosed.get(name) and not (name == "title" and disclosed[name] == title[:MOST_TOLD])
    ]
    if told:
        warnings.append(f"Die Datei nennt {', '.join(told)}.")
    held = []
    if notes := disclosed.get("notes"):  # a number, where a former version of this program has read it
        held.append(
            f"Anmerkungen auf Seite {page_numbers_in_words(notes)}" if isinstance(notes, list) else "Anmerkungen"
        )
    if attachments := disclosed.get("attachments"):
        held.append("eine angehängte Datei" if attachments == 1 else f"{attachments} angehängte Dateien")
    if held:
        warnings.append(f"Die Datei enthält {' und '.join(held)}.")
    return warnings


def hides(disclosed: dict[str, Any]) -> bool:
    """Say whether a file holds what is not seen on its pages: Reading.disclosed of it."""
    return any(disclosed.get(name) for name in HIDDEN)


def cleaned_upload(content: File, name: str, title: str) -> ContentFile:
    """Return the PDF `content` cleaned, with `title` as its own; raise ValidationError where that does not work.

    Whether it is clean is told by `check_cleaned`, once it has been read.
    """
    if not name.lower().endswith(".pdf"):
        raise ValidationError("Bereinigen lassen sich nur PDF-Dateien.", code="no_pdf")
    made = cleaning.cleaned_copy(content, title, settings.DOCUMENT_CLEANING_SECONDS)
    if not made:
        raise NOT_CLEANED
    return ContentFile(made, name=name)


def check_cleaned(reading: Reading, title: str) -> None:
    """Raise ValidationError unless a cleaned copy gives nothing away any more."""
    if warnings_of({**reading.disclosed, "placeholder": False}, title) or reading.state in REFUSED:
        raise NOT_CLEANED


def page_numbers_in_words(pages: list[int]) -> str:
    """Return the numbers of these pages as a sentence has them, not too many of them."""
    return f"{', '.join(map(str, pages[:MOST_PAGES_NAMED]))}{' und weiteren' if pages[MOST_PAGES_NAMED:] else ''}"


def is_office_file(file: File, ending: str) -> bool:
    """Say whether `file` is an archive of the kind `ending`; raise ValidationError for one with macros."""
    part, mimetype = OFFICE[ending]
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
            if any(name.lower().endswith("vbaproject.bin") or name.startswith("Basic/") for name in names):
                raise ValidationError("Die Datei enthält Makros. Bitte ohne Makros speichern.", code="macros")
            if mimetype:
                with archive.open("mimetype") as content:
                    return part in names and content.read(100).strip() == mimetype
            return part in names
    except (
        zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, KeyError, OSError, ValueError, NotImplementedError,
        RuntimeError,
    ):  # fmt: skip
        return False


def is_plain_file(start: bytes, ending: str) -> bool:
    """Say whether the first bytes are those of a PDF, a calendar or a table in text."""
    if ending == "pdf":
        return start.startswith(b"%PDF-")
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if ending == "ics":
        return text.startswith(b"BEGIN:VCALENDAR")
    return b"\0" not in text and not text.lower().startswith(MARKUP)
