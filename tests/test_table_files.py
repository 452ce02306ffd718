"""Tables as Excel, LibreOffice, Numbers and Macs save them: the same rows, or a refusal that names cause and remedy."""

import csv
import io
import struct
import zipfile
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.xml.constants import SHEET_MAIN_NS

from conferences.archive_import import documents, zip_file
from conferences.archive_import.cells import KnownNames, UnfitError
from conferences.archive_import.columns import values_of
from conferences.archive_import.table import record_rows
from intmk.base import workbook
from intmk.base.table_files import UnreadableFileError, as_csv, table_rows
from intmk.language.charsets import UnknownCharsetError, decoded, misread
from tests.importing import excel

COLUMNS = ("konferenz", "top", "titel", "beschlossen_am", "begruendung", "quellenhinweis")
REQUIRED = ("konferenz", "titel")
TABLE = [
    ["konferenz", "top", "titel", "beschlossen_am", "begruendung", "quellenhinweis"],
    ["12", "91.1", "Sprachförderung für Mütter – „Stufe 2“", "16.03.2017", "1. Für alle Länder.\n2. Ende", "Maßstäbe"],
    ["12", "91.2", "Öffnung; Überblick, ärztlich", "", "", ""],
]
ENCODINGS = [
    "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "cp1252", "mac_roman",
    "cp1250", "cp1254", "cp1257", "mac_latin2", "mac_turkish",
]  # fmt: skip
WITHOUT_QUOTES = ["cp850", "cp858", "cp437", "cp852", "cp857", "latin-1", "iso8859_15", "iso8859_2", "iso8859_9"]
FOREIGN = ["utf-7", "cp273", "cp1140", "hp_roman8"]


def csv_text(table: list[list[str]], separator: str = ";", line_end: str = "\r\n") -> str:
    out = io.StringIO()
    quoting = csv.QUOTE_ALL if separator in ",|" else csv.QUOTE_MINIMAL
    csv.writer(out, delimiter=separator, lineterminator=line_end, quoting=quoting).writerows(table)
    return out.getvalue()


def without_signs(table: list[list[str]]) -> list[list[str]]:
    """What a set without dashes and quotation marks has in their place."""
    return [[cell.translate({ord("–"): "-", ord("„"): "'", ord("“"): "'"}) for cell in row] for row in table]


def read(content: bytes) -> list[list[str]]:
    return [list(row.cells.values()) for row in table_rows(content, COLUMNS, REQUIRED, 100) if not row.errors]


# --- sets of characters and separators ------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", [*ENCODINGS, *WITHOUT_QUOTES])
def test_one_table_is_the_same_however_it_is_saved(encoding):
    table = TABLE if encoding in ENCODINGS else without_signs(TABLE)
    for separator, line_end in zip(";,\t|", ("\r\n", "\r", "\r\n", "\n"), strict=True):
        assert read(csv_text(table, separator, line_end).encode(encoding)) == table[1:]


@pytest.mark.parametrize("encoding", FOREIGN)
def test_a_set_that_no_german_desk_has_is_refused_with_what_helps(encoding):
    with pytest.raises(UnreadableFileError, match="CSV UTF-8"):
        read(csv_text(without_signs(TABLE)).encode(encoding))


WORDS = """Förderung für Mütter Straße Übergabe Öffnung Ärzte größer Länder Kräfte ÖPNV geht’s „alle“ – § 5 Café René
Kovačević Dvořák Poznań Łódź Şahin Işık Genève España Sørensen François außen müßte Maßnahme Grüße und der"""
EIGHT_BITS = ["cp1252", "mac_roman", "cp850", "cp437", "cp1250", "cp1254", "iso8859_15", "cp852", "mac_latin2"]


@given(st.lists(st.sampled_from(WORDS.split()), max_size=30), st.sampled_from(EIGHT_BITS))
def test_what_is_read_has_the_right_letters_or_is_refused(words, encoding):
    content = " ".join(["für", "Länder", "Größe", *words]).encode(encoding, "ignore")
    with suppress(UnknownCharsetError):
        assert decoded(content) == content.decode(encoding)


