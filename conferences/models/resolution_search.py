"""What the search knows of a resolution: only what is released."""

from datetime import date

from conferences.models.resolution_release import text_without_tags


class ResolutionSearchMixin:
    """Mixin of ResolutionPage: what intmk.base.pages.SitePage asks of a page for the search."""

    search_kind = "resolution"
    search_along = (
        "conference", "movers", "themes", "addressees", "votes__land", "statements__land", "report_requests",
        "follow_ups",
    )  # fmt: skip

    def search_label(self) -> str:
        """Return what it is called."""
        return self.what

    def search_texts(self) -> dict[str, str]:
        """Add number, keywords and the released texts; the number also as people write it, "12/2.1"."""
        texts = super().search_texts()
        numbers = [self.number, f"{self.conference.slug}/{self.item}" if self.conference and self.item else ""]
        keywords = [
            self.get_kind_display(),
            self.agenda_heading,
            f"Antrag {self.mover_name or self.get_mover_kind_display()}" if self.mover_kind else "",
            self.get_outcome_display(),
            str(self.counts),
            str(self.counts).rpartition(" : ")[0],  # "15 zu 1"
            self.counts.in_words,
            *(str(vote) for vote in self.votes.all()),
            "Beschluss",  # so it is asked for, whatever is known of its result
            *(str(year) for year in (self.year, self.year_of_conference) if year),
            self.sitting.where if self.sitting else "",
            *(land.name for land in self.movers.all()),
            *(theme.name for theme in self.themes.all()),
            *(str(addressee) for addressee in self.addressees.all()),
        ]
        rows = [
            *(text_without_tags(point.value.source) for point in self.public_points),
            text_without_tags(self.public_reasons),
            *(
                f"{statement} {statement.summary} {text_without_tags(statement.public_text)}"
                for statement in self.statements.all()
            ),
            *(str(request) for request in self.report_requests.all()),
            *(f"{state.get_state_display()} {state.note}" for state in self.follow_ups.all()),
        ]
        return texts | {
            "A": "\n".join(filter(None, numbers)),
            "B": "\n".join(filter(None, keywords)),
            "D": "\n".join(filter(None, rows)),
        }

    @property
    def year_of_conference(self) -> int | None:
        """Return the year that it is remembered by, also where it was decided on in writing."""
        begins = self.public_conference.period.earliest if self.public_conference else None
        return begins.year if begins else None

    def search_context(self) -> str:
        """Return the conference and the number, e.g. "12. Integrationsministerkonferenz, TOP 2.1".

        Without what is no number: "Umlaufbeschluss" alone is said by the label.
        """
        conference, number = self.public_conference, "" if self.number == self.what else self.number
        return ", ".join(filter(None, [conference.title if conference else "", number]))

    def search_date(self) -> date | None:
        """Return the day of the decision, else the first known day of the sitting."""
        return self.decided_on or (self.sitting.period.earliest if self.sitting else None)
