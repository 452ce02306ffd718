"""The index follows each change within its transaction: what is published is found when the publishing is done."""

from typing import Any

from django.db.models import Model, Q
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from wagtail.models import Page, PageViewRestriction, ReferenceIndex, get_page_models
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from conferences.models import ChairPage, ChairPerson, ChairTerm, ConferencePage, Land, Theme
from intmk.base.glossary import GlossaryTerm
from intmk.media.documents.models import SiteDocument, document_read
from intmk.media.videos.models import SiteVideo
from intmk.search.drafts import DraftEntry, store_draft, store_drafts
from intmk.search.index import (
    LONGEST_CONTEXT,
    SearchEntry,
    of_land,
    of_term,
    of_theme,
    store_document,
    store_entries,
    store_pages,
    store_published,
)
from intmk.trash.models import restored


@receiver(post_save)
def index_version(sender: type[Model], instance: Model, update_fields: Any = None, **kwargs: Any) -> None:
    """Store what editors find of a page that has just got another version, unless that is published at once."""
    is_version = issubclass(sender, Page) and "latest_revision" in (update_fields or ()) and "live" not in update_fields
    if is_version and not getattr(instance, "goes_public", False):
        store_draft(instance)


@receiver(page_published)
def drop_published_draft(sender: type[Page], instance: Page, **kwargs: Any) -> None:
    """Leave to the index of readers what they see now."""
    if instance.has_unpublished_changes:
        store_drafts(Page.objects.filter(pk=instance.pk))
    else:
        DraftEntry.objects.filter(page=instance.pk).delete()


@receiver(page_published)
def index_published(sender: type[Page], instance: Page, **kwargs: Any) -> None:
    """Store the page; when it is called otherwise, also those below it, which may name it or be called after it."""
    if instance.numchild == 0 or instance.depth <= 2:
        store_published(instance)
        return
    key = f"page:{instance.pk}"
    before = SearchEntry.objects.filter(key=key).values_list("title", "context", "day").first()
    stored = store_published(instance)
    # That of a conference says when and where it met, or that it was cancelled, and so what its resolutions are called.
    after = next(((entry.title, entry.context, entry.day) for entry in stored if entry.key == key), None)
    if before is None or before != after or len(before[1]) == LONGEST_CONTEXT:
        store_pages(instance.get_descendants().live())
        if isinstance(instance, ConferencePage):  # drafts below it name it, too
            store_drafts(instance.get_descendants())


@receiver(restored)
def index_restored(sender: type[Model], page_keys: list[int], **kwargs: Any) -> None:
    """Store the pages that came back from the Papierkorb."""
    store_pages(Page.objects.live().filter(pk__in=page_keys))
    store_drafts(Page.objects.filter(pk__in=page_keys))


@receiver(page_unpublished)
def when_unpublished(sender: type[Page], instance: Page, **kwargs: Any) -> None:
    """Drop the page; those below it that are public stay, but may no longer name it."""
    SearchEntry.objects.filter(page_id=instance.pk).delete()
    store_drafts(Page.objects.filter(pk=instance.pk))
    if instance.depth > 2:
        store_pages(instance.get_descendants().live())


@receiver([post_page_move, page_slug_changed])
def index_moved(sender: type[Page], instance: Page, **kwargs: Any) -> None:
    """Store the page and all below it: what stands above a page may be part of what it is called."""
    store_pages(instance.get_descendants(inclusive=True).live())
    store_drafts(instance.get_descendants(inclusive=True))


@receiver([post_save, post_delete], sender=PageViewRestriction)
def when_restricted(sender: type[Model], instance: PageViewRestriction, **kwargs: Any) -> None:
    """Drop or bring back the page and all below it; not when it is being deleted, with all that belongs to it."""
    origin = kwargs.get("origin", instance)
    if getattr(origin, "model", type(origin)) is PageViewRestriction:
        store_pages(Page.objects.get(pk=instance.page_id).get_descendants(inclusive=True).live())


@receiver(post_save, sender=Land)
def when_land_saved(sender: type[Model], instance: Land, created: bool, **kwargs: Any) -> None:
    """Store the Land; where its name is another, also the pages and persons that name it."""
    key = f"land:{instance.code}"
    is_renamed = SearchEntry.objects.filter(key=key).exclude(title=instance.name).exists()
    store_entries([of_land(instance)], Q(key=key))
    if is_renamed:
        store_pages_with(instance)
        for term in instance.chair_terms.all():
            store_pages_with(term)
        store_persons()


@receiver(post_delete, sender=Land)
def when_land_deleted(sender: type[Model], instance: Land, **kwargs: Any) -> None:
    SearchEntry.objects.filter(key=f"land:{instance.code}").delete()


@receiver(post_save, sender=Theme)
def when_theme_saved(sender: type[Model], instance: Theme, created: bool, **kwargs: Any) -> None:
    """Store the theme; unless it is new also the pages that name it: its name may be another."""
    store_entries([of_theme(instance)], Q(key=f"theme:{instance.pk}"))
    if not created:
        store_pages_with(instance)


@receiver(post_delete, sender=Theme)
def when_theme_deleted(sender: type[Model], instance: Theme, **kwargs: Any) -> None:
    SearchEntry.objects.filter(key=f"theme:{instance.pk}").delete()


@receiver(post_save, sender=GlossaryTerm)
def index_glossary_term(sender: type[Model], instance: GlossaryTerm, **kwargs: Any) -> None:
    store_entries([of_term(instance)], Q(key=f"term:{instance.pk}"))


@receiver(post_delete, sender=GlossaryTerm)
def when_term_deleted(sender: type[Model], instance: GlossaryTerm, **kwargs: Any) -> None:
    SearchEntry.objects.filter(key=f"term:{instance.pk}").delete()


@receiver([post_save, post_delete], sender=ChairTerm)
@receiver([post_save, post_delete], sender=ChairPerson)
def when_chair_changed(sender: type[Model], instance: Model, **kwargs: Any) -> None:
    """Store the persons with the page of the chair, whose names and years they are found by."""
    store_persons()


@receiver([post_save, document_read], sender=SiteDocument)
def when_document_saved(sender: type[Model], instance: SiteDocument, **kwargs: Any) -> None:
    """Store the document and its pages; whether readers see it is asked when they search."""
    store_document(instance)


@receiver([post_save, post_delete], sender=SiteVideo)
def when_video_changed(sender: type[Model], instance: SiteVideo, **kwargs: Any) -> None:
    """Store the pages that show the video, whose transcript is found with them."""
    pages = ReferenceIndex.get_references_to(instance).filter(base_content_type__model="page")
    ids = [int(pk) for pk in pages.values_list("object_id", flat=True)]
    store_pages(Page.objects.live().filter(pk__in=ids))


def store_persons() -> None:
    """Bring the persons up to date with the page of the chair that they lead to."""
    store_pages(ChairPage.objects.live())


def store_pages_with(instance: Model) -> None:
    """Store the live pages that have a relation to `instance`, which is not a page."""
    for model in get_page_models():
        for field in model._meta.get_fields():
            if field.related_model is type(instance) and not field.auto_created:
                store_pages(model.objects.live().filter(**{field.name: instance}))
