"""What a search asks for, where it is a question that the site can answer by itself.

Each word of it is one of those below, a Land, a number or a date; all others are noted as the rest.
"""

import re
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from conferences.models import ConferencePage
from intmk.language.dates import ENGLISH_DATES, GERMAN_DATES
from intmk.language.german_words import (
    ABBREVIATIONS,
    ALL_OF_THEM,
    bare,
    folded,
    forms,
    is_stop_word,
    parts,
    value_of_ordinal,
)
from intmk.language.land_names import ADJECTIVES, IN_ENGLISH
from intmk.search.query import OURS, read
from intmk.search.text import title_key
from intmk.users.models import LAND_NAMES

# Words by what is asked with them, in the forms of `forms`.
SUBJECTS = {
    "chair": "vorsitz vorsitzende vorsitzender vorsitzend vorsitzen vorsitzland vorsitzlaender vorsitzjahr amtszeit "
    "leiten fuehren chef chefin chair chairs chaired chairing presidency",
    "office": "minister ministerin senator senatorin integrationsminister integrationsministerin",
    "conference": "konferenz integrationsministerkonferenz ministerkonferenz hauptkonferenz intmk tagung sitzung "
    "treffen tagen conference meeting",
    "item": "top tops tagesordnungspunkt beschluss resolution antrag",
    "contact": "kontakt ansprechpartner ansprechpartnerin ansprechperson telefon telefonnummer anschrift postanschrift "
    "email mail adresse geschaeftsstelle pressestelle pressekontakt ministerium zustaendig contact phone address "
    "secretariat ministry",
    "calendar": "kalender terminkalender termin ics ical icalendar webcal calendar dates",
    "meaning": "bedeuten bedeutung unterschied definition abkuerzung begriff meaning mean heissen",
    "now": "aktuell derzeit derzeitig heute jetzt gegenwaertig momentan current currently now today",
    "next": "naechst naechste naechster kommend kommende kuenftig danach next upcoming",
    "last": "letzter letzte letzt vorig voriger vorherig juengste juengster last previous",
    "next but one": "uebernaechst uebernaechste uebernaechster",
    "last but one": "vorletzt vorletzte vorletzter",
    "all": " ".join(map(folded, ALL_OF_THEM)),
    "successor": "nachfolger nachfolgerin nachfolge successor",
    "predecessor": "vorgaenger vorgaengerin predecessor",
    "nothing": "uebernehmen uebergeben wechseln bekommen innehaben folgen beginnen enden kommen "
    "land bundesland welch haben sein werden stattfinden am wer deutsch mal",
}
# Also as they are typed without umlauts: "nachste".
SUBJECT_OF = {
    form: subject
    for subject, words in SUBJECTS.items()
    for word in words.split()
    for form in (word, re.sub("([aou])e", r"\1", word))
}
NEXT_TO = {"successor", "predecessor"}
NEXT_TO_NOW = {"next": "successor", "last": "predecessor"}
WHEN = {"now", "next", "last"}
ASKS_FOR_MEANING = re.compile(r"(?:was|what) (?:ist|sind|macht|tut|is|are|does) |wof(?:ü|ue)r steht ", re.IGNORECASE)
NEIGHBOURS = {
    **dict.fromkeys(("nach", "auf", "after"), "successor"),
    **dict.fromkeys(("vor", "before"), "predecessor"),
}
MONTHS = {
    form: n
    for names in (GERMAN_DATES, ENGLISH_DATES)
    for n, name in enumerate(names.months, start=1)
    for form in (folded(name), bare(name))
}
WRITTEN_DATE = re.compile(rf"(?: (?P<day>\d\d?))? (?P<month>{'|'.join(MONTHS)}) (?P<year>\d{{4}})(?= )")
NOT_HEEDED = {"vor", "nach", "seit", "before", "after", "since"}  # before a day: others are meant
NOT_THEN = re.compile(
    rf" (?P<word>{'|'.join(NOT_HEEDED)})(?= (?:dem |the )?(?:\d\d? )?(?:(?:{'|'.join(MONTHS)}) )?20\d\d )"
)
YEAR = re.compile(r"20\d\d(?:/\d\d)?")
TERM_OF_YEARS = re.compile(r" (?P<begin>20\d\d)(?:/| | bis )(?:20)?(?P<end>\d\d)(?= )")  # 2016/2017, 2016-17
ITEM = re.compile(r"(?:(?P<conference>\d+)/)?(?P<item>[a-z]?\d+(?:\.\d+)*[a-z]?)")
# A Land by what it may be called, adjectives without their ending, and what stands before it.
LAND_CODES = {
    title_key(called): code
    for code, name in LAND_NAMES.items()
    for called in (
        *(name, IN_ENGLISH.get(code, name), *ADJECTIVES[code]),
        *(short for short, long in ABBREVIATIONS.items() if long == name),
    )
}
LAND = re.compile(
    rf"(?: (?P<before>{'|'.join(NEIGHBOURS)})(?: (?:dem|das|der|the))?)?"
    rf" (?P<name>{'|'.join(sorted(LAND_CODES, key=len, reverse=True))})(?P<ending>(?<=isch)e[mnrs]?)?(?= )"
)


