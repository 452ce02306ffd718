"""The invented archive for measurements: as many as asked for, marked as invented, and gone without a trace."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from wagtail.models import Page

from conferences.models import ConferencePage, ResolutionIdentifier, ResolutionPage, ResolutionStatement
from intmk.addresses.public_addresses import PublicAddress
from intmk.benchmark import synthetic_archive
from intmk.benchmark.synthetic_archive import invented
from intmk.search.index import SearchEntry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def few_below_each_conference(monkeypatch):
    monkeypatch.setattr(synthetic_archive, "EACH", 3)


def make(number: int, *options: str) -> str:
    out = StringIO()
    call_command("make_archive", str(number), *options, stdout=out)
    return out.getvalue()


def traces() -> list[int]:
    models = (Page, ResolutionPage, ResolutionStatement, ResolutionIdentifier, SearchEntry, PublicAddress)
    return [model.objects.count() for model in models]


def test_as_many_as_asked_for_arrive_are_found_and_can_be_opened(client):
    assert "5 angelegt" in make(5)
    pages = list(invented().select_related("conference"))
    assert len(pages) == 5
    assert {page.conference.title for page in pages} == {"Prüfkonferenz 1001", "Prüfkonferenz 1002"}
    assert all(page.title.startswith("Prüfdaten") and page.introduction.startswith("Prüfdaten") for page in pages)
    assert all(page.facets for page in pages)
    for page in (pages[0], pages[-1]):
        answer = client.get(page.get_url(), HTTP_HOST="localhost")
        assert "Prüfdaten" in answer.content.decode()
    assert SearchEntry.objects.filter(page__in=pages).count() == 5
    assert Page.find_problems() == ([], [], [], [], [])


def test_each_is_valid_as_if_an_editor_had_written_it():
    synthetic_archive.make_resolutions(30)
    for page in invented():
        page.full_clean()


@pytest.mark.audit
def test_they_are_removed_without_a_trace_and_nothing_else_is(client):
    make(0)  # the index of the search is that of a rebuild from here on
    before = traces()
    make(5)
    address = invented().first().url
    assert "5 entfernt, 0 angelegt" in make(0)
    assert traces() == before
    assert client.get(address, HTTP_HOST="localhost").status_code == 404
    assert not ConferencePage.objects.filter(number__gte=1001).exists()
    assert Page.find_problems() == ([], [], [], [], [])


@pytest.fixture
def without_index(monkeypatch):
    """The index of the search is made anew each time, which the tests above look at."""
    monkeypatch.setattr("intmk.search.index.rebuild", lambda: 0)


def test_a_second_run_takes_the_place_of_the_first(without_index):
    make(4)
    assert "4 entfernt, 2 angelegt" in make(2)
    assert invented().count() == 2


def test_a_public_site_gets_none_unless_somebody_insists(settings, without_index):
    settings.DEMO_ACCOUNTS = False
    with pytest.raises(CommandError, match="öffentliche Website"):
        make(5)
    make(1, "--auch-in-produktion")
    assert "1 entfernt" in make(0)  # always
    with pytest.raises(CommandError, match="ab 0"):
        make(-1)
