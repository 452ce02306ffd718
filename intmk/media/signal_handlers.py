"""What storing pictures, documents, videos, pages and versions sets off among the files."""

from typing import Any

from django.apps import apps
from django.db.models import Model
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from modelcluster.fields import ParentalKey
from wagtail.models import Page, Revision
from wagtail.signal_handlers import update_reference_index_on_save
from wagtail.signals import page_published

from intmk.media.documents.models import SiteDocument
from intmk.media.documents.parts import DocumentVersion
from intmk.media.files import delete_file, within_reach_of_the_laender
from intmk.media.images.models import SiteImage
from intmk.media.unpublished import files_stay, withdraw, withdraw_shown_by, withdraw_used_by
from intmk.media.videos.models import SiteVideo

# Wagtail itself sees to the files of pictures and documents.
post_delete.connect(delete_file, sender=DocumentVersion)
post_delete.connect(delete_file, sender=SiteVideo)


def when_row_deleted(instance: Any, **kwargs: Any) -> None:
    """Index anew what that page or term shows to which the row belonged: a file may stand there no more.

    Wagtail does so before it stores the rows of a page, and again for each row that it stores, not for one that goes.
    """
    for field in parental_keys(type(instance)):
        parents = field.related_model._default_manager.filter(pk=getattr(instance, field.attname))
        for parent in parents:
            update_reference_index_on_save(parent)


def parental_keys(model: type[Model]) -> list[Any]:
    """Return the fields by which rows of this model belong to a page or a term."""
    return [field for field in model._meta.fields if isinstance(field, ParentalKey)]


for row_model in apps.get_models():
    if parental_keys(row_model):
        post_delete.connect(when_row_deleted, sender=row_model)


@receiver(page_published)
def take_out_when_published(sender: type[Page], instance: Page, **kwargs: Any) -> None:
    """Take out what readers see from now on; Wagtail tells of what is set for a moment as well."""
    if instance.live:
        withdraw_shown_by(instance)


@receiver(post_save, sender=SiteVideo)
def take_out_poster(sender: type[Model], instance: SiteVideo, **kwargs: Any) -> None:
    """Take the picture out that stands for a video."""
    withdraw_used_by(instance)


@receiver(post_save, sender=Revision)
def when_scheduled(sender: type[Model], instance: Revision, **kwargs: Any) -> None:
    """Take out what has been approved to go live later."""
    if instance.approved_go_live_at and not files_stay:
        withdraw_used_by(instance.as_object())


@receiver(post_save, sender=SiteImage)
@receiver(post_save, sender=SiteDocument)
def when_file_saved(sender: Any, instance: Any, **kwargs: Any) -> None:
    """Take a file out that somebody has put back although it is public."""
    stored = sender.objects.filter(pk=instance.pk)
    if stored.filter(within_reach_of_the_laender()).exists():  # else the dear question is spared: what readers see
        withdraw(sender, stored.shown().values_list("pk", flat=True))