def whole_year(year: str) -> tuple[date, date]:
    """Return the first and the last day of "2017"; "2016/17" is the year in which it begins."""
    return date(int(year[:4]), 1, 1), date(int(year[:4]), 12, 31)


def subjects_of(word: str) -> list[str]:
    """Return what is asked with a word, with a compound such as "Konferenztermine" what with each part; else []."""
    found = next((SUBJECT_OF[form] for form in forms(word) if form in SUBJECT_OF), None)
    if found:
        return [found]
    of_parts = [subjects_of(part) for part in parts(word) if not parts(part)]
    return [subject for subjects in of_parts for subject in subjects] if all(of_parts) else []


@dataclass
class Question:
    """What a search asks for, word by word.

    subjects: of SUBJECTS. periods: the days asked for, as first and last. laender: codes; land_words: what they
    were called. numbers: as in the text. steps: how many to go on or back from now.
    is_of_other_conference: whether the next or last conference is meant, not the next or last chair.
    rest: all other words, folded.
    """

    text: str
    subjects: set[str] = field(default_factory=set)
    periods: list[tuple[date, date]] = field(default_factory=list)
    laender: list[str] = field(default_factory=list)
    land_words: set[str] = field(default_factory=set)
    numbers: list[str] = field(default_factory=list)
    years: list[str] = field(default_factory=list)
    steps: int = 1
    is_of_other_conference: bool = False
    rest: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Take the text apart."""
        left = NOT_THEN.sub(self.note_rest, f" {title_key(read(self.text))} ")
        left = WRITTEN_DATE.sub(self.note_date, left)
        left = TERM_OF_YEARS.sub(self.note_years, left)
        left = LAND.sub(self.note_land, left)
        order = []
        for word in left.split():
            subjects = subjects_of(word)
            order += subjects or [""]
            if subjects:
                self.subjects.update(subject.removesuffix(" but one") for subject in subjects)
                self.steps += any(subject.endswith(" but one") for subject in subjects)
            elif value := value_of_ordinal(word):
                self.numbers.append(value)
            elif YEAR.fullmatch(word):
                self.years.append(word)
            elif ITEM.fullmatch(word):
                self.numbers.append(word)
            elif not is_stop_word(word) and word not in OURS:
                self.rest.append(word)
        # "Vorsitz der nächsten Konferenz", not "nächster IntMK-Vorsitz"
        self.is_of_other_conference = bool(re.search(r"\b(?:next|last),conference,(?!chair)", ",".join([*order, ""])))

    def note_rest(self, found: re.Match) -> str:
        """Note what no answer heeds."""
        self.rest.append(found["word"])
        return ""

    def note_years(self, found: re.Match) -> str:
        """Write two years of which the second follows the first as "2016/17"; of more years there are many chairs."""
        begin, end = found["begin"], found["end"]
        if (int(begin) + 1) % 100 != int(end):
            self.rest.append(f"{begin}/{end}")
        return f" {begin}/{end}"

    def note_land(self, found: re.Match) -> str:
        """Note a Land, and whether the one before or after it is meant, and take it out of the text."""
        code = LAND_CODES[found["name"]]
        self.laender += [code] if code not in self.laender else []
        self.land_words.update(f"{found['name']}{found['ending'] or ''}".split())
        self.subjects |= {NEIGHBOURS[found["before"]]} if found["before"] else set()
        return ""

    def note_date(self, found: re.Match) -> str:
        """Note a date and take it out of the text; leave in what there is not in the calendar."""
        year, month = int(found["year"]), MONTHS[found["month"]]
        try:
            first = date(year, month, int(found["day"] or 1))
        except ValueError:
            return found[0]
        self.periods.append((first, first if found["day"] else date(year, month, monthrange(year, month)[1])))
        return ""

    def is_only(self, *subjects: str) -> bool:
        """Tell whether nothing but these is asked for, beside dates and numbers."""
        return not self.rest and self.subjects <= {*subjects, *WHEN, "nothing"}

    def is_told(self, word: str) -> bool:
        """Tell whether `word` says only that a conference is meant, or which Land's."""
        subject = next(iter(subjects_of(word)), "")
        if subject in {"nothing", "office"}:
            return "conference" in self.subjects and not (subject == "office" and self.numbers)
        return subject in {"conference", "calendar", *WHEN} or folded(word) in OURS | self.land_words

    @property
    def names_something(self) -> bool:
        """Tell whether there is more than words of SUBJECTS."""
        return bool(self.rest or self.numbers or self.years or self.periods or self.laender)

    @property
    def is_for_chair(self) -> bool:
        """Tell whether the chair is meant: by its word, by a day alone, or as the Land before or after another."""
        if not self.is_only("chair", "conference", "office", *NEXT_TO):
            return False
        if "chair" in self.subjects:
            return not self.is_of_other_conference or self.is_day or self.is_neighbour
        return self.is_day or self.is_neighbour

    @property
    def is_day(self) -> bool:
        """Tell whether there is a date and nothing else."""
        return bool(self.periods) and not (self.subjects - {"nothing"} or self.laender or self.numbers)

    @property
    def is_neighbour(self) -> bool:
        """Tell whether the Land before or after another is meant: "Wer übernimmt nach Bremen?"."""
        return len(self.laender) == 1 and "nothing" in self.subjects and not self.subjects.isdisjoint(NEXT_TO)

    @property
    def is_for_contact(self) -> bool:
        """Tell whether it is asked how somebody is reached now."""
        is_then = self.numbers or self.years or self.periods
        return "contact" in self.subjects and self.is_only("contact", "chair", "conference", "office") and not is_then

    @property
    def is_for_calendar(self) -> bool:
        """Tell whether the coming conferences are meant."""
        is_coming = "calendar" in self.subjects or {"conference", "next"} <= self.subjects
        return is_coming and self.is_only("calendar", "conference") and not self.names_something

    @property
    def is_for_last_conference(self) -> bool:
        """Tell whether the conference that was held last is meant."""
        return {"conference", "last"} <= self.subjects and self.is_only("conference") and not self.names_something

    @property
    def is_for_other_than_a_conference(self) -> bool:
        """Tell whether a Land, what is beside something else, or what is before or after a day is meant."""
        is_timed = self.numbers or self.years or self.periods
        is_land = self.laender and not self.rest and not is_timed and "conference" not in self.subjects
        return bool(is_land or self.subjects & NEXT_TO or not NOT_HEEDED.isdisjoint(self.rest))

    @cached_property
    def items(self) -> list[tuple[str, str]]:
        """Return the agenda items asked for, as (conference or "", item)."""
        found = [match for number in self.numbers if (match := ITEM.fullmatch(number))]
        return [
            (match["conference"] or "", match["item"])
            for match in found
            if match["conference"] or "item" in self.subjects or not match["item"].isdigit()
        ]

    @cached_property
    def conference_days(self) -> list[tuple[date, date]]:
        """Return for each number that is one of a conference the day that tells its chair, as a period."""
        numbers = [int(number) for number in self.numbers if number.isdigit()] if "conference" in self.subjects else []
        pages = (ConferencePage.objects.live().filter(number=number).first() for number in numbers)
        return [(day, day) for page in pages if page and (day := page.chair_day)]

    @property
    def chair_periods(self) -> list[tuple[date, date]]:
        """Return the days and whole years for which the chair is asked."""
        years = [whole_year(year) for year in self.years if "/" not in year]
        return [*self.periods, *self.conference_days, *years]
