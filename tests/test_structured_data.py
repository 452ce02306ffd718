"""What pages say of themselves to programs: JSON-LD in the words of schema.org, titles, descriptions, the sitemap."""

import json
from contextvars import copy_context
from datetime import date
from xml.etree import ElementTree

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.template import Context
from django.test import Client
from wagtail.models import Page

from conferences.models import ChairPerson, ChairTerm, ConferencePage, Land, ResolutionPage
from intmk.open_data.structured_data import script_of
from intmk.pages.models import NewsIndexPage, NewsPage, StandardPage
from intmk.server.request_id import current
from tests.resolutions import SECRET_POINT, SECRET_REASONS, full, resolution
from tests.schema_org import faults
from tests.test_gallery import CREDIT, photo, with_photos

pytestmark = pytest.mark.django_db
HOSTILE = '</script><script>alert("1")</script><!-- & \u2028 „“ \\'


def soup(address: str) -> BeautifulSoup:
    response = Client(HTTP_HOST="localhost").get(address)
    assert response.status_code == 200, address
    return BeautifulSoup(response.content, "html.parser")


def data_of(address: str) -> dict[str, dict]:
    """Return what a page is about, by type; its words are those of schema.org."""
    found = soup(address).find_all("script", type="application/ld+json")
    assert len(found) == 1, address
    graph = json.loads(found[0].string)
    assert faults(graph) == [], address
    return {thing["@type"]: thing for thing in graph["@graph"]}


def head_of(address: str) -> tuple[str, str]:
    """Return title and description."""
    page = soup(address)
    description = page.find("meta", attrs={"name": "description"})["content"]
    return page.title.string, description.replace("\xa0", " ")


def published(page: Page, **values) -> Page:
    """Publish the page with these values."""
    for name, value in values.items():
        setattr(page, name, value)
    page.save_revision().publish()
    return page


def conference(number: int) -> ConferencePage:
    return ConferencePage.objects.get(number=number)


@pytest.mark.parametrize(
    ("address", "kinds"),
    [
        ("/", {"WebSite", "GovernmentOrganization"}),
        ("/aufgaben-und-ziele/", {"AboutPage", "BreadcrumbList"}),
        ("/konferenzen/", {"CollectionPage", "BreadcrumbList"}),
        ("/konferenzen/12/", {"Event", "BreadcrumbList"}),
        ("/konferenzen/12/top-2-1/", {"CreativeWork", "BreadcrumbList"}),
        ("/vorsitz/", {"WebPage", "BreadcrumbList"}),
        ("/laender/saarland/", {"CollectionPage", "BreadcrumbList"}),
        ("/themen/sprache/", {"CollectionPage", "BreadcrumbList"}),
        ("/beschluesse/", {"WebPage", "BreadcrumbList"}),
        ("/daten/", {"DataCatalog", "BreadcrumbList"}),
        ("/leichte-sprache/", {"WebPage"}),
        ("/en/", {"WebPage"}),
    ],
)
def test_each_kind_of_page_says_what_it_is_about(address, kinds):
    assert set(data_of(address)) == kinds


def test_the_entrance_tells_programs_how_to_search():
    found = data_of("/")
    action = found["WebSite"]["potentialAction"]
    assert action["target"]["urlTemplate"].endswith("/suche/?q={search_term_string}")
    assert "IntMK" in found["GovernmentOrganization"]["alternateName"]


@pytest.mark.parametrize(
    ("number", "days", "status", "mode", "place"),
    [
        (12, ("2017-03-16", "2017-03-17"), "EventScheduled", "OfflineEventAttendanceMode", "Graf-Zeppelin-Haus"),
        (15, ("2020-04-29", "2020-04-30"), "EventCancelled", None, "Potsdam"),
        (16, ("2021-04-29", "2021-04-29"), "EventScheduled", "OnlineEventAttendanceMode", None),
        (4, ("2009-06", None), "EventScheduled", "OfflineEventAttendanceMode", "Hannover"),  # two rival days
        (10, (None, "2015-03-26"), "EventScheduled", "OfflineEventAttendanceMode", "Kiel"),  # only the last is known
        (11, ("2016-03", None), "EventScheduled", "OfflineEventAttendanceMode", "Erfurt"),
        (22, ("2027", None), "EventScheduled", None, None),
    ],
)
def test_a_conference_is_an_event_as_surely_as_its_date_is_known(number, days, status, mode, place):
    event = data_of(f"/konferenzen/{number}/")["Event"]
    assert (event.get("startDate"), event.get("endDate")) == days
    assert event["eventStatus"] == f"https://schema.org/{status}"
    assert event.get("eventAttendanceMode", "").rpartition("/")[2] == (mode or "")
    assert event.get("location", {}).get("name") == place


