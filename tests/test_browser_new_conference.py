"""A special conference with its agenda, a press release and sixteen votes, with the keyboard alone."""

import re

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from tests.admin_screens import DESK, TELEPHONE, faults_by_axe
from tests.test_browser_photos import Hands

pytestmark = pytest.mark.audit
BEFORE = {
    "Sonderkonferenz": {"clicks": 18, "fields": 20, "loads": 5},
    "Beschluss mit sechzehn Stimmen": {"clicks": 16, "fields": 19, "loads": 4},
}


def counted(hands: Hands, task: str) -> None:
    """Print what the task has taken so far; it must be half of what it took at most."""
    hands.page.wait_for_load_state()
    counts = {"clicks": hands.clicks, "fields": hands.fields, "loads": hands.loads}
    print(f"{task}: {counts}, zuvor {BEFORE[task]}")
    assert all(2 * counts[what] <= BEFORE[task][what] for what in counts)


def has_no_fault(page: Page, within: str = "html") -> None:
    page.evaluate(AXE_SCRIPT)
    for size in (DESK, TELEPHONE, {"width": 320, "height": 800}):
        page.set_viewport_size(size)
        assert faults_by_axe(page, within) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    page.set_viewport_size({"width": 1280, "height": 1000})


def test_a_special_conference_its_agenda_and_sixteen_votes_take_half_the_work(official):
    hands = Hands(official)
    official.goto("/admin/")
    hands.loads = 0  # there everybody begins
    new = official.get_by_role("navigation", name="Neu:")
    hands.press(new.get_by_role("link", name="Konferenz", exact=True))
    hands.press(official.get_by_label("Hauptkonferenz", exact=True), "ArrowDown")
    expect(official.get_by_label("Nummer der Hauptkonferenz")).to_be_hidden()
    hands.type(official.get_by_label("Erster Tag"), "05112027")  # as a browser in English takes it
    expect(official.get_by_text("Amtszeit: Rheinland-Pfalz, ")).to_be_visible()
    expect(official.get_by_label("Gastgebendes Land").locator("option:checked")).to_have_text("Rheinland-Pfalz")
    hands.type(official.get_by_label("Letzter Tag"), "05122027")
    hands.type(official.get_by_label("Ort", exact=True), "Speyer")
    has_no_fault(official)
    hands.press(official.get_by_role("button", name="Entwürfe anlegen"))
    said = official.get_by_text("Als Entwurf angelegt: die Seite der Konferenz und eine Pressemitteilung.")
    expect(said).to_be_visible()
    made = [official.url, official.get_by_role("link", name="Zur Pressemitteilung").get_attribute("href")]
    counted(hands, "Sonderkonferenz")

    official.wait_for_load_state()
    agenda = Hands(official)
    agenda.press(official.get_by_role("link", name="Zur Tagesordnung"))
    rows = official.locator(".agenda__table tbody tr")
    for number, title in enumerate(("Sprache", "Anerkennung", "Sport")):
        agenda.type(rows.nth(number).get_by_label("TOP,"), f"2.{number + 1}")
        agenda.type(rows.nth(number).get_by_label("Titel,"), title)
    agenda.press(rows.nth(1).locator("summary").first)
    agenda.press(rows.nth(1).get_by_label("Bayern"), " ")
    expect(rows.nth(1).locator("[data-chosen]").first).to_have_text("Bayern")
    has_no_fault(official)
    agenda.press(official.get_by_role("button", name="Alle speichern"))
    expect(official.get_by_text("3 Punkte sind als Entwürfe gespeichert.")).to_be_visible()
    forms = official.get_by_role("link", name=re.compile("^Formular von TOP"))
    made = [*(form.get_attribute("href") for form in forms.all()), *made]
    print(f"Drei Punkte der Tagesordnung: {agenda.clicks} Klicks, {agenda.fields} Felder, {agenda.loads} Seiten")

    official.wait_for_load_state()
    voting = Hands(official)
    voting.press(official.get_by_role("link", name="Formular von TOP 2.2"))
    voting.press(official.get_by_role("tab", name="Inhalt"), "ArrowRight")
    voting.type(official.get_by_role("combobox", name="Ergebnis"), "mehrheitlich")
    voting.press(official.get_by_role("button", name="Alle Ja"))
    votes = official.locator("votes-table tbody tr")
    voting.press(votes.filter(has_text="Bayern").get_by_label("Ja"), "ArrowRight")
    voting.press(votes.filter(has_text="Sachsen-Anhalt").get_by_label("Ja"), "ArrowLeft")  # the last way is next to it
    expect(official.locator("[data-tally]")).to_have_text("14 Ja, 1 Nein, 1 nicht bekannt")
    has_no_fault(official, "votes-table")
    voting.press(official.get_by_role("button", name="Entwurf speichern"))
    expect(official.locator(".messages .success")).to_be_visible()
    counted(voting, "Beschluss mit sechzehn Stimmen")
    official.reload()
    expect(votes.locator("input[value=yes]:checked")).to_have_count(14)
    expect(votes.filter(has_text="Bayern").get_by_label("Nein")).to_be_checked()

    official.goto(made[-2].replace("/edit/", "/bausteine/"))
    has_no_fault(official)
    official.locator(".copied-blocks__list a").first.click()
    expect(official.get_by_role("button", name="Übernehmen")).to_be_visible()
    has_no_fault(official)

    for address in made:  # what other tests look at stays as it is
        official.goto(address.partition("#")[0].replace("/edit/", "/delete/"))
        official.get_by_role("button", name="Ja, löschen").click()
        expect(official.get_by_role("button", name="Rückgängig")).to_be_visible()
