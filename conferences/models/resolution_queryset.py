"""What is asked of the resolutions, by name."""

from django.db.models import F, Func, Value
from django.db.models.functions import Coalesce, Lower
from wagtail.models import PageQuerySet

DAY = Coalesce("decided_on", "conference__first_day", "conference__last_day")


class ResolutionQuerySet(PageQuerySet):
    """Resolutions by name of what is asked."""

    def in_order(self) -> "ResolutionQuerySet":
        """Order as on the agenda; what has no known number after the others, by title."""
        return self.order_by("item_key", "title", "pk")

    def newest_first(self) -> "ResolutionQuerySet":
        """Order by year and day, the latest first, what has none last; within a conference as on the agenda."""
        return self.order_by(F("year").desc(nulls_last=True), DAY.desc(nulls_last=True), "item_key", "pk")

    def oldest_first(self) -> "ResolutionQuerySet":
        """Order by year and day, what has none last; within a conference as on the agenda."""
        return self.order_by(F("year").asc(nulls_last=True), DAY.asc(nulls_last=True), "item_key", "pk")

    def by_item(self) -> "ResolutionQuerySet":
        """Order by the number on the agenda, of whatever conference; the latest first where it is the same."""
        return self.order_by("item_key", F("year").desc(nulls_last=True), DAY.desc(nulls_last=True), "pk")

    def by_title(self) -> "ResolutionQuerySet":
        """Order as in a German dictionary (DIN 5007-1: ä as a); quotation marks do not count."""
        # Not by a collation: what the database knows of German depends on how it was built.
        return self.order_by(Lower(Func("title", Value("ÄÖÜäöüß„“‚‘"), Value("AOUaous"), function="translate")), "pk")

    def for_lists(self) -> "ResolutionQuerySet":
        """Fetch what lists show, and leave the long texts where they are."""
        return self.select_related("conference").defer(
            "points", "reasons", "service", "conference__body", "conference__programme", "conference__service"
        )
