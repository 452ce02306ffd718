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
from wagtail.models import Page, Site

from conferences.models import ChairPage, ChairTerm, ConferencePage, Land, ResolutionPage
from conferences.models.chair import rotation_of, term_today, today
from conferences.rules.rotation import Term
from intmk.base.glossary import GlossaryTerm, writings
from intmk.language.dates import ENGLISH_DATES, GERMAN_DATES, german_day
from intmk.language.german_words import ABBREVIATIONS, folded, forms, is_stop_word, value_of_ordinal
from intmk.search.index import SearchEntry
from intmk.search.query import Query, read
from intmk.search.text import lexemes_of, title_key, tokens
from intmk.users.models import LAND_NAMES

MOST = 3  # answers of one kind; more are a list, which the hits are
CONTACT = "kontakt/"  # below the start page
# Words by what is asked with them, in the forms of `forms`.
SUBJECTS = {
    "chair": "vorsitz vorsitzende vorsitzender vorsitzend vorsitzland vorsitzjahr amtszeit leiten fuehren chair chairs "
    "chaired chairing presidency",
    "conference": "konferenz integrationsministerkonferenz ministerkonferenz hauptkonferenz intmk tagung sitzung "
    "treffen tagen conference meeting",
    "item": "top tops tagesordnungspunkt beschluss resolution antrag",
    "contact": "kontakt ansprechpartner ansprechpartnerin ansprechperson telefon telefonnummer anschrift postanschrift "
    "email mail adresse geschaeftsstelle pressestelle pressekontakt contact phone address secretariat",
    "calendar": "kalender terminkalender termin ics ical icalendar webcal calendar dates",
    "meaning": "bedeuten bedeutung unterschied definition abkuerzung begriff meaning mean heissen",
    "now": "aktuell derzeit derzeitig heute jetzt gegenwaertig momentan current currently now today",
    "next": "naechst naechste naechster kommend kommende kuenftig danach next upcoming",
    "last": "letzter letzte letzt vorig voriger vorherig last previous",
    "nothing": "uebernehmen uebergeben wechseln bekommen innehaben folgen beginnen enden nachfolger "
    "land bundesland welch haben sein werden stattfinden am wer deutsch",
}
SUBJECT_OF = {form: subject for subject, words in SUBJECTS.items() for form in words.split()}
MONTHS = {folded(name): n for names in (GERMAN_DATES, ENGLISH_DATES) for n, name in enumerate(names.months, start=1)}
WRITTEN_DATE = re.compile(rf"(?: (?P<day>\d\d?))? (?P<month>{'|'.join(MONTHS)}) (?P<year>\d{{4}})(?= )")
YEAR = re.compile(r"20\d\d(?:/\d\d)?")
ITEM = re.compile(r"(?:(?P<conference>\d+)/)?(?P<item>[a-z]?\d+(?:\.\d+)*[a-z]?)")
LAENDER = sorted(
    [
        *((title_key(name), code) for code, name in LAND_NAMES.items()),
        *(
            (folded(short), code)
            for short, long in ABBREVIATIONS.items()
            for code, name in LAND_NAMES.items()
            if name == long
        ),
    ],
    key=lambda pair: -len(pair[0]),
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

    subjects: of SUBJECTS. periods: the days asked for, as first and last. laender: codes. numbers: as in the text.
    rest: all other words, folded.
    """

    text: str
    subjects: set[str] = field(default_factory=set)
    periods: list[tuple[date, date]] = field(default_factory=list)
    laender: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    years: list[str] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Take the text apart."""
        left = WRITTEN_DATE.sub(self.note_date, f" {title_key(read(self.text))} ")
        for name, code in LAENDER:
            if f" {name} " in left:
                left = left.replace(f" {name} ", " ")
                self.laender.append(code)
        for word in left.split():
            subject = next((SUBJECT_OF[form] for form in forms(word) if form in SUBJECT_OF), None)
            if subject:
                self.subjects.add(subject)
            elif value := value_of_ordinal(word):
                self.numbers.append(value)
            elif YEAR.fullmatch(word):
                self.years.append(word)
            elif ITEM.fullmatch(word):
                self.numbers.append(word)
            elif not is_stop_word(word):
                self.rest.append(word)

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
        return not self.rest and self.subjects <= {*subjects, "now", "next", "last", "nothing"}

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
    if asked.is_only("chair", "conference") and ("chair" in asked.subjects or is_day):
        found += chair_answers(asked, request)
    if asked.is_only("contact", "chair", "conference") and "contact" in asked.subjects:
        found += contact_answers(request)
    is_coming = "calendar" in asked.subjects or {"conference", "next"} <= asked.subjects
    if asked.is_only("calendar", "conference") and is_coming and not asked.names_something:
        found += calendar_answers(request)
    if asked.is_only("conference") and {"conference", "last"} <= asked.subjects and not asked.names_something:
        held = ConferencePage.objects.live().filter(status=ConferencePage.Status.HELD).chronological()
        found += [of_conference(page, request) for page in held.reverse()[:1]]
    if "meaning" in asked.subjects or query.text.lower().startswith(("was ist ", "was sind ", "what is ")):
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
    if of_two := [year for year in asked.years if "/" in year]:
        return [term for year in of_two for term in rotation.terms_between(*whole_year(year)) if term.years == year]
    if asked.chair_periods:
        return [term for first, last in asked.chair_periods for term in rotation.terms_between(first, last)]
    if asked.laender:
        # The last that has begun and the next, the newest first.
        return [term for code in asked.laender for term in reversed(rotation.terms_of(code, now)[-2:])]
    if "next" in asked.subjects:
        return rotation.next_terms(1, now)
    term = rotation.term_on(now)
    if term and "last" in asked.subjects:
        term = rotation.term_before(term)
    return [term] if term else []


def whole_year(year: str) -> tuple[date, date]:
    """Return the first and the last day of "2017"; "2016/17" is the year in which it begins."""
    return date(int(year[:4]), 1, 1), date(int(year[:4]), 12, 31)


def contact_answers(request: HttpRequest) -> Iterator[Answer]:
    """Yield where the secretariat is: with the Land in the chair; nothing without the page that says more."""
    term, site = term_today(request), Site.find_for_request(request)
    land = Land.objects.filter(code=term.land_code).first() if term else None
    page = Page.objects.live().filter(url_path=f"{site.root_page.url_path}{CONTACT}").first() if site else None
    if land and page:
        lines = [land.ministry, *land.secretariat_address.splitlines(), land.secretariat_phone]
        email = land.secretariat_email
        yield Answer(
            f"Geschäftsstelle beim Land {land.name}",
            page.get_url(request) or "",
            tuple(filter(None, lines)),
            ((email, f"mailto:{email}"),) if email else (),
        )


def calendar_answers(request: HttpRequest) -> Iterator[Answer]:
    """Yield the next conference and the calendar with all of them."""
    for page in ConferencePage.objects.live().upcoming(today())[:1]:
        yield of_conference(page, request, ("Alle Termine im eigenen Kalender", reverse("feed_calendar")))


def meaning_answers(asked: Question) -> Iterator[Answer]:
    """Yield what the words of the glossary mean that all else asks for."""
    left = f" {title_key(asked.text)} "
    for term in GlossaryTerm.objects.all():
        names = [f" {title_key(writing)} " for writing in writings(term.term, term.forms)]
        if name := next((name for name in names if name in left), None):
            left = left.replace(name, " ")
            yield Answer(term.term, term.get_absolute_url(), (term.short,))


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
    """Return the conferences whose number, place or date is all that is asked for."""
    if asked.laender and not asked.rest and not asked.subjects and not asked.years:
        return []  # a Land, not a place
    named = [entry for entry in hits if entry.kind == SearchEntry.Kind.CONFERENCE and is_named(entry, query)]
    numbers = set(asked.numbers)
    named = [entry for entry in named if numbers and numbers <= words_of(entry.title)] or named
    if not named or len(named) > MOST:
        return []
    pages = ConferencePage.objects.for_lists().in_bulk([entry.page_id for entry in named])
    return [of_conference(pages[entry.page_id], request) for entry in named if entry.page_id in pages]


def words_of(text: str) -> set[str]:
    return {lexeme for token in tokens(text) for _, lexeme in lexemes_of(token)}


def is_named(entry: SearchEntry, query: Query) -> bool:
    """Tell whether all that is asked for is number, place or date of this entry."""
    context = words_of(entry.context)
    numbers = {token.word for token in tokens(entry.title) if token.is_number}
    known = context | words_of(entry.title)
    return all(term.wanted & known for term in query.terms) and any(
        term.wanted & (context | numbers) for term in query.terms
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
