"""What is asked of the resolutions, by name."""

from django.db.models import F
from wagtail.models import PageQuerySet


class ResolutionQuerySet(PageQuerySet):
    """Resolutions by name of what is asked."""

    def in_order(self) -> "ResolutionQuerySet":
        """Order as on the agenda; what has no known number after the others, by title."""
        return self.order_by("item_key", "title", "pk")

    def newest_first(self) -> "ResolutionQuerySet":
        """Order by the conference, the latest first, and there as on the agenda."""
        return self.order_by(F("year").desc(nulls_last=True), "-conference_id", "item_key", "pk")

    def for_lists(self) -> "ResolutionQuerySet":
        """Fetch what lists show, and leave the long texts where they are."""
        return self.select_related("conference").defer(
            "points", "reasons", "service", "conference__body", "conference__programme", "conference__service"
        )
