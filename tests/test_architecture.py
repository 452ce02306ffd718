"""The floors of the house: imports go down only, and what is new finds a package."""

import ast
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest
from radon.complexity import cc_rank, cc_visit

from tests import signal_page

ROOT = Path(__file__).resolve().parents[1]


def test_imports_go_down_only_and_in_no_circle():
    command = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    result = subprocess.run(
        [sys.executable, "-c", command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(("folder", "most"), [("intmk", 8), ("conferences", 4)])
def test_hardly_a_module_lies_beside_the_packages(folder, most):
    modules = [path.stem for path in (ROOT / folder).glob("*.py") if path.stem != "__init__"]
    assert len(modules) <= most


def test_every_package_stands_on_a_floor_and_says_what_it_is_for():
    contract = (ROOT / "pyproject.toml").read_text()
    packages = [path for path in (ROOT / "intmk").glob("*/") if list(path.glob("*.py"))]
    packages = [path for path in packages if path.name not in ("settings", "migrations")]
    for package in packages:
        assert f"intmk.{package.name} " in contract or f'intmk.{package.name}"' in contract, package.name
        if package.name not in ("migrations", "management", "templatetags"):
            assert (package / "__init__.py").read_text().startswith('"""'), package.name


def test_the_page_on_what_a_save_sets_off_is_that_of_the_code():
    assert signal_page.PAGE.read_text() == signal_page.page(), "Bitte „make docs“ aufrufen."


def modules(*folders):
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


@pytest.mark.slow("reads all of the code")
@pytest.mark.parametrize("folder", ["intmk", "conferences", "history", "tests"])
def test_no_function_is_too_tangled_to_be_read(folder):
    found = [(path, block) for path in modules(folder) for block in cc_visit(path.read_text())]
    assert found
    assert [f"{path}: {block.name}" for path, block in found if cc_rank(block.complexity) > "C"] == []


def test_a_search_for_a_name_finds_one_thing():
    where = defaultdict(list)
    for path in modules("intmk", "conferences", "history"):
        for node in ast.parse(path.read_text()).body if "migrations" not in path.parts else ():
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                where[node.name].append(str(path))
    several = {name: paths for name, paths in where.items() if len(paths) > 1}
    # Programs begin with `main`, Django's commands are a class `Command`.
    assert several.keys() == {"main", "Command"}


def test_one_function_says_which_day_it_is():
    asking = [path for path in modules("intmk", "conferences", "history") if "localdate()" in path.read_text()]
    assert asking == [], "Welcher Tag ist, sagt intmk.language.day.today: Sonst gilt er in der Probe nicht."