@pytest.mark.parametrize("start", ["sep=;\r\n", '"sep=;"\r\n', "SEP=;\n", "\r\n\r\n", "\ufeff\ufeff", ";;\r\n"])
def test_what_programs_put_before_the_names_is_no_part_of_the_table(start):
    rows = table_rows((start + csv_text(TABLE)).encode(), COLUMNS, REQUIRED, 10)
    assert [row.cells["top"] for row in rows] == ["91.1", "91.2"]
    assert rows[0].line == 2 + start.count("\n")


@pytest.mark.parametrize("title", ["Tabelle 1", "Beschlüsse, Stand: Mai;;;;;", "Liste\r\n\r\nStand: 1.5.2026"])
@pytest.mark.parametrize("separator", ";,\t")
def test_a_title_above_the_names_is_no_part_of_the_table(title, separator):
    text = f"{title}\r\n{csv_text(TABLE, separator)}"
    assert [list(row.cells.values()) for row in table_rows(text.encode(), COLUMNS, REQUIRED, 9)] == TABLE[1:]


def test_a_space_may_stand_before_a_quotation_mark():
    assert read(b'"konferenz"; "titel"\n"12"; "a; b"\n') == [["12", "a; b"]]


@pytest.mark.parametrize("separator", ";,:^~")
def test_columns_that_stand_in_a_single_one_are_named_with_the_remedy(separator):
    lines = [f"konferenz{separator}titel", f"12{separator}Für Mütter"]
    quoted = "\n".join(f'"{line}"' for line in lines)
    for content in (quoted.encode(), excel(*([line] for line in lines))):
        with pytest.raises(UnreadableFileError, match=r"in einer einzigen: „konferenz.*Text in Spalten"):
            read(content)


def test_what_keeps_a_number_from_being_calculated_is_no_part_of_it():
    assert read(b"konferenz;top;titel\n12;=\"2.1\";'=A1\n12;'2.10;'s ist\n") == [
        ["12", "2.1", "=A1"],
        ["12", "2.10", "'s ist"],
    ]


@pytest.mark.parametrize(
    "cell",
    ["x" * 199_000, "ä" * 199_000, "+AA" * 60_000, "• " + " " * 190_000, "\ufffd" + "x" * 199_000, "=" * 199_000],
)
def test_a_long_cell_is_read_at_once_whatever_it_repeats(tmp_path, cell):
    path = tmp_path / "b.csv"
    for encoding in ("utf-8", "cp1252"):
        path.write_bytes(f"konferenz;titel;begruendung\n12;{cell};{cell}\n12;für;Größe\n".encode(encoding, "ignore"))
        with suppress(UnreadableFileError):
            values_of(record_rows(path)[0].cells, KnownNames())  # what grows with the square takes minutes


def test_a_separator_that_is_said_counts():
    assert read(b"sep=^\nkonferenz^titel\n12^a;b\n") == [["12", "a;b"]]


def test_separators_that_excel_leaves_out_at_the_end_are_empty_cells():
    text = "konferenz;top;titel;begruendung;quellenhinweis\n12;1;a;b;c\n12;2;d\n12;3;e;;;;;\n"
    assert read(text.encode()) == [["12", "1", "a", "b", "c"], ["12", "2", "d", "", ""], ["12", "3", "e", "", ""]]
    [row] = table_rows(b"konferenz;top;titel;begruendung\nrest eines Textes\n", COLUMNS, REQUIRED, 10)
    assert "Zeilenumbruch" in row.errors[0]


