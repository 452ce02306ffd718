"""What stands in the head of a conference's page, for the browser, search engines and shared links."""


class ConferenceHeadMixin:
    """Mixin of ConferencePage: its name in few words, and its facts in one line."""

    @property
    def short_title(self) -> str:
        """Return e.g. "12. Konferenz"; the title itself where it does not begin with the number."""
        return f"{self.number}. Konferenz" if self.title_after_number != self.title else self.title

    @property
    def short_title_and_year(self) -> str:
        """Return e.g. "12. Konferenz 2017", with the year once and as far as it is known."""
        return " ".join(filter(None, [self.short_title, self.year_to_tell]))

    @property
    def year_to_tell(self) -> str:
        """Return its year, "" where it is not known or the title says it."""
        year = str(self.period.earliest.year) if self.period.earliest else ""
        return "" if year in self.short_title else year

    @property
    def head_title(self) -> str:
        """Return e.g. "12. Konferenz, Friedrichshafen 2017", unless an editor chose other words."""
        if self.seo_title:
            return self.seo_title
        where = self.place or ("" if self.format == self.Format.IN_PERSON else self.where)
        named = ", ".join([self.short_title, where]) if where else self.short_title
        state = "" if self.status == self.Status.HELD else f"({self.get_status_display()})"
        return " ".join(filter(None, [named, self.year_to_tell, state]))

    @property
    def facts_in_a_line(self) -> str:
        """Return when and where, and what is not as usual: "16. und 17. März 2017, Friedrichshafen"."""
        state = "" if self.status == self.Status.HELD else self.get_status_display()
        return ", ".join(filter(None, [str(self.period), self.where, state]))

    @property
    def description(self) -> str:
        """Return facts and introduction, unless an editor chose other words."""
        told = self.introduction or (f"Motto: „{self.motto}“." if self.motto else "")
        facts = ": ".join(filter(None, [self.short_title, self.facts_in_a_line]))
        return self.search_description or f"{facts}. {told}".strip()
