"""Mails that the clock sends: each is noted as sent in the transaction that sends it, and stays due when that fails."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.db import transaction
from django.template.loader import render_to_string

Mail = TypeVar("Mail")


def is_mail_address(address: str) -> bool:
    """Say whether a mail can go there; what was imported may hold anything."""
    try:
        validate_email(address)
    except ValidationError:
        return False
    return True


def mail_of(subject: str, template: str, context: dict[str, Any], to: list[str], **more: Any) -> EmailMessage:
    """Return a mail of plain text; the template also has `base`, the address of the site. more: of EmailMessage."""
    body = render_to_string(template, {"base": settings.WAGTAILADMIN_BASE_URL, **context}).strip()
    return EmailMessage(" ".join(subject.split()), body, to=to, **more)


def send_each(
    mails: Iterable[Mail], send: Callable[[Mail], bool], failed: Callable[[Mail, Exception], bool | None]
) -> int:
    """Send one after the other and return how many went out; what fails concerns no other, unless `failed` says so.

    send: notes that it is done, sends last, and says whether it did; committed at once, so that what happens to the
    next mail does not make this one go out again. failed: writes down what was raised; true when the rest must wait.
    """
    sent = 0
    for mail in mails:
        try:
            with transaction.atomic():
                sent += send(mail)
        except Exception as error:
            if failed(mail, error):
                break
    return sent
