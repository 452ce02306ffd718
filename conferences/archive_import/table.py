"""A file of resolutions as editors write it, CSV or JSON: from bytes to cells by name of their column.

Knows nothing of resolutions but the names of the columns (columns.COLUMNS); docs/import/README.md shows them.
"""

import csv
import io
import json
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conferences.archive_import.columns import COLUMNS, ONE_LINE
from intmk.language.readable_text import readable_parts

MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 5_000
LONGEST_CELL = 200_000  # characters
UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class UnreadableFileError(Exception):
    """The file as a whole cannot be read; the message is German and for people."""


@dataclass
class Row:
    """The cells of one record by column. line: where it begins in a CSV (1 is the header), its place in a JSON list."""

    line: int
    cells: dict[str, Any]
    errors: list[str] = field(default_factory=list)


def table_in(folder: Path) -> Path:
    """Return the only CSV or JSON file in `folder`; raise UnreadableFileError for none or several."""
    if not folder.is_dir():
        raise UnreadableFileError(f"Den Ordner „{folder.name}“ gibt es nicht.")
    found = sorted(path for path in folder.iterdir() if path.suffix.lower() in (".csv", ".json") and path.is_file())
    if not found:
        raise UnreadableFileError("Es ist keine CSV- oder JSON-Datei dabei, z. B. „beschluesse.csv“.")
    if len(found) > 1:
        raise UnreadableFileError(f"Nur eine Tabelle auf einmal, gefunden: {', '.join(path.name for path in found)}.")
    return found[0]


def rows_of(path: Path) -> list[Row]:
    """Return the records of a CSV or JSON file; raise UnreadableFileError for what is none."""
    if path.is_symlink():
        raise UnreadableFileError("Die Tabelle ist ein Verweis (Symlink) auf eine andere Datei.")
    if path.stat().st_size > MOST_BYTES:
        raise UnreadableFileError(f"Die Tabelle ist größer als {MOST_BYTES // 1024 // 1024} MB. Bitte teilen.")
    content = path.read_bytes()
    if not content.strip():
        raise UnreadableFileError("Die Tabelle ist leer.")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableFileError("Die Tabelle ist in UTF-16 gespeichert. Bitte als „CSV UTF-8“ speichern.")
    if b"\0" in content:
        raise UnreadableFileError("Die Tabelle enthält NUL-Bytes: Das ist keine Textdatei.")
    rows = rows_of_json(content) if path.suffix.lower() == ".json" else rows_of_csv(decoded(content))
    if not rows:
        raise UnreadableFileError("Die Tabelle enthält keine Beschlüsse.")
    if len(rows) > MOST_ROWS:
        raise UnreadableFileError(f"Die Tabelle hat mehr als {MOST_ROWS} Beschlüsse. Bitte teilen.")
    try:
        for row in rows:
            row.errors += unfit_texts(row.cells)
            cells = storable(row.cells)
            row.cells = {name: readable_parts(cell, name not in ONE_LINE) for name, cell in cells.items()}
    except RecursionError:  # the reader of JSON goes deeper than we do
        raise UnreadableFileError("Das JSON ist zu tief verschachtelt.") from None
    return rows


def decoded(content: bytes) -> str:
    """Return the text of UTF-8, with or without byte order mark, or of Windows-1252, as spreadsheets write it."""
    try:
        return content.removeprefix(BYTE_ORDER_MARK).decode("utf-8")
    except UnicodeDecodeError:
        if content.startswith(BYTE_ORDER_MARK):
            raise UnreadableFileError("Die Tabelle gibt sich als UTF-8 aus, ist es aber nicht.") from None
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError:
        raise UnreadableFileError("Die Zeichen sind weder in UTF-8 noch in Windows-1252 gespeichert.") from None


