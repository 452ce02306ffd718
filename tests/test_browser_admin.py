"""The main screens of the admin pass axe (AA) on a desk and on a telephone, as far as they are the project's own.

What Wagtail draws itself is not ours to change: its faults are listed here one by one, so that a new one shows.
"""

import os
import subprocess
from collections.abc import Iterator

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, expect

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
    "import": "/admin/archiv-einlesen/",
    "handover": "/admin/uebergabe/",
    "design": "/admin/gestaltung/",
    "new resolution": "/admin/pages/add/conferences/resolutionpage/{conference}/",
}
# Faults of Wagtail's own templates, as (rule, beginning of the place); each was looked at.
OF_WAGTAIL: set[tuple[str, str]] = set()


@pytest.fixture(scope="module")
def administrator(browser: Browser, served_site) -> Iterator[Page]:
    """A browser in which the administrator has signed in."""
    context = browser.new_context(base_url=served_site.url, locale="de-DE", reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.goto("/admin/")
    page.get_by_label("Benutzername").fill("admin")
    page.get_by_label("Passwort").first.fill(served_site.accounts["admin"])
    page.get_by_role("button", name="Anmelden").click()
    expect(page).to_have_url(f"{served_site.url}/admin/")
    yield page
    context.close()
