"""What templates ask of the code: first sentences, places where long words may break."""

import pytest

from conferences.models import ConferencePage
from intmk.templatetags.site_tags import first_sentence, soft


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
