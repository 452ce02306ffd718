"""The parts of the start page that are ours; Wagtail's own and those of other packages stand below."""

from django.http import HttpRequest
from wagtail.admin.ui.components import Component

from conferences.handover.panels import HandoverComponent
from conferences.handover.viewer import Viewer, account_of, belongs
from conferences.models import ConferencePage
from intmk.desk.first_steps import FirstStep, first_steps
from intmk.desk.lines import DeskSection
from intmk.desk.new_things import PRESS_RELEASE, NewThing, conference_of_resolutions, new_things
from intmk.desk.sections import columns_for
from intmk.language.day import today


class DeskComponent(HandoverComponent):
    """The same with the style sheet of the start page."""

    class Media:
        css = {"all": ["css/desk.css"]}


class NewThingsPanel(DeskComponent):
    """The buttons that begin something."""

    template_name = "intmk/desk/new_things.html"
    order = 1

    def __init__(self, things: list[NewThing]) -> None:
        self.context = {"things": things}


class FirstStepsPanel(DeskComponent):
    """What a new account has still to do."""

    template_name = "intmk/desk/first_steps.html"
    order = 11

    def __init__(self, steps: list[FirstStep]) -> None:
        done = sum(step.is_done for step in steps)
        self.context = {"steps": steps, "done": done}


class SectionsPanel(DeskComponent):
    """The sections with lines, and one sentence on those without where they are several."""

    template_name = "intmk/desk/sections.html"
    order = 14

    def __init__(self, *columns: list[DeskSection]) -> None:
        empty = [section.empty for column in columns for section in column if section.empty and not section.lines]
        filled = [[section for section in column if section.lines] for column in columns]
        self.context = {"columns": [column for column in filled if column], "empty": empty if len(empty) > 1 else []}


def add_desk_panels(request: HttpRequest, panels: list[Component]) -> None:
    """Hook: add them for accounts of the Länder and administrators."""
    user, day = account_of(request), today()
    if not belongs(user):
        return
    public = ConferencePage.objects.live()
    conferences = list(public.for_gaps() if Viewer(user).publishes else public.chronological())
    things = new_things(user, conference_of_resolutions(conferences, day))
    if things:
        panels.append(NewThingsPanel(things))
    if user.land_code and things:
        begin = next((thing.url for thing in things if thing.name == PRESS_RELEASE), things[0].url)
        steps = first_steps(user, Viewer(user).publishes, begin)
        if not all(step.is_done for step in steps):
            panels.append(FirstStepsPanel(steps))
    panels.append(SectionsPanel(*columns_for(request, conferences)))
