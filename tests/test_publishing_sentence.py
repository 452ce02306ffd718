"""What an editor reads beside "Veröffentlichen": when it begins and ends, and on whom it waits after a changeover."""

from datetime import datetime

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone
from wagtail.models import Page

from conferences.handover.publishing_sentence import what_publishing_does
from conferences.models import ChairTerm
from intmk.pages.models import NewsIndexPage
from tests.scheduling import AFTER, BEFORE, SEPTEMBER, accounts_around_the_change

pytestmark = pytest.mark.django_db
ADDRESS = "/admin/was-veroeffentlichen-bewirkt/"


@pytest.fixture
def accounts():
    found = accounts_around_the_change()
    for account in found.values():
        account.groups.add(Group.objects.get(name="Länder"))
    return found


def said(account, begins=None, ends=None, is_live=False) -> str:
    with time_machine.travel(SEPTEMBER, tick=False):
        return what_publishing_does(account, ChairTerm.objects.rotation(), begins, ends, is_live).replace("\u00a0", " ")


def asked(account, **query) -> tuple[int, str]:
    with time_machine.travel(SEPTEMBER, tick=False):
        client = Client(HTTP_HOST="localhost")
        client.force_login(account)
        answer = client.get(ADDRESS, query)
    return answer.status_code, answer.content.decode().replace("\u00a0", " ")


def test_without_a_schedule_it_is_public_at_once(accounts):
    assert said(accounts["DE-BW"]) == "Wird sofort öffentlich."


def test_moments_that_are_past_count_as_none(accounts):
    past = datetime(2017, 9, 1, tzinfo=timezone.get_default_timezone())
    assert said(accounts["DE-BW"], begins=past, ends=past) == "Wird sofort öffentlich."


def test_a_moment_is_named_with_weekday_hour_and_place(accounts):
    assert said(accounts["DE-BW"], BEFORE) == "Wird am Samstag, 30. September 2017, 23:59 Uhr (Berlin) öffentlich."


def test_a_public_page_stays_as_it_is_until_then(accounts):
    assert "Bis dahin sehen alle die jetzige Fassung." in said(accounts["DE-BW"], BEFORE, is_live=True)


def test_what_lies_after_the_change_waits_for_the_next_chair(accounts):
    sentence = said(accounts["DE-BW"], BEFORE, AFTER)
    assert "zurückgezogen. Ab dem 1. Oktober 2017 wartet es auf Bayern: Wer dann veröffentlicht" in sentence
    assert sentence.count("wartet") == 1


def test_it_does_not_wait_for_who_chairs_then(accounts):
    assert "wartet" not in said(accounts["DE-BY"], AFTER)


def test_the_form_asks_for_the_moments_that_are_typed(accounts):
    status, text = asked(accounts["DE-BW"], page="", go_live_at="30.09.2017 23:59", expire_at="")
    assert (status, text) == (200, "Wird am Samstag, 30. September 2017, 23:59 Uhr (Berlin) öffentlich.")


@pytest.mark.parametrize("typed", ["30.09.", "heute", "31.02.2017 10:00", "99999999999999999999"])
def test_a_half_typed_moment_is_no_statement(accounts, typed):
    assert asked(accounts["DE-BW"], go_live_at=typed) == (200, "Das Datum ist noch nicht lesbar.")


def test_who_may_not_publish_reads_who_does_and_nothing_of_the_page(accounts):
    page = NewsIndexPage.objects.get()
    told = (200, "Wird erst öffentlich, wenn das Land im Vorsitz es veröffentlicht.")
    for moments in ({}, {"go_live_at": "30.09.2017 23:59"}, {"go_live_at": "30.09."}):
        assert asked(accounts["DE-BY"], page=page.pk, **moments) == told
    Page.objects.filter(pk=page.pk).update(live=False)
    assert asked(accounts["DE-BY"], page=page.pk, go_live_at="30.09.2017 23:59") == told
    assert asked(accounts["DE-BY"]) == told
    assert asked(accounts["DE-BW"], page=page.pk) != told


@pytest.mark.parametrize("page", ["0", "99999999", "9" * 30, pytest.param("9" * 5000, id="long"), "x", "-1"])
def test_a_page_that_is_not_there_is_no_failure(accounts, page):
    assert asked(accounts["DE-BW"], page=page)[0] in (200, 404)
