"""What many pages show alike is drawn once, and follows what it shows."""

import pytest
from bs4 import BeautifulSoup
from wagtail.models import Page

from intmk.templatetags.site_tags import draw_part, hits_marked

pytestmark = pytest.mark.django_db
FIRST, SECOND = "/konferenzen/12/top-2-1/", "/konferenzen/13/top-1/"


@pytest.fixture
def shown(client):
    def shown(path: str) -> BeautifulSoup:
        return BeautifulSoup(client.get(path, headers={"host": "localhost"}).content, "html.parser")

    draw_part.cache_clear()
    return shown


def test_header_and_footer_of_two_resolutions_are_drawn_once(shown):
    one = shown(FIRST)
    drawn = draw_part.cache_info().misses
    assert drawn
    assert [str(part) for part in shown(SECOND).select("header, footer section")] == [
        str(part) for part in one.select("header, footer section")
    ]
    assert draw_part.cache_info().misses == drawn


def test_a_header_says_where_each_page_stands(shown):
    marks = {
        path: shown(path).select_one(".main-menu [aria-current]") for path in ("/konferenzen/", FIRST, "/vorsitz/")
    }
    found = {path: mark and (mark["href"], mark["aria-current"]) for path, mark in marks.items()}
    assert found == {
        "/konferenzen/": ("/konferenzen/", "page"),
        FIRST: ("/konferenzen/", "true"),
        "/vorsitz/": ("/vorsitz/", "page"),
    }


def test_a_new_title_is_in_the_header_of_the_next_page(shown):
    assert "Termine und Orte" not in shown(FIRST).select_one(".main-menu").text
    Page.objects.filter(url_path__endswith="/konferenzen/").update(title="Termine und Orte")
    assert "Termine und Orte" in shown(SECOND).select_one(".main-menu").text


def test_what_a_search_has_found_is_text_and_no_html():
    assert hits_marked([("<i>", False), ("a & b", True)]) == "&lt;i&gt;<mark>a &amp; b</mark>"
