"""A resolution as plain data: what the initial content and an import bring, and how it becomes a page."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any
from uuid import uuid4

from django.core.exceptions import ValidationError

from conferences.models import (
    Addressee,
    FollowUp,
    Land,
    ReportRequest,
    ResolutionPage,
    ResolutionReference,
    ResolutionStatement,
    ResolutionVote,
    Theme,
)
from conferences.rules import agenda_item


@dataclass
class ResolutionRecord:
    """One resolution with the values of ResolutionPage; what is empty is not known.

    conference: last part of its address, e.g. "12". slug: only for what has neither TOP nor number. movers: codes of
    Länder. votes: yes, no, abstained. votes_of_laender: code → vote. points: HTML each. themes, addressees: slugs.
    statements, report_requests, follow_ups: dicts of the fields of their models, `land` as code.
    references: dicts with kind and either `to`, e.g. "12/2.1", or elsewhere and url.
    source_file: a SiteDocument that need not be stored before the page is, None without.
    """

    conference: str
    title: str
    item: str = ""
    slug: str = ""
    title_is_official: bool = False
    introduction: str = ""
    kind: str = ""
    agenda_heading: str = ""
    circular_number: int | None = None
    circular_year: int | None = None
    decided_on: date | None = None
    decided_before: date | None = None
    mover_kind: str = ""
    movers: list[str] = field(default_factory=list)
    mover_name: str = ""
    outcome: str = ""
    votes: tuple[int | None, int | None, int | None] | None = None
    votes_source: str = ""
    votes_unpublished: bool = False
    votes_of_laender: dict[str, str] = field(default_factory=dict)
    points: list[str] = field(default_factory=list)
    reasons: str = ""
    release: str = ""
    statements: list[dict[str, Any]] = field(default_factory=list)
    references: list[dict[str, str]] = field(default_factory=list)
    addressees: list[str] = field(default_factory=list)
    report_requests: list[dict[str, Any]] = field(default_factory=list)
    follow_ups: list[dict[str, Any]] = field(default_factory=list)
    themes: list[str] = field(default_factory=list)
    record_state: str = ""
    record_date: date | None = None
    source_file: Any = None
    source_pages: str = ""
    found_at: str = ""
    source: str = ""
    source_note: str = ""

    @property
    def key(self) -> str:
        """Return what tells it from all others, as in /id/beschluss/: "12/2.1"; of two writings of a TOP the same."""
        if self.item:
            return f"{self.conference}/{agenda_item.normalised(self.item).lower()}"
        if self.circular_number:
            return f"{self.conference}/umlauf-{self.circular_number}-{self.circular_year}"
        return f"{self.conference}/{self.slug}"


@dataclass
class Known:
    """What a record may name: Länder by code, themes and addressees by slug. Read once for many records."""

    laender: dict[str, Any]
    themes: dict[str, Any]
    addressees: dict[str, Any]

    @classmethod
    def stored(cls) -> "Known":
        """Return all that there is; three queries."""
        return cls(
            {land.code: land for land in Land.objects.all()},
            {theme.slug: theme for theme in Theme.objects.all()},
            {addressee.slug: addressee for addressee in Addressee.objects.all()},
        )


# Fields that the page has under the same name.
SAME = (
    "title", "title_is_official", "introduction", "kind", "agenda_heading", "circular_number", "circular_year",
    "decided_on", "decided_before", "mover_kind", "mover_name", "outcome", "votes_source", "votes_unpublished",
    "reasons", "release", "record_state", "record_date", "source_file", "source_pages", "found_at", "source",
    "source_note",
)  # fmt: skip


def fill(page: Any, record: ResolutionRecord, known: Known | None = None) -> None:
    """Put all of `record` but its references into `page`, a ResolutionPage that need not be stored yet.

    known: what is stored; asked for unless it is given. Raises ValidationError by field, in German, for what names a
    Land, theme or addressee that there is not.
    """
    errors: dict[str, str] = {}
    for name in SAME:
        setattr(page, name, getattr(record, name))
    try:
        page.item = agenda_item.normalised(record.item)
    except ValueError as error:
        errors["item"] = str(error)
    if record.slug:
        page.slug = record.slug
    page.votes_yes, page.votes_no, page.votes_abstained = record.votes or (None, None, None)
    page.points = [{"type": "point", "id": str(uuid4()), "value": text} for text in record.points]
    known = known or Known.stored()

    def named(field_name: str, codes: list[str], stored: dict[str, Any]) -> list[Any]:
        unknown = [code for code in codes if code not in stored]
        if unknown:
            errors[field_name] = f"Das gibt es nicht: {', '.join(unknown)}."
        return [stored[code] for code in codes if code in stored]

    put_list(page, "movers", named("movers", record.movers, known.laender))
    put_list(page, "themes", named("themes", record.themes, known.themes))
    put_list(page, "addressees", named("addressees", record.addressees, known.addressees))
    voters = named("votes", list(record.votes_of_laender), known.laender)
    votes = [
        ResolutionVote(sort_order=place, land=land, vote=record.votes_of_laender[land.code])
        for place, land in enumerate(voters)
    ]
    put_list(page, "votes", votes)
    speakers = named("statements", [row["land"] for row in record.statements], known.laender)
    if not errors:
        page.statements = [
            ResolutionStatement(sort_order=place, **row | {"land": land})
            for place, (land, row) in enumerate(zip(speakers, record.statements, strict=True))
        ]
    requests = [ReportRequest(sort_order=place, **row) for place, row in enumerate(record.report_requests)]
    put_list(page, "report_requests", requests)
    put_list(page, "follow_ups", [FollowUp(sort_order=place, **row) for place, row in enumerate(record.follow_ups)])
    if errors:
        raise ValidationError(errors)


def put_list(page: Any, name: str, rows: list[Any]) -> None:
    """Put rows into a list of the page; not none into one that is not stored yet, or what it holds is looked for."""
    if rows or page.pk or getattr(page, name).all():
        setattr(page, name, rows)


def connect_references(page: Any, record: ResolutionRecord, page_of: Callable[[str], ResolutionPage | None]) -> None:
    """Put the references of `record` into `page`; `page_of` finds the other by its key.

    Raises ValidationError for one that is not there. Apart from `fill`, since two new ones may refer to each other.
    """
    rows = []
    for place, row in enumerate(record.references):
        target = page_of(row["to"]) if "to" in row else None
        if "to" in row and target is None:
            raise ValidationError({"references": f"Den Beschluss {row['to']} gibt es nicht."})
        rows.append(
            ResolutionReference(
                sort_order=place,
                kind=row["kind"],
                target=target,
                elsewhere=row.get("elsewhere", ""),
                url=row.get("url", ""),
            )
        )
    page.references = rows


STATEMENT = ("kind", "stance", "summary", "text", "is_released")
REPORT_REQUEST = (
    "asked", "subject", "due_on", "due_at", "answered_on", "answer", "answer_url", "answer_note",
)  # fmt: skip
FOLLOW_UP = ("state", "day", "note", "evidence", "url")


def record_of(page: Any) -> ResolutionRecord:
    """Return a stored page as a record: the way back from `fill` and `connect_references`."""
    known = {name: getattr(page, name) for name in SAME}
    return ResolutionRecord(
        **known,
        conference=page.conference.slug,
        item=page.item,
        slug="" if page.item or page.circular_number else page.slug,
        movers=sorted(land.code for land in page.movers.all()),
        votes=None if page.votes_yes is None else (page.votes_yes, page.votes_no, page.votes_abstained),
        votes_of_laender={row.land.code: row.vote for row in page.votes.all()},
        points=[block.value.source for block in page.points],
        statements=[
            {"land": row.land.code} | {name: getattr(row, name) for name in STATEMENT} for row in page.statements.all()
        ],
        references=[
            {"kind": row.kind, "to": page_key(row.target)}
            if row.target
            else {"kind": row.kind, "elsewhere": row.elsewhere, "url": row.url}
            for row in page.references.all()
        ],
        addressees=sorted(addressee.slug for addressee in page.addressees.all()),
        themes=sorted(theme.slug for theme in page.themes.all()),
        report_requests=[{name: getattr(row, name) for name in REPORT_REQUEST} for row in page.report_requests.all()],
        follow_ups=[{name: getattr(row, name) for name in FOLLOW_UP} for row in page.follow_ups.all()],
    )


def page_key(page: Any) -> str:
    """Return the key of a stored page, as `ResolutionRecord.key` has it."""
    number = {"item": page.valid_item, "circular_number": page.circular_number, "circular_year": page.circular_year}
    return ResolutionRecord(conference=page.conference.slug, title="", slug=page.slug, **number).key


def changed_fields(before: ResolutionRecord, after: ResolutionRecord) -> list[str]:
    """Return the names of the fields in which two records differ, in the order of the record."""
    return [row.name for row in fields(before) if getattr(before, row.name) != getattr(after, row.name)]


def stored_page(key: str) -> ResolutionPage | None:
    """Return the resolution of a key such as "12/2.1", the public one of several; None without one."""
    conference, _, number = key.partition("/")
    same = ResolutionPage.objects.filter(conference__slug=conference).order_by("-live")
    try:
        item_key = agenda_item.sort_key(agenda_item.normalised(number))
    except ValueError:
        return same.filter(slug=number).first()
    return same.filter(item_key=item_key).first()
