"""How the tables of people are read, from bytes to rows: CSV as each desk writes it, and XLSX.

Excel, LibreOffice and Numbers write CSV in the letters and with the separators of the machine they run on. Each is read
where it can be told for certain, else refused with the reason and what helps; no letter is guessed.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any

from intmk.base import workbook
from intmk.language.charsets import UnknownCharsetError, decoded, misread
from intmk.language.readable_text import readable
from intmk.language.umlauts import spelled_out

# Excel saves text with tabs as .txt; .tab and .tsv are the same of others.
ENDINGS = (".csv", ".tsv", ".tab", ".txt", ".xlsx")
LONGEST_CELL = 200_000  # characters
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# UTF-32 first: its mark begins as that of UTF-16 does.
MARKS = {
    b"\xff\xfe\x00\x00": "utf-32", b"\x00\x00\xfe\xff": "utf-32", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16",
    BYTE_ORDER_MARK: "utf-8-sig",
}  # fmt: skip
REMEDY = "Bitte als „CSV UTF-8“ oder als Excel-Arbeitsmappe (.xlsx) speichern."
# What else gets the name of a table: by its first bytes.
NO_TABLES = {
    b"\xd0\xcf\x11\xe0": "Das ist eine Datei von Excel 97–2003 (.xls) oder eine mit Kennwort geschützte Excel-Datei.",
    b"%PDF": "Das ist eine PDF-Datei.",
    b"{\\rtf": "Das ist ein Text aus einer Textverarbeitung (RTF).",
    b"ID;P": "Das ist eine SYLK-Datei (.slk).",
}
# The same of files that are ZIP archives, as XLSX is.
OTHER_ARCHIVES = {
    b"mimetypeapplication/vnd.oasis": "Das ist eine Datei von LibreOffice (ODS, ODT).",
    b"Index/Document.iwa": "Das ist eine Datei von Numbers.",
    b"word/document.xml": "Das ist ein Text von Word.",
    b"xl/workbook.bin": "Das ist eine binäre Excel-Arbeitsmappe (.xlsb).",
}
MARKUP = re.compile(rb"\s*<(?:!doctype|html|\?xml|meta|table|head|body)\b", re.IGNORECASE)
UTF_7 = re.compile(r"\+A[A-P][A-Za-z0-9+/]{1,12}-")
SEPARATOR_LINE = re.compile(r'"?sep=(\\t|[^\r\n"]?)"?[;,\t]*(?:\r\n|\r|\n|$)', re.IGNORECASE)
SEPARATORS = ";,\t|"
MOST_TITLES = 5  # lines above the names of the columns: Numbers writes what the table is called, people "Stand: …"
IN_WORDS = {"\t": "Tabulator"}
ERRORS_OF_EXCEL = re.compile(
    r"#(?:NAME\?|REF!|BEZUG!|VALUE!|WERT!|N/A|NV|DIV/0!|NULL!|NUM!|ZAHL!|SPILL!|ÜBERLAUF!|CALC!|KALK!)", re.IGNORECASE
)
TOO_NARROW = re.compile(r"#{3,}")
# How a text is kept from being calculated: ="2.1" in CSV, and the apostrophe of our own exports.
KEPT_AS_TEXT = re.compile(r"""="([^"]*)"|'(?=[=+\-@\d])(.*)""", re.DOTALL)


class UnreadableFileError(Exception):
    """The file as a whole cannot be read; the message is German and for people."""


@dataclass
class Row:
    """The cells of one record by column. line: where it begins in the table (1 is the header) or its place in JSON."""

    line: int
    cells: dict[str, Any]
    errors: list[str] = field(default_factory=list)


