"""Pages on which somebody is at work: drafts, what waits for approval or an answer, what is locked."""

from dataclasses import dataclass

from django.db.models import BooleanField, CharField, Exists, ExpressionWrapper, F, OuterRef, Q
from django.db.models.functions import Cast
from wagtail.models import Page, Revision, TaskState, get_default_page_content_type

from intmk.proposals.models import Proposal

# What was taken back counts as a draft only when somebody has worked on it since.
CHANGED = Q(has_unpublished_changes=True) & (
    Q(live=True) | Q(last_published_at=None) | Q(latest_revision_created_at__gt=F("last_published_at"))
)


@dataclass(frozen=True)
class PagesInWork:
    """The four lists; a page that waits for approval or is to go live by itself is not among the drafts."""

    drafts: list[Page]
    awaiting: list[Page]
    proposed: list[Page]
    locked: list[Page]


def pages_in_work() -> PagesInWork:
    """Return all of them; one query, however many there are."""
    work = Q(is_draft=True) | Q(is_awaiting=True) | Q(is_proposed=True) | Q(locked=True)
    pages = list(annotated().filter(work).order_by("path"))
    return PagesInWork(
        drafts=[page for page in pages if page.is_draft],
        awaiting=[page for page in pages if page.is_awaiting],
        proposed=[page for page in pages if page.is_proposed],
        locked=[page for page in pages if page.locked],
    )


def drafts():
    """Return the query for the drafts alone."""
    return annotated().filter(is_draft=True)


def annotated():
    """Return all pages with the answers `is_draft`, `is_awaiting` and `is_proposed`: a Land has sent a proposal."""
    tasks = TaskState.objects.filter(
        status=TaskState.STATUS_IN_PROGRESS,
        workflow_state__base_content_type_id=get_default_page_content_type().pk,
        workflow_state__object_id=Cast(OuterRef("pk"), CharField()),
    )
    schedules = Revision.page_revisions.filter(
        object_id=Cast(OuterRef("pk"), CharField()), approved_go_live_at__isnull=False
    )
    is_draft = CHANGED & Q(is_scheduled=False, is_awaiting=False)
    return (
        Page.objects.select_related("locked_by")
        .annotate(is_awaiting=Exists(tasks), is_scheduled=Exists(schedules))
        .annotate(is_proposed=Exists(Proposal.objects.sent().filter(page=OuterRef("pk"))))
        .annotate(is_draft=ExpressionWrapper(is_draft, BooleanField()))
    )
