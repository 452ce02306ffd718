"""Sets up a second factor in the browser and signs in with it, on the site as it is served."""

import re
import time

from playwright.sync_api import APIRequestContext, APIResponse, Page, expect

from tests.signing_in import code_of

ACCOUNT = "redaktion-th"  # no other browser test signs in with it


def give_name_and_password(page: Page, password: str, address: str = "/admin/") -> None:
    page.goto(address)
    page.get_by_label("Benutzername").fill(ACCOUNT)
    page.get_by_label("Passwort").fill(password)
    page.get_by_role("button", name="Anmelden", exact=True).click()


def send(visit: APIRequestContext, shown: APIResponse, **typed: str) -> APIResponse:
    """Send what was typed into the form that is shown, without drawing it."""
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', shown.text())[1]
    return visit.post(shown.url, form={"csrfmiddlewaretoken": token} | typed)


def test_a_second_factor_is_set_up_and_asked_for_from_then_on(playwright, browser, served_site):
    context = browser.new_context(base_url=served_site.url, locale="de-DE")
    page = context.new_page()
    page.set_default_timeout(15_000)
    refused = []
    page.on("console", lambda message: refused.append(message.text) if "Content Security" in message.text else None)
    give_name_and_password(page, served_site.accounts[ACCOUNT], "/admin/account/")
    page.get_by_role("tab", name="Aktionen").click()
    page.get_by_role("link", name="Zweiter Faktor").click()
    page.get_by_role("link", name="Code aus einer App einrichten").click()
    picture = page.get_by_role("img", name="QR-Code für die Authenticator-App")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalWidth > 0")
    secret = page.locator(".secret").inner_text()
    page.get_by_label("code").fill(code_of(secret))
    page.get_by_role("button", name="Einrichten").click()
    recovery_code = page.locator(".codes li").first.inner_text()
    page.get_by_role("link", name="Weiter zur Redaktion").click()
    expect(page).to_have_url(f"{served_site.url}/admin/")
    context.close()

    context = browser.new_context(base_url=served_site.url, locale="de-DE", java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(15_000)
    give_name_and_password(page, served_site.accounts[ACCOUNT])
    expect(page.get_by_role("heading", name="Code eingeben")).to_be_visible()
    page.goto("/admin/pages/")
    expect(page.get_by_role("heading", name="Code eingeben")).to_be_visible()
    page.get_by_label("Code").fill(code_of(secret, time.time() - 3600))
    page.get_by_role("button", name="Anmelden", exact=True).click()
    expect(page.get_by_text("Der Code stimmt nicht")).to_be_visible()
    page.get_by_label("Code").fill(code_of(secret))
    page.get_by_role("button", name="Anmelden", exact=True).click()
    expect(page).to_have_url(f"{served_site.url}/admin/")
    context.close()

    # The processes of the server share what was used: a recovery code opens once, at whichever of them.
    for attempt in range(3):
        visit = playwright.request.new_context(
            base_url=served_site.url, extra_http_headers={"Referer": served_site.url}
        )
        shown = visit.get("/admin/login/")
        shown = send(visit, shown, login=ACCOUNT, password=served_site.accounts[ACCOUNT])
        shown = send(visit, shown, code=recovery_code)
        if attempt == 0:
            assert shown.url == f"{served_site.url}/admin/"
        else:
            assert "Der Code stimmt nicht" in shown.text()
        visit.dispose()
    assert refused == []