def test_names_of_columns_are_known_as_people_write_them():
    text = 'Konferenz;TOP;"Titel ";Beschlossen am;Begründung;Quellenhinweis\n12;1;a;b;c;d\n'
    assert list(table_rows(text.encode(), COLUMNS, REQUIRED, 10)[0].cells) == list(COLUMNS)


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("FÃ¶rderung", "„FÃ¶rderung“ ist wohl „Förderung“"),
        ("fŸr", "„fŸr“ ist wohl „für“"),
        ("f¸r", "„f¸r“ ist wohl „für“"),
        ("L„nder", "„L„nder“ ist wohl „Länder“"),
        ("F\ufffdrderung", "ein Buchstabe verloren"),
        ("#NAME?", "Fehler einer Formel"),
        ("#WERT!", "Fehler einer Formel"),
        ("########", "zu schmal"),
    ],
)
def test_a_cell_that_was_spoilt_before_is_named_with_its_cause(cell, words):
    [row] = table_rows(f"konferenz;titel\n12;{cell}\n".encode(), COLUMNS, REQUIRED, 10)
    assert words in row.errors[0]
    assert row.errors[0].startswith("titel: ")


@pytest.mark.parametrize(
    "text", ["Kovačević Łódź Işık Þórr", "أهلاً 🤝 Ωμέγα", "Bund–Länder „so“ geht’s", "5 € § 3 m² ½", "ÜGs CO₂"]
)
def test_a_text_of_other_letters_is_not_taken_for_a_spoilt_one(text):
    assert misread(text) is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "xls"),
        (b"%PDF-1.7", "PDF"),
        (b"<html><table>", "Webseite"),
        (b"ID;PWXL;N;E", "SYLK"),
        (b"PK\x03\x04" + b"x" * 26 + b"xl/workbook.bin", "xlsb"),
        ("konferenz;titel\n12;für\n".encode() + b"12;f\xfcr\n", "In Zeile 2 ist „f.+r“ verlesen"),
        (b"PK\x03\x04" + b"x" * 26 + b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "LibreOffice"),
        (b"PK\x03\x04" + b"x" * 50, "beschädigt"),
        ("konferenz;titel\n12;für\n12;Dvořák".encode("cp1250"), "In Zeile 3 ist „Dvoøák“ verlesen"),
        ("konferenz;titel\n12;a\n12;öffnen".encode("mac_roman"), "„öffnen“ oder „Üffnen“ in Zeile 3"),
        (b"konferenz;titel\n12;F+APY-rderung\n", "UTF-7"),
        (b'konferenz;titel\n12;"a "b" c"\n', "nicht verdoppelt"),
    ],
)
def test_what_is_no_table_is_refused_with_cause_and_remedy(content, words):
    with pytest.raises(UnreadableFileError, match=words) as refused:
        read(content)
    assert "CSV UTF-8" in str(refused.value)


# --- XLSX -----------------------------------------------------------------------------------------------------------


def test_a_workbook_gives_values_as_an_editor_would_write_them():
    rows = [[], ["Konferenz", "top", "titel", "beschlossen_am", "begruendung", "quellenhinweis"], [],
            [12, 2.1, "Förderung_x000D_\nfür alle", date(2017, 3, 16), True, 0.1 + 0.2],
            [12, 2.1, "a", datetime(2017, 3, 16, 12, 30), False, None]]  # fmt: skip
    found = table_rows(excel(*rows, B5=2.1, C7="x", A7="12", B7=datetime(2026, 1, 2)), COLUMNS, REQUIRED, 10)
    assert [(row.line, list(row.cells.values())) for row in found] == [
        (4, ["12", "2.1", "Förderung\r\nfür alle", "2017-03-16", "ja", "0.3"]),
        (5, ["12", "2.1", "a", "2017-03-16 12:30:00", "nein", ""]),
        (7, ["12", "2026-01-02", "x", "", "", ""]),
    ]


def test_a_number_keeps_the_decimals_that_its_cell_shows():
    book, out = Workbook(), io.BytesIO()
    book.active.append(["konferenz", "titel", "top"])
    book.active.append([12, "a", 2.1])
    book.active["C2"].number_format = "0.00"
    book.save(out)
    assert read(out.getvalue()) == [["12", "a", "2.10"]]


