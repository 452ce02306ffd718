"""The inbox "Barrieren" in the admin: for the Land in the chair and administrators, the most urgent report first."""

from functools import cached_property

from django.db.models import QuerySet
from wagtail.admin.ui.tables import BulkActionsCheckboxColumn, Column
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.snippets.views.snippets import EditView, IndexView, SnippetViewSet

from intmk.accessibility.models import BarrierReport
from intmk.users.choosers import EntitledChooserViewSet

ICON = "mail"


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
