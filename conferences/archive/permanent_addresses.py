"""/id/beschluss/<conference>/<TOP>, which always leads to the resolution, and its citation as a file."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from conferences.models import ResolutionIdentifier, ResolutionPage
from conferences.models.identifier import key_meant
from conferences.rules.citation import Citation, citation_of
from intmk.base.site import site_of

FORMATS = {
    "bib": ("application/x-bibtex; charset=utf-8", Citation.bibtex),
    "ris": ("application/x-research-info-systems; charset=utf-8", Citation.ris),
}


@require_safe
def identified(request: HttpRequest, conference: str, number: str) -> HttpResponse:
    """Lead from an identifier to the page (303), say what it was where that is not public (410), else Http404."""
    if "\x00" in conference + number:
        raise Http404
    key = key_meant(conference, number)
    found = ResolutionIdentifier.objects.filter(key=key).select_related("page").first()
    if found is None:
        raise Http404
    if found.page is None or not found.page.live:
        return render(request, "410.html", {"gone": found}, status=410)
    return HttpResponseRedirect(found.page.get_url(request), status=303)


@require_safe
def download(request: HttpRequest, path: str, ending: str) -> HttpResponse:
    """Return the citation of the resolution at `path` as a file of FORMATS; Http404 where none is public."""
    site = site_of(request)
    pages = ResolutionPage.objects.live().select_related("conference")
    page = pages.filter(url_path=site.root_page.url_path + path).first() if site else None
    citation = citation_of(page) if page else None
    if citation is None:
        raise Http404
    content_type, write = FORMATS[ending]
    response = HttpResponse(write(citation), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{citation.name}.{ending}"'
    return response
