"""The guard over what tests cost: it fails what costs too much, and nothing that only waits."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TESTS = """
import subprocess, sys, time
import pytest
import tests.cost

tests.cost.QUIET = 1e9  # as if nobody worked beside
BURN = "import time; end = time.process_time() + {}; all(time.process_time() < end for _ in iter(int, 1))"

def burn(seconds=0.25): exec(BURN.format(seconds), {})
def test_quick(): pass
def test_waits(): time.sleep(0.3)
def test_burns(): burn()
def test_burns_where_others_work_beside(monkeypatch):
    monkeypatch.setattr("tests.cost.QUIET", 0.0001)
    burn()
def test_a_child_burns(): subprocess.run([sys.executable, "-c", BURN.format(0.25)])
def test_a_child_that_goes_on_burns():
    process = subprocess.Popen([sys.executable, "-c", "print(1, flush=True);" + BURN.format(0.25) + ";input()"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    while sum(map(int, open(f"/proc/{process.pid}/stat").read().split()[13:15])) < 24:
        time.sleep(0.02)
@pytest.mark.slow("a reason")
def test_has_a_reason(): burn()
@pytest.mark.audit
def test_is_an_audit(): burn()
@pytest.fixture(scope="session")
def dear(): burn()
def test_prepared(dear): pass
@pytest.fixture(scope="session")
def beside():
    with subprocess.Popen([sys.executable, "-c", BURN.format(9)]) as process:
        yield
        process.kill()
def test_what_runs_beside_is_not_its_own(beside): time.sleep(0.3)
"""


def run(folder: Path, tests: str) -> subprocess.CompletedProcess:
    (folder / "test_some.py").write_text(tests)
    (folder / "pytest.ini").write_text("[pytest]\ncost_limit = 0.05\ncost_file = cost.txt\n")
    plugins = [
        "-p",
        "tests.cost",
        "-p",
        "no:django",
        "-p",
        "no:xdist",
        "-p",
        "no:playwright",
        "-p",
        "no:hypothesispytest",
    ]
    command = [sys.executable, "-m", "pytest", "-q", "--rootdir", str(folder), *plugins, str(folder)]
    environment = {"PYTHONPATH": str(ROOT), "DJANGO_SETTINGS_MODULE": "django.conf.global_settings"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.audit
def test_what_costs_too_much_without_a_mark_fails_and_all_is_written_down(tmp_path):
    said = run(tmp_path, TESTS).stdout
    failed = {line.split("::")[1].split()[0] for line in said.splitlines() if line.startswith("FAILED")}
    assert failed == {"test_burns", "test_a_child_burns", "test_a_child_that_goes_on_burns"}, said
    assert "Sekunden Rechenzeit, mehr als 0.05" in said
    assert len((tmp_path / "cost.txt").read_text().splitlines()) == 10


def test_slow_needs_a_reason(tmp_path):
    said = run(tmp_path, "import pytest\n@pytest.mark.slow\ndef test_some(): pass\n")
    assert said.returncode == 4
    assert "„slow“ braucht eine Begründung." in said.stdout + said.stderr
