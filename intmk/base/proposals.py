"""What Länder have typed into a page and the chair has not approved, although it would go public with the next version.

Wagtail has one line of versions for each page: the chair goes on writing where a Land has stopped, also after its
proposal was rejected. Until proposals have a place of their own, every way to publish asks here first.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from html.parser import HTMLParser
from itertools import groupby
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from modelcluster.models import get_all_child_relations
from wagtail.models import Page, PageLogEntry, Revision, TaskState, WorkflowState
from wagtail.workflows import publish_workflow_state

from intmk.users.models import CHAIR, User, account_name

DECLINED = "intmk.proposal.decline"
# What the log says of a version when somebody with the right to publish has decided on all that it holds.
SETTLED = ("wagtail.publish", "wagtail.publish.schedule", "wagtail.publish.scheduled", DECLINED)
NOT_CONTENT = {"owner", "content_type", "locale", "translation_key", "first_published_at", "wagtail_admin_comments"}


@dataclass(frozen=True)
class Proposal:
    """Whose changes are in the page, the day of the latest one, and whether one was rejected in the workflow."""

    land: str
    account: str
    day: datetime
    rejected: bool


@dataclass(frozen=True)
class Unapproved:
    """The changes in `revision`, the latest, that nobody has approved.

    `former` has what the fields that they changed held before; it is None where the whole page is theirs. `shared`
    are the names of those fields in which somebody else has written since, which goes as well when they go.
    """

    page: Page
    revision: Revision
    proposals: list[Proposal]
    former: dict[str, Any] | None
    shared: frozenset[str] = frozenset()

    @property
    def shared_in_words(self) -> str:
        """Return the labels of these fields: "Einleitung, Text"."""
        return ", ".join(label(self.page.specific_class, name) for name in sorted(self.shared))

    @property
    def laender(self) -> str:
        """Return the names of those who made them: "Bayern und Thüringen"."""
        names = list(dict.fromkeys(proposal.land for proposal in self.proposals))
        return " und ".join(filter(None, [", ".join(names[:-1]), names[-1]]))

    @property
    def version(self) -> str:
        """Return what tells this state of the page from a later one; a version may be overwritten."""
        return f"{self.revision.pk} {self.revision.created_at.isoformat()}"

    def before(self) -> Page:
        """Return the page as it is without them."""
        return self.page.specific.with_content_json(self.revision.content | (self.former or {}))

    def leave_out(self, user: User) -> Revision:
        """Save and return a version without them; theirs stays among the former versions."""
        return self.before().save_revision(user=user, log_action=DECLINED, clean=False)


def unapproved(page: Page, consents_to: User | None = None) -> Unapproved | None:
    """Return what nobody has approved in the latest version of the page, None where there is nothing.

    It is looked for after the version that was published, scheduled or cleared of proposals last. With `consents_to`
    what accounts of this one's Land have written is approved, too.
    """
    settled, pending = since_settled(page)
    proposed = proposed_among(pending, consents_to)
    if not proposed:
        return None
    content = settled.content if settled else json.loads(page.specific.to_json()) if page.live else None
    is_whole = content is None and pending[0].pk in proposed
    former, found, shared = changes_among(pending, proposed, content or {}, content_fields(page.specific_class))
    left = changed(former, pending[-1].content, former)
    proposals = [proposal for proposal, names in found.values() if is_whole or names & left]
    if not proposals:
        return None
    if is_whole:
        return Unapproved(page, pending[-1], proposals, None)
    kept = {name: former[name] for name in left}
    return Unapproved(page, pending[-1], proposals, kept, frozenset(shared & left))


def since_settled(page: Page) -> tuple[Revision | None, list[Revision]]:
    """Return the version that was settled last, None without one, and those after it; `content` is not loaded."""
    revisions = list(page.revisions.select_related("user").defer("content").order_by("created_at", "pk"))
    settled = set(PageLogEntry.objects.filter(page=page, action__in=SETTLED).values_list("revision_id", flat=True))
    settled.add(page.live_revision_id)
    places = [place for place, revision in enumerate(revisions) if revision.pk in settled]
    return (revisions[places[-1]], revisions[places[-1] + 1 :]) if places else (None, revisions)


def changes_among(
    pending: list[Revision], proposed: set[int], content: dict[str, Any], fields: set[str]
) -> tuple[dict[str, Any], dict[tuple[str, str], tuple[Proposal, set[str]]], set[str]]:
    """Return what the proposed versions changed: the former values of `fields`, who changed which of them, and in
    which somebody else has written since.

    content: what stood before the first version. What one account saved several times in a row is one change.
    """
    tasks = TaskState.objects.filter(revision__in=proposed, status=TaskState.STATUS_REJECTED)
    rejected = set(tasks.values_list("revision_id", flat=True))
    former: dict[str, Any] = {}
    shared: set[str] = set()
    found: dict[tuple[str, str], tuple[Proposal, set[str]]] = {}
    for _, run in groupby(pending, key=lambda revision: (revision.user_id, revision.pk in proposed)):
        versions = list(run)
        if versions[-1].pk in proposed:
            names = changed(content, versions[-1].content, fields)
            for name in names:
                former.setdefault(name, content.get(name))
            add(found, versions[-1], any(version.pk in rejected for version in versions), names)
        else:
            shared |= changed(content, versions[-1].content, former)
        content = versions[-1].content
    return former, found, shared


def proposed_among(revisions: list[Revision], consents_to: User | None) -> set[int]:
    """Return the keys of those versions that need approval: not those of the chair, of administrators, of the site."""
    chairs = set(User.objects.filter(groups__name=CHAIR).values_list("land_code", flat=True))
    if consents_to:
        chairs.add(consents_to.land_code)
    chairs.discard("")  # an account without a Land speaks for none
    nameless = [revision.pk for revision in revisions if revision.user is None]
    # The log still has the number of an account that was deleted; of what the site did by itself it has none.
    logged = PageLogEntry.objects.filter(revision__in=nameless, user_id__isnull=False)
    deleted = set(logged.values_list("revision_id", flat=True)) if nameless else set()
    return deleted | {
        revision.pk
        for revision in revisions
        if revision.user and not revision.user.is_superuser and revision.user.land_code not in chairs
    }


def add(
    found: dict[tuple[str, str], tuple[Proposal, set[str]]], revision: Revision, is_rejected: bool, names: set[str]
) -> None:
    """Add to what was found whose version it is and which fields it changed."""
    land, account = "einem gelöschten Konto", ""
    if author := revision.user:
        account = account_name(author)
        land = author.get_land_code_display() or account
    former, before = found.get((land, account), (None, set()))
    rejected = is_rejected or bool(former and former.rejected)
    found[land, account] = Proposal(land, account, revision.created_at, rejected), before | names


def content_fields(page_type: type[Page]) -> set[str]:
    """Return the names of what people write in pages of this type, in the words of stored versions."""
    fields = {field.name for field in page_type._meta.get_fields() if getattr(field, "editable", False)}
    return (fields | {row.get_accessor_name() for row in get_all_child_relations(page_type)}) - NOT_CONTENT


def label(page_type: type[Page], name: str) -> str:
    """Return what editors read beside a field of this type, or above a list of rows."""
    field: Any = page_type._meta.get_field(name)
    return str(getattr(field, "verbose_name", None) or field.related_model._meta.verbose_name_plural)


def changed(before: dict[str, Any], after: dict[str, Any], fields: Iterable[str]) -> set[str]:
    """Return which of the fields are others in the later of two stored versions."""
    return {name for name in fields if without_keys(before.get(name)) != without_keys(after.get(name))}


def without_keys(value: Any) -> Any:
    """Return a stored value without what changes by itself: keys of rows, blocks and paragraphs."""
    if isinstance(value, str):
        if value.startswith(("[", "{")):
            try:
                return without_keys(json.loads(value))
            except ValueError:
                pass
        return RichText(value).parts if "<" in value else value
    if isinstance(value, list):
        return [without_keys(item) for item in value]
    if isinstance(value, dict):
        return {key: without_keys(item) for key, item in value.items() if key not in ("pk", "id")}
    return value


class RichText(HTMLParser):
    """Reads rich text into `parts`, without what the editor writes in another way although nobody has touched it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.parts: list[Any] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.parts.append((tag, sorted((name, value or "") for name, value in attrs if name != "data-block-key")))

    def handle_endtag(self, tag: str) -> None:
        if tag != "br":
            self.parts.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        if words := " ".join(data.split()):
            self.parts.append(words)


