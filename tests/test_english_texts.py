"""English wording: dates, names of Länder, and the texts of the interface, complete and none too many."""

from datetime import date

import pytest
from django.utils import translation

from conferences.models import ChairPerson, ConferencePage, Source
from conferences.rules.rotation import Term
from intmk.base.sources import MARKS
from intmk.language import land_names
from intmk.language.dates import DISPUTED, EXACT, FIRST_DAY_UNKNOWN, MONTH, YEAR, UncertainPeriod, period_in_words
from intmk.language.interface_language import spoken_on_page
from tests.english_texts import PLAIN_TEXTS, TEXTS, asked_for, catalog, compiled


@pytest.mark.parametrize(
    ("period", "wording"),
    [
        (UncertainPeriod(date(2017, 3, 16), date(2017, 3, 17), EXACT), "16–17 March 2017"),
        (UncertainPeriod(date(2021, 4, 29), None, EXACT), "29 April 2021"),
        (UncertainPeriod(date(2017, 3, 31), date(2017, 4, 1), EXACT), "31 March to 1 April 2017"),
        (UncertainPeriod(date(2016, 12, 31), date(2017, 1, 1), EXACT), "31 December 2016 to 1 January 2017"),
        (UncertainPeriod(date(2009, 6, 26), date(2009, 6, 29), DISPUTED), "26 or 29 June 2009"),
        (UncertainPeriod(date(2009, 6, 30), date(2009, 7, 1), DISPUTED), "30 June 2009 or 1 July 2009"),
        (UncertainPeriod(date(2016, 3, 1), None, MONTH), "March 2016"),
        (UncertainPeriod(date(2026, 1, 1), None, YEAR), "2026"),
        (UncertainPeriod(None, date(2015, 3, 26), FIRST_DAY_UNKNOWN), "until 26 March 2015"),
        (UncertainPeriod(None, None, EXACT), ""),
    ],
)
def test_dates_are_worded_in_english_on_english_pages_only(period, wording):
    german = str(period)
    with spoken_on_page("en"):
        assert str(period).replace("\xa0", " ") == wording
        assert bool(period.gap) == (period.certainty != EXACT)
    assert str(period) == german
    with translation.override(None):
        assert str(period) == german


def test_one_day_of_a_person_and_names_of_laender_follow_the_page():
    person = ChairPerson(start=date(2018, 3, 21))
    assert person.period == "ab 21.03.2018"
    term = Term("DE-NI", date(2024, 7, 1), date(2025, 6, 30))
    with spoken_on_page("en"):
        assert person.period == "from 21\xa0Mar\xa02018"
        assert land_names.on_page("DE-NI", term.land_name) == "Lower Saxony"
        assert land_names.on_page("DE-BW", "Baden-Württemberg") == "Baden-Württemberg"
        assert period_in_words(term.start, term.end).replace("\xa0", " ") == "1 July 2024 to 30 June 2025"
    assert land_names.on_page("DE-NI", term.land_name) == "Niedersachsen"


def labels() -> set[tuple[None, str]]:
    """The labels of choices that English pages show."""
    return {(None, str(label)) for label in (*ConferencePage.Format.labels, *MARKS.values(), *Source.Kind.labels)}


def test_every_text_of_an_english_page_is_translated_and_none_is_left_over():
    translated = {
        (message.context, message.id if isinstance(message.id, str) else tuple(message.id))
        for message in catalog()
        if message.id and not message.fuzzy and all([message.string] if message.string is str else message.string)
    }
    wanted = set(asked_for()) | labels()
    assert {text: asked_for().get(text) for text in wanted - translated} == {}
    assert translated - wanted == set()


@pytest.mark.parametrize("texts", [TEXTS, PLAIN_TEXTS])
def test_the_compiled_texts_are_those_of_the_source(texts):
    assert texts.with_suffix(".mo").read_bytes() == compiled(texts), "make texts"


def test_each_text_in_easier_words_is_still_asked_for():
    assert {(message.context, message.id) for message in catalog(PLAIN_TEXTS) if message.id} <= set(asked_for())


def test_no_library_has_another_german_word_for_a_german_text():
    """Django merges all catalogues: an English text of a library that is spelled alike would be translated."""
    with translation.override("de"):
        found = {
            (context, text): translation.pgettext(context, text) if context else translation.gettext(text)
            for context, text in asked_for()
            if isinstance(text, str)
        }
    assert {key: value for key, value in found.items() if key[1] != value} == {}