def test_a_formula_without_its_result_is_named_by_its_cell():
    with pytest.raises(UnreadableFileError, match="Zelle B2: Da steht eine Formel"):
        read(excel(["konferenz", "titel"], [12, '=WEBSERVICE("https://example.org")']))


def test_of_several_sheets_the_one_with_the_columns_counts():
    book, out = Workbook(), io.BytesIO()
    book.active.append(["Notizen"])
    for name in ("Tabelle", "Alt"):
        book.create_sheet(name).append(["konferenz", "titel"])
        book[name].append([12, name])
    book["Alt"].sheet_state = "hidden"
    book.save(out)
    assert read(out.getvalue()) == [["12", "Tabelle"]]
    book["Alt"].sheet_state = "visible"
    book.save(again := io.BytesIO())
    with pytest.raises(UnreadableFileError, match="mehrere Blätter: „Sheet“, „Tabelle“, „Alt“"):
        read(again.getvalue())


def test_cells_that_were_made_one_count_for_each_row_beside_them():
    book, out = Workbook(), io.BytesIO()
    for row in (["Beschlüsse 2017"], ["konferenz", "top", "titel"], [12, 1, "a"], [None, 2, "b"], [None, None, "c"]):
        book.active.append(row)
    for cells in ("A1:C1", "A3:A5", "B4:B5"):
        book.active.merge_cells(cells)
    book.save(out)
    assert read(out.getvalue()) == [["12", "1", "a"], ["12", "2", "b"], ["12", "2", "c"]]


def test_a_workbook_of_numbers_has_a_summary_and_a_title_above_the_names():
    book, out = Workbook(), io.BytesIO()
    book.active.append(["Dieses Dokument wurde aus Numbers exportiert."])
    sheet = book.create_sheet("Blatt 1 - Tabelle 1")
    for row in (["Tabelle 1"], ["konferenz", "titel"], [12, "a"], ["Summe: 1"]):
        sheet.append(row)
    book.save(out)
    assert read(out.getvalue()) == [["12", "a"]]
    assert "unter der Tabelle" in table_rows(out.getvalue(), COLUMNS, REQUIRED, 9)[1].errors[0]


def test_a_strict_workbook_is_refused_with_what_helps():
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(excel(["konferenz", "titel"]))) as source, zipfile.ZipFile(out, "w") as archive:
        for name in source.namelist():
            strict = source.read(name).replace(SHEET_MAIN_NS.encode(), b"http://purl.oclc.org/ooxml/spreadsheetml/main")
            archive.writestr(name, strict)
    with pytest.raises(UnreadableFileError, match="ohne „Strict“"):
        read(out.getvalue())


def test_a_workbook_that_unpacks_to_too_much_is_not_opened():
    out = io.BytesIO(excel(["konferenz", "titel"]))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings2.xml", b" ")
        archive.filelist[-1].file_size = workbook.MOST_UNPACKED
    with pytest.raises(UnreadableFileError, match="ausgepackt zu groß"):
        read(out.getvalue())


@pytest.mark.parametrize(
    "sheet",
    [
        '<!DOCTYPE x [<!ENTITY a "aaa"><!ENTITY b "&a;&a;">]><worksheet><sheetData><row><c><v>&b;</v></c></row>',
        "<worksheet><sheetData><row",
        f'<worksheet xmlns="{SHEET_MAIN_NS}"><sheetData><row r="x"><c r="A0"/></row></sheetData></worksheet>',
    ],
)
def test_a_workbook_that_lies_is_refused(sheet):
    source, out = zipfile.ZipFile(io.BytesIO(excel(["konferenz", "titel"], [12, "a"]))), io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in source.namelist():
            archive.writestr(name, sheet if name.startswith("xl/worksheets/") else source.read(name))
    with pytest.raises(UnreadableFileError, match="beschädigt"):
        read(out.getvalue())


