"""What the search knows of a conference besides title, introduction and text."""

from datetime import date

from intmk.base.blocks import body_text


class ConferenceSearchMixin:
    """Mixin of ConferencePage: what intmk.base.pages.SitePage asks of a page for the search."""

    search_kind = "conference"
    search_along = ("host_land", "themes", "guests", "meetings", "photos__image", "press_releases")

    def search_texts(self) -> dict[str, str]:
        """Add what it is called by, keywords, and to the text what belongs to the conference row by row."""
        texts = super().search_texts()
        names = [
            f"{self.number}. Konferenz" if self.number else "",
            str(self.period.earliest.year) if self.period.earliest else "",
            self.where,
        ]
        keywords = [
            self.motto,
            self.host_land.name if self.host_land else "",
            self.get_kind_display(),
            self.get_format_display(),
            "" if self.status == self.Status.HELD else self.get_status_display(),
            *(theme.name for theme in self.themes.all()),
        ]
        rows = [
            *(str(guest) for guest in self.guests.all()),
            *(f"{meeting} {meeting.place}".strip() for meeting in self.meetings.all()),
            *(f"Gruppenfoto: {row.caption or row.image.caption}" for row in self.photos.all()),
            *(release.title for release in self.press_releases.all()),
            body_text(self.programme),
            self.date_note,
            self.chair_note,
        ]
        return texts | {
            "A": "\n".join(filter(None, names)),
            "B": "\n".join(filter(None, keywords)),
            "D": "\n".join(filter(None, [texts["D"], *rows])),
        }

    def search_context(self) -> str:
        """Return when and where it met, or that it did not."""
        status = "" if self.status == self.Status.HELD else self.get_status_display()
        return ", ".join(filter(None, [str(self.period), self.where, status]))

    def search_date(self) -> date | None:
        """Return its first known day."""
        return self.first_day or self.last_day
