"""The feeds of the newest resolutions and news, the calendar: read by what reads such formats."""

from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
import time_machine
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar, Event
from wagtail.models import Site

from conferences.models import ChairTerm, ConferencePage, Land
from intmk.pages.models import NewsIndexPage, NewsPage
from tests.resolutions import SECRET_POINT, SECRET_REASONS, full, resolution

pytestmark = pytest.mark.django_db
ADDRESSES = ("/feeds/beschluesse.atom", "/feeds/beschluesse.json")
NEWS = ("/feeds/aktuelles.atom", "/feeds/aktuelles.json")
ATOM = "{http://www.w3.org/2005/Atom}"


def entries_of(address: str) -> dict[str, dict[str, Any]]:
    """Return the entries of a feed by title with id, url and text, if it keeps to its format."""
    response = Client(HTTP_HOST="localhost").get(address)
    entries = entries_of_json(response) if address.endswith("json") else entries_of_atom(response)
    ids = [entry["id"] for entry in entries]
    assert len(set(ids)) == len(ids)
    return {entry["title"]: entry for entry in entries}


def entries_of_json(response: HttpResponse) -> list[dict[str, Any]]:
    """Return the items of a JSON Feed with all that version 1.1 asks for."""
    assert response["Content-Type"] == "application/feed+json"
    data = response.json()
    assert data["version"] == "https://jsonfeed.org/version/1.1"
    assert data["title"]
    assert urlsplit(data["feed_url"]).path == response.request["PATH_INFO"]
    assert data["home_page_url"].startswith("http")
    for item in data["items"]:
        assert isinstance(item["id"], str)
        assert item.get("content_text") or item.get("content_html")
        for name in ("date_published", "date_modified"):
            assert name not in item or datetime.fromisoformat(item[name]).tzinfo
    return [item | {"text": item["content_text"]} for item in data["items"]]


def entries_of_atom(response: HttpResponse) -> list[dict[str, Any]]:
    """Return the entries of an Atom feed with all that RFC 4287 asks for."""
    assert response["Content-Type"].startswith("application/atom+xml")
    feed = ElementTree.fromstring(response.content)
    assert feed.tag == f"{ATOM}feed"
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert urlsplit(links["self"]).path == response.request["PATH_INFO"]
    assert feed.find(f"{ATOM}author/{ATOM}name").text
    entries = feed.findall(f"{ATOM}entry")
    for part in (feed, *entries):
        for name in ("id", "title", "updated"):
            (element,) = part.findall(f"{ATOM}{name}")
            assert element.text, name
        assert urlsplit(part.find(f"{ATOM}id").text).scheme
        assert datetime.fromisoformat(part.find(f"{ATOM}updated").text).tzinfo
    return [
        {
            "id": entry.find(f"{ATOM}id").text,
            "title": entry.find(f"{ATOM}title").text,
            "url": entry.find(f"{ATOM}link[@rel='alternate']").get("href"),
            "text": entry.find(f"{ATOM}summary").text,
        }
        for entry in entries
    ]


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_resolution_goes_by_its_permanent_identifier_and_its_title_carries_the_conference(address):
    page = resolution("3.1", title="Erfundener Feedbeschluss")
    entry = entries_of(address)["12. Konferenz 2017, TOP 3.1: Erfundener Feedbeschluss"]
    assert entry["url"].endswith(page.url)
    assert urlsplit(entry["id"]).path == "/id/beschluss/12/3.1"
    assert entry["id"].startswith("http://localhost")


