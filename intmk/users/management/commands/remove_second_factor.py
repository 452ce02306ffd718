"""The way back in for the one administrator whom no other can help."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from intmk.users import second_factor
from intmk.users.models import User


class Command(BaseCommand):
    help = "Entfernt den zweiten Faktor eines Kontos, etwa wenn dessen Telefon und Notfallcodes verloren sind."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="Benutzername des Kontos")

    def handle(self, *args, name: str, **options) -> None:
        """Remove it and sign the account out everywhere; raise CommandError when there is none to remove."""
        account = User.objects.filter(username=name).first()
        if account is None or not second_factor.remove_factor(account):
            raise CommandError(f"Ein Konto „{name}“ mit zweitem Faktor gibt es nicht.")
        self.stdout.write(f"Der zweite Faktor von {name} ist entfernt, das Konto überall abgemeldet.")
