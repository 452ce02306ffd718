"""Which passwords are refused, how they are stored, and who is told when one changes."""

import re
from functools import partial

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.exceptions import ValidationError
from django.db import transaction

from intmk.language.umlauts import spelled_out
from intmk.users.account_mail import tell_of_new_password
from intmk.users.models import LAND_NAMES, User

# What whoever guesses at this site tries first; the names of the Länder are added, each part of them by itself.
SITE_WORDS = (
    "admin", "beschluss", "geschaeftsstelle", "integration", "intmk", "konferenz", "land", "minister", "passwort",
    "redaktion", "vorsitz", "website",
)  # fmt: skip
GUESSED = {*SITE_WORDS, *(part for name in LAND_NAMES.values() for part in re.findall("[a-z]+", spelled_out(name)))}
GUESSED_FIRST = re.compile("|".join(sorted(GUESSED, key=len, reverse=True)))
FEWEST_OTHERS = 6  # different signs beside these words


class FrugalArgon2PasswordHasher(Argon2PasswordHasher):
    """Argon2id in the measure that OWASP's Password Storage Cheat Sheet names first: 19 MiB, two rounds, one lane.

    Django's own takes 100 MiB for each attempt: a few at once would fill a small server. Older hashes, and those of
    other measures, become this one when their holder signs in; Django does that.
    """

    time_cost, memory_cost, parallelism = 2, 19_456, 1


class NotOnlySiteWords:
    """Refuses a password that is hardly more than words of this site; stands among Django's validators."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ValidationError, in German, when such words have too little beside them."""
        typed = spelled_out(password)
        others = GUESSED_FIRST.sub("", typed)
        if others != typed and len(set(others)) < FEWEST_OTHERS:
            raise ValidationError(
                "Das Passwort besteht fast nur aus Wörtern, die zu dieser Website gehören.", code="site_words"
            )

    def get_help_text(self) -> str:
        """Return what stands with the rules below a new password."""
        return "Das Passwort darf nicht fast nur aus Wörtern bestehen, die zu dieser Website gehören."


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
