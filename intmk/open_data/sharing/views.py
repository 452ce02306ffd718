"""/bilder/teilen/<address of a page>/<digest>.png: the picture that stands beside a link where it is shared.

Drawn when somebody asks, and only what a public page says: an address that is no page's, or not yet, is not found, and
one with a former digest leads to the present picture. So nobody can have anything else drawn, or read an unpublished
title. Nothing is stored: drawing takes less than building a page, and caches may keep the answer for ever.
"""

from threading import BoundedSemaphore

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from conferences.models import Land, Theme
from intmk.base.site import is_restricted, site_of
from intmk.base.view_pages import listed_views
from intmk.open_data.sharing.card import Card, card_of
from intmk.open_data.sharing.drawing import draw
from intmk.pages.routing import page_at
from intmk.server.security_headers import RESOURCE_POLICY

# Of the four threads of a process one half stays free for pages when many pictures are asked for at once.
AT_ONCE = BoundedSemaphore(2)


def card_at(request: HttpRequest, path: str) -> Card | None:
    """Return what the picture of the public page at `path` ("konferenzen/12/") says; None without such a page.

    Raises Http404 for an unknown Land or theme.
    """
    if view := listed_views().get(f"/{path}"):
        return Card(view.heading)
    first, _, rest = path.partition("/")
    if first == "laender":
        return card_of(get_object_or_404(Land, slug=rest.strip("/")))
    if first == "themen":
        return card_of(get_object_or_404(Theme, slug=rest.strip("/")))
    site = site_of(request)
    page = page_at(site.root_page, path) if site else None
    return None if page is None or is_restricted(page) else card_of(page)


@require_safe
def picture_for_sharing(request: HttpRequest, path: str, digest: str) -> HttpResponseBase:
    """Return the picture; a redirect from another digest, 404 without a public page, 503 while too many are drawn."""
    card = card_at(request, path)
    if card is None:
        raise Http404
    if digest != card.digest:
        return redirect(reverse("sharing_picture", args=[path, card.digest]))
    etag = f'"{digest}"'
    if known := get_conditional_response(request, etag=etag):
        return known
    if not AT_ONCE.acquire(timeout=0.5):
        return HttpResponse(status=503, headers={"Retry-After": "2"})
    try:
        picture = draw(card)
    finally:
        AT_ONCE.release()
    headers = {"ETag": etag, "Cache-Control": "public, max-age=31536000, immutable", RESOURCE_POLICY: "cross-origin"}
    return HttpResponse(picture, content_type="image/png", headers=headers)
