"""Templates can be read, and no sentence in one is cut where Django takes a comma for the end of something."""

import re

import pytest
from django.conf import settings
from django.template.loader import render_to_string

TEMPLATES = sorted((settings.ROOT / "templates").rglob("*.*"))
LONGEST_LINE = 140
YESNO = re.compile(r"""\|\s*yesno:\s*(?:_\()?(["'])(.*?)\1""", re.DOTALL)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(settings.ROOT).as_posix())
def test_yesno_has_a_word_for_each_of_two_or_three_cases_and_no_sentence_with_a_comma(path):
    for _, words in YESNO.findall(path.read_text(encoding="utf-8")):
        cases = words.split(",")
        assert len(cases) in (2, 3), words
        for case in cases:
            assert case == case.strip(), words
            assert case.count("(") == case.count(")"), words
            assert case.count("„") == case.count("“"), words


def test_no_line_of_a_page_is_longer_than_a_screen_is_wide():
    """A line of a mail may be: it is a paragraph."""
    long = [
        f"{path.relative_to(settings.ROOT)}:{number}"
        for path in TEMPLATES
        if path.suffix == ".html"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > LONGEST_LINE
    ]
    assert not long, "\n".join(long)


def test_readers_do_not_load_the_indentation_of_our_templates():
    assert any(line.startswith(" ") for line in (settings.ROOT / "templates" / "500.html").read_text().splitlines())
    assert not [line for line in render_to_string("500.html").splitlines() if line.startswith(" ")]


def test_what_was_typed_comes_back_with_the_spaces_at_its_front():
    page = render_to_string("403_csrf.html", {"fields": [("Text", "  eingerückt\n    und weiter")]})
    assert ">\n  eingerückt\n    und weiter</textarea>" in page
