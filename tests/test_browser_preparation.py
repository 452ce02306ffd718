"""The coming Land prepares its chair by typing, and sees in the rehearsal that it will be so."""

import re

import pytest
from playwright.sync_api import expect

from conferences.rules.rotation import next_land
from tests.conftest import signed_in

pytestmark = pytest.mark.audit


STORE = re.compile("^(Erstellen|Speichern)")  # another test may have begun the preparation


@pytest.fixture
def coming(playwright, browser, served_site, chairing_account):
    """The page of an official of the Land that will have the chair next."""
    land = next_land(f"DE-{chairing_account.removeprefix('redaktion-').upper()}")
    state = signed_in(playwright, served_site, f"redaktion-{land[3:].lower()}")
    context = browser.new_context(base_url=served_site.url, locale="de-DE", storage_state=state)
    page = context.new_page()
    page.set_default_timeout(30_000)
    yield page
    context.close()


def test_the_coming_land_types_what_its_first_day_will_show_and_looks_at_it(coming):
    page = coming
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


def test_the_coming_land_types_its_conference_and_sees_in_the_rehearsal_that_it_will_be_public_by_itself(coming):
    coming.goto("/admin/")
    coming.get_by_role("navigation", name="Neu:").get_by_role("link", name="Konferenz", exact=True).click()
    coming.get_by_label("Erster Tag").press_sequentially("03162028")  # as a browser in English takes it
    coming.get_by_label("Letzter Tag").press_sequentially("03172028")
    coming.get_by_label("Ort", exact=True).press_sequentially("Musterstadt")
    coming.get_by_label("Entwurf einer Pressemitteilung anlegen").uncheck()
    coming.get_by_role("button", name="Entwürfe anlegen").click()
    expect(coming.get_by_text("Als Entwurf angelegt")).to_be_visible()
    form, title = coming.url, coming.locator("#id_title").input_value()
    coming.get_by_role("button", name="Mehr Aktionen").click()
    coming.get_by_role("button", name=re.compile(r"^Am .* veröffentlichen$")).click()
    expect(coming.get_by_text("um 0 Uhr von selbst öffentlich")).to_be_visible()
    coming.get_by_role("link", name="Geplant", exact=True).first.click()
    expect(coming.get_by_role("main").get_by_role("link", name=title)).to_be_visible()
    coming.goto("/konferenzen/")
    expect(coming.get_by_text("Musterstadt")).to_have_count(0)
    coming.goto("/admin/probe/")
    coming.get_by_role("link", name="Konferenzen", exact=True).last.click()
    expect(coming.get_by_text("Musterstadt").first).to_be_visible()
    coming.goto(form)
    coming.get_by_role("button", name="Vormerkung zurücknehmen").click()
    expect(coming.get_by_text("ist wieder ein Entwurf und nicht mehr vorgemerkt")).to_be_visible()
    coming.goto(form.partition("#")[0].replace("/edit/", "/delete/"))  # what other tests look at stays as it is
    coming.get_by_role("button", name="Ja, löschen").click()
    expect(coming.get_by_role("button", name="Rückgängig")).to_be_visible()
