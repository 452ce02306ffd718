"""Switch the page on and off that says the site is being maintained."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from intmk.server.unavailable import SWITCH


class Command(BaseCommand):
    help = "Zeigt statt aller Seiten, dass die Website gewartet wird (an), zeigt sie wieder (aus) oder sagt den Stand."
    requires_system_checks: list[str] = []  # it has to work when the site does not

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the state wanted and the sentence for readers."""
        parser.add_argument("state", nargs="?", choices=["an", "aus"], metavar="an|aus")
        parser.add_argument("--text", default="", help="Ein Satz für die Leser, z. B. wann es weitergeht.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make or remove the switch, then print what readers get."""
        if options["state"] == "an":
            SWITCH.write_text(options["text"], encoding="utf-8")
        elif options["state"] == "aus":
            SWITCH.unlink(missing_ok=True)
        if SWITCH.exists():
            self.stdout.write(f"Die Website wird gewartet. {SWITCH.read_text(encoding='utf-8')}".strip())
        else:
            self.stdout.write("Die Website ist zu sehen.")
