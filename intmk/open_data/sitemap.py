"""/sitemap.xml: the pages of the tree and the addresses that views answer."""

from django.urls import reverse
from wagtail.contrib.sitemaps import Sitemap

from conferences.archive import laender, statistics, themes
from conferences.archive import views as archive
from intmk.accessibility import views as barrier_views


class ViewSitemap(Sitemap):
    """The public addresses that are no pages, under the same host as the pages."""

    def items(self) -> list[str]:
        views = (archive, statistics, themes, laender, barrier_views)
        of_views = [address for view in views for address in view.addresses()]
        return [*of_views, reverse("glossary"), reverse("old_addresses"), reverse("overview")]

    def get_urls(self, page: int = 1, site: object = None, protocol: str | None = None) -> list[dict]:
        """Return the addresses of one page of the sitemap, all on the host of the pages."""
        root = self.get_wagtail_site().root_url
        return [{"location": root + path} for path in self.paginator.page(page).object_list]


SITEMAPS = {"pages": Sitemap, "views": ViewSitemap}
