"""What an import of resolutions would do, line by line; nothing here writes."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail.models import PageLogEntry, Revision, WorkflowState, get_default_page_content_type

from conferences.archive_import.cells import KnownNames
from conferences.archive_import.columns import COLUMN_OF, values_of
from conferences.archive_import.documents import Documents
from conferences.archive_import.record import (
    Known,
    ResolutionRecord,
    changed_fields,
    fill,
    page_key,
    record_of,
    stored_page,
)
from conferences.archive_import.table import record_rows, table_in
from conferences.models import ChairTerm, ConferencePage, ResolutionPage, ResolutionReference
from conferences.rules import agenda_item
from intmk.base.drafts import EVER_PUBLIC
from intmk.base.publishing_rules import drop_half_filled_rows, half_filled, label
from intmk.base.table_files import Row
from intmk.language.day import today
from intmk.users.models import account_name

LOG_ACTION = "conferences.import"


class LineState(StrEnum):
    """What happens to a line; the value is what people read."""

    NEW = "neu"
    CHANGED = "geändert"
    UNCHANGED = "unverändert"
    BY_HAND = "von Hand geändert, nicht angetastet"
    ERROR = "Fehler"


@dataclass
class ImportLine:
    """One record of the file and what is to become of it. details: names of changed columns, or errors."""

    number: int
    label: str
    title: str
    state: LineState
    details: list[str] = field(default_factory=list)
    record: ResolutionRecord | None = None
    page: ResolutionPage | None = None
    conference: ConferencePage | None = None
    before: ResolutionRecord | None = None  # what is stored
    version: int | None = None  # the key of the latest version of the stored page


@dataclass
class Plan:
    """All lines of a file."""

    lines: list[ImportLine]

    @property
    def counts(self) -> dict[LineState, int]:
        """Return how many lines there are of each state."""
        counted = Counter(line.state for line in self.lines)
        return {state: counted[state] for state in LineState}

    @property
    def to_write(self) -> list[ImportLine]:
        return [line for line in self.lines if line.state in (LineState.NEW, LineState.CHANGED)]

    @property
    def fingerprint(self) -> str:
        """Return a text that is the same only for plans that do the same."""
        said = [
            (line.number, line.label, line.title, str(line.state), line.details, line.version, line.before, line.record)
            for line in self.lines
        ]
        return hashlib.sha256(repr(said).encode()).hexdigest()


def plan_of(folder: Path, force: bool = False) -> Plan:
    """Return what importing the table and the files in `folder` would do; nothing is written.

    force: also touch pages that people have edited. Raises UnreadableFileError when the table cannot be read.
    """
    planner = Planner(folder, force)
    return Plan([planner.line(row, *read) for row, read in zip(planner.rows, planner.read, strict=True)])


class Planner:
    """Looks at row after row; what is stored is read once for all of them."""

    def __init__(self, folder: Path, force: bool) -> None:
        self.force = force
        self.rows = record_rows(table_in(folder))
        self.names, self.known, self.documents = KnownNames.stored(), Known.stored(), Documents(folder)
        self.conferences = {page.slug: page for page in ConferencePage.objects.select_related("locale")}
        self.read = [values_of(row.cells, self.names) for row in self.rows]
        slugs = {values.get("conference") for values, _ in self.read}
        self.stored = by_key(stored_pages([slug for slug in slugs if slug]))
        pages = [page.pk for page in self.stored.values()]
        imported = PageLogEntry.objects.filter(action=LOG_ACTION, page__in=pages)
        self.imported = set(imported.values_list("revision_id", flat=True))
        self.awaiting, self.scheduled = awaiting(pages), scheduled(pages)
        drafts = [page.latest_revision_id for page in self.stored.values() if page.has_unpublished_changes]
        self.drafts = Revision.objects.select_related("user").in_bulk(drafts)
        self.lines_of: dict[str, int] = {}
        self.keys = {self.key(values) for values, _ in self.read} | set(self.stored)

    def line(self, row: Row, values: dict[str, Any], errors: list[str]) -> ImportLine:
        """Return what is to become of `row`, of which `values` and `errors` were read."""
        label = f"TOP {values['item']}" if values.get("item") else str(row.cells.get("umlauf") or "")
        line = ImportLine(row.line, label, str(values.get("title") or ""), LineState.NEW)
        errors = [*row.errors, *errors]
        line.conference = self.conferences.get(values.get("conference", ""))
        if line.conference is None and "conference" in values:
            errors.append(f"konferenz: Die Konferenz „{str(row.cells.get('konferenz'))[:40]}“ gibt es nicht.")
        if not errors:
            errors = self.doubles(row, values)
        if not errors:
            page = self.stored.get(self.key(values))
            version, unfinished = self.version_to_change(page) if page else (None, "")
            line.before = record_of(version) if version else None
            try:
                self.compare(line, self.completed(row, values, line.before), version)
            except ValidationError as error:
                errors = messages(error)
            if line.state == LineState.CHANGED and unfinished:
                line.details.append(f"halb ausgefüllte Zeilen des Entwurfs entfallen: {unfinished}")
        if errors:
            line.state, line.details = LineState.ERROR, errors
        return line

    def key(self, values: dict[str, Any]) -> str:
        """Return the key of the record that `values` describe, "" when its number is none."""
        numbers = ("conference", "item", "slug", "circular_number", "circular_year")
        try:
            return ResolutionRecord(title="", **{"conference": ""} | {n: values[n] for n in numbers if n in values}).key
        except ValueError:
            return ""

    def doubles(self, row: Row, values: dict[str, Any]) -> list[str]:
        """Return errors for a record without a number, and for one that stands in the file already."""
        key = self.key(values)
        if not key:
            return []  # the number is refused with its own reason
        if key.endswith("/"):
            return ["top: Bitte TOP, Nummer des Umlaufbeschlusses („umlauf“) oder eine „kennung“ angeben."]
        if values.get("slug") and values["slug"].lower().startswith(("top-", "umlauf-")):
            return ["kennung: So beginnen die Adressen von TOP und Umlaufbeschlüssen. Bitte anders nennen."]
        number = f"umlauf-{values.get('circular_number')}-{values.get('circular_year')}"
        for name in (key, number) if values.get("circular_number") else (key,):
            if name in self.lines_of:
                return [f"top: Steht schon in Zeile {self.lines_of[name]} dieser Datei."]
            self.lines_of[name] = row.line
        return []

    def version_to_change(self, page: ResolutionPage) -> tuple[ResolutionPage, str]:
        """Return what an import changes, and the names of the lists in it that have unfinished rows.

        Of a public page it is what is public, since its draft nobody has approved. The rows are taken out.
        """
        draft = self.drafts.get(page.latest_revision_id)
        if page.live or draft is None:
            return page, ""
        version = page.with_content_json(draft.content)
        unfinished = ", ".join(label(ResolutionPage, name) for name in half_filled(version))
        drop_half_filled_rows(version)
        return version, unfinished

    def completed(self, row: Row, values: dict[str, Any], before: ResolutionRecord | None) -> ResolutionRecord:
        """Return the whole record: what the row gives, and for a stored page what it leaves open.

        Raises ValidationError by field for what is not there or does not fit.
        """
        values = values | self.documents.of(row.cells, values)
        try:
            values["item"] = agenda_item.normalised(values.get("item", ""))
        except ValueError as error:
            raise ValidationError({"item": str(error)}) from None
        for request in values.get("report_requests", []):
            if isinstance(request["due_at"], str):
                slug, request["due_at"] = request["due_at"], self.conferences.get(request["due_at"])
                if request["due_at"] is None:
                    raise ValidationError({"report_requests": f"Die Konferenz „{slug[:40]}“ gibt es nicht."})
        own = self.key(values)
        for reference in values.get("references", []):
            if "to" in reference:
                reference["to"] = normal_key(reference["to"])
                self.check_reference(reference["to"], own)
        return replace(before, **values) if before else ResolutionRecord(**values)

    def check_reference(self, key: str, own: str) -> None:
        """Raise ValidationError for a reference that leads nowhere or to the record itself."""
        if key == own:
            raise ValidationError({"references": "Ein Beschluss kann sich nicht auf sich selbst beziehen."})
        if key not in self.keys and stored_page(key) is None:
            raise ValidationError(
                {"references": f"Den Beschluss „{key[:60]}“ gibt es weder hier noch auf der Website."}
            )

    def why_withheld(self, page: ResolutionPage) -> str:
        """Return why nobody but those at work on it may change the page, "" for a page that may be changed."""
        if page.locked:
            return "Die Seite ist gesperrt"
        if page.pk in self.awaiting:
            return "Die Seite wartet auf Freigabe"
        # Publishing anything would cancel it without a word.
        return "Die Seite wird zu einem festgelegten Zeitpunkt veröffentlicht" if page.pk in self.scheduled else ""

    def compare(self, line: ImportLine, record: ResolutionRecord, version: ResolutionPage | None) -> None:
        """Fill in what would become of a correct record; raise ValidationError by field for one that is not."""
        line.record, line.page = record, self.stored.get(record.key)
        if line.page is None or line.before is None or version is None:
            line.page = placed(ResolutionPage(), line.conference)
            check_page(line.page, record, self.known)
            return
        page = line.page
        line.version = page.latest_revision_id
        changes = changed_fields(line.before, record)
        if not changes:
            line.state = LineState.UNCHANGED
            return
        line.details = list(dict.fromkeys(COLUMN_OF[name] for name in changes))
        withheld = self.why_withheld(page)
        if self.force and withheld:
            raise ValidationError(f"{withheld}; sie wird nicht überschrieben.")
        by_hand = page.latest_revision_id not in self.imported
        line.state = LineState.BY_HAND if (by_hand or withheld) and not self.force else LineState.CHANGED
        draft = self.drafts.get(page.latest_revision_id)
        if draft and by_hand and self.force:
            whose = f"der Entwurf von {account_name(draft.user)}" if draft.user else "ein Entwurf"
            line.details.append(
                f"{whose} bleibt unveröffentlicht in der Versionsgeschichte" if page.live
                else f"geändert wird {whose}, auch danach unveröffentlicht"
            )  # fmt: skip
        check_page(version, record, self.known)
        line.page = version


def awaiting(pages: list[int]) -> set[int]:
    """Return the keys of those pages that wait for approval."""
    states = WorkflowState.objects.active().filter(
        base_content_type=get_default_page_content_type(), object_id__in=map(str, pages)
    )
    return {int(key) for key in states.values_list("object_id", flat=True)}


def scheduled(pages: list[int]) -> set[int]:
    """Return the keys of those pages that have a version for a later time."""
    versions = Revision.page_revisions.filter(object_id__in=map(str, pages), approved_go_live_at__isnull=False)
    return {int(key) for key in versions.values_list("object_id", flat=True)}


def by_key(pages: Iterable[ResolutionPage]) -> dict[str, ResolutionPage]:
    """Return them by their keys: of several the public one. Drafts with a number that is none have no key."""
    found = {}
    for page in sorted(pages, key=lambda page: page.live):
        with suppress(ValueError):
            found[page_key(page)] = page
    return found


def stored_pages(conferences: list[str]) -> Any:
    """Return the resolutions of these conferences with all that a record holds, in a constant number of queries.

    Not the drafts of Länder that do not chair: they have no claim to a number, and an import leaves them alone.
    """
    chair = ChairTerm.objects.rotation().chair_on(today())
    own = Q(owner=None) | Q(owner__land_code__in=["", chair])
    return (
        ResolutionPage.objects.filter(EVER_PUBLIC | own, conference__slug__in=conferences)
        .select_related("conference", "source_file")
        .prefetch_related(
            "movers", "themes", "addressees", "votes__land", "statements__land", "references__target__conference",
            "report_requests__due_at", "report_requests__answer", "follow_ups",
        )
    )  # fmt: skip


def placed(page: ResolutionPage, conference: Any) -> ResolutionPage:
    """Give an unsaved page a place below `conference` that no page ever has, so that it can be validated."""
    page.locale, page.depth = conference.locale, conference.depth + 1
    page.path = conference.path + "0" * page.steplen  # treebeard counts from 1
    page.conference = conference
    return page


def check_page(page: ResolutionPage, record: ResolutionRecord, known: Known) -> None:
    """Fill an unsaved or stored page and validate it with its rows; raise ValidationError by field.

    Its references are validated but not put in: they may lead to what is not stored yet.
    """
    before = list(page.statements.all())
    fill(page, record, known)
    keep_anchors(before, list(page.statements.all()))
    for name in ("statements", "report_requests", "follow_ups"):
        check_rows(name, getattr(page, name).all())
    check_rows("references", [ResolutionReference(**reference_fields(row)) for row in record.references])
    # Not the database's constraints: `clean` asks for the same with words, and writing asks for all again.
    page.full_clean(validate_unique=False, validate_constraints=False)


def check_rows(name: str, rows: Iterable[Any]) -> None:
    """Validate the texts, days and addresses of rows, not what they lead to; raise ValidationError for `name`."""
    for row in rows:
        try:
            row.clean_fields(exclude={field.name for field in row._meta.fields if field.is_relation} | {"anchor"})
            row.clean()
        except ValidationError as error:
            raise ValidationError({name: error.messages}) from None


def reference_fields(row: dict[str, str]) -> dict[str, Any]:
    """Return the fields of a reference; for one to a resolution with some target, since it is none of this check."""
    return {"kind": row["kind"], "target_id": -1} if "to" in row else dict(row)


def keep_anchors(before: list[Any], after: list[Any]) -> None:
    """Give statements the anchors that they had, first by land and wording, then by the order of those of a Land."""
    left = [row for row in before if row.anchor]
    for same in (
        lambda old, new: (old.land_id, old.text, old.summary) == (new.land_id, new.text, new.summary),
        lambda old, new: old.land_id == new.land_id,
    ):
        for new in after:
            found = next((old for old in left if not new.anchor and same(old, new)), None)
            if found:
                new.anchor = found.anchor
                left.remove(found)


def normal_key(key: str) -> str:
    """Return a key as records have it: of "12/TOP 2.9B" "12/2.9b"."""
    conference, _, number = key.partition("/")
    try:
        return f"{conference}/{agenda_item.normalised(number).lower()}"
    except ValueError:
        return f"{conference}/{number}"


def messages(error: ValidationError) -> list[str]:
    """Return the messages with the column that they are about."""
    if not hasattr(error, "error_dict"):
        return list(error.messages)
    return [
        # A message with a link stays one.
        (format_html if isinstance(message, SafeString) else str.format)("{}: {}", COLUMN_OF[name], message)
        if name in COLUMN_OF
        else message
        for name, found in error.message_dict.items()
        for message in found
    ]
