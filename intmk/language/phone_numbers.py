"""Telephone numbers as people write them, and the number that a telephone then dials."""

import re
import unicodedata
from dataclasses import dataclass

from django.core.exceptions import ValidationError

NO_NUMBER = "Darin steht keine vollständige Telefonnummer. Bitte mit Vorwahl und in Ziffern, z. B. „+49 6131 16-0“."
HOME = "49"
MOST_DIGITS = 15  # ITU-T E.164
# The Behördennummer, emergency calls, and the social services of Europe: the same without any code.
SHORT = re.compile(r"11[025]|116\d{3}")
NUMBER = re.compile(
    r"""
    (?<![\w+])
    (?:\(\ ?(?:\+\ ?|00\ ?)[1-9][\d ]{4,12}\)[ ./-]*|   # (+49 6131)
       \(?\ ?(?:\+\ ?|00\ ?)[1-9]\d{0,3}\ ?\)?[ ./-]*)?  # +49, 0049, (+49)
    (?:\(\ ?\d[\d ]{0,7}\)[ ./-]*){0,2}                # (0), (06131)
    \d+(?:(?:\ {0,3}[./-]\ {0,3}|\ {1,3})\d+)*
    """,
    re.VERBOSE,
)
INTERNATIONAL = re.compile(r"[\s(]*(?:\+|00)")
LONGEST_CODE = 5  # digits of a German area code, without its zero
NOT_TO_BE_CALLED = re.compile(r"(?:fax|telefax|\bF)\W*\Z", re.IGNORECASE)
UNFINISHED = re.compile(r"-?[ox](?![a-z])", re.IGNORECASE)  # a letter in place of a digit
HOURS = re.compile(r"\s*(?:Uhr|h\b)")
# Numbers for which letters stand on the keys: 0800 AMT …
LETTERS_ON_KEYS = re.compile(r"[ -]?[A-Z]{2,}")
WITH_LETTERS = ("800", "700", "180", "900", "137")


@dataclass(frozen=True)
class Phone:
    """A text with the first number in it that can be called. link: "tel:+496131160", "" where there is none."""

    before: str
    shown: str
    after: str
    link: str


def phone_in(text: str) -> Phone:
    """Return the first number in `text` that can be called, e.g. "06131 16-0" in "Tel. 06131 16-0, Fax -99"."""
    plain = as_typed(text)
    for found in NUMBER.finditer(plain):
        written = first_alone(found[0])
        end = found.start() + len(written)
        before, after = plain[: found.start()], plain[end:]
        dialled = (
            ""
            if NOT_TO_BE_CALLED.search(before) or HOURS.match(after) or UNFINISHED.match(after)
            else dialled_for(written, after)
        )
        if dialled:
            return Phone(text[: found.start()], text[found.start() : end], text[end:], f"tel:{dialled}")
    return Phone(text, "", "", "")


def as_typed(text: str) -> str:
    """Return `text`, as long as it is, with the signs of a keyboard for what word processors make of them."""
    signs = {"＋": "+", "−": "-", "⁄": "/", "∕": "/", "（": "(", "）": ")"}
    return "".join(map(lambda letter: signs.get(letter) or plain_sign(letter), text))


def plain_sign(letter: str) -> str:
    """Return the space, hyphen or digit that `letter` is a kind of, all else as it is; line ends part numbers."""
    category = unicodedata.category(letter)
    if category == "Nd":
        return str(unicodedata.digit(letter))
    return {"Zs": " ", "Pd": "-"}.get(category, letter)


def first_alone(written: str) -> str:
    """Return the first of numbers that only a slash, a dash or a space parts: "06131 16-0/100" → "06131 16-0"."""
    for border in re.finditer(r" *[/-] *| +", written):
        before, after = written[: border.start()], written[border.end() :]
        if "-" in border[0] and re.search(r"\d *- *0\Z", before):  # "16-0-100"
            is_another = True
        elif "/" in border[0]:
            is_another = after.startswith("0") or len(national(before)) > LONGEST_CODE
        elif re.fullmatch(" +- +", border[0]):
            is_another = re.search(r"\d-\d", before) is not None
        else:  # the same area code once more
            first = re.match(r"\d{3,}", written)
            is_another = border[0].isspace() and first is not None and re.match(rf"{first[0]}\b", after) is not None
        if is_another and before.strip("( +"):
            return before
    return written


def national(written: str) -> str:
    """Return the digits of a number as far as it is known, without the code of Germany and the zero before it."""
    digits = re.sub(r"\D", "", written.replace("(0)", ""))
    if INTERNATIONAL.match(written):
        digits = digits.removeprefix("00").removeprefix(HOME)
    return digits.removeprefix("0")


def dialled_for(written: str, after: str = "") -> str:
    """Return what to dial for one number, "" for what is none; `after`: what stands behind it."""
    digits = re.sub(r"\D", "", written)
    if SHORT.fullmatch(digits):
        return digits
    if INTERNATIONAL.match(written):
        abroad = re.sub(r"\D", "", re.sub(r"\( ?0 ?\)", "", written)).removeprefix("00")
        if abroad.startswith(HOME):  # "+49 06131": no German number has a zero there
            abroad = HOME + abroad.removeprefix(HOME).removeprefix("0")
        fewest = 5
    elif digits.startswith("0") and not digits.startswith("00"):
        abroad, fewest = HOME + digits[1:], 7
    else:
        return ""
    with_letters = abroad.startswith(tuple(HOME + code for code in WITH_LETTERS)) and LETTERS_ON_KEYS.match(after)
    return f"+{abroad}" if fewest <= len(abroad) <= MOST_DIGITS and not with_letters else ""


def check_phone(text: str) -> None:
    """Raise ValidationError for a text without a number that can be called."""
    if text and not phone_in(text).link:
        raise ValidationError(NO_NUMBER)
