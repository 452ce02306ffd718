"""The benchmark sets the site beside WordPress and a default Wagtail, and says what it lacks for that."""

import contextlib
import json
from io import StringIO
from types import SimpleNamespace

import pytest

from intmk.benchmark import comparison, wordpress
from intmk.benchmark.servers import served
from intmk.benchmark.wordpress import PACKAGES, Wordpress
from intmk.management.commands import bench

pytestmark = [pytest.mark.audit, pytest.mark.slow("starts servers")]
NAMES = {"default_wagtail_cpu_ms", "wordpress_cpu_ms", "wordpress_cached_rps"}


@pytest.fixture
def measured(own_database, monkeypatch, tmp_path):
    """Run the comparison of the command with each page asked once and without wrk; return lines and figures."""
    monkeypatch.setattr(bench, "shutil", SimpleNamespace(which=str))
    monkeypatch.setattr(bench, "settings", SimpleNamespace(VAR=tmp_path))
    monkeypatch.setattr(comparison, "rps", lambda url: 1.0)
    for name in ("ROUNDS", "ASKED", "WARMED"):
        monkeypatch.setattr(comparison, name, 1)

    def run() -> tuple[list[str], dict[str, float]]:
        out = StringIO()
        bench.Command(stdout=out).speed(None)
        return out.getvalue().splitlines(), json.loads((tmp_path / "bench.json").read_text())

    return run


@pytest.fixture
def stand_ins(monkeypatch):
    """In place of all sites one that says the same whatever is asked."""
    with served({}, workers=1, application="intmk.benchmark.noop:application") as (site, pid):
        for name in ("served", "default_wagtail"):
            monkeypatch.setattr(comparison, name, lambda *given: contextlib.nullcontext((site, pid)))
        other = Wordpress(site, site, [pid], pid)
        monkeypatch.setattr(comparison, "wordpress", lambda *given: contextlib.nullcontext(other))
        yield


@pytest.mark.usefixtures("stand_ins")
def test_without_its_packages_one_line_names_them_and_the_rest_is_measured(measured, monkeypatch, tmp_path):
    monkeypatch.setattr(wordpress, "USR", tmp_path)
    lines, figures = measured()
    assert lines[0] == f"Ohne WordPress verglichen; dazu fehlt: apt-get install {' '.join(PACKAGES)}"
    assert sum("apt-get" in line for line in lines) == 1
    assert NAMES & figures.keys() == {"default_wagtail_cpu_ms"}


@pytest.mark.usefixtures("stand_ins")
def test_with_them_the_figures_bear_the_names_that_are_asked_for(measured, monkeypatch, tmp_path):
    monkeypatch.setattr(wordpress, "USR", tmp_path)
    for trace in PACKAGES.values():
        file = tmp_path / trace.replace("*", "8.2")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    lines, figures = measured()
    assert not any("apt-get" in line for line in lines)
    assert figures.keys() >= NAMES | {"ours_home_cpu_ms", "ours_home_database_ms", "ours_cached_rps"}


def test_what_the_machine_has_is_served_and_costs_something(measured):
    figures = measured()[1]
    assert all(figures[name] > 0 for name in NAMES & figures.keys())
    assert ("wordpress_cpu_ms" in figures) == (wordpress.missing_packages() == [])
