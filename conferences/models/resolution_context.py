"""What the page of a resolution shows beside its own fields, in few queries."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString

from conferences.models.conference import conferences_by_date
from conferences.models.conference_agenda import resolutions_in_order
from conferences.models.conference_queryset import pages_beside
from conferences.models.land import Land
from conferences.models.resolution_parts import ReportRequest, ResolutionReference
from conferences.rules import ballot
from intmk.base.glossary import marked
from intmk.base.lists import all_rows
from intmk.base.pages import SitePage
from intmk.base.sources import Sureness, cited
from intmk.base.text_page import expanded_together
from intmk.language.wording import enumerated

# The lists of a resolution, with what else is read of each row.
LISTS: dict[str, tuple[str, ...]] = {
    "follow_ups": (), "movers": (), "themes": (), "addressees": (),
    "votes": (), "statements": (), "report_requests": ("answer",),
}  # fmt: skip

# From so many movers on the page names those who are missing.
NEARLY_ALL = 12


def resolution_context(page: SitePage, request: HttpRequest) -> dict[str, Any]:
    """Return the context of a resolution's page.

    votes, statements, report_requests: lists of rows. follow_ups: the same, the latest first. movers: str.
    themes, addressees: lists. references, referenced_by: rows of ResolutionReference whose other end is public.
    previous, next: public resolutions of the same conference, None at the ends. gaps: of `gaps`.
    is_title_only: bool. sources: what the page cites.
    points: those that are released, as HTML with links to the glossary.
    """
    rows = {name: page.rows(name, *along) for name, along in LISTS.items()}
    movers = rows.pop("movers")
    rows["follow_ups"].sort(key=lambda row: (row.day, row.sort_order or 0), reverse=True)
    before, after = pages_beside(page, resolutions_in_order(page.conference_id))
    laender = all_rows(Land)
    for row in (*rows["votes"], *rows["statements"]):
        row.land = laender.get(row.land_id)
    name_ends(rows["report_requests"])
    rows |= references_of(page)
    return rows | {
        "movers": movers,
        "votes_evidence": votes_evidence(page),
        "movers_in_words": movers_in_words(page, movers, laender.values()),
        "previous": before,
        "next": after,
        "gaps": gaps(page),
        "is_title_only": is_title_only(page, rows),
        "sources": cited([page]),
        "points": points_of(page),
    }


def points_of(page: SitePage) -> list[SafeString]:
    """Return the points that are released as HTML; a link to the glossary leaves their wording as it is."""
    texts = expanded_together([point.value.source for point in page.public_points])
    return marked(texts) if page.has_marked_terms else texts


def name_ends(requests: list[ReportRequest]) -> None:
    """Add to each request `due_title`, the conference at which it is due, and `public_answer`, a document or None."""
    for row in requests:
        due = conferences_by_date().get(row.due_at_id)
        row.due_title = due.title if due and due.live else ""
        row.public_answer = row.answer if row.answer and not row.answer.withheld else None


def references_of(page: SitePage) -> dict[str, list[ResolutionReference]]:
    """Return the references from and to the page; to or from what is not public there is none."""
    mine, theirs = page.rows("references"), page.rows("referenced_by") if page.pk else []
    wanted = {*(row.target_id for row in mine), *(row.resolution_id for row in theirs)} - {None}
    ends = type(page).objects.for_rows().in_bulk(wanted)
    for end in ends.values():
        end.conference = conferences_by_date().get(end.conference_id)
    for row in mine:
        row.target = ends.get(row.target_id)
    for row in theirs:
        row.resolution = ends.get(row.resolution_id)
    from_others = [row for row in theirs if row.resolution and row.resolution.live and row.resolution != page]
    return {
        "references": [row for row in mine if row.elsewhere or (row.target and row.target.live)],
        "referenced_by": sorted(from_others, key=lambda row: (row.resolution.year or 0, row.sort_order, row.pk)),
    }


def gaps(page: SitePage) -> list[str]:
    """Return what a reader would look for in the record and what is not in hand."""
    expected = [
        ("Ergebnis", page.outcome),
        ("Abstimmungsergebnis", page.outcome != ballot.ADOPTED),
        ("Wortlaut", page.points),
        ("Niederschrift", page.source_file_id or page.found_at),
    ]
    return [name for name, found in expected if not found]


def is_title_only(page: SitePage, rows: dict[str, list]) -> bool:
    """Say whether no more is known of it than where it stood on the agenda and what it was about."""
    told = (page.outcome, page.introduction, page.points, page.reasons, page.mover_kind, page.source_file_id)
    unlisted = (rows[name] for name in ("votes", "statements", "report_requests", "follow_ups", "addressees"))
    return not any((*told, *unlisted, rows["references"], rows["referenced_by"]))


def movers_in_words(page: SitePage, movers: list[Land], laender: Iterable[Land]) -> str:
    """Return who moved it: "alle Länder", "alle Länder außer Bayern", "Bayern und Hessen", "" if not known.

    movers: those of this resolution; laender: all sixteen, asked for only where most of them moved it.
    """
    if page.mover_kind == page.MoverKind.LAENDER:
        missing = [land.name for land in laender if land not in movers] if len(movers) >= NEARLY_ALL else []
        if missing:
            return f"alle Länder außer {enumerated(missing)}"
        return enumerated([land.name for land in movers])
    return page.mover_name or page.get_mover_kind_display()


def votes_evidence(page: SitePage) -> str:
    """Return on what the numbers rest, where that is not what the page says of all else; "" otherwise."""
    if page.votes_source == Sureness.DERIVED:
        return "aus anderen Angaben abgeleitet"  # not by the rule of the chair, as the label of that source says
    return page.get_votes_source_display()
