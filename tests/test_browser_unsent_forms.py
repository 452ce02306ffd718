"""What is typed when the session has ended is there again after signing in; two editors are told in German."""

import contextlib
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.conftest import signed_in

MOTTO = "Nach dem Ende der Sitzung getippt"
OVER_THE_FORM = "Über dem Formular wieder angemeldet"
WITHOUT_A_LINE = "Getippt, während die Website nicht antwortet"


def motto_of_the_twelfth(page: Page) -> Locator:
    """Open the editor of the 12th conference at its motto."""
    twelfth = page.request.get("/admin/api/main/pages/", params={"slug": "12"}).json()["items"][0]["id"]
    page.goto(f"/admin/pages/{twelfth}/edit/")
    page.get_by_role("tab", name="Text und Programm").click()
    return page.get_by_role("textbox", name="Motto")


def type_without_session(page: Page, text: str) -> Locator:
    """Type the motto after the session has ended under the open form; return its field."""
    motto = motto_of_the_twelfth(page)
    page.wait_for_timeout(2_500)  # the editor takes what stands in the form after its first moments for unchanged
    page.context.clear_cookies(name="sessionid")
    motto.fill(text)
    return motto


@pytest.fixture
def window(playwright, browser, served_site) -> Iterator[Callable[[str], Page]]:
    """Open a window of a browser of its own in which an account is signed in."""
    with contextlib.ExitStack() as stack:

        def open_for(account: str) -> Page:
            context = browser.new_context(
                base_url=served_site.url,
                viewport={"width": 1280, "height": 1000},
                locale="de-DE",
                storage_state=signed_in(playwright, served_site, account),
            )
            stack.callback(context.close)
            context.set_default_timeout(60_000)  # a busy machine takes long
            return context.new_page()

        yield open_for


@pytest.mark.audit
def test_signing_in_again_happens_over_the_open_form(window, served_site, chairing_account):
    page = window(chairing_account)
    motto = type_without_session(page, OVER_THE_FORM)
    dialog = page.get_by_role("dialog", name="Ihre Anmeldung ist beendet")
    entrance = dialog.frame_locator("iframe")
    entrance.get_by_label("Benutzername").fill(chairing_account)
    entrance.get_by_label("Passwort").first.fill(served_site.accounts[chairing_account])
    entrance.get_by_role("button", name="Anmelden", exact=True).click()
    expect(dialog).to_be_hidden()
    expect(page.locator(".w-autosave-indicator__state--saved")).to_be_visible()
    expect(motto).to_have_value(OVER_THE_FORM)
    again = motto_of_the_twelfth(page.context.new_page())
    expect(again).to_have_value(OVER_THE_FORM)


@pytest.mark.audit
def test_a_text_survives_the_end_of_the_session(window, served_site, chairing_account):
    page = window(chairing_account)
    type_without_session(page, MOTTO)
    page.get_by_role("dialog", name="Ihre Anmeldung ist beendet").get_by_role("button", name="Später").click()
    expect(page.get_by_text("Ihre Anmeldung ist beendet").first).to_be_visible()  # said by the editor itself
    page.get_by_role("button", name="Entwurf speichern").click()
    go_on = page.get_by_role("button", name="Weiter", exact=True)
    entrance = page.get_by_text("Was Sie gesendet haben, ist aufgehoben")
    expect(go_on.or_(entrance).first).to_be_visible()
    if go_on.is_visible():  # the dialog of a connection that failed
        go_on.click()
    expect(entrance).to_be_visible()
    page.get_by_label("Benutzername").fill(chairing_account)
    page.get_by_label("Passwort").first.fill(served_site.accounts[chairing_account])
    page.get_by_role("button", name="Anmelden", exact=True).click()
    page.get_by_role("button", name="Als Entwurf speichern und weiterschreiben").click()
    page.get_by_role("tab", name="Text und Programm").click()
    expect(page.get_by_role("textbox", name="Motto")).to_have_value(MOTTO)
    expect(page).to_have_url(re.compile(r"/admin/pages/\d+/edit/"))


@pytest.mark.audit
def test_a_click_that_nobody_answers_leaves_the_form_and_its_text_is_saved_once_the_line_is_back(
    window, chairing_account
):
    page = window(chairing_account)
    motto = motto_of_the_twelfth(page)
    page.wait_for_timeout(2_500)  # the editor takes what stands in the form after its first moments for unchanged
    page.route("**/admin/**", lambda route: route.fulfill(status=502))
    motto.fill(WITHOUT_A_LINE)
    expect(page.get_by_text("Automatisches Speichern ist pausiert").first).to_be_visible()
    page.get_by_role("button", name="Entwurf speichern").click()
    dialog = page.get_by_role("dialog", name="Die Website ist nicht zu erreichen")
    dialog.get_by_role("button", name="Zurück zum Formular").click()
    expect(motto).to_have_value(WITHOUT_A_LINE)
    expect(page.get_by_role("button", name="Entwurf speichern")).to_be_enabled()
    page.context.set_offline(True)
    page.get_by_role("button", name="Entwurf speichern").click()
    dialog.get_by_role("button", name="Zurück zum Formular").click()
    page.unroute("**/admin/**")
    page.context.set_offline(False)
    expect(page.locator(".w-autosave-indicator__state--saved")).to_be_visible()
    expect(motto_of_the_twelfth(page.context.new_page())).to_have_value(WITHOUT_A_LINE)


@pytest.mark.audit
def test_two_editors_at_once_are_told_in_german_and_join_what_they_wrote(official, window):
    motto_of_the_twelfth(official).wait_for()
    second = window("admin")
    motto_of_the_twelfth(second).fill("Vom zweiten Fenster")
    second.get_by_role("button", name="Entwurf speichern").click()
    told = official.get_by_role("button", name="hat eine neue Fassung gespeichert")
    expect(told).to_be_visible(timeout=60_000)
    official.get_by_role("textbox", name="Motto").fill("Vom ersten Fenster")
    official.get_by_role("button", name="Entwurf speichern").click()
    dialog = official.get_by_role("dialog")
    expect(dialog).to_contain_text("überschreiben Sie die Änderungen von Administration")
    expect(dialog).to_contain_text("Neueste Fassung ansehen")
    dialog.get_by_role("button", name="Unterschiede ansehen").click()
    expect(official.get_by_text("Administration hat")).to_be_visible()
    both = official.get_by_role("checkbox", name="Motto")
    expect(both).not_to_be_checked()
    both.check()
    official.get_by_role("button", name="Zusammenführen").click()
    official.get_by_role("tab", name="Text und Programm").click()
    expect(official.get_by_role("textbox", name="Motto")).to_have_value("Vom ersten Fenster")
