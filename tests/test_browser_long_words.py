"""On a telephone nothing stands out sideways, however long a word that an editor types, and no field makes it zoom."""

from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.contrib.staticfiles import finders
from django.db import models
from django.test import Client
from playwright.sync_api import Browser, Route
from wagtail import blocks
from wagtail.contrib.table_block.blocks import TableBlock
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page
from wagtail.rich_text import RichText

from tests import browser_pages
from tests.test_browser_crawl import OVERFLOW, SMALL_FIELDS, TELEPHONE, TYPICAL, WITHOUT_SERVER

WORD = "Wq" * 60  # no dictionary knows where to divide it
TEXT = (
    f'<h3>{WORD}</h3><p>{WORD} <b>{WORD}</b> <a href="https://www.example.org/{WORD}">{WORD}</a></p>'
    f"<ul><li>{WORD}</li></ul><ol><li>{WORD}</li></ol>"
)


def long_words(block: blocks.Block, value: Any) -> Any:
    """Return `value` with WORD for each text in it."""
    if isinstance(block, blocks.RichTextBlock):
        return RichText(TEXT)
    if isinstance(block, TableBlock):
        return value | {"data": [[WORD for _ in row] for row in value["data"]], "table_caption": WORD}
    if isinstance(block, blocks.StructBlock):
        return blocks.StructValue(
            block, [(name, long_words(block.child_blocks[name], each)) for name, each in value.items()]
        )
    if isinstance(block, blocks.CharBlock | blocks.TextBlock):
        return WORD[: block.field.max_length]
    return value


def fill(model: type[models.Model]) -> None:
    """Put WORD into each text of all rows that an editor can type."""
    for row in model._base_manager.all():
        changed = {}
        for field in model._meta.local_concrete_fields:
            value = getattr(row, field.attname)
            is_text = isinstance(field, models.CharField | models.TextField) and not isinstance(field, models.SlugField)
            if isinstance(field, StreamField):
                made = [(part.block_type, long_words(part.block, part.value)) for part in value]
                changed[field.name] = field.stream_block.to_python(field.stream_block.get_prep_value(
                    field.stream_block.normalize(made)))  # fmt: skip
            elif is_text and value and field.editable and not field.choices and not field.unique:
                changed[field.name] = typed(field)
        if changed:
            model._base_manager.filter(pk=row.pk).update(**changed)


def typed(field: models.Field) -> str:
    """Return the longest that the field takes."""
    if isinstance(field, models.EmailField):
        return f"{WORD[:60]}@{WORD[:60]}.example.org"
    if isinstance(field, models.URLField):
        return f"https://www.example.org/{WORD}"
    return TEXT if isinstance(field, RichTextField) else WORD[: field.max_length]


@pytest.fixture
def telephone(browser: Browser) -> Iterator[Any]:
    """A window of its width, without a server."""
    context = browser.new_context(viewport=TELEPHONE, locale="de-DE", base_url="http://localhost/")
    yield context.new_page()
    context.close()


def answer(pages: dict[str, str], route: Route) -> None:
    """Answer with one of the pages or a static file; where it is called it sees another database than the test."""
    parts = urlsplit(route.request.url)
    address = parts.path + (f"?{parts.query}" if parts.query else "")
    static = parts.path.removeprefix("/static/")
    found = finders.find(static) if static != parts.path else None
    if address in pages:
        route.fulfill(body=pages[address], content_type="text/html; charset=utf-8")
    elif found:
        route.fulfill(path=found)
    else:
        route.fulfill(status=404)


def stands_out(page: Any, pages: dict[str, str]) -> dict[str, str]:
    """Return by address what is too wide, or too small to type in."""
    page.route("**/*", partial(answer, pages))
    faults = {}
    for address in pages:
        page.goto(address)
        if found := page.evaluate(OVERFLOW) or page.evaluate(SMALL_FIELDS):
            faults[address] = str(found)
    return faults


@pytest.mark.audit
@pytest.mark.django_db
def test_no_word_that_an_editor_can_type_stands_out_on_any_type_of_page(settings, tmp_path, telephone):
    settings.MEDIA_ROOT = tmp_path
    browser_pages.create()
    kept = {"users", "wagtailcore"}
    for model in apps.get_models():
        if model._meta.app_label in {"intmk", "conferences", "history"} - kept and not model._meta.proxy:
            fill(model)
    Page.objects.filter(depth__gt=2).update(title=WORD, draft_title=WORD, seo_title="")
    reader = Client(HTTP_HOST="localhost")
    addresses = [address for address in TYPICAL.values() if address not in WITHOUT_SERVER]
    pages = {address: reader.get(address).content.decode() for address in addresses}
    assert all(WORD in html for html in pages.values())
    assert stands_out(telephone, pages) == {}
