"""Days in a text that the fields of the page contradict: "Am 16. und 17. März", after the conference was moved."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from intmk.desk.page_check.advice import Advice, Passage, words_in_context
from intmk.language.dates import GERMAN_DATES, german_day, german_period

MONTHS = GERMAN_DATES.months
WEEKDAYS = ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"]
WEEKDAY = rf"(?:{'|'.join(WEEKDAYS)}|Sonnabend)"
MONTH = (
    r"(?:Jan(?:uar|\.)|Jänner|Feb(?:ruar|\.)|März|Mrz\.|Apr(?:il|\.)|Mai|Jun[i.]|Jul[i.]|Aug(?:ust|\.)|"
    r"Sept?(?:ember|\.)|Okt(?:ober|\.)|Nov(?:ember|\.)|Dez(?:ember|\.))"
)
YEAR = r"(?:19|20)\d\d\b"
# Up to two of them make a period; only the last one has to name its month.
DAYS = re.compile(
    rf"""
    (?<![\d.,/])
    (?:
        (?P<first>[0-3]?\d)\.?\s?
        (?:(?P<first_name>{MONTH})|(?P<first_number>[01]?\d)\.)?\s?(?P<first_year>{YEAR})?\s?
        (?:und|bis|sowie|auf|[-–—/&])\s?(?:(?:zum|den|dem)\s)?(?:{WEEKDAY},?\s)?(?:(?:dem|den)\s)?
    )?
    (?P<last>[0-3]?\d)\.\s?
    (?:(?P<name>{MONTH})|(?P<number>[01]?\d)\.)
    (?:\s?(?P<year>{YEAR}|(?<=\.)\d\d\b))?
    """,
    re.VERBOSE,
)
WITH_WEEKDAY = re.compile(rf"\b(?P<weekday>{WEEKDAY}),?\s(?:(?:den|dem)\s)?(?={DAYS.pattern})", re.VERBOSE)
OTHER_NUMBER = re.compile(r"\b(\d{1,3})\.\s(?:IntMK|Integrationsminister|Konferenz|Hauptkonferenz|Sitzung)")
# A day alone is that of the conference only where the sentence says so; a period nearly always is.
MEETS = re.compile(
    r"\b(?:statt|stattfinde[nt]|stattgefunden|tagt\w*|tagen|getagt|traf(?:en)?|trifft|treffen sich|zusammen|"
    r"zusammenkommen|zusammengekommen|ber(?:iet|ieten|ät|aten)|beginn[te]n?|endet|"
    r"(?:IntMK|[Kk]onferenz|Integrationsministerkonferenz|Sonderkonferenz) (?:am|vom))\b"
)
OF_ELSE = re.compile(
    r"Vorkonferenz|Vorbereitung|Herbsttreffen|Amtschef|Staatssekretär|Arbeitsgruppe|Fach(?:tag|konferenz)|Ausstellung|"
    r"Beschl[uü]ss\w* vom|Schreiben|[Bb]rief|Pressemitteilung|Pressekonferenz|Protokoll|Niederschrift|Stand:|Frist|"
    r"[Aa]nmeld|spätestens|\b[Ss]eit\b|veröffentlicht|Bundesrat|Bundestag|Ministerpräsident|\bMPK\b|Gesetz|Verordnung|"
    r"geboren|in Kraft|abgerufen|verschoben|ursprünglich|statt (?:am|wie|vom)|Vorjahr|"
    r"(?:nächste|vorige|letzte|vorherige|folgende)[nr]? "
)
DATELINE = re.compile(rf"^[A-ZÄÖÜ][\w .()/-]{{1,40}},\s(?:(?:den|am)\s)?(?P<day>{DAYS.pattern})", re.VERBOSE)


@dataclass(frozen=True)
class WrittenDays:
    """One or more days as a text writes them. first, last: (month, day). year: None where it names none."""

    words: str
    first: tuple[int, int]
    last: tuple[int, int]
    year: int | None

    @property
    def is_period(self) -> bool:
        return self.first != self.last

    def are_within(self, period: tuple[date, date]) -> bool:
        """Say whether a day lies in the period, or whether a period is the same."""
        first, last = ((day.month, day.day) for day in period)
        if self.year and self.year not in {day.year for day in period}:
            return False
        return (self.first, self.last) == (first, last) if self.is_period else first <= self.first <= last

    def share_a_month_with(self, period: tuple[date, date]) -> bool:
        """Say whether they lie in its months, of its year where they name one."""
        months, years = ({getattr(day, part) for day in period} for part in ("month", "year"))
        return {self.first[0], self.last[0]} <= months and (self.year is None or self.year in years)


def days_in(text: str) -> list[WrittenDays]:
    """Return the days that a German text names, e.g. of "vom 16. bis 17. März", "16./17.03.2017"."""
    return [days for found in DAYS.finditer(text) if (days := read_days(found))]


def read_days(found: re.Match) -> WrittenDays | None:
    """Return what DAYS has found; None for what is no day, e.g. "TOP 2.4." """
    if found["number"] and not found["year"] and not found["first"]:
        return None
    month = month_of(found["name"], found["number"])
    named = found["first_name"] or found["first_number"]
    before = month_of(found["first_name"], found["first_number"]) if named else month
    last = (month, int(found["last"]))
    first = (before, int(found["first"])) if found["first"] else last
    if not all(1 <= part[0] <= 12 and 1 <= part[1] <= 31 for part in (first, last)):
        return None
    year = int(found["year"]) if found["year"] else None
    return WrittenDays(found[0].strip(), first, last, year + 2000 if year and year < 100 else year)


def month_of(name: str | None, number: str | None) -> int:
    """Return the number of a month that is named, abbreviated or numbered."""
    if not name:
        return int(number or 0)
    begins = {"Jän": "Jan", "Mrz": "Mär"}.get(name[:3], name[:3])
    return next(count for count, month in enumerate(MONTHS, 1) if month.startswith(begins))


def advice_on_days(
    passages: Iterable[Passage],
    period: tuple[date, date] | None,
    former: tuple[date, date] | None = None,
    number: int | None = None,
    only_if_named: bool = False,
) -> list[Advice]:
    """Return where texts name other days for the conference than its fields do.

    former: when it was to be as readers know it, so that what still says so is found in any month. number: of the
    conference. only_if_named: on a page about something else only sentences count that name this number.
    """
    if period is None:
        return []
    known = german_period(*period).replace("\u00a0", " ")
    return [
        passage.advice(
            f"Die Felder der Konferenz sagen {known}, hier steht: „{words_in_context(days.words, sentence)}“",
            days.words,
        )
        for passage in passages
        for sentence in passage.sentences
        if speaks_of_conference(sentence, number, only_if_named)
        for days in days_in(sentence)
        if contradicts(days, sentence, period, former)
    ]


def speaks_of_conference(sentence: str, number: int | None, only_if_named: bool) -> bool:
    """Say whether its days can be those of the conference with this number."""
    named = {int(found) for found in OTHER_NUMBER.findall(sentence)}
    is_named = number is not None and named == {number}
    return not OF_ELSE.search(sentence) and (is_named or (not named and not only_if_named))


def contradicts(days: WrittenDays, sentence: str, period: tuple[date, date], former: tuple[date, date] | None) -> bool:
    """Say whether these days of the sentence are meant as those of the conference and are others."""
    if days.are_within(period) or not (days.is_period or MEETS.search(sentence)):
        return False
    is_former = former is not None and former != period and days.are_within(former)
    return is_former or days.share_a_month_with(period)


def advice_on_weekdays(passages: Iterable[Passage]) -> list[Advice]:
    """Return where a weekday is not that of the day, which names its year: "Freitag, 16. März 2017"."""
    return [advice for passage in passages for line in passage.lines for advice in wrong_weekdays(passage, line)]


def wrong_weekdays(passage: Passage, line: str) -> Iterator[Advice]:
    """Yield the advice for one line."""
    for found in WITH_WEEKDAY.finditer(line):
        written = DAYS.match(line, found.end())
        days = read_days(written) if written else None
        if not written or not days or not days.year:
            continue
        try:
            day = date(days.year, *days.first)
        except ValueError:
            continue
        weekday = WEEKDAYS[day.weekday()]
        said = found["weekday"].replace("Sonnabend", "Samstag")
        if said != weekday:
            words = f"{found[0]}{written[0]}".strip()
            yield passage.advice(f"„{words}“: Der {german_day(day).replace(chr(160), ' ')} ist ein {weekday}.", words)


def advice_on_dateline(passages: Iterable[Passage], day: date | None) -> list[Advice]:
    """Return that a press release begins with another day ("Mainz, 17. März 2017") than its field has."""
    for passage in passages:
        found = next((found for line in passage.lines[:1] if (found := DATELINE.match(line))), None)
        days = next(iter(days_in(found["day"])), None) if found else None
        if day and days and days.year and not days.is_period and not days.are_within((day, day)):
            known = german_day(day).replace("\u00a0", " ")
            return [passage.advice(f"Der Text beginnt mit „{days.words}“, das Feld „Datum“ sagt {known}.", days.words)]
    return []


def advice_on_programme(days: Iterable[tuple[str, date]], period: tuple[date, date] | None) -> list[Advice]:
    """Return which items of the programme, pairs of block and day, lie outside the conference."""
    return [
        Advice(block, "Programm", f"Ein Programmpunkt ist am {german_day(day)}; das ist nicht während der Konferenz.")
        for block, day in days
        if period and not period[0] <= day <= period[1]
    ]
