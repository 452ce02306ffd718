"""Each screen of the admin that the handbook knows, with what scripts draw of it, as administrator, chair and Land.

tests/test_admin_words.py reads what all links lead to.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from intmk.handbook.screens import PLACES
from tests.admin_screens import LAND, SCREENS, address_of, faults_of, window_of

# Of what the handbook knows: answers to scripts and files, no screens; what only a form leads to; and what is no screen
# of somebody who is signed in.
NO_SCREENS = {"fotos/", "vorschlag/", "zwei-fassungen/", "einladung/", "login/", "password_reset/"}

# The others are drawn by the same parts: `make audit` looks at them.
OF_EACH_KIND = {"dashboard", "tree of pages", "accessibility statement", "reported barriers"}


def test_each_part_of_the_admin_that_the_handbook_knows_is_among_these_screens():
    asked = {address.removeprefix("/admin/") for address in SCREENS.values()}
    assert {place for place in PLACES if not any(each.startswith(place) for each in asked)} == NO_SCREENS


@pytest.fixture(scope="module")
def administrator(playwright: Playwright, browser: Browser, served_site) -> Iterator[Page]:
    """A browser in which the administrator is signed in."""
    with window_of("admin", playwright, browser, served_site) as window:
        yield window


@pytest.fixture(scope="module")
def chair(playwright: Playwright, browser: Browser, served_site, chairing_account) -> Iterator[Page]:
    """One of the secretariat in the chair."""
    with window_of(chairing_account, playwright, browser, served_site) as window:
        yield window


@pytest.fixture(scope="module")
def land(playwright: Playwright, browser: Browser, served_site) -> Iterator[Page]:
    """One of a new account of another Land."""
    with window_of(LAND, playwright, browser, served_site) as window:
        yield window


@pytest.mark.parametrize(
    "screen",
    [screen if screen in OF_EACH_KIND else pytest.param(screen, marks=pytest.mark.audit) for screen in SCREENS],
)
def test_a_screen_of_the_admin_has_no_fault(administrator, screen):
    assert faults_of(administrator, address_of(administrator, SCREENS[screen])) == []


@pytest.fixture(scope="module")
def read_by_administrator(administrator) -> dict[str, tuple[str, str]]:
    """The address of each screen, and what the administrator reads there."""
    addresses = {screen: address_of(administrator, written) for screen, written in SCREENS.items()}
    return {screen: (address, words_for(administrator, address)) for screen, address in addresses.items()}


@pytest.mark.audit
@pytest.mark.parametrize("account", ["chair", "land"])
def test_what_only_some_accounts_see_has_no_fault(request, read_by_administrator, account):
    window, met, found = request.getfixturevalue(account), [], []
    for screen, (address, words) in read_by_administrator.items():
        if screen == "dashboard" or words_for(window, address) not in ("", words):
            met.append(screen)
            found += [f"{screen}: {fault}" for fault in faults_of(window, address)]
            if account == "land" and address.startswith("/admin/pages/") and address.endswith("/edit/"):
                expect(window.get_by_role("button", name="Gleich senden")).to_be_attached()
    print(f"{account}: {len(met)} Ansichten: {', '.join(met)}")
    assert {"chair": "dashboard", "land": "form of a conference"}[account] in met
    assert not found, "\n".join(found)


@pytest.mark.audit
def test_a_form_that_somebody_else_has_open_says_who_and_has_no_fault(request, administrator):
    address = address_of(administrator, SCREENS["form of a resolution"])
    request.getfixturevalue("chair").goto(address)
    found = faults_of(administrator, address)
    expect(administrator.get_by_role("button", name="ist auch auf dieser Seite").first).to_be_visible()
    assert found == []


def words_for(window: Page, address: str) -> str:
    """Return what an account reads at an address beside the menu, before scripts draw; "" where it may not go."""
    answer = window.request.get(address)
    if not answer.ok or not answer.url.endswith(address):
        return ""
    shown = re.sub(r"<(script|style|template)\b.*?</\1>", " ", answer.text().partition("<main")[2], flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", shown).split())