def rows_of_csv(text: str) -> list[Row]:
    """Return the rows of a table with `;` or `,` between the cells, told by its first line; empty rows are left out."""
    first = text.partition("\n")[0]
    delimiter = ";" if first.count(";") >= first.count(",") else ","
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[Row] = []
    try:
        header = [name.strip().lower() for name in next(reader)]
        check_columns(header)
        before = reader.line_num
        for cells in reader:
            line, before = before + 1, reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            row = Row(line, {name: cell.strip() for name, cell in zip(header, cells, strict=False) if name})
            if len(cells) != len(header):
                row.errors.append(f"{len(cells)} Zellen statt {len(header)}: Steht ein Text mit „{delimiter}“ ohne "
                                  "Anführungszeichen?")  # fmt: skip
            rows.append(row)
            if len(rows) > MOST_ROWS:
                break
    except csv.Error as error:
        reason = "Eine Zelle ist zu lang" if "field limit" in str(error) else "Anführungszeichen passen nicht zusammen"
        raise UnreadableFileError(f"Zeile {reader.line_num}: {reason}; ab dort ist die Tabelle nicht lesbar.") from None
    return rows


def rows_of_json(content: bytes) -> list[Row]:
    """Return the rows of a list of objects."""
    try:
        data = json.loads(content.removeprefix(BYTE_ORDER_MARK).decode("utf-8"), object_pairs_hook=without_doubles)
    except UnicodeDecodeError:
        raise UnreadableFileError("JSON wird in UTF-8 erwartet.") from None
    except json.JSONDecodeError as error:
        raise UnreadableFileError(f"Zeile {error.lineno}, Zeichen {error.colno}: Das ist kein gültiges JSON.") from None
    except (RecursionError, ValueError) as error:
        if isinstance(error, DoubleNameError):
            raise UnreadableFileError(f"„{error}“ steht in einem Eintrag zweimal.") from None
        raise UnreadableFileError("Das JSON ist zu tief verschachtelt oder enthält unmögliche Zahlen.") from None
    if not isinstance(data, list) or not all(isinstance(entry, dict) for entry in data):
        raise UnreadableFileError("Erwartet wird eine Liste von Objekten: [ { … }, { … } ].")
    check_columns(list(dict.fromkeys(name for entry in data for name in entry)))
    return [Row(place, entry) for place, entry in enumerate(data, start=1)]


class DoubleNameError(ValueError):
    """A name stands twice in one object; JSON would silently keep the last."""


def without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of JSON; raise DoubleNameError."""
    for name, times in Counter(name for name, _ in pairs).items():
        if times > 1:
            raise DoubleNameError(storable(name[:60]))
    return dict(pairs)


def check_columns(names: list[str]) -> None:
    """Raise UnreadableFileError for columns that are unknown, double or missing."""
    twice = sorted(name for name, times in Counter(names).items() if name and times > 1)
    if twice:
        raise UnreadableFileError(f"Diese Spalten gibt es mehrfach: {', '.join(twice)[:300]}.")
    unknown = [storable(name) for name in names if name and name not in COLUMNS]
    if unknown:
        raise UnreadableFileError(
            f"Unbekannte Spalten: {', '.join(unknown)[:300]}. Möglich sind: {', '.join(COLUMNS)}."
        )
    missing = [name for name in ("konferenz", "titel") if name not in names]
    if missing:
        raise UnreadableFileError(f"Es fehlen die Spalten: {', '.join(missing)}.")


def storable(value: Any) -> Any:
    """Return `value` with a sign in place of each character that neither the database nor a page can hold.

    Its row is refused because of them, but is still looked up, compared and shown.
    """
    if isinstance(value, dict):
        return {storable(name): storable(part) for name, part in value.items()}
    if isinstance(value, list):
        return [storable(part) for part in value]
    return UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", value) if isinstance(value, str) else value


def unfit_texts(value: Any, column: str = "") -> list[str]:
    """Return errors for texts that no database can hold (NUL, half characters) or that are too long."""
    if isinstance(value, dict):
        pairs = [(part, column) for pair in value.items() for part in pair] if column else [
            (part, name) for name, part in value.items()
        ]  # fmt: skip
        return [error for part, name in pairs for error in unfit_texts(part, name)]
    if isinstance(value, list):
        return [error for part in value for error in unfit_texts(part, column)]
    if not isinstance(value, str):
        return []
    if len(value) > LONGEST_CELL:
        return [f"{column}: Der Text ist länger als {LONGEST_CELL} Zeichen."]
    if UNSTORABLE.search(value):
        return [f"{column}: Der Text enthält Zeichen, die es nicht gibt (NUL oder halbe Zeichen)."]
    return []
