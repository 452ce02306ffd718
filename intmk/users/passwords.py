"""How passwords are stored, and who is told when one changes."""

from functools import partial

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import transaction

from intmk.users.account_mail import tell_of_new_password
from intmk.users.models import User


class FrugalArgon2PasswordHasher(Argon2PasswordHasher):
    """Argon2id in the measure that OWASP's Password Storage Cheat Sheet names first: 19 MiB, two rounds, one lane.

    Django's own takes 100 MiB for each attempt: a few at once would fill a small server. Older hashes, and those of
    other measures, become this one when their holder signs in; Django does that.
    """

    time_cost, memory_cost, parallelism = 2, 19_456, 1


class PasswordLetter:
    """Stands among Django's validators, which are told of each new password: passes that on to the holder by mail."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Accept every password; refusing is for the others."""

    def password_changed(self, password: str, user: User | None = None) -> None:
        """Send the letter once the change is stored; to whoever never signed in, it is the first password."""
        if user and user.email and user.last_login:
            transaction.on_commit(partial(tell_of_new_password, user))

    def get_help_text(self) -> str:
        """Return what stands with the rules below a new password."""
        return "Jede spätere Änderung des Passworts wird Ihnen per E-Mail gemeldet."
