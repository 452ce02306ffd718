"""Reminds editors of the accessibility statement once nobody has looked through it for a year."""

from django.http import HttpRequest
from django.urls import reverse
from wagtail.admin.ui.components import Component

from conferences.handover.panels import HandoverComponent
from intmk.accessibility.statement import AccessibilityStatement
from intmk.language.day import today


class StatementPanel(HandoverComponent):
    """One line on the dashboard."""

    template_name = "intmk/accessibility/statement_panel.html"
    order = 16

    def __init__(self, statement: AccessibilityStatement) -> None:
        self.statement = statement

    def get_context_data(self, parent_context) -> dict:
        """Return the statement and the address at which it is edited."""
        address = reverse("wagtailsettings:edit", args=["intmk", "accessibilitystatement"])
        return {"statement": self.statement, "url": address}


def add_statement_panel(request: HttpRequest, panels: list[Component]) -> None:
    """Hook: remind those who may change the statement when it is overdue."""
    if not request.user.has_perm("intmk.change_accessibilitystatement"):
        return
    statement = AccessibilityStatement.shown()
    if statement.is_overdue(today()):
        panels.append(StatementPanel(statement))
