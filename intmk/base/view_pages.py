"""What the layout asks of a page, for addresses that are no page of the tree."""

from dataclasses import dataclass, field

from django.db.models import Model
from django.http import HttpRequest
from wagtail.models import Site

# By the name of the address: what the site search and the page for unknown addresses call them.
VIEW_TITLES = {
    "archive": "Beschlüsse",
    "statistics": "Statistik der Beschlüsse",
    "laender": "Länder",
    "themes": "Handlungsfelder",
    "search": "Suche",
    "glossary": "Glossar",
    "overview": "Übersicht",
    "barrier_report": "Barriere melden",
    "old_addresses": "Alte Adressen",
}


@dataclass(frozen=True)
class ViewPage:
    """Stands as `page` in the context of a view: title, description, canonical address and breadcrumb.

    trail: (title, address) of what lies between the home page and it. subject: the one row that it is about.
    """

    title: str
    full_url: str
    description: str = ""
    seo_title: str = ""
    trail: list[tuple[str, str]] = field(default_factory=list)
    subject: Model | None = None


def full_url(request: HttpRequest, path: str) -> str:
    """Return the public address of `path` on the site of the request, as pages of the tree have it."""
    site = Site.find_for_request(request)
    return (site.root_url if site else f"{request.scheme}://{request.get_host()}") + path
