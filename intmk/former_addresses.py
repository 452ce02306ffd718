"""An address that was public never just vanishes: it leads to where its page is now, or says what stood there (410)."""

from django.db.models.signals import pre_delete
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page

from intmk.old_addresses import OldAddress
from intmk.public_addresses import PublicAddress, normalised_path, path_in_tree


class FormerAddressMiddleware(MiddlewareMixin):
    """Answers where the answer would be 404 and something is known of the address.

    Stands outside RedirectMiddleware, so that a redirect that somebody set for the address comes first.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Return `response`, a redirect to where it is now, or the page that says what stood here."""
        if response.status_code != 404 or request.path.startswith("/admin/") or "\x00" in request.path:
            return response
        if found := PublicAddress.objects.answering(request):
            return answer_of_page(request, *found) or response
        old = OldAddress.objects.answering(request)
        return answer_of_old_address(request, old) if old else response


def answer_of_page(request: HttpRequest, address: PublicAddress, below: str) -> HttpResponse | None:
    """Return the answer for an address of a page, or of the file `below` it; None if the page stands there now."""
    page = address.page
    if page is None or not page.live:
        return render(request, "410.html", {"gone": address}, status=410)
    if path_in_tree(page.url_path) == address.path:  # it is the page that says 404, e.g. to its query
        return None
    return moved(f"{page.get_url(request)}{below}", request.META.get("QUERY_STRING", ""))


def answer_of_old_address(request: HttpRequest, old: OldAddress) -> HttpResponse:
    """Return the answer for an address of a former site that now leads to this one."""
    target = old.target(request)
    if target is None:
        return render(request, "410.html", {"old": old}, status=410)
    # What an archive keeps is not this page at another address.
    return HttpResponseRedirect(target.url, status=303) if target.is_archive else moved(target.url)


def moved(url: str, query: str = "") -> HttpResponse:
    """Return a permanent redirect that is asked for again each time.

    Browsers would keep it for good, and go in circles between two addresses when a page gets its former one back.
    """
    response = HttpResponsePermanentRedirect(f"{url}?{query}" if query else url)
    response["Cache-Control"] = "no-cache"
    return response


@receiver(pre_delete, sender=Page)
def keep_redirects(sender, instance: Page, **kwargs) -> None:
    """Keep the addresses that somebody let lead to a page that was public: Wagtail deletes them with the page."""
    title = PublicAddress.objects.filter(page=instance).values_list("title", flat=True).first()
    if title is None:
        return
    for path in Redirect.objects.filter(redirect_page_id=instance.pk).values_list("old_path", flat=True):
        PublicAddress.objects.get_or_create(path=normalised_path(path), defaults={"title": title, "page": instance})
