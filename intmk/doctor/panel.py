"""What the administrators' start page says of the installation: nothing while all is well."""

from django.http import HttpRequest
from django.utils import timezone
from wagtail.admin.ui.components import Component

from intmk.doctor import last_run
from intmk.doctor.checks import CHECKS
from intmk.doctor.findings import Check, Finding, State, examine


class DoctorPanel(Component):
    """What has to be mended: what was just asked, and what takes longer as of the last whole run."""

    template_name = "intmk/doctor/panel.html"
    order = 5  # above all else

    class Media:
        css = {"all": ["css/handover.css"]}

    def __init__(self, found: list[tuple[Check, Finding]], last: last_run.LastRun | None) -> None:
        self.found, self.last = found, last

    def get_context_data(self, parent_context) -> dict:
        """Return `found`, pairs of check and finding, and the `last` run, None if nothing was red then."""
        return {"found": self.found, "last": self.last}


def add_doctor_panel(request: HttpRequest, panels: list[Component]) -> None:
    """Hook: tell administrators what is red."""
    if not request.user.is_superuser:
        return
    quick = (check for check in CHECKS if check.quick)
    found = [pair for pair in examine(quick) if pair[1].state is State.RED]
    last = last_run.kept_run()
    if last and (not last.red or timezone.now() - last.at > last_run.OLD):
        last = None
    if found or last:
        panels.append(DoctorPanel(found, last))
