"""What templates ask of the code: the round of the sixteen, first sentences, places where long words may break."""

from datetime import date

import pytest

from conferences.models import ConferencePage
from conferences.rotation import LAND_NAMES, ORDER, Rotation, Term
from intmk.templatetags.site_tags import first_sentence, soft

ROTATION = Rotation([Term("DE-NI", date(2008, 10, 1), date(2009, 9, 30))])


def chair(year: int) -> Term:
    term = ROTATION.term_on(date(year, 12, 1))
    assert term is not None
    return term


def test_a_lap_has_the_sixteen_in_order_with_one_term_each():
    lap = ROTATION.lap(chair(2026))
    assert [name for name, _ in lap] == [LAND_NAMES[code] for code in ORDER]
    assert [term.start.year for _, term in lap if term] == list(range(2016, 2032))


def test_the_first_lap_is_empty_before_the_rotation_began():
    lap = ROTATION.lap(chair(2008))
    assert [name for name, term in lap if term is None] == [name for name, _ in lap][:8]
    assert lap[8][1] == ROTATION.stored[0]


def test_every_term_is_in_its_own_lap():
    for year in range(2008, 2045):
        term = chair(year)
        assert ROTATION.lap(term)[term.place - 1][1] == term


@pytest.mark.parametrize(
    ("introduction", "first"),
    [
        ("Ein Satz. Noch einer.", "Ein Satz."),
        ("Am 1. Oktober 2016 begann es. Dann kam mehr.", "Am 1. Oktober 2016 begann es."),
        ("Länder, z. B. Hessen, stimmen ab. „Einheit“ gilt.", "Länder, z. B. Hessen, stimmen ab."),
        ("", ""),
    ],
)
def test_the_first_sentence_of_an_introduction(introduction, first):
    assert first_sentence(introduction) == first


def test_long_words_may_break_at_their_joints():
    assert soft("12. Integrationsministerkonferenz").split("\u00ad") == ["12. Integrations", "minister", "konferenz"]
    assert soft("Vorsitz") == "Vorsitz"


@pytest.mark.django_db  # a page asks for its content type when it is made
def test_a_title_without_its_number_keeps_other_titles_whole():
    assert ConferencePage(number=12, title="12. Konferenz").title_after_number == "Konferenz"
    assert ConferencePage(number=1, title="12. Konferenz").title_after_number == "12. Konferenz"
    assert ConferencePage(title="Sonderkonferenz").title_after_number == "Sonderkonferenz"
