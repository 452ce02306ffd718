"""What changes facets: publishing, when all rows of a page are stored, and moving."""

from typing import Any

from django.dispatch import receiver
from wagtail.models import Page
from wagtail.signals import page_published, post_page_move

from conferences.archive.facets import facets_deferred, refresh_facets
from conferences.models import ConferencePage, ResolutionPage


@receiver(page_published)
def refresh_when_published(instance: Page, **kwargs: Any) -> None:
    """Renew a published resolution, or those of a conference, whose date may have changed."""
    if facets_deferred:
        return
    if isinstance(instance, ResolutionPage):
        refresh_facets(ResolutionPage.objects.filter(pk=instance.pk))
    elif isinstance(instance, ConferencePage):
        refresh_facets(ResolutionPage.objects.filter(conference=instance.pk))


@receiver(post_page_move)
def refresh_when_moved(instance: Page, parent_page_after: Page, **kwargs: Any) -> None:
    """Let a resolution follow to the conference below which it has been moved."""
    moved = ResolutionPage.objects.filter(pk=instance.pk)
    if moved.update(conference=parent_page_after.pk):
        refresh_facets(moved)
