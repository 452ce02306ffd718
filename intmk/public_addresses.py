"""Every address at which a page was ever public. A trigger of the database keeps the table (migration 0007).

Not the redirects that Wagtail makes of itself: they lead to nothing when a page is taken back and renamed as a draft,
and miss a page that is not public while one above it gets another address.
"""

from django.db import models
from django.http import HttpRequest
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, Site

from conferences.models import Theme

LONGEST = 1000


def normalised_path(path: str) -> str:
    """Return `path` as Wagtail's redirects write it: decoded, without the last slash, cut to what is stored."""
    return Redirect.normalise_path(path).replace("\x00", "")[:LONGEST]


def path_in_tree(url_path: str) -> str:
    """Return a page's path from the top of the tree as the trigger stores it: "/home/konferenzen/" → "/konferenzen"."""
    return "/" + url_path.strip("/").partition("/")[2]


class PublicAddressQuerySet(models.QuerySet):
    """Addresses by what a reader asks for."""

    def answering(self, request: HttpRequest) -> "tuple[PublicAddress, str] | None":
        """Return the row for the address of `request`, and what of the path lies below it ("zitat.bib" or "").

        Looked for with the query, as redirects may have one, then without, then as a file below the page.
        """
        site = Site.find_for_request(request)
        above = path_in_tree(site.root_page.url_path).rstrip("/") if site else ""
        page, _, file = request.path.rpartition("/")
        wanted = {request.get_full_path(): "", request.path: ""} | ({f"{page}/": file} if "." in file else {})
        paths = {above + normalised_path(path): below for path, below in wanted.items()}
        rows = {row.path: row for row in self.filter(path__in=paths).select_related("page", "theme")}
        return next(((rows[path], below) for path, below in paths.items() if path in rows), None)


class PublicAddress(models.Model):
    """An address that was public, and the page that stood there last: its title when it was last public."""

    path = models.CharField("Adresse", max_length=LONGEST, unique=True)
    title = models.CharField("Titel", max_length=255)
    # The trigger empties it; Django would do so before the page is gone, and the day would stay unknown.
    page = models.ForeignKey(
        Page, verbose_name="Seite", null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    # Where the address of a theme leads now. Themes are no pages: signals keep their rows (intmk/former_addresses.py).
    theme = models.ForeignKey(
        Theme, verbose_name="Handlungsfeld", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    gone_at = models.DateTimeField("Nicht mehr öffentlich seit", null=True)

    objects = PublicAddressQuerySet.as_manager()
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "öffentliche Adresse"
        verbose_name_plural = "öffentliche Adressen"

    def __str__(self) -> str:
        return self.path

    @property
    def what(self) -> str:
        """Return by what name to speak of what stood there; no page has these beginnings (RESERVED_SLUGS)."""
        words = {"dokumente": "dieses Dokument", "themen": "dieses Handlungsfeld"}
        return words.get(self.path.split("/")[1], "diese Seite")

    @property
    def is_withdrawn(self) -> bool:
        """Say whether the page is still there, but not public."""
        return self.page is not None
