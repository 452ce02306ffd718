"""The report "Vorsitz und Rechte": who changed a term, an account's Land, or a right, and from what to what."""

from dataclasses import dataclass
from datetime import datetime

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import path, reverse
from django.utils import timezone
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.reports import ReportView
from wagtail.log_actions import registry
from wagtail.models import ModelLogEntry
from wagtail.permission_policies.base import BasePermissionPolicy

from intmk.audit.descriptions import NOTHING
from intmk.audit.log_entries import REPORTED, SIGN_IN, Action
from intmk.base.admin_views import ToBeEmptied

TITLE = "Vorsitz und Rechte"
URL_NAME = "rights_report"


def account_log_entries() -> QuerySet[ModelLogEntry]:
    """Return what the report shows, from all time."""
    return ModelLogEntry.objects.filter(Q(action__in=Action.values) | Q(action__startswith=SIGN_IN))


@dataclass(frozen=True)
class ReportLine:
    """One line of the report, in words."""

    time: datetime
    who: str
    what: str
    before: str
    after: str

    @property
    def shown_time(self) -> str:
        return f"{timezone.localtime(self.time):%d.%m.%Y %H:%M}"


def report_line(entry: ModelLogEntry) -> ReportLine:
    """Return the line for an entry; nothing is looked up, so that it says the same when things are deleted."""
    words = {key: entry.data.get(key) or NOTHING for key in ("by", "from", "to")}
    label = registry.get_action_label(entry.action) if registry.action_exists(entry.action) else entry.action
    return ReportLine(entry.timestamp, words["by"], f"{label}: {entry.label}", words["from"], words["to"])


class ReportPolicy(BasePermissionPolicy):
    """The report is for administrators and for the Land that has the chair; asked anew for every request."""

    def user_has_permission(self, user, action: str) -> bool:
        return user.is_authenticated and user.acts_for_chair


policy = ReportPolicy(ModelLogEntry)


class RightsFilterSet(WagtailFilterSet):
    """By kind of change, by who made it (deleted accounts too), by days."""

    action = django_filters.MultipleChoiceFilter(label="Was", widget=forms.CheckboxSelectMultiple)
    by = django_filters.ChoiceFilter(label="Wer", field_name="data__by")
    timestamp = django_filters.DateFromToRangeFilter(label="Zeit", widget=DateRangePickerWidget)

    class Meta:
        model = ModelLogEntry
        fields: list[str] = []

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        actions = [choice for choice in registry.get_choices() if choice[0].startswith(REPORTED)]
        self.filters["action"].extra["choices"] = sorted(actions, key=lambda choice: str(choice[1]))
        names = account_log_entries().order_by("data__by").values_list("data__by", flat=True).distinct()
        self.filters["by"].extra["choices"] = [(name, name) for name in names if name]


class RightsReportView(ToBeEmptied, ReportView):
    """The report as a page, and as CSV or XLSX by Wagtail's own export."""

    page_title = TITLE
    header_icon = "history"
    index_url_name = URL_NAME
    index_results_url_name = f"{URL_NAME}_results"
    filterset_class = RightsFilterSet
    permission_policy = policy
    permission_required = "view"
    default_ordering = "-timestamp"
    when_empty = "Hier steht, wer an Rechten, Vorsitz und Freigaben etwas geändert hat. Bisher hat das niemand."
    columns = [
        Column("shown_time", label="Zeit", sort_key="timestamp"),
        Column("who", label="Wer"),
        Column("what", label="Was"),
        Column("before", label="Von"),
        Column("after", label="Nach"),
    ]
    export_headings = {"time": "Zeit", "who": "Wer", "what": "Was", "before": "Von", "after": "Nach"}
    list_export = list(export_headings)
    export_filename = "vorsitz-und-rechte"
    custom_field_preprocess = {
        "time": {
            ReportView.FORMAT_XLSX: timezone.make_naive,
            ReportView.FORMAT_CSV: lambda value: f"{timezone.localtime(value):%d.%m.%Y %H:%M}",
        }
    }

    def get_base_queryset(self) -> QuerySet[ModelLogEntry]:
        return account_log_entries()

    def decorate_paginated_queryset(self, object_list) -> list[ReportLine]:
        return [report_line(entry) for entry in object_list]

    def order_queryset(self, queryset: QuerySet[ModelLogEntry]) -> QuerySet[ModelLogEntry]:
        return queryset.order_by(self.ordering, "-pk")

    def get_table(self, object_list):
        return super().get_table(self.decorate_paginated_queryset(object_list))


class RightsReportMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return policy.user_has_permission(request.user, "view")


def rights_menu_item() -> MenuItem:
    """Return the entry under "Berichte"; for Wagtail's hook register_reports_menu_item."""
    return RightsReportMenuItem(TITLE, reverse(URL_NAME), name="rights", icon_name="history", order=100)


def admin_urls() -> list:
    """Return the addresses below /admin/; for Wagtail's hook register_admin_urls."""
    return [
        path("berichte/vorsitz-und-rechte/", RightsReportView.as_view(), name=URL_NAME),
        path(
            "berichte/vorsitz-und-rechte/liste/",
            RightsReportView.as_view(results_only=True),
            name=f"{URL_NAME}_results",
        ),
    ]
