"""What ``make run`` does before anything is installed."""

import ast
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from intmk.server import virtual_environment
from intmk.server.virtual_environment import InstallationError, check_python, explain, is_whole

SCRIPT = Path(virtual_environment.__file__)


@pytest.fixture(scope="module")
def offline(tmp_path_factory) -> tuple[Path, subprocess.CompletedProcess]:
    """A clone without a network, and what the first installation there said."""
    root = tmp_path_factory.mktemp("Länder clone")
    (root / "intmk" / "server").mkdir(parents=True)
    (root / "requirements").mkdir()
    shutil.copy(SCRIPT, root / "intmk" / "server")
    shutil.copy(SCRIPT.parents[2] / "requirements" / "run.txt", root / "requirements")
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PIP_")}
    environment |= {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": "http://127.0.0.1:9/"}
    result = subprocess.run(
        [sys.executable, "-I", "intmk/server/virtual_environment.py", "run"],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return root, result


@pytest.mark.audit
def test_without_a_network_one_line_says_so(offline):
    root, result = offline
    assert result.returncode == 1
    assert result.stderr.splitlines() == [
        "Die Python-Pakete ließen sich nicht installieren: "
        "Der Server der Pakete ist nicht erreichbar; bitte die Netzverbindung prüfen."
    ]
    assert not (root / ".venv" / "run.stamp").exists()


@pytest.mark.audit
def test_an_installation_that_was_cut_off_is_begun_anew(offline):
    environment = offline[0] / ".venv"
    assert not is_whole(environment)  # nothing was installed yet
    (environment / "test.stamp").touch()
    assert is_whole(environment)
    (environment / "unfinished").touch()
    assert not is_whole(environment)
    (environment / "unfinished").unlink()


@pytest.mark.audit
def test_an_environment_of_another_python_is_made_anew(offline):
    environment = offline[0] / ".venv"
    (environment / "test.stamp").touch()
    packages = next((environment / "lib").glob("python3.*"))
    other = packages.rename(packages.with_name("python3.10"))
    assert not is_whole(environment)
    other.rename(packages)
    assert is_whole(environment)


@pytest.mark.audit
def test_an_environment_without_its_python_is_made_anew(offline):
    environment = offline[0] / ".venv"
    (environment / "test.stamp").touch()
    python = environment / "bin" / "python"
    python.rename(python.with_name("moved"))
    try:
        assert not is_whole(environment)
    finally:
        python.with_name("moved").rename(python)


def test_what_is_installed_already_needs_no_pip(tmp_path, monkeypatch):
    (tmp_path / "requirements").mkdir()
    (tmp_path / ".venv").mkdir()
    lock = tmp_path / "requirements" / "run.txt"
    lock.write_text("django==5.2\n")
    (tmp_path / ".venv" / "run.stamp").write_text(hashlib.sha256(lock.read_bytes()).hexdigest())
    monkeypatch.setattr(virtual_environment, "is_whole", lambda environment: True)
    calls = []
    monkeypatch.setattr(virtual_environment, "install", lambda *arguments: calls.append(arguments))
    virtual_environment.ensure(tmp_path, "run")
    assert not calls
    lock.write_text("django==5.2.1\n")
    monkeypatch.setattr(Path, "unlink", lambda path: None)
    virtual_environment.ensure(tmp_path, "run")
    assert calls == [(tmp_path / ".venv", lock)]


def test_an_old_python_is_refused_in_one_sentence():
    with pytest.raises(InstallationError, match=r"Gebraucht wird Python 3\.11 oder neuer, .* ist 3\.9"):
        check_python((3, 9, 2))
    check_python((3, 11, 0))
    check_python((3, 14, 0))


def test_an_old_python_can_read_the_script_that_refuses_it():
    ast.parse(SCRIPT.read_text(), feature_version=(3, 7))
    with pytest.raises(SyntaxError):
        ast.parse("if (x := 1): pass", feature_version=(3, 7))


def test_a_full_disk_is_told_apart_from_a_missing_network():
    assert explain("Pip", b"ERROR: [Errno 28] No space left on device") == "Pip: Der Speicherplatz ist erschöpft."
    assert explain("Pip", b"...\nERROR: Unsinn\nmehr") == "Pip: ERROR: Unsinn"


def test_a_full_disk_is_noticed_before_the_installation(tmp_path, monkeypatch):
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "run.txt").write_text("django==5.2\n")
    monkeypatch.setattr(virtual_environment, "FREE_SPACE_NEEDED", 2**62)
    with pytest.raises(InstallationError, match="MB frei; gebraucht werden"):
        virtual_environment.ensure(tmp_path, "run")
    assert not (tmp_path / ".venv").exists()


def test_an_environment_is_whole_with_its_own_python_and_nothing_unfinished(tmp_path):
    (tmp_path / "bin").mkdir()
    assert not is_whole(tmp_path)
    (tmp_path / "bin" / "python").symlink_to(sys.executable)
    (tmp_path / "test.stamp").touch()
    assert is_whole(tmp_path)
    (tmp_path / "unfinished").touch()
    assert not is_whole(tmp_path)
    (tmp_path / "unfinished").unlink()
    (tmp_path / "bin" / "python").unlink()
    assert not is_whole(tmp_path)


def test_a_missing_network_is_said_in_one_line():
    said = explain("Pip", b"WARNING: Retrying (Retry(total=4)) after connection broken by 'NewConnectionError'")
    assert said == "Pip: Der Server der Pakete ist nicht erreichbar; bitte die Netzverbindung prüfen."
