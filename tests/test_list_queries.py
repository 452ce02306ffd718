"""However much there is, a list of the admin asks the database as often: with three rows and with thirty.

Lists of pages: test_page_lists. Reports: test_desk_reports.
"""

from datetime import date
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conferences.models import ConferenceIndexPage, ConferencePage, Source
from intmk.addresses.old_addresses import OldAddress
from intmk.base.glossary import GlossaryTerm
from intmk.desk.outgoing_links import OutgoingLink
from intmk.pages.models import NewsIndexPage, NewsPage, StandardPage
from intmk.search.synonyms import SearchSynonym
from intmk.trash.keeping import keep
from intmk.users.models import User
from tests.editing import soup_of
from tests.test_desk import picture
from tests.test_videos import video

pytestmark = pytest.mark.django_db


def copies(one: object, numbers: range) -> None:
    """Store it again so often, with the files that it has."""
    one.pk = None
    type(one).objects.bulk_create([one.__class__(**one_row(one, number)) for number in numbers])


def one_row(one: object, number: int) -> dict:
    """Return its fields with a name of its own."""
    fields = {field.attname: getattr(one, field.attname) for field in one._meta.concrete_fields}
    return fields | ({"title": f"Nummer {number}"} if "title" in fields else {})


def only(one: object, numbers: range) -> None:
    """Store it so often, and nothing else of its kind: what the site begins with fills a page of the list."""
    type(one).objects.all().delete()
    copies(one, range(numbers.stop))


def add_conferences(numbers: range) -> None:
    parent = ConferenceIndexPage.objects.get()
    for number in numbers:
        page = ConferencePage(title=f"{number}. Konferenz", number=500 + number, slug=str(500 + number), status="held")
        page.first_day = page.last_day = date(1990, 1, 1)
        parent.add_child(instance=page)


def add_broken_links(numbers: range) -> None:
    pages = list(StandardPage.objects.live().values_list("pk", flat=True)[: numbers.stop])
    urls = [f"https://weg.example.org/{number}" for number in numbers]
    OutgoingLink.objects.bulk_create(
        [OutgoingLink(url=url, pages=pages, failed_days=3, failed_since=date(2026, 1, 1)) for url in urls]
    )


def add_translations(numbers: range) -> None:
    """By program alone: of a page that is live the report asks when it was published, not for a version."""
    german = StandardPage.objects.get(slug="kontakt")
    english = StandardPage.objects.filter(locale__language_code="en").order_by("depth").first()
    for number in numbers:
        key = uuid4()
        for home in (german, english):
            page = StandardPage(title="Nummer", slug=f"nummer-{number}", locale=home.locale, translation_key=key)
            page.last_published_at = timezone.now()
            home.add_child(instance=page)


def add_drafts(numbers: range) -> None:
    for number in numbers:
        page = NewsPage(title=f"Nummer {number}", slug=f"nummer-{number}", live=False)
        NewsIndexPage.objects.get().add_child(instance=page).save_revision(user=User.objects.first())


def add_terms(numbers: range) -> None:
    terms = [GlossaryTerm(term=f"Nummer {number}", slug=f"nummer-{number}", short="Kurz.") for number in numbers]
    GlossaryTerm.objects.bulk_create(terms)


def add_trash(numbers: range) -> None:
    add_terms(numbers)
    for term in GlossaryTerm.objects.filter(slug__in=[f"nummer-{number}" for number in numbers]):
        keep(term, User.objects.get(username="redaktion-test"))


LISTS = {
    "/admin/images/": lambda numbers: copies(picture("Foto"), numbers),
    "/admin/images/?layout=list": lambda numbers: copies(picture("Foto"), numbers),
    "/admin/snippets/intmk/sitevideo/": lambda numbers: copies(video(), numbers),
    "/admin/papierkorb/": add_trash,
    "/admin/berichte/konferenzen-mit-luecken/": add_conferences,
    "/admin/berichte/verweise-ins-leere/": add_broken_links,
    "/admin/berichte/uebersetzungen/": add_translations,
    "/admin/snippets/intmk/glossaryterm/": add_terms,
    "/admin/snippets/intmk/searchsynonym/": lambda numbers: only(SearchSynonym(typed="so", found="anders"), numbers),
    "/admin/snippets/conferences/source/": lambda numbers: only(Source(kind="press", publisher="Test"), numbers),
    "/admin/snippets/intmk/oldaddress/": lambda numbers: OldAddress.objects.bulk_create(
        [OldAddress(address=f"/{number}.html", key=f"/{number}.html", description="Test") for number in numbers]
    ),
    "/admin/uebergabe/entwuerfe/": add_drafts,
}


def rows_and_queries(client: Client, address: str) -> tuple[int, int]:
    """Return how many things the list shows, and what it asks once all is made that is made once."""
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address)
    assert answer.status_code == 200
    return len(soup_of(answer).select(".listing tbody tr, .listing.images li")), len(asked)


@pytest.mark.parametrize("address", LISTS)
def test_a_list_of_thirty_asks_as_often_as_one_of_three(chair, address):
    LISTS[address](range(3))
    few, before = rows_and_queries(chair, address)
    LISTS[address](range(3, 30))
    many, after = rows_and_queries(chair, address)
    assert many > few
    assert after == before
