"""/feeds/: the newest resolutions and the latest news, each as Atom and as JSON Feed 1.1.

Of resolutions titles and results only, so that no text can leak. An entry goes by an identifier that outlives its
address: that by which a resolution is cited, and of a piece of news the number of its page.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_safe
from wagtail.models import Page

from conferences.archive.rows import ResolutionRow, resolution_rows
from conferences.models import ResolutionPage, Theme
from conferences.rules.citation import permanent_address_of
from intmk.base.view_pages import full_url
from intmk.language.readable_text import readable
from intmk.pages.models import NewsIndexPage, NewsPage

AUTHOR = "Integrationsministerkonferenz"
MOST = 50
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class SteadyAtomFeed(Atom1Feed):
    """An Atom feed that is the same as long as its entries are; Django says "now" in one that has none."""

    def latest_post_date(self) -> datetime:
        """Return when the newest entry was changed."""
        return super().latest_post_date() if self.items else NEVER


@dataclass(frozen=True)
class FeedEntry:
    """An entry of a feed; one sign in its texts that XML cannot hold would take the feed from everybody.

    key: its identifier, an IRI.
    """

    page: Page
    key: str
    url: str
    title: str
    text: str
    tags: list[str]

    @property
    def published(self) -> datetime | None:
        """Return when it became public."""
        return self.page.first_published_at

    @property
    def updated(self) -> datetime:
        """Return when it was last changed."""
        return self.page.last_published_at or self.published or NEVER


@dataclass(frozen=True)
class Feed:
    """What a feed holds, the newest first. page: the full address of the list that people read."""

    title: str
    description: str
    page: str
    entries: list[FeedEntry]


def resolutions_feed(request: HttpRequest) -> Feed:
    """Return the newest public resolutions."""
    pages = ResolutionPage.objects.live().public().newest_first().for_lists()
    pages = pages.prefetch_related(Prefetch("identifiers", to_attr="all_identifiers"))[:MOST]
    root = full_url(request, "")
    entries = []
    for row in resolution_rows(list(pages)):
        page = row.page
        keys = [root + permanent_address_of(found.key) for found in page.all_identifiers]
        entries.append(
            FeedEntry(
                page=page,
                key=keys[0] if keys else page.translation_key.urn,
                url=page.get_full_url(request),
                title=readable(page.title_with_conference),
                text=summary(row),
                tags=names_of(row.themes),
            )
        )
    return Feed(
        "Beschlüsse und Beratungen der Integrationsministerkonferenz",
        "Die neuesten Beschlüsse und Beratungsgegenstände, soweit sie vorliegen.",
        full_url(request, reverse("archive")),
        entries,
    )


def summary(row: ResolutionRow) -> str:
    """Return what it is and of which conference, result and movers of a resolution, as far as known and public."""
    result = row.page.in_short if row.page.outcome else ""
    return readable(" · ".join(filter(None, [row.page.occasion, result, row.movers and f"Antrag: {row.movers}"])))


def news(request: HttpRequest) -> Feed:
    """Return the latest public news."""
    pages = NewsPage.objects.live().public().newest_first().prefetch_related("themes")[:MOST]
    index = NewsIndexPage.objects.live().first()
    return Feed(
        "Meldungen der Integrationsministerkonferenz",
        "Pressemitteilungen und Meldungen aus der Konferenz und ihrer Geschäftsstelle.",
        index.get_full_url(request) if index else full_url(request, "/"),
        [
            FeedEntry(
                page=page,
                key=page.translation_key.urn,
                url=page.get_full_url(request),
                title=readable(page.title),
                text=readable(page.description),
                tags=names_of(page.themes.all()),
            )
            for page in pages
        ],
    )


def names_of(themes: Iterable[Theme]) -> list[str]:
    """Return the names of themes as tags."""
    return [readable(theme.name) for theme in themes]


@require_safe
def atom(request: HttpRequest, read: Callable[[HttpRequest], Feed]) -> HttpResponse:
    """Return what `read` finds as an Atom feed (RFC 4287)."""
    found, own = read(request), full_url(request, request.path)
    feed = SteadyAtomFeed(
        title=found.title,
        link=found.page,
        description=found.description,
        subtitle=found.description,
        language="de",
        author_name=AUTHOR,
        feed_url=own,
        feed_guid=own,
    )
    for entry in found.entries:
        feed.add_item(
            title=entry.title,
            link=entry.url,
            description=entry.text,
            unique_id=entry.key,
            pubdate=entry.published,
            updateddate=entry.updated,
            categories=entry.tags,
        )
    response = HttpResponse(content_type=Atom1Feed.content_type)
    feed.write(response, "utf-8")
    return response


@require_safe
def json_feed(request: HttpRequest, read: Callable[[HttpRequest], Feed]) -> HttpResponse:
    """Return what `read` finds as JSON Feed 1.1."""
    found = read(request)
    items = []
    for entry in found.entries:
        item = {"id": entry.key, "url": entry.url, "title": entry.title, "content_text": entry.text}
        item["date_modified"] = entry.updated.isoformat()
        if entry.published:
            item["date_published"] = entry.published.isoformat()
        items.append(item | ({"tags": entry.tags} if entry.tags else {}))
    data = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": found.title,
        "description": found.description,
        "language": "de",
        "authors": [{"name": AUTHOR, "url": full_url(request, "/")}],
        "home_page_url": found.page,
        "feed_url": full_url(request, request.path),
        "items": items,
    }
    return JsonResponse(data, content_type="application/feed+json", json_dumps_params={"ensure_ascii": False})
