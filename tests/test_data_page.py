"""/daten/: what there is to subscribe to and to fetch, and the ways that lead there."""

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from conferences.models import ResolutionPage

pytestmark = pytest.mark.django_db
ADDRESS = "/daten/"


def soup(address: str = ADDRESS) -> BeautifulSoup:
    response = Client(HTTP_HOST="localhost").get(address)
    assert response.status_code == 200, address
    return BeautifulSoup(response.content, "html.parser")


def links(page: BeautifulSoup) -> set[str]:
    """Return where the page leads to, on this site without its host."""
    return {link["href"].replace("http://localhost:8000/", "/") for link in page.find_all("a", href=True)}


def test_it_leads_to_calendar_feeds_tables_and_all_that_the_api_answers():
    reader = Client(HTTP_HOST="localhost")
    found = links(soup().main)
    feeds = {"/feeds/beschluesse.atom", "/feeds/beschluesse.json", "/feeds/aktuelles.atom", "/feeds/aktuelles.json"}
    assert feeds | {"/feeds/konferenzen.ics", "/beschluesse/statistik/"} <= found
    assert set(reader.get("/api/v1/openapi.json").json()["paths"]) <= found
    assert [link for link in found if link.startswith("/") and reader.get(link, follow=True).status_code != 200] == []


def test_a_calendar_is_subscribed_to_by_a_link_or_its_address():
    page = soup()
    assert "webcal://localhost:8000/feeds/konferenzen.ics" in links(page)
    assert page.find(id="share-address")["value"] == "http://localhost:8000/feeds/konferenzen.ics"


@pytest.mark.parametrize(
    "address", ["/", "/konferenzen/", "/beschluesse/", "/aktuelles/", "/uebersicht/", "/en/conferences/"]
)
def test_it_is_found_from(address):
    page = soup(address)
    assert ADDRESS in links(page.footer)
    if address != "/":
        assert ADDRESS in links(page.main)


@pytest.mark.parametrize("address", ["/", "/konferenzen/", "/beschluesse/", "/aktuelles/", ADDRESS])
def test_programs_find_the_feeds_by_the_head_of_a_page(address):
    found = soup(address).head.find_all("link", rel="alternate", type=True)
    assert {link["type"] for link in found} == {"application/atom+xml", "application/feed+json", "text/calendar"}


def test_it_does_without_any_resolution():
    ResolutionPage.objects.update(live=False)
    assert "/id/beschluss/" not in "".join(links(soup()))
