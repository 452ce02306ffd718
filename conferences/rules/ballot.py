"""What a vote in the conference can have been: sixteen Länder, one vote each. Pure; messages are for editors."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from conferences.rules.rotation import ORDER

YES, NO, ABSTAINED, ABSENT = "yes", "no", "abstained", "absent"
# ADOPTED: decided, but nobody knows how. FAILED: no majority was found, which need not have been a vote.
UNANIMOUS, MAJORITY, ADOPTED, NOTED, WITHDRAWN, ADJOURNED, REJECTED, FAILED = (
    "unanimous", "majority", "adopted", "noted", "withdrawn", "adjourned", "rejected", "failed",
)  # fmt: skip
WITHOUT_VOTE = {WITHDRAWN: "zurückgezogen", ADJOURNED: "vertagt"}


@dataclass(frozen=True)
class Counts:
    """Numbers of votes as published; all None when they are not."""

    yes: int | None
    no: int | None
    abstained: int | None

    @property
    def known(self) -> bool:
        return None not in (self.yes, self.no, self.abstained)

    @property
    def total(self) -> int:
        return (self.yes or 0) + (self.no or 0) + (self.abstained or 0)

    def __str__(self) -> str:
        """Return e.g. "13 : 1 : 2", as people search for it; "" when not published."""
        return f"{self.yes} : {self.no} : {self.abstained}" if self.known else ""

    @property
    def in_words(self) -> str:
        """Return e.g. "13 Ja, 1 Nein, 2 Enthaltungen", "" when not published."""
        word = "Enthaltung" if self.abstained == 1 else "Enthaltungen"
        return f"{self.yes} Ja, {self.no} Nein, {self.abstained} {word}" if self.known else ""


NO_AGAINST_UNANIMOUS = "„Einstimmig“ und Nein-Stimmen widersprechen sich."
# Outcome, what of the known numbers contradicts it, and in which words; of several the first is said.
RULES: list[tuple[str, Callable[[int, int, int], bool], str]] = [
    *(
        (outcome, lambda yes, no, total: True, f"Was {word} wurde, ist nicht abgestimmt: Bitte die Zahlen leeren.")
        for outcome, word in WITHOUT_VOTE.items()
    ),
    (UNANIMOUS, lambda yes, no, total: no > 0, NO_AGAINST_UNANIMOUS),
    (
        UNANIMOUS,
        lambda yes, no, total: yes == 0 < total,
        "„Einstimmig“ passt nicht: Es ist keine Ja-Stimme dabei.",
    ),
    (
        REJECTED,
        lambda yes, no, total: yes > no,
        "„Abgelehnt“ passt nicht: Es sind mehr Ja- als Nein-Stimmen.",
    ),
    (
        FAILED,
        lambda yes, no, total: yes > no,
        "„Keine Mehrheit“ passt nicht: Es sind mehr Ja- als Nein-Stimmen.",
    ),
    (
        ADOPTED,
        lambda yes, no, total: total > 0,
        "Mit den Zahlen ist bekannt, wie beschlossen wurde: Bitte „einstimmig“ oder „mehrheitlich“ wählen.",
    ),
    (
        MAJORITY,
        lambda yes, no, total: total > 0 and yes <= no,
        "„Mehrheitlich“ passt nicht: Es sind nicht mehr Ja- als Nein-Stimmen.",
    ),
    (MAJORITY, lambda yes, no, total: 0 < total == yes, "Alle Stimmen lauten Ja: Das ist einstimmig."),
]


def contradictions(outcome: str, counts: Counts) -> dict[str, str]:
    """Return German errors by field (outcome, votes_yes, votes_no, votes_abstained); empty when all fits."""
    if not counts.known:
        return contradictions_of_unknown(outcome, counts)
    errors = {}
    if counts.total > len(ORDER):
        errors["votes_yes"] = f"Das sind {counts.total} Stimmen. Die Konferenz hat 16 Mitglieder mit je einer Stimme."
    elif counts.total == 0:
        errors["votes_yes"] = "Null Stimmen kann es nicht gegeben haben: Bitte die Felder leeren."
    numbers = counts.yes or 0, counts.no or 0, counts.total
    for ruled, contradicts, words in RULES:
        if ruled == outcome and contradicts(*numbers):
            return errors | {"outcome": words}
    return errors


def contradictions_of_unknown(outcome: str, counts: Counts) -> dict[str, str]:
    """Return the errors where not all numbers are given."""
    errors = {}
    given = {"votes_yes": counts.yes, "votes_no": counts.no, "votes_abstained": counts.abstained}
    missing = [name for name, number in given.items() if number is None]
    if len(missing) < len(given):
        errors = dict.fromkeys(missing, "Bitte alle drei Zahlen angeben (auch 0) oder keine.")
    if outcome == UNANIMOUS and counts.no:
        errors["outcome"] = NO_AGAINST_UNANIMOUS
    return errors


def contradictions_of_laender(outcome: str, counts: Counts, cast: Mapping[Any, str]) -> list[str]:
    """Return German errors about the votes of single Länder.

    cast: Land → its vote, by whatever tells Länder apart. The votes of only some may be known; those of all must add up
    exactly.
    """
    if not cast:
        return []
    tally = Counter(cast.values())
    errors = []
    if outcome in WITHOUT_VOTE:
        errors.append(f"Was {WITHOUT_VOTE[outcome]} wurde, ist nicht abgestimmt.")
    if outcome == UNANIMOUS and tally[NO]:
        errors.append("„Einstimmig“ und eine Nein-Stimme widersprechen sich.")
    if len(cast) == len(ORDER) and not counts.known and outcome not in WITHOUT_VOTE:
        errors += contradictions(outcome, Counts(tally[YES], tally[NO], tally[ABSTAINED])).values()
    if counts.known and counts.total + tally[ABSENT] > len(ORDER):
        errors.append(f"{counts.total} Stimmen und {tally[ABSENT]} nicht beteiligte Länder sind mehr als 16.")
    if counts.known:
        for vote, name, number in (
            (YES, "Ja", counts.yes), (NO, "Nein", counts.no), (ABSTAINED, "Enthaltung", counts.abstained),
        ):  # fmt: skip
            complete = len(cast) == len(ORDER)
            if number is not None and (tally[vote] > number or (complete and tally[vote] != number)):
                errors.append(f"Von den Ländern lauten {tally[vote]} Stimmen „{name}“, angegeben sind {number}.")
    return errors
