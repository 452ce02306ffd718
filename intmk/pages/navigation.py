"""What stands in the header and footer of every page."""

from django.db.models import F, Q
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import mark_safe
from wagtail.models import Page, Site

from conferences.models.chair import term_today, today
from intmk.base.site_notice import SiteNotice, notice_from_row
from intmk.language.interface_language import GERMAN, is_english
from intmk.pages.models import StandardPage


def navigation(request: HttpRequest) -> dict:
    """Context processor: `navigation` with home, menu, languages, footer and the term that chairs today.

    Lazy, because the admin renders templates that never ask for it. `german`: the attribute for what is German on the
    page of another language, "" where German is spoken.
    """
    return {
        "navigation": SimpleLazyObject(lambda: build_navigation(request)),
        "german": mark_safe(' lang="de"') if is_english() else "",
    }


def build_navigation(request: HttpRequest) -> dict:
    """Return what header, breadcrumb and footer show, in the language of the page.

    home: the entrance of that language, Page or None. menu, languages, footer: pages; `there` of a language is where it
    leads from here. in_german: the way back to German, None on German pages. ancestors: the pages above the one shown,
    home first. translations: the page shown and the same in other languages, empty where there is none. term: Term or
    None. notice: the SiteNotice of today or None.
    Two queries besides that for the site, whatever the number of pages.
    """
    site = Site.find_for_request(request)
    if site is None:
        lists: dict[str, list] = {name: [] for name in ("menu", "languages", "footer", "ancestors", "translations")}
        return lists | {"home": None, "in_german": None, "term": term_today(request), "notice": None}
    root = site.root_page
    shown = getattr(request, "shown_page", None)
    above = shown.ancestor_paths() if shown else []
    linked = Q(show_in_menus=True) | Q(standardpage__place__gt="")
    wanted = Q(pk__in=Page.objects.live().child_of(root)) & linked
    # The entrance of another language is the page below the root; its menu are the pages below that.
    entrance_path = shown.path[: root.steplen * (root.depth + 1)] if shown and is_english() else root.path
    if shown:
        wanted |= Q(live=True, translation_key=shown.translation_key)
    if entrance_path != root.path:
        wanted |= Q(live=True, show_in_menus=True, depth=root.depth + 2, path__startswith=entrance_path)
    pages = list(
        Page.objects.filter(
            # The home page always, so that there is a row to carry the notice.
            Q(pk=root.pk) | Q(path__in=above, depth__gt=1) | wanted
        )
        .annotate(place=F("standardpage__place"), notice=SiteNotice.objects.shown_on(today()).as_column())
        .select_related("locale")
        .order_by("path")
    )
    home = next((page for page in pages if page.path == entrance_path and page.live), root)
    below = [page for page in pages if page.depth == root.depth + 1 and page.live]
    in_menu = [page for page in pages if page.depth == home.depth + 1 and page.path.startswith(home.path) and page.live]
    translations = [page for page in pages if shown and page.translation_key == shown.translation_key and page.live]
    languages = [page for page in below if page.place == StandardPage.Place.LANGUAGES]
    of_language = {page.locale.language_code: page for page in translations}
    for page in languages:
        code = page.locale.language_code
        page.there = of_language.get(code, page) if code != GERMAN else page  # German: e.g. sign language
    return {
        "home": home,
        "menu": [page for page in in_menu if page.show_in_menus],
        "languages": languages,
        "in_german": of_language.get(GERMAN, root) if is_english() else None,
        "footer": [page for page in below if page.place == StandardPage.Place.FOOTER],
        "ancestors": [page for page in pages if page.path in above and page.path.startswith(home.path) and page.live],
        "translations": translations if len(translations) > 1 else [],
        "term": term_today(request),
        "notice": notice_from_row(pages[0].notice) if pages else None,
    }
