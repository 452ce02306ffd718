"""Many new resolutions at once: some ten statements for fifty pages, where Wagtail needs thirty for each.

For invented resolutions alone: no signal is sent and no revision made.

Inner name of Django: `QuerySet._insert`. 30,000 pages would take more than an hour by `add_child`.
"""

from typing import Any
from uuid import uuid4

from django.contrib.contenttypes.models import ContentType
from django.db.models import F
from django.utils import timezone
from wagtail.models import Page

from conferences.models import (
    FollowUp,
    ReportRequest,
    ResolutionPage,
    ResolutionReference,
    ResolutionStatement,
    ResolutionVote,
)
from conferences.models.resolution_parts import name_anchors

ROWS = (ResolutionVote, ResolutionStatement, ResolutionReference, ReportRequest, FollowUp)
MANY = ("movers", "themes", "addressees")


def store_below(parent: Any, pages: list[Any]) -> None:
    """Store unsaved, valid pages of one type as the last below `parent`: the row of Page, then that of its type."""
    locked = Page.objects.select_for_update().get(pk=parent.pk)  # also against people who add a page meanwhile
    last = locked.get_last_child()
    numbers = Page.numconv_obj()
    step = numbers.str2int(last.path[-Page.steplen :]) if last else 0
    model, now = type(pages[0]), timezone.now()
    content_type = ContentType.objects.get_for_model(model)
    for turn, page in enumerate(pages, start=step + 1):
        page.path = parent.path + numbers.int2str(turn).rjust(Page.steplen, Page.alphabet[0])
        page.depth = parent.depth + 1
        page.url_path, page.draft_title = f"{parent.url_path}{page.slug}/", page.title
        page.content_type, page.translation_key = content_type, uuid4()
        page.first_published_at = page.last_published_at = now if page.live else None
        page.is_public = page.live  # of resolutions; their save() would note it
    shared = [field.attname for field in Page._meta.concrete_fields if not field.primary_key]
    rows = Page.objects.bulk_create([Page(**{name: getattr(page, name) for name in shared}) for page in pages], 1000)
    for page, row in zip(pages, rows, strict=True):
        page.pk = row.pk
        page._state.adding = False
    # Not bulk_create: Django refuses it for a model that has its parent in another table.
    model._base_manager._insert(pages, fields=model._meta.local_concrete_fields, using=model._base_manager.db)
    Page.objects.filter(pk=parent.pk).update(numchild=F("numchild") + len(pages))
    parent.numchild += len(pages)


def store_rows(pages: list[Any]) -> None:
    """Store what belongs to stored resolutions: their rows, and what they are joined with."""
    for page in pages:
        name_anchors(list(page.statements.all()))
    for model in ROWS:
        name = model._meta.get_field("resolution").remote_field.related_name
        rows = [row for page in pages for row in getattr(page, name).all()]
        for page in pages:
            for row in getattr(page, name).all():
                row.resolution_id = page.pk
        model.objects.bulk_create(rows)
    for name in MANY:
        through = getattr(ResolutionPage, name).through
        field: Any = ResolutionPage._meta.get_field(name)
        target = field.m2m_reverse_field_name()
        through.objects.bulk_create(
            through(resolutionpage_id=page.pk, **{f"{target}_id": row.pk})
            for page in pages
            for row in getattr(page, name).all()
        )
