"""The coming Land prepares its chair by typing, and sees in the rehearsal that it will be so."""

import re

import pytest
from playwright.sync_api import expect

from conferences.rules.rotation import next_land
from tests.conftest import signed_in

pytestmark = pytest.mark.audit


STORE = re.compile("^(Erstellen|Speichern)")  # another test may have begun the preparation


def test_the_coming_land_types_what_its_first_day_will_show_and_looks_at_it(
    playwright, browser, served_site, chairing_account
):
    coming = next_land(f"DE-{chairing_account.removeprefix('redaktion-').upper()}")
    state = signed_in(playwright, served_site, f"redaktion-{coming[3:].lower()}")
    context = browser.new_context(base_url=served_site.url, locale="de-DE", storage_state=state)
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.goto("/admin/")
    page.get_by_role("link", name="Kontakt der Geschäftsstelle").click()
    page.get_by_label("Ministerium", exact=True).first.press_sequentially("Ministerium für getippte Vorbereitungen")
    page.get_by_label("E-Mail der Geschäftsstelle").press_sequentially("kein At")
    page.get_by_role("button", name=re.compile("Person hinzufügen")).click()
    page.get_by_label("Name").last.press_sequentially("Paula Muster")
    page.get_by_role("button", name=STORE).click()
    expect(page.get_by_text("Das ist keine E-Mail-Adresse")).to_be_visible()
    page.get_by_label("E-Mail der Geschäftsstelle").fill("geschaeftsstelle@example.org")
    page.get_by_role("button", name=STORE).click()
    expect(page.get_by_text("Gespeichert, was")).to_be_visible()
    page.get_by_role("link", name="Übergabe", exact=True).first.click()
    page.get_by_role("link", name=re.compile("Probe|proben", re.IGNORECASE)).first.click()
    page.get_by_role("link", name="Impressum").click()
    expect(page.get_by_text("Ministerium für getippte Vorbereitungen")).to_be_visible()
    page.goto("/impressum/")
    expect(page.get_by_text("Impressum").first).to_be_visible()
    expect(page.get_by_text("Ministerium für getippte Vorbereitungen")).to_have_count(0)
    context.close()
