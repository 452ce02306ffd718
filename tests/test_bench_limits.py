"""The measurement ends with an error when a limit is broken."""

import pytest

from conferences.models import ResolutionPage
from intmk.benchmark import desk, speed
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


def test_a_screen_for_which_officials_wait_too_long_is_said_in_german():
    assert desk.broken_waits({"Startseite": 299, desk.EXPLORER: 149}) == []
    assert desk.broken_waits({"Startseite": 301}) == ["Redaktion, Startseite: 301 ms, erlaubt sind 300 ms."]
    assert "erlaubt sind 150 ms" in desk.broken_waits({desk.EXPLORER: 151})[0]
    assert "erlaubt sind 60 ms" in desk.broken_waits({"publish_ms": 61})[0]


@pytest.mark.django_db
@pytest.mark.slow("opens each screen several times")
def test_what_officials_wait_for_is_measured_on_screens_that_are_there():
    client = desk.client_of(desk.account_of_chair())
    found = desk.desk_figures(lambda address: client.get(address).status_code)
    assert set(desk.SCREENS) < set(found)
    assert all(took > 0 for took in found.values())


@pytest.mark.django_db
def test_publishing_is_measured_by_what_becomes_public(monkeypatch):
    monkeypatch.setattr(desk, "PUBLISHED", 1)
    resolution = ResolutionPage.objects.live().earliest("path")
    found = desk.publishing_figures(resolution)
    assert set(found) == {*desk.PUBLISHING}
    assert all(took > 0 for took in found.values())
    assert ResolutionPage.objects.get(pk=resolution.pk).introduction.startswith("Messung ")
