"""Public pages that refer to what is not there: a page or document that is gone or not public, another website.

Within the site by Wagtail's index of references, since reading all texts would take seconds. It forgets what led to a
thing that is deleted until the page with the link is saved again: of these the deletion itself has told, and readers
see no link. Other websites: intmk/desk/outgoing_links.py.
"""

from django.contrib.contenttypes.models import ContentType
from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, When
from django.db.models.functions import Cast
from django.db.models.lookups import Exact
from wagtail.models import Page, ReferenceIndex, get_default_page_content_type

from intmk.desk.outgoing_links import OutgoingLink
from intmk.media.documents.models import SiteDocument


def dead_references() -> QuerySet[ReferenceIndex]:
    """Return what pages refer to in vain, as Wagtail has noted it of their stored version.

    Each reference is looked up by its key, since they are fewer than pages.
    """
    pages, documents = get_default_page_content_type(), ContentType.objects.get_for_model(SiteDocument)
    to_pages = Q(to_content_type=pages) & ~is_one_of(Page.objects.live(), pages)
    to_documents = Q(to_content_type=documents) & ~is_one_of(SiteDocument.objects.all(), documents)
    return ReferenceIndex.objects.filter(to_pages | to_documents, base_content_type=pages)


def is_one_of(things: QuerySet, kind: ContentType) -> Exists:
    """Return the condition that a reference leads to one of these; it holds keys as text, of other kinds any text."""
    number = Cast(OuterRef("to_object_id"), IntegerField())
    return Exists(things.order_by().filter(pk=Case(When(Q(Exact(OuterRef("to_content_type"), kind.pk)), then=number))))


def broken_links() -> QuerySet[Page]:
    """Return the public pages with such references, within the site or to other websites; one query."""
    sources = dead_references().annotate(source=Cast("object_id", IntegerField())).values("source")
    carriers = OutgoingLink.objects.broken().keys_of_pages()
    return Page.objects.live().filter(pk__in=sources.union(carriers))  # OR would read all pages


def references_in_vain(pages: list[Page]) -> dict[int, list[str]]:
    """Return by page what it refers to in vain, as "Text: Seite „Kontakt“, nicht öffentlich"; four queries."""
    references = list(dead_references().filter(object_id__in=[str(page.pk) for page in pages]))
    page_type = get_default_page_content_type().pk
    targets = [int(item.to_object_id) for item in references if item.to_content_type_id == page_type]
    titles = dict(Page.objects.filter(pk__in=targets).values_list("pk", "draft_title"))
    models = {page.pk: page.specific_class for page in pages}
    found: dict[int, list[str]] = {page.pk: [] for page in pages}
    for item in references:
        key = int(item.object_id)
        field = models[key]._meta.get_field(item.model_path.partition(".")[0])
        label = getattr(field, "verbose_name", None) or field.related_model._meta.verbose_name_plural
        if item.to_content_type_id != page_type:
            what = "gelöschtes Dokument"
        elif title := titles.get(int(item.to_object_id)):
            what = f"„{title}“, nicht öffentlich"
        else:
            what = "gelöschte Seite"
        found[key].append(f"{label}: {what}")
    for link in OutgoingLink.objects.broken().filter(pages__overlap=list(found)).order_by("url"):
        for key in found.keys() & set(link.pages):
            found[key].append(f"{link.url}: {link.fault}")
    return found
