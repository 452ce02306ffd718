"""/api/v1/: who chairs and who the Länder are, as data for other programs; read-only, without key or cookie."""

import re
from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Annotated

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt
from ninja import Field, NinjaAPI, Query, Schema
from ninja.errors import HttpError, ValidationError
from pydantic import WithJsonSchema

from conferences.models import ChairPage, ChairPerson, ChairTerm, Land
from conferences.models.chair import rotation_of
from conferences.rules.rotation import Term
from intmk.base.sources import Sureness
from intmk.base.view_pages import full_url
from intmk.language.day import today
from intmk.open_data.archive_export import ErrorData, SourceData, router
from intmk.server.asked_keys import reads
from intmk.server.security_headers import RESOURCE_POLICY

METHODS = "GET, HEAD, OPTIONS"
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Read as text: what is no day is to get our sentence, and pydantic would take the seconds since 1970 for a day.
DayAsked = Annotated[
    str | None,
    WithJsonSchema({"type": "string", "format": "date"}),
    Query(None, description="Ein Tag in der Form 2016-10-01", example="2016-10-01"),
]
SOURCES = ", ".join(f"{value}: {label}" for value, label in Sureness.choices)
api = NinjaAPI(
    title="Integrationsministerkonferenz: offene Daten",
    version="1",
    description="Nur lesbar, ohne Schlüssel und Cookie. Wo eine Angabe nicht vorliegt, ist das Feld leer oder null.",
    urls_namespace="api",
    docs_url=None,  # the page would load its program from elsewhere
)
api.add_router("", router)


class LandData(Schema):
    code: str = Field(description="ISO 3166-2, z. B. DE-SL")
    name: str
    slug: str
    url: str = Field(description="Seite des Landes auf dieser Website")
    ministry: str = Field(description="Das heute zuständige Ministerium")


class PersonData(Schema):
    name: str
    office: str = Field(description="Amt")
    ministry: str = Field(description="Ministerium, wie es zu dieser Zeit hieß")
    start: date | None = Field(description="Erster Tag im Vorsitz, wenn bekannt")
    end: date | None = Field(description="Letzter Tag im Vorsitz, wenn bekannt")
    note: str
    source: str = Field(description=SOURCES)
    source_note: str


class PeriodData(Schema):
    start: date = Field(description="Erster Tag, gehört dazu")
    end: date = Field(description="Letzter Tag, gehört dazu")
    stored: bool = Field(description="Eingetragene Amtszeit; false: aus der Regel berechnet")
    derived: bool = Field(description="Nach der Regel abgeleitet, ohne Beleg; auch eingetragene können das sein")


class ChairData(PeriodData):
    land: LandData
    url: str = Field(description="Seite des Vorsitzes an diesem Tag")
    persons: list[PersonData] = Field(description="Alle Personen, die in der Amtszeit den Vorsitz führten")
    note: str
    source: str = Field(description=SOURCES)
    source_note: str
    sources: list[SourceData] = Field(description="Worauf die Angaben beruhen")


class LeadData(Schema):
    period: str = Field(description="z. B. 2007/08")
    laender: list[LandData]


class ChairsData(Schema):
    on: date = Field(description="Der gefragte Tag; ohne „on“ heute in Berlin")
    chair: ChairData | None = Field(description="Vorsitz an diesem Tag; null, wenn es keinen gab")
    lead: LeadData | None = Field(description="Vor der ersten Amtszeit: wer davor die Federführung hatte")
    chairs: list[ChairData] = Field(
        description="Ohne „on“ alle eingetragenen Amtszeiten und eine Runde weiter nach der Regel; mit „on“ die eine"
    )


class LandWithTermsData(LandData):
    website: str
    chairs: list[PeriodData] = Field(description="Eingetragene Amtszeiten, die heutige und die nächste")


class Links:
    """Puts rows into words of the API; knows the public addresses and the Länder, both asked for once."""

    def __init__(self, request: HttpRequest) -> None:
        self.root = full_url(request, "")
        self.laender = {land.code: land for land in Land.objects.all()}

    def land(self, land: Land) -> dict:
        url = self.root + land.get_absolute_url()
        return {"code": land.code, "name": land.name, "slug": land.slug, "url": url, "ministry": land.ministry}

    def chair(self, term: Term, row: ChairTerm | None) -> dict:
        """Return a term with its persons and its source, which is the rule when there is no row."""
        return period(term, row) | {
            "land": self.land(self.laender[term.land_code]),
            "url": f"{self.root}/vorsitz/?am={term.start.isoformat()}",
            "persons": [person(found) for found in row.persons.all()] if row else [],
            "note": row.note if row else "",
            "source": row.source if row else Sureness.DERIVED.value,
            "source_note": row.source_note if row else "",
            "sources": list(row.sources.all()) if row else [],
        }


