"""Who chairs is a function of the stored terms and the day."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conferences.rules.rotation import LAST_DAY, ORDER, Rotation, Term, next_land, same_day_in_following_year

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


ALONE = Rotation([Term("DE-NI", date(2008, 10, 1), date(2009, 9, 30))])


def stored(first_year: int, *codes: str) -> Rotation:
    """Terms of a year each, from July to June."""
    years = range(first_year, first_year + len(codes))
    return Rotation(
        Term(f"DE-{code}", date(year, 7, 1), date(year + 1, 6, 30)) for year, code in zip(years, codes, strict=True)
    )


def years_of(lap: list[tuple[str, list[Term]]]) -> dict[str, list[int]]:
    return {code.removeprefix("DE-"): [term.start.year for term in terms] for code, terms in lap}


def test_a_lap_has_the_sixteen_in_order_with_one_term_each():
    lap = ALONE.lap(ALONE.term_on(date(2026, 12, 1)))
    assert [code for code, _ in lap] == list(ORDER)
    assert [[term.start.year for term in terms] for _, terms in lap] == [[year] for year in range(2016, 2032)]


def test_the_first_lap_is_empty_before_the_rotation_began():
    lap = ALONE.lap(ALONE.stored[0])
    assert [code for code, terms in lap if not terms] == list(ORDER[:8])
    assert lap[8] == ("DE-NI", [ALONE.stored[0]])


def test_every_term_is_in_its_own_lap():
    for year in range(2008, 2045):
        term = ALONE.term_on(date(year, 12, 1))
        assert ALONE.lap(term)[term.place - 1] == (term.land_code, [term])


def test_two_laender_that_swap_stay_in_their_round_each_with_its_own_term():
    swapped = stored(2026, "RP", "SN", "SL")
    years = years_of(swapped.lap(swapped.stored[0]))
    assert (years["SL"], years["SN"], years["ST"]) == ([2028], [2027], [2029])
    assert all(len(terms) <= 1 for terms in years.values())


def test_the_last_and_the_first_land_swap_and_each_stays_in_its_own_round():
    swapped = stored(2030, "SH", "BW", "TH")
    former, latter = (years_of(swapped.lap(swapped.term_on(date(year, 8, 1)))) for year in (2030, 2031))
    assert (former["SH"], former["TH"], former["BW"]) == ([2030], [2032], [])
    assert (latter["BW"], latter["BY"], latter["TH"]) == ([2031], [2033], [2047])


def test_a_land_that_was_passed_over_has_no_term_in_that_round():
    skipped = stored(2026, "RP", "SN")
    years = years_of(skipped.lap(skipped.stored[1]))
    assert (years["RP"], years["SL"], years["SN"], years["ST"]) == ([2026], [], [2027], [2028])
    assert sum(map(len, years_of(skipped.lap(skipped.term_on(date(2035, 8, 1)))).values())) == 16


def test_a_land_that_chairs_twice_in_a_round_has_both_terms():
    twice = stored(2026, "RP", "RP")
    years = years_of(twice.lap(twice.stored[1]))
    assert (years["RP"], years["SL"]) == ([2026, 2027], [2028])


def test_a_term_of_another_rotation_has_no_round_here():
    with pytest.raises(ValueError, match="keine Amtszeit dieses Turnus"):
        ALONE.lap(Term("DE-BW", date(2009, 10, 1), date(2010, 9, 30)))


@given(
    st.lists(st.sampled_from(ORDER), min_size=1, max_size=40).map(lambda codes: [code[3:] for code in codes]),
    st.integers(0, 39),
)
def test_whatever_is_stored_a_lap_names_every_land_once_and_holds_its_term(codes, position):
    rotation = stored(2000, *codes)
    term = rotation.stored[position % len(codes)]
    lap = rotation.lap(term)
    assert [code for code, _ in lap] == list(ORDER)
    assert term in dict(lap)[term.land_code]
    assert all(found.land_code == code for code, terms in lap for found in terms)


def test_the_terms_of_a_land_are_those_so_far_and_the_next():
    assert [term.start.year for term in STORED.terms_of("DE-BE", date(2026, 11, 23))] == [2018, 2034]
    assert [term.start.year for term in STORED.terms_of("DE-HH", date(2026, 11, 23))] == [2021, 2037]
    assert [term.start.year for term in STORED.terms_of("DE-HB", date(2019, 1, 1))] == [2020]


def test_many_questions_about_the_end_of_all_days_cost_one_walk_there():
    rotation = Rotation(ALONE.stored)
    last = rotation.term_on(LAST_DAY - timedelta(days=400))
    assert rotation.term_on(date.max) is None
    for _ in range(10):  # ten walks would cost more than tests/cost.py allows
        assert rotation.lap(last)
        assert rotation.term_before(last).end < last.start


@st.composite
def rotations(draw) -> Rotation:
    """Any Länder, any lengths from a day on, with gaps or without, in any order: the database forbids overlaps only."""
    day = draw(st.dates(date(1950, 1, 1), date(2100, 1, 1)))
    terms = []
    for _ in range(draw(st.integers(1, 20))):
        start = day + timedelta(days=draw(st.one_of(st.just(0), st.integers(0, 4000))))
        end = start + timedelta(days=draw(st.one_of(st.just(0), st.integers(0, 800))))
        terms.append(Term(draw(st.sampled_from(ORDER)), start, end))
        day = end + timedelta(days=1)
    return Rotation(draw(st.permutations(terms)))


def from_the_first_on(rotation: Rotation, years: int = 30) -> list[Term]:
    """The terms from the first stored one to some years past the last."""
    return rotation.terms_between(rotation.stored[0].start, rotation.stored[-1].end + timedelta(days=365 * years))


@given(rotations(), st.integers(-400, 30_000))
def test_whatever_is_stored_every_day_has_exactly_one_answer(rotation, days):
    terms = from_the_first_on(rotation)
    assert all(term.start <= term.end for term in terms)
    assert all(one.end + timedelta(days=1) == other.start for one, other in pairwise(terms))
    assert [term for term in terms if term.stored] == rotation.stored
    day = rotation.stored[0].start + timedelta(days=days)
    if day < rotation.stored[0].start:
        assert rotation.term_on(day) is None
        assert rotation.chair_on(day) is None
        return
    found = rotation.term_on(day)
    assert day in found
    assert rotation.chair_on(day) == found.land_code
    assert rotation.terms_between(day, day) == [found]


@given(rotations())
def test_the_rule_never_skips_a_land_but_one_that_had_its_turn_lately(rotation):
    terms = from_the_first_on(rotation)
    for number, term in enumerate(terms[1:], start=1):
        if term.stored:
            continue
        lately = [item.land_code for item in terms[max(0, number - 8) : number]]
        expected = next_land(lately[-1])
        while expected != term.land_code:  # what lies between the Land before and this one was passed over
            assert expected in lately
            expected = next_land(expected)
        assert term.land_code not in lately


@given(rotations(), st.integers(-400, 9000), st.integers(0, 3000), st.integers(0, 6))
def test_all_questions_agree_day_by_day(rotation, offset, length, number):
    first = rotation.stored[0].start + timedelta(days=offset)
    last = first + timedelta(days=length)
    days = [first + timedelta(days=step) for step in range(length + 1)]
    by_day = [term for term in map(rotation.term_on, days) if term]
    assert rotation.terms_between(first, last) == list(dict.fromkeys(by_day))
    coming = rotation.next_terms(number, first)
    assert len(coming) == number
    here = rotation.term_on(first)
    day = here.end + timedelta(days=1) if here else max(rotation.stored[0].start, first + timedelta(days=1))
    for term in coming:
        assert rotation.term_on(day) == term
        day = term.end + timedelta(days=1)
