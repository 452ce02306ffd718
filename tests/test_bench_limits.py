"""The measurement ends with an error when a limit is broken."""

import pytest

from intmk.benchmark import speed
from intmk.management.commands.bench import HELD, broken_page_limits, too_long


def figures(**changes) -> dict:
    return {part: {"p95": 10.0, "queries": 9, "scans": []} | changes for part in HELD}


def test_figures_within_the_limits_are_fine():
    assert broken_page_limits(figures(), figures(p95=49.0)) == []
    assert too_long(119) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [({"p95": 51.0}, "5.1-Fache"), ({"queries": 10}, "10 mit vielen"), ({"scans": ["intmk_searchentry"]}, "Seq Scan")],
)
def test_each_broken_limit_is_said_in_german(change, said):
    broken = broken_page_limits(figures(), figures(**change))
    assert len(broken) == len(HELD)
    assert all(said in sentence for sentence in broken)


def test_an_import_of_more_than_five_minutes_is_too_long():
    assert "301 s" in too_long(301)[0]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"cached_of_noop": 0.84}, "0.84"),
        ({"cached_nginx_of_static": 0.89}, "0.89"),
        ({"mixed_p99_ms": 26}, "26 ms"),
        ({"stale_reads": 1}, "1."),
    ],
)
def test_slow_and_stale_answers_are_said_in_german(change, said):
    figures = {"cached_of_noop": 0.9, "mixed_p99_ms": 24, "stale_reads": 0}
    assert speed.broken_limits(figures) == speed.broken_limits({}) == []
    (sentence,) = speed.broken_limits(figures | change)
    assert said in sentence
