"""What is asked of the conferences, by name."""

from collections.abc import Iterable
from copy import copy
from datetime import date
from itertools import chain
from typing import Any

from django.db import models
from django.db.models.functions import Coalesce
from wagtail.models import PageQuerySet

from conferences.models.chair import terms_with_persons
from conferences.models.land import Land
from conferences.rules.rotation import Term
from intmk.base.lists import all_rows

# What a link to a conference says: when and where it was, and what it is called.
NAMED = (
    "title", "slug", "url_path", "live", "number", "kind", "status", "format", "first_day", "last_day",
    "date_certainty", "place", "venue",
)  # fmt: skip
LAND = ("code", "name", "slug")
# All that lists, calendar and feeds show; a conference has sixty columns with those of its Länder, and each costs time.
OWN = (
    *NAMED, "motto", "introduction", "source", "chair_note", "translation_key", "first_published_at",
    "last_published_at", "host_land", "chair_term",
)  # fmt: skip
LISTED = (
    *OWN, "chair_term__start", "chair_term__end",
    *(f"{land}__{name}" for land in ("host_land", "chair_term__land") for name in LAND),
)  # fmt: skip


class ConferenceQuerySet(PageQuerySet):
    """Conferences by name of what is asked."""

    def chronological(self) -> "ConferenceQuerySet":
        """Order by the first day known; what shares a day by number."""
        return self.annotate(begins=Coalesce("first_day", "last_day")).order_by("begins", "number", "pk")

    def upcoming(self, today: date) -> "ConferenceQuerySet":
        """Return the planned ones that are not over on `today`, the next first."""
        return (
            self.chronological()
            .filter(status=self.model.Status.PLANNED)
            .filter(
                models.Q(last_day__gte=today)
                | models.Q(first_day__gte=today)
                # A year or month without days lasts to its end; its Python-side end is `period.latest`.
                | models.Q(date_certainty="month", first_day__year=today.year, first_day__month__gte=today.month)
                | models.Q(date_certainty="year", first_day__year=today.year)
            )
        )

    def latest_held(self) -> "ConferenceQuerySet":
        """Return those that have taken place, the latest first."""
        return self.filter(status=self.model.Status.HELD).chronological().reverse()

    def for_gaps(self) -> "ConferenceQuerySet":
        """Return what the editors' start page says of conferences, in the order of their days, in one query.

        Each answers whether it has what `known_gaps` looks for.
        """

        def having(wanted: models.Q) -> models.Exists:
            return models.Exists(self.model._base_manager.filter(wanted, pk=models.OuterRef("pk")))

        released = ~models.Q(press_releases__url="") | models.Q(press_releases__page__live=True)
        shown = self.chronological().only(*NAMED, "programme", "chair_note", "chair_term")
        return shown.annotate(
            has_agenda=having(models.Q(resolutions__live=True) | models.Q(agenda_gaps__isnull=False)),
            has_photos=having(models.Q(photos__image__is_placeholder=False)),
            has_documents=having(models.Q(documents__document__withheld=False)),
            has_press_releases=having(models.Q(press_releases__isnull=False) & released),
        )

    def prepared_for(self, term: Term) -> "ConferenceQuerySet":
        """Return those of a coming term, drafts too: held in it, assigned to it, or planned by its Land for then."""
        held = models.Q(first_day__range=(term.start, term.end)) | models.Q(last_day__range=(term.start, term.end))
        assigned = models.Q(chair_term__start=term.start, chair_term__land__code=term.land_code)
        planned = models.Q(status=self.model.Status.PLANNED, host_land__code=term.land_code)
        planned &= models.Q(first_day=None) | models.Q(first_day__gte=term.start)
        return self.filter(held | assigned | planned).exclude(status=self.model.Status.CANCELLED).order_by("pk")

    def for_lists(self) -> "ConferenceQuerySet":
        """Fetch what lists show, and leave all else where it is."""
        return self.select_related("host_land", "chair_term__land").only(*LISTED)


def with_chairs(*lists: ConferenceQuerySet) -> list[list[Any]]:
    """Return each of the lists as it is shown, with who chaired."""
    found = [list(pages.only(*OWN)) for pages in lists]
    name_chairs(chain(*found))
    return found


def pages_beside(page: Any, ordered: list[Any]) -> tuple[Any, Any]:
    """Return the pages before and after this one; None at the ends, and where it is not among the `ordered`."""
    here = next((place for place, other in enumerate(ordered) if other.pk == page.pk), None)
    return (None, None) if here is None else ([None, *ordered][here], [*ordered, None][here + 1])


def name_chairs(conferences: Iterable[Any]) -> None:
    """Give each conference its Land and its term with persons, without asking for each."""
    laender, terms = all_rows(Land), terms_with_persons()
    for page in conferences:
        page.host_land = laender.get(page.host_land_id)
        page.chair_term = copy(terms.get(page.chair_term_id))  # for `cited`, which writes on it
