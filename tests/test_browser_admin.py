"""The main screens of the admin pass axe (AA) on a desk and on a telephone, with what Wagtail draws of them."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, Playwright

from intmk.handbook.screens import PLACES
from tests.conftest import signed_in
from tests.test_browser_admin_words import SETTLED

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "EN-301-549"]
SIZES = {"desk": {"width": 1280, "height": 900}, "telephone": {"width": 360, "height": 800}}
# "<12>" is the key of the page of that slug.
SCREENS = {
    "dashboard": "/admin/",
    "account": "/admin/account/",
    "accounts": "/admin/users/",
    "groups": "/admin/groups/",
    "sessions": "/admin/sitzungen/",
    "second factor": "/admin/zweiter-faktor/",
    "second factor, to set up": "/admin/zweiter-faktor/einrichten/",
    "tree of pages": "/admin/pages/",
    "page without others below": "/admin/pages/<barrierefreiheit>/",
    "search": "/admin/pages/search/?q=Friedrichshafen",
    "form of a conference": "/admin/pages/<12>/edit/",
    "form of a resolution": "/admin/pages/<top-7-1>/edit/",
    "form of a news item": "/admin/pages/<pruefmeldung-1>/edit/",
    "form of a Land": "/admin/snippets/conferences/land/edit/1/",
    "page check": "/admin/pruefung/<sonder-2026-1>/",
    "photos of a conference": "/admin/pages/<12>/fotos/",
    "preview links": "/admin/vorschaulinks/<pruefmeldung-1>/",
    "translation": "/admin/uebersetzen/<tasks>/",
    "proposal": "/admin/vorschlaege/1/",
    "list of conferences": "/admin/listen/konferenzen/",
    "list of news": "/admin/listen/meldungen/",
    "list of resolutions": "/admin/listen/beschluesse/",
    "import": "/admin/beschluesse-importieren/",
    "planned": "/admin/geplant/",
    "handover": "/admin/uebergabe/",
    "drafts": "/admin/uebergabe/entwuerfe/",
    "rehearsal": "/admin/probe/",
    "preparation": "/admin/vorsitz-vorbereiten/new/",
    "kept forms": "/admin/aufgehoben/",
    "papierkorb": "/admin/papierkorb/",
    "pictures": "/admin/images/",
    "documents": "/admin/documents/",
    "videos": "/admin/snippets/intmk/sitevideo/",
    "reported barriers": "/admin/snippets/intmk/barrierreport/",
    "answer to a barrier": "/admin/snippets/intmk/barrierreport/edit/1/",
    "accessibility statement": "/admin/settings/intmk/accessibilitystatement/",
    "notice": "/admin/settings/intmk/sitenotice/",
    "glossary": "/admin/snippets/intmk/glossaryterm/",
    "synonyms": "/admin/snippets/intmk/searchsynonym/",
    "terms": "/admin/snippets/conferences/chairterm/",
    "sources": "/admin/snippets/conferences/source/",
    "old addresses": "/admin/snippets/intmk/oldaddress/",
    "old addresses from a table": "/admin/snippets/intmk/oldaddress/uebernehmen/",
    "redirects": "/admin/redirects/",
    "conferences with gaps": "/admin/berichte/konferenzen-mit-luecken/",
    "broken links": "/admin/berichte/verweise-ins-leere/",
    "requests for reports": "/admin/berichte/berichtsbitten/",
    "licences of pictures": "/admin/berichte/bilder-und-lizenzen/",
    "translations": "/admin/berichte/uebersetzungen/",
    "chair and rights": "/admin/berichte/vorsitz-und-rechte/",
    "locked pages": "/admin/reports/locked/",
    "handbook": "/admin/handbuch/",
    "chapter of the handbook": "/admin/handbuch/einen-beschluss-eintragen/",
    "design": "/admin/gestaltung/",
}
# Of what the handbook knows: answers to scripts and files, no screens; and what only a form leads to.
NO_SCREENS = {"fotos/", "vorschlag/", "zwei-fassungen/"}

# The others are drawn by the same parts: `make audit` looks at them.
OF_EACH_KIND = {"dashboard", "tree of pages", "accessibility statement", "reported barriers"}


def address_of(window: Page, written: str) -> str:
    """Return the address with the key of the page that it names."""
    slug = re.search(r"<(.+)>", written)
    if not slug:
        return written
    found = window.request.get("/admin/api/main/pages/", params={"slug": slug[1]}).json()["items"]
    return written.replace(slug[0], str(found[0]["id"]))


def test_each_part_of_the_admin_that_the_handbook_knows_is_among_these_screens():
    asked = {address.removeprefix("/admin/") for address in SCREENS.values()}
    assert {place for place in PLACES if not any(each.startswith(place) for each in asked)} == NO_SCREENS


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
    assert administrator.goto(address_of(administrator, SCREENS[screen])).status == 200
    administrator.evaluate(AXE_SCRIPT)
    found = []
    for size in SIZES.values():
        administrator.set_viewport_size(size)
        administrator.evaluate(SETTLED)
        result = administrator.evaluate(
            "tags => axe.run({runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})", TAGS
        )
        assert result["passes"]
        found += [
            f"{rule['id']}: {' '.join(node['target'])}" for rule in result["violations"] for node in rule["nodes"]
        ]
    assert not found, "\n".join(dict.fromkeys(found))
