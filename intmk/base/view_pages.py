"""What the layout asks of a page, for addresses that are no page of the tree."""

from dataclasses import dataclass, field
from functools import lru_cache

from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse

from intmk.base.site import site_of


@dataclass(frozen=True)
class PublicView:
    """An address that is no page of the tree and has no other behind it.

    title: what the site search and the page for unknown addresses call it. own_title: where its own page is called
    otherwise. is_listed: whether the sitemap names it, the search finds it, and a picture stands beside links to it.
    """

    title: str
    own_title: str = ""
    is_listed: bool = True

    @property
    def heading(self) -> str:
        """Return how its own page is called."""
        return self.own_title or self.title


# By the name of the address in intmk/urls.py.
VIEWS = {
    "archive": PublicView("Beschlüsse und Beratungen"),
    "statistics": PublicView("Statistik", "Beschlüsse und Beratungen in Zahlen"),
    "laender": PublicView("Länder", "Die 16 Länder"),
    "themes": PublicView("Handlungsfelder"),
    "search": PublicView("Suche", is_listed=False),
    "glossary": PublicView("Glossar"),
    "data": PublicView("Daten und Abonnements"),
    "overview": PublicView("Übersicht"),
    "barrier_report": PublicView("Barriere melden"),
    "old_addresses": PublicView("Alte Adressen", "Adressen früherer Websites"),
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
    last_published_at = None

    @property
    def head_title(self) -> str:
        """Return what the browser, search engines and shared links call the page."""
        return self.seo_title or self.title


@lru_cache(maxsize=256)
def address_of_view(view: str, *slugs: str) -> str:
    """Return the address of a view, or at which it shows one thing; remembered, since many stand on a page."""
    return reverse(view, args=slugs)


def full_url(request: HttpRequest, path: str) -> str:
    """Return the public address of `path` on the site of the request, as pages of the tree have it."""
    site = site_of(request)
    return (site.root_url if site else f"{request.scheme}://{request.get_host()}") + path


def listed_views() -> dict[str, PublicView]:
    """Return the views that are listed, by their path."""
    return {reverse(name): view for name, view in VIEWS.items() if view.is_listed}
