"""Reading a table: what is understood, and how each thing that is not is said."""

import json

import pytest

from conferences.archive_import import table as archive_file
from conferences.archive_import.cells import KnownNames
from conferences.archive_import.columns import values_of
from conferences.archive_import.table import record_rows, table_in
from intmk.base.table_files import UnreadableFileError
from tests.importing import ROW, csv_of

NAMES = KnownNames(
    {"bayern": "DE-BY", "by": "DE-BY", "de-by": "DE-BY", "saarland": "DE-SL"},
    {"sprache": "sprache", "bildung, ausbildung und weiterbildung": "bildung"},
    {"bamf": "bamf", "bund": "bund"},
)


def written(tmp_path, content: bytes | str, name: str = "b.csv"):
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ","])
def test_a_table_is_read_as_spreadsheets_write_it(tmp_path, encoding, delimiter):
    text = csv_of(ROW | {"titel": "Förderung, größer; „weiter“"}, delimiter=delimiter)
    rows = record_rows(written(tmp_path, text.encode(encoding)))
    assert [(row.line, row.cells["titel"]) for row in rows] == [(2, "Förderung, größer; „weiter“")]


@pytest.mark.parametrize("land", ["Baden-Württemberg", "Baden\u2011Württemberg", "Baden\u2010Wu\u0308rttemberg"])
def test_a_land_is_known_with_each_hyphen_and_in_each_writing_of_its_umlaut(tmp_path, land):
    [row] = record_rows(written(tmp_path, csv_of(ROW | {"antragsteller": land})))
    values, errors = values_of(row.cells, KnownNames({"baden-württemberg": "DE-BW"}))
    assert (values["movers"], errors) == (["DE-BW"], [])


def test_a_line_is_numbered_as_the_editor_sees_it_also_after_texts_of_several_lines(tmp_path):
    rows = record_rows(written(tmp_path, csv_of(ROW | {"begruendung": "eins\nzwei\ndrei"}, {}, ROW)))
    assert [row.line for row in rows] == [2, 6]


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        ("", "b.csv", "ist leer"),
        ("  \n", "b.csv", "ist leer"),
        ("konferenz;titel\n", "b.csv", "keine Beschlüsse"),
        ("konferenz;titel;titel\n12;a;b\n", "b.csv", "mehrfach: titel"),
        ("konferenz;titel;farbe\n12;a;rot\n", "b.csv", "Unbekannte Spalten: farbe"),
        ("konferenz;top\n12;1\n", "b.csv", "fehlen die Spalten: titel"),
        ("konferenz;titel\n12;a\0b\n", "b.csv", "NUL-Bytes"),
        ("konferenz;titel\n12;a\n".encode("utf-16")[:-1], "b.csv", "gibt sich als UTF-16 aus"),
        (b"\xef\xbb\xbfkonferenz;titel\n12;\xff\n", "b.csv", "UTF-8"),
        (b"konferenz;titel\n12;f\xf0\xd8r\n", "b.csv", "weder in UTF-8"),
        ('konferenz;titel\n12;"offen\n', "b.csv", "Zeile 2"),
        ("konferenz;titel\n12;" + "x" * 200_001, "b.csv", "zu lang"),
        ('{"konferenz": "12"}', "b.json", "Liste von Objekten"),
        ("[{]", "b.json", "Zeile 1, Zeichen 3"),
        ('[{"konferenz": "12", "titel": "a", "titel": "b"}]', "b.json", "„titel“ steht in einem Eintrag zweimal"),
        ("[" * 100_000, "b.json", "zu tief"),
        ('[{"konferenz": "12", "titel": ' + "[" * 800 + "]" * 800 + "}]", "b.json", "zu tief"),
        (
            '[{"konferenz": "12", "titel": "a", "\\ud800": "b"}]',
            "b.json",
            "Unbekannte Spalten: \N{REPLACEMENT CHARACTER}",
        ),
        ('[{"titel": "a", "\\ud800": 1, "\\ud800": 2}]', "b.json", "„\N{REPLACEMENT CHARACTER}“ steht"),
        ('[{"konferenz": "12", "titel": ' + "9" * 5000 + "}]", "b.json", "unmögliche Zahlen"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_with_its_reason(tmp_path, content, name, message):
    with pytest.raises(UnreadableFileError, match=message):
        record_rows(written(tmp_path, content, name))


def test_a_table_that_is_too_large_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archive_file, "MOST_ROWS", 2)
    with pytest.raises(UnreadableFileError, match="mehr als 2"):
        record_rows(written(tmp_path, csv_of(ROW, ROW, ROW)))
    monkeypatch.setattr(archive_file, "MOST_BYTES", 10)
    with pytest.raises(UnreadableFileError, match="größer als"):
        record_rows(written(tmp_path, csv_of(ROW)))


def test_a_row_with_too_many_cells_is_an_error_of_this_row(tmp_path):
    rows = record_rows(written(tmp_path, "konferenz;titel\n12;gut\n12;nicht;gut\n"))
    assert [bool(row.errors) for row in rows] == [False, True]