def test_a_photo_of_a_conference_comes_with_its_credit():
    image = photo(1)
    with_photos(image)
    (found,) = data_of("/konferenzen/12/")["Event"]["image"]
    assert (found["creditText"], found["copyrightNotice"]) == (CREDIT, f"© {CREDIT}")
    assert found["contentUrl"].endswith(image.download_url)


def test_what_a_page_cites_is_named_with_publisher_and_address():
    cited = {source.title: source for source in conference(12).sources.all()}
    told = {work["name"]: work for work in data_of("/konferenzen/12/")["Event"]["subjectOf"]}
    assert cited
    for title, source in cited.items():
        assert (told[title]["publisher"]["name"], told[title].get("url", "")) == (source.publisher, source.url)


def test_a_resolution_says_to_what_it_belongs_and_what_it_refers_to():
    page = full()
    work = data_of(page.url)["CreativeWork"]
    assert (work["identifier"], work["@id"].endswith("/id/beschluss/12/7.1")) == ("12/7.1", True)
    assert work["isPartOf"]["url"].endswith("/konferenzen/12/")
    other = ResolutionPage.objects.get(slug="top-2-7")
    assert [part if isinstance(part, str) else part["name"] for part in work["citation"]] == [
        other.title, "Ministerpräsidentenkonferenz, 22. März 2007",
    ]  # fmt: skip
    assert work["dateCreated"] == "2017-03"  # on one of two days
    assert work["isBasedOn"]["encoding"]["encodingFormat"] == "application/pdf"
    assert not [word for word in (SECRET_POINT, SECRET_REASONS) if word in json.dumps(work)]
    assert data_of(resolution("7.3", kind="report").url).keys() == {"Report", "BreadcrumbList"}


def test_nothing_of_a_conference_that_is_not_public_stands_with_its_resolution():
    page = full()
    ConferencePage.objects.filter(number=12).update(title="Heimliche Konferenz", live=False)
    found = data_of(page.url)["CreativeWork"]
    assert ("isPartOf" in found, "dateCreated" in found) == (False, False)
    assert "Heimlich" not in json.dumps(found, ensure_ascii=False)
    assert "Heimlich" not in "".join(head_of(page.url))


@time_machine.travel("2018-01-01 12:00+01:00")
def test_the_chair_of_today_is_named_with_office_and_only_with_days_that_are_known():
    term = ChairTerm.objects.get(land__code="DE-BY")
    ChairPerson.objects.filter(name="Emilia Müller").update(office="Ministerin", end=date(2018, 3, 20))
    role = data_of("/vorsitz/")["WebPage"]["about"]["member"][0]
    assert role["roleName"] == f"Vorsitz {term.years} (Bayern)"
    assert (role.get("startDate"), role["endDate"]) == (None, "2018-03-20")
    assert (role["member"]["name"], role["member"]["jobTitle"]) == ("Emilia Müller", "Ministerin")
    assert "member" not in data_of("/vorsitz/?am=2012-01-01")["WebPage"]["about"]


def test_news_are_articles_with_their_day():
    page = NewsIndexPage.objects.get().add_child(
        instance=NewsPage(title="Neues", slug="neues", introduction="Eine Meldung.", date=date(2026, 3, 2))
    )
    article = data_of(published(page).url)["NewsArticle"]
    assert (article["headline"], article["datePublished"], article["description"]) == (
        "Neues", "2026-03-02", "Eine Meldung.",
    )  # fmt: skip


