"""What the entrance of the site shows in every language: who chairs, the next conference, the parts."""

from django.db.models import Count, Q
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone
from wagtail.models import Page, PageQuerySet, get_page_models

from conferences.models import ChairTerm, ConferencePage
from conferences.models.chair import term_today
from intmk.base.pages import SitePage


def with_introductions(pages: PageQuerySet) -> PageQuerySet:
    """Annotate `introduction`, which every type of page keeps in a table of its own; one query for all types."""
    types = [model for model in get_page_models() if issubclass(model, SitePage)]
    return pages.annotate(introduction=Coalesce(*(f"{model._meta.model_name}__introduction" for model in types)))


def entrance(request: HttpRequest, page: Page) -> dict:
    """Return who chairs today, the conference to announce and the pages of the main menu below `page`.

    term, stored_term: Term and its row, None without. conference: the next one, else the latest;
    latest_conference: the latest one that is over, when `conference` is ahead. Both have `resolution_count`.
    entrances: the pages with `introduction`.
    """
    term = term_today(request)
    conferences = ConferencePage.objects.live().for_lists()
    coming = conferences.upcoming(timezone.localdate())
    held = conferences.filter(status=ConferencePage.Status.HELD).chronological().reverse()
    # Both in one query: the page has twelve.
    one_each = Q(pk__in=coming.values("pk")[:1]) | Q(pk__in=held.values("pk")[:1])
    public = Count("resolutions", filter=Q(resolutions__live=True))
    announced = conferences.filter(one_each).annotate(resolution_count=public)
    by_status = {conference.status: conference for conference in announced}
    upcoming = by_status.get(ConferencePage.Status.PLANNED)
    latest = by_status.get(ConferencePage.Status.HELD)
    return {
        "term": term,
        "stored_term": ChairTerm.objects.with_people().filter(start=term.start).first() if term else None,
        "conference": upcoming or latest,
        "latest_conference": latest if upcoming else None,
        "entrances": with_introductions(Page.objects.live().child_of(page).in_menu()),
    }
