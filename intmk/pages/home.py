"""What the entrance of the site shows: who chairs and the next conference in every language, the tasks in German."""

from datetime import date
from typing import Any

from django.db.models import Count
from django.http import HttpRequest
from wagtail.models import Page

from conferences.models import ConferencePage, ResolutionPage
from conferences.models.chair import rotation_of, term_today, terms_with_persons
from conferences.models.conference_queryset import with_chairs
from conferences.models.theme import all_themes
from intmk.language.day import today
from intmk.server.kept import kept

AHEAD = 3  # conferences among the next dates


def chair_today(request: HttpRequest) -> dict[str, Any]:
    """Return who chairs today. term: Term or None; chair_persons: the persons of the stored term, None without one."""
    term = term_today(request)
    stored = next((row for row in terms_with_persons().values() if term and row.start == term.start), None)
    return {"term": term, "chair_persons": list(stored.persons.all()) if stored else None}


@kept
def conferences_around(day: date) -> tuple[ConferencePage | None, list[ConferencePage]]:
    """Return the latest conference that is over, None without one, and the next ones, with their `resolution_count`."""
    conferences = ConferencePage.objects.live()
    held, upcoming = with_chairs(conferences.latest_held()[:1], conferences.upcoming(day)[:AHEAD])
    public = ResolutionPage.objects.live().filter(conference__in=[*held, *upcoming]).order_by()
    counts = dict(public.values_list("conference").annotate(Count("pk")))
    for conference in [*held, *upcoming]:
        conference.resolution_count = counts.get(conference.pk, 0)
    return next(iter(held), None), upcoming


def entrance(request: HttpRequest, page: Page) -> dict[str, Any]:
    """Return what `chair_today` says, the conference to announce and the pages of the main menu below `page`.

    conference: the next one, else the latest; latest_conference: the latest one that is over, when `conference` is
    ahead. Both have `resolution_count`. entrances: the pages with `introduction`.
    """
    latest, upcoming = conferences_around(today())
    return chair_today(request) | {
        "conference": upcoming[0] if upcoming else latest,
        "latest_conference": latest if upcoming else None,
        "entrances": Page.objects.live().child_of(page).in_menu().defer_streamfields().specific(),
    }


def tasks(request: HttpRequest) -> dict[str, Any]:
    """Return what readers come for: `chair_today`, themes to find by, the next dates.

    upcoming: the conferences ahead, at most AHEAD. latest_conference: the latest one that is over or None, with
    `resolution_count`. handover: the Term that follows.
    """
    latest, upcoming = conferences_around(today())
    return chair_today(request) | {
        "themes": all_themes(),
        "upcoming": upcoming,
        "latest_conference": latest,
        "handover": next(iter(rotation_of(request).next_terms(1, today())), None),
    }
