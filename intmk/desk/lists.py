"""The lists to which numbers of the start page lead and which Wagtail does not have; they stand under "Berichte"."""

from typing import Any

from django.db.models import QuerySet
from django.urls import URLPattern, path, reverse
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.reports.base import ReportView
from wagtail.permissions import page_permission_policy

from conferences.handover.views import OfLaenderMenuItem
from conferences.models import ConferencePage
from intmk.base.admin_views import ToBeEmptied
from intmk.desk.broken_links import broken_links, references_in_vain

GAPS, LINKS = "Konferenzen mit Lücken", "Verweise ins Leere"


class PagesToMend(ToBeEmptied, ReportView):
    """Abstract list of pages with what is to be mended, for those who may edit pages."""

    permission_policy = page_permission_policy
    any_permission_required = ["add", "change", "publish"]
    columns: list[Column] = [
        TitleColumn("title", label="Titel", url_name="wagtailadmin_pages:edit", width="40%"),
        Column("to_mend", label="Was fehlt"),
    ]
    list_export = ["title", "to_mend"]
    export_headings = {"title": "Titel", "to_mend": "Was fehlt"}

    def get_table(self, object_list: Any) -> Any:
        """Add what to mend to the pages that are shown."""
        return super().get_table(self.with_what_to_mend(list(object_list)))

    def stream_csv(self, queryset: QuerySet) -> Any:
        """Do the same for a file of it."""
        return super().stream_csv(self.with_what_to_mend(list(queryset)))

    def write_xlsx(self, queryset: QuerySet, output: Any) -> Any:
        """Do the same for a workbook."""
        return super().write_xlsx(self.with_what_to_mend(list(queryset)), output)

    def with_what_to_mend(self, pages: list[Any]) -> list[Any]:
        """Return the pages, each with `to_mend`."""
        raise NotImplementedError


class ConferenceGapsView(PagesToMend):
    """Public conferences of which something is not in hand, the latest first; each page itself says the same."""

    page_title = GAPS
    when_empty = (
        "Hier stehen öffentliche Konferenzen, denen etwas fehlt, etwa Gruppenfoto oder Programm. "
        "Zurzeit ist alles da; es ist nichts zu tun."
    )
    header_icon = "warning"
    index_url_name = "conference_gaps"
    index_results_url_name = "conference_gaps_results"
    export_filename = "konferenzen-mit-luecken"

    def get_base_queryset(self) -> QuerySet[ConferencePage]:
        pages = ConferencePage.objects.live().for_gaps().reverse()
        return pages.filter(pk__in=[page.pk for page in pages if page.known_gaps()])

    def with_what_to_mend(self, pages: list[ConferencePage]) -> list[ConferencePage]:
        for page in pages:
            page.to_mend = ", ".join(page.known_gaps())
        return pages


class BrokenLinksView(PagesToMend):
    """Public pages that refer to what readers do not find."""

    page_title = LINKS
    when_empty = (
        "Hier stehen öffentliche Seiten mit Verweisen, hinter denen nichts mehr ist, hier oder auf anderen Websites. "
        "Zurzeit gibt es keine; es ist nichts zu tun."
    )
    header_icon = "link"
    index_url_name = "broken_links"
    index_results_url_name = "broken_links_results"
    export_filename = "verweise-ins-leere"

    def get_base_queryset(self) -> QuerySet:
        return broken_links().order_by("path")

    def with_what_to_mend(self, pages: list[Any]) -> list[Any]:
        found = references_in_vain(pages)
        for page in pages:
            page.to_mend = "; ".join(found[page.pk])
        return pages


def gaps_menu_item() -> MenuItem:
    """Hook: return the entry under "Berichte"."""
    return OfLaenderMenuItem(GAPS, reverse("conference_gaps"), name="conference-gaps", icon_name="warning", order=110)


def links_menu_item() -> MenuItem:
    """Hook: return the entry under "Berichte"."""
    return OfLaenderMenuItem(LINKS, reverse("broken_links"), name="broken-links", icon_name="link", order=120)


def addresses_of_reports(*reports: tuple[str, str, type[ReportView]]) -> list[URLPattern]:
    """Return the addresses below /admin/berichte/ of these; of each its slug, the name of its address, and the view."""
    return [
        address
        for slug, name, view in reports
        for address in (
            path(f"berichte/{slug}/", view.as_view(), name=name),
            path(f"berichte/{slug}/liste/", view.as_view(results_only=True), name=f"{name}_results"),
        )
    ]


def desk_lists_admin_urls() -> list[URLPattern]:
    """Hook: return the addresses below /admin/; Wagtail asks each for a signed-in account."""
    return addresses_of_reports(
        ("konferenzen-mit-luecken", "conference_gaps", ConferenceGapsView),
        ("verweise-ins-leere", "broken_links", BrokenLinksView),
    )
