"""/sitemap.xml: the pages of the tree and the addresses that views answer, each with its languages and its last change.

Views gather what pages say: theirs is the last change of any page that they show.
"""

from collections import defaultdict
from datetime import datetime

from django.db.models import Count, Max, QuerySet
from wagtail.contrib.sitemaps import Sitemap
from wagtail.models import Page

from conferences.models import ConferencePage, Land, ResolutionPage, Theme
from intmk.base.view_pages import VIEWS, listed_views
from intmk.pages.models import NewsPage

# What shows resolutions alone; all others name conferences and news as well, or the whole site.
OF_RESOLUTIONS = {VIEWS["archive"], VIEWS["statistics"]}


class PageSitemap(Sitemap):
    """The public pages, each with its address in the other languages."""

    def items(self) -> QuerySet[Page]:
        """Return them as mere pages: what each type has in a table of its own says nothing here."""
        root = self.get_wagtail_site().root_page
        return root.get_descendants(inclusive=True).live().public().order_by("path")

    def get_urls(self, page: int = 1, site: object = None, protocol: str | None = None) -> list[dict]:
        """Return the addresses of one page of the sitemap as Wagtail finds them, with `alternates`."""
        urls = super().get_urls(page, site, protocol)
        alternates = self.alternates()
        return [url | {"alternates": alternates.get(url["location"], [])} for url in urls]

    def alternates(self) -> dict[str, list[dict]]:
        """Return by address in which languages a page can be read, itself among them; in two queries."""
        public = Page.objects.live().public()
        several = public.values("translation_key").annotate(languages=Count("pk")).filter(languages__gt=1)
        keys = several.values("translation_key").order_by()
        groups: dict = defaultdict(list)
        for page in public.filter(translation_key__in=keys).select_related("locale").order_by("path"):
            groups[page.translation_key].append((page.locale.language_code, page.get_full_url(self.request)))
        found: dict[str, list[dict]] = {}
        for pages in groups.values():
            links = [{"lang_code": code, "location": address} for code, address in pages]
            links += [{"lang_code": "x-default", "location": address} for code, address in pages if code == "de"]
            found |= {address: links for _, address in pages}
        return found


class ViewSitemap(Sitemap):
    """The public addresses that are no pages, under the same host as the pages."""

    def items(self) -> list[tuple[str, datetime | None]]:
        """Return (path, last change) of each."""
        resolutions = last_change(ResolutionPage)
        of_all = max(filter(None, [resolutions, last_change(ConferencePage), last_change(NewsPage)]), default=None)
        views = [(path, resolutions if view in OF_RESOLUTIONS else of_all) for path, view in listed_views().items()]
        themes = [(theme.get_absolute_url(), of_all) for theme in Theme.objects.all()]
        laender = [(land.get_absolute_url(), of_all) for land in Land.objects.all()]
        return [*views, *themes, *laender]

    def get_urls(self, page: int = 1, site: object = None, protocol: str | None = None) -> list[dict]:
        """Return the addresses of one page of the sitemap, all on the host of the pages."""
        root = self.get_wagtail_site().root_url
        return [{"location": root + path, "lastmod": day} for path, day in self.paginator.page(page).object_list]


def last_change(pages: type[Page]) -> datetime | None:
    """Return when one of these pages that is public was last published."""
    return pages.objects.live().aggregate(last=Max("last_published_at"))["last"]


SITEMAPS = {"pages": PageSitemap, "views": ViewSitemap}
