"""An address that was public never just vanishes: it leads to where its page is now, or says what stood there (410)."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Q
from django.db.models.signals import pre_delete, pre_save
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.deprecation import MiddlewareMixin
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page

from conferences.models import Land, ResolutionIdentifier, Theme
from conferences.models.identifier import key_meant
from intmk.addresses.old_addresses import OldAddress
from intmk.addresses.public_addresses import AddressRow, PublicAddress, normalised_path
from intmk.addresses.writing import as_slugs, as_this_site_writes
from intmk.base.view_pages import VIEWS
from intmk.media.documents.models import SiteDocument
from intmk.trash.models import restored

# What stands at one address and is no page, by the name of the address in intmk/urls.py.
FILES = {"feed_atom", "feed_json", "news_atom", "news_json", "feed_calendar", "sitemap", "opensearch"}


class FormerAddressMiddleware(MiddlewareMixin):
    """Answers where the answer would be 404 and something is known of the address.

    Stands outside RedirectMiddleware, so that a redirect that somebody set for the address comes first.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Return `response`, a redirect to where it is now, or the page that says what stood here."""
        if response.status_code != 404 or request.path.startswith("/admin/") or "\x00" in request.path:
            return response
        return next(filter(None, answers(request)), response)


def answers(request: HttpRequest) -> Iterator[HttpResponse | None]:
    """Yield what can be answered for an address, the most certain first, None where that turns out to be nothing.

    What stood at this very address; an old address in this very writing; what stands where this site would have written
    it; an old address in another writing; a file below a page that has moved; what stands where the words of the
    address lead. At most four queries besides the page.
    """
    found = PublicAddress.objects.answering(request)
    yield from (answer_of_page(request, each) for each in found if each.is_exact)
    old, is_exact = OldAddress.objects.answering(request) or (None, False)
    if old and is_exact:
        yield answer_of_old_address(request, old)
    yield from (answer_of_page(request, each) for each in found if not (each.is_exact or each.below or each.is_near))
    written = as_this_site_writes(request.path, request.META.get("QUERY_STRING", ""))
    yield from (answer_of_view(request, path) for path in (written, written.removesuffix("/")))
    if old and not is_exact:
        yield answer_of_old_address(request, old)
    yield from (answer_of_page(request, each) for each in found if each.below)
    if (near := as_slugs(request.path)) != written:
        yield from (answer_of_page(request, each) for each in found if each.is_near and leads_to_public(each.address))
        yield answer_of_view(request, near)


def leads_to_public(address: PublicAddress) -> bool:
    """Say whether readers get what stood at an address now: a theme, or a page that is live."""
    return bool(address.theme) or is_public(address.page)


def is_public(page: Page | None) -> bool:
    """Say whether readers get the page now."""
    return page is not None and page.live


def answer_of_page(request: HttpRequest, found: AddressRow) -> HttpResponse | None:
    """Return the answer for an address of a page or the file below it; None if it stands there now, or on no site.

    Not the file, but the page that follows, when somebody has named one for a page that is not public any more.
    """
    address = found.address
    if address.theme:
        return moved_elsewhere(request, address.theme.get_absolute_url())
    page = address.page
    if page is None or not is_public(page):
        follows = address.successor
        if follows and follows.live and (url := follows.get_url(request)):
            return moved(url)
        return render(request, "410.html", {"gone": address}, status=410)
    url = page.get_url(request)
    return moved_elsewhere(request, f"{url}{found.below}") if url else None


def answer_of_view(request: HttpRequest, path: str) -> HttpResponse | None:
    """Return a redirect to `path` if it is one of the addresses that are no pages, and something stands there."""
    try:
        match = resolve(path)
    except Resolver404:
        return None
    name, asked = match.url_name or "", match.kwargs
    row: Land | Theme | None = None
    if name == "land":
        row = Land.objects.filter(slug=asked["slug"]).first()
    elif name == "theme":
        row = Theme.objects.filter(slug=asked["slug"]).first()
    elif name == "resolution_identifier" and ResolutionIdentifier.objects.filter(key=key_meant(*match.args)).exists():
        return moved_elsewhere(request, path)
    elif name == "wagtaildocs_serve":
        document = SiteDocument.objects.public().filter(pk=asked["pk"]).first()
        is_meant = document and document.filename.casefold() == asked["name"]
        return moved_elsewhere(request, document.url) if document and is_meant else None
    if row:
        return moved_elsewhere(request, row.get_absolute_url())
    return moved_elsewhere(request, reverse(name)) if name in VIEWS or name in FILES else None


def moved_elsewhere(request: HttpRequest, url: str) -> HttpResponse | None:
    """Return a redirect with the query of `request`; None to where it comes from, which would go in circles."""
    return None if urlsplit(url).path == request.path else moved(url, request.META.get("QUERY_STRING", ""))


def answer_of_old_address(request: HttpRequest, old: OldAddress) -> HttpResponse | None:
    """Return the answer for an address of a former site that now leads to this one; None if it leads to itself."""
    target = old.target(request)
    if target is None:
        return render(request, "410.html", {"old": old}, status=410)
    parts = urlsplit(target.url)
    if parts.netloc in ("", request.get_host()) and parts.path == request.path:
        return None
    # What an archive keeps is not this page at another address.
    return HttpResponseRedirect(target.url, status=303) if target.is_archive else moved(target.url)


def moved(url: str, query: str = "") -> HttpResponse:
    """Return a permanent redirect. Browsers ask again each time (intmk/server/revalidation.py).

    They would keep it for good, and go in circles between two addresses when a page gets its former one back.
    """
    return HttpResponsePermanentRedirect(f"{url}?{query}" if query else url)


@receiver(pre_delete, sender=Page)
def keep_redirects(sender, instance: Page, **kwargs) -> None:
    """Keep the addresses that somebody let lead to a page that was public: Wagtail deletes them with the page."""
    title = PublicAddress.objects.filter(page=instance).values_list("title", flat=True).first()
    if title is None:
        return
    for path in Redirect.objects.filter(redirect_page_id=instance.pk).values_list("old_path", flat=True):
        PublicAddress.objects.get_or_create(path=normalised_path(path), defaults={"title": title, "page": instance})


@receiver(pre_save, sender=Theme)
def keep_theme_address(sender, instance: Theme, raw: bool = False, **kwargs) -> None:
    """Let the address that a theme gives up lead to its new one."""
    if raw or instance.pk is None:
        return
    former = Theme.objects.filter(pk=instance.pk).values_list("slug", flat=True).first()
    if former and former != instance.slug:
        store_addresses([reverse("theme", args=[former])], instance.name, theme=instance)
        instance.former_slugs = [*(slug for slug in instance.former_slugs if slug != former), former]


@receiver(pre_delete, sender=Theme)
def theme_is_gone(sender, instance: Theme, **kwargs) -> None:
    """Say at all addresses of a theme what stood there."""
    former = list(PublicAddress.objects.filter(theme=instance).values_list("path", flat=True))
    store_addresses([*former, instance.get_absolute_url()], instance.name, gone_at=timezone.now())


@receiver(pre_delete, sender=SiteDocument)
def document_is_gone(sender, instance: SiteDocument, **kwargs) -> None:
    """Say at all addresses of a document that readers could reach what stood there; the others stay unknown."""
    if not SiteDocument.objects.public().filter(pk=instance.pk).exists():
        return
    names = [instance.filename, *instance.former_names]
    paths = [reverse("wagtaildocs_serve", args=[instance.pk, name]) for name in names]
    paths += [
        reverse("document_version", args=[instance.pk, number, name])
        for number, name in instance.versions.values_list("number", "address_name")
    ]
    store_addresses(paths, instance.title, gone_at=timezone.now())


@receiver(restored)
def addresses_lead_back(sender, page_keys: list[int], **kwargs) -> None:
    """Let what came back be no longer gone; redirects to it, which came back as well, need no word of their own."""
    public = Page.objects.live().filter(pk__in=page_keys)
    redirects = Redirect.objects.filter(redirect_page__in=page_keys).values("old_path")
    PublicAddress.objects.filter(page=None, theme=None, path__in=redirects).delete()
    PublicAddress.objects.filter(page__in=page_keys).update(successor=None)
    PublicAddress.objects.filter(Q(page__in=public) | Q(theme__isnull=False)).update(gone_at=None)


def store_addresses(paths: list[str], title: str, **known: Any) -> None:
    """Store what is `known` of these addresses in place of what was: an address belongs to its last owner."""
    values = {"title": title, "page": None, "theme": None, "gone_at": None} | known
    for path in paths:
        PublicAddress.objects.update_or_create(path=normalised_path(path), defaults=values)
