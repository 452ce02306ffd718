"""What can be claimed of a record of the archive, and what lists of records are called.

Of which record what is claimed, and in which words, says conferences/models/resolution_wording.py.
"""

from collections.abc import Collection

from django.db.models import TextChoices

from intmk.language.wording import enumerated


class Claim(TextChoices):
    """What is claimed of a record; it follows from its outcome, its kind and its conference."""

    DECIDED = "decided", "Beschluss"
    IN_WRITING = "in_writing", "Beschluss im schriftlichen Verfahren"
    REPORT = "report", "Bericht"
    DEALT_WITH = "dealt_with", "Beratung ohne bekannten Beschluss"


NUMBERED = {
    Claim.DECIDED: ("Beschluss", "Beschlüsse"),
    Claim.IN_WRITING: ("schriftlicher Beschluss", "schriftliche Beschlüsse"),
    Claim.REPORT: ("Bericht", "Berichte"),
    Claim.DEALT_WITH: ("Beratung", "Beratungen"),
}
SECTION = "Beschlüsse und Beratungen"  # of the archive and of all lists that hold both


def list_heading(claims: Collection[Claim]) -> str:
    """Return what a list of records may be called."""
    decisions = {Claim.DECIDED, Claim.IN_WRITING}
    if decisions.issuperset(claims):
        return "Beschlüsse"
    return SECTION if decisions.intersection(claims) else "Beratungen"


def known_in_words(claims: Collection[Claim]) -> str:
    """Return how many there are of each: "Bekannt sind 1 Beschluss und 8 Beratungen.", "" without any."""
    numbers = [(list(claims).count(claim), words) for claim, words in NUMBERED.items()]
    known = enumerated([f"{number} {words[number > 1]}" for number, words in numbers if number])
    return f"Bekannt {'ist' if len(claims) == 1 else 'sind'} {known}." if known else ""
