"""The cells of an Excel file (XLSX) as text, read by a process of its own that can neither hang nor fill the machine.

Such a file is a ZIP of XML from outside. So this file is also the program that intmk/media/sandbox.py runs; it writes
one JSON object. Values only: no formula is calculated, no link followed, no macro run.
"""

import json
import re
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from intmk.media import sandbox

SECONDS = 30.0
OUTPUT = 64 * 1024 * 1024  # bytes
MOST_UNPACKED, MOST_PARTS = 200 * 1024 * 1024, 2_000
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")  # how XLSX writes control characters
DECIMALS = re.compile(r"[#,]*0\.(0+)(?:_\)|;.*)?")
MOST_NAMED = 5


def sheets_of(content: Any, most: int) -> dict[str, list[tuple[int, list[str]]]]:
    """Return the visible sheets of an XLSX file by name: numbers of rows and their cells, empty rows left out.

    At most `most` rows of each. Raises ValueError, in German, for what cannot be read.
    """
    written = sandbox.output_of(__file__, content, SECONDS, OUTPUT, str(most))
    try:
        told = json.loads(written)
        if "refused" in told:
            raise ValueError(str(told["refused"])[:500])
        return {
            str(name): [(int(number), [str(cell) for cell in cells]) for number, cells in rows]
            for name, rows in told["sheets"].items()
        }
    except (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError, AttributeError, RecursionError):
        raise ValueError(
            "Die Excel-Datei ist beschädigt oder zu groß, um sie zu lesen. Bitte in Excel öffnen und neu als "
            "Excel-Arbeitsmappe (.xlsx) oder als „CSV UTF-8“ speichern."
        ) from None


def why_refused(archive: zipfile.ZipFile) -> str:
    """Return why the parts of the file are not even opened, "" if they are."""
    parts = archive.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        return "Die Excel-Datei ist ausgepackt zu groß. Bitte die Tabelle teilen oder als „CSV UTF-8“ speichern."
    if b"http://purl.oclc.org/ooxml/" in archive.read("xl/workbook.xml"):
        return (
            "Das ist eine „Strict Open XML-Arbeitsmappe“. Bitte als „Excel-Arbeitsmappe (.xlsx)“ ohne „Strict“ oder "
            "als „CSV UTF-8“ speichern."
        )
    return ""


def has_element(archive: zipfile.ZipFile, name: bytes) -> bool:
    """Say whether a sheet has this element: "f" is a formula, "mergeCell" are cells that were made one."""
    sheets = [path for path in archive.namelist() if path.startswith("xl/worksheets/") and path.endswith(".xml")]
    return any(re.search(rb"<%b[ >]" % name, archive.read(path)) for path in sheets)


def read_workbook(source: Any, most: int) -> dict[str, Any]:
    """Return what `sheets_of` is told."""
    from openpyxl import load_workbook

    with zipfile.ZipFile(source) as archive:
        if refused := why_refused(archive):
            return {"refused": refused}
        calculated, is_merged = has_element(archive, b"f"), has_element(archive, b"mergeCell")
    values = load_workbook(source, read_only=True, data_only=True, keep_links=False)
    formulas = load_workbook(source, read_only=True, keep_links=False) if calculated else None
    merged = load_workbook(source, data_only=True, keep_links=False) if is_merged else None
    found = {}
    for sheet in values.worksheets:
        if sheet.sheet_state != "visible":
            continue
        rows = list(sheet_rows(sheet, most))
        if formulas and (missing := without_result(formulas[sheet.title], dict(rows), most)):
            return {
                "refused": f"Blatt „{sheet.title}“, {', '.join(missing)}: Da steht eine Formel, deren Ergebnis nicht "
                "gespeichert ist. Bitte die Datei in Excel öffnen und speichern, oder den Wert an die Stelle setzen."
            }
        if merged:
            fill_merged(dict(rows), merged[sheet.title].merged_cells.ranges)
        if rows:
            found[sheet.title] = rows
    return {"sheets": found}


def sheet_rows(sheet: Any, most: int) -> Iterator[tuple[int, list[str]]]:
    """Yield number and cells of each row that is not empty, without the empty cells at its end."""
    sheet.reset_dimensions()  # a file may claim any
    count = 0
    for number, row in enumerate(sheet.iter_rows(), start=1):
        cells = [text_of(cell) for cell in row]
        while cells and not cells[-1].strip():
            cells.pop()
        if cells:
            count += 1
            yield number, cells
        if count >= most:
            return


def fill_merged(rows: dict[int, list[str]], ranges: Any) -> None:
    """Put the value of cells that were made one into each of the rows it stands beside."""
    for merged in ranges:
        place = merged.min_col - 1
        value = [*rows.get(merged.min_row, []), *[""] * merged.min_col][place]
        for number in range(merged.min_row + 1, merged.max_row + 1):
            if value and (cells := rows.get(number)):
                cells.extend([""] * (merged.min_col - len(cells)))
                cells[place] = value


def without_result(sheet: Any, values: dict[int, list[str]], most: int) -> list[str]:
    """Return the names of up to MOST_NAMED cells with a formula of which no result is stored: "Zelle C4"."""
    sheet.reset_dimensions()
    missing = []
    last = max(values, default=0)
    for number, row in enumerate(sheet.iter_rows(max_row=last or 1), start=1):
        known = values.get(number, [])
        for place, cell in enumerate(row):
            if getattr(cell, "data_type", "") == "f" and not (place < len(known) and known[place]):
                missing.append(f"Zelle {cell.coordinate}")
                if len(missing) == MOST_NAMED:
                    return missing
    return missing


def text_of(cell: Any) -> str:
    """Return the value of a cell as an editor would write it: "2.1", "2017-03-16", "ja"."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nein"
    if isinstance(value, float):
        shown = DECIMALS.fullmatch(str(cell.number_format))  # "2.10" as a number is 2.1 with two decimals
        exact = f"{value:.15g}"
        fixed = f"{value:.{len(shown[1])}f}" if shown else exact
        return fixed if float(fixed) == float(exact) else exact
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), str(value)) if isinstance(value, str) else str(value)


def main() -> None:
    """Write what the file on the standard input holds."""
    source, most = sys.stdin.buffer, int(sys.argv[1])
    try:
        told = read_workbook(source, most)
    except Exception:  # whatever a stranger's file makes a library do
        told = {}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
