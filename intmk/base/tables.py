"""Tables from and for spreadsheets: how CSV files of people are read, and what they get is never taken for a formula.

That holds whoever typed a cell and whichever view wrote it; in an XLSX file Wagtail marks each cell as text itself.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.deprecation import MiddlewareMixin

# Spreadsheets pass over what nobody sees, and some take the full-width signs of Asian keyboards, too.
UNSEEN = r"[\s\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff'\"`´‘’“”„«»‹›]*"
FORMULA = re.compile(rf"{UNSEEN}[=+\-@＝＋－−＠﹢﹣﹦﹫]")
NUMBER = re.compile(r"\s*[+-]?\d[\d.,]*\s*%?\s*")
# Also within a cell: on a German desk a file with commas is read as one with semicolons, whatever is quoted.
BORDER = re.compile(r"([,;\t\r\n]+)")
LONGEST_CELL = 200_000  # characters
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def harmless(text: str) -> str:
    """Return the text of a cell so that no spreadsheet calculates it; a number stays a number."""
    if text.startswith(("\t", "\r")):
        return f"'{text}"
    return text if NUMBER.fullmatch(text) else "".join(map(guarded, BORDER.split(text)))


def guarded(part: str) -> str:
    """Return a part that may become a cell of its own, with an apostrophe where it would be a formula."""
    return f"'{part}" if FORMULA.match(part) and not NUMBER.fullmatch(part) else part


class HarmlessExportMiddleware(MiddlewareMixin):
    """All CSV files that lists and reports of the admin export, Wagtail's own as well as ours."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Return `response`, with the cells of an export made harmless while it is sent."""
        is_table = isinstance(response, StreamingHttpResponse) and response["Content-Type"].startswith("text/csv")
        if is_table and request.GET.get("export") == "csv" and request.path.startswith(reverse("wagtailadmin_home")):
            response.streaming_content = harmless_rows(response.streaming_content)  # type: ignore[attr-defined]
        return response


def harmless_rows(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield a table in CSV line by line; each of `chunks` holds whole lines in UTF-8."""
    for row in csv.reader(chunk.decode() for chunk in chunks):
        line = io.StringIO()
        csv.writer(line).writerow([harmless(cell) for cell in row])
        yield line.getvalue().encode()


class UnreadableFileError(Exception):
    """The file as a whole cannot be read; the message is German and for people."""


@dataclass
class Row:
    """The cells of one record by column. line: where it begins in a CSV (1 is the header), its place in a JSON list."""

    line: int
    cells: dict[str, Any]
    errors: list[str] = field(default_factory=list)


def refuse_binary(content: bytes) -> None:
    """Raise UnreadableFileError for what is empty or no text."""
    if not content.strip():
        raise UnreadableFileError("Die Tabelle ist leer.")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableFileError("Die Tabelle ist in UTF-16 gespeichert. Bitte als „CSV UTF-8“ speichern.")
    if b"\0" in content:
        raise UnreadableFileError("Die Tabelle enthält NUL-Bytes: Das ist keine Textdatei.")


def decoded_table(content: bytes) -> str:
    """Return the text of UTF-8, with or without byte order mark, or of Windows-1252, as spreadsheets write it."""
    refuse_binary(content)
    try:
        return content.removeprefix(BYTE_ORDER_MARK).decode("utf-8")
    except UnicodeDecodeError:
        if content.startswith(BYTE_ORDER_MARK):
            raise UnreadableFileError("Die Tabelle gibt sich als UTF-8 aus, ist es aber nicht.") from None
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError:
        raise UnreadableFileError("Die Zeichen sind weder in UTF-8 noch in Windows-1252 gespeichert.") from None


def csv_rows(text: str, known: Collection[str], required: Collection[str], most: int) -> list[Row]:
    """Return the rows of a table with `;` or `,` between the cells, told by its first line; empty rows are left out.

    At the most one row more than `most`. Raises UnreadableFileError, also as `check_columns` does.
    """
    first = text.partition("\n")[0]
    delimiter = ";" if first.count(";") >= first.count(",") else ","
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[Row] = []
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        check_columns(header, known, required)
        before = reader.line_num
        for cells in reader:
            line, before = before + 1, reader.line_num
            if any(cell.strip() for cell in cells):
                rows.append(csv_row(line, header, cells, delimiter))
            if len(rows) > most:
                break
    except csv.Error as error:
        reason = "Eine Zelle ist zu lang" if "field limit" in str(error) else "Anführungszeichen passen nicht zusammen"
        raise UnreadableFileError(f"Zeile {reader.line_num}: {reason}; ab dort ist die Tabelle nicht lesbar.") from None
    return rows


def csv_row(line: int, header: list[str], cells: list[str], delimiter: str) -> Row:
    """Return one row, with an error where its cells are not as many as the columns."""
    row = Row(line, {name: cell.strip() for name, cell in zip(header, cells, strict=False) if name})
    if len(cells) != len(header):
        row.errors.append(
            f"{len(cells)} Zellen statt {len(header)}: Steht ein Text mit „{delimiter}“ ohne Anführungszeichen?"
        )
    return row


def check_columns(names: list[str], known: Collection[str], required: Collection[str]) -> None:
    """Raise UnreadableFileError for columns that are unknown, double or missing."""
    twice = sorted(name for name, times in Counter(names).items() if name and times > 1)
    if twice:
        raise UnreadableFileError(f"Diese Spalten gibt es mehrfach: {', '.join(twice)[:300]}.")
    unknown = [name for name in names if name and name not in known]
    if unknown:
        raise UnreadableFileError(f"Unbekannte Spalten: {', '.join(unknown)[:300]}. Möglich sind: {', '.join(known)}.")
    missing = [name for name in required if name not in names]
    if missing:
        raise UnreadableFileError(f"Es fehlen die Spalten: {', '.join(missing)}.")
