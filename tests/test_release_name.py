"""The name of a release: its version and, in a clone, its commit; which is the newest, and what the changelog says."""

import re
from datetime import date
from pathlib import Path

import pytest

from intmk.server import release

COMMIT = "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567"


@pytest.mark.parametrize(
    ("files", "name"),
    [
        ({}, "1.2.0"),
        ({"HEAD": COMMIT}, "1.2.0 (0a1b2c3)"),
        ({"HEAD": "ref: refs/heads/main", "refs/heads/main": COMMIT}, "1.2.0 (0a1b2c3)"),
        ({"HEAD": "ref: refs/heads/main", "packed-refs": f"# pack\n{COMMIT} refs/heads/main\n"}, "1.2.0 (0a1b2c3)"),
        ({"HEAD": "ref: refs/heads/main"}, "1.2.0"),
    ],
)
def test_a_release_is_named_by_its_version_and_its_commit(tmp_path, files, name):
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1.2.0"\n')
    for path, content in files.items():
        place = tmp_path / ".git" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(f"{content}\n")
    assert release.release_name(tmp_path) == name


@pytest.mark.parametrize(
    ("names", "newest"),
    [
        ([], ""),
        (["v1.9.0", "v1.10.0", "v1.2.11"], "v1.10.0"),
        (["v1.2.0", "v1.2.0-rc1", "v2.0.0-rc1", "v1.3", "vorschau", "2.0.0", "v9.9.9\n"], "v1.2.0"),
        (["vor-dem-umzug"], ""),
    ],
)
def test_the_newest_release_is_the_highest_number_and_no_trial(names, newest):
    assert release.highest_release(names) == newest


HEADING = re.compile(r"## \[(\d+)\.(\d+)\.(\d+)\] – (\d{4}-\d\d-\d\d)")


def faults_of_release(changelog: str, version: str) -> list[str]:
    """Return what does not fit between the headings of the changelog and the number of this code."""
    headings = [line for line in changelog.splitlines() if line.startswith("## [")]
    found = [HEADING.fullmatch(line) for line in headings[1:]]
    if headings[0] != "## [Unveröffentlicht]" or not all(found):
        return [line for line, fits in zip(headings[1:], found, strict=True) if not fits] or headings[:1]
    numbers = [tuple(map(int, each.groups()[:3])) for each in found]
    days = [date.fromisoformat(each[4]) for each in found]
    faults = [] if numbers == sorted(set(numbers), reverse=True) else ["Die Nummern fallen nicht von oben nach unten."]
    faults += [] if days == sorted(days, reverse=True) else ["Die Tage fallen nicht von oben nach unten."]
    if numbers and ".".join(map(str, numbers[0])) != version:
        faults.append(f"pyproject.toml nennt {version}.")
    return faults


def test_number_and_changelog_name_the_same_release():
    root = Path(release.ROOT)
    version = release.release_name(root).partition(" ")[0]
    assert faults_of_release((root / "CHANGELOG.md").read_text(encoding="utf-8"), version) == []


@pytest.mark.parametrize(
    ("headings", "fits"),
    [
        (["[1.2.0] – 2026-12-01", "[1.1.9] – 2026-11-30"], True),
        ([], True),
        (["[1.1.9] – 2026-12-01"], False),
        (["[1.2.0] – 2026-12-01", "[1.3.0] – 2026-11-30"], False),
        (["[1.2.0] – 2026-12-01", "[1.1.0] – 2026-12-02"], False),
        (["[1.2.0] - 1. Dezember"], False),
    ],
)
def test_a_release_that_was_forgotten_in_one_place_is_told(headings, fits):
    changelog = "\n".join(["## [Unveröffentlicht]", *(f"## {heading}" for heading in headings)])
    assert (faults_of_release(changelog, "1.2.0") == []) is fits


def test_the_changelog_has_a_part_for_what_comes_next():
    changelog = (Path(release.ROOT) / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "## [Unveröffentlicht]\n" in changelog
