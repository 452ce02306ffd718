"""Terms do not overlap, persons stay within them."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from conferences.models import ChairPerson, ChairTerm, Land
from conferences.models.chair import day_asked_for

pytestmark = pytest.mark.django_db


def term(**fields) -> ChairTerm:
    defaults = {"land": Land.objects.get(code="DE-SL"), "start": date(2027, 7, 1), "end": date(2028, 6, 30)}
    return ChairTerm(**defaults | fields)


def test_the_database_itself_refuses_terms_that_overlap():
    with pytest.raises(IntegrityError, match="chair_terms_do_not_overlap"), transaction.atomic():
        term(start=date(2027, 6, 30)).save()
    term().save()


def test_an_overlap_is_told_in_german():
    with pytest.raises(ValidationError, match="überschneidet sich"):
        term(start=date(2027, 6, 30)).full_clean()


def test_a_term_that_ends_before_it_starts_is_told_beside_the_field():
    with pytest.raises(ValidationError) as caught:
        term(end=date(2027, 6, 30)).full_clean()
    assert caught.value.message_dict == {"end": ["Der letzte Tag liegt vor dem ersten."]}


def test_a_person_chairs_within_the_term():
    person = ChairPerson(term=term(), name="Person", start=date(2027, 6, 1))
    with pytest.raises(ValidationError) as caught:
        person.clean()
    assert "start" in caught.value.message_dict


def test_two_persons_can_share_a_term():
    bayern = ChairTerm.objects.get(land__code="DE-BY")
    assert [person.name for person in bayern.persons.all()] == ["Emilia Müller", "Joachim Herrmann"]


def test_years_are_short():
    assert ChairTerm.objects.get(land__code="DE-BB").years == "2019/20"
    assert term(start=date(2027, 1, 1), end=date(2027, 5, 1)).years == "2027"


@pytest.mark.parametrize("text", ["2016-10-01", "1.10.2016", "01.10.2016", "1. 10. 2016"])
def test_a_day_can_be_asked_for_as_people_write_it(text):
    assert day_asked_for(text, date(2026, 1, 1)) == (date(2016, 10, 1), "")


@pytest.mark.parametrize(
    "text", ["foo", "2016-13-01", "31.2.2016", "1.10", "\x00", "0000-00-00", "²016-10-01", "9" * 5000]
)
def test_what_is_no_day_gets_a_german_answer(text):
    day, error = day_asked_for(text, date(2026, 1, 1))
    assert day == date(2026, 1, 1)
    assert error.startswith("Bitte einen Tag")