@pytest.mark.parametrize("address", NEWS)
def test_news_go_by_what_outlives_their_address(address):
    index = NewsIndexPage.objects.get()
    page = index.add_child(instance=NewsPage(title="Neues", slug="neues", introduction="Eine Meldung."))
    page.save_revision().publish()
    index.add_child(instance=NewsPage(title="Entwurf", slug="entwurf", live=False))
    before = entries_of(address)
    assert set(before) == {"Neues"}
    assert (before["Neues"]["text"], before["Neues"]["url"].endswith("/aktuelles/neues/")) == ("Eine Meldung.", True)
    page.slug = "anders"
    page.save_revision().publish()
    after = entries_of(address)
    assert (after["Neues"]["id"], after["Neues"]["url"].endswith("/anders/")) == (before["Neues"]["id"], True)


@pytest.mark.parametrize("address", NEWS)
def test_a_feed_without_entries_is_the_same_at_any_time(client, address):
    NewsPage.objects.all().delete()
    bodies = set()
    for day in ("2026-11-23 12:00+01:00", "2026-11-23 12:01+01:00"):
        with time_machine.travel(day, tick=False):
            bodies.add(client.get(address).content)
    assert len(bodies) == 1


@pytest.mark.parametrize("address", ADDRESSES)
def test_drafts_texts_and_titles_of_conferences_that_are_not_public_are_in_no_feed(client, address):
    full()
    resolution("3.2", publish=False, title="Entwurfstitel", live=False)
    resolution("3.3", title="Öffentlicher Titel")
    ConferencePage.objects.filter(number=12).update(title="Heimlicher Konferenzname", live=False)
    body = client.get(address).content.decode()
    assert "Öffentlicher Titel" in body
    assert not [word for word in (SECRET_POINT, SECRET_REASONS, "Entwurfstitel", "Heimlicher") if word in body]


