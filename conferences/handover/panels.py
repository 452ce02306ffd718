"""What the handover adds to the dashboard."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from wagtail.admin.ui.components import Component

from conferences.handover import refused_forms
from conferences.handover.chair_changes import ChairChange, changes_around, next_term_of
from conferences.handover.checklist import Item, checklist
from conferences.handover.scheduled import scheduled_of
from conferences.handover.viewer import Viewer, account_of, belongs
from conferences.handover.waiting import Waiting, waiting_for
from conferences.models import KeptForm
from conferences.models.chair import rotation_of
from intmk.language import land_names
from intmk.language.dates import german_day
from intmk.language.day import today
from intmk.language.wording import counted_as
from intmk.users.models import LAND_NAMES

KEPT_SHOWN = 5


class HandoverComponent(Component):
    """A part of the start page with the style sheet of the handover, made of what `context` holds."""

    context: dict[str, Any]

    class Media:
        css = {"all": ["css/handover.css"]}

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return self.context


class StandPanel(HandoverComponent):
    """One line: who chairs, until when, and what this account may do."""

    template_name = "conferences/handover/chair_status.html"
    order = 10

    def __init__(self, chair: str, until: date | None, rights: str) -> None:
        self.context = {"chair": chair, "until": until, "rights": rights}


class ChecklistPanel(HandoverComponent):
    """The list for one change of the chair, what is open first."""

    template_name = "conferences/handover/checklist.html"
    order = 30

    def __init__(self, change: ChairChange, items: list[Item], day: date, linked: bool = True) -> None:
        """Take what the list says; `linked`: say where to find it again, which its own page does not."""
        self.change, self.items, self.day, self.linked = change, items, day, linked

    @property
    def heading(self) -> str:
        change = self.change
        who = (
            f"Übergabe des Vorsitzes {land_names.of(change.former.land_name)} {land_names.to(change.coming.land_name)}"
        )
        return f"{who} am {german_day(change.day)}: {self.distance}"

    @property
    def distance(self) -> str:
        """Return how far it is, e.g. "noch 42 Tage"."""
        days = self.change.days_until(self.day)
        if days == 0:
            return "heute"
        return ("noch " if days > 0 else "seit ") + counted_as(abs(days), "Tag", "Tage" if days > 0 else "Tagen")

    def get_context_data(self, parent_context) -> dict:
        """Add what is open and what is done."""
        return {
            "heading": self.heading,
            "id": f"uebergabe-{self.change.day.isoformat()}",
            "open": [item for item in self.items if not item.done],
            "done": [item for item in self.items if item.done],
            "number": len(self.items),
            "linked": self.linked,
        }


class WaitingPanel(HandoverComponent):
    """What waits for somebody who may confirm it."""

    template_name = "conferences/handover/waiting.html"
    order = 20

    def __init__(self, waiting: list[Waiting]) -> None:
        self.waiting = waiting

    def get_context_data(self, parent_context) -> dict:
        """Add what waits; the heading says whether for this account."""
        yours = any(item.can_confirm for item in self.waiting)
        return {
            "heading": "Wartet auf Ihre Bestätigung" if yours else "Wartet auf Bestätigung",
            "waiting": self.waiting,
            "request": parent_context["request"],
            "csrf_token": parent_context["csrf_token"],
        }


class KeptFormsPanel(HandoverComponent):
    """What was sent too late and is kept."""

    template_name = "conferences/handover/kept_forms_panel.html"
    order = 40

    def __init__(self, forms: list[KeptForm], more: bool) -> None:
        self.context = {"forms": forms, "more": more, "laender": LAND_NAMES}


def add_handover_panels(request: HttpRequest, panels: list[Component]) -> None:
    """Hook: add to the dashboard what concerns this account today; Wagtail's own panels stay."""
    user, day = account_of(request), today()
    if not belongs(user):
        return
    panels.append(stand_panel(request, day))
    if waiting := waiting_panel(request):
        panels.append(waiting)
    for change in changes_around(rotation_of(request), day):
        if change and change.is_near(day) and (user.is_superuser or change.concerns(user.land_code)):
            panel = checklist_panel(request, change, day)
            if change.day > day or any(not item.done for item in panel.items):
                panels.append(panel)
    kept = list(refused_forms.visible_to(user)[: KEPT_SHOWN + 1])
    if kept:
        panels.append(KeptFormsPanel(kept[:KEPT_SHOWN], len(kept) > KEPT_SHOWN))


def stand_panel(request: HttpRequest, day: date) -> StandPanel:
    """Return the line about the chair of `day`."""
    user, rotation = account_of(request), rotation_of(request)
    term = rotation.term_on(day)
    if Viewer(user).publishes:
        rights = "Sie können veröffentlichen."
    else:
        rights = "Sie können lesen und vorschlagen."
        if own := next_term_of(rotation, user.land_code, day):
            rights = f"Sie können lesen und vorschlagen; veröffentlichen wird Ihr Land ab {german_day(own.start)}."
    return StandPanel(term.land_name if term else "", term.end if term else None, rights)


def checklist_panel(request: HttpRequest, change: ChairChange, day: date, linked: bool = True) -> ChecklistPanel:
    """Return the list for `change` as this account sees it on `day`."""
    term = rotation_of(request).term_on(day)
    viewer = Viewer(account_of(request), term.land_name if term else "")
    return ChecklistPanel(change, checklist(change.coming, viewer), day, linked)


def waiting_panel(request: HttpRequest) -> WaitingPanel | None:
    """Return what waits; None when nothing does, or for accounts that may not publish."""
    if not Viewer(account_of(request)).publishes:
        return None
    waiting = waiting_for(account_of(request), rotation_of(request), scheduled_of(request))
    return WaitingPanel(waiting) if waiting else None
