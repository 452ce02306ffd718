"""What the administrators' start page says of the installation: nothing while all is well."""

from django.http import HttpRequest
from wagtail.admin.ui.components import Component

from intmk.doctor.checks import CHECKS
from intmk.doctor.findings import Check, Finding, State, examine


class DoctorPanel(Component):
    """What has to be mended; the command `doctor` looks at more."""

    template_name = "intmk/doctor/panel.html"
    order = 5  # above all else

    class Media:
        css = {"all": ["css/handover.css"]}

    def __init__(self, found: list[tuple[Check, Finding]]) -> None:
        self.found = found

    def get_context_data(self, parent_context) -> dict:
        """Return `found`, pairs of check and finding."""
        return {"found": self.found}


def add_doctor_panel(request: HttpRequest, panels: list[Component]) -> None:
    """Hook: tell administrators what is red among the things that are quick to look at."""
    if not request.user.is_superuser:
        return
    quick = (check for check in CHECKS if check.quick)
    if found := [pair for pair in examine(quick) if pair[1].state is State.RED]:
        panels.append(DoctorPanel(found))
