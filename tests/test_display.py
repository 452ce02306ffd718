"""What templates ask of the code: first sentences, places where long words may break."""

import pytest

from conferences.models import ConferencePage
from intmk.language.typography import soft, unbroken
from intmk.templatetags.site_tags import first_sentence


@pytest.mark.parametrize(
    ("introduction", "first"),
    [
        ("Ein Satz. Noch einer.", "Ein Satz."),
        ("Am 1. Oktober 2016 begann es. Dann kam mehr.", "Am 1.\u00a0Oktober 2016 begann es."),
        ("Länder, z. B. Hessen, stimmen ab. „Einheit“ gilt.", "Länder, z. B. Hessen, stimmen ab."),
        ("", ""),
    ],
)
def test_the_first_sentence_of_an_introduction(introduction, first):
    assert first_sentence(introduction) == first


def test_long_words_may_break_at_their_joints():
    assert soft("12. Integrationsministerkonferenz").split("\u00ad") == [
        "12.\u00a0Integrations",
        "minister",
        "konferenz",
    ]
    assert soft("Vorsitz") == "Vorsitz"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Am 1. Juli beginnt die 2. Konferenz.", "Am 1.~Juli beginnt die 2.~Konferenz."),
        ("<p>Seit dem 1. Oktober</p><p>9. Beschluss</p>", "<p>Seit dem 1.~Oktober</p><p>9.~Beschluss</p>"),
        ("So war es 2016. Danach kam TOP 2.9. Und 3,5. Das", "So war es 2016. Danach kam TOP 2.9. Und 3,5. Das"),
        ("Der 2. und der 3. Tag", "Der 2. und der 3.~Tag"),
        ("", ""),
    ],
)
def test_an_ordinal_number_stays_with_its_word(text, shown):
    assert unbroken(text) == shown.replace("~", "\u00a0")


@pytest.mark.django_db  # a page asks for its content type when it is made
def test_a_title_without_its_number_keeps_other_titles_whole():
    assert ConferencePage(number=12, title="12. Konferenz").title_after_number == "Konferenz"
    assert ConferencePage(number=1, title="12. Konferenz").title_after_number == "12. Konferenz"
    assert ConferencePage(title="Sonderkonferenz").title_after_number == "Sonderkonferenz"
