"""What every page asks for is kept only while somebody would tell of a change."""

from itertools import count
from types import SimpleNamespace

import pytest
from django.test import RequestFactory
from wagtail.models import Page, PageViewRestriction, Site

from conferences.models import ChairTerm
from intmk.base.site import address_on_site, is_restricted, site_of
from intmk.server import kept
from intmk.server.request_id import current


@pytest.fixture
def number():
    """A function that is kept and answers another number each time it really asks."""
    numbers = count()
    return kept.kept(lambda: next(numbers))


def test_it_is_asked_again_after_each_change_and_not_before(number, monkeypatch):
    generations = [1, 1, 2, 2, 1]
    monkeypatch.setattr(kept, "generation", lambda: generations.pop(0))
    assert [number() for _ in range(5)] == [0, 0, 1, 1, 2]


def test_without_anybody_who_tells_it_is_asked_each_time(number, monkeypatch):
    monkeypatch.setattr(kept, "generation", lambda: None)
    assert [number(), number()] == [0, 1]


def test_without_anybody_who_tells_it_is_asked_once_for_each_request_that_reads(number, monkeypatch):
    monkeypatch.setattr(kept, "generation", lambda: None)
    answers = []
    for request in (RequestFactory().get("/"), RequestFactory().get("/"), RequestFactory().post("/")):
        outer = current.set(request)
        answers.append([number(), number()])
        current.reset(outer)
    assert answers == [[0, 0], [1, 1], [2, 3]]


def test_each_question_has_its_own_answer_and_what_is_not_there_takes_no_room(monkeypatch):
    monkeypatch.setattr(kept, "generation", lambda: 1)
    asked = []

    @kept.kept
    def length(word: str) -> int | None:
        asked.append(word)
        return len(word) or None

    assert [length("a"), length("ab"), length("ab"), length(""), length("")] == [1, 2, 2, None, None]
    assert asked == ["a", "ab", "", ""]


def test_what_a_transaction_sees_is_not_kept(number, monkeypatch):
    monkeypatch.setattr(kept, "generation", lambda: 1)
    connection = SimpleNamespace(in_atomic_block=True)
    monkeypatch.setattr(kept, "connection", connection)
    assert [number(), number()] == [0, 1]
    connection.in_atomic_block = False
    assert [number(), number()] == [2, 2]


@pytest.mark.django_db
def test_a_site_is_found_as_wagtail_finds_it(settings):
    settings.ALLOWED_HOSTS = ["*"]
    root = Page.objects.get(depth=2)
    for host, port in (("alt.example", 80), ("alt.example", 81), ("neu.example", 8000), ("test.example", 443)):
        Site.objects.create(hostname=host, port=port, root_page=root)
    hosts = ["alt.example", "alt.example:81", "alt.example:82", "neu.example", "test.example", "fremd.example"]
    hosts.append(Site.objects.get(is_default_site=True).hostname)
    for has_default in (True, False):
        Site.objects.update(is_default_site=False) if not has_default else None
        for host in hosts:
            ours, wagtails = (RequestFactory().get("/", headers={"host": host}) for _ in range(2))
            assert site_of(ours) == Site.find_for_request(wagtails), (host, has_default)
            assert Site.find_for_request(ours) == site_of(ours)


@pytest.mark.django_db
def test_a_restriction_lies_on_all_below_its_page():
    conference = Page.objects.get(url_path__endswith="/konferenzen/12/")
    beside = Page.objects.get(url_path__endswith="/vorsitz/")
    assert not is_restricted(conference)
    PageViewRestriction.objects.create(page=conference.get_parent(), restriction_type="login")
    assert is_restricted(conference)
    assert is_restricted(conference.get_parent())
    assert not is_restricted(beside)
    assert not is_restricted(Page.objects.get(depth=2))


@pytest.mark.django_db
def test_a_page_is_linked_where_wagtail_links_it_on_one_site_and_on_two():
    pages = list(Page.objects.filter(depth__gte=2).order_by("path"))
    assert [address_on_site(page) for page in pages] == [page.get_url() for page in pages]
    Site.objects.create(hostname="neu.example", root_page=pages[-1])
    assert [address_on_site(page) for page in pages] == [page.get_url() for page in pages]


@pytest.mark.django_db
def test_terms_are_drawn_again_after_each_change(client, monkeypatch):
    """Their table and sources are kept as HTML, other ones for each language and each term that is marked."""
    monkeypatch.setattr(kept, "connection", SimpleNamespace(in_atomic_block=False))
    monkeypatch.setattr(kept, "generation", lambda: generation)

    def shown(day: str) -> str:
        return client.get("/vorsitz/", {"am": day}, headers={"host": "localhost"}).content.decode()

    generation = 1
    for day in ("2016-10-01", "2020-07-01"):
        assert "ein Vermerk" not in shown(day)
        assert shown(day).rpartition('<tr class="is-now">')[2].split('"')[1] == f"?am={day}"
    ChairTerm.objects.update(note="ein Vermerk")
    assert "ein Vermerk" not in shown("2016-10-01")
    generation = 2
    assert "ein Vermerk" in shown("2016-10-01")
