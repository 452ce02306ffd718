"""/feeds/: the newest resolutions (titles and results only, so that no text can leak) and a calendar of conferences."""

from datetime import UTC, datetime, timedelta

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import conditional_page, require_safe
from icalendar import Calendar, Event

from conferences.archive.rows import NamedRows, ResolutionRow, resolution_rows
from conferences.models import ConferencePage, ResolutionPage
from intmk.base.view_pages import full_url
from intmk.language.dates import EXACT
from intmk.language.readable_text import readable

TITLE = "Beschlüsse und Beratungen der Integrationsministerkonferenz"
DESCRIPTION = "Die neuesten Beschlüsse und Beratungsgegenstände, soweit sie vorliegen."
MOST = 50
STATES = {"planned": "TENTATIVE", "held": "CONFIRMED", "cancelled": "CANCELLED"}  # RFC 5545, 3.8.1.11
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def newest() -> list[ResolutionRow]:
    """Return the rows of the newest public resolutions."""
    pages = ResolutionPage.objects.live().public().newest_first().for_lists()[:MOST]
    return resolution_rows(list(pages), NamedRows.read())


def summary(row: ResolutionRow) -> str:
    """Return what it is and of which conference, result and movers of a resolution, as far as known and public."""
    result = row.page.in_short if row.page.outcome else ""
    return readable(" · ".join(filter(None, [row.page.occasion, result, row.movers and f"Antrag: {row.movers}"])))


@require_safe
@conditional_page
def atom(request: HttpRequest) -> HttpResponse:
    """Return the newest resolutions as an Atom feed; one sign that XML cannot hold would take it from everybody."""
    feed = Atom1Feed(
        title=TITLE,
        link=full_url(request, reverse("archive")),
        description=DESCRIPTION,
        subtitle=DESCRIPTION,
        language="de",
        author_name="Integrationsministerkonferenz",
        feed_url=full_url(request, reverse("feed_atom")),
    )
    for row in newest():
        feed.add_item(
            title=readable(row.page.title),
            link=row.page.get_full_url(request),
            description=summary(row),
            pubdate=row.page.first_published_at,
            updateddate=row.page.last_published_at or row.page.first_published_at or NEVER,
            categories=[readable(theme.name) for theme in row.themes],
        )
    response = HttpResponse(content_type=Atom1Feed.content_type)
    feed.write(response, "utf-8")
    return response


@require_safe
@conditional_page
def json_feed(request: HttpRequest) -> HttpResponse:
    """Return the newest resolutions as JSON Feed 1.1."""
    items = []
    for row in newest():
        url = row.page.get_full_url(request)
        title = readable(row.page.title)
        item = {"id": url, "url": url, "title": title, "content_text": summary(row) or title}
        if row.page.first_published_at:
            item["date_published"] = row.page.first_published_at.isoformat()
        items.append(item | ({"tags": [readable(theme.name) for theme in row.themes]} if row.themes else {}))
    data = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": TITLE,
        "description": DESCRIPTION,
        "language": "de",
        "home_page_url": full_url(request, reverse("archive")),
        "feed_url": full_url(request, reverse("feed_json")),
        "items": items,
    }
    return JsonResponse(data, content_type="application/feed+json", json_dumps_params={"ensure_ascii": False})


@require_safe
@conditional_page
def calendar(request: HttpRequest) -> HttpResponse:
    """Return the conferences as a calendar (RFC 5545); those whose days are not known for certain are left out."""
    found = Calendar()
    found.add("prodid", "-//Integrationsministerkonferenz//Konferenzen//DE")
    found.add("version", "2.0")
    found.add("x-wr-calname", "Integrationsministerkonferenz")
    pages = ConferencePage.objects.live().public().filter(date_certainty=EXACT).exclude(first_day=None)
    for page in pages.for_lists().chronological():
        event = Event()
        url = page.get_full_url(request)
        event.add("uid", url)
        event.add("summary", readable(page.title))
        event.add("dtstart", page.first_day)
        event.add("dtend", (page.last_day or page.first_day) + timedelta(days=1))  # the first day that is free again
        event.add("dtstamp", page.last_published_at or NEVER)
        event.add("status", STATES[page.status])
        event.add("url", url)
        if page.where:
            event.add("location", readable(page.where))
        found.add_component(event)
    return HttpResponse(found.to_ical(), content_type="text/calendar; charset=utf-8")
