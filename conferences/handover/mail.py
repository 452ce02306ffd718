"""The one mail that both Länder get when the chair has passed."""

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone

from conferences.models import Handover, Land
from intmk.base.mail import is_mail_address, mail_of, send_each
from intmk.language import land_names
from intmk.language.dates import german_day
from intmk.users.models import User

logger = logging.getLogger(__name__)


def send_handover_mails() -> int:
    """Send what is due and return how many mails that were; to be called again and again, by as many as like.

    A Land is told once. Whatever could not be sent stays due. Not for requests: a slow mail server holds it up.
    """
    due = Handover.objects.due_for_mail().values_list("pk", "former_land", "land")
    return send_each(
        [(pk, land) for pk, *laender in due for land in laender], lambda mail: tell_land(*mail), log_failure
    )


def log_failure(mail: tuple[int, int], error: Exception) -> None:
    """Write down which mail did not go out, and with what nobody expected also where it came from."""
    pk, land_pk = mail
    described = f"Übergabe {Handover.objects.get(pk=pk)}: Die Mail {land_names.to(Land.objects.get(pk=land_pk).name)}"
    if isinstance(error, SMTPException | OSError):
        logger.error("%s ging nicht hinaus: %s", described, error)
    else:
        logger.error("%s ist gescheitert.", described, exc_info=error)


def tell_land(pk: int, land_pk: int) -> bool:
    """Send the mail for one Land and say whether it was sent; not when it is done, or another process is at it.

    Notes to how many addresses, and closes what both Länder need not or need no longer be told of. Keeps the record
    locked until its transaction ends, so that of several processes one sends.
    """
    due = Handover.objects.due_for_mail().select_for_update(skip_locked=True, of=("self",))
    handover = due.select_related("land", "former_land").filter(pk=pk).first()
    if handover is None:
        return False
    if handover.was_overtaken() or handover.cancels_itself():
        logger.info("Übergabe %s: überholt oder zurückgenommen, keine Mail.", handover)
        handover.mailed_at = timezone.now()
        handover.save(update_fields=["mailed_at"])
        return False
    land = handover.land if handover.land_id == land_pk else handover.former_land
    if land is None or land.code in handover.mails:
        return False
    addresses = addresses_of(land)
    if not addresses:
        logger.error("Übergabe %s: Für %s ist keine E-Mail-Adresse bekannt.", handover, land_names.who(land.name))
    handover.mails[land.code] = len(addresses)
    if len(handover.mails) == 2:
        handover.mailed_at = timezone.now()
    handover.save(update_fields=["mails", "mailed_at"])
    if addresses:
        message(handover, land, addresses).send()  # last: when it fails, the note is taken back
    return bool(addresses)


def addresses_of(land: Land) -> list[str]:
    """Return the valid addresses of the secretariat and of the active accounts of the Land, each once."""
    accounts = User.objects.of_land(land.code).values_list("email", flat=True)
    given = [land.secretariat_email, *accounts]
    return list({address.casefold(): address for address in given if is_mail_address(address)}.values())


def message(handover: Handover, land: Land, addresses: list[str]) -> EmailMessage:
    """Return the mail for `land`: what has changed, what it may do now, what is open, whom to ask."""
    takes = land == handover.land
    other = handover.former_land if takes else handover.land
    since = timezone.localtime(handover.since, timezone.get_default_timezone())
    context = {
        "land": land,
        "other": other,
        "handover": handover,
        "since": f"{german_day(since.date())}, {since.hour}:{since:%M} Uhr,",
        "admin": settings.WAGTAILADMIN_BASE_URL + reverse("wagtailadmin_home"),
        "page": settings.WAGTAILADMIN_BASE_URL + reverse("handover"),
        "administrators": administrators(),
    }
    name = "taken" if takes else "given"
    chair = land_names.at(handover.land.name)
    subject = f"Vorsitz der Integrationsministerkonferenz: seit {german_day(since.date())} {chair}"
    return mail_of(subject, f"conferences/handover/mail_{name}.txt", context, addresses)


def administrators() -> list[str]:
    """Return the addresses of those who administer the site."""
    accounts = User.objects.filter(is_superuser=True, is_active=True).exclude(email="").order_by("pk")
    return list(accounts.values_list("email", flat=True))
