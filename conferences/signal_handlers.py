"""What saving, moving or deleting a page, and asking for the release of a document, sets off in the conferences."""

from typing import Any

from django.db.models import Model, ProtectedError
from django.db.models.signals import post_save, pre_delete
from django.dispatch import receiver
from wagtail.models import Page
from wagtail.signals import page_slug_changed, page_unpublished, post_page_move

from conferences.models import ChairTerm, ConferencePage, ResolutionPage
from conferences.models.identifier import ResolutionIdentifier, identifier_key, record_identifiers
from conferences.models.resolution_parts import ResolutionReference
from conferences.models.resolution_release import holds
from conferences.rules.term_changes import TermRefusedError, with_term
from intmk.media.documents.models import SiteDocument, release_asked
from intmk.server.switch import filling
from intmk.trash.models import NotRestoredError, TrashedItem, going, restored

NAMED_BY = {"slug", "title", "url_path"}  # what an identifier is made of; of a draft none is stored


@receiver(post_save, sender=ResolutionPage)
def when_saved(sender: Any, instance: ResolutionPage, raw: bool = False, **kwargs: Any) -> None:
    """Record the number under which it is public; read from the database, since a draft in memory has another."""
    stored = kwargs.get("update_fields")
    if not raw and not filling and (stored is None or not NAMED_BY.isdisjoint(stored)):
        record_identifiers(ResolutionPage.objects.filter(pk=instance.pk))


@receiver(page_unpublished)
def when_withdrawn(sender: type[Page], instance: Page, **kwargs: Any) -> None:
    """Note it in the own table, too, where the page was withdrawn together with others: Wagtail saves no more of it."""
    if issubclass(sender, (ConferencePage, ResolutionPage)):
        sender.objects.filter(pk=instance.pk).update(is_public=False)


@receiver(post_page_move)
def follow_moved_resolution(sender: Any, instance: Page, parent_page_after: Page, **kwargs: Any) -> None:
    """Let a moved resolution belong to its new conference, and record the number that it has there."""
    moved = ResolutionPage.objects.descendant_of(instance, inclusive=True)
    if issubclass(sender, ResolutionPage):
        moved.update(conference=parent_page_after.pk)
    record_identifiers(moved)


@receiver(page_slug_changed)
def when_readdressed(sender: Any, instance: Page, **kwargs: Any) -> None:
    """Record the further number of each resolution below a conference that has got another one."""
    record_identifiers(ResolutionPage.objects.descendant_of(instance, inclusive=True))


@receiver(pre_delete, sender=ResolutionPage)
def keep_references_in_words(sender: type[Model], instance: ResolutionPage, **kwargs: Any) -> None:
    """Write down what others refer to before it is deleted; of what never was public nobody may learn the title."""
    if not instance.first_published_at:
        ResolutionReference.objects.filter(target=instance.pk).delete()
        return
    conference = instance.public_conference
    words = f"{instance.number} der {conference}: " if instance.number and conference else ""
    ResolutionReference.objects.filter(target=instance.pk).update(
        target=None, elsewhere=f"{words}{instance.title}"[:250]
    )


@receiver(going)
def keep_references_to_drafts(sender: type[Model], keys: dict[type[Model], set], **kwargs: Any) -> Any:
    """Return the references that go with a resolution that never was public."""
    return ResolutionReference.objects.filter(
        target__in=keys.get(ResolutionPage, ()), target__first_published_at__isnull=True
    )


@receiver(restored)
def take_numbers_back(sender: type[Model], item: TrashedItem, page_keys: list[int], **kwargs: Any) -> None:
    """Let others refer to it by its page again; raise NotRestoredError when another has got its identifier."""
    ResolutionReference.objects.filter(target__in=page_keys).update(elsewhere="")
    resolutions = ResolutionPage.objects.filter(pk__in=page_keys)
    record_identifiers(resolutions)
    for page in resolutions.live().filter(identifiers=None):
        other = ResolutionIdentifier.objects.get(key=identifier_key(*page.url_path.strip("/").split("/")[-2:]))
        raise NotRestoredError(
            f"„{item.title}“ bleibt im Papierkorb: Die Kennung {other.key} trägt inzwischen der Beschluss "
            f"„{other.title}“, und jede wird nur einmal vergeben."
        )


@receiver(restored, sender=ChairTerm)
def take_term_back(sender: type[Model], instance: ChairTerm, item: TrashedItem, **kwargs: Any) -> None:
    """Raise NotRestoredError where the terms would overlap now or leave a gap."""
    others = [term for pk, term in ChairTerm.objects.by_key().items() if pk != instance.pk]
    try:
        with_term(others, instance.as_term())
    except TermRefusedError as error:
        raise NotRestoredError(f"„{item.title}“ bleibt im Papierkorb: {error.message}") from error


@receiver(release_asked)
def hidden_in_paper(sender: type[Model], instance: SiteDocument, **kwargs: Any) -> str:
    """Return why `instance` must be withheld: it holds what one of its resolutions hides. "" otherwise."""
    for page in ResolutionPage.objects.filter(source_file=instance.pk):
        if holds(instance, page.hidden_texts() + page.hidden_statements()):
            return f"Im Dokument steht, was beim Beschluss „{page.title}“ nicht freigegeben ist."
    return ""


@receiver(pre_delete, sender=SiteDocument)
def keep_source_files(sender: type[Model], instance: SiteDocument, **kwargs: Any) -> None:
    """Raise ProtectedError for a document that is the source of a resolution."""
    pages: set[Model] = {*ResolutionPage.objects.filter(source_file=instance.pk)}
    if pages:
        raise ProtectedError("Das Dokument ist die Quelldatei eines Beschlusses.", pages)
