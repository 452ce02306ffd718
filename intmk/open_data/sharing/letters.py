"""What of a text the typeface can write: the rest is left out, since a box in its place says nothing."""

import re
import unicodedata
from functools import cache

from fontTools.ttLib import TTFont

from intmk import font

# What surrounds words that have gone, and signs between words of which one side has gone.
EMPTY_PAIR = re.compile(r"[(\[{„“\"‚‘»«›‹][\s/,;:·–—-]*[)\]}“”\"‘’«»‹›]")
DOUBLED = re.compile(r"(\s[–—·|/&+-])(?:\s+[–—·|/&+-])+(?=\s)")
BEFORE_SIGN = re.compile(r"\s+(?=[,;:.!?)])")
EDGES = " ,;:·–—-|/&+"


@cache
def letters() -> frozenset[int]:
    """Return the code points that the typeface has; read once, which takes a tenth of a second."""
    with TTFont(font.source(), lazy=True) as face:
        return frozenset(face.getBestCmap())


def writable(text: str) -> str:
    """Return `text` without what the typeface has no letter for; "" where nothing is left that is read.

    A letter with a sign that the typeface cannot put on it stays without the sign.
    """
    kept = "".join(drawn(letter) for letter in unicodedata.normalize("NFC", text))
    if kept == text:
        return text
    for pattern, by in ((EMPTY_PAIR, " "), (DOUBLED, r"\1"), (BEFORE_SIGN, "")):
        kept = pattern.sub(by, kept)
    kept = " ".join(kept.split()).strip(EDGES)
    return kept if any(letter.isalnum() for letter in kept) else ""


def drawn(letter: str) -> str:
    """Return what stands for one character: itself, the same in plainer letters, a space for what is not written."""
    category = unicodedata.category(letter)
    if category[0] == "M" or category == "Cf":
        return ""
    for form in (letter, unicodedata.normalize("NFKC", letter)):
        if all(ord(part) in letters() or part.isspace() for part in form):
            return form
    base = unicodedata.normalize("NFD", letter)[0]
    return base if ord(base) in letters() else " "
