"""What stands in the header and footer of every page."""

from typing import Any, NamedTuple
from urllib.parse import quote

from django.conf import settings
from django.db.models import F, Q
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import mark_safe
from wagtail.models import Page, PageQuerySet

from conferences.models.chair import term_today
from intmk.base.site import address_on_site, site_of
from intmk.base.site_notice import notice_of
from intmk.base.view_pages import VIEWS, address_of_view
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


class Link(NamedTuple):
    """A link of header or footer with all that is shown of it; `current` is the value of aria-current, "" for none.

    hreflang: the language to which it leads. language: of its words, "" where it is that of the page.
    """

    address: str
    title: str
    current: str = ""
    duty: str | None = None
    hreflang: str = ""
    language: str = ""


def navigation(request: HttpRequest) -> dict:
    """Context processor: `navigation` with home, menu, languages, footer and the term that chairs today.

    Lazy, because the admin renders templates that never ask for it. `german`: the attribute for what is German on the
    page of another language, "" where German is spoken. `to_german`: the same of a link that leads to German.
    The rest is what few pages have and all ask for: Django looks long for what is not there.
    """
    return {
        "navigation": SimpleLazyObject(lambda: build_navigation(request)),
        "german": mark_safe(' lang="de"') if is_english() else "",
        "to_german": mark_safe(' hreflang="de"') if is_english() else "",
        "is_preview": getattr(request, "is_preview", False),
        "preview_link": getattr(request, "preview_link", None),
        "rehearsed_day": getattr(request, "rehearsed_day", None),
    }


def build_navigation(request: HttpRequest) -> dict:
    """Return what header, breadcrumb and footer show, in the language of the page.

    home: `Link` to the entrance of that language. menu, languages, footer, ancestors, reference: tuples of `Link`; in
    Leichte Sprache the menu is all there are; ancestors are the pages above the one shown, home first. in_german: the
    address of the way back to German, "" on German pages. translations: the page shown and the same in other languages,
    empty where there is none. term: Term or None. notice: the SiteNotice of today or None. archive_current: as
    `current` of a link. report: where to report a barrier of the page shown. Without a site there is no more than home,
    reference, report and term.
    At most four queries besides that for the site, whatever the number of pages.
    """
    site, path, report = site_of(request), request.path, address_of_view("barrier_report")
    links = links_from(site.root_page, getattr(request, "shown_page", None)) if site else {"home": Link("/", "")}
    return links | {
        "term": term_today(request),
        "archive_current": current(archive := address_of_view("archive"), path, path.startswith(archive)),
        "reference": tuple(
            Link(to := address_of_view(name), VIEWS[name].title, current(to, path, path.startswith(to)))
            for name in REFERENCE
        ),
        "report": Link(report, "", "page") if path.startswith(report) else Link(f"{report}?seite={quote(path)}", ""),
    }


def links_from(root: Page, shown: Page | None) -> dict[str, Any]:
    """Return what `build_navigation` does but the term, for the page `shown` of the site that begins at `root`."""
    above, path = (shown.ancestor_paths(), shown.path) if shown else ([], "")
    # The entrance of another language is the page below the root; its menu are the pages below that.
    is_foreign = is_english() or is_plain()
    entrance_path = path[: root.steplen * (root.depth + 1)] if shown and is_foreign else root.path
    live = [page for page in pages_for_navigation(shown, above) if page.live]
    home = next((page for page in live if page.path == entrance_path), root)
    footer = [page for page in children_among(live, root) if page.place == StandardPage.Place.FOOTER]
    ancestors = [page for page in live if page.path in above and page.path.startswith(home.path)]
    return language_links(live, root, shown) | {
        "home": link_to(home, path),
        "menu": tuple(link_to(page, path, page.path in above and page != home) for page in menu_of(home, live)),
        "footer": tuple(link_to(page, path) for page in footer),
        "ancestors": tuple(link_to(page, path) for page in ancestors),
        "notice": notice_of(today()),
    }


def menu_of(home: Page, live: list[Page]) -> list[Page]:
    """Return the pages in the menu of the language of `home`."""
    pages = [home] if is_plain() else []
    return pages + [page for page in children_among(live, home) if page.show_in_menus or is_plain()]


def link_to(page: Page, shown: str, is_above: bool = False, **more: str) -> Link:
    """Return the link to `page` where the page at the path `shown` of the tree is what the reader sees."""
    about = {"title": page.title, "duty": getattr(page, "duty", None)} | more
    return Link(address_on_site(page) or "", current=current(page.path, shown, is_above), **about)


def current(link: str, shown: str, is_above: bool) -> str:
    """Return the value of aria-current for `link` where `shown` is what the reader sees: itself, below it, or ""."""
    return "page" if link == shown else "true" if is_above else ""


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
    around = ENGLISH if is_english() else GERMAN
    languages = []
    for page in (page for page in children_among(live, root) if page.place == StandardPage.Place.LANGUAGES):
        code = page.language
        there = of_language.get(code, page) if code != GERMAN else page  # German: e.g. sign language
        named: Any = page.title if code == GERMAN else dict(settings.WAGTAIL_CONTENT_LANGUAGES).get(code)
        title = (SIGN_LANGUAGE_PLAIN if is_plain() else SIGN_LANGUAGE).get(page.slug, named)
        spoken = spoken if (spoken := ENGLISH if code == ENGLISH else GERMAN) != around else ""
        languages.append(link_to(there, shown.path if shown else "", title=title, hreflang=code, language=spoken))
    return {
        "translations": translations if len(translations) > 1 else [],
        "languages": tuple(languages),
        "in_german": address_on_site(of_language.get(GERMAN, root)) if is_english() or is_plain() else "",
    }
