"""/uebersicht/: everything public is there, nothing else, and it costs the same however much there is."""

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page

from conferences.models import ConferencePage, Land, ResolutionPage, Theme
from intmk.pages import overview
from intmk.pages.models import NewsIndexPage, NewsPage
from tests.invented_resolutions import resolution

pytestmark = pytest.mark.django_db
ADDRESS = "/uebersicht/"


def links() -> dict[str, str]:
    main = BeautifulSoup(Client(HTTP_HOST="localhost").get(ADDRESS).content, "html.parser").main
    return {link["href"]: link.text for link in main.select(".overview a")}


def test_every_page_land_and_theme_is_there():
    found = set(links())
    for page in Page.objects.live().filter(depth__gt=1).not_exact_type(ResolutionPage, NewsPage):
        assert page.get_url() in found
    assert {row.get_absolute_url() for row in [*Land.objects.all(), *Theme.objects.all()]} <= found
    assert {"/beschluesse/", "/suche/", "/glossar/", "/barriere-melden/", "/feeds/beschluesse.atom"} <= found


def test_each_link_leads_somewhere():
    """Pages answer where the tree has them (test_pages asks each): here one of each type, and all that is no page."""
    reader = Client(HTTP_HOST="localhost")
    types = {page.get_url(): page.specific_class for page in Page.objects.live().filter(depth__gt=1)}
    rows = [*Land.objects.all(), *Theme.objects.all()]
    types |= {row.get_absolute_url(): type(row) for row in rows}
    one_of_each = {types.get(address, address): address for address in links()}
    assert len(one_of_each) > 12
    for address in one_of_each.values():
        assert reader.get(address).status_code == 200, address


def test_what_is_not_public_is_missing_with_all_below_it():
    page = ConferencePage.objects.get(slug="12")
    assert page.get_url() in links()
    page.unpublish()
    assert page.get_url() not in links()


def test_resolutions_stand_there_by_year():
    resolution(item="9.1")
    number = ResolutionPage.objects.live().filter(year=2018).count()
    page = BeautifulSoup(Client(HTTP_HOST="localhost").get(ADDRESS).content, "html.parser")
    assert f"({number})" in page.find("a", href="/beschluesse/?jahr=2018").parent.text


def test_it_costs_the_same_with_more_pages_and_shows_the_newest_news(monkeypatch):
    monkeypatch.setattr(overview, "NEWS", 2)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            Client(HTTP_HOST="localhost").get(ADDRESS)
        return len(captured)

    queries()
    few = queries()
    index = NewsIndexPage.objects.get()
    for number in range(4):
        index.add_child(instance=NewsPage(title=f"Meldung {number}", slug=f"m-{number}"))
    for number in range(2):
        resolution(item=f"9.{number + 1}")
    assert queries() == few
    assert sum("/aktuelles/m-" in address for address in links()) == 2


def test_other_languages_are_marked():
    main = BeautifulSoup(Client(HTTP_HOST="localhost").get(ADDRESS).content, "html.parser").main
    assert main.find("a", href="/en/")["lang"] == "en"
    assert main.find("a", href="/leichte-sprache/")["hreflang"] == "de-simple"
