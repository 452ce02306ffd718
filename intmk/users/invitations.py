"""Invitations: an account without password, and a letter with the one link that lets its holder choose one."""

import re
import unicodedata
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.encoding import force_bytes
from django.utils.http import base36_to_int, urlsafe_base64_encode

from intmk.language.umlauts import spelled_out, transliterated
from intmk.users.models import User

INVITE = "users.invite"
VALID_FOR = timedelta(days=7)
SUBJECT = "Einladung zur Redaktion der Website der Integrationsministerkonferenz"


class InvitationTokens(PasswordResetTokenGenerator):
    """Tokens that fall with the first password, the first sign-in, a new invitation, or after VALID_FOR.

    Inner names of Django: `_make_hash_value`, which its documentation lets overwrite, `_make_token_with_timestamp`.
    """

    key_salt = "intmk.users.invitations"

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.invited_at and user.invited_at.timestamp()}"

    def check_token(self, user: User | None, token: str | None) -> bool:
        """Say whether `token` was made for this account by its latest invitation and is still valid.

        Django's own method asks for PASSWORD_RESET_TIMEOUT, which is shorter.
        """
        if not user or not token or not user.is_active or user.has_usable_password() or not user.invited_at:
            return False
        try:
            timestamp = base36_to_int(token.partition("-")[0])
        except ValueError:
            return False
        made = self._make_token_with_timestamp(user, timestamp, self.secret)
        return constant_time_compare(made, token) and timezone.now() - user.invited_at <= VALID_FOR


tokens = InvitationTokens()


def invite(account: User, inviter: User) -> None:
    """Save the account as invited and send its holder the link; whoever lost an earlier one gets a new one.

    Raises SMTPException or OSError when the letter cannot be sent; then nothing is saved and earlier links hold.
    """
    with transaction.atomic():
        if not account.pk:
            account.username = free_username(account.first_name, account.last_name)
            account.set_unusable_password()
        account.invited_at = timezone.now()
        account.save()
        send_mail(SUBJECT, letter(account, inviter), None, [account.email])


def may_be_invited(account: User) -> bool:
    """Say whether an invitation makes sense: the account is open, has an address and never chose a password."""
    return bool(account.is_active and account.email and not account.last_login and not account.has_usable_password())


def letter(account: User, inviter: User) -> str:
    """Return the text of the invitation."""
    uid = urlsafe_base64_encode(force_bytes(account.pk))
    link = reverse("accept_invitation", args=[uid, tokens.make_token(account)])
    context = {
        "account": account,
        "inviter": inviter,
        "link": settings.WAGTAILADMIN_BASE_URL + link,
        "valid_until": timezone.localtime(timezone.now() + VALID_FOR),
        "second_factor_required": settings.SECOND_FACTOR_REQUIRED,
    }
    return render_to_string("users/invitation.txt", context)


def free_username(first_name: str, last_name: str) -> str:
    """Return a name to sign in with that nobody has yet, e.g. "petra.mueller" or "petra.mueller2"."""
    parts = [plain_letters(name) for name in (first_name, last_name)]
    name = ".".join(filter(None, parts))[:140] or "konto"
    taken = set(User.objects.filter(username__istartswith=name).values_list("username", flat=True))
    taken = {username.lower() for username in taken}
    number = 1
    while (candidate := name if number == 1 else f"{name}{number}") in taken:
        number += 1
    return candidate


def plain_letters(name: str) -> str:
    """Return `name` in small ASCII letters: umlauts spelled out, other accents dropped, words joined by hyphens."""
    plain = unicodedata.normalize("NFKD", transliterated(spelled_out(unicodedata.normalize("NFC", name))))
    return "-".join(re.findall(r"[a-z0-9]+", plain.encode("ascii", "ignore").decode()))