@pytest.mark.parametrize("text", ["a\\u0000b", "\\ud800"])
def test_characters_that_no_database_holds_are_an_error_of_this_row(tmp_path, text):
    row = record_rows(written(tmp_path, f'[{{"konferenz": "12", "titel": "{text}"}}]', "b.json"))[0]
    assert "titel:" in row.errors[0]


@pytest.mark.parametrize("column", ['"stimmen": {"\\ud800": "Ja"}', '"themen": ["\\ud800"]'])
def test_such_characters_are_found_in_lists_and_names_and_replaced_in_what_is_shown(tmp_path, column):
    row = record_rows(written(tmp_path, f'[{{"konferenz": "12", "titel": "a", {column}}}]', "b.json"))[0]
    assert len(row.errors) == 1
    assert "\N{REPLACEMENT CHARACTER}" in repr(row.cells)
    assert repr(row.cells).isprintable()


def test_of_several_tables_none_is_taken(tmp_path):
    with pytest.raises(UnreadableFileError, match="keine CSV"):
        table_in(tmp_path)
    written(tmp_path, "a", "a.csv"), written(tmp_path, "b", "b.json")
    with pytest.raises(UnreadableFileError, match=r"a\.csv, b\.json"):
        table_in(tmp_path)
    with pytest.raises(UnreadableFileError, match="gibt es nicht"):
        table_in(tmp_path / "nirgends")


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        ({"konferenz": "12. Konferenz"}, {"conference": "12"}),
        ({"konferenz": 12}, {"conference": "12"}),
        ({"ergebnis": "Einstimmig"}, {"outcome": "unanimous"}),
        ({"ergebnis": "unanimous"}, {"outcome": "unanimous"}),
        ({"ergebnis": ""}, {"outcome": ""}),
        ({"themen": "Bildung, Ausbildung und Weiterbildung|sprache"}, {"themes": ["bildung", "sprache"]}),
        ({"adressaten": ["Bund", "BAMF"]}, {"addressees": ["bamf", "bund"]}),
        ({"ja": "13", "nein": "1", "enthaltung": "2"}, {"votes": (13, 1, 2)}),
        ({"ja": "", "nein": "", "enthaltung": ""}, {"votes": None}),
        ({"stimmen": "BY: Nein | Saarland: Enthaltung"}, {"votes_of_laender": {"DE-BY": "no", "DE-SL": "abstained"}}),
        ({"umlauf": "3/2020"}, {"circular_number": 3, "circular_year": 2020}),
        ({"beschlusstext": "1. Eins\n2. Zwei\nweiter"}, {"points": ["<p>Eins</p>", "<p>Zwei<br/>weiter</p>"]}),
        ({"beschlusstext": "Eins\n\nZwei"}, {"points": ["<p>Eins</p>", "<p>Zwei</p>"]}),
        ({"beschlusstext": ["Eins\n\nnoch eins"]}, {"points": ["<p>Eins</p><p>noch eins</p>"]}),
        ({"begruendung": "1 < 2 & 3"}, {"reasons": "<p>1 &lt; 2 &amp; 3</p>"}),
        (
            {"bezuege": "führt fort: MPK, 22. März 2007 <https://example.org/a>"},
            {"references": [{"kind": "continues", "elsewhere": "MPK, 22. März 2007", "url": "https://example.org/a"}]},
        ),
        (
            {"bezuege": [{"art": "bestätigt", "beschluss": "12/2.1"}]},
            {"references": [{"kind": "confirms", "to": "12/2.1"}]},
        ),
        (
            {"antragsteller": "Bayern, Saarland"},
            {"mover_kind": "laender", "movers": ["DE-BY", "DE-SL"], "mover_name": ""},
        ),
        (
            {"antragsteller": "AG: Integrationsmonitoring, Länder"},
            {"mover_kind": "working_group", "movers": [], "mover_name": "Integrationsmonitoring, Länder"},
        ),
        ({"antragsteller": "alle"}, {"mover_kind": "all", "movers": [], "mover_name": ""}),
    ],
)
def test_cells_are_understood_as_editors_write_them(cells, values):
    assert values_of(cells, NAMES) == (values, [])


