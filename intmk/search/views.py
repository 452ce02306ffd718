"""/suche/ and what is offered while a reader types."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from wagtail.models import Page

from intmk.base.site import address_on_site, site_of
from intmk.search.answers import short_answers
from intmk.search.index import SearchEntry
from intmk.search.query import MAX_LENGTH, Query
from intmk.search.results import FEW, MOST, search_for, suggestions
from intmk.search.text import marked_hits, passages
from intmk.server.asked_keys import reads

SHORT = 200  # characters of a text that are shown where nothing in it is a hit
# What an address says for a kind; the codes of the database stood there before.
KINDS = {
    SearchEntry.Kind.RESOLUTION: "beschluesse",
    SearchEntry.Kind.CONFERENCE: "konferenzen",
    SearchEntry.Kind.DOCUMENT: "dokumente",
    SearchEntry.Kind.ACTOR: "personen-und-laender",
    SearchEntry.Kind.PAGE: "seiten",
}


@require_safe
@reads(("q", "art", "seite", "genau"))
def search(request: HttpRequest) -> HttpResponse:
    """Show what matches `?q=`, the best first; `?art=` is one of KINDS, `?seite=` the page, `?genau=1` as it was typed.

    Context: query (what was asked, cut at MAX_LENGTH characters); found (Results, None when nothing was asked);
    results, a page of the paginator; answers, see intmk.search.answers;
    hits, see `hit`, each with `missing`; where none has all words those with the most of them; nowhere, the words that
    are on no page;
    kinds, a list of (word, label, count or None), all first; kind, the chosen word or "";
    corrected, the search that was made in place of the query, or ""; meant, another search to offer or ""; most, up to
    which hits are counted; is_little, whether less was found than leads on.
    """
    typed = cleaned_query(request.GET.get("q", ""))
    chosen = request.GET.get("art", "")
    kind = next((code for code, word in KINDS.items() if chosen in (word, code.value)), None)
    context: dict[str, Any] = {"query": typed, "kind": KINDS[kind] if kind else "", "found": None, "most": MOST}
    if typed:
        answer = search_for(typed, kind or "", request.GET.get("seite", ""), as_typed="genau" in request.GET)
        found, query = answer.results, answer.query
        counted = [count for count in found.counts.values() if count is not None]
        pages = (
            Page.objects.live().only("url_path").in_bulk([entry.page_id for entry in answer.entries if entry.page_id])
        )
        shown = [entry for entry in answer.entries if entry.page_id is None or entry.page_id in pages]
        kinds = [(KINDS[kind], kind.label, found.counts.get(kind.value, 0)) for kind in SearchEntry.Kind]
        is_first = not kind and found.page.number == 1
        cards = short_answers(query, shown if found.count else [], request) if is_first else []
        context |= {
            "found": found,
            "results": found.page,
            "answers": cards,
            "hits": [
                hit(entry, pages.get(entry.page_id), query) | {"missing": answer.missing.get(entry.pk, [])}
                for entry in shown
            ],
            "kinds": [("", "Alle", sum(counted) if counted or not found.counts else None), *kinds],
            "corrected": answer.corrected,
            "meant": answer.offered,
            "nowhere": answer.nowhere,
            "is_little": len(shown) + len(cards) < FEW,
        }
    return render(request, "intmk/search/search.html", context)


@require_safe
@reads(("q",))
def suggest(request: HttpRequest) -> JsonResponse:
    """Answer {"suggestions": [str, …]} for the beginning of a search in `?q=`."""
    return JsonResponse({"suggestions": suggestions(cleaned_query(request.GET.get("q", "")))})


@require_safe
def open_search(request: HttpRequest) -> HttpResponse:
    """Tell browsers how to search here from their address bar (OpenSearch 1.1)."""
    site = site_of(request)
    root = site.root_url if site else f"{request.scheme}://{request.get_host()}"
    return render(
        request, "opensearch.xml", {"root": root}, content_type="application/opensearchdescription+xml; charset=utf-8"
    )


def cleaned_query(text: str) -> str:
    """Return what was typed on one line, without NUL, which PostgreSQL refuses, and not too long."""
    return " ".join(text.replace("\x00", "").split())[:MAX_LENGTH].strip()


def hit(entry: SearchEntry, page: Page | None, query: Query) -> dict:
    """Return what the list shows of an entry.

    address; label and context, str; title and each of passages: lists of (text, is_hit).
    """
    address = (address_on_site(page) or "") + entry.address if page else entry.address
    start = entry.text if len(entry.text) <= SHORT else entry.text[:SHORT].rsplit(" ", 1)[0] + " …"
    around = passages(entry.text, query.is_hit) or [[(start, False)]]
    return {
        "address": address,
        "label": "Seite" if entry.label == entry.title else entry.label,
        "context": entry.context,
        "title": marked_hits(entry.title, query.is_hit),
        "passages": around if entry.text else [],
    }
