"""Invented resolutions that tests of several files share."""

from datetime import UTC, date, datetime
from unittest.mock import patch

from django.core.files.base import ContentFile
from fpdf import FPDF

from conferences.models import (
    Addressee,
    ConferencePage,
    FollowUp,
    Land,
    ReportRequest,
    ResolutionPage,
    ResolutionReference,
    ResolutionStatement,
    ResolutionVote,
    Theme,
)
from intmk.media.documents.models import SiteDocument
from tests.pdf_files import read_once

# Words that occur nowhere else, so that finding one is a leak.
SECRET_REASONS, SECRET_POINT, SECRET_STATEMENT, SECRET_PAPER = (
    "Zinnoberklausel",
    "Ockerfrist",
    "Umbravorbehalt",
    "Sepiazahl",
)


def land(code: str) -> Land:
    return Land.objects.get(code=f"DE-{code}")


def resolution(item: str, number: int = 12, publish: bool = True, **fields) -> ResolutionPage:
    """Add an invented resolution to the conference of this number."""
    page = ResolutionPage(**{"title": f"Erfundener Beschluss {item}", "item": item} | fields)
    ConferencePage.objects.get(number=number).add_child(instance=page)
    page = ResolutionPage.objects.get(pk=page.pk)
    if publish:
        page.save_revision(clean=False).publish()  # it was clean when it was stored
    return page


def paper(text: str, withheld: bool = False) -> SiteDocument:
    """A PDF of one page with this text."""
    pdf = FPDF()
    pdf.set_creation_date(datetime(2017, 4, 1, tzinfo=UTC))  # so that the same text makes the same file
    pdf.add_page()
    pdf.set_font("helvetica", size=12)
    pdf.write(text=text)
    document = SiteDocument(
        title=f"Niederschrift {text}", file=ContentFile(bytes(pdf.output()), name="niederschrift.pdf")
    )
    document.withheld = withheld
    with patch("intmk.media.documents.text.read_pdf", read_once):
        document.save()
    return document


def full(item: str = "7.1", **fields) -> ResolutionPage:
    """A resolution with all that the record can hold, all of it released."""
    page = resolution(item, publish=False)
    values = {
        "kind": "motion",
        "agenda_heading": "7 Erfundenes",
        "mover_kind": "laender",
        "outcome": "majority",
        "votes_yes": 14,
        "votes_no": 1,
        "votes_abstained": 1,
        "release": "reasons",
        "points": [
            ("point", f"<p>Der erste Punkt mit einer {SECRET_POINT}.</p>"),
            ("point", "<p>Der zweite Punkt.</p>"),
        ],
        "reasons": f"<p>Die Gründe stehen in der {SECRET_REASONS}.</p>",
        "record_state": "final",
        "record_date": date(2017, 4, 1),
        "source_file": paper(f"Die {SECRET_PAPER} beträgt sieben."),
        "source_pages": "3–5",
        "found_at": "https://www.example.org/niederschrift",
    }
    for name, value in (values | fields).items():
        setattr(page, name, value)
    page.movers = [land("BY"), land("HE")]
    page.themes = [Theme.objects.get(slug="sport")]
    page.addressees = [Addressee.objects.get(slug="bamf")]
    page.votes = [ResolutionVote(land=land("BY"), vote="no", sort_order=0)]
    page.statements = [
        ResolutionStatement(
            land=land("BY"),
            stance="against",
            summary="Bayern widerspricht dem Erfundenen.",
            text=f"<p>Es gilt ein {SECRET_STATEMENT}.</p>",
            is_released=True,
            sort_order=0,
        )
    ]
    page.references = [
        ResolutionReference(kind="amends", target=ResolutionPage.objects.get(slug="top-2-7"), sort_order=0),
        ResolutionReference(
            kind="continues",
            elsewhere="Ministerpräsidentenkonferenz, 22. März 2007",
            url="https://www.example.org/mpk",
            sort_order=1,
        ),
    ]
    page.report_requests = [
        ReportRequest(
            asked="Bund", subject="Stand der Dinge", due_at=ConferencePage.objects.get(number=13), sort_order=0
        )
    ]
    page.follow_ups = [
        FollowUp(state="under_way", day=date(2018, 1, 1), evidence="Erste Drucksache", sort_order=0),
        FollowUp(state="done", day=date(2019, 1, 1), evidence="Zweite Drucksache", sort_order=1),
    ]
    page.save_revision().publish()
    return ResolutionPage.objects.get(pk=page.pk)