def test_what_is_kept_between_preview_and_button_is_read_as_the_same_rows():
    content = excel(*TABLE, [], ["12", "91.3", 'a "b"; c'])
    rows = table_rows(content, COLUMNS, REQUIRED, 10)
    again = table_rows(as_csv(rows, COLUMNS).encode(), COLUMNS, REQUIRED, 10)
    assert [row.cells for row in again] == [row.cells for row in rows]


# --- days, and what was taken for one -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        "01.10.2016", "1.10.16", "1. Oktober 2016", "1.\u00a0Okt. 2016", "Sa, 1. Oktober 2016", "2016\u201110\u201101",
        "2016-10-01 00:00:00", "2016-10-01T00:00:00", "01.10.2016 00:00", "1. Oktober 2016 00:00:00", "1 October 2016",
        "Samstag, den 1. Oktober 2016", "2016-10-01T00:00:00Z", "1-Okt-16", "01-Oct-2016", "2016/10/01",
        "1.10.2016 12:00:00 AM",
    ],
)  # fmt: skip
def test_a_day_is_read_as_people_and_spreadsheets_write_it(written):
    assert values_of({"beschlossen_am": written}, KnownNames()) == ({"decided_on": date(2016, 10, 1)}, [])


@pytest.mark.parametrize("written", ["16/03/2017", "3/16/17", "16. Maerz 2017", "16/3/2017 0:00"])
def test_numbers_of_a_day_that_can_be_read_in_one_way_only_are(written):
    assert values_of({"beschlossen_am": written}, KnownNames()) == ({"decided_on": date(2017, 3, 16)}, [])


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("17/16/2017", "zweierlei"),
        ("42644", "die Zahl, mit der Excel einen Tag zählt"),
        ("3/4/2016", "zweierlei"),
        ("1.4.2016 12:30", "Uhrzeit"),
    ],
)
def test_a_day_that_is_unclear_is_refused_with_its_reason(written, reason):
    _, [error] = values_of({"beschlossen_am": written}, KnownNames())
    assert error.startswith("beschlossen_am: ")
    assert reason in error


@pytest.mark.parametrize(
    ("column", "written", "before"),
    [
        ("top", "02. Jan", "wohl aus 2.1"), ("top", "2-Jan", "wohl aus 2.1"), ("top", "Jan 20", "wohl aus 1.20"),
        ("top", "2026-01-02", "wohl aus 2.1"), ("top", "02.01.26", "wohl aus 2.1"),
        ("top", "2. Januar", "wohl aus 2.1"), ("top", "02. Jän", "wohl aus 2.1"),
        ("top", "16/03/2026", "wohl aus 16.3"),
        ("top", "46024", "dem TOP ein Datum"), ("top", "1/2/2026", "dem TOP ein Datum"),
        ("umlauf", "Mrz 20", "wohl aus 3/2020"), ("umlauf", "01.03.2020", "wohl aus 3/2020"),
        ("umlauf", "2020-03-01 00:00:00", "wohl aus 3/2020"), ("seiten", "03. Mai", "wohl aus 3-5"),
    ],
)  # fmt: skip
def test_a_number_that_a_spreadsheet_made_a_date_is_named_with_the_remedy(column, written, before):
    _, [error] = values_of({column: written}, KnownNames())
    assert error.startswith(f"{column}: „{written}“")
    assert before in error
    assert "Spalte als Text formatieren" in error


@pytest.mark.parametrize("item", ["2.1", "2.9b", "A3", "2.1.3", "2.1.20", "12", "61.10", "TOP 2.1"])
def test_a_number_of_an_agenda_is_no_date(item):
    assert values_of({"top": item}, KnownNames()) == ({"item": item}, [])


