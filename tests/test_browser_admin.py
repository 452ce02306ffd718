"""The main screens of the admin pass axe (AA) on a desk and on a telephone, with what Wagtail draws of them."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, Playwright, expect

from intmk.handbook.screens import PLACES
from tests.admin_screens import LAND, SCREENS, address_of, window_of
from tests.test_browser_admin_words import SETTLED

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "EN-301-549"]
SIZES = {"desk": {"width": 1280, "height": 900}, "telephone": {"width": 360, "height": 800}}
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
    assert administrator.goto(address_of(administrator, SCREENS[screen])).status == 200
    assert_no_fault(administrator)


@pytest.mark.audit
@pytest.mark.parametrize(
    ("account", "address", "seen"),
    [
        ("chair", "/admin/", ".desk-new"),
        ("land", "/admin/", ".desk-steps"),
        ("land", "/admin/pages/<12>/edit/", "form[data-edit-form]"),
        ("land", "/admin/pages/<pruefmeldung-1>/edit/", "form[data-edit-form]"),
    ],
)
def test_what_only_some_accounts_see_has_no_fault(request, account, address, seen):
    window = request.getfixturevalue(account)
    assert window.goto(address_of(window, address)).status == 200
    expect(window.locator(seen).first).to_be_visible()
    if address.endswith("/edit/"):
        expect(window.get_by_role("button", name="Gleich senden")).to_be_attached()
    assert_no_fault(window)


def assert_no_fault(window: Page) -> None:
    """Let axe look at what is open, on a desk and on a telephone."""
    window.evaluate(AXE_SCRIPT)
    found = []
    for size in SIZES.values():
        window.set_viewport_size(size)
        window.evaluate(SETTLED)
        result = window.evaluate(
            "tags => axe.run({runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})", TAGS
        )
        assert result["passes"]
        found += [
            f"{rule['id']}: {' '.join(node['target'])}" for rule in result["violations"] for node in rule["nodes"]
        ]
    assert not found, "\n".join(dict.fromkeys(found))
