"""/api/v1/resolutions, conferences, themes: the archive as data; only what is public, and of that what is released."""

import re
from datetime import date
from typing import Annotated, Any

from django.db.models import Prefetch
from django.http import HttpRequest, QueryDict
from ninja import Field, Query, Router, Schema
from pydantic import BeforeValidator, ValidationInfo

from conferences.archive.facets import CLAIM
from conferences.models import ConferencePage, ResolutionPage, Theme
from conferences.models.resolution_release import text_without_tags
from conferences.rules.citation import permanent_address_of
from conferences.rules.claim import Claim
from intmk.base.sources import Sureness
from intmk.base.view_pages import full_url
from intmk.language.dates import EXACT

MOST = 100
CLAIMS = ", ".join(f"{value}: {label}" for value, label in Claim.choices)
OUTCOMES = ", ".join(f"{value}: {label}" for value, label in ResolutionPage.Outcome.choices)
SOURCES = ", ".join(f"{value}: {label}" for value, label in Sureness.choices)


def written_plainly(number: Any, found: ValidationInfo) -> Any:
    """Return what stands in an address for a number, as JSON writes it: "2_0", "+2" and "2.0" are none here.

    Nor is one with characters that nobody sees, which the site takes out of all that is asked.
    """
    request = (found.context or {})["request"]
    asked = QueryDict(request.META["QUERY_STRING"]).get(str(found.field_name), number)
    if isinstance(number, str) and not re.fullmatch("-?(0|[1-9][0-9]*)", asked):
        raise ValueError(number)
    return number


PLAINLY = BeforeValidator(written_plainly)
Year = Annotated[int | None, PLAINLY, Query(None, ge=1, le=9999)]
Limit = Annotated[int, PLAINLY, Query(50, ge=1, le=MOST, description=f"So viele, höchstens {MOST}")]
Offset = Annotated[int, PLAINLY, Query(0, ge=0, le=1_000_000, description="So viele werden übersprungen")]
router = Router()


class ThemeData(Schema):
    slug: str
    name: str
    url: str = Field(description="Seite des Handlungsfelds auf dieser Website")


class SourceData(Schema):
    title: str
    publisher: str
    kind: str = Field(description="official: amtlich, press: Presse oder andere")
    dated: str = Field(description="Datum in Worten, so genau wie bekannt")
    url: str = Field(description="Leer: die Adresse ist nicht bekannt")
    is_dead: bool = Field(description="true: die Adresse führt ins Leere")
    archived_url: str = Field(description="Fassung in einem Archiv")
    note: str


class ConferenceData(Schema):
    slug: str = Field(description="Letzter Teil der Adresse, z. B. 12")
    number: int | None
    title: str
    url: str
    status: str = Field(description="planned, held oder cancelled")
    kind: str
    format: str
    first_day: date | None = Field(description="null, wenn der Tag nicht sicher bekannt ist; siehe „when“")
    last_day: date | None
    when: str = Field(description="Der Termin in Worten, so genau wie er bekannt ist")
    date_note: str
    place: str
    venue: str
    host: str | None = Field(description="Gastgebendes Land, ISO 3166-2")
    motto: str
    agenda_is_complete: bool = Field(
        description="true: Alle Tagesordnungspunkte sind erfasst; false: einzelne sind bekannt"
    )
    source: str = Field(description=SOURCES)
    source_note: str
    sources: list[SourceData] = Field(description="Worauf die Angaben beruhen")


class VotesData(Schema):
    yes: int
    no: int
    abstained: int


class StatementData(Schema):
    land: str = Field(description="ISO 3166-2")
    kind: str
    stance: str = Field(description="for, against, mixed oder leer")
    summary: str
    text: str | None = Field(description="Wortlaut; null, wenn er nicht vorliegt oder nicht freigegeben ist")
    url: str


class ResolutionData(Schema):
    id: str | None = Field(description="Dauerhafte Kennung, z. B. 12/2.1")
    permanent_url: str | None
    url: str
    conference: str | None = Field(description="slug der Konferenz; null, wenn sie nicht öffentlich ist")
    item: str = Field(description="TOP, z. B. 2.9b; leer, wenn es keinen gibt oder er nicht bekannt ist")
    title: str
    title_is_official: bool = Field(description="false: Bezeichnung der Redaktion")
    kind: str
    claim: str = Field(description=f"Was belegt ist; {CLAIMS}")
    label: str = Field(description="Was es ist, in Worten, z. B. Beschluss, Umlaufbeschluss, Tagesordnungspunkt")
    year: int | None = Field(
        description="null, wenn es nicht bekannt ist; einen Umlaufbeschluss datiert keine Konferenz"
    )
    decided_on: date | None = Field(description="null: zum Termin der Konferenz behandelt oder nicht bekannt")
    decided_before: date | None = Field(description="Umlaufbeschluss ohne bekannten Tag: Vor diesem Tag war er gefasst")
    mover_kind: str
    movers: list[str] = Field(description="Antragstellende Länder, ISO 3166-2")
    outcome: str = Field(description=f"{OUTCOMES}; leer: liegt nicht vor, dann ist es kein belegter Beschluss")
    votes: VotesData | None = Field(description="null: Zahlen liegen nicht vor")
    votes_unpublished: bool = Field(description="true: Bekannt ist, dass die Zahlen nicht veröffentlicht sind")
    points: list[str] = Field(
        description="Beschlusstext ohne Auszeichnung; leer, wenn nicht vorhanden oder freigegeben"
    )
    reasons: str | None = Field(description="Begründung; null, wenn nicht vorhanden oder freigegeben")
    release: str = Field(description="Was freigegeben ist: title, text, reasons; leer: nicht bekannt")
    statements: list[StatementData]
    themes: list[str]
    addressees: list[str]
    source: str = Field(description=SOURCES)
    source_note: str
    sources: list[SourceData] = Field(description="Worauf die Angaben beruhen")


