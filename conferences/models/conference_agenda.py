"""The agenda of a conference as far as it is known: its resolutions in order, and the numbers that are missing."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.apps import apps
from django.db.models import QuerySet

from conferences.rules.agenda_item import missing_between, sort_key
from intmk.base.lists import made_once
from intmk.base.pages import SitePage


@dataclass(frozen=True)
class AgendaEntry:
    """A line of the agenda: a resolution, or a number under which there is none (resolution None)."""

    number: str
    resolution: Any = None
    reason: str = ""


def agenda_of(conference: SitePage, agenda_gaps: list) -> list[tuple[str, list[AgendaEntry]]]:
    """Return (heading, entries) in the order of the agenda; "" is the heading of what stands under none.

    agenda_gaps: rows of AgendaGap, each of which is an entry. Of other numbers that are passed over only a list that is
    complete says anything. What has no known number, and what was decided in writing, comes last.
    """
    resolutions = resolutions_in_order(conference.pk) if conference.pk else []
    for page in resolutions:
        page.conference = conference
    reasons = {gap.item: gap.reason for gap in agenda_gaps}
    known = [page.item for page in resolutions if page.item]
    passed_over = missing_between(known, reasons) if conference.agenda_is_complete else []
    missing = {*passed_over, *reasons} - set(known)
    headings = {page.item: page.agenda_heading for page in resolutions}
    entries = [AgendaEntry(page.item, page) for page in resolutions]
    entries += [AgendaEntry(number, None, reasons.get(number, not_there(number))) for number in missing]
    entries.sort(
        key=lambda entry: entry.resolution.item_key if entry.resolution else sort_key(entry.number.partition(" ")[0])
    )
    heading = ""
    headed = []
    for entry in entries:
        if entry.resolution or not entry.number:
            heading = headings.get(entry.number, "") if entry.number else ""
        headed.append((heading, entry))
    return [(name, [entry for _, entry in group]) for name, group in groupby(headed, key=lambda pair: pair[0])]


@made_once
def resolutions_in_order(conference: int) -> QuerySet:
    """Return the public resolutions of a conference in the order of its agenda, with what that shows."""
    return apps.get_model("conferences", "ResolutionPage").objects.live().filter(conference=conference).for_agenda()


def not_there(number: str) -> str:
    """Return what a complete list says of a number that is passed over, or of "2.10 bis 2.90"."""
    return "Diese Nummern kommen nicht vor." if " " in number else "Diese Nummer kommt nicht vor."
