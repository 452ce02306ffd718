"""Where lines of German text may break and where not."""

import re

from intmk.language.dates import ENGLISH_DATES

# Where the long words of our headings may break: not every browser hyphenates, and one such word is wider than a phone.
JOINT = re.compile(
    r"(?<=[a-zäöüß]{4})(?=(?:minister|präsidenten|konferenz|monitoring|freiheit|antrag|punkt|gegenstand))"
)
# "1. Juli", "12. Konferenz", and not the end of a sentence in a year. DIN 5008 keeps number and word together.
ORDINAL = re.compile(r"(?<![\w.,:])(\d{1,2}\.) (?=[A-ZÄÖÜ][a-zäöüß])")
ENGLISH_DAY = re.compile(rf"(?<![\w.,:])(\d{{1,2}}) (?=(?:{'|'.join(ENGLISH_DATES.months)})\b)")


def unbroken(text: str) -> str:
    """Return `text`, plain or HTML, with a no-break space behind ordinal numbers and between day and month."""
    return ENGLISH_DAY.sub("\\1\u00a0", ORDINAL.sub("\\1\u00a0", text))


def soft(text: object) -> str:
    """Return a heading with soft hyphens in its compounds, e.g. Integrations-minister-konferenz, and `unbroken`."""
    return JOINT.sub("\u00ad", unbroken(str(text)))
