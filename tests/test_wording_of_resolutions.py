"""Only what was decided is called a Beschluss, and what was voted on in writing has no day or place of a conference."""

import re
from datetime import date
from importlib import import_module

import pytest
from bs4 import BeautifulSoup
from django.apps import apps
from django.test import Client

from conferences.models import AgendaGap, ConferencePage, ResolutionPage
from history.models import AboutPage
from tests.editing import text_of
from tests.resolutions import resolution

pytestmark = pytest.mark.django_db

WRITTEN = "/konferenzen/18/umlaufbeschluss-finanzierung/"
UNDECIDED = "/konferenzen/13/top-2-4/"
# As words of their own: "Umlaufbeschluss" and the name of the archive in the breadcrumb are something else.
CALLED_DECIDED = re.compile(r"\bBeschluss(es)?\b|\b[Bb]eschlossen\b|Beschlusstext")


def facts_of(response) -> dict[str, str]:
    """The facts at the top of a resolution, by what they are called."""
    rows = BeautifulSoup(response.content, "html.parser").select("main dl.facts > div")
    return {row.dt.text: " ".join(row.dd.text.split()) for row in rows}


def item_of(reader: Client, address: str) -> dict:
    """What the API says of the resolution at this address."""
    found = reader.get("/api/v1/resolutions?limit=100").json()["resolutions"]
    return next(row for row in found if row["url"].endswith(address))


# --- in writing -----------------------------------------------------------------------------------------------------


def test_a_vote_in_writing_is_cited_without_day_year_and_place_of_the_conference(reader):
    words = text_of(reader.get(WRITTEN))
    assert "Integrationsministerkonferenz: [Finanzierung]. Umlaufbeschluss zur 18. Konferenz. " in words
    assert "2023" not in words
    for file in ("zitat.bib", "zitat.ris"):
        cited = reader.get(WRITTEN + file).content.decode()
        assert "Umlaufbeschluss zur 18. Konferenz" in cited
        assert not re.search("2023|April|Wiesbaden", cited)


def test_its_page_its_data_and_its_row_say_no_year(reader):
    assert facts_of(reader.get(WRITTEN))["Schriftlich beschlossen"] == "liegt nicht vor"
    assert item_of(reader, WRITTEN)["year"] is None
    assert item_of(reader, WRITTEN)["decided_on"] is None
    assert "Finanzierung" not in [row.page.title for row in reader.get("/beschluesse/?jahr=2023").context["rows"]]
    row = (
        BeautifulSoup(reader.get("/beschluesse/?konferenz=18").content, "html.parser")
        .find("a", href=WRITTEN)
        .find_parent("li")
    )
    assert "Umlaufbeschluss Finanzierung" in " ".join(row.text.split())
    assert "2023" not in row.text


def test_its_own_day_is_what_it_is_cited_by(reader):
    page = ResolutionPage.objects.get(url_path__endswith=WRITTEN)
    page.decided_on = date(2022, 12, 5)
    page.save_revision().publish()
    response = reader.get(WRITTEN)
    assert "Umlaufbeschluss zur 18. Konferenz, 5. Dezember 2022. " in text_of(response)
    assert facts_of(response)["Schriftlich beschlossen"] == "5. Dezember 2022"
    assert item_of(reader, WRITTEN)["year"] == 2022


def test_what_stands_under_a_cancelled_conference_was_decided_in_writing(reader):
    page = resolution("4.1", number=15, outcome="unanimous")
    words = text_of(reader.get(page.url))
    assert "Beschluss im schriftlichen Verfahren zur 15. Konferenz, TOP 4.1. " in words
    assert not re.search("April 2020|Potsdam", words)
    assert page.year is None


# --- without a result ----------------------------------------------------------------------------------------------


def test_what_has_no_result_is_no_resolution_on_its_page_and_where_it_is_cited(reader):
    response = reader.get(UNDECIDED)
    main = BeautifulSoup(response.content, "html.parser").main
    assert "Tagesordnungspunkt der 13. Konferenz, 15. und 16. März 2018, Nürnberg, TOP 2.4. " in text_of(response)
    assert facts_of(response)["Behandelt"] == "15. und 16. März 2018"
    assert not CALLED_DECIDED.search(main.get_text(" "))
    for file in ("zitat.bib", "zitat.ris"):
        assert not CALLED_DECIDED.search(reader.get(UNDECIDED + file).content.decode())


