"""Text from outside, made readable once at the door: what nobody sees in it would break feeds, searches and addresses.

Word breaks lines with U+000B, PDF files and telephones leave marks for writing direction, a Mac parts "ü" in two.
"""

import re
import unicodedata
from typing import Any

from django.utils.text import normalize_newlines

BREAKS = re.compile("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
LINE_ENDS = re.compile("[\t\n]")
# Bullets of Word's fonts Symbol and Wingdings, which come as characters that no other font has.
BULLETS = re.compile("[\uf06e\uf076\uf0a7\uf0a8\uf0b7\uf0d8\uf0fc]")
# Joiners between letters that need them (Persian, Hindi …) and within one emoji stay; so do the flags of England,
# Scotland and Wales, which are spelled in invisible letters.
NEEDED = (
    "(?<=[\u0600-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u18af\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc])[\u200c\u200d]"
    "|(?<=[\u00a9\u00ae\u2190-\u2bff\u3030\u303d\ufe0f\U0001f000-\U0001faff])\u200d(?=[\u2190-\u2bff\U0001f000-\U0001faff])"
    "|\U0001f3f4[\U000e0061-\U000e007a\U000e0030-\U000e0039]+\U000e007f"
)
UNREADABLE = (
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f"  # control characters
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff"  # unseen
    "\ue000-\uf8ff\U000f0000-\U0010ffff"  # of private use: each font draws something else, most of them a box
    "\ud800-\udfff\ufdd0-\ufdef"  # halves and what Unicode never assigns
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
    + "]"
)
KEPT_OR_OUT = re.compile(f"({NEEDED})|{UNREADABLE}")
SUSPECT = re.compile(f"{UNREADABLE}|{BREAKS.pattern}")
HYPHENS = re.compile(r"\s*[-\u2010-\u2015\u2212\ufe58\ufe63\uff0d]\s*")


def readable(text: str, lines: bool = False) -> str:
    """Return `text` in NFC without what nobody can see; breaks of a line become a space, or with `lines` line ends."""
    if text.isascii() and text.isprintable():
        return text
    text = normalize_newlines(text)
    if SUSPECT.search(text):
        text = BULLETS.sub("•", BREAKS.sub("\n" if lines else " ", text))
        text = KEPT_OR_OUT.sub(lambda found: found[1] or "", text)
    return unicodedata.normalize("NFC", text if lines else LINE_ENDS.sub(" ", text))


def comparable(text: str) -> str:
    """Return `text` as it is compared with what is stored: in small letters, with one kind of hyphen and space.

    Word processors keep "Baden‑Württemberg" and "3. Mai" on one line by signs of their own, and make dashes of hyphens.
    """
    # Small letters may be made of parts again, and U+0345 among them becomes a letter of its own.
    small = readable(readable(text).casefold()).casefold()
    return HYPHENS.sub("-", " ".join(unicodedata.normalize("NFC", small).split()))


def readable_parts(value: Any, lines: bool = True) -> Any:
    """Return `value` as JSON has it (text, list, object, else) with all texts readable, also the names in objects."""
    if isinstance(value, str):
        return readable(value, lines)
    if isinstance(value, list):
        return [readable_parts(part, lines) for part in value]
    if isinstance(value, dict):
        return {readable(name): readable_parts(part, lines) for name, part in value.items()}
    return value
