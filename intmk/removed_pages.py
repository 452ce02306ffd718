"""An address that was public never just vanishes: where a page was deleted, the site says what stood there (410)."""

from django.db.models.signals import pre_delete
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.defaults import page_not_found
from wagtail.models import Page

from intmk.models import RemovedPage


@receiver(pre_delete, sender=Page)
def remember_address(sender, instance: Page, **kwargs) -> None:
    """Record address and title of a page that was public, and of each page below it that goes with it."""
    url = instance.get_url() if instance.first_published_at else None
    if url:
        RemovedPage.objects.update_or_create(path=url[:1000], defaults={"title": instance.title})


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 410 with the title of what was deleted at this address, else Django's 404."""
    removed = RemovedPage.objects.filter(path=request.path[:1000].replace("\x00", "")).first()
    if removed is None:
        return page_not_found(request, exception)
    return render(request, "410.html", {"removed": removed}, status=410)
