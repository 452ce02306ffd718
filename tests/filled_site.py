"""The site with pages of each type, and the texts of a test in each place where an editor can type one."""

from collections.abc import Iterator, Sequence
from itertools import cycle
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.html import escape
from wagtail import blocks
from wagtail.contrib.table_block.blocks import TableBlock
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page
from wagtail.rich_text import RichText

from tests import browser_pages

OURS = {"intmk", "conferences", "history"}


def fill_site(texts: Sequence[str]) -> None:
    """Create the pages of browser_pages, and put `texts`, one after the other, into each text that is there."""
    browser_pages.create()
    source = cycle(texts)
    for model in apps.get_models():
        if model._meta.app_label in OURS and not model._meta.proxy:
            fill(model, source)
    for page in Page.objects.filter(depth__gt=2):
        text = next(source)[:255]
        Page.objects.filter(pk=page.pk).update(title=text, draft_title=text, seo_title="")


def fill(model: type[models.Model], source: Iterator[str]) -> None:
    """Put texts into all rows of a model, past all doors."""
    for row in model._base_manager.all():
        changed = {}
        for field in model._meta.local_concrete_fields:
            value = getattr(row, field.attname)
            is_text = isinstance(field, models.CharField | models.TextField) and not isinstance(field, models.SlugField)
            if isinstance(field, StreamField):
                changed[field.name] = filled_stream(field, value, source)
            elif is_text and value and field.editable and not field.choices and not field.unique:
                changed[field.name] = typed(field, next(source))
        if changed:
            model._base_manager.filter(pk=row.pk).update(**changed)


def filled_stream(field: StreamField, value: blocks.StreamValue, source: Iterator[str]) -> Any:
    """Return the value of a stream with other texts in the same blocks."""
    block = field.stream_block
    made = [(part.block_type, filled_block(part.block, part.value, source)) for part in value]
    return block.to_python(block.get_prep_value(block.normalize(made)))


def filled_block(block: blocks.Block, value: Any, source: Iterator[str]) -> Any:
    """Return `value` with another for each text in it."""
    if isinstance(block, blocks.RichTextBlock):
        return RichText(rich(next(source)))
    if isinstance(block, TableBlock):
        rows = [[next(source) for _ in row] for row in value["data"]]
        return value | {"data": rows, "table_caption": next(source)}
    if isinstance(block, blocks.StructBlock):
        parts = [(name, filled_block(block.child_blocks[name], each, source)) for name, each in value.items()]
        return blocks.StructValue(block, parts)
    if isinstance(block, blocks.CharBlock | blocks.TextBlock):
        return next(source)[: block.field.max_length]
    return value


def typed(field: models.Field, text: str) -> str:
    """Return `text`, or what holds it, as long as the field takes."""
    word = "".join(filter(str.isalnum, text)) or "x"
    if isinstance(field, models.EmailField):
        return f"{word[:60]}@{word[:60]}.example.org"
    if isinstance(field, models.URLField):
        return f"https://www.example.org/{word}"[:200]
    return rich(text) if isinstance(field, RichTextField) else text[: field.max_length]


def rich(text: str) -> str:
    """Return rich text with `text` in each of its parts."""
    part = escape(text)
    link = f'<a href="https://www.example.org/{part}">{part}</a>'
    return f"<h3>{part}</h3><p>{part} <b>{part}</b> {link}</p><ul><li>{part}</li></ul><ol><li>{part}</li></ol>"
