"""What stands in the header and footer of every page."""

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from wagtail.models import Page, Site

from conferences import rotation
from conferences.models import ChairTerm
from intmk.models import HomePage, StandardPage


def navigation(request: HttpRequest) -> dict:
    """Context processor: `navigation` with home, menu, languages, footer and the term that publishes today.

    Lazy, because the admin renders templates that never ask for it.
    """
    return {"navigation": SimpleLazyObject(lambda: build_navigation(request))}


def build_navigation(request: HttpRequest) -> dict:
    """Return {"home": HomePage | None, "menu": [Page], "languages": [StandardPage], "footer": [StandardPage],
    "term": rotation.Term | None}; three queries, whatever the number of pages."""
    site = Site.find_for_request(request)
    home = HomePage.objects.filter(pk=site.root_page_id).first() if site else None
    if home is None:
        return {"home": None, "menu": [], "languages": [], "footer": [], "term": None}
    standard = list(StandardPage.objects.live().child_of(home).exclude(place="").select_related("locale"))
    return {
        "home": home,
        "menu": list(Page.objects.live().child_of(home).in_menu()),
        "languages": [page for page in standard if page.place == StandardPage.Place.LANGUAGES],
        "footer": [page for page in standard if page.place == StandardPage.Place.FOOTER],
        "term": rotation.chair_on(ChairTerm.objects.for_rotation(), timezone.localdate()),
    }
