"""Template tags of the public pages; kept to what a template cannot say by itself."""

import re
from math import cos, pi, sin

from django import template

from conferences.rotation import ORDER, Term

register = template.Library()

RADIUS = 45
# Where the long words of our headings may break: not every browser hyphenates, and one such word is wider than a phone.
JOINT = re.compile(r"(?<=[a-zäöüß]{4})(?=(?:minister|präsidenten|konferenz|monitoring|freiheit|antrag))")


@register.filter
def soft(text: str) -> str:
    """Put soft hyphens into the compounds of `text`, e.g. Integrations-minister-konferenz."""
    return JOINT.sub("\u00ad", str(text))


@register.filter
def first_sentence(text: str) -> str:
    """Return the first sentence of `text`, for lists; "1. Oktober" or "z. B." does not end one."""
    return re.split(r"(?<=[^\W\d]{2}[.!?])\s+(?=[„\"(]?[A-ZÄÖÜ])", text, maxsplit=1)[0]


@register.inclusion_tag("includes/round_table.html")
def round_table(term: Term) -> dict:
    """Draw the sixteen Länder around a table, the first at the top, and fill the seat of the one that chairs."""
    step = 2 * pi / len(ORDER)
    return {
        "term": term,
        "seats": [
            {
                "code": code.removeprefix("DE-"),
                "x": str(round(RADIUS * sin(step * place), 1)),
                "y": str(round(-RADIUS * cos(step * place), 1)),
                "is_chair": code == term.land_code,
            }
            for place, code in enumerate(ORDER)
        ],
    }
