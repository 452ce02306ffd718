"""What scripts draw of the admin: no English word, no cut label on a desk, nothing to push aside on a telephone.

One screen of each kind; tests/test_admin_words.py reads what all of them send.
"""

from collections.abc import Iterator

import pytest
import wagtail
from playwright.sync_api import Browser, Page, Playwright

from tests.admin_words import foreign_texts
from tests.conftest import signed_in

pytestmark = pytest.mark.audit

SCREENS = {
    "dashboard": "/admin/",
    "tree of pages": "/admin/pages/",
    "editor": "/admin/pages/3/edit/",
    "new conference": "/admin/pages/6/neue-konferenz/",
    "agenda": "/admin/pages/28/tagesordnung/",
    "parts of a text": "/admin/pages/28/bausteine/",
    "search": "/admin/pages/search/?q=Friedrichshafen",
    "list of resolutions": "/admin/listen/beschluesse/",
    "list of entries": "/admin/snippets/intmk/glossaryterm/",
    "term of office": "/admin/snippets/conferences/chairterm/",
    "pictures": "/admin/images/",
    "upload": "/admin/images/multiple/add/",
    "settings": "/admin/settings/intmk/accessibilitystatement/",
    "handover": "/admin/uebergabe/",
    "import": "/admin/beschluesse-importieren/",
    "history": "/admin/pages/28/history/",
    "account": "/admin/account/",
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
  const noText = 'script, style, code, textarea, [lang=en], [contenteditable=true], .xdsoft_save_selected';
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
HEAD_OVER_OUTLINE = """() => document.querySelector('.w-slim-header').getBoundingClientRect().bottom
  - document.querySelector('.w-minimap__toggle').getBoundingClientRect().top"""
ROLLS = "() => document.querySelector('main > .content').offsetHeight - document.querySelector('main').clientHeight"
# Names: of the English start page, which lists show as it is, and of the program, at the foot of the settings.
ENGLISH_TITLES = ("The Conference of Integration Ministers", f"Wagtail v{wagtail.__version__}")


@pytest.fixture(scope="module")
def windows(playwright: Playwright, browser: Browser, served_site) -> Iterator[Page]:
    """A window of the administrator, who sees all."""
    context = browser.new_context(
        base_url=served_site.url,
        locale="de-DE",
        reduced_motion="reduce",
        storage_state=signed_in(playwright, served_site, "admin"),
    )
    page = context.new_page()
    page.set_default_timeout(30_000)
    yield page
    context.close()


@pytest.mark.parametrize("screen", SCREENS)
def test_what_scripts_draw_is_german_whole_and_fits(windows, screen):
    windows.set_viewport_size({"width": 1280, "height": 900})
    windows.goto(SCREENS[screen])
    windows.locator(".sidebar-menu-item").first.wait_for()
    found = [f"englisch: {text}" for text in foreign_texts(windows.evaluate(TEXTS), ENGLISH_TITLES)]
    found += [f"abgeschnitten: {text}" for text in windows.evaluate(CUT)]
    windows.set_viewport_size({"width": 390, "height": 800})
    windows.evaluate(SETTLED)
    found += [f"abgeschnitten (390): {text}" for text in windows.evaluate(CUT)]
    found += [f"seitwärts (390): {element}" for element in windows.evaluate(SIDEWAYS)]
    windows.set_viewport_size({"width": 320, "height": 800})
    windows.evaluate(SETTLED)
    found += [f"über den Rand (320): {element}" for element in windows.evaluate(BEYOND)]
    assert not found, "\n".join(found)


def test_the_outline_of_a_form_never_lies_under_its_head(windows):
    for width in (1280, 360, 1280, 320):
        windows.set_viewport_size({"width": width, "height": 800})
        if width == 1280:
            windows.goto(SCREENS["editor"])
            windows.locator(".w-minimap__toggle").wait_for()
        assert windows.evaluate(HEAD_OVER_OUTLINE) <= 0, width


def test_at_four_times_the_size_the_head_of_a_form_rolls_away(windows):
    windows.set_viewport_size({"width": 320, "height": 256})
    windows.goto(SCREENS["editor"])
    windows.locator("#id_title").scroll_into_view_if_needed()
    windows.locator("main").evaluate("main => main.scrollBy(0, 300)")
    assert windows.locator(".w-slim-header").evaluate("head => head.getBoundingClientRect().bottom") <= 0


@pytest.mark.parametrize("screen", ["dashboard", "editor", "handover", "list of resolutions"])
def test_on_paper_stands_all_of_it_and_nothing_to_press_beside_it(windows, screen):
    windows.set_viewport_size({"width": 794, "height": 400})
    windows.goto(SCREENS[screen])
    windows.locator(".sidebar").first.wait_for(state="attached")
    assert windows.evaluate(ROLLS) > 0
    windows.emulate_media(media="print")
    assert windows.evaluate(ROLLS) <= 0
    assert not windows.locator(".sidebar").first.is_visible()
    windows.emulate_media(media="screen")
