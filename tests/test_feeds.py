"""The feeds of the newest resolutions, the calendar of the conferences."""

from datetime import date
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar, Event

from conferences.models import ConferencePage
from tests.resolutions import SECRET_POINT, SECRET_REASONS, full, resolution

pytestmark = pytest.mark.django_db
ADDRESSES = ("/feeds/beschluesse.atom", "/feeds/beschluesse.json")


def test_both_feeds_name_a_resolution_with_its_address(client):
    page = resolution("3.1", title="Erfundener Feedbeschluss")
    atom = ElementTree.fromstring(client.get(ADDRESSES[0]).content)
    titles = [found.text for found in atom.iter("{http://www.w3.org/2005/Atom}title")]
    assert "Erfundener Feedbeschluss" in titles
    data = client.get(ADDRESSES[1]).json()
    assert data["version"] == "https://jsonfeed.org/version/1.1"
    assert [item["title"] for item in data["items"] if item["url"].endswith(page.url)] == ["Erfundener Feedbeschluss"]


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


def events() -> dict[str, Event]:
    response = Client(HTTP_HOST="localhost").get("/feeds/konferenzen.ics")
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(response.content)
    return {str(event["summary"]): event for event in calendar.walk("VEVENT")}


def test_the_calendar_has_the_conferences_whose_days_are_certain():
    found = events()
    event = found["12. Integrationsministerkonferenz"]
    assert (event["dtstart"].dt, event["dtend"].dt) == (date(2017, 3, 16), date(2017, 3, 18))
    assert (str(event["status"]), str(event["url"]).endswith("/konferenzen/12/")) == ("CONFIRMED", True)
    assert "Friedrichshafen" in str(event["location"])
    assert str(found["15. Integrationsministerkonferenz"]["status"]) == "CANCELLED"
    for number in (4, 10, 11, 21, 22):  # disputed, or only the month or the year is known
        assert f"{number}. Integrationsministerkonferenz" not in found


def test_a_conference_that_is_not_public_is_not_in_the_calendar():
    ConferencePage.objects.get(slug="12").unpublish()
    assert "12. Integrationsministerkonferenz" not in events()


def test_more_conferences_cost_the_calendar_no_more_queries():
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            events()
        return len(captured)

    queries()
    before = queries()
    ConferencePage.objects.update(date_certainty="exact", first_day=date(2020, 1, 1))
    assert queries() == before
