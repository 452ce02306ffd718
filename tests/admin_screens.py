"""The screens of the admin that tests look at in a browser, as each kind of account, and what is asked of each."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import wagtail
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.admin_words import foreign_texts
from tests.conftest import ServedSite, signed_in
from tests.test_admin_words import EXEMPT

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "EN-301-549"]
DESK, TELEPHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 800}

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

# Of each piece of text that is seen: whether something around it cuts it off. What is for ears only is one pixel wide.
CUT = """() => {
  const cut = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode, parent = text.parentElement;
    if (!text.data.trim() || parent.closest('.w-sr-only, .visuallyhidden, [aria-hidden=true], script, style')) continue;
    if (!parent.checkVisibility({checkOpacity: true, checkVisibilityCSS: true})) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    for (const box of range.getClientRects()) {
      if (box.width < 2 || box.height < 2) continue;
      let isCut = false;
      for (let around = parent; around && around !== document.body; around = around.parentElement) {
        const style = getComputedStyle(around), edge = around.getBoundingClientRect();
        if (edge.width <= 1 || edge.height <= 1 || style.clipPath !== 'none') isCut = 'for ears only';
        const moves = ['auto', 'scroll'].includes(style.overflowX) || style.position === 'fixed';
        if (isCut === 'for ears only' || moves) break;
        if (style.overflowX !== 'visible' && (box.right > edge.right + 1.5 || box.left < edge.left - 1.5)) isCut = true;
      }
      if (isCut === true) cut.push(text.data.trim());
    }
  }
  return [...new Set(cut)];
}"""
TEXTS = """() => {
  const noText = 'script, style, noscript, code, textarea, [lang=en], [contenteditable=true], .xdsoft_save_selected, ' +
    '[data-side-panel-toggle-counter]'; // it stands at None until there is something to count, and is not shown before
  const names = ['title', 'aria-label', 'aria-description', 'placeholder', 'alt'], found = [];
  for (const element of document.querySelectorAll('body, body *')) {
    if (element.closest(noText)) continue;
    for (const name of names) if (element.getAttribute(name)) found.push(element.getAttribute(name));
    for (const node of element.childNodes)
      if (node.nodeType === Node.TEXT_NODE && node.data.trim()) found.push(node.data.trim());
  }
  return found;
}"""
SIDEWAYS = """() => [document.documentElement, ...document.querySelectorAll('main, main *')].filter((element) => {
  const style = getComputedStyle(element);
  const scrolls = element === document.documentElement || ['auto', 'scroll'].includes(style.overflowX);
  return scrolls && element.clientWidth > 1 && element.scrollWidth > element.clientWidth + 1;
}).map((element) => element.tagName + '.' + element.className)"""
# Until what moves when the window gets narrow, the menu above all, has come to rest.
SETTLED = """() => new Promise(requestAnimationFrame).then(() => new Promise(requestAnimationFrame)).then(() =>
  Promise.all(document.getAnimations().filter((moving) => moving.effect.getComputedTiming().iterations < 10)
    .map((moving) => moving.finished.catch(() => null)))).then(() => new Promise(requestAnimationFrame))"""
# What is typed into and stands beyond the edge of the screen, also where nothing can be pushed aside.
BEYOND = """() => [...document.querySelectorAll('main :is(input, select, textarea)')].filter((element) => {
  const box = element.getBoundingClientRect();
  return element.checkVisibility({checkVisibilityCSS: true}) && !element.closest('.form-side, .w-sr-only')
    && box.width > 1 && box.right > innerWidth + 1;
}).map((element) => element.name || element.id)"""
# Names: of English pages, which lists show as they are, and of the program, at the foot of the settings.
ENGLISH_TITLES = (
    "The Conference of Integration Ministers",
    "Tasks and aims",
    "The chair",
    f"Wagtail v{wagtail.__version__}",
)


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


def faults_of(window: Page, address: str) -> list[str]:
    """Open a screen at a desk, and return what is wrong with what scripts draw of it, there and on telephones.

    No English word, no cut label, nothing to push aside, nothing beyond the edge; and axe (AA).
    """
    window.set_viewport_size(DESK)
    assert window.goto(address).status == 200
    expect(window.locator(".sidebar-loading")).to_have_count(0)
    is_ours = address != SCREENS["design"]  # it shows the parts of public pages, and tests of those look at them
    found = []
    if is_ours and not EXEMPT.search(address):
        found += [f"englisch: {text}" for text in foreign_texts(window.evaluate(TEXTS), ENGLISH_TITLES)]
    if is_ours:
        found += [f"abgeschnitten: {text}" for text in window.evaluate(CUT)]
    window.evaluate(AXE_SCRIPT)
    found += faults_by_axe(window)
    window.set_viewport_size(TELEPHONE)
    window.evaluate(SETTLED)
    found += faults_by_axe(window)
    if is_ours:
        window.set_viewport_size({"width": 390, "height": 800})
        window.evaluate(SETTLED)
        found += [f"abgeschnitten (390): {text}" for text in window.evaluate(CUT)]
        found += [f"seitwärts (390): {element}" for element in window.evaluate(SIDEWAYS)]
        window.set_viewport_size({"width": 320, "height": 800})
        window.evaluate(SETTLED)
        found += [f"über den Rand (320): {element}" for element in window.evaluate(BEYOND)]
    return list(dict.fromkeys(found))


def faults_by_axe(window: Page, within: str = "html") -> list[str]:
    """Return what axe, which is loaded in it, finds wrong with a screen, or a part of it, as it stands."""
    asked = "([within, values]) => axe.run(within, {runOnly: {type: 'tag', values}, resultTypes: ['violations']})"
    result = window.evaluate(asked, [within, TAGS])
    assert result["passes"]
    return [f"{rule['id']}: {' '.join(node['target'])}" for rule in result["violations"] for node in rule["nodes"]]
