"""Switch the page on and off that says the site is being maintained, on all machines that serve it."""

import json
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from intmk.server import direct_connection
from intmk.server.page_changes import MAINTENANCE
from intmk.server.unavailable import SWITCH, switch_maintenance


class Command(BaseCommand):
    help = "Zeigt statt aller Seiten, dass die Website gewartet wird (an), zeigt sie wieder (aus) oder sagt den Stand."
    requires_system_checks: list[str] = []  # it has to work when the site does not

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the state wanted and the sentence for readers."""
        parser.add_argument("state", nargs="?", choices=["an", "aus"], metavar="an|aus")
        parser.add_argument("--text", default="", help="Ein Satz für die Leser, z. B. wann es weitergeht.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make or remove the switch, tell the other machines, then print what readers get."""
        if options["state"]:
            sentence = options["text"] if options["state"] == "an" else None
            switch_maintenance(sentence)
            self.tell_others(sentence)
        if SWITCH.exists():
            self.stdout.write(f"Die Website wird gewartet. {SWITCH.read_text(encoding='utf-8')}".strip())
        else:
            self.stdout.write("Die Website ist zu sehen.")

    def tell_others(self, sentence: str | None) -> None:
        """Let all that serve from this database do the same; say it when they cannot be told."""
        try:
            with direct_connection.connect(settings.DATABASES["default"]) as connection:
                connection.execute("SELECT pg_notify(%s, %s)", [MAINTENANCE, json.dumps(sentence)])
        except psycopg.Error:
            self.stderr.write("Die Datenbank antwortet nicht: Andere Rechner mit dieser Website wissen davon nichts.")
