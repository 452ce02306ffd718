"""On a telephone nothing stands out sideways, however long a word that an editor types, and no field makes it zoom."""

from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from playwright.sync_api import Browser, Route

from tests.filled_site import fill_site
from tests.test_browser_crawl import OVERFLOW, SMALL_FIELDS, TELEPHONE, TYPICAL, WITHOUT_SERVER

WORD = "Wq" * 60  # no dictionary knows where to divide it


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
    fill_site([WORD])
    reader = Client(HTTP_HOST="localhost")
    addresses = [address for address in TYPICAL.values() if address not in WITHOUT_SERVER]
    pages = {address: reader.get(address).content.decode() for address in addresses}
    assert all(WORD in html for html in pages.values())
    assert stands_out(telephone, pages) == {}
