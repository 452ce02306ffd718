"""What the archive claims of a record, in words: what it is, what was done, when, and how it is cited.

Whoever shows, lists, counts, exports or cites one asks here. Only what has a result that decides is a "Beschluss". What
was voted on in writing has no place, and no day but its own.
"""

from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

from conferences.rules import ballot
from conferences.rules.claim import Claim
from intmk.language.dates import german_day

if TYPE_CHECKING:
    from conferences.models.conference import ConferencePage

DECIDED = (ballot.UNANIMOUS, ballot.MAJORITY, ballot.ADOPTED)
IN_WRITING = "Umlaufverfahren"
NOT_DECIDED = (ballot.WITHDRAWN, ballot.ADJOURNED, ballot.REJECTED, ballot.FAILED)


class Worded(Protocol):
    """What of a resolution its name and its date are made of."""

    Kind: Any
    kind: str
    item: str
    outcome: str
    number: str
    circular_number: int | None
    circular_year: int | None
    decided_on: date | None
    decided_before: date | None
    year: int | None
    counts: ballot.Counts
    conference: "ConferencePage | None"
    is_decided: bool
    is_written: bool
    claim: Claim
    circular_name: str
    what: str
    when: str
    sitting: "ConferencePage | None"

    @property
    def public_conference(self) -> "ConferencePage | None":
        """Return its conference for readers."""

    def get_outcome_display(self) -> str:
        """Return its result in words."""

    def get_kind_display(self) -> str:
        """Return its kind in words."""


class WordingMixin:
    """Mixin of ResolutionPage: what is claimed of it, in words."""

    @property
    def is_decided(self: Worded) -> bool:
        """Say whether its result makes it a Beschluss."""
        return self.outcome in DECIDED

    @property
    def is_written(self: Worded) -> bool:
        """Say whether it was voted on in writing, as all was of a conference that was cancelled."""
        return self.kind == self.Kind.CIRCULAR or bool(self.conference and self.conference.is_cancelled)

    @property
    def claim(self: Worded) -> Claim:
        """Return what is claimed of it."""
        if self.is_decided:
            return Claim.IN_WRITING if self.is_written else Claim.DECIDED
        return Claim.REPORT if self.kind == self.Kind.REPORT else Claim.DEALT_WITH

    @property
    def circular_name(self: Worded) -> str:
        """Return what a vote in writing is called: "Umlaufbeschluss" only if it was a decision."""
        return self.Kind.CIRCULAR.label if self.is_decided else IN_WRITING

    @property
    def what(self: Worded) -> str:
        """Return what it is: "Beschluss", "Umlaufbeschluss", "Tagesordnungspunkt", "Beratungsgegenstand (vertagt)"."""
        if self.outcome in NOT_DECIDED:
            return f"Beratungsgegenstand ({self.get_outcome_display()})"
        if self.kind == self.Kind.CIRCULAR:
            return self.circular_name
        if self.is_decided:
            return "Beschluss im schriftlichen Verfahren" if self.is_written else "Beschluss"
        if self.kind == self.Kind.REPORT:
            return "Bericht"
        if self.outcome == ballot.NOTED:
            return "Kenntnisnahme"
        return "Tagesordnungspunkt" if self.item else "Beratungsgegenstand"

    @property
    def in_short(self: Worded) -> str:
        """Return kind, result and votes: "Leitantrag, einstimmig beschlossen", "Tagesordnungspunkt"."""
        names = {self.Kind.CIRCULAR: self.circular_name, self.Kind.REPORT: "Bericht"}
        name = names.get(self.kind) or self.get_kind_display() or ("" if self.outcome else self.what)
        result = self.get_outcome_display()
        if self.outcome in (ballot.UNANIMOUS, ballot.MAJORITY):
            result += " beschlossen"
        if result and self.counts.known:
            result += f" ({self.counts.in_words})"
        return ", ".join(filter(None, [name, result]))

    @property
    def dated(self: Worded) -> str:
        """Return what its date is the date of: "Beschlossen", "Schriftlich beschlossen", "Behandelt", "Vorgesehen"."""
        if self.is_decided:
            return "Schriftlich beschlossen" if self.is_written else "Beschlossen"
        if self.kind == self.Kind.CIRCULAR or (self.is_written and self.outcome):
            return "Schriftlich behandelt"
        conference = self.public_conference
        is_ahead = conference and (conference.is_planned or conference.is_cancelled) and not self.decided_on
        return "Vorgesehen" if is_ahead else "Behandelt"

    @property
    def when(self: Worded) -> str:
        """Return its own day, "vor dem 26. April 2023", the days of its sitting, its year, or "" where not known."""
        if self.decided_on:
            return german_day(self.decided_on)
        if self.decided_before:
            return f"vor dem {german_day(self.decided_before)}"
        return str(self.sitting.period) if self.sitting else str(self.year or "")

    @property
    def year_in_words(self: Worded) -> str:
        """Return its year for lists, or before which day it was."""
        return str(self.year) if self.year else self.when

    @property
    def occasion(self: Worded) -> str:
        """Return what it is and of which conference: "Beschluss der 12. Konferenz", "Umlaufbeschluss 3/2020"."""
        if self.circular_number:
            return self.number
        conference = self.public_conference
        if conference is None:
            return self.what
        if not conference.number:
            return f"{self.what}, {conference.title}"
        joint = "zur" if self.is_written else "auf der" if self.claim == Claim.REPORT else "der"
        return f"{self.what} {joint} {conference.number}. Konferenz"

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
