"""What advice is, and the pieces of a page that it is given on."""

import re
from dataclasses import dataclass
from functools import cached_property

from bs4 import BeautifulSoup

# After a word of two letters or a year: "16. und 17. März" and "z. B." are no ends.
END_OF_SENTENCE = re.compile(r"(?:(?<=[^\W\d]{2}[.!?])|(?<=\d{4}[.!?]))\s+(?=[„\"(]?[A-ZÄÖÜ])")
LINES = ("p", "li", "h2", "h3", "h4")


@dataclass(frozen=True)
class Advice:
    """One sentence in German, and where it is mended.

    field: the field of the form, or the key of the block in it; "" for none. label: what the link to it says.
    words: those in the field that are meant. address: of another form, where it is mended there.
    """

    field: str
    label: str
    message: str
    words: str = ""
    address: str = ""


@dataclass(frozen=True)
class Passage:
    """A text of the page as it is stored, plain or as Wagtail's HTML, and the field or block in which it stands."""

    field: str
    label: str
    source: str
    is_rich: bool = False
    is_heading: bool = False

    @cached_property
    def html(self) -> BeautifulSoup:
        """Return it parsed."""
        return BeautifulSoup(self.source if self.is_rich else "", "html.parser")

    @cached_property
    def lines(self) -> list[str]:
        """Return its paragraphs as plain text with plain spaces."""
        parts = [part.get_text("") for part in self.html.find_all(LINES)] if self.is_rich else self.source.splitlines()
        return [line for part in parts if (line := " ".join(part.split()))]

    @property
    def sentences(self) -> list[str]:
        """Return its sentences."""
        return [sentence for line in self.lines for sentence in END_OF_SENTENCE.split(line)]

    def advice(self, message: str, words: str = "") -> Advice:
        """Return advice on it."""
        return Advice(self.field, self.label, message, words)


def briefly(text: str) -> str:
    """Return the beginning of a text that a message quotes."""
    return text if len(text) <= 80 else text[:79].rstrip() + "…"


def words_in_context(words: str, sentence: str) -> str:
    """Return the words with some of the sentence before and behind them."""
    before, _, after = sentence.partition(words)
    start = before if len(before) <= 40 else "…" + before[-40:].partition(" ")[2]
    end = after if len(after) <= 40 else after[:40].rpartition(" ")[0] + " …"
    return f"{start}{words}{end}"
