"""Dates as the sources give them: a day, a month, a year, two rival days, or only the last day.

Functions over `datetime.date`; German wording after DIN 5008 (long form), English in British order. Nothing here knows
models. What is named "german" is German everywhere; the rest speaks English while an English page is made.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from intmk.language.interface_language import is_english

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


@dataclass(frozen=True)
class DateWording:
    """How a language writes dates.

    dot: behind the number of a day. two_days, more_days, within_month: between first and last day, the third in place
    of the others where both lie in one month. gaps: what is missing or disputed, by certainty.
    """

    # Not the locale's names or Django's: these also serve where no translation is active.
    months: list[str]
    dot: str
    two_days: str
    more_days: str
    within_month: str | None
    rivals: str
    until: str
    gaps: dict[str, str]

    def day_and_month(self, day: date) -> str:
        """Return e.g. "16. März" with a no-break space, as in intmk/language/formats: a line never ends in "am 16."."""
        return f"{day.day}{self.dot}\u00a0{self.months[day.month - 1]}"

    def day(self, day: date) -> str:
        """Return e.g. "16. März 2017"; for the first of a month "1. Oktober 2016"."""
        return f"{self.day_and_month(day)}\u00a0{day.year}"

    def month(self, day: date) -> str:
        """Return e.g. "März 2016"."""
        return f"{self.months[day.month - 1]} {day.year}"

    def period(self, first: date, last: date) -> str:
        """Return first to last day without repeating what they share.

        "16. und 17. März 2017", "18. bis 20. März 2017"; "16–17 March 2017", "31 March to 1 April 2017".
        """
        if first == last:
            return self.day(last)
        joint = self.two_days if last - first == timedelta(days=1) else self.more_days
        if first.year != last.year:
            return f"{self.day(first)}{joint}{self.day(last)}"
        if first.month != last.month:
            return f"{self.day_and_month(first)}{joint}{self.day(last)}"
        return f"{first.day}{self.dot}{self.within_month or joint}{self.day(last)}"

    def either(self, first: date, last: date) -> str:
        """Return two rival days: "26. oder 29. Juni 2009"."""
        same_month = (first.year, first.month) == (last.year, last.month)
        return f"{f'{first.day}{self.dot}' if same_month else self.day(first)}{self.rivals}{self.day(last)}"


GERMAN_DATES = DateWording(
    months="Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split(),  # noqa: SIM905
    dot=".",
    two_days=" und ",
    more_days=" bis ",
    within_month=None,
    rivals=" oder ",
    until="bis ",
    gaps={
        FIRST_DAY_UNKNOWN: "erster Tag nicht bekannt",
        MONTH: "genaue Tage nicht bekannt",
        YEAR: "genaue Tage nicht bekannt",
        DISPUTED: "die Quellen widersprechen sich",
    },
)
ENGLISH_DATES = DateWording(
    months="January February March April May June July August September October November December".split(),  # noqa: SIM905
    dot="",
    two_days=" to ",
    more_days=" to ",
    within_month="–",
    rivals=" or ",
    until="until ",
    gaps={
        FIRST_DAY_UNKNOWN: "first day unknown",
        MONTH: "exact days unknown",
        YEAR: "exact days unknown",
        DISPUTED: "sources disagree",
    },
)
german_day, german_period = GERMAN_DATES.day, GERMAN_DATES.period


def date_wording() -> DateWording:
    """Return that of the language of the page."""
    return ENGLISH_DATES if is_english() else GERMAN_DATES


def german_moment(moment: datetime) -> str:
    """Return e.g. "1. Juli 2027, 08:00 Uhr", the time in Berlin."""
    local = timezone.localtime(moment, timezone.get_default_timezone())
    return f"{german_day(local.date())}, {local:%H:%M} Uhr"


def period_in_words(first: date, last: date) -> str:
    """Return first to last day in the language of the page."""
    return date_wording().period(first, last)


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
        wording = date_wording()
        if self.certainty == FIRST_DAY_UNKNOWN:
            return f"{wording.until}{wording.day(self.last)}" if self.last else ""
        if self.first is None:
            return ""
        if self.certainty == YEAR:
            return str(self.first.year)
        if self.certainty == MONTH:
            return wording.month(self.first)
        words = wording.either if self.certainty == DISPUTED else wording.period
        return words(self.first, self.last or self.first)

    @property
    def gap(self) -> str:
        """Return what is missing or disputed as a remark in the language of the page, "" when the days are known."""
        return date_wording().gaps.get(self.certainty, "")

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
