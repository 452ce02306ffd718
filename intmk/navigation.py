"""What stands in the header and footer of every page."""

from django.db.models import F, Q
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from wagtail.models import Page, Site

from conferences.models.chair import term_today, today
from intmk.models import SiteNotice, StandardPage
from intmk.site_notice import unpacked


def navigation(request: HttpRequest) -> dict:
    """Context processor: `navigation` with home, menu, languages, footer and the term that chairs today.

    Lazy, because the admin renders templates that never ask for it.
    """
    return {"navigation": SimpleLazyObject(lambda: build_navigation(request))}


def build_navigation(request: HttpRequest) -> dict:
    """Return what header, breadcrumb and footer show.

    home: Page or None. menu, languages, footer: pages below it. ancestors: the pages above the one shown, home first.
    term: Term or None. notice: the SiteNotice of today or None.
    Two queries besides that for the site, whatever the number of pages.
    """
    site = Site.find_for_request(request)
    if site is None:
        lists: dict[str, list] = {name: [] for name in ("menu", "languages", "footer", "ancestors")}
        return lists | {"home": None, "term": term_today(request), "notice": None}
    home = site.root_page
    shown = getattr(request, "shown_page", None)
    above = shown.ancestor_paths() if shown else []
    linked = Q(show_in_menus=True) | Q(standardpage__place__gt="")
    pages = list(
        Page.objects.filter(
            # The home page always, so that there is a row to carry the notice.
            Q(pk=home.pk) | Q(path__in=above, depth__gt=1) | (linked & Q(pk__in=Page.objects.live().child_of(home)))
        )
        .annotate(place=F("standardpage__place"), notice=SiteNotice.objects.shown_on(today()).as_column())
        .select_related("locale")
        .order_by("path")
    )
    below = [page for page in pages if page.depth == home.depth + 1 and page.live]
    return {
        "home": home,
        "menu": [page for page in below if page.show_in_menus],
        "languages": [page for page in below if page.place == StandardPage.Place.LANGUAGES],
        "footer": [page for page in below if page.place == StandardPage.Place.FOOTER],
        "ancestors": [page for page in pages if page.path in above and page.live],
        "term": term_today(request),
        "notice": unpacked(pages[0].notice) if pages else None,
    }
