"""Make labelled synthetic resolutions, to measure how the site does with many; and remove them."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from intmk.addresses.public_addresses import PublicAddress
from intmk.benchmark.synthetic_archive import invented_pages, make_resolutions, remove_archive
from intmk.search import index as search_index
from intmk.server import table_statistics


class Command(BaseCommand):
    help = "Legt Prüfdaten an: N erfundene Beschlüsse unter Prüfkonferenzen ab 1001, nur zum Messen. 0 entfernt sie."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the number of resolutions."""
        parser.add_argument("number", type=int, metavar="N", help="Anzahl; 0 entfernt alle Prüfdaten")
        parser.add_argument(
            "--auch-in-produktion", action="store_true", help="Auch auf einer Website, die nicht zum Entwickeln dient."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Replace what a former run has made, in one transaction; raise CommandError where it must not run."""
        number = options["number"]
        if number < 0:
            raise CommandError("N ist eine Anzahl ab 0.")
        # Removing is always allowed: invented resolutions must never be hard to get rid of.
        if number and not (settings.DEMO_ACCOUNTS or options["auch_in_produktion"]):
            raise CommandError("Erfundenes gehört nicht auf eine öffentliche Website (sonst: --auch-in-produktion).")
        with transaction.atomic():
            # The addresses as well: they were never meant for anybody to remember.
            addresses = PublicAddress.objects.filter(page__in=invented_pages()).values_list("pk", flat=True)
            forgotten = list(addresses)
            removed = remove_archive()
            PublicAddress.objects.filter(pk__in=forgotten).delete()
            made = make_resolutions(number)
            entries = search_index.rebuild()
        table_statistics.renew()
        self.stdout.write(f"Prüfdaten: {removed} entfernt, {made} angelegt; Suche: {entries} Einträge.")
