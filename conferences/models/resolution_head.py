"""What stands in the head of a resolution's page, for the browser, search engines and shared links, and in feeds."""

from django.utils.text import capfirst


class ResolutionHeadMixin:
    """Mixin of ResolutionPage: where it belongs, and its facts in one line; no word of what is not released."""

    @property
    def conference_and_number(self) -> str:
        """Return e.g. "12. Konferenz 2017, TOP 2.1", without what the title says of it.

        No year of a conference for what was not decided there.
        """
        conference = self.public_conference
        named = ""
        if conference:
            named = conference.short_title_and_year if self.sitting else conference.short_title
        number = "" if self.number in self.title else self.number
        return ", ".join(filter(None, [named, number]))

    @property
    def title_with_conference(self) -> str:
        """Return the title for lists that stand without their conference: "12. Konferenz 2017, TOP 2.1: Titel"."""
        return ": ".join(filter(None, [self.conference_and_number, self.title]))

    @property
    def head_title(self) -> str:
        """Return title, conference and number, unless an editor chose other words."""
        return self.seo_title or " – ".join(filter(None, [self.title, self.conference_and_number]))

    @property
    def description(self) -> str:
        """Return title, facts and introduction, unless an editor chose other words."""
        when = "" if self.when in self.occasion else self.when
        place = self.sitting.place if self.sitting else ""
        facts = ", ".join(filter(None, [self.occasion, when, place, f"TOP {self.item}" if self.item else ""]))
        is_told = not self.outcome or self.get_outcome_display() in self.occasion
        result = "" if is_told else capfirst(f"{self.in_short}.")
        told = " ".join(filter(None, [f"{self.title}: {facts}.", result, self.introduction]))
        return self.search_description or told
