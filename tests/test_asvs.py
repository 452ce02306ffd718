"""How the site stands to OWASP ASVS 5.0.0, levels 1 and 2: each requirement is decided, and no evidence is dead."""

import csv
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "docs" / "asvs.csv"
DECISIONS = {"erfüllt", "teilweise", "offen", "nicht anwendbar"}
# The sections of each chapter with the number of their last requirement of level 1 or 2; the first is always 1.
LAST = {
    1: {1: 2, 2: 9, 3: 11, 4: 3, 5: 2},
    2: {1: 3, 2: 3, 3: 4, 4: 1},
    3: {2: 2, 3: 4, 4: 6, 5: 5, 7: 2},
    4: {1: 3, 2: 1, 3: 2, 4: 4},
    5: {1: 1, 2: 3, 3: 2, 4: 3},
    6: {1: 3, 2: 12, 3: 4, 4: 4, 5: 5, 6: 3, 8: 4},
    7: {1: 3, 2: 4, 3: 2, 4: 5, 5: 2, 6: 2},
    8: {1: 2, 2: 3, 3: 1, 4: 1},
    9: {1: 3, 2: 4},
    10: {1: 2, 2: 2, 3: 4, 4: 11, 5: 5, 6: 2, 7: 3},
    11: {1: 2, 2: 3, 3: 3, 4: 4, 5: 1, 6: 1},
    12: {1: 3, 2: 2, 3: 4},
    13: {1: 1, 2: 5, 3: 2, 4: 5},
    14: {1: 2, 2: 4, 3: 3},
    15: {1: 3, 2: 3, 3: 7},
    16: {1: 1, 2: 5, 3: 4, 4: 3, 5: 3},
    17: {1: 1, 2: 4, 3: 2},
}
OF_LEVEL_1 = 70


def table() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


@cache
def functions_in(path: str) -> set[str]:
    """The names of the functions of a file."""
    return set(re.findall(r"^def (\w+)\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE))


def fault_of(row: dict[str, str]) -> str:
    """What is wrong with a row, "" if nothing."""
    if row["entscheidung"] not in DECISIONS or row["stufe"] not in ("1", "2"):
        return "unknown decision or level"
    if not row["worum es geht"] or not row["begründung"]:
        return "without words"
    if row["entscheidung"] == "erfüllt" and not row["nachweis"]:
        return "met without evidence"
    for evidence in row["nachweis"].split():
        path, _, name = evidence.partition("::")
        if not (ROOT / path).is_file():
            return f"there is no {path}"
        if name and name not in functions_in(path):
            return f"there is no {evidence}"
    return ""


def test_each_requirement_of_levels_1_and_2_is_decided_once():
    numbers = [
        f"V{chapter}.{section}.{number}"
        for chapter, sections in LAST.items()
        for section, last in sections.items()
        for number in range(1, last + 1)
    ]
    rows = table()
    assert [row["nummer"] for row in rows] == numbers
    assert sum(row["stufe"] == "1" for row in rows) == OF_LEVEL_1


def test_no_evidence_of_a_decision_is_dead():
    faults = {row["nummer"]: fault for row in table() if (fault := fault_of(row))}
    assert faults == {}


def test_the_command_that_counts_decisions_finds_them_in_their_column():
    _, *lines = TABLE.read_text(encoding="utf-8").splitlines()
    assert {line.split(";")[3] for line in lines} == DECISIONS


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({}, ""),
        ({"entscheidung": "fast"}, "unknown decision or level"),
        ({"nachweis": ""}, "met without evidence"),
        ({"begründung": ""}, "without words"),
        ({"nachweis": "README.md tests/fehlt.py"}, "there is no tests/fehlt.py"),
        ({"nachweis": "tests/test_asvs.py::test_fehlt"}, "there is no tests/test_asvs.py::test_fehlt"),
    ],
)
def test_a_row_says_what_is_wrong_with_it(change, fault):
    row = {
        "nummer": "V1.1.1",
        "stufe": "2",
        "worum es geht": "Worum",
        "entscheidung": "erfüllt",
        "begründung": "Warum",
        "nachweis": "tests/test_asvs.py::test_no_evidence_of_a_decision_is_dead",
    }
    assert fault_of(row | change) == fault
