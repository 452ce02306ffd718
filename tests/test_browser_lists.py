"""What an official looks for is found, filtered, taken along and, deleted by mistake, brought back."""

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.test_browser_desk import begin, save_draft

pytestmark = pytest.mark.audit


def draft_resolution(official: Page, title: str, item: str) -> None:
    """Type a resolution of the twelfth conference and leave it as a draft."""
    begin(official, "conferences/resolutionpage", "12").press_sequentially(title)
    official.get_by_role("textbox", name="TOP", exact=True).fill(item)
    save_draft(official)


def test_a_number_and_a_place_are_found_filtered_exported_and_a_deletion_of_several_undone(official):
    for item in ("3.1", "3.2"):
        draft_resolution(official, f"Versehentlich {item}", item)
    official.goto("/admin/")
    search = official.get_by_role("textbox", name="Suche").last
    search.press_sequentially("TOP 3.1")
    search.press("Enter")
    expect(official.get_by_role("link", name="Versehentlich 3.1")).to_be_visible()
    expect(official.get_by_role("link", name="Versehentlich 3.2")).to_have_count(0)

    official.get_by_role("button", name="Listen").click()
    official.get_by_role("link", name="Beschlüsse", exact=True).click()
    expect(official.get_by_role("heading", name="Beschlüsse")).to_be_visible()
    field = official.get_by_role("textbox", name="Suchbegriff")
    field.press_sequentially("Friedrichshafen")
    rows = official.locator(".page-list tbody tr")
    expect(official.get_by_role("link", name="Einwanderungsgesetz")).to_be_visible()
    expect(rows.filter(has_text="2017, Friedrichshafen (12.)")).to_have_count(rows.count())
    official.get_by_role("button", name="Filter anzeigen").first.click()
    drawer = official.locator("#filters-drilldown")
    drawer.get_by_role("button", name=re.compile("Öffentlich")).first.click()
    drawer.get_by_role("checkbox", name="nicht öffentlich").check()
    expect(rows).to_have_count(2)
    official.keyboard.press("Escape")

    official.get_by_role("button", name="Aktionen").first.click()
    with official.expect_download() as download:
        official.get_by_role("link", name=re.compile("CSV")).click()
    with Path(download.value.path()).open(encoding="utf-8") as file:
        assert {row["TOP"] for row in csv.DictReader(file)} == {"3.1", "3.2"}

    official.keyboard.press("Escape")
    official.locator(".page-list thead input[type=checkbox]").check()
    official.get_by_role("link", name="Gewählte Seiten löschen").click()
    official.get_by_role("button", name="Ja, löschen").click()
    expect(official.locator(".messages")).to_contain_text("im Papierkorb")
    official.get_by_role("button", name="Rückgängig").click()
    expect(official.locator(".messages .success").first).to_contain_text("ist wieder da")
    official.goto("/admin/listen/beschluesse/?q=Versehentlich")
    expect(rows).to_have_count(2)
    official.set_viewport_size({"width": 390, "height": 800})
    assert official.evaluate("document.documentElement.scrollWidth") <= 390


def test_on_a_telephone_each_cell_has_the_name_of_its_column_also_after_a_search(official):
    official.set_viewport_size({"width": 390, "height": 800})
    official.goto("/admin/documents/")
    cell = official.locator(".listing tbody td[data-label=Datei]").first
    shown = "cell => getComputedStyle(cell, '::before').content"
    assert cell.evaluate(shown) == '"Datei: "'
    cell.evaluate("cell => { cell.closest('table').dataset.before = 'ja' }")
    official.get_by_role("textbox", name="Suchbegriff").press_sequentially("Protokoll")
    expect(official.locator(".listing[data-before]")).to_have_count(0)  # what was found stands there
    assert cell.evaluate(shown) == '"Datei: "'


def test_at_a_desk_the_head_of_a_list_stays_one_row_whatever_its_title_is(official):
    official.set_viewport_size({"width": 1280, "height": 900})
    key = official.request.get("/admin/api/main/pages/", params={"slug": "12"}).json()["items"][0]["id"]
    official.goto(f"/admin/pages/{key}/")
    head = official.locator(".w-slim-header")
    names = ("Unterseite hinzufügen", "Status umschalten")
    boxes = [head.locator(f"[aria-label*='{name}'], [title*='{name}']").first.bounding_box() for name in names]
    middles = [box["y"] + box["height"] / 2 for box in boxes]
    assert abs(middles[0] - middles[1]) < 10
    assert boxes[0]["x"] + boxes[0]["width"] < head.get_by_role("textbox").bounding_box()["x"]
