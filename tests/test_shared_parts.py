"""What many pages show alike is drawn once, and follows what it shows."""

from datetime import date
from itertools import count
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from django.template.loader import render_to_string as draw
from wagtail.models import Page

from conferences.models import ConferencePage, ResolutionPage, Source
from history.models import Milestone, TimelinePage
from intmk.base.lists import made_once
from intmk.server import kept
from intmk.templatetags import site_tags
from intmk.templatetags.site_tags import draw_part, hits_marked

pytestmark = pytest.mark.django_db
GENERATIONS = count(1_000)
FIRST, SECOND = "/konferenzen/12/top-2-1/", "/konferenzen/13/top-1/"


@pytest.fixture
def shown(client):
    def shown(path: str) -> BeautifulSoup:
        return BeautifulSoup(client.get(path, headers={"host": "localhost"}).content, "html.parser")

    draw_part.cache_clear()
    return shown


@pytest.fixture
def changed(monkeypatch):
    """Somebody tells of each change, so that what is asked for is kept until this is called."""

    def changed() -> None:
        generation = next(GENERATIONS)
        monkeypatch.setattr(kept, "generation", lambda: generation)

    monkeypatch.setattr(kept, "connection", SimpleNamespace(in_atomic_block=False))
    changed()
    return changed


def test_header_and_footer_of_two_resolutions_are_drawn_once(shown, monkeypatch):
    drawn = []
    monkeypatch.setattr(site_tags, "render_to_string", lambda name, *given: drawn.append(name) or draw(name, *given))
    one = shown(FIRST)
    assert [str(part) for part in shown(SECOND).select("header, footer section")] == [
        str(part) for part in one.select("header, footer section")
    ]
    assert [drawn.count(f"includes/{name}.html") for name in ("header", "footer_links", "footer_pages")] == [1, 1, 1]


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


def test_a_source_that_gets_another_title_has_it_on_the_next_page(shown):
    listed = shown("/konferenzen/12/").select_one("[id^=quelle-]")
    Source.objects.filter(pk=listed["id"].removeprefix("quelle-")).update(title="Ganz anders")
    assert "Ganz anders" in shown("/konferenzen/12/").find(id=listed["id"]).text


def test_a_row_of_the_archive_follows_its_record(shown):
    row = shown("/beschluesse/?konferenz=12").select_one(".resolution-row")
    changed = ResolutionPage.objects.filter(url_path__endswith=row.select_one("h3 a")["href"])
    changed.update(outcome=ResolutionPage.Outcome.NOTED)
    ConferencePage.objects.filter(number=12).update(title="Zwölfte")
    now = shown("/beschluesse/?konferenz=12").select_one(".resolution-row")
    assert "Zwölfte" in now.select_one(".item__meta").text
    assert now.dd.text == changed.get().get_outcome_display() != row.dd.text


def test_the_timeline_is_drawn_once_until_something_changes(shown, changed):
    milestones = Milestone.objects.filter(pk=Milestone.objects.first().pk)
    milestones.update(title="Vorher")
    assert "Vorher" in shown("/geschichte/").select_one(".timeline").text
    milestones.update(title="Nachher")
    assert "Vorher" in shown("/geschichte/").select_one(".timeline").text
    changed()
    assert "Nachher" in shown("/geschichte/").select_one(".timeline").text


def test_a_preview_of_the_timeline_shows_what_is_not_stored(shown, changed):
    shown("/geschichte/")
    timeline = TimelinePage.objects.get()
    timeline.milestones.add(Milestone(day=date(1999, 1, 1), title="Noch nicht da"))
    assert "Noch nicht da" in timeline.make_preview_request().content.decode()


def test_what_a_search_has_found_is_text_and_no_html():
    assert hits_marked([("<i>", False), ("a & b", True)]) == "&lt;i&gt;<mark>a &amp; b</mark>"


def test_a_statement_made_once_compares_with_the_key_alone():
    pages = made_once(lambda key: ConferencePage.objects.filter(number__gt=10, pk=key))
    with pytest.raises(ValueError, match="not with the key alone"):
        pages(1)
