"""What the entrance of the site shows in every language: who chairs, the next conference, the parts."""

from django.http import HttpRequest
from django.utils import timezone
from wagtail.models import Page, PageQuerySet

from conferences.models import ChairTerm, ConferencePage
from conferences.models.chair import term_today


def with_introductions(pages: PageQuerySet) -> list[Page]:
    """Return the pages with their `introduction`, which each type keeps in a table of its own; a query for each."""
    found = list(pages)
    introductions: dict[int, str] = {}
    for model in {page.specific_class for page in found}:
        introductions |= model.objects.filter(pk__in=[page.pk for page in found]).values_list("pk", "introduction")
    for page in found:
        page.introduction = introductions[page.pk]
    return found


def entrance(request: HttpRequest, page: Page) -> dict:
    """Return who chairs today, the conference to announce and the pages of the main menu below `page`.

    term, stored_term: Term and its row, None without. conference: the next one, else the latest;
    latest_conference: the latest one that is over, when `conference` is ahead. Both have `resolution_count`.
    entrances: the pages with `introduction`.
    """
    term = term_today(request)
    conferences = ConferencePage.objects.live().for_lists()
    upcoming = conferences.upcoming(timezone.localdate()).first()
    latest = conferences.filter(status=ConferencePage.Status.HELD).chronological().last()
    for conference in filter(None, (upcoming, latest)):
        conference.resolution_count = conference.resolutions.live().count()
    return {
        "term": term,
        "stored_term": ChairTerm.objects.with_people().filter(start=term.start).first() if term else None,
        "conference": upcoming or latest,
        "latest_conference": latest if upcoming else None,
        "entrances": with_introductions(Page.objects.live().child_of(page).in_menu()),
    }
