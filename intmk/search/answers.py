"""Short answers above the hits: who chairs, a conference, a resolution, whom to ask, when they meet, what a word means.

Only where nothing else is asked for: each word of the search is one of those below, a Land, a number or a date.
"""

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from wagtail.models import Page

from conferences.models import ChairPage, ChairTerm, ConferencePage, Land, ResolutionPage
from conferences.models.chair import rotation_of, term_today, today
from conferences.rules.rotation import Term
from intmk.base.glossary import GlossaryTerm, writings
from intmk.base.site import site_of
from intmk.language.dates import ENGLISH_DATES, GERMAN_DATES, german_day
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
from intmk.search.index import SearchEntry
from intmk.search.query import OURS, Query, SearchTerm, read
from intmk.search.text import lexemes_of, title_key, tokens
from intmk.users.models import LAND_NAMES

MOST = 3  # answers of one kind; more are a list, which the hits are
CONTACT = "kontakt/"  # below the start page
# Words by what is asked with them, in the forms of `forms`.
SUBJECTS = {
    "chair": "vorsitz vorsitzende vorsitzender vorsitzend vorsitzen vorsitzland vorsitzjahr amtszeit leiten fuehren "
    "chef chefin chair chairs chaired chairing presidency",
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


@dataclass(frozen=True)
class Answer:
    """What is shown: a heading that leads to `address`, lines below it, and further links as (text, address)."""

    heading: str
    address: str
    lines: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()


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
            subject = next((SUBJECT_OF[form] for form in forms(word) if form in SUBJECT_OF), None)
            order.append(subject or "")
            if subject:
                self.subjects.add(subject.removesuffix(" but one"))
                self.steps += subject.endswith(" but one")
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
        subject = next((SUBJECT_OF[form] for form in forms(word) if form in SUBJECT_OF), "")
        if subject in {"nothing", "office"}:
            return "conference" in self.subjects and not (subject == "office" and self.numbers)
        return subject in {"conference", "calendar", *WHEN} or folded(word) in OURS | self.land_words

    @property
    def names_something(self) -> bool:
        """Tell whether there is more than words of SUBJECTS."""
        return bool(self.rest or self.numbers or self.years or self.periods or self.laender)

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


def answers(query: Query, hits: list[SearchEntry], request: HttpRequest) -> list[Answer]:
    """Return the answers to a search; `hits` are the first of it, from which conferences and resolutions are taken."""
    asked = Question(query.text)
    found: list[Answer] = []
    is_day = bool(asked.periods) and not (asked.subjects - {"nothing"}) and not asked.laender and not asked.numbers
    is_neighbour = len(asked.laender) == 1 and "nothing" in asked.subjects and not asked.subjects.isdisjoint(NEXT_TO)
    asks_for_chair = ("chair" in asked.subjects and not asked.is_of_other_conference) or is_neighbour
    if asked.is_only("chair", "conference", "office", *NEXT_TO) and (asks_for_chair or is_day):
        found += chair_answers(asked, request)
    is_now = not (asked.numbers or asked.years or asked.periods)
    if asked.is_only("contact", "chair", "conference", "office") and "contact" in asked.subjects and is_now:
        found += contact_answers(asked, request)
    is_coming = "calendar" in asked.subjects or {"conference", "next"} <= asked.subjects
    if asked.is_only("calendar", "conference") and is_coming and not asked.names_something:
        found += calendar_answers(asked, request)
    if asked.is_only("conference") and {"conference", "last"} <= asked.subjects and not asked.names_something:
        held = ConferencePage.objects.live().filter(status=ConferencePage.Status.HELD).chronological().reverse()
        found += [of_conference(page, request) for page in held[asked.steps - 1 : asked.steps]]
    if "meaning" in asked.subjects or ASKS_FOR_MEANING.match(query.text):
        found += list(meaning_answers(asked))[:MOST]
    if asked.items:
        found += resolution_answers(asked, hits, request)
    elif asked.names_something and "chair" not in asked.subjects:
        found += conference_answers(asked, query, hits, request)
    return found


def chair_answers(asked: Question, request: HttpRequest) -> Iterator[Answer]:
    """Yield who chairs at the time asked for, by the stored terms and the rule beyond them; without one, now."""
    page = ChairPage.objects.live().first()
    terms = list(terms_asked_for(asked, request))[:MOST]
    if page is None or not terms:
        return
    laender = Land.objects.in_bulk([term.land_code for term in terms], field_name="code")
    stored = {row.start: row for row in ChairTerm.objects.with_people().filter(start__in=[t.start for t in terms])}
    periods = asked.chair_periods
    day = periods[0][0] if len(periods) == 1 and periods[0][0] == periods[0][1] else None
    for term in terms:
        row = stored.get(term.start)
        people = row.persons_on(day) if row and day else list(row.persons.all()) if row else []
        land = laender.get(term.land_code)
        when = f"am {german_day(day)}" if day else term.years
        yield Answer(
            f"Vorsitz {when}: {land.name if land else term.land_name}",
            f"{page.get_url(request)}{'' if today() in term and not day else f'?am={day or term.start}'}",
            (
                f"{term.period}{'' if term.stored else ', nach der Reihenfolge der Länder'}",
                *(", ".join(filter(None, [person.name, person.office])) for person in people),
            ),
            ((f"{land.name}: alle Amtszeiten und Konferenzen", land.get_absolute_url()),) if land else (),
        )


def terms_asked_for(asked: Question, request: HttpRequest) -> Iterable[Term]:
    """Return the terms that a question for the chair means; none where a number in it says no time."""
    rotation, now = rotation_of(request), today()
    if len(asked.conference_days) < len(asked.numbers):
        return []
    neighbours = asked.subjects & NEXT_TO
    if asked.years or asked.chair_periods:
        of_two = {year for year in asked.years if "/" in year}
        periods = [whole_year(year) for year in of_two] or asked.chair_periods
        found = [term for first, last in periods for term in rotation.terms_between(first, last)]
        found = [term for term in found if not of_two or term.years in of_two]
        found = [term for term in found if not asked.laender or term.land_code in asked.laender]
    elif asked.laender:
        # The last that has begun and the next, the newest first.
        found = [term for code in asked.laender for term in reversed(rotation.terms_of(code, now)[-2:])]
        if "next" in asked.subjects or "last" in asked.subjects:
            found = [term for term in found if ("next" in asked.subjects) == (term.start > now)]
    else:
        found = list(filter(None, [rotation.term_on(now)]))
        neighbours |= {NEXT_TO_NOW[word] for word in asked.subjects & NEXT_TO_NOW.keys()}
    if not neighbours:
        return found
    if len(asked.laender) > 1:
        return []
    found = [term for term in found if now in term] or found
    for _ in range(asked.steps):
        if "predecessor" in neighbours:
            found = list(filter(None, map(rotation.term_before, found)))
        else:
            found = [following for term in found for following in rotation.next_terms(1, term.start)]
    return found


def whole_year(year: str) -> tuple[date, date]:
    """Return the first and the last day of "2017"; "2016/17" is the year in which it begins."""
    return date(int(year[:4]), 1, 1), date(int(year[:4]), 12, 31)


def contact_answers(asked: Question, request: HttpRequest) -> Iterator[Answer]:
    """Yield where the secretariat is: with the Land in the chair; of another Land that is asked for its ministry.

    Nothing without the page that says more.
    """
    term, site = term_today(request), site_of(request)
    page = Page.objects.live().filter(url_path=f"{site.root_page.url_path}{CONTACT}").first() if site else None
    if not term or not page:
        return
    laender = Land.objects.in_bulk([term.land_code, *asked.laender[:MOST]], field_name="code")
    chair = laender.get(term.land_code)
    secretariat = (f"Geschäftsstelle beim Land {chair.name}", page.get_url(request) or "") if chair else ("", "")
    for land in [laender[code] for code in asked.laender or [term.land_code] if code in laender]:
        lines = [land.ministry, *land.secretariat_address.splitlines(), land.secretariat_phone]
        email = (land.secretariat_email, f"mailto:{land.secretariat_email}")
        heading, address = secretariat if land == chair else (land.name, land.get_absolute_url())
        links = [email, secretariat] if land != chair else [email]
        yield Answer(heading, address, tuple(filter(None, lines)), tuple(link for link in links if link[0]))


def calendar_answers(asked: Question, request: HttpRequest) -> Iterator[Answer]:
    """Yield the next conference, or the one after it, and the calendar with all of them."""
    for page in ConferencePage.objects.live().upcoming(today())[asked.steps - 1 : asked.steps]:
        yield of_conference(page, request, ("Alle Termine im eigenen Kalender", reverse("feed_calendar")))


def meaning_answers(asked: Question) -> Iterator[Answer]:
    """Yield what the words of the glossary mean that all else asks for."""
    left = f" {title_key(asked.text)} "
    found: list[GlossaryTerm] = []
    for term in GlossaryTerm.objects.all():
        names = [f" {title_key(writing)} " for writing in writings(term.term, term.forms)]
        if name := next((name for name in names if name in left), None):
            left = left.replace(name, " ")
            found.append(term)
    # "Was ist …" may also begin a question about something that has the word in it.
    if "meaning" in asked.subjects or not Question(left).names_something:
        yield from (Answer(term.term, term.get_absolute_url(), (term.short,)) for term in found)


def resolution_answers(asked: Question, hits: list[SearchEntry], request: HttpRequest) -> list[Answer]:
    """Return the resolutions with the numbers asked for."""
    keys = [entry.page_id for entry in hits if entry.kind == SearchEntry.Kind.RESOLUTION]
    conferences = {number for number, _ in asked.items if number} or {n for n in asked.numbers if n.isdigit()}
    found = [
        page
        for page in ResolutionPage.objects.for_lists().filter(pk__in=keys)
        if page.item.lower() in {item for _, item in asked.items}
        and (not conferences or (page.conference and page.conference.slug in conferences))
    ]
    if len(found) > MOST:
        return []
    return [
        Answer(
            f"{page.number}: {page.title}",
            page.get_url(request) or "",
            (
                ", ".join(filter(None, [page.what, page.search_context()])),
                ", ".join(filter(None, [page.get_outcome_display(), page.counts.in_words])),
            ),
        )
        for page in found
    ]


def conference_answers(asked: Question, query: Query, hits: list[SearchEntry], request: HttpRequest) -> list[Answer]:
    """Return the conferences whose number, place, Land or date is all that is asked for."""
    is_timed = asked.numbers or asked.years or asked.periods
    if asked.laender and not asked.rest and not is_timed and "conference" not in asked.subjects:
        return []  # a Land, not a place
    terms = [term for term in query.terms if not all(map(asked.is_told, term.words))]
    if not (terms or asked.laender) or asked.subjects & NEXT_TO or not NOT_HEEDED.isdisjoint(asked.rest):
        return []
    named = [entry for entry in hits if entry.kind == SearchEntry.Kind.CONFERENCE and is_named(entry, terms)]
    numbers = set(asked.numbers)
    named = [entry for entry in named if numbers and numbers <= words_of(entry.title)] or named
    if not named:
        return []
    conferences = ConferencePage.objects.for_lists()
    pages = (conferences.upcoming(today()) if "next" in asked.subjects else conferences).in_bulk(
        [entry.page_id for entry in named]
    )
    found = [pages[entry.page_id] for entry in named if entry.page_id in pages]
    if asked.laender:
        found = [page for page in found if not laender_of(page).isdisjoint(asked.laender)]
    if "last" in asked.subjects:
        held = [page for page in found if page.status == page.Status.HELD and page.chair_day]
        found = sorted(held, key=lambda page: page.chair_day)[-1:]
    return [of_conference(page, request) for page in found] if len(found) <= MOST else []


def laender_of(page: Any) -> set[str]:
    """Return the codes of the Länder that host a conference or chair it."""
    return {land.code for land in (page.host_land, page.chair_term and page.chair_term.land) if land}


def words_of(text: str) -> set[str]:
    return {lexeme for token in tokens(text) for _, lexeme in lexemes_of(token)}


def is_named(entry: SearchEntry, terms: list[SearchTerm]) -> bool:
    """Tell whether all of these terms are number, place or date of this entry.

    What the body is called is none of these: part of it is also the name of others.
    """
    known = words_of(entry.context) | {token.word for token in tokens(entry.title) if token.is_number}
    return all(
        term.wanted & known and all(known & {*forms(word)} for word in term.words if parts(word)) for term in terms
    )


def of_conference(page: Any, request: HttpRequest, *links: tuple[str, str]) -> Answer:
    """Return when and where a conference is, and under which motto."""
    when = str(page.period) or page.not_in_hand
    lines = [
        ", ".join(filter(None, [when, page.where])),
        f"„{page.motto}“" if page.motto else "",
        "" if page.status == page.Status.HELD else page.get_status_display(),
    ]
    return Answer(page.title, page.get_url(request) or "", tuple(filter(None, lines)), links)
