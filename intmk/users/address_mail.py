"""The letter to the former address of an account: whoever did not change it learns of it there."""

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string

from intmk.users.models import User

logger = logging.getLogger(__name__)
SUBJECT = "Ihre E-Mail-Adresse bei der Website der Integrationsministerkonferenz ist geändert"


def tell_former_address(account: User, former: str) -> None:
    """Write to `former` that the account has another address now; without the new one, which is not theirs to know.

    The change holds also when no letter can be sent; the log keeps that.
    """
    context = {"account": account, "site": settings.WAGTAILADMIN_BASE_URL}
    try:
        send_mail(SUBJECT, render_to_string("users/address_changed.txt", context), None, [former])
    except (SMTPException, OSError):
        logger.exception("Nachricht an die bisherige Adresse eines Kontos nicht verschickt")
