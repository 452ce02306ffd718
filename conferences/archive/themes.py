"""/themen/ and /themen/<slug>/: what the conference has decided, discussed and published on each Handlungsfeld."""

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from conferences.archive.facets import CONFERENCE, EVERY, THEME, facet_counts, public_counts
from conferences.archive.rows import resolution_rows
from conferences.models import ConferenceDocument, ConferencePage, ResolutionPage, Theme
from conferences.models.conference_queryset import with_chairs
from conferences.models.resolution_queryset import ResolutionQuerySet
from conferences.models.theme import all_themes
from intmk.base.view_pages import VIEWS, ViewPage, full_url
from intmk.media.documents.models import SiteDocument
from intmk.server.asked_keys import reads
from intmk.server.kept import kept

LIST_TITLE = VIEWS["themes"].heading
PAGE_SIZE = 20
NEWS = 10
DOCUMENTS = 50


@require_safe
def list_of_themes(request: HttpRequest) -> HttpResponse:
    """Show all themes with the numbers of their public resolutions and conferences.

    Context: page; themes, each with number_of_resolutions and number_of_conferences.
    """
    counts = public_counts()
    public = Count("conferencepage", filter=Q(conferencepage__live=True))
    themes = Theme.objects.annotate(number_of_conferences=public).order_by("position", "name")
    for theme in themes:
        theme.number_of_resolutions = counts[f"{THEME}{theme.pk}"]
    page = ViewPage(
        title=LIST_TITLE,
        full_url=full_url(request, reverse("themes")),
        description="Die Handlungsfelder der Integrationsministerkonferenz mit ihren Beschlüssen, Beratungen, "
        "Konferenzen und Meldungen.",
        trail=[],
    )
    return render(request, "conferences/archive/themes.html", {"page": page, "themes": themes})


@require_safe
@reads(("seite",))
def theme_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one theme; raises Http404 for an address that is none's.

    Context: page; theme; themes, all of them; results (page of the paginator), rows (list of ResolutionRow) and count
    of its resolutions; conferences (`conferences_with`); documents of those that have it and of the resolutions; news,
    the latest NEWS.
    """
    theme = next((theme for theme in all_themes() if theme.slug == slug), None)
    if theme is None:
        raise Http404
    code = f"{THEME}{theme.pk}"
    resolutions = ResolutionPage.objects.live().filter(facets__contains=[code])
    paginator = Paginator(resolutions.for_rows().newest_first(), PAGE_SIZE)
    paginator.count = facet_counts({"thema": [code]})[""][EVERY]
    results = paginator.get_page(request.GET.get("seite"))
    address = reverse("theme", args=[theme.slug])
    page = ViewPage(
        title=theme.name,
        seo_title=f"{theme.name}: Beschlüsse, Beratungen, Konferenzen",
        full_url=full_url(request, address + (f"?seite={results.number}" if results.number > 1 else "")),
        description=f"Beschlüsse, Beratungen, Konferenzen und Meldungen der Integrationsministerkonferenz zum "
        f"Handlungsfeld „{theme.name}“.",
        trail=[(LIST_TITLE, reverse("themes"))],
        subject=theme,
    )
    context = {
        "page": page,
        "theme": theme,
        "themes": all_themes(),
        "results": results,
        "rows": resolution_rows(list(results)),
        "count": results.paginator.count,
        "conferences": conferences_with(theme),
        "documents": documents_on(theme, resolutions),
        "news": theme.newspage_set.live().newest_first()[:NEWS],
    }
    return render(request, "conferences/archive/theme.html", context)


@kept
def conferences_with(theme: Theme) -> SafeString:
    """Return the conferences that have the theme or a resolution on it as HTML, the latest first; it may be nearly all.

    Said of each is what is kept itself, and of themes there are few.
    """
    codes = facet_counts({"thema": [f"{THEME}{theme.pk}"]})[""]
    on_agenda = [int(code.removeprefix(CONFERENCE)) for code in codes if code.startswith(CONFERENCE)]
    found = ConferencePage.objects.live().filter(Q(pk__in=theme.conferencepage_set.values("pk")) | Q(pk__in=on_agenda))
    shown = with_chairs(found.chronological().reverse())[0]
    told = {"conferences": shown, "german": "", "to_german": ""}
    return render_to_string("conferences/archive/conferences.html", told) if shown else SafeString()


def documents_on(theme: Theme, resolutions: ResolutionQuerySet) -> list[SiteDocument]:
    """Return what readers may have of the sources of `resolutions` and the papers of conferences with the theme."""
    public = ConferencePage.objects.live().filter(themes=theme)
    of_conferences = Q(pk__in=ConferenceDocument.objects.filter(conference__in=public).values("document"))
    found = SiteDocument.objects.not_withheld().filter(of_conferences | Q(pk__in=resolutions.values("source_file")))
    return list(found.prefetch_related("versions").order_by("title", "pk")[:DOCUMENTS])
