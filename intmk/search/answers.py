"""Short answers above the hits: who chairs, a conference, a resolution, whom to ask, when they meet, what a word means.

Only where nothing else is asked for: what a search asks for, `Question` says.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from wagtail.models import Page

from conferences.models import ChairPage, ChairTerm, ConferencePage, Land, ResolutionPage
from conferences.models.chair import rotation_of, term_today
from conferences.rules.rotation import Rotation, Term
from intmk.base.glossary import GlossaryTerm, writings
from intmk.base.site import site_of
from intmk.language.dates import german_day
from intmk.language.day import today
from intmk.language.german_words import forms, parts
from intmk.search.index import SearchEntry
from intmk.search.query import Query, SearchTerm
from intmk.search.question import ASKS_FOR_MEANING, NEXT_TO, NEXT_TO_NOW, Question, whole_year
from intmk.search.text import lexemes_of, title_key, tokens

MOST = 3  # answers of one kind; more are a list, which the hits are
CONTACT = "kontakt/"  # below the start page


@dataclass(frozen=True)
class ShortAnswer:
    """What is shown: a heading that leads to `address`, lines below it, and further links as (text, address)."""

    heading: str
    address: str
    lines: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()


def short_answers(query: Query, hits: list[SearchEntry], request: HttpRequest) -> list[ShortAnswer]:
    """Return the answers to a search; `hits` are the first of it, from which conferences and resolutions are taken."""
    asked = Question(query.text)
    found: list[ShortAnswer] = []
    if asked.is_for_chair:
        found += chair_answers(asked, request)
    if asked.is_for_contact:
        found += contact_answers(asked, request)
    if asked.is_for_calendar:
        found += calendar_answers(asked, request)
    if asked.is_for_last_conference:
        found += last_conference(asked, request)
    if "meaning" in asked.subjects or ASKS_FOR_MEANING.match(query.text):
        found += list(meaning_answers(asked))[:MOST]
    if asked.items:
        found += resolution_answers(asked, hits, request)
    elif asked.names_something and "chair" not in asked.subjects:
        found += conference_answers(asked, query, hits, request)
    return found


def chair_answers(asked: Question, request: HttpRequest) -> Iterator[ShortAnswer]:
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
        yield ShortAnswer(
            f"Vorsitz {when}: {land.name if land else term.land_name}",
            f"{page.get_url(request)}{'' if today() in term and not day else f'?am={day or term.start}'}",
            (
                f"{term.period}{'' if term.stored else ', nach der Reihenfolge der Länder'}",
                *(", ".join(filter(None, [person.name, person.office])) for person in people),
            ),
            ((f"{land.name}: alle Amtszeiten und Konferenzen", land.get_absolute_url()),) if land else (),
        )


def terms_asked_for(asked: Question, request: HttpRequest) -> list[Term]:
    """Return the terms that a question for the chair means; none where a number in it says no time."""
    if len(asked.conference_days) < len(asked.numbers):
        return []
    rotation, now = rotation_of(request), today()
    neighbours = asked.subjects & NEXT_TO
    if asked.years or asked.chair_periods:
        found = terms_of_time(asked, rotation)
    elif asked.laender:
        found = terms_of_laender(asked, rotation, now)
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


def terms_of_time(asked: Question, rotation: Rotation) -> list[Term]:
    """Return the terms of the days and years asked for: of "2016/17" the one of both, of the Länder named theirs."""
    of_two = {year for year in asked.years if "/" in year}
    periods = [whole_year(year) for year in of_two] or asked.chair_periods
    found = [term for first, last in periods for term in rotation.terms_between(first, last)]
    if of_two:
        found = [term for term in found if term.years in of_two]
    return [term for term in found if not asked.laender or term.land_code in asked.laender]


def terms_of_laender(asked: Question, rotation: Rotation, now: date) -> list[Term]:
    """Return of each Land asked for the last term that has begun and the next, the newest first."""
    found = [term for code in asked.laender for term in reversed(rotation.terms_of(code, now)[-2:])]
    if asked.subjects.isdisjoint({"next", "last"}):
        return found
    return [term for term in found if ("next" in asked.subjects) == (term.start > now)]


def contact_answers(asked: Question, request: HttpRequest) -> Iterator[ShortAnswer]:
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
        yield ShortAnswer(heading, address, tuple(filter(None, lines)), tuple(link for link in links if link[0]))


def calendar_answers(asked: Question, request: HttpRequest) -> Iterator[ShortAnswer]:
    """Yield the next conference, or the one after it, and the calendar with all of them."""
    for page in ConferencePage.objects.live().upcoming(today())[asked.steps - 1 : asked.steps]:
        yield answer_for_conference(page, request, ("Alle Termine im eigenen Kalender", reverse("feed_calendar")))


def last_conference(asked: Question, request: HttpRequest) -> list[ShortAnswer]:
    """Return the conference that was held last, or the one before it."""
    held = ConferencePage.objects.live().filter(status=ConferencePage.Status.HELD).chronological().reverse()
    return [answer_for_conference(page, request) for page in held[asked.steps - 1 : asked.steps]]


def meaning_answers(asked: Question) -> Iterator[ShortAnswer]:
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
        yield from (ShortAnswer(term.term, term.get_absolute_url(), (term.short,)) for term in found)


def resolution_answers(asked: Question, hits: list[SearchEntry], request: HttpRequest) -> list[ShortAnswer]:
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
        ShortAnswer(
            f"{page.number}: {page.title}",
            page.get_url(request) or "",
            (
                ", ".join(filter(None, [page.what, page.search_context()])),
                ", ".join(filter(None, [page.get_outcome_display(), page.counts.in_words])),
            ),
        )
        for page in found
    ]


def conference_answers(
    asked: Question, query: Query, hits: list[SearchEntry], request: HttpRequest
) -> list[ShortAnswer]:
    """Return the conferences whose number, place, Land or date is all that is asked for."""
    terms = [term for term in query.terms if not all(map(asked.is_told, term.words))]
    if asked.is_for_other_than_a_conference or not (terms or asked.laender):
        return []
    named = [entry for entry in hits if entry.kind == SearchEntry.Kind.CONFERENCE and is_named(entry, terms)]
    numbers = set(asked.numbers)
    named = [entry for entry in named if numbers and numbers <= lexemes_in(entry.title)] or named
    found = conferences_meant(asked, [entry.page_id for entry in named if entry.page_id]) if named else []
    return [answer_for_conference(page, request) for page in found] if len(found) <= MOST else []


def conferences_meant(asked: Question, keys: list[int]) -> list[Any]:
    """Return those of these conferences that the Länder asked for host or chair and that are next or last, if asked."""
    conferences = ConferencePage.objects.for_lists()
    if "next" in asked.subjects:
        conferences = conferences.upcoming(today())
    pages = conferences.in_bulk(keys)
    found = [pages[key] for key in keys if key in pages]
    if asked.laender:
        found = [page for page in found if not laender_of(page).isdisjoint(asked.laender)]
    if "last" in asked.subjects:
        held = [page for page in found if page.status == page.Status.HELD and page.chair_day]
        found = sorted(held, key=lambda page: page.chair_day)[-1:]
    return found


def laender_of(page: Any) -> set[str]:
    """Return the codes of the Länder that host a conference or chair it."""
    return {land.code for land in (page.host_land, page.chair_term and page.chair_term.land) if land}


def lexemes_in(text: str) -> set[str]:
    return {lexeme for token in tokens(text) for _, lexeme in lexemes_of(token)}


def is_named(entry: SearchEntry, terms: list[SearchTerm]) -> bool:
    """Tell whether all of these terms are number, place or date of this entry.

    What the body is called is none of these: part of it is also the name of others.
    """
    known = lexemes_in(entry.context) | {token.word for token in tokens(entry.title) if token.is_number}
    return all(
        term.wanted & known and all(known & {*forms(word)} for word in term.words if parts(word)) for term in terms
    )


def answer_for_conference(page: Any, request: HttpRequest, *links: tuple[str, str]) -> ShortAnswer:
    """Return when and where a conference is, and under which motto."""
    when = str(page.period) or page.not_in_hand
    lines = [
        ", ".join(filter(None, [when, page.where])),
        f"„{page.motto}“" if page.motto else "",
        "" if page.status == page.Status.HELD else page.get_status_display(),
    ]
    return ShortAnswer(page.title, page.get_url(request) or "", tuple(filter(None, lines)), links)