def test_names_and_choices_are_compared_as_what_they_mean():
    names = KnownNames({"baden-württemberg": "DE-BW"}, {"bund-länder": "bund"}, {})
    cells = {"antragsteller": "Baden – Württemberg", "themen": "Bund\u2011\u00adLänder", "ja": "13,0",
             "konferenz": "12.\u00a0Konferenz", "ergebnis": "zur\u00a0Kenntnis genommen", "titel_amtlich": "WAHR",
             "umlauf": "3\u2009/\u00a02020", "kennung": "a\u2011b",
             "bezuege": "bestätigt: sonder\u20112027\u20111/2.1"}  # fmt: skip
    values, errors = values_of(cells, names)
    assert errors == []
    assert (values["movers"], values["themes"], values["conference"], values["outcome"], values["votes"]) == (
        ["DE-BW"], ["bund"], "12", "noted", (13, None, None),
    )  # fmt: skip
    assert (values["title_is_official"], values["circular_year"], values["slug"]) == (True, 2020, "a-b")
    assert values["references"] == [{"kind": "confirms", "to": "sonder-2027-1/2.1"}]


# --- lines ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "html"),
    [
        ("a) eins\nb) zwei\n• drei\n– vier", "<p>a) eins<br/>b) zwei</p><ul><li>drei</li><li>vier</li></ul>"),
        ("Es gilt:\n•\teins\n\uf0b7 zwei\no\tdrei", "<p>Es gilt:</p><ul><li>eins</li><li>zwei</li><li>drei</li></ul>"),
        ("eins\n– nur einer\nzwei", "<p>eins<br/>– nur einer<br/>zwei</p>"),
        ("eins\x0bzwei\r\n\r\ndrei", "<p>eins<br/>zwei</p><p>drei</p>"),
        ("• 1 < 2\n• a", "<ul><li>1 &lt; 2</li><li>a</li></ul>"),
    ],
)
def test_lines_within_a_cell_stay_lines(tmp_path, written, html):
    path = tmp_path / "b.csv"
    path.write_bytes(csv_text([["konferenz", "titel", "begruendung"], ["12", "a", written]]).encode())
    [row] = record_rows(path)
    assert values_of(row.cells, KnownNames())[0]["reasons"] == html


@pytest.mark.parametrize("land", ["BadenWürttemberg", "Baden Wuerttemberg", "BADEN\u2014WÜRTTEMBERG"])
def test_a_land_is_known_without_its_hyphen_and_umlaut(land):
    names = KnownNames({"baden-württemberg": "DE-BW", "bw": "DE-BW", "bayern": "DE-BY"})
    assert values_of({"antragsteller": f"{land}, Bayern"}, names)[0]["movers"] == ["DE-BW", "DE-BY"]
    assert values_of({"antragsteller": "-"}, names)[1]


def test_points_keep_the_lines_within_each():
    values, _ = values_of({"beschlusstext": "1. Eins\na) x\nb) y\n2. Zwei"}, KnownNames())
    assert values["points"] == ["<p>Eins<br/>a) x<br/>b) y</p>", "<p>Zwei</p>"]


def test_a_question_mark_in_place_of_a_letter_is_found_and_in_an_address_left(tmp_path):
    path = tmp_path / "b.csv"
    path.write_text("konferenz;titel;fundstelle\n12;Ay?e Işık;https://example.org/a?b=c\n", encoding="utf-8")
    [row] = record_rows(path)
    assert [error[:19] for error in row.errors] == ["titel: In „Ay?e“ st"]


# --- files in a ZIP -------------------------------------------------------------------------------------------------


