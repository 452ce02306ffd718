"""Import resolutions from a folder: a table and the PDF files beside it."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from conferences.archive_import.importer import ImportRefusedError, import_folder
from conferences.archive_import.plan import ImportLine, LineState, Plan, plan_of
from intmk.base.table_files import UnreadableFileError


class Command(BaseCommand):
    help = "Liest Beschlüsse aus einer CSV- oder JSON-Datei und den PDF-Dateien daneben; zuerst immer als Probelauf."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the folder and what is to be done with it."""
        parser.add_argument("ordner", type=Path, metavar="ORDNER")
        parser.add_argument(
            "--uebernehmen", action="store_true", help="Nicht nur proben: alles übernehmen oder nichts."
        )
        parser.add_argument("--entwurf", action="store_true", help="Neue Beschlüsse nicht veröffentlichen.")
        parser.add_argument(
            "--auch-von-hand-geaendertes",
            action="store_true",
            help="Auch Seiten überschreiben, die ein Mensch angelegt oder bearbeitet hat.",
        )

    def handle(self, *args, **options) -> None:
        """Report line by line; raise CommandError when nothing was or could be written."""
        folder, force = options["ordner"], options["auch_von_hand_geaendertes"]
        try:
            if options["uebernehmen"]:
                plan = import_folder(folder, None, options["entwurf"], force)
            else:
                plan = plan_of(folder, force)
        except ImportRefusedError as error:
            if error.plan:
                self.report(error.plan)
            raise CommandError(str(error)) from error
        except UnreadableFileError as error:
            raise CommandError(str(error)) from error
        counts = self.report(plan)
        if plan.counts[LineState.ERROR]:
            raise CommandError(f"Probelauf: {counts}. Mit Fehlern wird nichts übernommen.")
        if options["uebernehmen"]:
            self.stdout.write(f"Übernommen: {counts}.")
        else:
            self.stdout.write(f"Probelauf: {counts}. Nichts wurde gespeichert; übernehmen mit --uebernehmen.")

    def report(self, plan: Plan) -> str:
        """Print all lines; return how many there are of each state in words."""
        for line in plan.lines:
            self.stdout.write(line_described(line))
            paper = line.record.source_file if line.record else None
            for warning in paper.warnings if paper else []:
                self.stdout.write(f"  {paper}: {warning}")
        return ", ".join(f"{number} {state}" for state, number in plan.counts.items() if number)


def line_described(line: ImportLine) -> str:
    """Return a line of the report, e.g. "Zeile 3: TOP 2.1 „Sprachmittlung“: geändert: ergebnis, ja/nein/enthaltung"."""
    label = f"{line.label} " if line.label else ""
    details = ("; " if line.state == LineState.ERROR else ", ").join(line.details)
    return f"Zeile {line.number}: {label}„{line.title}“: {line.state}{': ' if details else ''}{details}"
