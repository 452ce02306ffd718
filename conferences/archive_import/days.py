"""Days in the cells of an import, and what a spreadsheet has taken for a day: numbers of items and circulars, pages."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from conferences.archive_import.cells import HYPHENS, UnfitError, text
from intmk.language.dates import GERMAN_DATES

MONTHS = {name[:3].lower(): number for number, name in enumerate(GERMAN_DATES.months, start=1)} | {
    "jän": 1, "mrz": 3, "mar": 3, "mae": 3, "may": 5, "oct": 10, "dec": 12,
}  # fmt: skip
MONTH = rf"(?P<month>{'|'.join(MONTHS)})[a-zäöü]*\.?"
NO_TIME = (
    r"(?:[T ,]+(?:0?0:00(?::00(?:\.0+)?)?(?: Uhr|Z)?|12:00(?::00)? AM))?"  # what tables make of a day that has no time
)
WRITTEN_DAY = re.compile(
    r"(?:[a-zäöü]{2,10}\.?,? (?:den )?)?(?P<day>\d{1,2})"
    rf"(?:\. ?(?P<number>\d{{1,2}})\.|[. -]*{MONTH}-?) ?(?P<year>\d{{4}}|\d{{2}}){NO_TIME}",
    re.IGNORECASE,
)
ISO_DAY = re.compile(rf"(?P<year>\d{{4}})(?P<sign>[-/])(?P<number>\d{{1,2}})(?P=sign)(?P<day>\d{{1,2}}){NO_TIME}")
# What spreadsheets make of "2.1" and "3/2020": "02. Jan", "2-Jan", "Jan 02", "Mrz 20".
DAY_AND_MONTH = re.compile(rf"(?P<day>\d{{1,2}})[. /-]*{MONTH}", re.IGNORECASE)
MONTH_AND_YEAR = re.compile(rf"{MONTH}[. /-]*(?P<year>\d{{4}}|\d{{2}})", re.IGNORECASE)
SLASHES = re.compile(rf"(\d{{1,2}})/(\d{{1,2}})/(\d{{4}}|\d{{2}}){NO_TIME}")
SERIAL = re.compile(r"[34]\d{4}(?:[.,]0+)?")  # days since 1900, 1982 to 2036


def day(cell: Any) -> date | None:
    """Return the day of "16.03.2017", "16.3.17", "2017-03-16", "16. März 2017", also with a time of midnight."""
    written = text(cell)
    if not written:
        return None
    plain = HYPHENS.sub("-", " ".join(written.split()))
    found = WRITTEN_DAY.fullmatch(with_dots(plain)) or ISO_DAY.fullmatch(plain)
    if found:
        parts = found.groupdict()
        month = int(parts["number"]) if parts["number"] else MONTHS[parts["month"].lower()]
        try:
            return date(int(parts["year"]) + 2000 * (len(parts["year"]) == 2), month, int(parts["day"]))
        except ValueError:
            pass
    if SERIAL.fullmatch(plain):
        raise UnfitError(
            f"„{written[:40]}“ ist die Zahl, mit der Excel einen Tag zählt. Bitte die Spalte als Datum formatieren."
        )
    if SLASHES.fullmatch(plain):
        raise UnfitError(f"„{written[:40]}“ kann zweierlei heißen. Bitte schreiben wie 16.03.2017 oder 2017-03-16.")
    if re.search(r"\d:\d\d", plain):
        raise UnfitError(f"„{written[:40]}“ hat eine Uhrzeit. Bitte nur den Tag angeben, z. B. 16.03.2017.")
    raise UnfitError(f"„{written[:40]}“ ist kein Tag. Möglich sind 16.03.2017, 2017-03-16 und 16. März 2017.")


def with_dots(written: str) -> str:
    """Return "16/3/2017" and "3/16/2017" as "16.3.2017"; others as they are, since their numbers may be either."""
    found = SLASHES.fullmatch(written)
    if not found or max(int(found[1]), int(found[2])) <= 12:
        return written
    first, second = sorted((found[1], found[2]), key=int, reverse=True)
    return f"{first}.{second}.{found[3]}"


def made_a_date(written: str) -> tuple[int, int, int] | None:
    """Return year, month and day of what a spreadsheet made a date, 0 for what it does not tell; None for another text.

    "02. Jan" is (0, 1, 2), "Mrz 20" is (2020, 3, 0).
    """
    plain = " ".join(written.split())
    try:
        # "2.1.20" is a number of an agenda, too.
        if (found := day(plain)) and not re.fullmatch(r"[1-9]\d?\.[1-9]\d?\.\d{2}", plain):
            return found.year, found.month, found.day
    except UnfitError:
        if SERIAL.fullmatch(plain) or SLASHES.fullmatch(plain):
            return 0, 0, 0
    if short := DAY_AND_MONTH.fullmatch(plain):
        return 0, MONTHS[short["month"].lower()], int(short["day"])
    if short := MONTH_AND_YEAR.fullmatch(plain):
        year = int(short["year"])
        return year + 2000 * (year < 100), MONTHS[short["month"].lower()], 0
    return None


def no_date(written: str, what: str, guess: Callable[[int, int, int], str]) -> str:
    """Return `written`; raise UnfitError where a spreadsheet has made a date of it.

    what: whose cell it is, in the dative. guess: returns what it was before for the year, month and day it became.
    """
    made = made_a_date(written)
    if made is None:
        return written
    before = guess(*made) if made[1] else ""
    raise UnfitError(
        f"„{written[:40]}“: Hier hat die Tabellenkalkulation aus {what} ein Datum gemacht"
        f"{f' (wohl aus {before})' if before else ''}. Bitte die Spalte als Text formatieren und "
        f"{before or 'die Zelle'} neu eintragen."
    )


def agenda_item(cell: Any) -> str:
    """Return the number of an item as it was written; "2.1" that became the 2nd of January is refused."""
    return no_date(text(cell), "dem TOP", lambda year, month, day: f"{day}.{month}" if day else f"{month}.{year % 100}")


def pages(cell: Any) -> str:
    """Return which pages it is; "3-5" that became the 3rd of May is refused."""
    return no_date(
        text(cell), "den Seiten", lambda year, month, day: f"{day}-{month}" if day else f"{month}-{year % 100}"
    )
