"""What was set for a moment by somebody who may not act then: an account that may confirms it or takes it back."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.log_actions import log
from wagtail.models import Page, Revision

from conferences.handover.scheduled import Scheduled, all_scheduled, confirm, may_act, waiting_key
from conferences.handover.viewer import account_of
from conferences.models.chair import rotation_of
from conferences.rules.rotation import Rotation
from intmk.language import land_names
from intmk.language.dates import german_day, german_moment
from intmk.users.models import User, account_name

KEEP = "intmk.schedule.keep"
GONE = "Das ist nicht mehr so geplant: Jemand hat es inzwischen bestätigt, zurückgenommen oder geändert."
NOT_ALLOWED = "Das darf nur, wer veröffentlichen darf: die Redaktion des Landes im Vorsitz und die Administration."


class ConfirmationRefusedError(Exception):
    """What was asked for is not possible; says why in German."""


@dataclass(frozen=True)
class Waiting:
    """One scheduled page that waits, as an account sees it; `who` says who may confirm it when this account may not."""

    scheduled: Scheduled
    can_confirm: bool
    who: str

    @property
    def key(self) -> str:
        return waiting_key(self.scheduled)

    @property
    def is_withdrawal(self) -> bool:
        return self.scheduled.revision is None

    @property
    def author(self) -> str:
        """Return who has set it, with the Land."""
        account = self.scheduled.account
        return (
            f"{account_name(account)} ({account.get_land_code_display()})"
            if account and account.land_code
            else account_name(account)
        )

    @property
    def when(self) -> str:
        return german_moment(self.scheduled.moment)

    @property
    def edit_url(self) -> str:
        return reverse("wagtailadmin_pages:edit", args=[self.scheduled.page.pk])

    @property
    def unschedule_url(self) -> str:
        """Return Wagtail's page that takes a publication back, "" for a withdrawal."""
        revision = self.scheduled.revision
        page = self.scheduled.page
        return reverse("wagtailadmin_pages:revisions_unschedule", args=[page.pk, revision.pk]) if revision else ""


def waiting_for(user: User, rotation: Rotation, scheduled: Iterable[Scheduled]) -> list[Waiting]:
    """Return what of the `scheduled` waits on pages that the account may publish, in the same order."""
    return [
        Waiting(item, may_confirm(item, user, rotation), who_confirms(item, rotation))
        for item in scheduled
        if item.waits and item.page.permissions_for_user(user).can_publish()
    ]


def may_confirm(item: Scheduled, user: User, rotation: Rotation) -> bool:
    """Say whether it would no longer wait once the account has confirmed it; what is overdue happens at once."""
    return item.is_due or may_act(user, item.moment, rotation)


def who_confirms(item: Scheduled, rotation: Rotation) -> str:
    """Return who may confirm it, in German."""
    day = timezone.localtime(item.moment, timezone.get_default_timezone()).date()
    term = rotation.term_on(day)
    if term is None:
        return "die Administration"
    return f"{land_names.who(term.land_name)} ab dem {german_day(term.start)} oder die Administration"


def matching(items: Iterable[Scheduled], request: HttpRequest) -> Scheduled | None:
    """Return the one that the form names, at the moment that it showed; None when there is none such."""
    asked = (request.POST.get("item"), request.POST.get("moment"))
    return next((item for item in items if (waiting_key(item), item.moment.isoformat()) == asked), None)


def locked(request: HttpRequest) -> Scheduled:
    """Return what the form names, read again under a lock on its page; raise RefusedError when it no longer waits.

    Of two people who press at once the second sees what the first has done.
    """
    item = matching(all_scheduled(), request)
    if item is None:
        raise ConfirmationRefusedError(GONE)
    if not item.page.permissions_for_user(account_of(request)).can_publish():
        raise ConfirmationRefusedError(NOT_ALLOWED)
    Page.objects.select_for_update().filter(pk=item.page.pk).values_list("pk").first()
    item = matching(all_scheduled(), request)
    if item is None:
        raise ConfirmationRefusedError(GONE)
    if not item.waits:
        raise ConfirmationRefusedError(
            f"„{item.page.draft_title}“ ist schon bestätigt: {account_name(item.account)} steht dafür ein."
        )
    return item


def decide(request: HttpRequest, what: Callable[[Scheduled], str]) -> HttpResponse:
    """Let `what` happen to what the form names, whole or not at all, and show the sentence that it returns."""
    try:
        with transaction.atomic():
            messages.success(request, what(locked(request)))
    except ConfirmationRefusedError as refusal:
        messages.warning(request, str(refusal))
    except ValidationError as error:
        messages.error(request, f"Die Seite lässt sich so nicht veröffentlichen: {' '.join(error.messages)}")
    else:
        return redirect(get_valid_next_url_from_request(request) or "handover")
    # Not to the dashboard: there a refusal is taken for a form whose text has to be kept (refused_forms.py).
    return redirect("handover")


@require_POST
def confirm_waiting(request: HttpRequest) -> HttpResponse:
    """Let the account answer for it from now on."""

    def answer_for(item: Scheduled) -> str:
        rotation = rotation_of(request)
        if not may_confirm(item, account_of(request), rotation):
            raise ConfirmationRefusedError(f"Noch nicht möglich. Bestätigen kann es {who_confirms(item, rotation)}.")
        confirm(item, account_of(request))
        title = f"„{item.page.draft_title}“"
        if item.is_due:
            return f"{title} ist jetzt veröffentlicht." if item.revision else f"{title} ist jetzt zurückgezogen."
        happens = "wird veröffentlicht" if item.revision else "wird zurückgezogen"
        return f"Bestätigt. {title} {happens}: {german_moment(item.moment)}."

    return decide(request, answer_for)


@require_POST
def keep_waiting(request: HttpRequest) -> HttpResponse:
    """Leave a page public that was to be taken back at a moment."""

    def stay(item: Scheduled) -> str:
        if item.revision:
            raise ConfirmationRefusedError(GONE)
        keep_public(item, account_of(request))
        return f"„{item.page.draft_title}“ bleibt öffentlich."

    return decide(request, stay)


def keep_public(item: Scheduled, user: User) -> None:
    """Clear the end of a live page: in its row, and in the versions from which editors go on.

    Not by publishing: a draft above the live version would go out with it.
    """
    page = item.page
    log(page.specific, KEEP, user=user, data={"moment": item.moment.isoformat()})
    Page.objects.filter(pk=page.pk).update(expire_at=None)
    for revision in Revision.page_revisions.filter(pk__in=[page.latest_revision_id, page.live_revision_id]):
        revision.content["expire_at"] = None
        revision.save(update_fields=["content"])
