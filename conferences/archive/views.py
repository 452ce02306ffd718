"""/beschluesse/: all resolutions, to be filtered, sorted and paged through by addresses alone."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from conferences.archive.filters import PARAMETERS, Filters, all_facets
from conferences.archive.rows import resolution_rows
from conferences.models import ResolutionPage
from intmk.base.view_pages import VIEWS, ViewPage, full_url
from intmk.server.asked_keys import reads
from intmk.server.kept import kept

TITLE = VIEWS["archive"].heading
DESCRIPTION = (
    "Beschlüsse, Berichte und Beratungen der Integrationsministerkonferenz, zu filtern nach Konferenz, Jahr, "
    "Handlungsfeld, antragstellendem Land, Ergebnis, Art und Adressat."
)
PAGE_SIZE = 20
SORTS = {
    "": ("neueste zuerst", "newest_first"),
    "aelteste": ("älteste zuerst", "oldest_first"),
    "top": ("nach TOP", "by_item"),
    "titel": ("nach Titel", "by_title"),
}


@kept
def all_choices() -> SafeString:
    """Return the facets without any filter as HTML: with a hundred choices a third of the page."""
    return render_to_string("conferences/archive/facets.html", {"facets": Filters(all_facets()).counted()[1]})


@require_safe
@reads((*PARAMETERS, "sortierung", "seite"))
def archive(request: HttpRequest) -> HttpResponse:
    """Show the public resolutions that fit the filters of the address; what it asks in vain for is named.

    Context: page; filters (Filters), active and facets as they give them; choices (`all_choices`, None with a filter);
    sort (word), sorts, a list of (label, query string, is current); results (page of the paginator); rows (list of
    ResolutionRow); count; unfiltered_address.
    Queries: conferences, Länder, themes, addressees, counts, rows; the same for any number.
    """
    public = ResolutionPage.objects.live()
    filters = Filters.of(request.GET, all_facets())
    sort = request.GET.get("sortierung", "")
    if sort not in SORTS:
        filters.note("sortierung", sort)
        sort = ""
    ordered = getattr(filters.applied(public).for_rows(), SORTS[sort][1])()
    paginator = Paginator(ordered, PAGE_SIZE)
    paginator.count, facets = filters.counted()  # the facets count all hits anyway
    results = paginator.get_page(request.GET.get("seite"))
    address = reverse("archive")
    page = ViewPage(
        title=TITLE,
        seo_title="Archiv der Beschlüsse und Beratungen",
        full_url=full_url(request, address + filters.query(sort, results.number)),
        description=DESCRIPTION,
        trail=[],
    )
    context = {
        "page": page,
        "filters": filters,
        "facets": facets,
        "choices": None if filters.is_active else all_choices(),
        "active": filters.active(sort),
        "sort": sort,
        "sorts": [(label, filters.query(word), word == sort) for word, (label, _) in SORTS.items()],
        "results": results,
        "rows": resolution_rows(list(results)),
        "count": results.paginator.count,
        "unfiltered_address": address,
        "is_variant": filters.is_active or sort,
    }
    return render(request, "conferences/archive/archive.html", context)
