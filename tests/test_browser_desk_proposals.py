"""A proposal from a Land to the chair and back, by typing and clicking in the served site."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.conftest import ServedSite, signed_in

ADDRESS = "/konferenzen/9/"


@pytest.fixture
def secretariat(playwright: Playwright, browser: Browser, served_site: ServedSite) -> Iterator[Callable[[str], Page]]:
    """Opens a window of the secretariat of a Land that does not chair."""
    contexts = []

    def window(land: str) -> Page:
        state = signed_in(playwright, served_site, f"redaktion-{land}")
        contexts.append(browser.new_context(base_url=served_site.url, storage_state=state, locale="de-DE"))
        contexts[-1].set_default_timeout(30_000)
        return contexts[-1].new_page()

    yield window
    for context in contexts:
        context.close()


def send(window: Page) -> None:
    """Go on from the form to where the proposal is sent, and send it."""
    window.get_by_role("button", name="Weiter zum Senden").click()
    window.get_by_role("button", name="Vorschlag senden").click()
    expect(window.locator(".messages .success")).to_contain_text("gesendet")


def open_form(window: Page) -> None:
    """Open the form of the ninth conference, until it is ready for what is typed."""
    pages = window.request.get("/admin/api/main/pages/", params={"slug": "9"}).json()["items"]
    window.goto(f"/admin/pages/{pages[0]['id']}/edit/")
    expect(window.locator("#id_place")).to_be_editable()


def retype(window: Page, field: str, text: str) -> None:
    window.locator(field).fill("")
    window.locator(field).press_sequentially(text)


def read(browser: Browser, site: ServedSite) -> str:
    """What somebody without an account reads."""
    window = browser.new_page(base_url=site.url)
    window.goto(ADDRESS)
    text = window.locator("main").inner_text()
    window.close()
    return text.replace("\u00a0", " ")


@pytest.mark.audit
def test_two_laender_propose_and_of_one_the_chair_takes_a_part(official, secretariat, browser, served_site):
    bavaria, saxony = secretariat("by"), secretariat("sn")
    open_form(saxony)
    retype(saxony, "#id_date_note", "Aus Dresden gemeldet")
    send(saxony)
    open_form(bavaria)
    expect(bavaria.get_by_text("ist ein Vorschlag Ihres Landes")).to_be_visible()
    bavaria.wait_for_timeout(2_500)  # the editor takes what stands in the form after its first moments for unchanged
    retype(bavaria, "#id_place", "Oberbayern")
    expect(bavaria.locator(".w-autosave-indicator__state--saved")).to_be_visible()
    retype(bavaria, "#id_venue", "Haus in München")
    with bavaria.expect_event("domcontentloaded"):
        bavaria.get_by_role("button", name="Vorschlag speichern").click()
    expect(bavaria.locator("#id_place")).to_have_value("Oberbayern")
    bavaria.get_by_role("button", name="Weiter zum Senden").click()
    expect(bavaria.get_by_text("Haus in München").first).to_be_visible()
    bavaria.get_by_label("Begründung").fill("So steht es im Protokoll.")
    bavaria.get_by_role("button", name="Vorschlag senden").click()
    expect(bavaria.locator(".messages .success")).to_contain_text("gesendet")

    open_form(official)
    expect(official.get_by_text("Bayern schlägt 2 Änderungen vor.")).to_be_visible()
    expect(official.get_by_text("Sachsen schlägt 1 Änderung vor.")).to_be_visible()
    expect(official.locator("#id_place")).not_to_have_value("Oberbayern")
    retype(official, "#id_title", "Neunte Konferenz, vom Vorsitz berichtigt")
    official.get_by_role("button", name="Mehr Aktionen").click()
    official.get_by_role("button", name="Veröffentlichen").first.click()
    expect(official.locator(".messages .success")).to_contain_text("veröffentlicht")
    public = read(browser, served_site)
    assert "vom Vorsitz berichtigt" in public
    assert "Oberbayern" not in public
    assert "Haus in München" not in public

    open_form(official)
    official.locator(".messages li", has_text="Bayern").get_by_role("link", name="Ansehen", exact=True).click()
    expect(official.get_by_text("So steht es im Protokoll.")).to_be_visible()
    official.get_by_role("checkbox", name="Ort", exact=True).uncheck()
    official.get_by_role("button", name="Übernehmen", exact=True).click()
    expect(official.locator(".messages .success")).to_contain_text("ist noch zu entscheiden")
    official.get_by_label("Antwort an das Land").fill("Der Ort bleibt.")
    official.get_by_role("button", name="Zurückgeben").click()
    expect(official.locator(".messages .success")).to_contain_text("zurückgegeben")
    expect(official.locator("#id_venue")).to_have_value("Haus in München")
    official.get_by_role("button", name="Mehr Aktionen").click()
    official.get_by_role("button", name="Veröffentlichen").first.click()
    expect(official.locator(".messages .success")).to_contain_text("veröffentlicht")
    assert "Haus in München" in read(browser, served_site)
    assert "Oberbayern" not in read(browser, served_site)

    bavaria.goto("/admin/")
    expect(bavaria.get_by_text("Der Ort bleibt.")).to_be_visible()
    open_form(bavaria)
    expect(bavaria.get_by_text("Antwort: „Der Ort bleibt.“")).to_be_visible()
    expect(bavaria.locator("#id_place")).to_have_value("Oberbayern")

    send(bavaria)
    open_form(official)
    official.locator(".messages li", has_text="Bayern").get_by_role("link", name="Ansehen", exact=True).click()
    official.get_by_role("button", name="Übernehmen und veröffentlichen").click()
    expect(official.locator(".messages .success")).to_contain_text("Übernommen und veröffentlicht")
    expect(official.get_by_text("Sachsen schlägt 1 Änderung vor.")).to_be_visible()
    official.get_by_role("link", name="Auf der Website ansehen", exact=True).click()
    expect(official.locator("main")).to_contain_text("Oberbayern")
    expect(official.locator("main")).not_to_contain_text("Aus Dresden gemeldet")
