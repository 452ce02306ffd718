"""Each type of page answers readers, with what it is there for."""

import json
import re
from collections import Counter
from datetime import date
from html.parser import HTMLParser
from importlib import import_module

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page

from conferences.models import ChairTerm, ConferencePage, ConferencePhoto, Land
from history.models import AboutPage
from intmk.media.images.models import SiteImage
from intmk.pages.models import NewsIndexPage, NewsPage, StandardPage
from tests.schema_org import faults
from tests.test_query_counts import LIMIT, picture, queries

pytestmark = pytest.mark.django_db

AUTUMN_2026 = "2026-11-22 12:00+01:00"


ANSWERS: dict[str, tuple] = {}
ALL_OR_SOME = pytest.mark.parametrize(
    "answers", ["one of each type", pytest.param("all", marks=pytest.mark.audit)], indirect=True
)


@pytest.fixture
def answers(reader, request) -> dict[str, tuple]:
    """The responses of pages of the initial content and their queries, asked for once by those that change nothing."""
    pages = list(Page.objects.live().filter(depth__gt=1).specific())
    if request.param != "all":  # of each type the first three: they differ by what is known of them
        of_type = {type(page): [each for each in pages if type(each) is type(page)] for page in pages}
        pages = [page for same in of_type.values() for page in same[:3]]
    for page in pages:
        if page.url not in ANSWERS:
            with CaptureQueriesContext(connection) as captured:
                response = reader.get(page.url)
            ANSWERS[page.url] = response, captured.captured_queries
    return {page.url: ANSWERS[page.url] for page in pages}


