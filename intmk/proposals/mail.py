"""The mails of a proposal: to the chair when one is sent, to its Land when it is decided on. The clock sends them."""

import logging

from django.db.models import Q
from wagtail.users.models import UserProfile

from intmk.base.mail import is_mail_address, mail_of, send_each
from intmk.proposals.models import Proposal
from intmk.users.models import CHAIR, User

logger = logging.getLogger(__name__)


def send_proposal_mails() -> int:
    """Send what is due, and return for how many proposals; what could not be sent stays due."""
    due = Proposal.objects.untold().values_list("pk", flat=True)
    return send_each(
        list(due),
        tell_about_proposal,
        lambda pk, error: logger.error("Vorschlag %s: Die Mail ging nicht hinaus: %s", pk, error),
    )


def tell_about_proposal(pk: int) -> bool:
    """Send the mail about one proposal, and say whether it went to anybody.

    Keeps the row locked, so that of several processes one sends; noted first, so that the note goes when sending fails.
    """
    proposal = Proposal.objects.untold().select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
    if proposal is None:
        return False
    Proposal.objects.filter(pk=pk).update(told=True)
    addresses = recipients(proposal)
    if addresses:
        words, template = (
            ("Neuer Vorschlag", "sent") if proposal.is_sent else ("Antwort auf Ihren Vorschlag", "decided")
        )
        subject = f"{words}: „{proposal.page.draft_title}“"
        mail_of(subject, f"intmk/proposals/{template}.txt", {"proposal": proposal}, addresses).send()
    return bool(addresses)


def recipients(proposal: Proposal) -> list[str]:
    """Return the addresses of who is told: the chair and administrators of what was sent, else the Land.

    Without those who have switched such mails off in their account.
    """
    chair = Q(groups__name=CHAIR) | Q(is_superuser=True)
    land = Q(land_code=proposal.land_code) if proposal.land_code else Q(pk=proposal.author_id)
    accounts = User.objects.filter(chair if proposal.is_sent else land, is_active=True).distinct()
    setting = "submitted_notifications" if proposal.is_sent else "approved_notifications"
    off = set(UserProfile.objects.filter(**{setting: False}).values_list("user_id", flat=True))
    return [account.email for account in accounts if account.pk not in off and is_mail_address(account.email)]
