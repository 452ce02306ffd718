"""What changes facets: publishing, when all rows of a page are stored, moving, and saving what is no public page."""

from typing import Any

from django.db.models.signals import pre_save
from django.dispatch import receiver
from wagtail.models import Page
from wagtail.signals import page_published, post_page_move

from conferences.archive.facets import (
    facet_codes,
    facets_deferred,
    refresh_facets,
    refresh_what_follows,
    write_facets,
)
from conferences.models import ConferencePage, ResolutionPage


@receiver(pre_save, sender=ResolutionPage)
def note_of_a_draft(sender: Any, instance: ResolutionPage, raw: bool = False, **kwargs: Any) -> None:
    """Let editors filter drafts by the same; no count or list of readers asks for pages that are not public."""
    if not (raw or instance.live or facets_deferred or kwargs.get("update_fields")):
        if instance.path and not instance.conference_id:  # it was checked before it had a place
            instance.conference_id = instance.get_parent().pk
            instance.set_order()
        instance.facets = facet_codes(instance)


@receiver(page_published)
def refresh_when_published(instance: Page, **kwargs: Any) -> None:
    """Renew a published resolution, or those of a conference, whose date may have changed."""
    if facets_deferred:
        return
    if isinstance(instance, ResolutionPage):
        write_facets([instance.as_stored or instance])
    elif isinstance(instance, ConferencePage):
        refresh_what_follows(ResolutionPage.objects.filter(conference=instance.pk))


@receiver(post_page_move)
def refresh_when_moved(sender: Any, instance: Page, **kwargs: Any) -> None:
    """Renew a moved resolution, which has its new conference by now (conferences/signal_handlers.py)."""
    if issubclass(sender, ResolutionPage):
        refresh_facets(ResolutionPage.objects.filter(pk=instance.pk))