def table_rows(content: bytes, known: Collection[str], required: Collection[str], most: int) -> list[Row]:
    """Return the rows of a table, CSV or XLSX, below its line of names; empty ones are left out.

    At the most one row more than `most`. A cell that Excel has spoilt is an error of its row. Raises
    UnreadableFileError, also as `check_columns` does.
    """
    if content.startswith(b"PK\x03\x04"):
        for sign, reason in OTHER_ARCHIVES.items():
            if sign in content:
                raise UnreadableFileError(f"{reason} {REMEDY}")
        lines, separator = iter(lines_of_workbook(content, required, most + 2)), ""
    else:
        lines, separator = lines_of_text(table_text(content), known)
    rows: list[Row] = []
    header: list[str] = []
    for line, cells in from_names_on(lines, known, required):
        if not any(cell.strip() for cell in cells):
            continue
        if not header:
            header = [column_name(cell, known) for cell in cells]
            check_columns(header, known, required)
            continue
        rows.append(row_of(line, header, cells, required, separator))
        if len(rows) > most:
            break
    if not header:
        raise UnreadableFileError("Die Tabelle ist leer.")
    return rows


def from_names_on(
    lines: Iterator[tuple[int, list[str]]], known: Collection[str], required: Collection[str]
) -> Iterator[tuple[int, list[str]]]:
    """Return `lines` without what stands above the names of the columns, where these are among the first."""
    head = list(islice(lines, MOST_TITLES + 1))
    start = next((place for place, (_, cells) in enumerate(head) if has_names(cells, known, required)), 0)
    return chain(head[start:], lines)


def has_names(cells: list[str], known: Collection[str], required: Collection[str]) -> bool:
    """Say whether these cells name all columns that are required."""
    return set(required) <= {column_name(cell, known) for cell in cells}


def as_csv(rows: list[Row], columns: Collection[str]) -> str:
    """Return `rows` as a table that is read as the same rows, on the same lines as far as no cell has several."""
    names = [name for name in columns if any(name in row.cells for row in rows)]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(names)
    line = 2
    for row in rows:
        out.write("\n" * (row.line - line))
        cells = [str(row.cells.get(name, "")) for name in names]
        writer.writerow(cells)
        line = max(line, row.line) + 1 + sum(cell.count("\n") for cell in cells)
    return out.getvalue()


# --- from bytes to text ---------------------------------------------------------------------------------------------


def refuse_binary(content: bytes) -> None:
    """Raise UnreadableFileError for what is empty or no text."""
    if not content.strip():
        raise UnreadableFileError("Die Tabelle ist leer.")
    for start, reason in NO_TABLES.items():
        if content.startswith(start):
            raise UnreadableFileError(f"{reason} {REMEDY}")
    if MARKUP.match(content):
        raise UnreadableFileError(f"Das ist eine Webseite (HTML oder XML), keine Tabelle. {REMEDY}")
    if b"\0" in content:
        raise UnreadableFileError(f"Die Tabelle enthält NUL-Bytes: Das ist keine Textdatei. {REMEDY}")


def table_text(content: bytes) -> str:
    """Return the text of a table in Unicode of any kind, or as Windows, a Mac or DOS write German."""
    charset = next((name for mark, name in MARKS.items() if content.startswith(mark)), "") or wide_charset(content)
    if not charset:
        refuse_binary(content)
    try:
        text = content.decode(charset or "utf-8")
    except UnicodeDecodeError:
        if charset:
            name = charset.removesuffix("-sig").upper()
            raise UnreadableFileError(f"Die Tabelle gibt sich als {name} aus, ist es aber nicht. {REMEDY}") from None
        try:
            text = decoded(content)
        except UnknownCharsetError as error:
            raise UnreadableFileError(f"{error} {REMEDY}") from None
    text = text.lstrip("\ufeff").rstrip("\x1a")  # the latter ends a file of DOS
    if not text.strip():
        raise UnreadableFileError("Die Tabelle ist leer.")
    if "\0" in text:
        raise UnreadableFileError(f"Die Tabelle enthält NUL-Bytes: Das ist keine Textdatei. {REMEDY}")
    if text.isascii() and (found := UTF_7.search(text)):
        raise UnreadableFileError(f"Die Tabelle ist in UTF-7 gespeichert („{found[0][:20]}“). {REMEDY}")
    return text


