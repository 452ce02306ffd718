"""The inbox "Barrieren" in the admin: for the Land in the chair and administrators, the most urgent report first."""

from functools import cached_property

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import BulkActionsCheckboxColumn, Column
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.snippets.views.snippets import EditView, IndexView, SnippetViewSet

from conferences.handover.panels import HandoverComponent
from conferences.models.chair import today
from intmk.accessibility.models import BarrierMail, BarrierReport
from intmk.language.wording import counted_as
from intmk.users.choosers import EntitledChooserViewSet

ICON = "help"


class BarrierPermissionPolicy(ModelPermissionPolicy):
    """Reports come from readers, so nobody adds one; they are evidence, so only an administrator deletes one."""

    def user_has_permission(self, user, action: str) -> bool:
        if action == "add":
            return False
        if action == "delete":
            return user.is_active and user.is_superuser
        return super().user_has_permission(user, action)


class BarrierIndexView(IndexView):
    """The list without ticks: each report is answered by itself."""

    @cached_property
    def columns(self) -> list[Column]:
        return [column for column in super().columns if not isinstance(column, BulkActionsCheckboxColumn)]

    def get_base_queryset(self) -> QuerySet:
        return super().get_base_queryset().prefetch_related("mails")


class BarrierEditView(EditView):
    """One report: what it says, and what became of it."""

    def save_instance(self) -> BarrierReport:
        """Keep who closed the report; nobody once it is open again."""
        report = self.form.instance
        if report.is_open:
            report.answered_by = None
        elif "state" in self.form.changed_data or report.answered_by_id is None:
            report.answered_by = self.request.user
        return super().save_instance()


class BarrierViewSet(SnippetViewSet):
    """Reported barriers in the admin."""

    model = BarrierReport
    icon = ICON
    menu_label = "Barrieren"
    menu_order = 170
    add_to_admin_menu = True
    list_display = [
        "receipt",
        Column("received_at", label="Eingegangen", accessor="received_day", sort_key="received_at"),
        "page",
        Column("state", label="Stand", accessor="get_state_display"),
        Column("urgency", label="Frist oder Tag der Antwort"),
        Column("mail_report", label="E-Mails"),
    ]
    list_filter = ["state"]
    list_per_page = 20
    # Not Wagtail's index of texts, which would keep a copy of what people wrote.
    search_fields = ["receipt", "page", "text", "name", "email", "phone", "answer"]
    search_backend_name = None
    copy_view_enabled = False
    index_view_class = BarrierIndexView
    edit_view_class = BarrierEditView
    chooser_viewset_class = EntitledChooserViewSet

    @property
    def permission_policy(self) -> BarrierPermissionPolicy:
        return BarrierPermissionPolicy(self.model)


class BarrierPanel(HandoverComponent):
    """One line on the dashboard: how many reports are open, how many overdue."""

    template_name = "intmk/accessibility/barrier_panel.html"
    order = 15

    def __init__(self, unanswered: int, overdue: int, unsent: int) -> None:
        """Take how many reports are not answered, how many of them late, and how many mails were tried in vain."""
        words = [f"{counted_as(unanswered, 'Meldung', 'Meldungen')} offen", f"{overdue} überfällig"]
        self.context = {
            "words": ", ".join(words if overdue else words[:1]),
            "unsent": counted_as(unsent, "E-Mail dazu ging", "E-Mails dazu gingen") if unsent else "",
            "url": reverse(BarrierReport.snippet_viewset.get_url_name("list")),  # type: ignore[attr-defined]
        }

    def get_context_data(self, parent_context) -> dict:
        return self.context


def add_inbox_panel(request: HttpRequest, panels: list[Component]) -> None:
    """Hook: say on the dashboard what is open, to those who may answer it."""
    if not BarrierPermissionPolicy(BarrierReport).user_has_permission(request.user, "change"):
        return
    unanswered = BarrierReport.objects.unanswered().count()
    if not unanswered:
        return
    unsent = BarrierMail.objects.filter(sent_at=None, attempts__gt=0, report__state__in=BarrierReport.OPEN).count()
    panels.append(BarrierPanel(unanswered, BarrierReport.objects.overdue(today()).count(), unsent))
