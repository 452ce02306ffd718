"""Numbers of agenda items are read, sorted and missed as people do it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conferences.rules.agenda_item import address_part, missing_between, normalised, sort_key, sort_key_of_circular


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("2.1", "2.1"), ("TOP 2.9b", "2.9b"), ("top2.9 B", "2.9b"), ("a 3", "A3"), ("3.", "3"), (" ", "")],
)
def test_a_number_is_stored_in_one_form(typed, stored):
    assert normalised(typed) == stored


@pytest.mark.parametrize("typed", ["2..1", "b", "2.1bc", "2,1", "zwei", "12345", "2.1/3", "²"])
def test_what_is_no_number_is_refused_in_german(typed):
    with pytest.raises(ValueError, match="keine TOP-Nummer"):
        normalised(typed)


def test_numbers_sort_as_people_count():
    wanted = ["1", "2", "2.1", "2.4", "2.9", "2.9a", "2.9b", "2.10", "2.10.1", "3", "10", "A1", "A3", "A10", "B1", ""]
    assert sorted(reversed(wanted), key=sort_key) == wanted


@given(st.from_regex(r"[A-Z]{0,2}(0|[1-9][0-9]{0,2})(\.(0|[1-9][0-9]{0,2})){0,3}[a-z]?", fullmatch=True))
def test_each_number_has_one_form_and_a_key_that_fits_its_column(number):
    assert normalised(normalised(number)) == normalised(number)
    assert len(sort_key(number)) <= 60
    assert set(address_part(number)) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


def test_numbers_that_are_passed_over_are_named():
    assert missing_between(["1", "2.1", "2.4", "2.6", "2.9b", "2.10", "A3"]) == ["2.2", "2.3", "2.5", "2.7", "2.8"]
    assert missing_between(["1", "3", "A1", "A3"]) == ["2", "A2"]


@pytest.mark.parametrize(("typed", "meant"), [("2.01", "2.1"), ("02", "2"), ("A003.00", "A3.0")])
def test_leading_zeros_are_refused_as_they_would_be_a_second_address_of_the_same_item(typed, meant):
    with pytest.raises(ValueError, match=f"ohne führende Null: {meant}"):
        normalised(typed)


def test_many_missing_numbers_are_one_range():
    assert missing_between(["2.1", "2.91", "3"]) == ["2.2 bis 2.90"]
    assert len(missing_between(["2.1", "2.22"])) == 20
    assert missing_between(["2.1", "2.91"], ["2.3"]) == ["2.2", "2.4 bis 2.90"]


def test_circulars_come_last_by_year_and_number():
    keys = [sort_key_of_circular(*pair) for pair in [(9, 2019), (2, 2020), (9, 2020), (10, 2020)]]
    assert sorted(keys) == keys
    assert keys[0] > sort_key("Z99")
