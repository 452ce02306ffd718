"""Pages ask the database a fixed number of questions, however much there is to show."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import Site

from conferences.models import ConferenceGuest, ConferencePage
from history.models import Milestone, TimelinePage
from intmk.models import NewsIndexPage, NewsPage

pytestmark = pytest.mark.django_db

# Measured on the initial content; a page may become cheaper, not dearer.
LIMITS = {
    "/": 24,
    "/aufgaben-und-ziele/": 22,
    "/konferenzen/": 14,
    "/konferenzen/12/": 28,
    "/vorsitz/": 17,
    "/geschichte/": 18,
    "/aktuelles/": 13,
    "/impressum/": 18,
    "/suche/?q=Konferenz": 12,
}


def queries(address: str) -> int:
    Site.clear_site_root_paths_cache()
    client = Client(HTTP_HOST="localhost")
    client.get(address)  # content types and sites are remembered by the process after the first request
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize(("address", "limit"), LIMITS.items())
def test_a_page_stays_within_its_number_of_queries(address, limit):
    assert queries(address) <= limit


def grow() -> None:
    """Twice as many conferences, milestones and news, each with all that a list shows."""
    index = ConferencePage.objects.get(number=12).get_parent()
    twelfth = ConferencePage.objects.get(number=12)
    for number in range(101, 131):
        page = ConferencePage(
            title=f"{number}. Konferenz",
            number=number,
            first_day=date(1900 + number, 3, 1),
            status="held" if number < 120 else "planned",
            host_land=twelfth.host_land,
            motto="Motto",
        )
        index.add_child(instance=page)
        page.guests = [ConferenceGuest(name="Gast")]
        page.save()
    timeline = TimelinePage.objects.get()
    for number in range(30):
        Milestone.objects.create(
            timeline=timeline, title=f"Meilenstein {number}", day=date(1990 + number, 1, 1), page=twelfth
        )
    news_index = NewsIndexPage.objects.get()
    for number in range(15):
        news_index.add_child(instance=NewsPage(title=f"Meldung {number}", conference=twelfth))


@pytest.mark.parametrize(
    "address", ["/", "/konferenzen/", "/vorsitz/", "/geschichte/", "/aktuelles/", "/konferenzen/12/"]
)
def test_more_content_costs_no_more_queries(address):
    NewsIndexPage.objects.get().add_child(instance=NewsPage(title="Eine Meldung"))
    before = queries(address)
    grow()
    # The first news of a conference and the like add a fixed number of queries, never one for each item.
    assert queries(address) <= before + 3
