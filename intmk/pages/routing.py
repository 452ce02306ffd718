"""From an address to its page in one query, where Wagtail's own way asks twice for each step of the path."""

from django.http import HttpRequest, HttpResponseBase
from wagtail import views
from wagtail.models import Page, Site, get_page_models
from wagtail.url_routing import RouteResult

from intmk.base.glossary import GlossaryTerm

# Fetched along with a conference or a resolution, since their pages show them.
ALONG = (
    "conferencepage__host_land",
    "conferencepage__chair_term__land",
    "resolutionpage__conference",
    "resolutionpage__source_file",
)


def page_at(root: Page, path: str) -> Page | None:
    """Return the public page at `path` ("konferenzen/12/") below `root`, as the type that it is; None without one."""
    types = {model: model._meta.model_name for model in get_page_models() if model is not Page}
    pages = Page.objects.live().select_related("locale", *types.values(), *ALONG)
    words = GlossaryTerm.objects.marked_on_pages().as_column()
    page = pages.annotate(glossary=words).filter(url_path=root.url_path + path).first()
    if page is None:
        return None
    specific = getattr(page, types[page.specific_class])
    specific.locale, specific.glossary = page.locale, page.glossary
    return specific


def serve_page(request: HttpRequest, path: str) -> HttpResponseBase:
    """Serve the page at `path` by Wagtail's view; raises Http404 when there is none."""
    site = Site.find_for_request(request)
    page = page_at(site.root_page, path) if site else None
    # Where Wagtail itself keeps what it found for a request (Page.route_for_request).
    request._wagtail_route_for_request = RouteResult(page) if page else None  # type: ignore[attr-defined]
    return views.serve(request, path)