def test_hostile_text_stays_text():
    page = published(conference(12), title=HOSTILE, motto=HOSTILE, introduction=HOSTILE, place=HOSTILE)
    scripts = soup("/konferenzen/12/").find_all("script")
    assert [script for script in scripts if not script.get("src")] == [scripts[0]]
    assert data_of("/konferenzen/12/")["Event"]["name"] == page.title
    assert "alert" in page.title


def test_it_is_made_of_what_the_page_has_fetched(django_assert_num_queries):
    full()
    for address in (
        "/",
        "/konferenzen/12/",
        "/konferenzen/12/top-7-1/",
        "/vorsitz/",
        "/aktuelles/",
        "/laender/bayern/",
    ):
        response = Client(HTTP_HOST="localhost").get(address)
        names = response.context.keys()
        context = Context({name: response.context[name] for name in names})
        within_the_request = copy_context()
        within_the_request.run(current.set, response.wsgi_request)
        with django_assert_num_queries(0):
            within_the_request.run(script_of, context["page"], f"http://localhost{address}", context)


@pytest.mark.parametrize(
    ("address", "title"),
    [
        ("/konferenzen/12/", "12. Konferenz, Friedrichshafen 2017 – IntMK"),
        ("/konferenzen/15/", "15. Konferenz, Potsdam 2020 (abgesagt) – IntMK"),
        ("/konferenzen/16/", "16. Konferenz, Videokonferenz 2021 – IntMK"),
        ("/konferenzen/22/", "22. Konferenz 2027 (geplant) – IntMK"),
        ("/laender/saarland/", "Saarland: Vorsitz, Konferenzen und Anträge – IntMK"),
    ],
)
def test_a_title_says_what_where_and_when(address, title):
    assert head_of(address)[0] == title


def test_the_title_of_a_resolution_names_its_conference_but_no_year_of_it_for_what_was_written():
    assert head_of(resolution("7.4", title="Erfundenes").url)[0] == "Erfundenes – 12. Konferenz 2017, TOP 7.4 – IntMK"
    written = resolution("7.5", number=15, title="Erfundenes")
    assert head_of(written.url)[0] == "Erfundenes – 15. Konferenz, TOP 7.5 – IntMK"
    assert "2020" not in head_of(written.url)[1]


def test_what_an_editor_wrote_for_search_engines_is_taken():
    published(conference(12), seo_title="Eigener Titel", search_description="Eigene Worte.")
    assert head_of("/konferenzen/12/") == ("Eigener Titel – IntMK", "Eigene Worte.")


def test_a_description_is_made_of_facts_where_nobody_wrote_one():
    published(conference(12), introduction="", motto="Zusammenhalt")
    assert head_of("/konferenzen/12/")[1] == (
        "12. Konferenz: 16. und 17. März 2017, Friedrichshafen, Graf-Zeppelin-Haus. Motto: „Zusammenhalt“."
    )
    text = [("section", {"heading": "", "text": "<p>Es gilt {{vorsitzland_genitiv}} Wort.</p>"})]
    published(StandardPage.objects.get(slug="kontakt"), introduction="", body=text)
    assert head_of("/kontakt/")[1] == "Es gilt des Vorsitzlandes Wort."


def test_the_sitemap_says_of_each_address_when_it_changed_and_in_which_languages_it_is():
    tree = ElementTree.fromstring(Client(HTTP_HOST="localhost").get("/sitemap.xml").content)
    names = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
    entries = {entry.find("s:loc", names).text: entry for entry in tree}
    assert [address for address, entry in entries.items() if entry.find("s:lastmod", names) is None] == []
    languages = {
        address: {link.get("hreflang"): link.get("href") for link in entry.findall("x:link", names)}
        for address, entry in entries.items()
    }
    pages = list(Page.objects.live().filter(depth__gt=1).select_related("locale"))
    for page in pages:
        same = {
            other.locale.language_code: other.full_url
            for other in pages if other.translation_key == page.translation_key
        }  # fmt: skip
        expected = same | {"x-default": same["de"]} if len(same) > 1 else {}
        assert languages[page.full_url] == expected, page.full_url
    assert Land.objects.count() == sum("/laender/" in address for address in entries) - 1
