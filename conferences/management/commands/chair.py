"""Who chairs, and what a change of the chair would do to everybody's rights."""

from argparse import ArgumentTypeError
from datetime import date, timedelta

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from conferences.models import ChairTerm
from conferences.models.chair import day_asked_for
from conferences.rules.rotation import Term
from conferences.terms.rights import rights_in_words, update_publishing_rights
from intmk.language.dates import german_day
from intmk.language.day import today
from intmk.users.models import User


class Command(BaseCommand):
    help = "Nennt Land, Person, Amtszeit und die drei folgenden Vorsitze; probt den Wechsel eines Tages."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take one day: to ask about (today without one), or to rehearse."""
        which = parser.add_mutually_exclusive_group()
        which.add_argument(
            "--on", type=day_option, default=None, metavar="TAG", help="Wer hat an diesem Tag den Vorsitz?"
        )
        which.add_argument(
            "--rehearse",
            type=day_option,
            metavar="TAG",
            help="Was darf welches Konto am Tag davor und an diesem Tag? Die Datenbank bleibt, wie sie ist.",
        )

    def handle(self, *args, **options) -> None:
        """Print; raise CommandError when nobody chairs on the day to rehearse."""
        if options["rehearse"]:
            self.rehearse(options["rehearse"])
        else:
            self.tell(options["on"] or today())

    def tell(self, asked: date) -> None:
        """Print Land, persons and term of the day, and the three terms after it."""
        rotation = ChairTerm.objects.rotation()
        term = rotation.term_on(asked)
        if term is None:
            self.stdout.write(f"{german_day(asked)}: kein turnusmäßiger Vorsitz.")
        else:
            self.stdout.write(f"{german_day(asked)}: {term.land_name}")
            self.stdout.write(f"Amtszeit: {term_described(term)}")
            self.stdout.write(f"Im Vorsitz: {persons(term)}")
        self.stdout.write("Danach:")
        for following in rotation.next_terms(3, asked):
            self.stdout.write(f"  {following.land_name}, {term_described(following)}")

    def rehearse(self, asked: date) -> None:
        """Settle the rights of the day before and of the day itself, print both for every account, undo all."""
        rotation = ChairTerm.objects.rotation()
        before, after = rotation.term_on(asked - timedelta(days=1)), rotation.term_on(asked)
        if after is None:
            raise CommandError(f"Am {german_day(asked)} gibt es keinen turnusmäßigen Vorsitz.")
        with transaction.atomic():
            rights = [rights_on(asked - timedelta(days=1)), rights_on(asked)]
            transaction.set_rollback(True)
        self.stdout.write(f"Probe des {german_day(asked)}, 0:00 Uhr: {name(before)} → {name(after)}")
        if name(before) == name(after):
            self.stdout.write("An diesem Tag wechselt der Vorsitz nicht.")
        for account, was in rights[0].items():
            now = rights[1][account]
            self.stdout.write(f"\n{account}{'' if was == now else '  ← ändert sich'}")
            self.stdout.write(f"  vorher:  {', '.join(was) or 'nichts'}")
            self.stdout.write(f"  nachher: {', '.join(now) or 'nichts'}")
        self.stdout.write("\nNichts davon wurde gespeichert.")


def day_option(text: str) -> date:
    """Return the day that an option names; raise ArgumentTypeError with a German reason."""
    found, error = day_asked_for(text.strip() or "-", date.min)
    if error:
        raise ArgumentTypeError(error)
    return found


def name(term: Term | None) -> str:
    """Return the name of the Land in the chair."""
    return term.land_name if term else "niemand"


def term_described(term: Term) -> str:
    """Return the days of a term and whether they are stored."""
    return f"{german_day(term.start)} bis {german_day(term.end)}{'' if term.stored else ' (nach der Regel)'}"


def persons(term: Term) -> str:
    """Return the names of those who chair in a term."""
    stored = ChairTerm.objects.filter(start=term.start, land__code=term.land_code).first() if term.stored else None
    names = [person.name for person in stored.persons.all()] if stored else []
    return ", ".join(names) or "liegt nicht vor"


def rights_on(asked: date) -> dict[str, list[str]]:
    """Settle the rights of that day and return what each account may do, by its name."""
    update_publishing_rights(asked)
    return {described_account(account): rights_in_words(account) for account in User.objects.order_by("username")}


def described_account(account: User) -> str:
    """Return the name of the account with its Land."""
    belongs = "Administration" if account.is_superuser else account.get_land_code_display() or "ohne Land"
    return f"{account.get_username()} ({belongs}{'' if account.is_active else ', gesperrt'})"
