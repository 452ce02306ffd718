"""The mails of a report, sent by the clock after it was stored; and what is deleted when its time is up.

Not in the request: no reader waits for a mail server, and no message depends on one.
"""

import logging
from datetime import timedelta
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException

from django.core.mail import EmailMessage
from django.utils import timezone

from conferences.handover.mail import addresses_of, administrators
from conferences.models import ChairTerm, Land
from conferences.terms.publisher import land_of
from intmk.accessibility.models import BarrierMail, BarrierReport
from intmk.accessibility.rate_limit import forget_senders
from intmk.base.mail import is_mail_address, mail_of, send_each
from intmk.language.day import today

MOST_AT_ONCE = 20
LONGEST_PAUSE = 60  # minutes between two attempts
MOST_ATTEMPTS = 30  # to somebody who reported: about a day, then the address is taken for mistyped
NO_ADDRESS = "keine E-Mail-Adresse bekannt"

logger = logging.getLogger(__name__)


def tend_barrier_reports() -> None:
    """Send what is due and delete what is old; called each minute."""
    send_barrier_mails()
    forget_senders()
    forget_persons()


def send_barrier_mails() -> int:
    """Send what is due and return how many mails that were; when the mail server does not answer, the rest waits."""
    # None waits longer than LONGEST_PAUSE: what seems to, was put off while the time was wrong.
    soon = timezone.now(), timezone.now() + timedelta(minutes=LONGEST_PAUSE)
    due = BarrierMail.objects.filter(sent_at=None, given_up=False).exclude(
        next_attempt_at__gt=soon[0], next_attempt_at__lte=soon[1]
    )
    first = list(due.order_by("next_attempt_at", "pk").values_list("pk", flat=True)[:MOST_AT_ONCE])
    return send_each(first, send_barrier_mail, note_failure)


def send_barrier_mail(pk: int) -> bool:
    """Send one mail and say whether it went out; what keeps it from going is raised, and the note taken back."""
    due = BarrierMail.objects.select_for_update(skip_locked=True, of=("self",)).filter(sent_at=None, given_up=False)
    mail = due.select_related("report").filter(pk=pk).first()
    if mail is None:
        return False  # another process is at it
    land = land_of(ChairTerm.objects.rotation().term_on(today()))
    to_secretariat = mail.to == BarrierMail.To.SECRETARIAT
    addresses = addresses_of_chair(land) if to_secretariat else [mail.report.email]
    if not any(map(is_mail_address, addresses)):
        store_failure(mail, NO_ADDRESS)
        return False
    mail.sent_at, mail.problem = timezone.now(), ""
    mail.save()
    written_as(mail, land, addresses).send()  # last
    return True


def written_as(mail: BarrierMail, land: Land | None, addresses: list[str]) -> EmailMessage:
    """Return the message of this mail."""
    if mail.to == BarrierMail.To.ANSWER:
        return barrier_mail(mail.report, "barrier_answer.txt", addresses, land, text=mail.text)
    if mail.to == BarrierMail.To.REPORTER:
        return receipt_for(mail.report, land, addresses)
    return mail_to_secretariat(mail.report, land, addresses)


def note_failure(pk: int, error: Exception) -> bool:
    """Write down that a mail did not go out, and when it is tried again; say whether the server is out of reach."""
    mail = BarrierMail.objects.select_related("report").filter(pk=pk, sent_at=None).first()
    if mail is not None:
        store_failure(mail, type(error).__name__)
    of_this_mail_only = isinstance(error, SMTPRecipientsRefused | SMTPResponseException)
    return isinstance(error, SMTPException | OSError) and not of_this_mail_only


def store_failure(mail: BarrierMail, problem: str) -> None:
    """Store the failure; each is tried again, at growing intervals, those to reporters not for ever."""
    if problem != mail.problem:  # one line in the log for each cause
        logger.error("Barriere %s: Die Mail %s ging nicht hinaus: %s", mail.report, mail.get_to_display(), problem)
    mail.attempts = min(mail.attempts + 1, 1000)
    mail.problem = problem[:200]
    mail.given_up = mail.to != BarrierMail.To.SECRETARIAT and mail.attempts >= MOST_ATTEMPTS
    mail.next_attempt_at = timezone.now() + timedelta(minutes=min(2 ** min(mail.attempts - 1, 10), LONGEST_PAUSE))
    mail.save()


def addresses_of_chair(land: Land | None) -> list[str]:
    """Return the secretariat's address; without one those of its accounts, else of the administrators."""
    if land and is_mail_address(land.secretariat_email):
        return [land.secretariat_email]
    return (addresses_of(land) if land else []) or administrators()


def mail_to_secretariat(report: BarrierReport, land: Land | None, addresses: list[str]) -> EmailMessage:
    """Return the mail to the secretariat. It leads to the report and repeats nothing that somebody typed."""
    edit = BarrierReport.snippet_viewset.get_url_name("edit")  # type: ignore[attr-defined]
    return barrier_mail(report, "barrier_notice.txt", addresses, land, edit=edit)


def receipt_for(report: BarrierReport, land: Land | None, addresses: list[str]) -> EmailMessage:
    """Return the receipt. Nothing in it comes from the form: it cannot be used to write to strangers."""
    return barrier_mail(report, "barrier_receipt.txt", addresses, land)


def barrier_mail(
    report: BarrierReport, template: str, addresses: list[str], land: Land | None, **context: object
) -> EmailMessage:
    """Return a mail with the number in its subject; answers to it go to the secretariat."""
    return mail_of(
        f"Gemeldete Barriere {report.receipt}",
        f"intmk/accessibility/{template}",
        {"report": report, "land": land, **context},
        addresses,
        reply_to=[land.secretariat_email] if land and is_mail_address(land.secretariat_email) else [],
        headers={"Auto-Submitted": "auto-generated"},
    )


def forget_persons() -> int:
    """Delete name and contact of what was answered long ago; return of how many reports."""
    today_here = today()
    forgotten = BarrierReport.objects.to_be_forgotten(today_here)
    return forgotten.update(name="", email="", phone="", forgotten_on=today_here)
