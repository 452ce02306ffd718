"""Numbers of the items of an agenda (TOP) as the conferences write them: "2.1", "2.9b", "A3".

Pure functions over text. Source: the agendas of the 13th and 16th conference (numbers with letters, gaps between them).
"""

import re
from collections.abc import Collection
from itertools import pairwise
from string import ascii_letters

LONGEST = 12
MOST_GAPS = 20  # in a row; more are told as a range, since a typing error ("2.91") must not fill the page
WITHOUT_NUMBER = "3"  # sorts after numbers ("1…") and letters ("2…")
PREFIX = re.compile(r"^\s*TOP(?=[\s.:\d-])[\s.:-]*", re.IGNORECASE)
NUMBER = re.compile(r"[A-Z]{0,2}\d{1,3}(\.\d{1,3}){0,3}[a-z]?")
LEADING_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")  # "2.01" would be the same item at another address
PIECE = re.compile(r"\d+|[a-z]+")


def normalised(text: str) -> str:
    """Return what an editor typed as it is stored: "TOP 2.9 B" becomes "2.9b", "a 3" becomes "A3".

    Raises ValueError, in German, for what is no number of an agenda item.
    """
    number = re.sub(r"\s+", "", PREFIX.sub("", text)).rstrip(".")
    digits = number.lstrip(ascii_letters)
    number = number[: len(number) - len(digits)].upper() + digits.lower()
    if (plain := LEADING_ZEROS.sub("", number)) != number:
        raise ValueError(f"Bitte ohne führende Null: {plain}.")
    if number and not NUMBER.fullmatch(number):
        raise ValueError("Das ist keine TOP-Nummer. Möglich sind zum Beispiel 1, 2.4, 2.9b oder A3.")
    return number


def sort_key(number: str) -> str:
    """Return a text that sorts as people count: 2.4 < 2.9 < 2.9b < 2.10 < 3 < A3 < "".

    Letters in front stand for papers that are only reported on; to be compared byte by byte (collation "C").
    """
    pieces = PIECE.findall(number.lower())
    return ".".join(f"1{int(piece):04d}" if piece.isdigit() else f"2{piece}" for piece in pieces) or WITHOUT_NUMBER


def sort_key_of_circular(number: int, year: int) -> str:
    """Return the key of an Umlaufbeschluss: after all items of the agenda, by year, then as people count."""
    return f"{WITHOUT_NUMBER}.{year:04d}.{number:05d}"


def address_part(number: str) -> str:
    """Return the part of an address: "2.9b" becomes "top-2-9b"."""
    return "top-" + number.lower().replace(".", "-")


def missing_between(numbers: list[str], explained: Collection[str] = ()) -> list[str]:
    """Return the numbers that are passed over in `numbers`, a list in the order of `sort_key`: 2.4, 2.6 → ["2.5"].

    More than MOST_GAPS in a row are one text, "2.10 bis 2.90", which sorts where they would stand. Those in `explained`
    have a line of their own, so they are left out and end such a row.
    Only between two numbers of the same length under the same heading, since only there counting is certain.
    """
    missing = []
    for before, after in pairwise(numbers):
        (head, last), (next_head, following) = _parted(before), _parted(after)
        if head != next_head:
            continue
        row: list[str] = []
        for number in [f"{head}{number}" for number in range(last + 1, following)]:
            if number in explained:
                missing += _told(row)
                row = []
            else:
                row.append(number)
        missing += _told(row)
    return missing


def _told(row: list[str]) -> list[str]:
    return [f"{row[0]} bis {row[-1]}"] if len(row) > MOST_GAPS else row


def _parted(number: str) -> tuple[str, int]:
    found = re.fullmatch(r"(.*?)(\d+)[a-z]?", number)
    return (found[1], int(found[2])) if found else (number, 0)
