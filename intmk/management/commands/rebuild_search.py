"""Make the index of the search anew, for pages that a program has saved without publishing: no signal tells of them."""

from django.core.management.base import BaseCommand
from django.db import transaction
from wagtail.models import Page

from intmk.search.drafts import store_drafts
from intmk.search.index import rebuild
from intmk.server import table_statistics


class Command(BaseCommand):
    help = "Baut den Suchindex neu auf, etwa nachdem Daten an der Website vorbei geändert wurden."

    def handle(self, *args, **options) -> None:
        """Replace all entries in one transaction: until it ends the old ones are found."""
        with transaction.atomic():
            entries = rebuild()
            store_drafts(Page.objects.all())
        table_statistics.renew()
        self.stdout.write(f"Suche: {entries} Einträge.")
