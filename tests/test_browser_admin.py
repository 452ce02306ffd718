"""The main screens of the admin pass axe (AA) on a desk and on a telephone, with what Wagtail draws of them."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, Playwright

from tests.conftest import signed_in

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "EN-301-549"]
SIZES = {"desk": {"width": 1280, "height": 900}, "telephone": {"width": 360, "height": 800}}
SCREENS = {
    "dashboard": "/admin/",
    "tree of pages": "/admin/pages/",
    "reported barriers": "/admin/snippets/intmk/barrierreport/",
    "glossary": "/admin/snippets/intmk/glossaryterm/",
    "videos": "/admin/snippets/intmk/sitevideo/",
    "pictures": "/admin/images/",
    "documents": "/admin/documents/",
    "accessibility statement": "/admin/settings/intmk/accessibilitystatement/",
    "import": "/admin/beschluesse-importieren/",
    "handover": "/admin/uebergabe/",
    "rehearsal": "/admin/probe/",
    "preparation": "/admin/vorsitz-vorbereiten/new/",
    "design": "/admin/gestaltung/",
    "old addresses": "/admin/snippets/intmk/oldaddress/",
    "papierkorb": "/admin/papierkorb/",
    "list of resolutions": "/admin/listen/beschluesse/",
    "list of conferences": "/admin/listen/konferenzen/",
    "list of news": "/admin/listen/meldungen/",
    "search": "/admin/pages/search/?q=Friedrichshafen",
    "handbook": "/admin/handbuch/",
    "chapter of the handbook": "/admin/handbuch/einen-beschluss-eintragen/",
    "translations": "/admin/berichte/uebersetzungen/",
    "licences of pictures": "/admin/berichte/bilder-und-lizenzen/",
}

# The others are drawn by the same parts: `make audit` looks at them.
OF_EACH_KIND = {"dashboard", "tree of pages", "accessibility statement", "reported barriers"}


@pytest.fixture(scope="module")
def administrator(playwright: Playwright, browser: Browser, served_site) -> Iterator[Page]:
    """A browser in which the administrator is signed in."""
    state = signed_in(playwright, served_site, "admin")
    context = browser.new_context(
        base_url=served_site.url, locale="de-DE", reduced_motion="reduce", storage_state=state
    )
    page = context.new_page()
    page.set_default_timeout(20_000)
    yield page
    context.close()


@pytest.mark.parametrize(
    "screen",
    [screen if screen in OF_EACH_KIND else pytest.param(screen, marks=pytest.mark.audit) for screen in SCREENS],
)
def test_a_screen_of_the_admin_has_no_fault(administrator, screen):
    administrator.goto(SCREENS[screen])
    administrator.evaluate(AXE_SCRIPT)
    found = []
    for size in SIZES.values():
        administrator.set_viewport_size(size)
        result = administrator.evaluate(
            "tags => axe.run({runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})", TAGS
        )
        assert result["passes"]
        found += [
            f"{rule['id']}: {' '.join(node['target'])}" for rule in result["violations"] for node in rule["nodes"]
        ]
    assert not found, "\n".join(dict.fromkeys(found))
