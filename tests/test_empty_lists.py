"""Of a public page it is asked at once which of its lists are empty; those are not asked for, and all others shown."""

import pytest
from wagtail.models import Page, get_page_models

from conferences.models import ConferenceGuest, ConferencePage, Land, ResolutionPage
from intmk.base.lists import keys_in_lists
from intmk.base.site import sites
from intmk.pages.routing import page_at

pytestmark = pytest.mark.django_db
TWELFTH = "konferenzen/12/"


def served(path: str) -> Page:
    page = page_at(sites()[0].root_page, path)
    assert page, path
    return page


@pytest.mark.parametrize("model", [model for model in get_page_models() if getattr(model, "lists", ())])
def test_the_rows_of_a_list_are_those_whose_keys_are_stored(model):
    for page in model.objects.live():
        stored = {name: list(getattr(page, name).all()) for name in model.lists}
        page.stored_keys = keys_in_lists(page, model.lists)
        found = {name: sorted(keys) for name, keys in page.stored_keys.items()}
        keys = {
            name: [getattr(row, getattr(row, "shown_column", "pk")) for row in rows] for name, rows in stored.items()
        }
        assert found == {name: sorted(found) for name, found in keys.items()}, page.title
        assert {name: page.rows(name) for name in model.lists} == stored, page.title


def test_a_first_guest_is_shown(client):
    ConferenceGuest.objects.filter(conference__number=12).delete()
    assert served(TWELFTH).stored_keys["guests"] == []
    twelfth = ConferencePage.objects.get(number=12)
    twelfth.guests.add(ConferenceGuest(name="Erika Beispiel"))
    twelfth.save()
    assert len(served(TWELFTH).stored_keys["guests"]) == 1
    assert "Erika Beispiel" in client.get(f"/{TWELFTH}", headers={"host": "localhost"}).content.decode()


def test_an_empty_list_is_not_asked_for(django_assert_num_queries):
    page = served(f"{TWELFTH}top-2-1/")
    page.stored_keys = {"votes": []}
    with django_assert_num_queries(0):
        assert page.rows("votes", "land") == []


def test_a_page_that_was_not_fetched_for_readers_shows_what_it_holds():
    page = ResolutionPage(title="Neu")
    page.movers = Land.objects.filter(code="DE-BY")
    assert [land.code for land in page.rows("movers")] == ["DE-BY"]
