"""Dates as the sources give them: a day, a month, a year, two rival days, or only the last day.

Functions over `datetime.date`; German wording after DIN 5008 (long form). Nothing here knows models. What is named
"german" is German everywhere; the rest speaks English while an English page is made (intmk/language/english_dates.py).
"""

from dataclasses import dataclass
from datetime import date, timedelta

from intmk.language import english_dates
from intmk.language.interface_language import is_english

# Not the locale's names or Django's: these functions also serve where no translation is active.
MONTHS = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split()  # noqa: SIM905

# Before the first Anwerbeabkommen of 1955 nothing of this body's history lies; the other end catches typing errors.
PLAUSIBLE_YEARS = (1950, 2150)
EXACT, FIRST_DAY_UNKNOWN, MONTH, YEAR, DISPUTED = "exact", "first_day_unknown", "month", "year", "disputed"
CERTAINTIES = {
    EXACT: "Tage bekannt",
    FIRST_DAY_UNKNOWN: "nur der letzte Tag bekannt",
    MONTH: "nur der Monat bekannt",
    YEAR: "nur das Jahr bekannt",
    DISPUTED: "Quellen nennen zwei verschiedene Tage",
}


def german_day(day: date) -> str:
    """Return e.g. "16. März 2017"; for the first of a month "1. Oktober 2016"."""
    return f"{day_and_month(day)}\u00a0{day.year}"


def day_and_month(day: date) -> str:
    """Return e.g. "16. März" with a no-break space, as in intmk/formats: a line never ends in "am 16."."""
    return f"{day.day}.\u00a0{MONTHS[day.month - 1]}"


def german_month(day: date) -> str:
    """Return e.g. "März 2016"."""
    return f"{MONTHS[day.month - 1]} {day.year}"


def german_period(first: date, last: date) -> str:
    """Return first to last day without repeating what they share: "16. und 17. März 2017", "18. bis 20. März 2017"."""
    if first == last:
        return german_day(last)
    joint = "und" if last - first == timedelta(days=1) else "bis"
    if first.year != last.year:
        return f"{german_day(first)} {joint} {german_day(last)}"
    if first.month != last.month:
        return f"{day_and_month(first)} {joint} {german_day(last)}"
    return f"{first.day}. {joint} {german_day(last)}"


def period_in_words(first: date, last: date) -> str:
    """Return first to last day in the language of the page."""
    return english_dates.english_period(first, last) if is_english() else german_period(first, last)


def short_years(first: date, last: date) -> str:
    """Return e.g. "2016/17", or "2020" for days within one year."""
    return str(first.year) if first.year == last.year else f"{first.year}/{last:%y}"


@dataclass(frozen=True)
class UncertainPeriod:
    """One to several days with the certainty in which they are known.

    first, last: what the sources give; which of them count is said by `certainty`, one of CERTAINTIES.
    For MONTH and YEAR only `first` counts and only as far as it is precise. For DISPUTED they are rivals.
    """

    first: date | None
    last: date | None
    certainty: str = EXACT

    def __str__(self) -> str:
        """Return the wording in the language of the page, "" when nothing is known."""
        if is_english():
            return self.in_english
        if self.certainty == FIRST_DAY_UNKNOWN:
            return f"bis {german_day(self.last)}" if self.last else ""
        if self.first is None:
            return ""
        if self.certainty == YEAR:
            return str(self.first.year)
        if self.certainty == MONTH:
            return german_month(self.first)
        last = self.last or self.first
        if self.certainty == DISPUTED:
            if (self.first.year, self.first.month) == (last.year, last.month):
                return f"{self.first.day}. oder {german_day(last)}"
            return f"{german_day(self.first)} oder {german_day(last)}"
        return german_period(self.first, last)

    @property
    def in_english(self) -> str:
        """Return the English wording, "" when nothing is known."""
        if self.certainty == FIRST_DAY_UNKNOWN:
            return english_dates.until(self.last) if self.last else ""
        if self.first is None:
            return ""
        if self.certainty == YEAR:
            return str(self.first.year)
        if self.certainty == MONTH:
            return english_dates.english_month(self.first)
        words = english_dates.either if self.certainty == DISPUTED else english_dates.english_period
        return words(self.first, self.last or self.first)

    @property
    def gap(self) -> str:
        """Return what is missing or disputed as a remark in the language of the page, "" when the days are known."""
        remark = {
            FIRST_DAY_UNKNOWN: "erster Tag nicht bekannt",
            MONTH: "genaue Tage nicht bekannt",
            YEAR: "genaue Tage nicht bekannt",
            DISPUTED: "die Quellen widersprechen sich",
        }.get(self.certainty, "")
        return english_dates.GAPS[remark] if remark and is_english() else remark

    @property
    def machine_readable(self) -> str:
        """Return the start for HTML's <time datetime>: "2017-03-16", "2016-03", "2026" or "" when not one day."""
        if self.certainty == FIRST_DAY_UNKNOWN:
            return self.last.isoformat() if self.last else ""
        if self.first is None:
            return ""
        year, month, day = self.first.isoformat()[:4], self.first.isoformat()[:7], self.first.isoformat()
        if self.certainty == DISPUTED:
            return month if self.last and self.last.isoformat().startswith(month) else year
        return {YEAR: year, MONTH: month}.get(self.certainty, day)

    @property
    def earliest(self) -> date | None:
        """Return the first day on which it may have begun; orders what has no exact day."""
        if self.certainty == FIRST_DAY_UNKNOWN:
            return self.last
        return self.first

    def lies_outside(self, first: date, last: date) -> bool:
        """Say whether it surely does not begin within `first` … `last`: only exact days are sure."""
        return self.certainty == EXACT and self.first is not None and not first <= self.first <= last

    @property
    def latest(self) -> date | None:
        """Return the last day on which it may have ended, e.g. 31 March for March 2016."""
        if self.first is None or self.certainty in (FIRST_DAY_UNKNOWN, EXACT, DISPUTED):
            return self.last or self.first
        if self.certainty == YEAR:
            return date(self.first.year, 12, 31)
        following = date(self.first.year + self.first.month // 12, self.first.month % 12 + 1, 1)
        return date.fromordinal(following.toordinal() - 1)


def problems(first: date | None, last: date | None, certainty: str) -> dict[str, str]:
    """Return German errors by field ("first_day", "last_day") for dates that contradict their certainty."""
    found = {}
    if certainty == FIRST_DAY_UNKNOWN:
        if last is None:
            found["last_day"] = "Bitte den letzten Tag angeben oder eine andere Genauigkeit wählen."
        if first is not None:
            found["first_day"] = "Der erste Tag gilt als nicht bekannt: Bitte das Feld leeren."
    elif first is None:
        found["first_day"] = "Bitte ein Datum angeben (bei Monat oder Jahr genügt der Erste)."
    elif certainty in (MONTH, YEAR):
        if last is not None:
            found["last_day"] = "Bei „nur Monat/Jahr bekannt“ bleibt der letzte Tag leer."
    elif certainty == DISPUTED and (last is None or last == first):
        found["last_day"] = "Bitte den zweiten der beiden Tage angeben, die die Quellen nennen."
    if first and last and last < first:
        found["last_day"] = "Der letzte Tag liegt vor dem ersten."
    implausible = {
        field: "Bitte das Jahr prüfen."
        for field, day in (("first_day", first), ("last_day", last))
        if day and not PLAUSIBLE_YEARS[0] <= day.year <= PLAUSIBLE_YEARS[1]
    }
    return found | implausible
