"""The check beside the form, in the served site: what it says is told while somebody types, and leads to the words."""

import re

import pytest
from playwright.sync_api import expect

from tests.test_browser_desk import action, begin, save_draft, status, title_of


@pytest.mark.audit
def test_an_official_who_moves_a_conference_is_led_to_the_sentence_that_still_names_the_former_day(
    official, served_site
):
    begin(official, "conferences/conferencepage", "konferenzen").press_sequentially("Verlegte Konferenz")
    official.get_by_label("Nummer").first.press_sequentially("85")
    day = official.get_by_label("Erster Tag").first
    day.press_sequentially("04.05.2085")
    title_of(official)
    official.get_by_role("tab", name="Text und Programm").click()
    official.get_by_role("textbox", name="Einleitung").press_sequentially("Am 4. Mai 2085 tagen die Länder in Mainz.")
    save_draft(official)
    check = official.get_by_role("region", name="Prüfung")
    expect(check).to_contain_text("Programm: Fehlt noch.")
    expect(check).not_to_contain_text("hier steht")

    official.wait_for_timeout(2_500)  # until Wagtail looks for changes
    day.click()
    day.fill("")
    day.press_sequentially("11.05.2085")
    title_of(official)
    expect(check).to_contain_text("Die Felder der Konferenz sagen 11. Mai 2085, hier steht: „Am 4. Mai 2085 tagen")
    expect(check.get_by_role("heading")).to_have_count(0)
    check.get_by_role("link", name="Einleitung").click()
    introduction = official.get_by_role("textbox", name="Einleitung")
    expect(introduction).to_be_focused()
    marked = introduction.evaluate("(field) => field.value.slice(field.selectionStart, field.selectionEnd)")
    assert marked == "4. Mai 2085"

    form = official.url.partition("#")[0]
    official.get_by_role("button", name="Mehr Aktionen").click()
    expect(official.get_by_role("link", name=re.compile(r"Prüfung: \d Hinweise"))).to_be_visible()
    official.get_by_role("button", name="Veröffentlichen").first.click()
    expect(official.locator(".messages .success")).to_contain_text("veröffentlicht")
    assert status(served_site, "/konferenzen/85/") == 200

    official.goto(form)
    title_of(official)
    official.wait_for_timeout(2_500)
    official.get_by_label("Nummer").first.fill("")
    title_of(official)
    expect(check).to_contain_text("Vor dem Veröffentlichen noch zu klären")
    action(official, "Veröffentlichen")
    expect(official.locator(".error-message:visible")).not_to_have_count(0)
