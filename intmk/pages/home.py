"""What the entrance of the site shows: who chairs and the next conference in every language, the tasks in German."""

from typing import Any

from django.db.models import Count
from django.http import HttpRequest
from django.utils import timezone
from wagtail.models import Page, PageQuerySet

from conferences.models import ChairPerson, ConferencePage, Land, ResolutionPage, Theme
from conferences.models.chair import rotation_of, term_today, today

AHEAD = 3  # conferences among the next dates


def with_introductions(pages: PageQuerySet) -> list[Page]:
    """Return the pages with their `introduction`, which each type keeps in a table of its own; a query for each."""
    found = list(pages)
    introductions: dict[int, str] = {}
    for model in {page.specific_class for page in found}:
        introductions |= model.objects.filter(pk__in=[page.pk for page in found]).values_list("pk", "introduction")
    for page in found:
        page.introduction = introductions[page.pk]
    return found


def chair_today(request: HttpRequest) -> dict[str, Any]:
    """Return who chairs today. term: Term or None; chair_persons: the persons of the stored term, None without one."""
    term = term_today(request)
    persons = ChairPerson.objects.only("name", "start", "end")
    return {
        "term": term,
        "chair_persons": list(persons.filter(term__start=term.start)) if term and term.stored else None,
    }


def count_resolutions(conferences: list[ConferencePage]) -> None:
    """Give each of them its `resolution_count`, in one query."""
    public = ResolutionPage.objects.live().filter(conference__in=conferences).order_by()
    counts = dict(public.values_list("conference").annotate(Count("pk")))
    for conference in conferences:
        conference.resolution_count = counts.get(conference.pk, 0)


def entrance(request: HttpRequest, page: Page) -> dict[str, Any]:
    """Return what `chair_today` says, the conference to announce and the pages of the main menu below `page`.

    conference: the next one, else the latest; latest_conference: the latest one that is over, when `conference` is
    ahead. Both have `resolution_count`. entrances: the pages with `introduction`.
    """
    conferences = ConferencePage.objects.live().with_chair()
    upcoming = conferences.upcoming(timezone.localdate()).first()
    latest = conferences.latest_held()
    count_resolutions(list(filter(None, (upcoming, latest))))
    return chair_today(request) | {
        "conference": upcoming or latest,
        "latest_conference": latest if upcoming else None,
        "entrances": with_introductions(Page.objects.live().child_of(page).in_menu()),
    }


def tasks(request: HttpRequest) -> dict[str, Any]:
    """Return what readers come for: `chair_today`, themes and Länder to find by, the next dates.

    upcoming: the conferences ahead, at most AHEAD. latest_conference: the latest one that is over or None, with
    `resolution_count`. handover: the Term that follows.
    """
    conferences = ConferencePage.objects.live()
    latest = conferences.with_chair().latest_held()
    count_resolutions(list(filter(None, [latest])))
    return chair_today(request) | {
        "themes": Theme.objects.all(),
        "laender": list(Land.objects.all()),
        "upcoming": conferences.for_lists().upcoming(timezone.localdate())[:AHEAD],
        "latest_conference": latest,
        "handover": next(iter(rotation_of(request).next_terms(1, today())), None),
    }
