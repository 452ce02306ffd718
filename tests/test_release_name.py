"""The name of a release: its version and, in a clone, its commit."""

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


def test_the_changelog_has_a_part_for_what_comes_next():
    changelog = (Path(release.ROOT) / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "## [Unveröffentlicht]\n" in changelog