def may_be_overwritten(revision: Revision) -> bool:
    """Say whether nobody has decided on the version yet; else what is approved would become something else."""
    if PageLogEntry.objects.filter(revision=revision, action__in=SETTLED).exists():
        return False
    return not Page.objects.filter(live_revision=revision).exists()


def names_of(found: Unapproved) -> str:
    """Return in words who has changed the page and when."""
    parts = []
    for item in found.proposals:
        day = timezone.localtime(item.day).strftime("%d.%m.%Y")
        account = f"{item.account}, " if item.account and item.account != item.land else ""
        rejected = ", im Freigabeverfahren zurückgegeben" if item.rejected else ""
        parts.append(f"{item.land} ({account}{day}{rejected})")
    return "; ".join(parts)


def finish_workflow(workflow_state: WorkflowState, user: User | None = None) -> None:
    """Publish what was approved in the workflow (WAGTAIL_FINISH_WORKFLOW_ACTION).

    Raises ValidationError, with which the approval does not happen, when it holds changes of others as well.
    """
    found = unapproved(Page.objects.get(pk=workflow_state.object_id), workflow_state.requested_by)
    if found:
        raise ValidationError(
            f"„{found.page.draft_title}“ enthält auch ältere Änderungen, die zu diesem Vorschlag nicht gehören: "
            f"{names_of(found)}. Bitte die Seite öffnen und oben „Ansehen oder ohne sie bearbeiten“ wählen."
        )
    publish_workflow_state(workflow_state, user=user)
