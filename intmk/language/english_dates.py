"""The English wording of `intmk/language/dates.py`: pure functions over `datetime.date`, British order."""

from datetime import date

# Not the locale's names: see intmk/language/dates.py.
MONTHS = "January February March April May June July August September October November December".split()  # noqa: SIM905
GAPS = {
    "erster Tag nicht bekannt": "first day unknown",
    "genaue Tage nicht bekannt": "exact days unknown",
    "die Quellen widersprechen sich": "sources disagree",
}


def day_and_month(day: date) -> str:
    """Return e.g. "16 March" with a no-break space."""
    return f"{day.day}\u00a0{MONTHS[day.month - 1]}"


def english_day(day: date) -> str:
    """Return e.g. "16 March 2017"."""
    return f"{day_and_month(day)}\u00a0{day.year}"


def english_month(day: date) -> str:
    """Return e.g. "March 2016"."""
    return f"{MONTHS[day.month - 1]} {day.year}"


def english_period(first: date, last: date) -> str:
    """Return first to last day without repeating what they share: "16–17 March 2017", "31 March to 1 April 2017"."""
    if first == last:
        return english_day(last)
    if first.year != last.year:
        return f"{english_day(first)} to {english_day(last)}"
    if first.month != last.month:
        return f"{day_and_month(first)} to {english_day(last)}"
    return f"{first.day}–{english_day(last)}"


def until(last: date) -> str:
    """Return e.g. "until 26 March 2015", for days of which only the last is known."""
    return f"until {english_day(last)}"


def either(first: date, last: date) -> str:
    """Return two rival days: "26 or 29 June 2009"."""
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} or {english_day(last)}"
    return f"{english_day(first)} or {english_day(last)}"
