"""The admin at four times its size, on paper, and with its outline below its head."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Playwright

from tests.admin_screens import window_of
from tests.conftest import ServedSite

pytestmark = pytest.mark.audit

HEAD_OVER_OUTLINE = """() => document.querySelector('.w-slim-header').getBoundingClientRect().bottom
  - document.querySelector('.w-minimap__toggle').getBoundingClientRect().top"""
ROLLS = "() => document.querySelector('main > .content').offsetHeight - document.querySelector('main').clientHeight"
EDITOR = "/admin/pages/3/edit/"


@pytest.fixture(scope="module")
def window(playwright: Playwright, browser: Browser, served_site: ServedSite) -> Iterator[Page]:
    """A window of the administrator, who sees all."""
    with window_of("admin", playwright, browser, served_site) as window:
        yield window


def test_the_outline_of_a_form_never_lies_under_its_head(window):
    for width in (1280, 360, 1280, 320):
        window.set_viewport_size({"width": width, "height": 800})
        if width == 1280:
            window.goto(EDITOR)
            window.locator(".w-minimap__toggle").wait_for()
        assert window.evaluate(HEAD_OVER_OUTLINE) <= 0, width


def test_at_four_times_the_size_the_head_of_a_form_rolls_away(window):
    window.set_viewport_size({"width": 320, "height": 256})
    window.goto(EDITOR)
    window.locator("#id_title").scroll_into_view_if_needed()
    window.locator("main").evaluate("main => main.scrollBy(0, 300)")
    assert window.locator(".w-slim-header").evaluate("head => head.getBoundingClientRect().bottom") <= 0


@pytest.mark.parametrize("screen", ["/admin/", EDITOR, "/admin/uebergabe/", "/admin/listen/beschluesse/"])
def test_on_paper_stands_all_of_it_and_nothing_to_press_beside_it(window, screen):
    window.set_viewport_size({"width": 794, "height": 400})
    window.goto(screen)
    window.locator(".sidebar").first.wait_for(state="attached")
    assert window.evaluate(ROLLS) > 0
    window.emulate_media(media="print")
    assert window.evaluate(ROLLS) <= 0
    assert not window.locator(".sidebar").first.is_visible()
    window.emulate_media(media="screen")
