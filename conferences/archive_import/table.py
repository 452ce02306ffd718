"""A file of resolutions as editors write it, CSV, XLSX or JSON: from bytes to cells by name of their column.

Knows nothing of resolutions but the names of the columns (columns.COLUMNS); docs/import/README.md shows them.
"""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

from conferences.archive_import.columns import COLUMNS, ONE_LINE
from intmk.base.table_files import (
    BYTE_ORDER_MARK,
    ENDINGS,
    LONGEST_CELL,
    REMEDY,
    Row,
    UnreadableFileError,
    check_columns,
    refuse_binary,
    table_rows,
)
from intmk.language.readable_text import readable_parts

MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 5_000
REQUIRED = ("konferenz", "titel")
TABLES = (*ENDINGS, ".json")
LOST = re.compile(r"[^\W\d_]\?[^\W\d_]")
WORDS_ONLY = (
    "titel",
    "ueberschrift",
    "antragsteller",
    "dateititel",
)  # in other columns a "?" may be part of an address
UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")


def table_in(folder: Path) -> Path:
    """Return the only table in `folder`, of texts only where nothing else is one; raise UnreadableFileError else."""
    if not folder.is_dir():
        raise UnreadableFileError(f"Den Ordner „{folder.name}“ gibt es nicht.")
    there = [path for path in sorted(folder.iterdir()) if path.is_file() and not path.name.startswith((".", "~$"))]
    tables = [path for path in there if path.suffix.lower() in TABLES]
    found = [path for path in tables if path.suffix.lower() != ".txt"] or tables
    if not found:
        raise UnreadableFileError(
            "Es ist keine CSV-, Excel- (.xlsx) oder JSON-Datei dabei, z. B. „beschluesse.csv“. "
            "In einem ZIP liegt sie oben oder im einzigen Ordner."
        )
    if len(found) > 1:
        raise UnreadableFileError(f"Nur eine Tabelle auf einmal, gefunden: {', '.join(path.name for path in found)}.")
    return found[0]


def record_rows(path: Path) -> list[Row]:
    """Return the records of a table; raise UnreadableFileError for what is none."""
    if path.is_symlink():
        raise UnreadableFileError("Die Tabelle ist ein Verweis (Symlink) auf eine andere Datei.")
    if path.stat().st_size > MOST_BYTES:
        raise UnreadableFileError(f"Die Tabelle ist größer als {MOST_BYTES // 1024 // 1024} MB. Bitte teilen.")
    content = path.read_bytes()
    if path.suffix.lower() == ".json":
        rows = rows_of_json(content)
    else:
        rows = table_rows(content, COLUMNS, REQUIRED, MOST_ROWS)
    if not rows:
        raise UnreadableFileError("Die Tabelle enthält keine Beschlüsse.")
    if len(rows) > MOST_ROWS:
        raise UnreadableFileError(f"Die Tabelle hat mehr als {MOST_ROWS} Beschlüsse. Bitte teilen.")
    try:
        for row in rows:
            row.errors += unfit_texts(row.cells) + lost_letters(row.cells)
            cells = storable(row.cells)
            row.cells = {name: readable_parts(cell, name not in ONE_LINE) for name, cell in cells.items()}
    except RecursionError:  # the reader of JSON goes deeper than we do
        raise UnreadableFileError("Das JSON ist zu tief verschachtelt.") from None
    return rows


def rows_of_json(content: bytes) -> list[Row]:
    """Return the rows of a list of objects."""
    refuse_binary(content)
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
    check_columns(list(dict.fromkeys(storable(name) for entry in data for name in entry)), COLUMNS, REQUIRED)
    return [Row(place, entry) for place, entry in enumerate(data, start=1)]


class DoubleNameError(ValueError):
    """A name stands twice in one object; JSON would silently keep the last."""


def without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of JSON; raise DoubleNameError."""
    for name, times in Counter(name for name, _ in pairs).items():
        if times > 1:
            raise DoubleNameError(storable(name[:60]))
    return dict(pairs)


def storable(value: Any) -> Any:
    """Return `value` with a sign in place of each character that neither the database nor a page can hold.

    Its row is refused because of them, but is still looked up, compared and shown.
    """
    if isinstance(value, dict):
        return {storable(name): storable(part) for name, part in value.items()}
    if isinstance(value, list):
        return [storable(part) for part in value]
    return UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", value) if isinstance(value, str) else value


def lost_letters(cells: dict[str, Any]) -> list[str]:
    """Return errors for words with a question mark in place of a letter: what the set of characters did not have."""
    return [
        f"{name}: In „{found[:40]}“ steht ein Fragezeichen, wo wohl ein Buchstabe verloren ging. {REMEDY}"
        for name in WORDS_ONLY
        if (found := next(filter(LOST.search, str(cells.get(name) or "").split()), ""))
    ]


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