def zipped(names: list[bytes], says_utf_8: bool = False) -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for place, name in enumerate(names):
            archive.writestr(f"{place:02}".ljust(len(name), "x"), b"x")
    content = out.getvalue()
    for place, name in enumerate(names):
        content = content.replace(f"{place:02}".ljust(len(name), "x").encode(), name)
    if says_utf_8:
        content = content.replace(b"PK\x03\x04\x14\x00\x00\x00", b"PK\x03\x04\x14\x00\x00\x08")
        content = content.replace(b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x00\x08")
    return io.BytesIO(content)


NAME, PARTED = "Anträge größer.pdf", "Antra\u0308ge gro\u0308ßer.pdf"


@pytest.mark.parametrize(
    "packed",
    [
        zipped([PARTED.encode()], says_utf_8=True), zipped([PARTED.encode()]),
        zipped([NAME.encode("cp1252")]), zipped([NAME.encode("cp437")]), zipped([NAME.encode("cp850")]),
        zipped([b"a\\b\\" + NAME.encode()]), zipped([NAME.replace(" ", "_").replace("ö", "oe").encode()]),
        zipped([b"unter/" + NAME.upper().replace("SS", "ß").encode(), b"__MACOSX/unter/._a.pdf", b"unter/.DS_Store"]),
    ],
    ids=["Mac", "Mac unsaid", "cp1252", "cp437", "cp850", "backslashes", "spelled out", "capitals"],
)  # fmt: skip
@pytest.mark.parametrize(
    "asked", [NAME, f"C:\\Büro\\{NAME}", f"file:///C:/a/{NAME}", "Antra\u0308ge gro\u0308ßer.PDF", "anträge größer"]
)
def test_a_file_is_found_however_its_name_was_packed(tmp_path, packed, asked):
    folder = documents.Documents(zip_file.unzipped(packed, tmp_path))
    assert folder.path_of(asked).read_bytes() == b"x"


def test_the_name_that_winzip_keeps_beside_the_one_of_dos_counts(tmp_path):
    with zipfile.ZipFile(out := io.BytesIO(), "w") as archive:
        entry = zipfile.ZipInfo("Antr_ge.pdf")
        name = "Anträge 2:1.pdf".encode()
        entry.extra = struct.pack("<HHHHBI", 1, 0, zip_file.UNICODE_NAME, len(name) + 5, 1, 0) + name
        archive.writestr(entry, b"x")
    assert documents.Documents(zip_file.unzipped(out, tmp_path)).path_of("Anträge 2:1.pdf").read_bytes() == b"x"


@pytest.mark.parametrize(
    ("name", "reason"), [("ä" * 140 + ".pdf", "zu lang"), ("C:\\a.pdf", "hinaus"), ("..\\a.pdf", "hinaus")]
)
def test_a_name_that_cannot_be_unpacked_is_told(tmp_path, name, reason):
    with pytest.raises(UnreadableFileError, match=reason):
        zip_file.unzipped(zipped([name.encode()]), tmp_path)


def test_a_table_may_lie_in_a_folder_in_a_folder(tmp_path):
    folder = zip_file.unzipped(zipped([b"a/b/c.csv", b"a/b/d.pdf", b"__MACOSX/a/._b"]), tmp_path)
    assert [path.name for path in sorted(folder.iterdir())] == ["c.csv", "d.pdf"]


def test_numbers_in_names_are_not_run_together(tmp_path):
    (tmp_path / "top-11.pdf").write_bytes(b"x")
    with pytest.raises(UnfitError):
        documents.Documents(tmp_path).path_of("top 1.1.pdf")


def test_a_file_that_is_not_there_is_refused_with_what_is(tmp_path):
    for name in ("a/x.pdf", "b/x.pdf", "y.pdf"):
        Path(tmp_path, name).parent.mkdir(exist_ok=True)
        Path(tmp_path, name).write_bytes(b"x")
    folder = documents.Documents(tmp_path)
    with pytest.raises(UnfitError, match=r"liegt nicht in dem Ordner der Tabelle\. Dort liegen: x\.pdf, y\.pdf"):
        folder.path_of("z.pdf")
    with pytest.raises(UnfitError, match="Mehrere Dateien heißen"):
        folder.path_of("X.pdf")
    assert folder.path_of("b\\x.pdf") == (tmp_path / "b" / "x.pdf").resolve()
