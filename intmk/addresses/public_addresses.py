"""Every address at which a page was ever public. A trigger of the database keeps the table (the first migration).

Not the redirects that Wagtail makes of itself: they lead to nothing when a page is taken back and renamed as a draft,
and miss a page that is not public while one above it gets another address.
"""

from typing import NamedTuple

from django.db import models
from django.http import HttpRequest
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page

from conferences.models import Theme
from intmk.addresses.writing import as_slugs, as_this_site_writes
from intmk.base.site import site_of

LONGEST = 1000


def normalised_path(path: str) -> str:
    """Return `path` as Wagtail's redirects write it: decoded, without the last slash, cut to what is stored."""
    return Redirect.normalise_path(path).replace("\x00", "")[:LONGEST]


def path_in_tree(url_path: str) -> str:
    """Return a page's path from the top of the tree as the trigger stores it: "/home/konferenzen/" → "/konferenzen"."""
    return "/" + url_path.strip("/").partition("/")[2]


class AddressRow(NamedTuple):
    """A row for an address that was asked for.

    below: what of the path lies below it ("zitat.bib" or ""). is_exact: whether it was asked for in this writing.
    is_near: whether it is only what the parts of the path would be as slugs.
    """

    address: "PublicAddress"
    below: str
    is_exact: bool
    is_near: bool


class PublicAddressQuerySet(models.QuerySet):
    """Addresses by what a reader asks for."""

    def answering(self, request: HttpRequest) -> "list[AddressRow]":
        """Return what is known of the address of `request`, the best first; one query.

        Looked for with the query, as redirects may have one, then without, then as this site would write it, then as a
        file below a page, then by slugs.
        """
        site = site_of(request)
        above = path_in_tree(site.root_page.url_path).rstrip("/") if site else ""
        path = f"/{request.path.lstrip('/')}"  # "//a/" would be the start page of the host "a"
        page, _, file = path.rpartition("/")
        wanted: list[tuple[str, str, bool, bool]] = [
            (f"/{request.get_full_path().lstrip('/')}", "", True, False),
            (path, "", True, False),
            (as_this_site_writes(path, request.META.get("QUERY_STRING", "")), "", False, False),
            *([(f"{page}/", file, False, False)] if "." in file else []),
            (as_slugs(path), "", False, True),
        ]
        paths = [above + normalised_path(asked) for asked, _, _, _ in wanted]
        rows = self.filter(path__in=paths).select_related("page", "theme", "successor")
        known = {row.path: row for row in rows}
        return [
            AddressRow(known[path], below, is_exact, is_near)
            for path, (_, below, is_exact, is_near) in zip(paths, wanted, strict=True)
            if path in known
        ]


class PublicAddress(models.Model):
    """An address that was public, and the page that stood there last: its title when it was last public."""

    path = models.CharField("Adresse", max_length=LONGEST, unique=True)
    title = models.CharField("Titel", max_length=255)
    # The trigger empties it; Django would do so before the page is gone, and the day would stay unknown.
    page = models.ForeignKey(
        Page, verbose_name="Seite", null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    # Where the address of a theme leads now. Themes are no pages: signal_handlers.py keeps their rows.
    theme = models.ForeignKey(
        Theme, verbose_name="Handlungsfeld", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    successor = models.ForeignKey(
        Page,
        verbose_name="Nachfolgende Seite",
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Wohin die Adresse führt, solange ihre Seite nicht öffentlich ist.",
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
        """Return by what name to speak of what stood there; no page has these beginnings (reserved_slugs)."""
        words = {"dokumente": "dieses Dokument", "themen": "dieses Handlungsfeld"}
        return words.get(self.path.split("/")[1], "diese Seite")

    @property
    def is_withdrawn(self) -> bool:
        """Say whether the page is still there, but not public."""
        return self.page is not None
