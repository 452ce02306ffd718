"""Photos come onto the site in one go, by keyboard alone; test_browser_fifteen_tasks counts what it takes."""

import re

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from tests.keyboard import Hands, photos
from tests.test_browser_admin import SIZES, TAGS

pytestmark = pytest.mark.audit


def saved(page: Page) -> None:
    """Wait until what was typed last is stored."""
    expect(page.get_by_text("Alles Geschriebene ist gespeichert.")).to_be_visible()


def test_what_was_begun_is_there_again_and_the_screen_has_no_fault(official):
    hands = Hands(official)
    official.goto("/admin/")
    hands.press(official.get_by_role("link", name=re.compile("^Fotos zur ")))
    chosen = photos("Erstes 001.jpg", "brief.pdf", "Zweites 002.jpg")
    hands.choose_files(official.get_by_label("Fotos wählen"), chosen)
    expect(official.get_by_text("brief.pdf: Dateien mit der Endung „.pdf“")).to_be_visible()
    rows = official.locator("[data-photo]")
    expect(rows).to_have_count(2)
    hands.type(rows.nth(1).get_by_label("Alternativtext"), "Angefangener Satz")
    saved(official)
    hands.press(rows.nth(1).get_by_role("button", name="Nach vorn"))
    expect(rows.first.locator("legend")).to_have_text("Zweites 002.jpg")
    hands.type(rows.nth(1).get_by_label("Alternativtext"), "Und im Weggehen getippt")
    official.goto("/admin/")  # before it is saved
    official.go_back()
    official.reload()
    expect(rows).to_have_count(2)
    expect(rows.first.get_by_label("Alternativtext")).to_have_value("Angefangener Satz")
    expect(rows.nth(1).get_by_label("Alternativtext")).to_have_value("Und im Weggehen getippt")
    official.evaluate(AXE_SCRIPT)
    for size in (*SIZES.values(), {"width": 320, "height": 800}):
        official.set_viewport_size(size)
        asked = "tags => axe.run({runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})"
        result = official.evaluate(asked, TAGS)
        assert result["passes"]
        assert not [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in result["violations"]]
        assert official.evaluate("document.documentElement.scrollWidth") <= size["width"]
    for left in (1, 0):
        rows.first.get_by_role("button", name="Entfernen").click()
        expect(rows).to_have_count(left)
