"""Letters about an account: that its address or password is another one now, and the link for a new password."""

import logging
from smtplib import SMTPException
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django_tasks import task
from wagtail.admin.forms.auth import PasswordResetForm
from wagtail.admin.views.account import PasswordResetView

from intmk.users.models import User

logger = logging.getLogger(__name__)
ADDRESS_CHANGED = "Ihre E-Mail-Adresse bei der Website der Integrationsministerkonferenz ist geändert"
PASSWORD_CHANGED = "Ihr Passwort bei der Website der Integrationsministerkonferenz ist geändert"  # noqa: S105


def tell_former_address(account: User, former: str) -> None:
    """Write to `former` that the account has another address now; without the new one, which is not theirs to know."""
    tell(account, ADDRESS_CHANGED, "users/address_changed.txt", former)


def tell_of_new_password(account: User) -> None:
    """Write to the holder that the account has another password now."""
    tell(account, PASSWORD_CHANGED, "users/password_changed.txt", account.email)


def tell(account: User, subject: str, template: str, to: str) -> None:
    """Send a letter about a change; the change holds also when none can be sent, and the log keeps that."""
    context = {"account": account, "site": settings.WAGTAILADMIN_BASE_URL}
    try:
        send_mail(subject, render_to_string(template, context), None, [to])
    except (SMTPException, OSError):
        logger.exception("Nachricht über eine Änderung an einem Konto nicht verschickt")


@task(backend="background")
def send_reset_letter(typed: str) -> None:
    """Send the link for a new password to whoever has the address `typed`; after the answer, see sign_in.py."""
    form = PasswordResetForm({"email": typed})
    if form.is_valid():
        form.save(
            domain_override=urlsplit(settings.WAGTAILADMIN_BASE_URL).netloc,
            subject_template_name=PasswordResetView.subject_template_name,
            email_template_name=PasswordResetView.email_template_name,
            use_https=settings.WAGTAILADMIN_BASE_URL.startswith("https:"),
        )
