"""The calendar of what happens by itself: the right things, told to the right accounts, at the hour of Berlin."""

from datetime import timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group
from django.test import Client

from intmk.pages.models import NewsIndexPage, NewsPage
from intmk.users.models import User
from tests.editing import text_of
from tests.scheduling import AFTER, BEFORE, SEPTEMBER, accounts_around_the_change, schedule

pytestmark = pytest.mark.django_db
ADDRESS = "/admin/geplant/"


def shown_to(user: User, address: str = ADDRESS) -> BeautifulSoup:
    client = Client(HTTP_HOST="localhost")
    with time_machine.travel(SEPTEMBER, tick=False):
        client.force_login(user)
        answer = client.get(address)
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser").main


@pytest.fixture
def accounts() -> dict[str, User]:
    return accounts_around_the_change()


@pytest.fixture
def chair(accounts) -> User:
    for account in (accounts["DE-BW"], accounts["DE-BY"]):
        account.groups.add(Group.objects.get(name="Länder"))
    return accounts["DE-BW"]


def test_the_chair_sees_day_hour_and_what_waits_for_the_next_chair(chair):
    with time_machine.travel(SEPTEMBER, tick=False):
        schedule(chair, BEFORE, title="Vor dem Wechsel")
        schedule(chair, AFTER, title="Nach dem Wechsel")
    main = shown_to(chair)
    text = " ".join(main.get_text(" ").split())
    assert "Samstag, 30. September 2017 23:59 Uhr Vor dem Wechsel Wird veröffentlicht" in text
    assert "Sonntag, 1. Oktober 2017" in text
    assert text.count("Wartet dann: Bestätigen kann es Bayern ab dem 1. Oktober 2017") == 1
    assert "Der Vorsitz geht von Baden-Württemberg an Bayern" in text
    marked = {link["href"] for link in main.select(".planned-month a")}
    assert {"#tag-2017-09-30", "#tag-2017-10-01"} <= marked
    assert all(main.find(id=address.removeprefix("#")) for address in marked)


def test_another_land_learns_of_public_pages_and_its_own_drafts_only(chair, accounts):
    with time_machine.travel(SEPTEMBER, tick=False):
        schedule(chair, BEFORE, title="Noch geheim")
        own = schedule(chair, BEFORE, title="Von uns begonnen")
        NewsPage.objects.filter(pk=own.pk).update(owner=accounts["DE-BY"])
        page = NewsIndexPage.objects.get().add_child(instance=NewsPage(title="Öffentlich"))
        page.save_revision(user=chair).publish(user=chair, skip_permission_checks=True)
        page.refresh_from_db()
        page.title, page.go_live_at = "Neuer Titel", BEFORE
        page.save_revision(user=chair).publish(user=chair, skip_permission_checks=True)
    text = shown_to(accounts["DE-BY"]).get_text(" ")
    assert "Noch geheim" not in text
    assert "Neuer Titel" not in text
    assert "Von uns begonnen" in text
    assert "Öffentlich" in text


def test_nothing_planned_is_said_and_the_dashboard_leads_here(chair):
    assert "Der Vorsitz geht" in shown_to(chair).get_text(" ")
    assert f'href="{ADDRESS}"' in str(shown_to(chair, "/admin/"))


def test_who_edits_nothing_is_refused(client, account):
    User.objects.filter(pk=account.pk).update(land_code="")
    client.force_login(account)
    assert client.get(ADDRESS, HTTP_HOST="localhost").status_code in (302, 403)


def test_more_that_is_planned_costs_no_more_queries(chair, django_assert_max_num_queries):
    client = Client(HTTP_HOST="localhost")
    with time_machine.travel(SEPTEMBER, tick=False):
        client.force_login(chair)
        schedule(chair, BEFORE)
        client.get(ADDRESS)
        with django_assert_max_num_queries(100) as few:
            client.get(ADDRESS)
        for number in range(3):
            schedule(chair, BEFORE + timedelta(seconds=-number), title=f"Weitere {number}")
        with django_assert_max_num_queries(len(few)):
            assert "Weitere 2" in text_of(client.get(ADDRESS))
