"""Pages that go live or are taken back at a set moment, and who answers for it.

What somebody set for a moment waits when that person may no longer publish at that moment: a former chair does not act
in the term of the next. An account that chairs then, or an administrator, confirms it or takes it back.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import Page, PageLogEntry, Revision

from conferences.handover.viewer import Viewer
from conferences.models import ChairTerm
from conferences.rules.rotation import Rotation
from intmk.base.drafts import is_own_draft, was_public
from intmk.users.models import User

logger = logging.getLogger(__name__)
CONFIRM = "intmk.schedule.confirm"
SET_BY = ("wagtail.publish", "wagtail.publish.schedule", CONFIRM)


@dataclass(frozen=True)
class Scheduled:
    """One page that changes by itself: `revision` goes live at `moment`, or the page is taken back when it is None."""

    page: Page
    moment: datetime
    account: User | None
    waits: bool
    revision: Revision | None = None

    @property
    def is_due(self) -> bool:
        return self.moment <= timezone.now()


def all_scheduled() -> list[Scheduled]:
    """Return what is scheduled on the whole site, by moment and from above; five queries at most."""
    rotation = ChairTerm.objects.rotation()
    found = [*publications(rotation), *withdrawals(rotation)]
    return sorted(found, key=lambda item: (item.moment, item.page.depth))


def scheduled_of(request: HttpRequest) -> list[Scheduled]:
    """Return the same; asked once for a request, since several parts of the start page need it."""
    if not hasattr(request, "scheduled"):
        request.scheduled = all_scheduled()  # type: ignore[attr-defined]
    return request.scheduled  # type: ignore[attr-defined]


def publications(rotation: Rotation) -> Iterator[Scheduled]:
    """Yield the revisions that were approved to go live at a moment."""
    revisions = Revision.page_revisions.filter(approved_go_live_at__isnull=False)
    if not revisions:
        return
    pages = Page.objects.select_related("owner").filter(pk__in=[int(row.object_id) for row in revisions])
    by_id = {str(page.pk): page for page in pages}
    entries = PageLogEntry.objects.filter(revision__in=revisions, action__in=SET_BY)
    setters = {entry.revision_id: entry.user for entry in entries.select_related("user").order_by("pk")}
    for revision in revisions:
        page, moment = by_id.get(revision.object_id), revision.approved_go_live_at
        if page and moment:
            account = setters.get(revision.pk)
            yield Scheduled(page, moment, account, not may_act(account, moment, rotation), revision)


def withdrawals(rotation: Rotation) -> Iterator[Scheduled]:
    """Yield the live pages that end at a moment."""
    pages = Page.objects.filter(live=True, expire_at__isnull=False)
    if not pages:
        return
    entries = PageLogEntry.objects.filter(page__in=pages, action__in=SET_BY, user__isnull=False)
    setters = {entry.page_id: entry.user for entry in entries.select_related("user").order_by("pk")}
    for page in pages:
        if page.expire_at:
            account = setters.get(page.pk)
            yield Scheduled(page, page.expire_at, account, not may_act(account, page.expire_at, rotation))


def may_act(account: User | None, moment: datetime, rotation: Rotation) -> bool:
    """Say whether what `account` has set may happen at `moment`; nobody knows who set it: it may not."""
    if account is None or not account.is_active:
        return False
    day = timezone.localtime(moment, timezone.get_default_timezone()).date()
    return account.is_superuser or (bool(account.land_code) and account.land_code == rotation.chair_on(day))


def carry_out_scheduled(item: Scheduled, user: User | None = None) -> None:
    """Publish the revision or take the page back, as Wagtail's own command does."""
    if item.revision:
        item.revision.publish(user=user, log_action="wagtail.publish.scheduled", skip_permission_checks=True)
    else:
        item.page.specific.unpublish(set_expired=True, user=user, log_action="wagtail.unpublish.scheduled")


def carry_out_still_scheduled(item: Scheduled) -> bool:
    """Do so where nobody has taken it back since it was read; say whether it has happened."""
    with transaction.atomic():
        page = Page.objects.select_for_update().filter(pk=item.page.pk).first()
        found = item.revision and Revision.objects.filter(pk=item.revision.pk, approved_go_live_at=item.moment).exists()
        still = found if item.revision else page and page.live and page.expire_at == item.moment
        if still:
            carry_out_scheduled(item)
    return bool(still)


def carry_out_until(day: date, account: User) -> None:
    """Let happen before its time what is set for a moment until the end of the day and will not wait then.

    account: who looks at it; without the right to publish it does not learn what others are going to publish. Call it
    in a transaction that is rolled back. What fails is left out, as by the clock.
    """
    publishes, tried = Viewer(account).publishes, set[str]()

    def happens(item: Scheduled) -> bool:
        is_due = timezone.localdate(item.moment, timezone.get_default_timezone()) <= day and not item.waits
        is_known = publishes or not item.revision or is_of_land(item, account)
        return is_due and is_known and waiting_key(item) not in tried

    # Asked again each time: one may end another, or begin it.
    while item := next(filter(happens, all_scheduled()), None):
        tried.add(waiting_key(item))
        rehearse(item)


def waiting_key(item: Scheduled) -> str:
    """Return what names it in a form, and whenever it is asked again what is scheduled."""
    return f"publication-{item.revision.pk}" if item.revision else f"withdrawal-{item.page.pk}"


def is_of_land(item: Scheduled, account: User) -> bool:
    """Say whether somebody of the account's Land has set a draft of that Land which never was public."""
    set_by_own = item.account is not None and item.account.land_code == account.land_code
    return set_by_own and is_own_draft(account, item.page) and not was_public(item.page)


def rehearse(item: Scheduled) -> None:
    """Carry it out as if its moment had come; what fails changes nothing."""
    if item.revision:
        item.revision.content["go_live_at"] = None  # else it would be set for that moment once more
    try:
        with transaction.atomic():
            carry_out_scheduled(item)
            Page.objects.filter(pk=item.page.pk).update(last_published_at=item.moment)
    except Exception as error:  # not as a fault: nobody has asked for it yet, and a rehearsal writes no mails
        logger.info("Geprobt, aber gescheitert: %s (%s)", item.page, error)


def confirm(item: Scheduled, user: User) -> None:
    """Let `user` answer for it from now on; what is overdue happens at once, and all is in the log.

    The caller has asked whether `user` may publish the page.
    """
    with transaction.atomic():
        log(
            item.page.specific,
            CONFIRM,
            user=user,
            revision=item.revision,
            data={"from": str(item.account or "unbekannt"), "to": str(user), "moment": item.moment.isoformat()},
        )
        if item.is_due:
            carry_out_scheduled(item, user)
