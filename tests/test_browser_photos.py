"""Photos come onto the site in one go, by keyboard alone; test_browser_fifteen_tasks counts what it takes."""

import re
from base64 import b64encode

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from tests.admin_screens import DESK, TELEPHONE, faults_by_axe
from tests.keyboard import Hands, photos

pytestmark = pytest.mark.audit
# What a window gives when files from the desktop are let go over it.
DROPPED = """(files) => {
  const dropped = new DataTransfer();
  for (const { name, mimeType, buffer } of files) {
    const bytes = Uint8Array.from(atob(buffer), (sign) => sign.charCodeAt(0));
    dropped.items.add(new File([bytes], name, { type: mimeType }));
  }
  return dropped;
}"""


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
    for size in (DESK, TELEPHONE, {"width": 320, "height": 800}):
        official.set_viewport_size(size)
        assert faults_by_axe(official) == []
        assert official.evaluate("document.documentElement.scrollWidth") <= size["width"]
    for left in (1, 0):
        rows.first.get_by_role("button", name="Entfernen").click()
        expect(rows).to_have_count(left)


def test_photos_are_dropped_onto_the_conference_and_the_progress_is_shown(official):
    official.goto("/admin/")
    official.get_by_role("link", name=re.compile("^Fotos zur ")).click()
    bar, rows = official.get_by_role("progressbar", name="Fotos übertragen"), official.locator("[data-photo]")
    expect(official.locator("form.photos--live")).to_be_visible()
    expect(bar).to_be_hidden()
    held = []
    official.route(re.compile(r"/admin/fotos/\d+/"), lambda route: held.append(route))
    names = ("Drittes 003.jpg", "Viertes 004.jpg", "Fuenftes 005.jpg")
    files = [photo | {"buffer": b64encode(photo["buffer"]).decode()} for photo in photos(*names)]
    dropped = official.evaluate_handle(DROPPED, files)
    official.locator("form.photos").dispatch_event("drop", {"dataTransfer": dropped})
    expect(official.get_by_text("0 von 3 Fotos übertragen")).to_be_visible()
    expect(bar).to_be_visible()
    assert (bar.get_attribute("max"), bar.evaluate("bar => bar.value")) == ("3", 0)
    expect(official.locator(".photos__coming")).to_have_count(3)
    held.pop(0).continue_()
    expect(official.get_by_text("1 von 3 Fotos übertragen")).to_be_visible()
    assert bar.evaluate("bar => bar.value") == 1
    while held:
        held.pop(0).continue_()
    official.unroute_all()
    expect(rows).to_have_count(3)
    expect(official.get_by_text("Alle Fotos sind übertragen.")).to_be_visible()
    expect(bar).to_be_hidden()
    saved(official)
    for left in (2, 1, 0):
        rows.first.get_by_role("button", name="Entfernen").click()
        expect(rows).to_have_count(left)
