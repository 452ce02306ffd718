"""The three floors: imports go down only."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def lint_imports(cwd: Path) -> subprocess.CompletedProcess:
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
            "--no-cache",
        ],
        cwd=cwd,
        capture_output=True,
        text=True,
    )


def test_imports_go_down_only():
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout


def test_every_module_stands_on_a_floor():
    contract = (ROOT / "pyproject.toml").read_text()
    modules = {path.stem for path in (ROOT / "intmk").glob("*.py")} - {"__init__", "apps", "wsgi"}
    assert sorted(name for name in modules if f"intmk.{name}" not in contract) == []
