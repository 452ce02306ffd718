"""What a record of the archive may be called, and when it was decided or dealt with; whatever names it asks here.

Only what has a result that decides is a "Beschluss". What was voted on in writing has no place, and no day but its own.
"""

from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

from conferences.rules import ballot

if TYPE_CHECKING:
    from conferences.models.conference import ConferencePage

DECIDED = (ballot.UNANIMOUS, ballot.MAJORITY)
NOT_DECIDED = (ballot.WITHDRAWN, ballot.ADJOURNED, ballot.REJECTED)


class Worded(Protocol):
    """What of a resolution its name and its date are made of."""

    Kind: Any
    kind: str
    item: str
    outcome: str
    circular_year: int | None
    decided_on: date | None
    conference: "ConferencePage | None"

    @property
    def public_conference(self) -> "ConferencePage | None":
        """Return its conference for readers."""

    @property
    def is_decided(self) -> bool:
        """Say whether its result makes it a Beschluss."""

    @property
    def is_written(self) -> bool:
        """Say whether it was voted on in writing."""

    def get_outcome_display(self) -> str:
        """Return its result in words."""


class WordingMixin:
    """Mixin of ResolutionPage: its name and its date in words."""

    @property
    def is_decided(self: Worded) -> bool:
        """Say whether its result makes it a Beschluss."""
        return self.outcome in DECIDED

    @property
    def is_written(self: Worded) -> bool:
        """Say whether it was voted on in writing, as all was of a conference that was cancelled."""
        return self.kind == self.Kind.CIRCULAR or bool(self.conference and self.conference.is_cancelled)

    @property
    def what(self: Worded) -> str:
        """Return what it is: "Beschluss", "Umlaufbeschluss", "Tagesordnungspunkt", "Beratungsgegenstand (vertagt)"."""
        if self.outcome in NOT_DECIDED:
            return f"Beratungsgegenstand ({self.get_outcome_display()})"
        if self.kind == self.Kind.CIRCULAR:
            return self.Kind.CIRCULAR.label
        if self.is_decided:
            return "Beschluss im schriftlichen Verfahren" if self.is_written else "Beschluss"
        if self.outcome == ballot.NOTED:
            return "Kenntnisnahme"
        return "Tagesordnungspunkt" if self.item else "Beratungsgegenstand"

    @property
    def dated(self: Worded) -> str:
        """Return what its date is the date of: "Beschlossen", "Schriftlich beschlossen", "Behandelt", "Vorgesehen"."""
        if self.is_written:
            return "Schriftlich beschlossen" if self.is_decided else "Schriftlich behandelt"
        if self.is_decided:
            return "Beschlossen"
        is_ahead = self.public_conference and self.public_conference.is_planned and not self.decided_on
        return "Vorgesehen" if is_ahead else "Behandelt"

    @property
    def sitting(self: Worded) -> "ConferencePage | None":
        """Return the public conference at whose place and time it was dealt with, None where it was not."""
        return None if self.is_written or self.decided_on else self.public_conference

    def year_decided(self: Worded) -> int | None:
        """Return the year in which it was decided, as far as known: by the day, the number or the conference."""
        if self.decided_on or self.circular_year:
            return self.decided_on.year if self.decided_on else self.circular_year
        begins = self.conference.period.earliest if self.conference and not self.is_written else None
        return begins.year if begins else None

    def day_for_order(self: Worded) -> date | None:
        """Return the day by which lists order it: its own, else the first known one of the sitting, public or not."""
        if self.decided_on or self.is_written or not self.conference:
            return self.decided_on
        return self.conference.first_day or self.conference.last_day