@pytest.mark.parametrize("address", ADDRESSES)
def test_more_resolutions_need_no_more_queries(client, address, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    resolution("3.1")
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for number in range(2, 4):
        resolution(f"3.{number}")
    with django_assert_num_queries(len(few)):
        client.get(address)


def calendar_of() -> Calendar:
    response = Client(HTTP_HOST="localhost").get("/feeds/konferenzen.ics")
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    return Calendar.from_ical(response.content)


def all_events() -> list[Event]:
    """Return the entries of the calendar, none of which breaks RFC 5545."""
    found = calendar_of().walk("VEVENT")
    assert not [event.errors for event in found if event.errors]
    assert len({str(event["uid"]) for event in found}) == len(found)
    for event in found:
        assert {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "STATUS"} <= event.keys()
        assert event["dtstart"].dt < event["dtend"].dt
    return found


def events() -> dict[str, Event]:
    """Return the entries by their titles; a change of the chair comes again after a round."""
    return {str(event["summary"]): event for event in all_events()}


def days(event: Event) -> tuple[date, date]:
    """Return the first day and the last."""
    return event["dtstart"].dt, event["dtend"].dt - timedelta(days=1)


def test_the_calendar_has_the_conferences_whose_days_are_certain():
    found = events()
    event = found["12. Integrationsministerkonferenz"]
    assert days(event) == (date(2017, 3, 16), date(2017, 3, 17))
    assert (str(event["status"]), str(event["url"]).endswith("/konferenzen/12/")) == ("CONFIRMED", True)
    assert "Friedrichshafen" in str(event["location"])
    assert str(found["15. Integrationsministerkonferenz (abgesagt)"]["status"]) == "CANCELLED"


@pytest.mark.parametrize(
    ("title", "first", "last"),
    [
        ("4. Integrationsministerkonferenz (26. oder 29. Juni 2009, die Quellen widersprechen sich)",
         date(2009, 6, 26), date(2009, 6, 29)),
        ("10. Integrationsministerkonferenz (bis 26. März 2015, erster Tag nicht bekannt)",
         date(2015, 3, 26), date(2015, 3, 26)),
        ("11. Integrationsministerkonferenz (März 2016, genaue Tage nicht bekannt)",
         date(2016, 3, 1), date(2016, 3, 31)),
        ("22. Integrationsministerkonferenz (2027, genaue Tage nicht bekannt)",
         date(2027, 1, 1), date(2027, 12, 31)),
    ],
)  # fmt: skip
def test_what_has_no_certain_day_is_tentative_over_all_that_it_may_be(title, first, last):
    event = {name.replace("\xa0", " "): event for name, event in events().items()}[title]
    assert days(event) == (first, last)
    assert (str(event["status"]), str(event["transp"])) == ("TENTATIVE", "TRANSPARENT")


def test_meetings_that_prepare_a_conference_are_in_the_calendar():
    found = events()
    event = found["Herbsttreffen (20. Integrationsministerkonferenz)"]
    assert (days(event), str(event["status"])) == ((date(2024, 9, 10), date(2024, 9, 11)), "CONFIRMED")
    assert "Vorkonferenz (17. Integrationsministerkonferenz)" in found


@time_machine.travel("2026-11-23 12:00+01:00")
def test_each_change_of_the_chair_is_in_the_calendar_and_those_by_the_rule_are_tentative():
    of_day = {days(event)[0]: event for event in all_events() if event["summary"].startswith("Vorsitz: ")}
    stored, by_rule = of_day[date(2014, 10, 1)], of_day[date(2027, 7, 1)]
    assert (str(stored["summary"]), str(stored["status"])) == (
        "Vorsitz: Schleswig-Holstein übernimmt von Sachsen-Anhalt",
        "CONFIRMED",
    )
    assert (str(by_rule["summary"]), str(by_rule["status"])) == (
        "Vorsitz: Saarland übernimmt von Rheinland-Pfalz",
        "TENTATIVE",
    )
    assert str(by_rule["url"]).endswith("/vorsitz/?am=2027-07-01")
    assert str(of_day[date(2008, 10, 1)]["summary"]) == "Vorsitz: Niedersachsen übernimmt"


def uid_of(part: str, year: int) -> str:
    (found,) = (event["uid"] for event in all_events() if part in event["summary"] and days(event)[0].year == year)
    return str(found)


@time_machine.travel("2026-11-23 12:00+01:00")
def test_an_entry_keeps_its_uid_whatever_becomes_of_its_date_and_its_host():
    asked = (("22. Integr", 2027), ("Herbsttreffen (20.", 2024), ("Saarland übernimmt von", 2027))
    before = [uid_of(*each) for each in asked]
    page = ConferencePage.objects.get(number=22)
    page.first_day, page.last_day, page.date_certainty = date(2027, 4, 1), date(2027, 4, 2), "exact"
    page.save_revision().publish()
    ConferencePage.objects.get(number=20).meetings.filter(kind="autumn_meeting").update(first_day=date(2024, 9, 9))
    ChairTerm.objects.filter(end=date(2027, 6, 30)).update(end=date(2027, 7, 31))
    ChairTerm.objects.create(land=Land.objects.get(code="DE-SL"), start=date(2027, 8, 1), end=date(2028, 6, 30))
    Site.objects.update(hostname="www.example.org", port=443)
    assert [uid_of(*each) for each in asked] == before
    assert str(events()["22. Integrationsministerkonferenz"]["status"]) == "CONFIRMED"


def test_a_calendar_says_its_name_and_how_often_to_look_again():
    found = calendar_of()
    assert (str(found["name"]), str(found["refresh-interval"])) == (str(found["x-wr-calname"]), "P1D")


def test_a_conference_that_is_not_public_is_not_in_the_calendar():
    ConferencePage.objects.get(slug="12").unpublish()
    assert not [title for title in events() if title.startswith("12.")]


def test_more_conferences_cost_the_calendar_no_more_queries():
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            events()
        return len(captured)

    queries()
    before = queries()
    ConferencePage.objects.update(date_certainty="exact", first_day=date(2020, 1, 1), last_day=None)
    ConferencePage.objects.get(number=12).meetings.create(
        kind="preconference", first_day=date(2020, 1, 1), last_day=date(2020, 1, 1)
    )
    assert queries() == before
