"""The search over all public pages."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from wagtail.models import Page

from conferences.laender import laender_named
from intmk.models import with_introductions

PAGE_SIZE = 20
MAX_QUERY_LENGTH = 200


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Show the public pages that match `?q=`, the best first; `?seite=` pages through them.

    Context: query (what was asked, cut at MAX_QUERY_LENGTH characters), results (a page of the paginator or None when
    nothing was asked), laender (those that the query names, on the first page), count (of all that was found).
    NUL, which PostgreSQL refuses in text, is taken out.
    """
    query = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:MAX_QUERY_LENGTH]
    results, laender = None, []
    if query:
        laender = laender_named(query)
        found = Page.objects.live().filter(depth__gt=1).search(query, operator="and")
        results = Paginator(found, PAGE_SIZE).get_page(request.GET.get("seite"))
        texts = with_introductions(Page.objects.filter(pk__in=[page.pk for page in results])).in_bulk()
        results.object_list = [texts[page.pk] for page in results if page.pk in texts]
    context = {
        "query": query,
        "results": results,
        "laender": laender if results and results.number == 1 else [],
        "count": results.paginator.count + len(laender) if results else 0,
    }
    return render(request, "intmk/search.html", context)