@pytest.mark.parametrize(
    ("cells", "error"),
    [
        ({"ergebnis": "knapp"}, "ergebnis: „knapp“ gibt es nicht. Möglich sind „einstimmig“"),
        ({"antragsteller": "Bayern, Tirol"}, "antragsteller: Kein Land"),
        ({"themen": "Weltraum"}, "themen: Kein Handlungsfeld: „Weltraum“"),
        ({"adressaten": "Mars"}, "adressaten: Kein Adressat"),
        ({"ja": "-1"}, "ja: „-1“ ist keine Anzahl"),
        ({"ja": "²"}, "ja: „²“ ist keine Anzahl"),
        ({"beschlossen_am": "31.02.2017"}, "beschlossen_am: „31.02.2017“ ist kein Tag"),
        ({"titel_amtlich": "vielleicht"}, "titel_amtlich: „vielleicht“ ist weder"),
        ({"umlauf": "drei"}, "umlauf: Ein Umlaufbeschluss"),
        ({"stimmen": "Bayern: Ja | BY: Nein"}, "stimmen: BY hat nur eine Stimme"),
        ({"protokollerklaerungen": "Tirol: Nein"}, "protokollerklaerungen: Kein Land"),
        ({"protokollerklaerungen": "ohne Land"}, "protokollerklaerungen: Erwartet wird"),
        ({"protokollerklaerungen": [{"land": "Bayern", "farbe": 1}]}, "protokollerklaerungen: Unbekannt: farbe"),
        ({"bezuege": "bestätigt: 12/2.1|bestätigt: 12/2.1"}, "bezuege: Ein Bezug steht zweimal"),
        ({"titel": float("inf")}, "titel: Diese Zahl ist zu groß"),
        ({"titel": ["a"]}, "titel: Hier wird ein Text erwartet"),
        ({"berichtsbitten": [{"worueber": "x"}]}, "berichtsbitten: Wer berichten soll"),
        ({"stand_umsetzung": "umgesetzt"}, "stand_umsetzung: Erwartet werden Stand, Tag und Beleg"),
    ],
)
def test_a_cell_that_is_not_understood_is_named_with_its_column(cells, error):
    assert [message[: len(error)] for message in values_of(cells, NAMES)[1]] == [error]


def test_statements_keep_land_kind_stance_release_and_wording():
    cell = "Bayern (ablehnend, freigegeben): Wir sind: dagegen.\n---\nSaarland (Protokollnotiz): Auch"
    expected = [
        ("DE-BY", "declaration", "against", True, "<p>Wir sind: dagegen.</p>"),
        ("DE-SL", "note", "", False, "<p>Auch</p>"),
    ]
    rows = values_of({"protokollerklaerungen": cell}, NAMES)[0]["statements"]
    assert [(r["land"], r["kind"], r["stance"], r["is_released"], r["text"]) for r in rows] == expected


@pytest.mark.parametrize(
    "html",
    [
        "<p onclick='x()'>Text</p><script>alert(1)</script>",
        "<img src=x onerror=alert(1)>Text",
        "<a href='javascript:alert(1)'>Text</a>",
        "<iframe src='https://example.org'>Text</iframe>",
        "<p style='x'>Text<svg onload=alert(1)></svg></p>",
        "<<script>script>alert(1)</script>Text",
    ],
)
def test_hostile_html_loses_all_that_could_act(html):
    reasons = values_of({"begruendung": html}, NAMES)[0]["reasons"].lower()
    assert "text" in reasons
    assert not any(
        part in reasons
        for part in ("<script", "onclick=", "onerror=", "onload=", "javascript:", "<iframe", "<img", "<svg", "style=")
    )


def test_html_nested_too_deeply_is_an_error_and_no_crash():
    _, errors = values_of({"begruendung": "<b>" * 50_000}, NAMES)
    assert errors == ["begruendung: Das HTML ist zu tief verschachtelt."]


def test_json_has_lists_and_objects_where_a_table_has_separators(tmp_path):
    entry = {"konferenz": 12, "titel": "a", "themen": ["sprache"], "stimmen": {"Bayern": "Ja"}, "titel_amtlich": True}
    row = record_rows(written(tmp_path, json.dumps([entry]), "b.json"))[0]
    values, errors = values_of(row.cells, NAMES)
    assert errors == []
    assert (values["themes"], values["votes_of_laender"], values["title_is_official"]) == (
        ["sprache"],
        {"DE-BY": "yes"},
        True,
    )


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("protokollerklaerungen", f"Bayern{' ' * 190_000}x"),
        ("protokollerklaerungen", "Bayern: Nein." + "\n" * 190_000 + "x"),
        ("protokollerklaerungen", "Bayern: Nein.\n" + "-" * 190_000 + "x"),
        ("bezuege", f"bestätigt: MPK{' ' * 190_000}x"),
        ("bezuege", "bestätigt: " + "<" * 190_000),
        ("beschlusstext", "1. Eins" + "\n" * 190_000 + "x"),
        ("begruendung", "Weil" + " \n" * 90_000 + "x"),
    ],
)
def test_a_long_cell_is_read_at_once_whatever_it_repeats(column, cell):
    values_of({column: cell}, NAMES)  # what grows with the square takes minutes; tests/cost.py allows a second


def test_a_table_with_very_many_columns_is_refused_at_once(tmp_path):
    names = [f"s{number}" for number in range(100_000)]
    with pytest.raises(UnreadableFileError, match="Unbekannte Spalten"):
        record_rows(written(tmp_path, ";".join(names)))
    with pytest.raises(UnreadableFileError, match="Unbekannte Spalten"):
        record_rows(written(tmp_path, json.dumps([dict.fromkeys(names, "")]), "b.json"))


def test_empty_lines_around_points_and_statements_are_no_part_of_them():
    cells = {"beschlusstext": "1. Eins\n\n\n2. Zwei", "protokollerklaerungen": "Bayern: A\n\n ---  \n\nSaarland: B"}
    values, errors = values_of(cells, NAMES)
    assert errors == []
    assert values["points"] == ["<p>Eins</p>", "<p>Zwei</p>"]
    assert [row["text"] for row in values["statements"]] == ["<p>A</p>", "<p>B</p>"]
