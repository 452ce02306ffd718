"""Is all well with this installation? For administrators and for what watches over the site."""

import contextlib
import json
import sys
from collections import Counter
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from intmk.doctor import last_run, machine
from intmk.doctor.checks import CHECKS
from intmk.doctor.findings import Check, Finding, State, examine

SIGNS = {State.GREEN: "✓", State.YELLOW: "!", State.RED: "✗"}


class Command(BaseCommand):
    help = "Prüft Einstellungen, Datenbank, Dateien, Uhr, Mail und Zertifikat. Endet mit 1, wenn etwas rot ist."
    requires_system_checks: list[str] = []  # they are among what it tells

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the form of the answer and, to really send one, where to a mail goes."""
        parser.add_argument("--json", action="store_true", help="Das Ergebnis als JSON, für die Überwachung.")
        parser.add_argument("--mail", metavar="ADRESSE", help="Auch eine Mail dorthin schicken.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what was found; exit with 1 when something is red. Raises CommandError for an address that is none."""
        found = []
        for check, finding in examine(CHECKS):
            found.append((check, finding))
            if not options["json"]:
                self.tell(check, finding)
        with contextlib.suppress(OSError):  # a folder that takes nothing is among what was found
            last_run.keep_run(found)
        if options["mail"]:
            found.append((Check("Mail", list), self.sent(options["mail"])))
            if not options["json"]:
                self.tell(*found[-1])
        states = Counter(finding.state for _, finding in found)
        if options["json"]:
            self.stdout.write(as_json(found, states))
        else:
            self.stdout.write(f"\n{states[State.RED]} rot, {states[State.YELLOW]} gelb, {states[State.GREEN]} grün.")
        if states[State.RED]:
            sys.exit(1)

    def sent(self, address: str) -> Finding:
        """Send a mail on trial and return how it went."""
        try:
            validate_email(address)
        except ValidationError as error:
            raise CommandError(f"{address} ist keine E-Mail-Adresse.") from error
        return machine.mail_goes_out(address)

    def tell(self, check: Check, finding: Finding) -> None:
        """Print one finding at once, since some take seconds."""
        self.stdout.write(f"{SIGNS[finding.state]} {check.subject}: {finding.text}")
        if finding.remedy:
            self.stdout.write(f"    → {finding.remedy}")
        self.stdout.flush()


def as_json(found: list[tuple[Check, Finding]], states: Counter) -> str:
    """Return {"state": "green", "yellow" or "red", "findings": [{"subject", "state", "text", "remedy"}]}."""
    worst = next(state for state in (State.RED, State.YELLOW, State.GREEN) if states[state] or state is State.GREEN)
    findings = [
        {"subject": check.subject, "state": finding.state, "text": finding.text, "remedy": finding.remedy}
        for check, finding in found
    ]
    return json.dumps({"state": worst, "findings": findings}, ensure_ascii=False, indent=2)
