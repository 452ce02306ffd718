"""Sets up a passkey in the browser, signs in with it alone and after the password, and removes it, as a person does."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import BrowserContext, Page, expect

ACCOUNT = "redaktion-sh"  # no other browser test signs in with it
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture
def page(browser, served_site) -> Iterator[Page]:
    """A browser with a device that holds passkeys and finds every finger right."""
    context = browser.new_context(base_url=served_site.url, locale="de-DE")
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield page
    context.close()


def add_device(page: Page, recognises: bool = True) -> None:
    """Give the browser of `page` an authenticator of its own (Chromium's, over its protocol for developers)."""
    protocol = page.context.new_cdp_session(page)
    protocol.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    protocol.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": options | {"isUserVerified": recognises, "automaticPresenceSimulation": True}},
    )


def sign_in_by_password(page: Page, password: str) -> None:
    page.goto("/admin/login/")
    page.get_by_label("Benutzername").fill(ACCOUNT)
    page.get_by_label("Passwort").fill(password)
    page.get_by_role("button", name="Anmelden", exact=True).click()


def faults(page: Page) -> list[str]:
    """What axe finds on the page."""
    page.evaluate(AXE_SCRIPT)
    result = page.evaluate("tags => axe.run({runOnly: {type: 'tag', values: tags}})", TAGS)
    assert result["passes"]
    return [f"{rule['id']}: {' '.join(node['target'])}" for rule in result["violations"] for node in rule["nodes"]]


def clear_session(context: BrowserContext) -> None:
    context.clear_cookies(name="sessionid")


@pytest.mark.audit
def test_a_passkey_is_set_up_signs_in_and_is_removed(page, served_site):
    password, start = served_site.accounts[ACCOUNT], f"{served_site.url}/admin/"
    add_device(page)
    sign_in_by_password(page, password)
    expect(page).to_have_url(start)
    page.goto("/admin/zweiter-faktor/")
    page.get_by_role("link", name="Passkey einrichten").click()
    expect(page.get_by_label("Name")).to_be_visible()
    assert faults(page) == []
    page.get_by_label("Name").fill("Dienstlaptop")
    page.get_by_role("button", name="Passkey einrichten").click()
    expect(page.get_by_role("heading", name="Notfallcodes")).to_be_visible()

    clear_session(page.context)
    page.goto("/admin/account/")
    assert faults(page) == []
    page.get_by_role("button", name="Mit Passkey anmelden").click()
    expect(page).to_have_url(f"{served_site.url}/admin/account/")

    clear_session(page.context)
    sign_in_by_password(page, password)
    expect(page.get_by_role("heading", name="Mit Passkey bestätigen")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("button", name="Passkey benutzen").click()
    expect(page).to_have_url(start)

    page.goto("/admin/zweiter-faktor/")
    expect(page.get_by_text("zuletzt benutzt am")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("link", name="„Dienstlaptop“ entfernen").click()
    page.get_by_role("link", name="Mit Passkey bestätigen").click()
    expect(page.get_by_text("bestätigen Sie bitte mit einem Passkey")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("button", name="Mit Passkey bestätigen").click()
    expect(page.get_by_role("heading", name="Passkey entfernen")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("button", name="Entfernen").click()
    expect(page.get_by_text("Der Passkey ist entfernt.")).to_be_visible()
    expect(page.get_by_text("Dienstlaptop")).to_have_count(0)

    clear_session(page.context)
    page.goto("/admin/login/")
    page.get_by_role("button", name="Mit Passkey anmelden").click()
    expect(page.get_by_text("Dieser Passkey passt nicht zu diesem Konto")).to_be_visible()


def test_a_device_that_does_not_recognise_its_holder_opens_nothing_and_says_so(page, served_site):
    add_device(page, recognises=False)
    page.goto("/admin/login/")
    page.get_by_role("button", name="Mit Passkey anmelden").click()
    expect(page.get_by_role("alert").filter(has_text="Der Passkey wurde nicht gelesen")).to_be_visible()
    expect(page).to_have_url(f"{served_site.url}/admin/login/")


def test_without_script_nobody_is_offered_a_passkey(browser, served_site):
    context = browser.new_context(base_url=served_site.url, locale="de-DE", java_script_enabled=False)
    page = context.new_page()
    page.goto("/admin/login/")
    expect(page.get_by_role("button", name="Anmelden", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Mit Passkey anmelden")).to_have_count(0)
    context.close()
