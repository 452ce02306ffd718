"""The page of the handover in the admin, and the list of open drafts that it leads to."""

from typing import ClassVar

import django_filters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import path, reverse
from django.views.generic.base import TemplateView
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.views.reports.base import ReportView
from wagtail.models import Page
from wagtail.permissions import page_permission_policy

from conferences.handover import waiting
from conferences.handover.chair_changes import DAYS_AFTER, changes_around
from conferences.handover.pages_in_work import drafts
from conferences.handover.panels import HandoverComponent, checklist_panel, waiting_panel
from conferences.handover.viewer import account_of, belongs, rehearses
from conferences.models import Handover
from conferences.models.chair import rotation_of
from intmk.base.admin_views import ToBeEmptied
from intmk.language.dates import german_moment
from intmk.language.day import today
from intmk.users.models import User, account_name

ICON = "rotate"


class OfLaenderMixin:
    """A page of the admin for accounts of the Länder and administrators."""

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponseBase:
        """Answer the request; raise PermissionDenied for anybody else."""
        if not belongs(account_of(request)):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


class HandoverView(OfLaenderMixin, WagtailAdminTemplateMixin, TemplateView):
    """The list for the next change whenever it is, and for the latest while it is fresh; the record of former ones."""

    page_title = "Übergabe"
    header_icon = ICON
    template_name = "conferences/handover/page.html"
    breadcrumbs_items = [*WagtailAdminTemplateMixin.breadcrumbs_items, {"url": "", "label": "Übergabe"}]

    def get_context_data(self, **kwargs) -> dict:
        """Add `lists` (components), `waiting` (a component or None), `records`, and whether the account `rehearses`."""
        day = today()
        latest, following = changes_around(rotation_of(self.request), day)
        shown = [latest] if latest and latest.days_until(day) >= -DAYS_AFTER else []
        lists = [checklist_panel(self.request, change, day, linked=False) for change in [*shown, following] if change]
        return super().get_context_data(**kwargs) | {
            "lists": lists,
            "waiting": waiting_panel(self.request),
            "rehearses": rehearses(account_of(self.request), rotation_of(self.request), day),
            "records": Handover.objects.of_changes(),
            "media": HandoverComponent().media,
        }


def last_edit(page: Page) -> str:
    """Return when and by whom the page was last worked on, as far as it is noted."""
    if not page.latest_revision:
        return ""
    return f"{german_moment(page.latest_revision.created_at)}, {account_name(page.latest_revision.user)}"


class DraftsFilterSet(WagtailFilterSet):
    """By who worked on the draft last."""

    editor = django_filters.ModelChoiceFilter(
        label="Zuletzt bearbeitet von", field_name="latest_revision__user", queryset=User.objects.order_by("username")
    )

    class Meta:
        model = Page
        fields: ClassVar[list[str]] = []


class DraftsView(ToBeEmptied, ReportView):
    """All pages with changes that are not public, for those who may edit pages."""

    page_title = "Offene Entwürfe"
    when_empty = (
        "Hier stehen Seiten mit Änderungen, die nicht öffentlich sind. Zurzeit gibt es keine; es ist nichts zu tun."
    )
    header_icon = "draft"
    filterset_class = DraftsFilterSet
    index_url_name = "handover_drafts"
    index_results_url_name = "handover_drafts_results"
    permission_policy = page_permission_policy
    any_permission_required = ["add", "change", "publish"]
    # Not Wagtail's listing of pages: its buttons ask three questions about each page.
    columns = [
        TitleColumn("draft_title", label="Titel", url_name="wagtailadmin_pages:edit", width="50%"),
        Column("changed", label="Zuletzt bearbeitet", accessor=last_edit, width="30%"),
        Column("state", label="Stand", accessor=lambda page: "mit Änderungen" if page.live else "nicht öffentlich"),
    ]
    list_export = ["draft_title", "latest_revision_created_at", "live"]
    export_headings = {
        "draft_title": "Titel",
        "latest_revision_created_at": "Zuletzt bearbeitet",
        "live": "Öffentlich",
    }

    def get_filename(self) -> str:
        return f"offene-entwuerfe-{today().isoformat()}"

    def get_base_queryset(self) -> QuerySet:
        rights = set(self.any_permission_required)
        editable = page_permission_policy.instances_user_has_any_permission_for(self.request.user, rights)
        return (
            drafts()
            .filter(pk__in=editable.values("pk"))
            .select_related("latest_revision__user")
            .order_by("-latest_revision_created_at", "pk")
        )


class OfLaenderMenuItem(MenuItem):
    """Leads to such a page, for those who get it."""

    def is_shown(self, request: HttpRequest) -> bool:
        return belongs(account_of(request))


def handover_menu_item() -> MenuItem:
    """Hook: return the entry of the main menu."""
    return OfLaenderMenuItem("Übergabe", reverse("handover"), name="uebergabe", icon_name=ICON, order=160)


def handover_admin_urls() -> list:
    """Hook: return the addresses below /admin/; Wagtail asks each for a signed-in account."""
    return [
        path("uebergabe/", HandoverView.as_view(), name="handover"),
        path("uebergabe/bestaetigen/", waiting.confirm_waiting, name="handover_confirm"),
        path("uebergabe/behalten/", waiting.keep_waiting, name="handover_keep"),
        path("uebergabe/entwuerfe/", DraftsView.as_view(), name="handover_drafts"),
        path("uebergabe/entwuerfe/liste/", DraftsView.as_view(results_only=True), name="handover_drafts_results"),
    ]
