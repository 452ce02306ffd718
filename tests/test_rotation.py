"""Who chairs is a function of the stored terms and the day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conferences.rotation import ORDER, Rotation, Term, next_land, same_day_in_following_year

OCTOBER = Term("DE-BE", date(2018, 10, 1), date(2019, 9, 30))
NINE_MONTHS = Term("DE-BB", date(2019, 10, 1), date(2020, 6, 30))
JULY = Term("DE-HB", date(2020, 7, 1), date(2021, 6, 30))
STORED = Rotation([JULY, OCTOBER, NINE_MONTHS])  # out of order on purpose


def test_the_order_is_alphabetical_and_has_all_sixteen():
    assert len(ORDER) == len(set(ORDER)) == 16
    assert (ORDER[0], ORDER[-1]) == ("DE-BW", "DE-TH")


def test_after_the_last_land_comes_the_first():
    assert next_land("DE-TH") == "DE-BW"
    assert next_land("DE-SN") == "DE-ST"


@pytest.mark.parametrize(
    ("day", "land"),
    [
        (date(2019, 9, 30), "DE-BE"),
        (date(2019, 10, 1), "DE-BB"),
        (date(2020, 6, 30), "DE-BB"),
        (date(2020, 7, 1), "DE-HB"),
        (date(2021, 6, 30), "DE-HB"),
    ],
)
def test_both_ends_of_a_term_belong_to_it(day, land):
    assert STORED.chair_on(day) == land


def test_past_the_last_stored_term_the_next_land_follows_on_the_same_day_of_the_year():
    term = STORED.term_on(date(2021, 7, 1))
    assert (term.land_code, term.start, term.end, term.stored) == (
        "DE-HH",
        date(2021, 7, 1),
        date(2022, 6, 30),
        False,
    )
    assert STORED.term_on(date(2036, 8, 1)).land_code == "DE-HB"  # sixteen years on, the round is complete


def test_before_the_first_term_nobody_chairs():
    assert STORED.term_on(date(2018, 9, 30)) is None
    assert Rotation([]).chair_on(date(2020, 1, 1)) is None


def test_between_two_stored_terms_the_rule_goes_on_until_the_second_begins():
    filler = Rotation([OCTOBER, JULY]).term_on(date(2020, 1, 1))
    assert (filler.land_code, filler.start, filler.end) == ("DE-BB", date(2019, 10, 1), date(2020, 6, 30))
    far = Term("DE-BW", date(2041, 7, 1), date(2042, 6, 30))
    with_gap = Rotation([*STORED.stored, far])
    assert with_gap.term_on(date(2022, 1, 1)).land_code == "DE-HH"
    assert with_gap.term_on(date(2041, 6, 30)).end == date(2041, 6, 30)
    assert with_gap.term_on(date(2041, 7, 1)) == far


def test_the_following_terms_skip_what_has_begun():
    assert [term.land_code for term in STORED.next_terms(2, date(2020, 7, 1))] == ["DE-HH", "DE-HE"]
    assert [term.land_code for term in STORED.next_terms(1, date(2020, 6, 30))] == ["DE-HB"]


def test_a_term_that_began_on_29_february_leaves_no_day_without_a_chair():
    assert same_day_in_following_year(date(2024, 2, 29)) == date(2025, 3, 1)


@given(st.dates(date(2020, 7, 1), date(2400, 1, 1)))
def test_every_day_from_the_first_term_on_has_exactly_one_chair_and_no_gap(day):
    term = STORED.term_on(day)
    assert day in term
    tomorrow = STORED.term_on(term.end + timedelta(days=1))
    assert tomorrow.start == term.end + timedelta(days=1)
    assert tomorrow.land_code == next_land(term.land_code)
