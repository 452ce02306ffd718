"""No sentence in a template is cut where Django takes a comma or a quotation mark for the end of something."""

import re

import pytest
from django.conf import settings

TEMPLATES = sorted((settings.ROOT / "templates").rglob("*.*"))
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