def person(row: ChairPerson) -> dict:
    """Return a person as the API shows it."""
    return {name: getattr(row, name) for name in PersonData.model_fields}


def period(term: Term, row: ChairTerm | None) -> dict:
    """Return the days of a term and on what they rest."""
    derived = row is None or row.source == Sureness.DERIVED
    return {"start": term.start, "end": term.end, "stored": term.stored, "derived": derived}


@api.get(
    "/chairs",
    response={200: ChairsData, 422: ErrorData},
    operation_id="chairs",
    summary="Wer hat den Vorsitz, wer hatte ihn, wer bekommt ihn?",
)
def chairs(request: HttpRequest, on: DayAsked = None) -> dict:
    day = today() if on is None else parsed_day(on)
    rotation, links = rotation_of(request), Links(request)
    rows = {row.start: row for row in ChairTerm.objects.with_people()}
    found = rotation.term_on(day)
    terms = rotation.terms_to_tell(day) if on is None else [found] if found else []
    before = not found and (not rotation.stored or day < rotation.stored[0].start)
    return {
        "on": day,
        "chair": links.chair(found, rows.get(found.start)) if found else None,
        "lead": lead(links) if before else None,
        "chairs": [links.chair(term, rows.get(term.start)) for term in terms],
    }


@api.get("/laender", response=list[LandWithTermsData], operation_id="laender", summary="Die 16 Länder")
def laender(request: HttpRequest) -> list[dict]:
    rotation, links = rotation_of(request), Links(request)
    rows = {row.start: row for row in ChairTerm.objects.all()}
    return [
        links.land(land)
        | {
            "website": land.website,
            "chairs": [period(term, rows.get(term.start)) for term in rotation.terms_of(land.code, today())],
        }
        for land in links.laender.values()
    ]


def parsed_day(text: str) -> date:
    """Return the day that `text` names; raise HttpError 422 with a German sentence when it is none."""
    try:
        if DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:  # e.g. 2016-02-31
        pass
    raise HttpError(422, f"„{text[:40]}“ ist kein Tag. Bitte on=JJJJ-MM-TT angeben, zum Beispiel on=2016-10-01.")


@api.exception_handler(ValidationError)
def refused(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Say in German which parameters have an impossible value."""
    names = ", ".join(dict.fromkeys(f"„{fault['loc'][-1]}“" for fault in error.errors))
    detail = f"Diesen Wert kann {names} nicht haben. Was möglich ist, steht in /api/v1/openapi.json."
    return api.create_response(request, {"detail": detail}, status=422)


def lead(links: Links) -> dict | None:
    """Return who led before the first term, as the page of the chair says it."""
    page = ChairPage.objects.live().first()
    if page is None or not page.before_period:
        return None
    return {"period": page.before_period, "laender": [links.land(land) for land in page.before_laender.all()]}


def for_reading(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Return `view` open to programs on other sites, with HEAD and OPTIONS; anything that would write gets a 405."""

    @csrf_exempt
    @wraps(view)
    def answer(request: HttpRequest, *args, **kwargs) -> HttpResponseBase:
        method = request.method
        response: HttpResponseBase
        if method == "OPTIONS":
            response = HttpResponse(status=204, headers={"Access-Control-Allow-Methods": METHODS, "Allow": METHODS})
        elif method in ("GET", "HEAD"):
            request.method = "GET"  # ninja knows no HEAD; the server sends the answer without its body
            response = view(request, *args, **kwargs)
            request.method = method
        else:
            detail = "Hier lässt sich nur lesen (GET, HEAD)."
            response = JsonResponse({"detail": detail}, status=405, headers={"Allow": METHODS})
        response["Access-Control-Allow-Origin"] = "*"
        response[RESOURCE_POLICY] = "cross-origin"
        return response

    return answer


def query_keys_of_operation(address: str) -> Callable[[], tuple[str, ...]]:
    """Return what gives the keys of the query that an address of the API reads, as its own description has them."""

    def keys() -> tuple[str, ...]:
        described = api.get_openapi_schema(path_prefix="/")["paths"].get(f"/{address}", {}).get("get", {})
        return tuple(parameter["name"] for parameter in described.get("parameters", ()) if parameter["in"] == "query")

    return keys


def root(request: HttpRequest) -> HttpResponseBase:
    """Lead from /api/v1/ to the description of all there is."""
    return redirect("api:openapi-json")


urlpatterns = [
    path("", for_reading(root), name="api-root"),  # before ninja's own of that name, which answers 404
    *(
        path(
            str(found.pattern),
            reads(query_keys_of_operation(str(found.pattern)))(for_reading(found.callback)),
            name=found.name,
        )
        for found in api.urls[0]
        if isinstance(found, URLPattern) and found.name
    ),
]
