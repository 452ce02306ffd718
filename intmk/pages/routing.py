"""From an address to its page: its type first, then the page itself, where Wagtail asks twice for each step."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_cache_control
from wagtail import views
from wagtail.models import Locale, Page, get_page_models
from wagtail.url_routing import RouteResult

from intmk.base.lists import all_rows, keys_in_lists, made_once
from intmk.base.site import site_of
from intmk.server.asked_keys import reads
from intmk.server.kept import kept


def page_at(root: Page, path: str) -> Page | None:
    """Return the public page at `path` ("konferenzen/12/") below `root`, as the type that it is; None without one."""
    if not (found := key_and_type(root.url_path + path)):
        return None
    model: Any = ContentType.objects.get_for_id(found[1]).model_class() or Page
    page = next(iter(pages_with_key(model, found[0])), None)
    if page is None or not page.live:  # deleted or withdrawn between the two questions
        return None
    page.locale = all_rows(Locale)[page.locale_id]
    page.stored_keys = keys_in_lists(page, getattr(page, "lists", ()))
    return page


@made_once
def pages_with_key(model: Any, key: int) -> QuerySet:
    """Return the page of that type with this key."""
    return model.objects.filter(pk=key).order_by()


@kept
def key_and_type(url_path: str) -> tuple[int, int] | None:
    """Return the key of the public page at that place and of its content type."""
    found = Page.objects.live().filter(url_path=url_path).order_by().values_list("pk", "content_type")[:1]
    return next(iter(found), None)


def keys_of_pages() -> tuple[str, ...]:
    """Return the keys of a query that any page reads."""
    return tuple(sorted({key for model in get_page_models() for key in getattr(model, "asked_keys", ())}))


@reads(keys_of_pages)
def serve_page(request: HttpRequest, path: str) -> HttpResponseBase:
    """Serve the page at `path` by Wagtail's view; raises Http404 when there is none.

    With keys that only other pages read it is the same page, and not worth being stored once more.
    """
    site = site_of(request)
    page = page_at(site.root_page, path) if site else None
    # Where Wagtail itself keeps what it found for a request (Page.route_for_request).
    request._wagtail_route_for_request = RouteResult(page) if page else None  # type: ignore[attr-defined]
    response = views.serve(request, path)
    if response.status_code == 200 and not request.GET.keys() <= set(getattr(page, "asked_keys", ())):
        patch_cache_control(response, public=True, no_cache=True)
    return response
