"""Import of resolutions: all that a plan says, or nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from wagtail.log_actions import LogContext, log
from wagtail.models import Page, ReferenceIndex
from wagtail.signal_handlers import disable_reference_index_auto_update
from wagtail.signals import page_published

from conferences import agenda_item
from conferences.archive_documents import store
from conferences.archive_plan import LOG_ACTION, Line, Plan, State, messages, plan_of
from conferences.models import ResolutionPage
from conferences.models.resolution_parts import name_anchors
from conferences.resolution_record import Known, ResolutionRecord, connect, fill, stored_page

LOCK = 0x494E544D4C  # two imports at once wait for one another


class RefusedError(Exception):
    """Nothing was written: the plan has errors, or one line turned out to have one. The message is German."""

    def __init__(self, message: str, plan: Plan | None = None) -> None:
        """Take the message and the plan as far as there is one."""
        super().__init__(message)
        self.plan = plan


def import_folder(
    folder: Path, user: Any = None, draft: bool = False, force: bool = False, expected: str | None = None
) -> Plan:
    """Carry out the import of `folder`, all in one transaction, and return what was done.

    draft: new pages are not published. expected: the fingerprint of the plan that somebody has seen; where another has
    come of it since, nothing is written. Raises RefusedError, with nothing written; UnreadableFileError.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        plan = plan_of(folder, force)
        if plan.counts[State.ERROR]:
            raise RefusedError(f"Nichts übernommen: {plan.counts[State.ERROR]} Zeilen haben Fehler.", plan)
        if expected is not None and plan.fingerprint != expected:
            raise RefusedError("Nichts übernommen: Inzwischen hat sich etwas geändert. Bitte die Vorschau neu ansehen.")
        with LogContext(user=user), disable_reference_index_auto_update():
            carry_out(plan, user, draft)
    return plan


def carry_out(plan: Plan, user: Any, draft: bool) -> None:
    """Write all lines: new pages are stored first, since others of the file may refer to them."""
    known, pages = Known.stored(), {}
    lines = [(line, line.record) for line in plan.to_write if line.record]
    for line, record in lines:
        with refused_with(line):
            store(record.source_file)
            if line.state == State.NEW:
                line.page = placed_for_good(line.conference, record, known, live=not draft)
            pages[record.key] = line.page
    for line, record in lines:
        with refused_with(line):
            connect(line.page, record, lambda key: pages.get(key) or stored_page(key))
            if line.state == State.NEW:
                publish_first(line.page, user)
            else:
                page: Any = line.page
                page.source_file = record.source_file  # it had no key when the page was filled
                publish_change(page, user)
            ReferenceIndex.create_or_update_for_object(line.page)


@contextmanager
def refused_with(line: Line) -> Iterator[None]:
    """Turn a ValidationError into a RefusedError that names the line."""
    try:
        yield
    except ValidationError as error:
        raise RefusedError(f"Nichts übernommen. Zeile {line.number}: {' '.join(messages(error))}") from error


def placed_for_good(conference: Any, record: ResolutionRecord, known: Known, live: bool) -> ResolutionPage:
    """Store a new page with all but its references, validated if it is public, and return it."""
    page = ResolutionPage(conference=conference, locale=conference.locale, live=live)
    fill(page, record, known)
    name_anchors(list(page.statements.all()))
    if live:
        page.first_published_at = page.last_published_at = timezone.now()
    else:  # Wagtail stores drafts without full_clean, which makes these of the number; `plan_of` has validated them
        page.item_key = agenda_item.sort_key(page.item)
        page.slug = agenda_item.address_part(page.item) if page.item else record.key.partition("/")[2]
    conference.add_child(instance=page)
    return page


def publish_first(page: Any, user: Any) -> None:
    """Give a page that was just stored its references, revision, signal and log entry.

    What Wagtail's publishing does for it; that would read the page from the revision and store all of it again, which
    takes as long as everything else together.
    """
    page.references.commit()
    revision = page.save_revision(user=user, clean=False, log_action=False if page.live else LOG_ACTION)
    if page.live:
        page.live_revision, page.has_unpublished_changes = revision, False
        Page.objects.filter(pk=page.pk).update(live_revision=revision, has_unpublished_changes=False)
        page_published.send(sender=ResolutionPage, instance=page, revision=revision)
        log(instance=page, action=LOG_ACTION, user=user, revision=revision, content_changed=True)


def publish_change(page: Any, user: Any) -> None:
    """Save a revision of a stored page, and publish it if the page is public."""
    revision = page.save_revision(user=user, clean=not page.live, log_action=False if page.live else LOG_ACTION)
    if page.live:
        revision.publish(user=user, log_action=LOG_ACTION)  # validates
