"""What stands in the header and footer of every page."""

from copy import copy
from typing import Any

from django.conf import settings
from django.db.models import F, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import mark_safe
from wagtail.models import Page, PageQuerySet

from conferences.models.chair import term_today
from intmk.base.site import site_of
from intmk.base.site_notice import notice_of
from intmk.base.view_pages import VIEWS
from intmk.language.day import today
from intmk.language.interface_language import ENGLISH, GERMAN, PLAIN, is_english, is_plain
from intmk.pages.models import StandardPage
from intmk.server.kept import kept

# Its title says what the page holds; among the languages it is one of them.
SIGN_LANGUAGE = {"gebaerdensprache": "Gebärdensprache"}
SIGN_LANGUAGE_PLAIN = {"gebaerdensprache": "Gebärden-Sprache"}
# What is looked up; each is a name in intmk/urls.py.
REFERENCE = ("laender", "themes", "statistics", "glossary", "data", "overview")
FIRST_DEPTH = 2  # of the first page of a site in the tree
# All that a link needs; a page has thirty columns, and each costs time in every question for many pages.
SHOWN = ("title", "slug", "url_path", "path", "depth", "live", "show_in_menus", "translation_key")


def navigation(request: HttpRequest) -> dict:
    """Context processor: `navigation` with home, menu, languages, footer and the term that chairs today.

    Lazy, because the admin renders templates that never ask for it. `german`: the attribute for what is German on the
    page of another language, "" where German is spoken. `to_german`: the same of a link that leads to German.
    """
    return {
        "navigation": SimpleLazyObject(lambda: build_navigation(request)),
        "german": mark_safe(' lang="de"') if is_english() else "",
        "to_german": mark_safe(' hreflang="de"') if is_english() else "",
    }


def build_navigation(request: HttpRequest) -> dict:
    """Return what header, breadcrumb and footer show, in the language of the page.

    home: the entrance of that language, Page or None. menu, languages, footer: pages; in Leichte Sprache the menu is
    all there are. in_german: the way back to German, None on German pages. ancestors: the pages above the one shown,
    home first. translations: the page shown and the same in other languages, empty where there is none. term: Term or
    None. notice: the SiteNotice of today or None. reference: a list of (title, address, value of aria-current).
    `current` of a page in the menu, and archive_current, are the value of aria-current, "" for none. Of a language
    `there` is where it leads from here, `link_text` the words of the link and `link_language` their attribute or "".
    At most four queries besides that for the site, whatever the number of pages.
    """
    site = site_of(request)
    links: dict[str, Any] = {name: [] for name in ("menu", "languages", "footer", "ancestors", "translations")}
    links |= {"home": None, "in_german": None, "notice": None}
    if site is not None:
        links |= links_from(site.root_page, getattr(request, "shown_page", None))
    return links | {
        "term": term_today(request),
        "archive_current": current_below(reverse("archive"), request.path),
        "reference": [
            (VIEWS[name].title, link := reverse(name), current_below(link, request.path)) for name in REFERENCE
        ],
    }


def links_from(root: Page, shown: Page | None) -> dict[str, Any]:
    """Return what `build_navigation` does but the term, for the page `shown` of the site that begins at `root`."""
    above = shown.ancestor_paths() if shown else []
    # The entrance of another language is the page below the root; its menu are the pages below that.
    is_foreign = is_english() or is_plain()
    entrance_path = shown.path[: root.steplen * (root.depth + 1)] if shown and is_foreign else root.path
    live = [page for page in pages_for_navigation(shown, above) if page.live]
    home = next((page for page in live if page.path == entrance_path), root)
    return language_links(live, root, shown) | {
        "home": home,
        "menu": menu_of(home, live, shown, above),
        "footer": [page for page in children_among(live, root) if page.place == StandardPage.Place.FOOTER],
        "ancestors": [page for page in live if page.path in above and page.path.startswith(home.path)],
        "notice": notice_of(today()),
    }


