"""What is typed when the session has ended is there again after signing in; two editors are told in German."""

import re
from datetime import date

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from conferences.rules.rotation import Rotation, Term

MOTTO = "Nach dem Ende der Sitzung getippt"


def sign_in(page: Page, accounts: dict[str, str], name: str) -> None:
    page.get_by_label("Benutzername").fill(name)
    page.get_by_label("Passwort").first.fill(accounts[name])
    page.get_by_role("button", name="Anmelden").click()


@pytest.fixture
def chairing() -> str:
    """The name of the account whose Land chairs today, by the rule from a stored term on."""
    rotation = Rotation([Term("DE-RP", date(2026, 7, 1), date(2027, 6, 30))])
    return f"redaktion-{rotation.chair_on(timezone.localdate())[3:].lower()}"


def motto_of_the_twelfth(page: Page):
    """Open the editor of the 12th conference at its motto."""
    page.goto("/admin/pages/search/?q=12.+Integrationsministerkonferenz")
    page.get_by_role("link", name=re.compile("^12. Integrationsministerkonferenz")).first.click()
    page.get_by_role("tab", name="Text und Programm").click()
    return page.get_by_role("textbox", name="Motto")


def new_page(browser: Browser, url: str) -> Page:
    page = browser.new_context(base_url=url, viewport={"width": 1280, "height": 1000}, locale="de-DE").new_page()
    page.set_default_timeout(60_000)  # a busy machine takes long
    page.goto("/admin/")
    return page


def test_a_text_survives_the_end_of_the_session(browser, served_site, chairing):
    page = new_page(browser, served_site.url)
    sign_in(page, served_site.accounts, chairing)
    expect(page).to_have_url(f"{served_site.url}/admin/")
    motto = motto_of_the_twelfth(page)
    page.wait_for_timeout(2_500)  # the editor takes what stands in the form after its first moments for unchanged
    page.context.clear_cookies(name="sessionid")
    motto.fill(MOTTO)
    expect(page.get_by_text("Ihre Anmeldung ist beendet").first).to_be_visible()  # said by the editor itself
    page.get_by_role("button", name="Entwurf speichern").click()
    go_on = page.get_by_role("button", name="Weiter", exact=True)
    entrance = page.get_by_text("Was Sie gesendet haben, ist aufgehoben")
    expect(go_on.or_(entrance).first).to_be_visible()
    if go_on.is_visible():  # the dialog of a connection that failed
        go_on.click()
    expect(entrance).to_be_visible()
    sign_in(page, served_site.accounts, chairing)
    page.get_by_role("button", name="Als Entwurf speichern und weiterschreiben").click()
    page.get_by_role("tab", name="Text und Programm").click()
    expect(page.get_by_role("textbox", name="Motto")).to_have_value(MOTTO)
    expect(page).to_have_url(re.compile(r"/admin/pages/\d+/edit/"))
    page.context.close()


def test_two_editors_at_once_are_told_in_german(browser, served_site, chairing):
    first = new_page(browser, served_site.url)
    sign_in(first, served_site.accounts, chairing)
    expect(first).to_have_url(f"{served_site.url}/admin/")
    motto_of_the_twelfth(first).wait_for()
    second = new_page(browser, served_site.url)
    sign_in(second, served_site.accounts, "admin")
    expect(second).to_have_url(f"{served_site.url}/admin/")
    motto_of_the_twelfth(second).fill("Vom zweiten Fenster")
    second.get_by_role("button", name="Entwurf speichern").click()
    told = first.get_by_role("button", name="hat eine neue Version gespeichert")
    expect(told).to_be_visible(timeout=60_000)
    first.get_by_role("textbox", name="Motto").fill("Vom ersten Fenster")
    first.get_by_role("button", name="Entwurf speichern").click()
    dialog = first.get_by_role("dialog")
    expect(dialog).to_contain_text("überschreiben Sie die Änderungen von Administration")
    expect(dialog).to_contain_text("Neueste Fassung ansehen")
    first.context.close()
    second.context.close()
