"""What keeps machines from flooding the inbox, without cookie, captcha or account.

A signed token says when a form was handed out and is good for one message; the browser says from where it was sent;
messages are counted by the hour. Many from one place are refused; many in all only make everybody wait for minutes, so
that nobody can close the form.
"""

import ipaddress
import secrets
from dataclasses import dataclass
from datetime import timedelta

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from intmk.accessibility.models import BarrierSender
from intmk.language.day import today

QUICKEST, LONGEST = timedelta(seconds=3), timedelta(hours=24)
MOST_OF_ONE = 5  # messages an hour
# So many messages in the last hour, and how long a form must then have been open.
WAITS = ((240, timedelta(minutes=10)), (120, timedelta(minutes=5)), (60, timedelta(minutes=2)))
signer = TimestampSigner(salt="intmk.barrier_report")

TOO_QUICK = (
    "Die Meldung kam so schnell, dass sie von einem Programm stammen könnte. Sie ist noch nicht gesendet. Ihre Angaben "
    "stehen unten. Bitte senden Sie sie in einigen Sekunden noch einmal."
)
TOO_OLD = (
    "Das Formular war länger als 24 Stunden geöffnet. Die Meldung ist noch nicht gesendet. Ihre Angaben stehen unten. "
    "Bitte senden Sie sie noch einmal."
)
UNKNOWN = (
    "Das Formular wurde unvollständig übertragen. Die Meldung ist noch nicht gesendet. Ihre Angaben stehen unten. "
    "Bitte senden Sie sie noch einmal."
)
FOREIGN = (
    "Die Meldung kam nach Angabe Ihres Browsers von einer anderen Website. Sie ist noch nicht gesendet. Ihre Angaben "
    "stehen unten. Bitte prüfen Sie sie und senden Sie sie noch einmal."
)
TOO_MANY = (
    "Von Ihrem Anschluss kamen in der letzten Stunde sehr viele Meldungen. Ihre Meldung ist noch nicht gesendet. Ihre "
    "Angaben stehen unten. Bitte senden Sie sie in einer Stunde noch einmal oder nehmen Sie einen der anderen Wege, "
    "die unten stehen."
)

BUSY = (
    "Gerade kommen sehr viele Meldungen. Ihre Meldung ist noch nicht gesendet. Ihre Angaben stehen unten. Bitte senden "
    "Sie sie in {minutes} Minuten noch einmal oder nehmen Sie einen der anderen Wege, die unten stehen."
)


def new_token() -> str:
    """Return a token for a form that is handed out now."""
    return signer.sign(secrets.token_hex(16))


@dataclass(frozen=True)
class FormToken:
    """What a token says. nonce: "" when it is not ours. problem: why it is not accepted now, in German, "" if it is."""

    nonce: str = ""
    problem: str = ""


def read_token(value: str) -> FormToken:
    """Return what the token of a form says."""
    try:
        nonce = signer.unsign(value, max_age=LONGEST)
    except SignatureExpired:
        return FormToken(signer.unsign(value), TOO_OLD)
    except BadSignature:
        return FormToken(problem=UNKNOWN)
    try:
        signer.unsign(value, max_age=QUICKEST)
    except SignatureExpired:
        return FormToken(nonce)
    return FormToken(nonce, TOO_QUICK)


def sender_of(request: HttpRequest, days_ago: int = 0) -> str:
    """Return a keyed hash of the client's address that holds for a day; nobody can tell the address from it.

    A network of IPv6 (/64) counts as one: that is what a single connection has.
    """
    try:
        address = get_adapter(request).get_client_ip(request)
        found = ipaddress.ip_address(address)
    except (PermissionDenied, ValueError):
        text = ""
    else:
        found = getattr(found, "ipv4_mapped", None) or found
        text = str(ipaddress.ip_network(f"{found}/64", strict=False)) if found.version == 6 else str(found)
    day = today() - timedelta(days=days_ago)
    return salted_hmac(f"intmk.barrier_report {day}", text, algorithm="sha256").hexdigest()


@dataclass(frozen=True)
class Refusal:
    """Why a message is not taken now, in German; after which time it may be, and whether with the form as it is."""

    sentence: str
    wait: timedelta
    keeps_form: bool


def count(request: HttpRequest, token: str) -> Refusal | None:
    """Count one message and return None; uncounted, why it is not taken now. To be called under a lock."""
    recent = BarrierSender.objects.recent()
    own = recent.filter(sender__in=[sender_of(request), sender_of(request, days_ago=1)])
    if own.count() >= MOST_OF_ONE:
        return Refusal(TOO_MANY, BarrierSender.KEPT, False)
    wait = wait_after(recent.count())
    if wait and not is_open_for(token, wait):
        return Refusal(BUSY.format(minutes=wait // timedelta(minutes=1)), wait, True)
    BarrierSender.objects.create(sender=sender_of(request), at=timezone.now())
    return None


def wait_after(messages: int) -> timedelta:
    """Return how long a form must have been open after so many messages in an hour."""
    return next((wait for number, wait in WAITS if messages >= number), timedelta())


def is_open_for(token: str, age: timedelta) -> bool:
    """Say whether the form with this valid token was handed out longer ago."""
    try:
        signer.unsign(token, max_age=age)
    except SignatureExpired:
        return True
    return False


def forget_senders() -> None:
    """Delete what is no longer counted."""
    BarrierSender.objects.exclude(pk__in=BarrierSender.objects.recent()).delete()
