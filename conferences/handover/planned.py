"""What happens on the site by itself from now on: publications, withdrawals, the next change of the chair."""

from calendar import Calendar
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.urls import path, reverse
from django.utils import timezone
from django.views.generic.base import TemplateView
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.models import Page

from conferences.handover.chair_changes import changes_around
from conferences.handover.panels import HandoverComponent
from conferences.handover.scheduled import Scheduled, scheduled_of
from conferences.handover.viewer import Viewer, account_of
from conferences.handover.views import OfLaenderMenuItem, OfLaenderMixin
from conferences.handover.waiting import who_confirms
from conferences.models.chair import rotation_of
from conferences.rules.rotation import Rotation
from intmk.base.drafts import is_own_draft
from intmk.language import land_names
from intmk.language.day import today
from intmk.users.models import User, account_name

ICON = "calendar"
MOST_MONTHS = 6  # that are drawn as a calendar; the list has all


@dataclass(frozen=True)
class PlannedEntry:
    """One thing that happens on `day`: `time` in Berlin, "" for a whole day; `waits` says on whom it waits then."""

    day: date
    time: str
    title: str
    happens: str
    url: str = ""
    set_by: str = ""
    waits: str = ""


@dataclass(frozen=True)
class Day:
    """A day of the calendar with how much happens on it; one outside its month is blank."""

    day: date
    in_month: bool
    count: int


def entries_for(user: User, rotation: Rotation, day: date, scheduled: Iterable[Scheduled]) -> list[PlannedEntry]:
    """Return what of it the account may know of, the earliest first, and the next change of the chair.

    All to who publishes, else public pages and own drafts.
    """
    publishes = Viewer(user).publishes
    seen = [item for item in scheduled if publishes or item.page.live or is_own_draft(user, item.page)]
    entries = [entry_of(item, rotation) for item in seen]
    _, following = changes_around(rotation, day)
    if following:
        former, coming = following.former.land_name, following.coming.land_name
        title = f"Der Vorsitz geht {land_names.of(former)} {land_names.to(coming)}"
        entries.append(
            PlannedEntry(following.day, "", title, "die Rechte der Redaktionen gehen mit", reverse("handover"))
        )
    return sorted(entries, key=lambda entry: (entry.day, entry.time))


def entry_of(item: Scheduled, rotation: Rotation) -> PlannedEntry:
    """Return in words what happens to a page."""
    local = timezone.localtime(item.moment, timezone.get_default_timezone())
    return PlannedEntry(
        local.date(),
        f"{local:%H:%M}",
        title_of(item.page),
        "wird veröffentlicht" if item.revision else "wird zurückgezogen",
        reverse("wagtailadmin_pages:edit", args=[item.page.pk]),
        account_name(item.account),
        who_confirms(item, rotation) if item.waits else "",
    )


def title_of(page: Page) -> str:
    """Return its public title; a page that is not public has only the one of its draft."""
    return page.title if page.live else page.draft_title


def months(entries: list[PlannedEntry], first: date) -> list[tuple[date, list[list[Day]]]]:
    """Return the months from that of `first` on in which something happens, each as its weeks from Monday on."""
    counts: dict[date, int] = defaultdict(int)
    for entry in entries:
        counts[entry.day] += 1
    begins = sorted({day.replace(day=1) for day in counts if day >= first.replace(day=1)})[:MOST_MONTHS]
    return [
        (
            month,
            [
                [Day(day, day.month == month.month, counts[day] if day.month == month.month else 0) for day in week]
                for week in Calendar().monthdatescalendar(month.year, month.month)
            ],
        )
        for month in begins
    ]


class PlannedView(OfLaenderMixin, WagtailAdminTemplateMixin, TemplateView):
    """Calendar and list of it."""

    page_title = "Geplant"
    header_icon = ICON
    template_name = "conferences/handover/planned.html"
    breadcrumbs_items = [*WagtailAdminTemplateMixin.breadcrumbs_items, {"url": "", "label": "Geplant"}]

    def get_context_data(self, **kwargs) -> dict:
        """Add `entries` (list of Entry), `months` (first day and weeks of each) and `today`."""
        day = today()
        account, rotation = account_of(self.request), rotation_of(self.request)
        entries = entries_for(account, rotation, day, scheduled_of(self.request))
        return super().get_context_data(**kwargs) | {
            "entries": entries,
            "months": months(entries, day),
            "today": day,
            "media": HandoverComponent().media,
        }


def planned_menu_item() -> MenuItem:
    """Hook: return the entry of the main menu."""
    return OfLaenderMenuItem("Geplant", reverse("planned"), name="geplant", icon_name=ICON, order=155)


def planned_admin_urls() -> list:
    """Hook: return the address below /admin/; Wagtail asks there for a signed-in account."""
    return [path("geplant/", PlannedView.as_view(), name="planned")]
