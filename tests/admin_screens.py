"""The screens of the admin that tests look at in a browser, as each kind of account."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, Playwright

from tests.conftest import ServedSite, signed_in

LAND = "redaktion-hh"  # an account that nobody has used yet, of a Land that is not in the chair

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
    "new conference": "/admin/pages/<konferenzen>/neue-konferenz/",
    "agenda of a conference": "/admin/pages/<12>/tagesordnung/",
    "parts of another page": "/admin/pages/<12>/bausteine/",
    "history of a page": "/admin/pages/<12>/history/",
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
    "pictures as a list": "/admin/images/?layout=list",
    "many pictures": "/admin/images/multiple/add/",
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
    "what became of resolutions": "/admin/berichte/umsetzung/",
    "licences of pictures": "/admin/berichte/bilder-und-lizenzen/",
    "translations": "/admin/berichte/uebersetzungen/",
    "chair and rights": "/admin/berichte/vorsitz-und-rechte/",
    "locked pages": "/admin/reports/locked/",
    "handbook": "/admin/handbuch/",
    "chapter of the handbook": "/admin/handbuch/einen-beschluss-eintragen/",
    "design": "/admin/gestaltung/",
}


def address_of(window: Page, written: str) -> str:
    """Return the address with the key of the page that it names."""
    slug = re.search(r"<(.+)>", written)
    if not slug:
        return written
    found = window.request.get("/admin/api/main/pages/", params={"slug": slug[1]}).json()["items"]
    return written.replace(slug[0], str(found[0]["id"]))


@contextmanager
def window_of(account: str, playwright: Playwright, browser: Browser, site: ServedSite) -> Iterator[Page]:
    """Open a window in which this account is signed in."""
    context = browser.new_context(
        base_url=site.url,
        locale="de-DE",
        reduced_motion="reduce",
        storage_state=signed_in(playwright, site, account),
    )
    page = context.new_page()
    page.set_default_timeout(30_000)
    yield page
    context.close()
