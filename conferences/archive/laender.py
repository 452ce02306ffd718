"""/laender/ and /laender/<slug>/: what each Land has done in the conference, and when its turn comes."""

from typing import Any

from django.db.models import F, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from conferences.archive.facets import MOVED_BY_ALL, MOVER, STATEMENT, land_code, public_counts, vote_code
from conferences.archive.filters import VOTES
from conferences.archive.rows import resolution_rows
from conferences.models import (
    ChairPage,
    ChairTerm,
    ConferencePage,
    Land,
    ResolutionPage,
    ResolutionStatement,
    ResolutionVote,
)
from conferences.models.chair import cited_by_terms, rotation_of
from conferences.models.conference_queryset import with_chairs
from conferences.models.land import all_laender
from intmk.base.view_pages import VIEWS, ViewPage, full_url
from intmk.language.day import today

LIST_TITLE = VIEWS["laender"].heading
# What a statement or a vote says of its resolution; not the long texts.
SHOWN = (
    "title", "url_path", "item", "kind", "outcome", "circular_number", "circular_year", "conference__title",
    "conference__live",
)  # fmt: skip
LISTED = 20  # motions, statements and votes each; the archive has them all


@require_safe
def list_of_laender(request: HttpRequest) -> HttpResponse:
    """Show the sixteen with their terms.

    Context: page; rows, a dict for each Land with land, begun (its terms so far, the newest first), present and coming
    (Term or None).
    """
    day, rotation = today(), rotation_of(request)
    rows = []
    for land in all_laender():
        terms = rotation.terms_of(land.code, day)
        rows.append(
            {
                "land": land,
                "begun": [term for term in reversed(terms) if term.start <= day],
                "present": next((term for term in terms if day in term), None),
                "coming": next((term for term in terms if term.start > day), None),
            }
        )
    page = ViewPage(
        title=LIST_TITLE,
        full_url=full_url(request, reverse("laender")),
        description="Alle 16 Länder mit ihren Amtszeiten im Vorsitz der Integrationsministerkonferenz und mit "
        "dem Jahr, in dem sie nach der Regel wieder an der Reihe sind.",
    )
    return render(request, "conferences/archive/laender.html", {"page": page, "rows": rows})


@require_safe
def land_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one Land; raises Http404 for an address that is none's.

    Context: page, land, place of number_of_laender in the order of the chair, previous and next
    Land there; day (today), present and coming (Term or None); terms, a list of (Term, stored row or None), the newest
    first; sources, what these rows cite; is_marked, whether one of them says how sure it is; before, the ChairPage when
    the Land led before the terms began; conferences in the Land or under its chair, newest first; what `resolutions_of`
    says; gaps, what is not in hand.
    """
    laender = all_laender()
    land = next((land for land in laender if land.slug == slug), None)
    if land is None:
        raise Http404
    day, rotation = today(), rotation_of(request)
    terms = rotation.terms_of(land.code, day)
    stored = {row.start: row for row in ChairTerm.objects.with_people().filter(land=land)}
    conferences = ConferencePage.objects.live().filter(Q(host_land=land) | Q(chair_term__land=land))
    here = laender.index(land)
    page = ViewPage(
        title=land.name,
        seo_title=f"{land.name}: Vorsitz, Konferenzen und Anträge",
        full_url=full_url(request, land.get_absolute_url()),
        description=f"Der Vorsitz {land.name_genitive} in der Integrationsministerkonferenz: Amtszeiten, Personen, "
        "Konferenzen, Anträge und Protokollerklärungen.",
        trail=[(LIST_TITLE, reverse("laender"))],
        subject=land,
    )
    context = {
        "page": page,
        "land": land,
        "place": here + 1,
        "number_of_laender": len(laender),
        "day": day,
        "present": next((term for term in terms if day in term), None),
        "coming": next((term for term in terms if term.start > day), None),
        "terms": [(term, stored.get(term.start)) for term in reversed(terms)],
        "sources": cited_by_terms(stored.values()),
        "is_marked": any(row.mark for row in stored.values()),
        "before": ChairPage.objects.live().filter(before_laender=land).first(),
        "conferences": with_chairs(conferences.chronological().reverse())[0],
        "previous": laender[here - 1],
        "next": laender[(here + 1) % len(laender)],
    } | resolutions_of(land)
    return render(request, "conferences/archive/land.html", context | {"gaps": gaps_of(land, context)})


def gaps_of(land: Land, context: dict[str, Any]) -> list[str]:
    """Return what one would look for on the page of a Land and what is not in hand, in the order of the page."""
    expected = [
        ("Ministerium", land.ministry),
        ("Anschrift der Geschäftsstelle", land.has_contact),
        ("Anträge", context["motions"]),
        ("Protokollerklärungen", context["statements"]),
        ("Stimmen", context["votes"]),
        ("Konferenzen", context["conferences"]),
        ("Amtszeiten", context["terms"] or context["before"]),
    ]
    return [name for name, found in expected if not found]


def resolutions_of(land: Land) -> dict[str, Any]:
    """Return what the Land has moved and declared and how it voted.

    motions: the latest LISTED, as ResolutionRow. statements, votes: the latest LISTED rows with their resolution.
    numbers: moved, moved_by_all, declared: how many public resolutions there are of each. listed: LISTED.
    ballots: a list of (label of a vote, word of the archive's filter, how often the Land voted so).
    """
    public = ResolutionPage.objects.live()
    moved, declared = land_code(MOVER, land.code), land_code(STATEMENT, land.code)
    counts = public_counts()
    votes = [(label, f"{land.slug}-{word}", counts[vote_code(land.code, vote)]) for vote, word, label in VOTES]
    return {
        "motions": resolution_rows(
            list(public.filter(facets__contains=[moved]).for_rows().newest_first()[:LISTED]), themes=[]
        ),
        "statements": latest(ResolutionStatement.objects.filter(land=land), "kind", "stance", "summary", "anchor"),
        "votes": latest(ResolutionVote.objects.filter(land=land), "vote"),
        "listed": LISTED,
        "numbers": {"moved": counts[moved], "moved_by_all": counts[MOVED_BY_ALL], "declared": counts[declared]},
        "ballots": [ballot for ballot in votes if ballot[2]],
    }


def latest(rows: QuerySet, *fields: str) -> list:
    """Return the LISTED latest of the rows of public resolutions, with `fields` and what they say of theirs."""
    public = rows.filter(resolution__live=True).select_related("resolution__conference")
    shown = public.only(*fields, *(f"resolution__{name}" for name in SHOWN))
    newest = F("resolution__year").desc(nulls_last=True)
    return list(shown.order_by(newest, "resolution__item_key", "resolution_id", "sort_order")[:LISTED])
