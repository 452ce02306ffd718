"""Read the text of all documents again, e.g. after a new version of PDFium; new ones are read by the clock."""

from django.core.management.base import BaseCommand, CommandParser

from intmk.media.documents.models import SiteDocument


class Command(BaseCommand):
    help = "Liest Text, Seitenzahl und Prüfsumme aller Dokumente neu; veröffentlicht und ändert sonst nichts."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take --new, which leaves out what has been read before."""
        parser.add_argument(
            "--new",
            action="store_true",
            help="Nur, was noch nie oder von einem früheren Programm gelesen wurde.",
        )

    def handle(self, *args, **options) -> None:
        """Read them one by one; name those whose file is missing, and say how many there were."""
        documents = SiteDocument.objects.read_otherwise() if options["new"] else SiteDocument.objects.all()
        read = 0
        for pk in documents.order_by("pk").values_list("pk", flat=True):
            document = SiteDocument.objects.get(pk=pk)
            try:
                document.read_again()
                read += 1
            except OSError:
                self.stderr.write(f"Die Datei zu „{document.title}“ ({document.file.name}) fehlt.")
        if read:
            self.stdout.write(f"Dokumente: {read} gelesen.")
