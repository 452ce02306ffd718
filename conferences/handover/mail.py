"""The one mail that both Länder get when the chair has passed."""

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from conferences.models import Handover, Land
from intmk.uncertain_dates import german_day
from intmk.users.models import User

logger = logging.getLogger(__name__)


def send_due_mails() -> int:
    """Send what is due and return how many mails that were; to be called again and again, by as many as like.

    A Land is told once. Whatever could not be sent stays due. Not for requests: a slow mail server holds it up.
    """
    return sum(tell_both(pk) for pk in Handover.objects.due_for_mail().values_list("pk", flat=True))


def tell_both(pk: int) -> int:
    """Tell both Länder of one handover, unless another process is at it; return how many mails were sent."""
    with transaction.atomic():
        due = Handover.objects.due_for_mail().select_for_update(skip_locked=True, of=("self",))
        handover = due.select_related("land", "former_land").filter(pk=pk).first()
        if handover is None:
            return 0
        if handover.was_overtaken():
            logger.info("Übergabe %s: überholt, keine Mail.", handover)
            handover.mailed_at = timezone.now()
            handover.save(update_fields=["mailed_at"])
            return 0
        sent = sum(tell(handover, land) for land in (handover.former_land, handover.land) if land)
        if len(handover.mails) == 2:
            handover.mailed_at = timezone.now()
        handover.save(update_fields=["mails", "mailed_at"])
        return sent


def tell(handover: Handover, land: Land) -> bool:
    """Send the mail for one Land unless it has been told; note to how many addresses, say whether it was sent."""
    if land.code in handover.mails:
        return False
    addresses = addresses_of(land)
    if not addresses:
        logger.error("Übergabe %s: Für %s ist keine E-Mail-Adresse bekannt.", handover, land)
        handover.mails[land.code] = 0
        return False
    try:
        message(handover, land, addresses).send()
    except (SMTPException, OSError) as error:
        logger.error("Übergabe %s: Die Mail an %s ging nicht hinaus: %s", handover, land, error)
        return False
    handover.mails[land.code] = len(addresses)
    return True


def addresses_of(land: Land) -> list[str]:
    """Return the valid addresses of the secretariat and of the active accounts of the Land, each once."""
    accounts = User.objects.of_land(land.code).values_list("email", flat=True)
    given = [land.secretariat_email, *accounts]
    return list({address.casefold(): address for address in given if is_valid(address)}.values())


def is_valid(address: str) -> bool:
    """Say whether a mail can go there; what was imported may hold anything."""
    try:
        validate_email(address)
    except ValidationError:
        return False
    return True


def message(handover: Handover, land: Land, addresses: list[str]) -> EmailMessage:
    """Return the mail for `land`: what has changed, what it may do now, what is open, whom to ask."""
    takes = land == handover.land
    other = handover.former_land if takes else handover.land
    context = {
        "land": land,
        "other": other,
        "handover": handover,
        "start": german_day(handover.start),
        "admin": settings.WAGTAILADMIN_BASE_URL + reverse("wagtailadmin_home"),
        "page": settings.WAGTAILADMIN_BASE_URL + reverse("handover"),
        "administrators": administrators(),
    }
    name = "taken" if takes else "given"
    subject = f"Vorsitz der Integrationsministerkonferenz: seit {german_day(handover.start)} bei {handover.land}"
    body = render_to_string(f"conferences/handover/mail_{name}.txt", context).strip()
    return EmailMessage(" ".join(subject.split()), body, to=addresses)


def administrators() -> list[str]:
    """Return the addresses of those who administer the site."""
    accounts = User.objects.filter(is_superuser=True, is_active=True).exclude(email="").order_by("pk")
    return list(accounts.values_list("email", flat=True))
