"""The list of all conferences."""

from itertools import groupby

from django.db.models import F

from conferences.models.conference import ConferencePage
from conferences.models.conference_queryset import ConferenceQuerySet, with_chairs
from intmk.base.pages import SitePage
from intmk.language.day import today


class ConferenceList(SitePage):
    """Abstract: all conferences, what is ahead first, then the years."""

    class Meta:
        abstract = True

    def conferences(self) -> ConferenceQuerySet:
        """Return the conferences to list."""
        raise NotImplementedError

    def get_context(self, request, *args, **kwargs) -> dict:
        """Add `upcoming` (the next first) and `years`, a list of (year, conferences) with the newest first."""
        context = super().get_context(request, *args, **kwargs)
        conferences = self.conferences().live()
        ahead = conferences.upcoming(today())
        past = conferences.exclude(pk__in=ahead.values("pk")).chronological()
        upcoming, past = with_chairs(ahead, past.order_by(F("begins").desc(nulls_last=True), "-number"))
        years = [
            (year, list(pages))
            for year, pages in groupby(past, key=lambda page: page.begins.year if page.begins else None)
        ]
        return context | {"upcoming": upcoming, "years": years}


class ConferenceIndexPage(ConferenceList):
    """All conferences: what is ahead, then the years."""

    max_count = 1
    parent_page_types = ["intmk.HomePage"]
    subpage_types = ["conferences.ConferencePage"]

    class Meta:
        verbose_name = "Liste der Konferenzen"
        verbose_name_plural = "Listen der Konferenzen"

    def conferences(self) -> ConferenceQuerySet:
        """Return those that stand below the page."""
        return ConferencePage.objects.child_of(self)


ConferenceIndexPage.edit_handler = ConferenceIndexPage.tabs()