class Text(HTMLParser):
    """The words that a reader sees, and the addresses that the page links to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.feed(html)

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        if tag == "a":
            self.links.append(dict(attrs).get("href", ""))


def read(reader: Client, address: str) -> str:
    """The visible text of a page, with soft hyphens and repeated spaces taken out."""
    response = reader.get(address)
    assert response.status_code == 200, address
    return " ".join("".join(Text(response.content.decode()).words).replace("\xad", "").replace("\xa0", " ").split())


@time_machine.travel(AUTUMN_2026)
def test_home_says_who_chairs_what_comes_next_and_leads_everywhere(reader):
    text = read(reader, "/")
    assert "Rheinland-Pfalz" in text
    assert "30. Juni 2027" in text
    assert "22. Konferenz: Rheinland-Pfalz 2027" in text
    assert "Der Vorsitz geht an das Saarland" in text
    assert "Einheit im Ziel – Vielfalt der Wege" in text
    assert len(re.findall("nicht vor|nicht bekannt", text)) <= 1
    links = Text(reader.get("/").content.decode()).links
    for address in ("/aufgaben-und-ziele/", "/vorsitz/", "/konferenzen/", "/geschichte/", "/aktuelles/", "/en/"):
        assert address in links


def test_home_announces_the_latest_conference_when_none_is_planned(reader):
    ConferencePage.objects.get(number=22).unpublish()
    with time_machine.travel(AUTUMN_2026):
        assert "Zeche Zollverein" in read(reader, "/")


def test_who_chairs_changes_at_midnight_in_germany_without_anyone_acting(reader):
    ChairTerm.objects.filter(start=date(2026, 7, 1)).update(source="derived")
    with time_machine.travel("2027-06-30 23:59:59+02:00"):
        assert "Vorsitzland Rheinland-Pfalz" in read(reader, "/impressum/")
    with time_machine.travel("2027-07-01 00:00:00+02:00"):
        assert "Vorsitzland Saarland" in read(reader, "/impressum/")
        assert "des Saarlandes" in read(reader, "/impressum/")


def test_about_has_contents_reading_time_and_ways_to_share(reader):
    response = reader.get("/aufgaben-und-ziele/")
    text = read(reader, "/aufgaben-und-ziele/")
    assert f"Lesezeit {response.context['reading_minutes']} Minuten" in text
    assert 3 <= response.context["reading_minutes"] <= 5  # about 700 words at 200 a minute
    assert "Teilen" in text
    html = response.content.decode()
    assert "mailto:" in html
    for part in response.context["contents"]:
        assert f'href="#{part["anchor"]}"' in html
        assert f'id="{part["anchor"]}"' in html


def test_a_heading_that_comes_twice_has_two_anchors(reader):
    page = AboutPage.objects.get()
    section = {"heading": "Zweimal", "text": "<p>Text</p>"}
    page.body = [("section", section), ("section", section)]
    page.save_revision().publish()
    anchors = [part["anchor"] for part in reader.get("/aufgaben-und-ziele/").context["contents"]]
    assert anchors == ["zweimal", "zweimal-2"]


@pytest.mark.parametrize(
    ("path", "heading", "anchor"),
    [("/konferenzen/12/", "Dokumente", "dokumente-2"), ("/vorsitz/", "Vorsitz am", "vorsitz-am-2")],
)
def test_a_heading_does_not_take_an_id_of_the_template(reader, path, heading, anchor):
    page = Page.objects.get(depth__gt=2, url_path__endswith=path).specific
    page.body = [("section", {"heading": heading, "text": "<p>Text</p>"})]
    page.save_revision().publish()
    html = reader.get(path).content.decode()
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert anchor in ids
    assert len(ids) == len(set(ids))


@time_machine.travel(AUTUMN_2026)
def test_conferences_show_what_is_ahead_then_the_years(reader):
    response = reader.get("/konferenzen/")
    assert [page.number for page in response.context["upcoming"]] == [22]
    years = response.context["years"]
    assert [year for year, _ in years] == [*range(2026, 2006, -1)]
    assert [page.number for page in dict(years)[2008]] == [3, 2]
    text = read(reader, "/konferenzen/")
    for shown in ("26. oder 29. Juni 2009", "abgesagt", "Videokonferenz", "März 2016", "Friedrichshafen"):
        assert shown in text


def test_a_conference_tells_all_that_is_known(reader):
    text = read(reader, "/konferenzen/12/")
    for shown in (
        "12. Integrationsministerkonferenz",
        "16. und 17. März 2017",
        "Friedrichshafen",
        "Graf-Zeppelin-Haus",
        "Baden-Württemberg",
        "„Integration schafft Zusammenhalt“",
        "amtlich 1",
        "Integrationsministerkonferenz: Beschlüsse der 12. Konferenz, 2017 (amtlich)",
        "Manfred Lucha",
    ):
        assert shown in text
    links = Text(reader.get("/konferenzen/12/").content.decode()).links
    assert "/konferenzen/11/" in links
    assert "/konferenzen/13/" in links


def test_a_list_says_of_a_cancelled_conference_that_its_days_were_planned_and_names_a_format_once(reader):
    html = BeautifulSoup(reader.get("/konferenzen/").content, "html.parser")
    cancelled, video = (html.find("a", href=f"/konferenzen/{number}/").find_parent("li") for number in (15, 16))
    assert "geplant: 29. und 30. April 2020" in " ".join(cancelled.text.split())
    assert video.text.count("Videokonferenz") == 1


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (4, "26. oder 29. Juni 2009"),
        (4, "widersprechen sich"),
        (10, "bis 26. März 2015"),
        (11, "Liegt nicht vor genaue Tage, "),
        (10, "Liegt nicht vor erster Tag, "),
        (15, "abgesagt"),
        (15, "Geplanter Ort Potsdam"),
        (16, "Videokonferenz"),
        (22, "geplant"),
        (22, "noch nicht bekannt"),
    ],
)
def test_what_is_uncertain_is_shown_as_such(reader, number, shown):
    assert shown in read(reader, f"/konferenzen/{number}/")


def drawing() -> SiteImage:
    """A picture in place of a group photo, on the page of the seventh conference."""
    image = picture(7)
    SiteImage.objects.filter(pk=image.pk).update(is_placeholder=True)
    conference = ConferencePage.objects.get(number=7)
    conference.photos = [ConferencePhoto(image=image)]
    conference.save_revision().publish()
    return image


def test_a_drawing_in_place_of_a_photo_is_not_shown_but_that_it_is_missing_is_said(reader):
    drawing()
    assert "Pressemappe" not in read(reader, "/konferenzen/7/")
    assert "Liegt nicht vor Gruppenfoto, " in read(reader, "/konferenzen/7/")
    html = reader.get("/konferenzen/7/").content.decode()
    assert "<img" not in html
    assert "<dialog" not in html
    SiteImage.objects.update(is_placeholder=False)
    assert "Pressemappe" in read(reader, "/konferenzen/7/")
    assert "<dialog" in reader.get("/konferenzen/7/").content.decode()


def test_the_upgrade_marks_drawings_that_stand_for_a_photo(reader, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    drawn, _replaced = drawing(), drawing()
    SiteImage.objects.update(is_placeholder=False)
    SiteImage.objects.filter(pk=drawn.pk).update(file="original_images/platzhalter-konferenz-7.png")
    import_module("intmk.migrations.0014_placeholder_pictures").mark_drawings(apps, None)
    assert list(SiteImage.objects.filter(is_placeholder=True)) == [drawn]


@time_machine.travel(AUTUMN_2026)
def test_the_chair_page_shows_now_next_and_all_terms(reader):
    response = reader.get("/vorsitz/")
    assert response.context["term"].land_code == "DE-RP"
    assert response.context["following"][0].land_code == "DE-SL"
    text = read(reader, "/vorsitz/")
    for land in Land.objects.all():
        assert land.name in text
    for person in ("Emilia Müller", "Joachim Herrmann", "Manfred Lucha", "Uwe Schünemann"):
        assert person in text
    assert "2007/08" in text
    assert "liegt nicht vor" in text


@pytest.mark.parametrize(
    ("asked", "land"),
    [("2016-09-30", "DE-TH"), ("2016-10-01", "DE-BW"), ("1.7.2020", "DE-HB"), ("2032-07-01", "DE-BW")],
)
def test_the_chair_can_be_asked_for_on_any_day(reader, asked, land):
    response = reader.get("/vorsitz/", {"am": asked})
    assert response.context["term"].land_code == land


def test_before_the_rotation_nobody_chairs_and_the_page_says_who_led(reader):
    response = reader.get("/vorsitz/", {"am": "2007-05-01"})
    assert response.context["term"] is None
    assert "Schleswig-Holstein" in read(reader, "/vorsitz/?am=2007-05-01")


@pytest.mark.parametrize(
    "asked", ["foo", "2016-99-99", "<script>alert(1)</script>", "\x00", "9999-12-31", "0001-01-01"]
)
def test_a_day_that_is_none_gets_an_answer_not_an_error(reader, asked):
    response = reader.get("/vorsitz/", {"am": asked})
    assert response.status_code == 200
    assert b"<script>alert" not in response.content
    if not asked[:4].isdigit() or "99-99" in asked:
        assert "Bitte einen Tag in der Form" in response.content.decode()


def test_the_timeline_has_milestones_and_every_conference_once_in_order(reader):
    response = reader.get("/geschichte/")
    entries = [entry for _, group in response.context["years"] for entry in group]
    conferences = [entry.page.pk for entry in entries if entry.page and entry.page.specific_class is ConferencePage]
    assert sorted(conferences) == sorted(ConferencePage.objects.live().values_list("pk", flat=True))
    text = read(reader, "/geschichte/")
    assert text.index("Integrationsgipfel auf Einladung") < text.index("Ministerpräsidentenkonferenz erteilt")
    assert "14. Juli 2006" in text
    assert "<ol" in response.content.decode()


def test_a_new_conference_appears_in_the_timeline_by_itself(reader):
    index = ConferencePage.objects.get(number=12).get_parent()
    index.add_child(
        instance=ConferencePage(title="Sonderkonferenz Test", kind="special", first_day=date(2026, 5, 5), status="held")
    )
    assert "Sonderkonferenz Test" in read(reader, "/geschichte/")


@pytest.mark.parametrize(
    "slug", ["impressum", "datenschutz", "barrierefreiheit", "kontakt", "leichte-sprache", "gebaerdensprache", "en"]
)
def test_the_duties_and_the_other_languages_answer(reader, slug):
    text = read(reader, f"/{slug}/")
    assert StandardPage.objects.get(slug=slug, depth=3).title in text
    assert "{{" not in text


def test_pages_say_in_which_language_they_are(reader):
    for slug, language in (("impressum", "de"), ("leichte-sprache", "de-simple"), ("en", "en")):
        assert f'<html lang="{language}"' in reader.get(f"/{slug}/").content.decode()


def news(title: str = "Meldung", **fields) -> NewsPage:
    return NewsIndexPage.objects.get().add_child(instance=NewsPage(title=title, **fields))


def test_news_without_any_item_says_so(reader):
    assert "Meldungen liegen nicht vor." in read(reader, "/aktuelles/")


def test_a_news_item_is_listed_shown_and_found_at_its_conference(reader):
    item = news(
        "Ergebnisse der Konferenz", introduction="Kurz gefasst.", conference=ConferencePage.objects.get(number=12)
    )
    assert "Ergebnisse der Konferenz" in read(reader, "/aktuelles/")
    assert "Ergebnisse der Konferenz" in read(reader, "/")
    assert "Ergebnisse der Konferenz" in read(reader, "/konferenzen/12/")
    text = read(reader, item.url)
    assert "Pressemitteilung" in text
    assert "12. Integrationsministerkonferenz" in text


def test_any_page_number_of_the_news_answers(reader, monkeypatch):
    assert NewsIndexPage.PAGE_SIZE == 20
    monkeypatch.setattr(NewsIndexPage, "PAGE_SIZE", 2)
    for count in range(3):
        news(f"Meldung {count}")
    for number in ("foo", "0", "-1", "99999999999999999999", "2"):
        assert reader.get("/aktuelles/", {"seite": number}).status_code == 200


@pytest.mark.parametrize("address", ["/gibt-es-nicht/", "/konferenzen/99/", "/konferenzen/12/%00/", "/vorsitz/x/"])
def test_what_is_not_there_answers_404_in_german(reader, address):
    response = reader.get(address)
    assert response.status_code == 404
    assert "Diese Seite gibt es nicht" in response.content.decode()


@ALL_OR_SOME
def test_every_page_stays_within_the_limit_of_queries(reader, answers):
    assert len({type(page) for page in Page.objects.live().filter(depth__gt=1).specific()}) <= len(answers)
    # What the process remembers after its first request of a kind is not asked for again.
    many = {address: queries(address) for address, (_, asked) in answers.items() if len(asked) > LIMIT}
    assert {address: count for address, count in many.items() if count > LIMIT} == {}


@ALL_OR_SOME
def test_a_page_says_once_at_most_what_is_not_in_hand(answers):
    said = {}
    for address, (response, _) in answers.items():
        text = " ".join(BeautifulSoup(response.content, "html.parser").main.text.replace("\xad", "").split())
        said[address] = re.findall(
            r".{0,40}(?:nicht vor\b|nicht bekannt|unbekannt|nicht angegeben|Noch kein|\bnot known).{0,20}", text
        )
    assert {address: sentences for address, sentences in said.items() if len(sentences) > 1} == {}
    assert sum(map(len, said.values())) <= 100


@ALL_OR_SOME
def test_readers_get_no_cookie_and_nothing_from_elsewhere(answers):
    for address, (response, _) in answers.items():
        assert response.status_code == 200, address
        assert not response.cookies, address
        assert "Vary" not in response or "Cookie" not in response["Vary"], address
        html = response.content.decode()
        assert not re.search(
            r"<(script|link|img|iframe|source)[^>]+(src|href|srcset)=\"(https?:)?//(?!localhost)", html
        )
        assert not re.search(r"<script(?![^>]+src=)(?![^>]+ld\+json)|<style|\sstyle=|\son[a-z]+=", html), address


@ALL_OR_SOME
def test_every_page_has_a_head_of_its_own_in_the_words_of_schema_org(answers):
    heads = {address: BeautifulSoup(response.content, "html.parser").head for address, (response, _) in answers.items()}
    for address, head in heads.items():
        (data,) = head.find_all("script", type="application/ld+json")
        assert faults(json.loads(data.string)) == [], address
    for texts in (
        Counter(head.title.string for head in heads.values()),
        Counter(head.find("meta", attrs={"name": "description"})["content"] for head in heads.values()),
    ):
        assert [text for text, number in texts.items() if number > 1 or not text.strip()] == []


def test_readers_get_a_policy_without_inline_code(reader):
    policy = reader.get("/")["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


@ALL_OR_SOME
def test_every_link_within_the_site_leads_somewhere(reader, answers, request):
    seen = set()
    for address, (response, _) in answers.items():
        html = response.content.decode()
        assert "intern:" not in html
        seen |= {link.split("#")[0] for link in Text(html).links if link.startswith("/")}
        assert "" not in Text(html).links, f"{address} has a link without an address"
    # Those below the form for barriers differ by the page that they fill in only.
    asked = {link for link in seen - answers.keys() if not link.startswith("/barriere-melden/?seite=")}
    if "all" not in request.node.callspec.params.values():  # a page that is public answers; an audit asks each of them
        asked -= {page.url for page in Page.objects.live().filter(depth__gt=1)}
    broken = {link: status for link in asked if link and (status := reader.get(link).status_code) != 200}
    assert broken == {}


def test_errors_outside_the_pages_are_german_too():
    strict = Client(HTTP_HOST="localhost", enforce_csrf_checks=True)
    refused = strict.post("/admin/login/", {"username": "x", "password": "y"})
    assert refused.status_code == 403
    assert "Das Formular ist abgelaufen" in refused.content.decode()
    strange = Client(HTTP_HOST="evil.example").get("/")
    assert strange.status_code == 400
    assert "nicht zu verstehen" in strange.content.decode()


def test_a_page_says_truly_what_may_be_asked_of_it(reader):
    for address in ("/", "/konferenzen/12/"):
        assert reader.options(address)["Allow"] == "GET, HEAD, OPTIONS"
        assert {reader.generic(method, address).status_code for method in ("POST", "PUT", "DELETE", "PATCH")} == {405}
