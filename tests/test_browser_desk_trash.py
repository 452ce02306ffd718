"""What was deleted by mistake comes back by a person's hands: from the message, and from the list."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.conftest import ServedSite, signed_in
from tests.test_browser_desk import action, begin, status


@pytest.fixture
def administrator(playwright: Playwright, browser: Browser, served_site: ServedSite) -> Iterator[Page]:
    """A window in which the administrator is signed in: a conference with resolutions is not the chair's to delete."""
    context = browser.new_context(
        base_url=served_site.url, locale="de-DE", storage_state=signed_in(playwright, served_site, "admin")
    )
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


def key_of(window: Page, slug: str) -> int:
    """Return the key of the page with this slug."""
    return window.request.get("/admin/api/main/pages/", params={"slug": slug}).json()["items"][0]["id"]


def test_a_conference_with_resolutions_is_deleted_and_brought_back_from_the_message(administrator, served_site):
    addresses = ("/konferenzen/12/", "/konferenzen/12/top-2-1/", "/id/beschluss/12/2.1")
    assert [status(served_site, address) for address in addresses] == [200, 200, 200]
    administrator.goto(f"/admin/pages/{key_of(administrator, '12')}/delete/")
    expect(administrator.get_by_text("darunter gelöscht werden?")).to_be_visible()
    administrator.get_by_label("geben Sie zur Bestätigung").fill("Integrationsministerkonferenz")
    administrator.get_by_role("button", name="Ja, löschen").click()
    message = administrator.locator(".messages").get_by_text("im Papierkorb")
    expect(message).to_be_visible()
    assert [status(served_site, address) for address in addresses] == [410, 410, 410]

    administrator.get_by_role("button", name="Rückgängig").click()
    expect(administrator.locator(".messages .success")).to_contain_text("ist wieder da")
    expect(administrator).to_have_url(re.compile(r"/admin/pages/\d+/$"))
    assert [status(served_site, address) for address in addresses] == [200, 200, 200]


@pytest.mark.audit
def test_a_picture_in_use_is_deleted_and_its_page_shows_it_again(official, served_site):
    reader = official.context.browser.new_page(base_url=served_site.url)
    reader.goto("/konferenzen/sonder-2026-1/")
    shown = reader.locator("main img[alt^='Graues Rauschen']")
    number = shown.count()
    assert number
    official.goto("/admin/images/?q=Klein")
    official.get_by_role("link", name=re.compile("Erfundenes Bild: Klein")).first.click()
    expect(official).to_have_url(re.compile(r"/admin/images/\d+/"))
    official.goto(official.url.partition("?")[0] + "delete/")
    expect(official.get_by_text("Darauf verweisen noch:")).to_be_visible()
    official.get_by_role("button", name="Ja, löschen").click()
    expect(official.get_by_role("button", name="Rückgängig")).to_be_visible()
    reader.reload()
    assert shown.count() < number

    official.get_by_role("link", name="Papierkorb").last.click()
    official.get_by_role("button", name="Zurückholen").first.click()
    expect(official.locator(".messages .success")).to_contain_text("ist wieder da")
    reader.reload()
    assert shown.count() == number
    assert shown.first.evaluate("picture => picture.decode().then(() => picture.naturalWidth)")
    reader.close()


def publish_resolution(official: Page, title: str) -> None:
    """Type and publish a resolution under TOP 9.9 of the twelfth conference."""
    begin(official, "conferences/resolutionpage", "12").press_sequentially(title)
    official.get_by_role("textbox", name="TOP", exact=True).fill("9.9")
    action(official, "Veröffentlichen")


@pytest.mark.audit
def test_a_wrong_resolution_is_deleted_and_entered_again_under_its_number(official, served_site):
    publish_resolution(official, "Falsch abgeschrieben")
    expect(official.locator(".messages .success")).to_contain_text("veröffentlicht")
    official.goto(f"/admin/pages/{key_of(official, 'top-9-9')}/delete/")
    official.get_by_role("button", name="Ja, löschen").click()
    expect(official.get_by_role("button", name="Rückgängig")).to_be_visible()

    publish_resolution(official, "Richtig abgeschrieben")
    way_out = official.get_by_role("link", name="dort zurückholen oder die Kennung freigeben")
    with official.context.expect_page() as opened:
        way_out.first.click()
    item = opened.value
    item.get_by_role("button", name="Kennung freigeben").click()
    expect(item.locator(".messages .success")).to_contain_text("12/9.9")
    item.close()
    action(official, "Veröffentlichen")
    expect(official.locator(".messages .success")).to_contain_text("veröffentlicht")
    reader = official.context.browser.new_page(base_url=served_site.url)
    reader.goto("/id/beschluss/12/9.9")
    expect(reader.get_by_role("heading", level=1)).to_contain_text("Richtig abgeschrieben")
    reader.close()
