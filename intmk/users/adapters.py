"""What django-allauth asks this project: its messages, and how secrets are kept."""

import base64
import hashlib
import logging
import secrets
import time

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.utils.encoding import force_bytes

from intmk.users import known_devices
from intmk.users.models import User

logger = logging.getLogger(__name__)

WRONG_CODE = "Der Code stimmt nicht oder ist schon benutzt. Bitte den nächsten abwarten und erneut versuchen."
WRONG_PASSWORD = "Benutzername oder Passwort stimmen nicht. Bitte versuchen Sie es erneut."  # noqa: S105
# Whoever has just signed in is not asked for the password again to set up a second factor or to end other sessions.
OPEN_AFTER_SIGN_IN = {"mfa_activate_totp", "mfa_add_webauthn", "mfa_view_recovery_codes", "own_sessions"}
WAYS = {
    "reauthenticate": "Mit Passwort bestätigen",
    "mfa_reauthenticate": "Mit Code bestätigen",
    "mfa_reauthenticate:webauthn": "Mit Passkey bestätigen",
}
KNOWN_DEVICE = "known_device_failed"  # of ACCOUNT_RATE_LIMITS
TOO_MANY_ATTEMPTS = "Zu viele Versuche. Bitte warten Sie fünf Minuten und versuchen Sie es dann erneut."


class AccountAdapter(DefaultAccountAdapter):
    """The messages of signing in; which of name and password was wrong, nobody learns."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "incorrect_password": "Das Passwort stimmt nicht.",
        "username_password_mismatch": WRONG_PASSWORD,
        "email_password_mismatch": WRONG_PASSWORD,
        "too_many_login_attempts": TOO_MANY_ATTEMPTS,
        "rate_limited": TOO_MANY_ATTEMPTS,
    }

    def validation_error(self, code: str, *args) -> ValidationError:
        """Return the message for `code`; that somebody was refused is in the log, but not who it was."""
        if code != "too_many_login_attempts":  # answered with 429, which has a line of its own
            logger.warning("Anmeldung abgelehnt: %s", code)
        return super().validation_error(code, *args)

    def is_open_for_signup(self, request) -> bool:
        """Return False: accounts come by invitation only."""
        return False

    def authenticate(self, request: HttpRequest, **credentials: str) -> AbstractBaseUser | None:
        """Return whose name or e-mail address and password these are, or None.

        django-allauth looks for addresses in small letters only. It is handed a user name whatever was typed, so that
        it takes the same way, and as long, for what exists and what does not.
        """
        account = User.objects.called(credentials["username"])
        name = account.username if account else credentials["username"]
        return super().authenticate(request, username=name, password=credentials["password"])

    def pre_authenticate(self, request: HttpRequest, **credentials: str) -> None:
        """Count the attempt for the account, under whichever of its names, or for the name that nobody has.

        A device with which the account has signed in has a count of its own (known_devices.py). Raises ValidationError
        when there were too many.
        """
        account = User.objects.called(credentials["username"])
        if known := known_devices.key_for(request, account):
            if not ratelimit.consume(request, action=KNOWN_DEVICE, key=known):
                raise self.validation_error("too_many_login_attempts")
            return
        # Two kinds of keys: no name that somebody types is taken for an account.
        key = f"account:{account.pk}" if account else f"name:{credentials['username']}"
        super().pre_authenticate(request, username=key)

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs) -> HttpResponseBase:
        """Return where to go on; the device is known from now on, and what was counted with it is forgotten."""
        response = super().post_login(request, user, **kwargs)
        if isinstance(user, User):
            if known := known_devices.key_for(request, user):
                ratelimit.clear(request, action=KNOWN_DEVICE, key=known)
            known_devices.remember_device(request, response, user)
        return response

    def is_reauthentication_required(self, *, app: str, **kwargs) -> bool:
        """Say whether the password is asked for again before what is about to happen."""
        if self.request.resolver_match.view_name in OPEN_AFTER_SIGN_IN:
            records = get_authentication_records(self.request, self.request.user)
            if records and time.time() - records[-1]["at"] < app_settings.REAUTHENTICATION_TIMEOUT:
                return False
        return super().is_reauthentication_required(app=app, **kwargs)

    def get_reauthentication_methods(self, user: AbstractBaseUser | AnonymousUser) -> list[dict]:
        """Return the ways to confirm who one is, in the words of this site."""
        ways = super().get_reauthentication_methods(user)
        return [way | {"description": WAYS.get(way["id"], way["description"])} for way in ways]


class SecondFactorAdapter(DefaultMFAAdapter):
    """The messages of the second factor, and its secrets under the key of the site, so that a dump gives none away."""

    error_messages = DefaultMFAAdapter.error_messages | {"incorrect_code": WRONG_CODE}

    def validation_error(self, code: str, *args) -> ValidationError:
        """Return the message for `code`; that a second factor was refused is in the log."""
        logger.warning("Zweiter Faktor abgelehnt: %s", code)
        return super().validation_error(code, *args)

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:
        """Return how a new passkey is called when its holder does not say."""
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return "Passkey" if number == 1 else f"Passkey {number}"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return what the browser calls the site for which a passkey is."""
        return super().get_public_key_credential_rp_entity() | {"name": settings.WAGTAIL_SITE_NAME}

    def encrypt(self, text: str) -> str:
        """Return `text` as it is stored."""
        return ciphers().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return what was stored, or a secret that no code fits when it was stored under a key that is gone."""
        try:
            return ciphers().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            logger.warning("Ein zweiter Faktor ist unter einem anderen INTMK_SECRET_KEY gespeichert.")
            return base64.b32encode(secrets.token_bytes(20)).decode()


def ciphers() -> MultiFernet:
    """Return what encrypts with the key of the site and decrypts with former ones too (SECRET_KEY_FALLBACKS)."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hashlib.sha256(b"intmk.users.second_factor" + force_bytes(key)).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