def test_lists_search_feeds_and_conference_call_it_what_it_is(reader):
    archive = BeautifulSoup(reader.get("/beschluesse/?konferenz=13").content, "html.parser")
    assert "Tagesordnungspunkt" in archive.find("a", href=UNDECIDED).find_parent("li").text
    hits = reader.get("/suche/?q=Migrationsberatung").context["hits"]
    assert {hit["label"] for hit in hits if hit["address"].endswith(UNDECIDED)} == {"Tagesordnungspunkt"}
    for feed in ("/feeds/beschluesse.atom", "/feeds/beschluesse.json"):
        assert "Tagesordnungspunkt, Ergebnis liegt nicht vor" in reader.get(feed).content.decode()
    conference = BeautifulSoup(reader.get("/konferenzen/13/").content, "html.parser")
    assert conference.find(id="beschluesse").text == "Bekannte Beschlüsse und Tagesordnungspunkte"


def test_the_newest_resolutions_of_the_entrance_are_decided(reader):
    resolution("5.1", number=20, title="Ohne Ergebnis")
    resolution("5.2", number=20, title="Mit Ergebnis", outcome="majority")
    shown = [page.title for page in reader.get("/").context["resolutions"]]
    assert shown[0] == "Mit Ergebnis"
    assert "Ohne Ergebnis" not in shown


@pytest.mark.parametrize(
    ("fields", "what", "dated"),
    [
        ({"outcome": "unanimous"}, "Beschluss", "Beschlossen"),
        ({"outcome": "majority"}, "Beschluss", "Beschlossen"),
        ({"outcome": "noted"}, "Kenntnisnahme", "Behandelt"),
        ({"outcome": "adjourned"}, "Beratungsgegenstand (vertagt)", "Behandelt"),
        ({"outcome": "rejected", "kind": "circular"}, "Beratungsgegenstand (abgelehnt)", "Schriftlich behandelt"),
        ({"outcome": "", "item": "2.1"}, "Tagesordnungspunkt", "Behandelt"),
        ({"outcome": ""}, "Beratungsgegenstand", "Behandelt"),
        ({"outcome": "", "kind": "circular"}, "Umlaufbeschluss", "Schriftlich behandelt"),
    ],
)
def test_the_result_says_what_it_is(fields, what, dated):
    page = ResolutionPage(title="Erfunden", **fields)
    assert (page.what, page.dated) == (what, dated)


def test_nobody_says_that_numbers_were_not_published(reader):
    assert facts_of(reader.get("/konferenzen/7/top-2-1/"))["Stimmen"] == "liegt nicht vor"


# --- of an older site -----------------------------------------------------------------------------------------------


def test_an_older_site_forgets_the_dates_that_were_those_of_the_conference():
    written = ResolutionPage.objects.filter(url_path__endswith=WRITTEN)
    year = f"k{written.get().conference_id}", "j2023"
    written.update(year=2023, day=date(2023, 4, 26), facets=[*written.get().facets, "j2023"])
    others = set(ResolutionPage.objects.exclude(pk=written.get().pk).values_list("pk", "year", "day"))
    for _ in range(2):
        import_module("conferences.migrations.0015_dates_of_written_votes").undate(apps, None)
        page = written.get()
        assert (page.year, page.day) == (None, None)
        assert year[0] in page.facets
        assert year[1] not in page.facets
    assert set(ResolutionPage.objects.exclude(pk=page.pk).values_list("pk", "year", "day")) == others


def test_an_older_site_gets_the_new_words_where_nobody_has_written_others():
    words = import_module("intmk.migrations.0018_own_words")
    page = AboutPage.objects.get()
    sections = {heading: old for heading, old, _ in words.SECTIONS["page:about"]}
    for number, block in enumerate(page.body):
        if block.value["heading"] in sections:
            page.body[number].value["text"].source = sections[block.value["heading"]]
    page.body[1].value["text"].source = "<p>Eigenes.</p>"
    page.save_revision().publish()
    gap = AgendaGap.objects.get(item="2.5")
    gap.reason = words.FORMER_REASON
    gap.save()
    conference = ConferencePage.objects.get(number=13)
    conference.save_revision()
    for _ in range(2):
        words.renew(apps, None)
    for renewed in (AboutPage.objects.get(), AboutPage.objects.get().get_latest_revision_as_object()):
        texts = {block.value["heading"]: block.value["text"].source for block in renewed.body}
        assert texts["Aufgaben"] == "<p>Eigenes.</p>"
        assert "Integrationspolitik ist in erster Linie Aufgabe der Länder." in texts["Bund und Länder"]
    assert AgendaGap.objects.get(item="2.5").reason == words.REASON
    assert (
        ConferencePage.objects.get(number=13).get_latest_revision_as_object().agenda_gaps.get().reason == words.REASON
    )
