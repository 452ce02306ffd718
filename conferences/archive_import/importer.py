"""Import of resolutions: all that a plan says, or nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from wagtail.log_actions import LogContext

from conferences.archive.facets import refreshed_at_the_end
from conferences.archive_import.documents import store_new_document
from conferences.archive_import.plan import LOG_ACTION, ImportLine, LineState, Plan, messages, plan_of
from conferences.archive_import.record import connect_references, stored_page
from intmk.server import table_statistics

LOCK = 0x494E544D4C  # two imports at once wait for one another


class ImportRefusedError(Exception):
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
        if plan.counts[LineState.ERROR]:
            raise ImportRefusedError(f"Nichts übernommen: {plan.counts[LineState.ERROR]} Zeilen haben Fehler.", plan)
        if expected is not None and plan.fingerprint != expected:
            raise ImportRefusedError(
                "Nichts übernommen: Inzwischen hat sich etwas geändert. Bitte die Vorschau neu ansehen."
            )
        with LogContext(user=user):
            carry_out_plan(plan, user, draft)
    table_statistics.renew()
    return plan


def carry_out_plan(plan: Plan, user: Any, draft: bool) -> None:
    """Write all lines: new pages are stored first, since others of the file may refer to them."""
    lines = [(line, line.page, line.record) for line in plan.to_write if line.page and line.record]
    parents: dict[int, Any] = {}  # one object for each: it counts its children
    for line, page, record in lines:
        with refused_with(line):
            store_new_document(record.source_file)
            page.source_file = record.source_file  # it had no key when the page was filled
            hidden = page.hidden_texts() + page.hidden_statements()
            if found := page.contradictions_of_release(hidden):  # a long text was not kept since the plan was made
                raise ValidationError(found)
            if line.state == LineState.NEW and line.conference:
                page.live = False
                parents.setdefault(line.conference.pk, line.conference).add_child(instance=page)
    pages_by_key = {record.key: page for _, page, record in lines}
    with refreshed_at_the_end([page for _, page, _ in lines]):
        for line, page, record in lines:
            with refused_with(line):
                connect_references(page, record, lambda key: pages_by_key.get(key) or stored_page(key))
                public = not draft if line.state == LineState.NEW else page.live
                revision = page.save_revision(user=user, clean=False, log_action=False if public else LOG_ACTION)
                if public:
                    revision.publish(user=user, log_action=LOG_ACTION)  # validates


@contextmanager
def refused_with(line: ImportLine) -> Iterator[None]:
    """Turn a ValidationError into a RefusedError that names the line."""
    try:
        yield
    except ValidationError as error:
        raise ImportRefusedError(f"Nichts übernommen. Zeile {line.number}: {' '.join(messages(error))}") from error
