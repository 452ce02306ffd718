"""/sitemap.xml: the pages of the tree and the addresses that views answer."""

from wagtail.contrib.sitemaps import Sitemap

from conferences.models import Land, Theme
from intmk.base.view_pages import listed_views


class ViewSitemap(Sitemap):
    """The public addresses that are no pages, under the same host as the pages."""

    def items(self) -> list[str]:
        themes = [theme.get_absolute_url() for theme in Theme.objects.all()]
        laender = [land.get_absolute_url() for land in Land.objects.all()]
        return [*listed_views(), *themes, *laender]

    def get_urls(self, page: int = 1, site: object = None, protocol: str | None = None) -> list[dict]:
        """Return the addresses of one page of the sitemap, all on the host of the pages."""
        root = self.get_wagtail_site().root_url
        return [{"location": root + path} for path in self.paginator.page(page).object_list]


SITEMAPS = {"pages": Sitemap, "views": ViewSitemap}
