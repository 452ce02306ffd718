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
    for lock in ("run.txt", "uv.txt"):
        shutil.copy(SCRIPT.parents[2] / "requirements" / lock, root / "requirements")
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


def test_a_tool_is_installed_beside_the_site_and_its_tests_with_it(tmp_path, monkeypatch):
    (tmp_path / "requirements").mkdir()
    monkeypatch.setattr(virtual_environment, "create", lambda environment: environment.mkdir(exist_ok=True))
    places = {}
    monkeypatch.setattr(virtual_environment, "install", lambda folder, lock: places.update({lock.stem: folder.name}))
    monkeypatch.setattr(Path, "unlink", lambda path: None)
    for name in ("run", "test", "schemathesis"):
        (tmp_path / "requirements" / f"{name}.txt").touch()
        virtual_environment.ensure(tmp_path, name)
    assert places == {"run": ".venv", "test": ".venv", "schemathesis": ".venv-schemathesis"}


def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: str) -> list[str]:
    """Install without installing: the programs that were called, by what tells one from the other."""
    called = []

    def answer(command: list, variables: dict | None = None) -> subprocess.CompletedProcess:
        line = " ".join(map(str, command)).replace(f"{tmp_path}/", "")
        program = "config" if "config list" in line else f"{line.split()[0][4:]} {line.split()[-1]}"
        called.append(program)
        return subprocess.CompletedProcess(command, int(program == fails), program.encode() + b"\n")

    monkeypatch.setattr(virtual_environment, "run", answer)
    lock = tmp_path / "run.txt"
    lock.write_text("django==5.2\n")
    virtual_environment.install(tmp_path, lock)
    return called


def test_uv_installs_once_pip_has_fetched_it(tmp_path, monkeypatch):
    assert installed(tmp_path, monkeypatch, "") == ["python uv.txt", "config", "uv run.txt"]
    assert (tmp_path / "install.log").read_text() == "python uv.txt\nuv run.txt\n"


@pytest.mark.parametrize("fails", ["python uv.txt", "uv run.txt"])
def test_where_uv_cannot_be_had_or_fails_pip_installs_all(tmp_path, monkeypatch, fails):
    assert installed(tmp_path, monkeypatch, fails)[-1] == "python run.txt"


def test_where_packages_lie_uv_is_told_as_pip_is(tmp_path, monkeypatch):
    listed = """
:env:.find-links='/wheels /more'
global.constraint='/etc/constraints.txt'
global.extra-index-url='https://a.example/simple\\nhttps://b.example/simple'
global.index-url='https://packages.example/simple'
install.index-url='https://nearer.example/simple?a=b'
"""
    monkeypatch.setattr(
        virtual_environment, "run", lambda command: subprocess.CompletedProcess(command, 0, listed.encode())
    )
    for name in virtual_environment.OF_UV.values():
        monkeypatch.delenv(name, raising=False)
    assert virtual_environment.places_of_packages(tmp_path) == {
        "UV_DEFAULT_INDEX": "https://nearer.example/simple?a=b",
        "UV_INDEX": "https://a.example/simple https://b.example/simple",
        "UV_FIND_LINKS": "/wheels,/more",
    }
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://own.example/simple")
    assert "UV_DEFAULT_INDEX" not in virtual_environment.places_of_packages(tmp_path)


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
