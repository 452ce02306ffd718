"""What somebody set for a moment happens only if that Land chairs then; otherwise it waits for the chair."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conferences.handover import scheduled
from conferences.handover.scheduled import all_scheduled, confirm
from conferences.models import ConferencePage
from intmk.users.models import User
from tests.scheduling import AFTER, BEFORE, SEPTEMBER, accounts_around_the_change, schedule

pytestmark = pytest.mark.django_db
LATER = AFTER + timedelta(hours=9)


@pytest.fixture
def accounts() -> dict[str, User]:
    return accounts_around_the_change()


def publish_at(moment: datetime) -> None:
    with time_machine.travel(moment, tick=False):
        call_command("publish_scheduled", verbosity=0)


@pytest.mark.parametrize(
    ("who", "moment", "goes_live"),
    [
        ("DE-BW", BEFORE, True),
        ("DE-BW", AFTER, False),
        ("DE-BW", AFTER + timedelta(days=200), False),
        ("DE-BY", AFTER, True),  # whoever chairs then has set it before
        ("admin", AFTER, True),
    ],
)
def test_only_what_the_chair_of_that_moment_has_set_goes_live(accounts, who, moment, goes_live):
    with time_machine.travel(SEPTEMBER, tick=False):
        page = schedule(accounts[who], moment)
    publish_at(moment + timedelta(seconds=1))
    page.refresh_from_db()
    assert page.live is goes_live


def test_what_was_due_before_the_change_goes_live_after_it_when_the_server_was_off(accounts):
    with time_machine.travel(SEPTEMBER, tick=False):
        page = schedule(accounts["DE-BW"], BEFORE)
    publish_at(LATER)
    page.refresh_from_db()
    assert page.live


def test_what_nobody_has_set_waits(accounts):
    with time_machine.travel(SEPTEMBER, tick=False):
        page = schedule(None, BEFORE)
    publish_at(LATER)
    page.refresh_from_db()
    assert not page.live


def test_a_locked_account_answers_for_nothing(accounts):
    with time_machine.travel(SEPTEMBER, tick=False):
        page = schedule(accounts["DE-BW"], BEFORE)
    User.objects.filter(pk=accounts["DE-BW"].pk).update(is_active=False)
    publish_at(LATER)
    page.refresh_from_db()
    assert not page.live


def test_the_new_chair_confirms_what_lies_ahead(accounts):
    with time_machine.travel(SEPTEMBER, tick=False):
        page = schedule(accounts["DE-BW"], LATER)
    with time_machine.travel(AFTER, tick=False):
        (item,) = all_scheduled()
        assert (item.page.pk, item.account, item.waits) == (page.pk, accounts["DE-BW"], True)
        confirm(item, accounts["DE-BY"])
        page.refresh_from_db()
        assert not page.live
        assert [found.waits for found in all_scheduled()] == [False]
    publish_at(LATER + timedelta(seconds=1))
    page.refresh_from_db()
    assert page.live


def test_who_confirmed_last_answers_for_it_though_the_time_was_set_back_meanwhile(accounts):
    with time_machine.travel(SEPTEMBER, tick=False) as clock:
        schedule(accounts["DE-BW"], LATER)
        clock.shift(timedelta(hours=-1))
        confirm(all_scheduled()[0], accounts["DE-BY"])
        assert all_scheduled()[0].account == accounts["DE-BY"]


def test_what_is_overdue_goes_live_as_soon_as_it_is_confirmed(accounts):
    with time_machine.travel(SEPTEMBER, tick=False):
        page = schedule(accounts["DE-BW"], AFTER)
    with time_machine.travel(LATER, tick=False):
        confirm(all_scheduled()[0], accounts["DE-BY"])
    page.refresh_from_db()
    assert page.live


def test_an_end_that_a_former_chair_set_waits_too(accounts):
    page = ConferencePage.objects.get(number=12)
    page.expire_at = LATER
    with time_machine.travel(SEPTEMBER, tick=False):
        page.save_revision(user=accounts["DE-BW"]).publish(user=accounts["DE-BW"], skip_permission_checks=True)
    publish_at(LATER + timedelta(seconds=1))
    page.refresh_from_db()
    assert page.live
    with time_machine.travel(LATER + timedelta(hours=1), tick=False):
        (item,) = all_scheduled()
        assert item.waits
        confirm(item, accounts["DE-BY"])
    page.refresh_from_db()
    assert not page.live
    assert page.expired


def test_an_end_within_the_own_term_is_carried_out(accounts):
    page = ConferencePage.objects.get(number=12)
    page.expire_at = BEFORE
    with time_machine.travel(SEPTEMBER, tick=False):
        page.save_revision(user=accounts["DE-BW"]).publish(user=accounts["DE-BW"], skip_permission_checks=True)
    publish_at(AFTER)
    page.refresh_from_db()
    assert not page.live


def test_one_that_fails_does_not_stop_the_others(accounts, monkeypatch):
    with time_machine.travel(SEPTEMBER, tick=False):
        broken = schedule(accounts["DE-BW"], BEFORE - timedelta(hours=1), "Kaputt")
        page = schedule(accounts["DE-BW"], BEFORE, "Heil")
    original = scheduled.carry_out_scheduled

    def fail(item, *args) -> None:
        if item.page.pk == broken.pk:
            raise ValueError("kaputt")
        original(item, *args)

    monkeypatch.setattr("conferences.handover.scheduled.carry_out_scheduled", fail)
    with pytest.raises(CommandError, match="Kaputt"):
        publish_at(LATER)
    page.refresh_from_db()
    assert page.live


def test_ten_times_as_much_costs_no_more_queries(accounts):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            all_scheduled()
        return len(captured)

    with time_machine.travel(SEPTEMBER, tick=False):
        schedule(accounts["DE-BW"], LATER, "Eins")
        one = queries()
        for number in range(9):
            schedule(accounts["DE-BW"], LATER, f"Meldung {number}")
        assert queries() == one
