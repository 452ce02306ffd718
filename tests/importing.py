"""What tests of the import share: a folder with a table and PDF files."""

import csv
import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fpdf import FPDF
from openpyxl import Workbook

ROW = {"konferenz": "12", "top": "50.1", "titel": "Prüfantrag eins"}


def csv_of(*rows: dict[str, str], delimiter: str = ";") -> str:
    """Return a table with all columns that the rows name."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(dict.fromkeys(name for row in rows for name in row)), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def excel(*rows: list[Any], **cells: Any) -> bytes:
    """Return a workbook of one sheet with these rows, and with what single cells ("B5") hold in place of theirs."""
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    for name, value in cells.items():
        book.active[name] = value
    book.save(out)
    return out.getvalue()


def pdf(text: str = "Prüfdatei") -> bytes:
    document = FPDF()
    document.set_creation_date(datetime(2026, 1, 1, tzinfo=UTC))  # so that the same text makes the same file
    document.add_page()
    document.set_font("Helvetica", size=12)
    document.cell(text=text)
    return bytes(document.output())


def folder_of(path: Path, *rows: dict[str, str], **files: bytes) -> Path:
    """Write the rows as beschluesse.csv into `path`, and files by the first part of their names as PDF beside it."""
    path.mkdir(exist_ok=True)
    (path / "beschluesse.csv").write_text(csv_of(*rows), encoding="utf-8")
    for name, content in files.items():
        (path / f"{name}.pdf").write_bytes(content)
    return path
