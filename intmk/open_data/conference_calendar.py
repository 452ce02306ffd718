"""/feeds/konferenzen.ics (RFC 5545): conferences, the meetings that prepare them, and the changes of the chair.

What has no certain day stands over all days that it may be, as tentative, and blocks nobody's time. An entry keeps its
UID whatever becomes of its date, its title and the host of the site: calendars that know it move it and add none.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid5

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe
from icalendar import Calendar, Event, vDuration

from conferences.models import ChairTerm, ConferencePage
from conferences.models.chair import rotation_of
from conferences.rules.rotation import Term
from intmk.base.sources import Sureness
from intmk.base.view_pages import full_url
from intmk.language.dates import EXACT
from intmk.language.day import today
from intmk.language.readable_text import readable

TITLE = "Termine der Integrationsministerkonferenz"
DESCRIPTION = "Konferenzen, vorbereitende Treffen und Wechsel des Vorsitzes."
CONFERENCE, MEETING, CHANGE = "Konferenz", "Vorbereitendes Treffen", "Wechsel des Vorsitzes"
CONFIRMED, TENTATIVE, CANCELLED = "CONFIRMED", "TENTATIVE", "CANCELLED"  # RFC 5545, 3.8.1.11
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
# Any will do that no other site takes: this one was drawn once.
CHANGES_OF_CHAIR = UUID("6f1cbd1e-4a53-4d1b-9a0e-0f6d7c0c5f6a")


@dataclass(frozen=True)
class CalendarEntry:
    """Whole days in the calendar, both included. stamp: when it was last changed, as far as that is known."""

    uid: UUID
    title: str
    kind: str
    first: date
    last: date
    status: str
    url: str
    place: str = ""
    text: str = ""
    stamp: datetime | None = None

    def event(self) -> Event:
        """Return it as RFC 5545 has it; only what meets on certain days takes up the time of who subscribes."""
        event = Event()
        event.add("uid", str(self.uid))
        event.add("dtstamp", self.stamp or NEVER)
        event.add("summary", readable(self.title))
        event.add("dtstart", self.first)
        event.add("dtend", self.last + timedelta(days=1))  # the first day that is free again
        event.add("status", self.status)
        event.add("transp", "OPAQUE" if self.status == CONFIRMED and self.kind != CHANGE else "TRANSPARENT")
        event.add("categories", [self.kind])
        event.add("url", self.url)
        for name, value in (("location", self.place), ("description", self.text)):
            if value:
                event.add(name, readable(value))
        return event


@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """Return the calendar; programs are asked to look again once a day."""
    found = Calendar()
    found.add("prodid", "-//Integrationsministerkonferenz//Konferenzen//DE")
    found.add("version", "2.0")
    for name in ("name", "x-wr-calname"):  # RFC 7986, and what programs read that know only the former name
        found.add(name, TITLE)
    for name in ("description", "x-wr-caldesc"):
        found.add(name, DESCRIPTION)
    found["refresh-interval"] = vDuration(timedelta(days=1), params={"VALUE": "DURATION"})
    found.add("x-published-ttl", "P1D")
    for entry in [*entries_of_conferences(request), *changes_of_chair(request)]:
        found.add_component(entry.event())
    return HttpResponse(found.to_ical(), content_type="text/calendar; charset=utf-8")


def subscription_address(request: HttpRequest) -> str:
    """Return the address of the calendar by which browsers open a program for calendars (webcal:)."""
    return "webcal:" + full_url(request, reverse("feed_calendar")).partition(":")[2]


def entries_of_conferences(request: HttpRequest) -> list[CalendarEntry]:
    """Return the public conferences of which at least the year is known, each followed by its meetings."""
    entries = []
    pages = ConferencePage.objects.live().public().for_lists().prefetch_related("meetings").chronological()
    for page in pages:
        url = page.get_full_url(request)
        if page.period.earliest and page.period.latest:
            entries.append(conference_entry(page, url, page.period.earliest, page.period.latest))
        entries += meetings(page, url)
    return entries


def conference_entry(page: ConferencePage, url: str, first: date, last: date) -> CalendarEntry:
    """Return the entry of a conference on all days that it may be; its title says what calendars do not show."""
    is_exact = page.date_certainty == EXACT
    remarks = [page.get_status_display()] if page.is_cancelled else []
    remarks += [] if is_exact else [f"{page.period}, {page.period.gap}"]
    return CalendarEntry(
        uid=page.translation_key,
        title=f"{page.title} ({'; '.join(remarks)})" if remarks else page.title,
        kind=CONFERENCE,
        first=first,
        last=last,
        status=CANCELLED if page.is_cancelled else CONFIRMED if is_exact else TENTATIVE,
        url=url,
        place=page.where,
        text=page.introduction,
        stamp=page.last_published_at,
    )


def meetings(page: ConferencePage, url: str) -> list[CalendarEntry]:
    """Return the meetings at working level; each goes by its kind and its place among those of the kind."""
    entries: list[CalendarEntry] = []
    seen: Counter[str] = Counter()
    for meeting in page.meetings.all():
        seen[meeting.kind] += 1
        entries.append(
            CalendarEntry(
                uid=uuid5(page.translation_key, f"{meeting.kind}/{seen[meeting.kind]}"),
                title=f"{meeting.get_kind_display()} ({page.title})",
                kind=MEETING,
                first=meeting.first_day,
                last=meeting.last_day,
                status=CONFIRMED,
                url=url,
                place=meeting.place,
                stamp=page.last_published_at,
            )
        )
    return entries


def changes_of_chair(request: HttpRequest) -> list[CalendarEntry]:
    """Return the days on which the chair passed or will pass, a whole round ahead by the rule."""
    by_rule = set(ChairTerm.objects.filter(source=Sureness.DERIVED).values_list("start", flat=True))
    terms = rotation_of(request).terms_to_tell(today())
    page = full_url(request, "/vorsitz/")
    entries: dict[UUID, CalendarEntry] = {}
    for before, term in zip([None, *terms], terms, strict=False):
        entry = change_of_chair(term, before, not term.stored or term.start in by_rule, page)
        entries.setdefault(entry.uid, entry)  # a Land that comes twice in a year has never left
    return list(entries.values())


def change_of_chair(term: Term, before: Term | None, is_by_rule: bool, page: str) -> CalendarEntry:
    """Return the entry of the day on which a term begins; it goes by Land and year, whatever day that will be."""
    return CalendarEntry(
        uid=uuid5(CHANGES_OF_CHAIR, f"{term.land_code}/{term.start.year}"),
        title=f"Vorsitz: {term.land_name} übernimmt" + (f" von {before.land_name}" if before else ""),
        kind=CHANGE,
        first=term.start,
        last=term.start,
        status=TENTATIVE if is_by_rule else CONFIRMED,
        url=f"{page}?am={term.start.isoformat()}",
        text=f"Amtszeit: {term.period}{'; nach der Reihenfolge der Länder' if is_by_rule else ''}",
    )