def wide_charset(content: bytes) -> str:
    """Return the kind of Unicode with two or four bytes a letter that has no mark: told by the NULs beside ASCII."""
    if b"\0" not in content:
        return ""
    head = content[:4000]
    shares = [head[place::4].count(0) / max(1, len(head[place::4])) for place in range(4)]
    often = tuple(share > 0.5 for share in shares)
    known: dict[tuple[bool, ...], str] = {
        (False, True, True, True): "utf-32-le",
        (True, True, True, False): "utf-32-be",
        (False, True, False, True): "utf-16-le",
        (True, False, True, False): "utf-16-be",
    }
    return known.get(often, "")


# --- from text to cells ---------------------------------------------------------------------------------------------


def lines_of_text(text: str, known: Collection[str]) -> tuple[Iterator[tuple[int, list[str]]], str]:
    """Return number and cells of each line, and the separator, told by the names in the first line that is not empty.

    The line "sep=;" is Excel's own, and no part of the table.
    """
    said = SEPARATOR_LINE.match(text)
    possible = SEPARATORS
    if said:
        text = text[said.end() :]
        possible = said[1].replace("\\t", "\t") + SEPARATORS
    filled = (line for line in re.split(r"[\r\n]+", text[:LONGEST_CELL]) if line.strip(f"{possible} "))
    head = list(islice(filled, MOST_TITLES + 1)) or [""]
    separator = max(
        dict.fromkeys(possible),
        key=lambda sign: max(
            (sum(column_name(name.strip('" '), known) in known for name in line.split(sign)), line.count(sign))
            for line in head
        ),
    )
    is_spaced = any(re.search(rf'{re.escape(separator)} +"', line) for line in head)
    return csv_lines(text, separator, 1 if said else 0, is_spaced), separator


def csv_lines(text: str, separator: str, before: int, is_spaced: bool) -> Iterator[tuple[int, list[str]]]:
    """Yield number and cells of each line, counted behind `before` lines. is_spaced: quotation marks follow a space."""
    csv.field_size_limit(LONGEST_CELL)
    source = io.StringIO(text, newline="")
    reader = csv.reader(source, delimiter=separator, strict=True, skipinitialspace=is_spaced)
    last = 0
    try:
        for cells in reader:
            line, last = last + 1, reader.line_num
            yield before + line, cells
    except csv.Error as error:
        reason = (
            "Eine Zelle ist zu lang. Fehlt ein schließendes Anführungszeichen?"
            if "field limit" in str(error)
            else "Anführungszeichen passen nicht zusammen: Eines fehlt, oder eines im Text ist nicht verdoppelt."
        )
        raise UnreadableFileError(
            f"Zeile {before + reader.line_num}: {reason} Ab dort ist die Tabelle nicht lesbar. {REMEDY}"
        ) from None


def lines_of_workbook(content: bytes, required: Collection[str], most: int) -> list[tuple[int, list[str]]]:
    """Return number and cells of each row of the only sheet, or the only one that has the required columns."""
    try:
        sheets = workbook.sheets_of(io.BytesIO(content), most)
    except ValueError as error:
        raise UnreadableFileError(str(error)) from None
    if len(sheets) > 1:
        fitting = [
            name
            for name, rows in sheets.items()
            if any(has_names(cells, required, required) for _, cells in rows[: MOST_TITLES + 1])
        ]
        if len(fitting) != 1:
            names = ", ".join(f"„{name[:40]}“" for name in list(sheets)[:10])
            raise UnreadableFileError(
                f"Die Excel-Datei hat mehrere Blätter: {names}. Bitte alle bis auf das mit der Tabelle löschen "
                "oder ausblenden."
            )
        return sheets[fitting[0]]
    return next(iter(sheets.values()), [])


def column_name(cell: str, known: Collection[str]) -> str:
    """Return the name of a column as the site writes it: of "Beschlossen am" "beschlossen_am", else as it is there."""
    written = readable(cell).strip().lower()
    plain = re.sub(r"[\s_-]+", "_", spelled_out(written))
    return plain if written not in known and plain in known else written


