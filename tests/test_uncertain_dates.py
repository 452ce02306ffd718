"""Dates are shown as precisely as the sources give them, and no more."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from intmk.language.dates import (
    CERTAINTIES,
    DISPUTED,
    EXACT,
    FIRST_DAY_UNKNOWN,
    MONTH,
    YEAR,
    UncertainPeriod,
    german_day,
    german_period,
    problems,
)
from tests.editing import breakable


@pytest.mark.parametrize(
    ("first", "last", "certainty", "text", "machine"),
    [
        (date(2007, 4, 27), date(2007, 4, 27), EXACT, "27. April 2007", "2007-04-27"),
        (date(2007, 4, 27), None, EXACT, "27. April 2007", "2007-04-27"),
        (date(2017, 3, 16), date(2017, 3, 17), EXACT, "16. und 17. März 2017", "2017-03-16"),
        (date(2017, 3, 16), date(2017, 3, 18), EXACT, "16. bis 18. März 2017", "2017-03-16"),
        (date(2020, 4, 30), date(2020, 5, 1), EXACT, "30. April und 1. Mai 2020", "2020-04-30"),
        (date(2020, 12, 31), date(2021, 1, 1), EXACT, "31. Dezember 2020 und 1. Januar 2021", "2020-12-31"),
        (date(2009, 6, 26), date(2009, 6, 29), DISPUTED, "26. oder 29. Juni 2009", "2009-06"),
        (date(2009, 6, 30), date(2009, 7, 1), DISPUTED, "30. Juni 2009 oder 1. Juli 2009", "2009"),
        (None, date(2015, 3, 26), FIRST_DAY_UNKNOWN, "bis 26. März 2015", "2015-03-26"),
        (date(2016, 3, 1), None, MONTH, "März 2016", "2016-03"),
        (date(2026, 1, 1), None, YEAR, "2026", "2026"),
        (None, None, EXACT, "", ""),
    ],
)
def test_a_period_reads_as_its_source_gives_it(first, last, certainty, text, machine):
    period = UncertainPeriod(first, last, certainty)
    assert breakable(str(period)) == text
    assert period.machine_readable == machine


def test_no_line_ends_between_day_and_month_neither_ours_nor_djangos():
    assert german_day(date(2027, 7, 1)) == "1.\u00a0Juli\u00a02027"
    assert (
        german_period(date(2019, 10, 1), date(2020, 6, 30)) == "1.\u00a0Oktober\u00a02019 bis 30.\u00a0Juni\u00a02020"
    )
    assert german_period(date(2027, 7, 1), date(2028, 6, 30)).count("\u00a0") == 4
    moment = datetime(2027, 7, 1, 8, 5, tzinfo=ZoneInfo("Europe/Berlin"))
    shown = Template('{{ moment|date }} / {{ moment|date:"DATETIME_FORMAT" }}').render(Context({"moment": moment}))
    assert shown == "1.\u00a0Juli\u00a02027 / 1.\u00a0Juli\u00a02027, 08:05"


def test_what_is_missing_is_named_and_what_is_known_is_not():
    assert UncertainPeriod(date(2016, 3, 1), None, MONTH).gap == "genaue Tage nicht bekannt"
    assert UncertainPeriod(date(2017, 3, 16), date(2017, 3, 17)).gap == ""


@pytest.mark.parametrize(
    ("first", "certainty", "latest"),
    [
        (date(2016, 2, 1), MONTH, date(2016, 2, 29)),
        (date(2016, 12, 5), MONTH, date(2016, 12, 31)),
        (date(2027, 1, 1), YEAR, date(2027, 12, 31)),
    ],
)
def test_a_month_or_year_lasts_to_its_end(first, certainty, latest):
    assert UncertainPeriod(first, None, certainty).latest == latest


@pytest.mark.parametrize(
    ("first", "last", "certainty", "field"),
    [
        (None, None, EXACT, "first_day"),
        (date(2017, 3, 17), date(2017, 3, 16), EXACT, "last_day"),
        (None, None, FIRST_DAY_UNKNOWN, "last_day"),
        (date(2015, 3, 25), date(2015, 3, 26), FIRST_DAY_UNKNOWN, "first_day"),
        (date(2016, 3, 1), date(2016, 3, 2), MONTH, "last_day"),
        (date(2009, 6, 26), None, DISPUTED, "last_day"),
        (date(2009, 6, 26), date(2009, 6, 26), DISPUTED, "last_day"),
        (date(202, 6, 26), None, EXACT, "first_day"),
        (date(2017, 6, 26), date(9017, 6, 27), EXACT, "last_day"),
    ],
)
def test_dates_that_contradict_their_certainty_are_refused_beside_the_field(first, last, certainty, field):
    assert field in problems(first, last, certainty)


@given(st.one_of(st.none(), st.dates()), st.one_of(st.none(), st.dates()), st.sampled_from(list(CERTAINTIES)))
def test_whatever_is_not_refused_can_be_shown_and_ordered(first, last, certainty):
    period = UncertainPeriod(first, last, certainty)
    text = str(period)  # never raises, not even for what is refused
    if not problems(first, last, certainty):
        assert text
        assert period.earliest <= period.latest
