"""What the model of a conference refuses, and the address that it gives."""

from datetime import date

import pytest
import time_machine
from django.core.exceptions import ValidationError

from conferences.models import ChairTerm, ConferenceGuest, ConferenceIndexPage, ConferencePage, ConferencePressRelease

pytestmark = pytest.mark.django_db


@pytest.fixture
def index():
    return ConferenceIndexPage.objects.get()


def conference(**fields) -> ConferencePage:
    """An unsaved 99th conference that only needs what the test is about."""
    defaults = {
        "title": "99. Konferenz",
        "kind": "main",
        "number": 99,
        "status": "planned",
        "first_day": date(2104, 3, 1),
    }
    return ConferencePage(**defaults | fields)


def errors_of(page: ConferencePage) -> dict:
    with pytest.raises(ValidationError) as caught:
        page.clean()
    return caught.value.message_dict


def test_the_number_is_the_address_of_a_main_conference(index):
    page = index.add_child(instance=conference(title="Ein ganz anderer Titel"))
    assert page.slug == "99"


def test_special_conferences_are_counted_within_their_year(index):
    first = index.add_child(
        instance=conference(title="Sonder", kind="special", number=None, first_day=date(2027, 2, 1))
    )
    second = index.add_child(
        instance=conference(title="Sonder", kind="special", number=None, first_day=date(2027, 9, 1))
    )
    assert (first.slug, second.slug) == ("sonder-2027-1", "sonder-2027-2")


def test_a_special_conference_keeps_its_address_when_it_is_moved_to_another_year(index):
    page = index.add_child(instance=conference(title="Sonder", kind="special", number=None, first_day=date(2027, 2, 1)))
    page.first_day = date(2028, 2, 1)
    page.full_clean()
    assert page.slug == "sonder-2027-1"


def test_a_main_conference_needs_a_number_and_a_special_one_has_none():
    assert "number" in errors_of(conference(number=None))
    assert "number" in errors_of(conference(kind="special"))


def test_a_number_is_given_once():
    assert errors_of(conference(number=12))["number"] == ["Die 12. Konferenz gibt es schon."]


@time_machine.travel("2027-02-28 12:00+01:00")
def test_what_lies_ahead_cannot_have_been_held():
    assert "status" in errors_of(conference(status="held", first_day=date(2027, 3, 1)))
    conference(status="held", first_day=date(2027, 2, 28)).clean()


def test_the_term_must_hold_the_day():
    bremen = ChairTerm.objects.get(land__code="DE-HB")
    assert "chair_term" in errors_of(conference(chair_term=bremen, first_day=date(2021, 7, 1)))
    conference(chair_term=bremen, first_day=date(2021, 6, 30)).clean()


def test_dates_out_of_order_are_refused_beside_the_field():
    assert errors_of(conference(last_day=date(2104, 2, 1)))["last_day"] == ["Der letzte Tag liegt vor dem ersten."]


def test_a_guest_needs_a_name_or_an_office():
    with pytest.raises(ValidationError):
        ConferenceGuest().clean()
    ConferenceGuest(office="Bundesinnenminister").clean()


def test_a_press_release_points_to_one_thing_and_has_a_title():
    for broken in ({}, {"url": "https://example.org/x"}):
        with pytest.raises(ValidationError):
            ConferencePressRelease(**broken).clean()
    ConferencePressRelease(url="https://example.org/x", title="Titel").clean()


@pytest.mark.parametrize(
    ("now", "ahead"),
    [("2026-11-22", [22]), ("2027-12-31", [22]), ("2028-01-01", [])],
)
def test_a_planned_year_lies_ahead_until_it_is_over(now, ahead):
    today = date.fromisoformat(now)
    assert [page.number for page in ConferencePage.objects.upcoming(today)] == ahead


def test_a_planned_day_lies_ahead_until_it_is_over(index):
    index.add_child(instance=conference(first_day=date(2027, 4, 28), last_day=date(2027, 4, 29)))
    numbers = {day: [page.number for page in ConferencePage.objects.upcoming(date(2027, 4, day))] for day in (29, 30)}
    assert 99 in numbers[29]
    assert 99 not in numbers[30]


def test_neighbours_follow_the_calendar_and_skip_drafts():
    twelfth = ConferencePage.objects.get(number=12)
    assert [page.number for page in twelfth.neighbours()] == [11, 13]
    ConferencePage.objects.get(number=13).unpublish()
    assert [page.number for page in twelfth.neighbours()] == [11, 14]
    assert ConferencePage.objects.get(number=1).neighbours()[0] is None
    assert ConferencePage.objects.get(number=22).neighbours()[1] is None