def row_of(line: int, header: list[str], cells: list[str], required: Collection[str], separator: str) -> Row:
    """Return one row; Excel leaves out the separators behind the last cell that has something in it.

    An error where there are more cells than columns, or not even those that are required, and for each spoilt cell.
    """
    while len(cells) > len(header) and not cells[-1].strip():
        cells = cells[:-1]
    needed = max((header.index(name) + 1 for name in required), default=1)
    missing = len(header) - len(cells)
    filled = [*cells, *[""] * missing]
    row = Row(line, {name: plain_cell(cell) for name, cell in zip(header, filled, strict=False) if name})
    if missing < 0 and separator:
        sign = IN_WORDS.get(separator, f"„{separator}“")
        row.errors.append(f"{len(cells)} Zellen statt {len(header)}: Steht ein Text mit {sign} ohne Anführungszeichen?")
    elif missing < 0:
        row.errors.append(f"{len(cells)} Zellen statt {len(header)}: Bitte löschen, was rechts der Tabelle steht.")
    elif len(cells) < needed:
        why = (
            "Steht ein Zeilenumbruch in einem Text ohne Anführungszeichen?"
            if separator
            else "Bitte ergänzen, oder löschen, was unter der Tabelle steht."
        )
        row.errors.append(f"{len(cells)} Zellen statt {len(header)}: {why}")
    row.errors += [f"{name}: {reason}" for name, cell in row.cells.items() if (reason := why_spoilt(cell))]
    return row


def plain_cell(cell: str) -> str:
    """Return the text of a cell without what keeps a spreadsheet from calculating it."""
    kept = KEPT_AS_TEXT.fullmatch(cell.strip())
    return (kept[1] or kept[2] or "").strip() if kept else cell.strip()


def why_spoilt(cell: str) -> str:
    """Return what a spreadsheet or a wrong set of characters has made of the text of a cell, "" for nothing."""
    if ERRORS_OF_EXCEL.fullmatch(cell):
        return f"„{cell}“ ist ein Fehler einer Formel. Bitte in der Tabelle durch den Wert ersetzen."
    if TOO_NARROW.fullmatch(cell):
        return "„####“ heißt, dass die Spalte zu schmal war. Bitte breiter ziehen und die Tabelle neu speichern."
    if cell.isascii():
        return ""
    if lost := next((word for word in cell.split() if "\ufffd" in word), ""):
        return f"In „{lost[:40]}“ ist ein Buchstabe verloren gegangen. Bitte berichtigen. {REMEDY}"
    if found := misread(cell):
        return (
            f"„{found[0][:40]}“ ist wohl „{found[1][:40]}“, im falschen Zeichensatz geöffnet und so gespeichert. "
            "Bitte die ursprüngliche Datei nehmen, in Excel mit Daten → Aus Text/CSV."
        )
    return ""


def check_columns(names: list[str], known: Collection[str], required: Collection[str]) -> None:
    """Raise UnreadableFileError for columns that are unknown, double or missing."""
    twice = sorted(name for name, times in Counter(names).items() if name and times > 1)
    if twice:
        raise UnreadableFileError(
            f"Diese Spalten gibt es mehrfach: {', '.join(twice)[:300]}. Bitte je eine löschen oder umbenennen."
        )
    filled = [name for name in names if name]
    if len(filled) == 1 and len(set(re.findall(r"\w+", filled[0])) & set(known)) > 1:
        raise UnreadableFileError(
            f"Alle Spalten stehen in einer einzigen: „{filled[0][:60]}“. Bitte in Excel die Spalte A markieren, mit "
            f"Daten → Text in Spalten teilen und neu speichern; in CSV steht zwischen den Zellen ein Semikolon."
        )
    unknown = [name for name in filled if name not in known]
    if unknown:
        where = "" if set(names) & set(known) else " Die Namen der Spalten stehen in der ersten Zeile."
        raise UnreadableFileError(
            f"Unbekannte Spalten: {', '.join(unknown)[:300]}.{where} Möglich sind: {', '.join(known)}."
        )
    missing = [name for name in required if name not in names]
    if missing:
        raise UnreadableFileError(f"Es fehlen die Spalten: {', '.join(missing)}.")
