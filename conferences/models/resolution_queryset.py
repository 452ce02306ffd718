"""What is asked of the resolutions, by name."""

from django.db.models import F
from wagtail.models import PageQuerySet

from conferences.models.conference_queryset import NAMED
from conferences.models.resolution_wording import DECIDED
from intmk.language.german_words import without_accents

LATEST = (F("year").desc(nulls_last=True), F("day").desc(nulls_last=True))
# Each ends with the key, so that no row stands on two pages of a list; there is an index of each (ResolutionPage).
NEWEST_FIRST = (*LATEST, F("item_key").asc(), F("page_ptr").asc())
OLDEST_FIRST = (F("year").asc(), F("day").asc(), F("item_key").asc(), F("page_ptr").asc())
BY_ITEM = (F("item_key").asc(), *LATEST, F("page_ptr").asc())
BY_TITLE = (F("title_key").asc(), F("page_ptr").asc())
# What a link to a resolution says, and what lists and feeds show; a page with its conference has eighty columns more.
NAMED_BY = ("title", "url_path", "live", "item", "kind", "circular_number", "circular_year", "outcome")
VOTES = ("votes_yes", "votes_no", "votes_abstained")
OWN = (
    *NAMED_BY, *VOTES, "slug", "introduction", "item_key", "mover_kind", "mover_name", "decided_on", "decided_before",
    "year", "day", "title_key", "facets", "translation_key", "first_published_at", "last_published_at", "conference",
)  # fmt: skip
LISTED = (*OWN, *(f"conference__{name}" for name in NAMED))
QUOTATION_MARKS = str.maketrans("", "", "„“”‚‘’»«›‹\"'")


def title_sort_key(title: str) -> str:
    """Return what a title is ordered by in a German dictionary (DIN 5007-1: ä as a, ß as ss), without quotation marks.

    At most 255 characters. Not by a collation: what the database knows of German depends on how it was built.
    """
    return without_accents(title.translate(QUOTATION_MARKS).casefold()).strip()[:255]


class ResolutionQuerySet(PageQuerySet):
    """Resolutions by name of what is asked."""

    def in_order(self) -> "ResolutionQuerySet":
        """Order as on the agenda; what has no known number after the others, by title."""
        return self.order_by("item_key", "title", "pk")

    def decided(self) -> "ResolutionQuerySet":
        """Leave out what has no result that decides."""
        return self.filter(outcome__in=DECIDED)

    def newest_first(self) -> "ResolutionQuerySet":
        """Order by year and day, the latest first, what has none last; within a conference as on the agenda."""
        return self.order_by(*NEWEST_FIRST)

    def oldest_first(self) -> "ResolutionQuerySet":
        """Order by year and day, what has none last; within a conference as on the agenda."""
        return self.order_by(*OLDEST_FIRST)

    def by_item(self) -> "ResolutionQuerySet":
        """Order by the number on the agenda, of whatever conference; the latest first where it is the same."""
        return self.order_by(*BY_ITEM)

    def by_title(self) -> "ResolutionQuerySet":
        """Order as in a German dictionary."""
        return self.order_by(*BY_TITLE)

    def for_agenda(self) -> "ResolutionQuerySet":
        """Fetch what the agenda of their conference shows, in its order."""
        return self.only(*NAMED_BY, *VOTES, "conference", "agenda_heading", "item_key").in_order()

    def for_rows(self) -> "ResolutionQuerySet":
        """Fetch the same but the conferences, which `resolution_rows` names by their keys."""
        return self.only(*OWN)

    def for_lists(self) -> "ResolutionQuerySet":
        """Fetch what lists show, and leave all else where it is."""
        return self.select_related("conference").only(*LISTED)
