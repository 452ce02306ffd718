"""What a new account does first; each step is done as soon as the site shows that it is."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.urls import reverse
from wagtail.models import PageLogEntry, Revision, WorkflowState

from intmk.media.images.models import SiteImage
from intmk.proposals.models import Proposal
from intmk.users.models import User


@dataclass(frozen=True)
class FirstStep:
    """One step, whether it is done, and the way to it."""

    label: str
    is_done: bool
    url: str


def first_steps(user: User, publishes: bool, begin: str) -> list[FirstStep]:
    """Return the six steps of an account of a Land; one query.

    publishes: whether the account may publish today. begin: address at which a first draft is begun.
    """
    account = OuterRef("pk")
    proposals = Proposal.objects.filter(author=account)
    done = (
        User.objects.filter(pk=user.pk)
        .with_second_factor()
        .annotate(
            has_draft=Exists(Revision.page_revisions.filter(user=account)) | Exists(proposals),
            has_picture=Exists(SiteImage.objects.filter(uploaded_by_user=account)),
            has_published=Exists(PageLogEntry.objects.filter(user=account, action="wagtail.publish")),
            has_sent=Exists(proposals.filter(sent_at__isnull=False))
            | Exists(WorkflowState.objects.filter(requested_by=account)),
        )
        .get()
    )
    profile = reverse("wagtailadmin_account")
    last = (
        FirstStep("Eine Seite veröffentlichen", done.has_published, reverse("handover_drafts"))
        if publishes
        else FirstStep("Dem Vorsitz etwas vorschlagen", done.has_sent, reverse("wagtailadmin_explore_root"))
    )
    return [
        FirstStep("Zweiten Faktor einrichten", done.has_second_factor, reverse("mfa_index")),
        FirstStep("Ihren Namen eintragen", bool(done.first_name and done.last_name), profile),
        FirstStep("Ihre E-Mail-Adresse eintragen", bool(done.email), profile),
        FirstStep("Einen ersten Entwurf schreiben", done.has_draft, begin),
        FirstStep("Ein Bild hochladen", done.has_picture, reverse("wagtailimages:add_multiple")),
        last,
    ]