def menu_of(home: Page, live: list[Page], shown: Page | None, above: list[str]) -> list[Page]:
    """Return the menu of the language of `home`, the page shown marked as `current`, or those above it."""
    menu = [home] if is_plain() else []
    menu += [page for page in children_among(live, home) if page.show_in_menus or is_plain()]
    menu = [copy(page) for page in menu]  # what is kept is not changed for one request
    for page in menu:
        page.current = current(page.path, shown.path if shown else "", page.path in above and page != home)
    return menu


def current(link: str, shown: str, is_above: bool) -> str:
    """Return the value of aria-current for `link` where `shown` is what the reader sees: itself, below it, or ""."""
    return "page" if link == shown else "true" if is_above else ""


def current_below(link: str, shown: str) -> str:
    """Return the same for an address that all below it belongs to."""
    return current(link, shown, shown.startswith(link))


def pages_for_navigation(shown: Page | None, above: list[str]) -> list[Page]:
    """Return all pages that header and footer may link, in the order of the tree, with what `described` adds.

    Those at `above` come also when they are not live. One query, and one more where the page shown needs others.
    """
    pages = linked_pages()
    known = {page.path for page in pages}
    further = list(filter(None, (page_at_path(path) for path in above[1:] if path not in known)))
    is_translated = shown and any(page.translation_key == shown.translation_key for page in pages)
    if shown and (is_english() or is_plain() or (is_translated and shown.path not in known)):
        further += described(Page.objects.filter(live=True, translation_key=shown.translation_key))
    return sorted({page.path: page for page in [*further, *pages]}.values(), key=lambda page: page.path)


@kept
def page_at_path(path: str) -> Page | None:
    """Return the page at that place in the tree, above another one, whether it is live or not."""
    return described(Page.objects.filter(path=path)).first()


@kept
def linked_pages() -> list[Page]:
    """Return the first page, and the live ones that are in a menu, ask to be linked, or are in another language."""
    linked = Q(show_in_menus=True) | Q(standardpage__place__gt="") | Q(locale__language_code__in=(ENGLISH, PLAIN))
    return list(described(Page.objects.filter(Q(depth=FIRST_DEPTH) | Q(linked, live=True))))


def described(pages: PageQuerySet) -> PageQuerySet:
    """Add to what a link needs `place`, where a page of text asks to be linked, its `duty`, and its `language`."""
    return pages.annotate(
        place=F("standardpage__place"), duty=F("standardpage__duty"), language=F("locale__language_code")
    ).only(*SHOWN)


def children_among(pages: list[Page], parent: Page) -> list[Page]:
    """Return those of `pages` that stand directly below `parent`."""
    return [page for page in pages if page.depth == parent.depth + 1 and page.path.startswith(parent.path)]


def language_links(live: list[Page], root: Page, shown: Page | None) -> dict[str, Any]:
    """Return `translations` of the page shown, the entrances of `languages`, and the way back `in_german`."""
    translations = [page for page in live if shown and page.translation_key == shown.translation_key]
    of_language = {page.language: page for page in translations}
    languages = [copy(page) for page in children_among(live, root) if page.place == StandardPage.Place.LANGUAGES]
    around = ENGLISH if is_english() else GERMAN
    for page in languages:
        code = page.language
        page.there = of_language.get(code, page) if code != GERMAN else page  # German: e.g. sign language
        named = page.title if code == GERMAN else dict(settings.WAGTAIL_CONTENT_LANGUAGES).get(code)
        page.link_text = (SIGN_LANGUAGE_PLAIN if is_plain() else SIGN_LANGUAGE).get(page.slug, named)
        page.link_language = spoken if (spoken := ENGLISH if code == ENGLISH else GERMAN) != around else ""
    return {
        "translations": translations if len(translations) > 1 else [],
        "languages": languages,
        "in_german": of_language.get(GERMAN, root) if is_english() or is_plain() else None,
    }