class ResolutionsData(Schema):
    count: int = Field(description="Treffer insgesamt")
    resolutions: list[ResolutionData]


class ErrorData(Schema):
    detail: str = Field(description="Was an der Anfrage nicht möglich ist, in einem Satz")


@router.get("/themes", response=list[ThemeData], operation_id="themes", summary="Die Handlungsfelder")
def themes(request: HttpRequest) -> list[dict]:
    root = full_url(request, "")
    return [
        {"slug": theme.slug, "name": theme.name, "url": root + theme.get_absolute_url()}
        for theme in Theme.objects.all()
    ]


@router.get("/conferences", response=list[ConferenceData], operation_id="conferences", summary="Alle Konferenzen")
def conferences(request: HttpRequest) -> list[dict]:
    pages = (
        ConferencePage.objects.live().public().select_related("host_land").prefetch_related("sources").chronological()
    )
    same = set(ConferenceData.model_fields) - {"url", "host", "first_day", "last_day", "when", "sources"}
    rows = []
    for page in pages:
        exact = page.date_certainty == EXACT  # else the stored days only mark the month or the year
        rows.append(
            {name: getattr(page, name) for name in same}
            | {"url": page.get_full_url(request), "host": page.host_land.code if page.host_land else None}
            | {"first_day": page.first_day if exact else None, "last_day": page.last_day if exact else None}
            | {"when": str(page.period) if page.period else "", "sources": list(page.sources.all())}
        )
    return rows


@router.get(
    "/resolutions",
    response={200: ResolutionsData, 422: ErrorData},
    operation_id="resolutions",
    summary="Die Beschlüsse und Beratungsgegenstände, die neuesten zuerst",
)
def resolutions(
    request: HttpRequest,
    conference: str = Query("", description="slug einer Konferenz, z. B. 12"),
    year: Year = None,
    theme: str = Query("", description="slug eines Handlungsfelds"),
    land: str = Query("", description="Antragstellendes Land, z. B. DE-BY"),
    outcome: str = "",
    claim: str = Query("", description=f"Was belegt ist; {CLAIMS}"),
    limit: Limit = 50,
    offset: Offset = 0,
) -> dict:
    asked: dict[str, Any] = {
        "conference__slug": conference,
        "conference__live": bool(conference) or None,
        "year": year,
        "themes__slug": theme,
        "movers__code": land,
        "outcome": outcome,
    }
    # PostgreSQL refuses NUL, and nothing is called so.
    given = {name: value for name, value in asked.items() if value not in ("", None)}
    if any("\x00" in str(value) for value in (*given.values(), claim)):
        return {"count": 0, "resolutions": []}
    found = ResolutionPage.objects.live().public().filter(**given)
    if claim:
        found = found.filter(facets__contains=[CLAIM + claim])
    pages = (
        found.newest_first()
        .select_related("conference")
        .prefetch_related(
            "movers", "themes", "addressees", "statements__land", "sources",
            Prefetch("identifiers", to_attr="all_identifiers"),
        )[offset : offset + limit]
    )  # fmt: skip
    root = full_url(request, "")
    return {"count": found.count(), "resolutions": [resolution_data(page, request, root) for page in pages]}


def resolution_data(page: Any, request: HttpRequest, root: str) -> dict:
    """Return what the API says of a public resolution; its rows and `all_identifiers` are prefetched."""
    key, url = next((found.key for found in page.all_identifiers), None), page.get_full_url(request)
    same = (
        "item", "title", "title_is_official", "kind", "claim", "year", "decided_on", "decided_before", "mover_kind",
        "outcome", "votes_unpublished", "release", "source", "source_note",
    )  # fmt: skip
    counts = page.counts
    return {name: getattr(page, name) for name in same} | {
        "id": key,
        "label": page.what,
        "permanent_url": root + permanent_address_of(key) if key else None,
        "url": url,
        "conference": page.public_conference.slug if page.public_conference else None,
        "sources": list(page.sources.all()),
        "movers": [land.code for land in page.movers.all()],
        "votes": {"yes": counts.yes, "no": counts.no, "abstained": counts.abstained} if counts.known else None,
        "points": [text_without_tags(point.value.source) for point in page.public_points],
        "reasons": text_without_tags(page.public_reasons) or None,
        "statements": [
            {
                "land": row.land.code,
                "kind": row.kind,
                "stance": row.stance,
                "summary": row.summary,
                "text": text_without_tags(row.public_text) or None,
                "url": f"{url}#{row.anchor}",
            }
            for row in page.statements.all()
        ],
        "themes": [theme.slug for theme in page.themes.all()],
        "addressees": [addressee.slug for addressee in page.addressees.all()],
    }
