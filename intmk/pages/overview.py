"""/uebersicht/: all that the site has, on one page: the sitemap for people."""

from dataclasses import dataclass, field

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from wagtail.models import Page

from conferences.models import Land, ResolutionPage, Theme
from intmk.base.site import site_of
from intmk.base.view_pages import VIEWS, ViewPage, full_url
from intmk.pages.models import NewsPage

NEWS = 10  # the newest; the list of all is one of the pages


@dataclass
class OverviewEntry:
    """A line of the overview: title, address, language and what stands below it."""

    title: str
    url: str
    language: str = "de"
    below: list["OverviewEntry"] = field(default_factory=list)


def tree(pages: list[Page], root: Page) -> list[OverviewEntry]:
    """Return `pages` below `root`, in the order of the tree, nested; a page without its parent is left out."""
    entries = {root.path: OverviewEntry(root.title, "/")}
    for page in pages:
        parent = entries.get(page.path[: -page.steplen])
        if parent is not None:
            url = f"/{page.url_path.removeprefix(root.url_path)}"
            entry = entries[page.path] = OverviewEntry(page.title, url, page.locale.language_code)
            parent.below.append(entry)
    return entries[root.path].below


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show everything, resolutions by year only.

    Context: page; pages and languages, lists of Entry; years, a list of (year, number of resolutions); laender, themes.
    Six queries besides those of the layout, whatever the number of resolutions.
    """
    site = site_of(request)
    live = Page.objects.live().public()
    entries: list[OverviewEntry] = []
    if site:
        news = NewsPage.objects.live().newest_first().values("pk")[:NEWS]
        shown = live.descendant_of(site.root_page).not_exact_type(ResolutionPage)
        shown = shown.not_exact_type(NewsPage) | live.filter(pk__in=list(news.values_list("pk", flat=True)))
        entries = tree(list(shown.select_related("locale").order_by("path")), site.root_page)
    years = ResolutionPage.objects.live().exclude(year=None).order_by("-year").values_list("year")
    context = {
        "page": ViewPage(
            title=VIEWS["overview"].heading,
            full_url=full_url(request, reverse("overview")),
            description="Alle Seiten dieser Website auf einen Blick.",
            trail=[],
        ),
        "pages": [entry for entry in entries if entry.language == "de"],
        "languages": [entry for entry in entries if entry.language != "de"],
        "years": list(years.annotate(number=Count("pk"))),
        "laender": Land.objects.order_by("name"),
        "themes": Theme.objects.all(),
    }
    return render(request, "intmk/pages/overview.html", context)
