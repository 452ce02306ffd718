"""An address that was public never just vanishes: where a page was deleted, the site says what stood there (410)."""

from django.db.models.signals import pre_delete
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page
from wagtail.signals import page_published, page_slug_changed, post_page_move

from intmk.models import RemovedPage


class RemovedPageMiddleware(MiddlewareMixin):
    """Answers 410 with the title of what was deleted where the answer would be 404.

    Stands outside RedirectMiddleware, so that a redirect that somebody set for the address comes first.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Return `response`, or the page that says what stood here."""
        if response.status_code != 404 or request.path.startswith("/admin/") or "\x00" in request.path:
            return response
        # As in RedirectMiddleware: an address with a query is looked for with it, then without.
        paths = [address(request.get_full_path()), address(request.path)]
        found = {row.path: row for row in RemovedPage.objects.filter(path__in=paths)}
        removed = found.get(paths[0]) or found.get(paths[1])
        return render(request, "410.html", {"removed": removed}, status=410) if removed else response


def address(path: str) -> str:
    """Return `path` as Wagtail's redirects write it: decoded, without the last slash."""
    return Redirect.normalise_path(path).replace("\x00", "")[:1000]


def path_of(page: Page) -> str | None:
    """Return the path of the page on its site, without the host that get_url() adds when there are two sites."""
    parts = page.get_url_parts()
    return parts[2] if parts else None


@receiver(pre_delete, sender=Page)
def remember_addresses(sender, instance: Page, **kwargs) -> None:
    """Record the present and former addresses of a page that was public, and of each page that goes with it."""
    if not (instance.live or instance.first_published_at):
        return
    former = Redirect.objects.filter(redirect_page_id=instance.pk).values_list("old_path", flat=True)
    for path in [path_of(instance), *former]:
        if path:
            RemovedPage.objects.update_or_create(path=address(path), defaults={"title": instance.title})


@receiver([page_published, post_page_move, page_slug_changed])
def forget_addresses(sender, instance: Page, **kwargs) -> None:
    """Drop what is recorded at the addresses where the page and the pages below it are public now."""
    pages = instance.get_descendants(inclusive=True).live()
    paths = [address(path) for path in map(path_of, pages) if path]
    RemovedPage.objects.filter(path__in=paths).delete()
    # A page that was renamed and named back would be redirected to itself for ever once it is not public.
    Redirect.objects.filter(old_path__in=paths, automatically_created=True).delete()
