"""What scripts draw of the admin: no English word, no cut label on a desk, nothing to push aside on a telephone.

Each screen that the handbook knows, as administrator, chair and another Land; tests/test_admin_words.py reads what all
links lead to.
"""

from collections.abc import Iterator

import pytest
import wagtail
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.admin_screens import LAND, SCREENS, address_of, window_of
from tests.admin_words import foreign_texts
from tests.conftest import ServedSite
from tests.test_admin_words import EXEMPT

pytestmark = pytest.mark.audit

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
HEAD_OVER_OUTLINE = """() => document.querySelector('.w-slim-header').getBoundingClientRect().bottom
  - document.querySelector('.w-minimap__toggle').getBoundingClientRect().top"""
ROLLS = "() => document.querySelector('main > .content').offsetHeight - document.querySelector('main').clientHeight"
# Names: of English pages, which lists show as they are, and of the program, at the foot of the settings.
ENGLISH_TITLES = (
    "The Conference of Integration Ministers",
    "Tasks and aims",
    "The chair",
    f"Wagtail v{wagtail.__version__}",
)


# What a screen says where the menu is not: the menu is the same on all screens of an account.
BODY = "() => (document.querySelector('main') ?? document.body).innerText"
EDITOR = "/admin/pages/3/edit/"
ACCOUNTS = ("administrator", "chair", "land")


@pytest.fixture(scope="module")
def looked_at() -> set[tuple[str, str]]:
    """The screens that were looked at, and what they said: what another account reads alike is the same screen."""
    return set()


@pytest.mark.parametrize("account", ACCOUNTS)
def test_what_scripts_draw_is_german_whole_and_fits(
    account, looked_at, playwright, browser, served_site, chairing_account
):
    name = {"administrator": "admin", "chair": chairing_account, "land": LAND}[account]
    found, new = [], []
    with window_of(name, playwright, browser, served_site) as window:
        for screen, written in SCREENS.items():
            if screen == "design":  # it shows the parts of public pages, and tests of those look at them
                continue
            window.set_viewport_size({"width": 1280, "height": 900})
            address = address_of(window, written)
            if window.goto(address).url != f"{served_site.url}{address}":  # not for this account
                continue
            expect(window.locator(".sidebar-loading")).to_have_count(0)
            said = (screen, window.evaluate(BODY))
            if said in looked_at and screen != "dashboard":
                continue
            looked_at.add(said)
            new.append(screen)
            found += [f"{screen}: {fault}" for fault in faults_of(window, has_english=bool(EXEMPT.search(address)))]
    print(f"{account}: {len(new)} Ansichten: {', '.join(new)}")
    assert len(new) > {"administrator": 50, "chair": 3, "land": 3}[account]
    assert not found, "\n".join(found)


def faults_of(window: Page, has_english: bool) -> list[str]:
    """Return what is wrong with the screen that is open on a desk; afterwards it is as narrow as a telephone."""
    texts = [] if has_english else window.evaluate(TEXTS)
    found = [f"englisch: {text}" for text in foreign_texts(texts, ENGLISH_TITLES)]
    found += [f"abgeschnitten: {text}" for text in window.evaluate(CUT)]
    window.set_viewport_size({"width": 390, "height": 800})
    window.evaluate(SETTLED)
    found += [f"abgeschnitten (390): {text}" for text in window.evaluate(CUT)]
    found += [f"seitwärts (390): {element}" for element in window.evaluate(SIDEWAYS)]
    window.set_viewport_size({"width": 320, "height": 800})
    window.evaluate(SETTLED)
    return found + [f"über den Rand (320): {element}" for element in window.evaluate(BEYOND)]


@pytest.fixture(scope="module")
def window(playwright: Playwright, browser: Browser, served_site: ServedSite) -> Iterator[Page]:
    """A window of the administrator, who sees all."""
    with window_of("admin", playwright, browser, served_site) as window:
        yield window


def test_the_outline_of_a_form_never_lies_under_its_head(window):
    for width in (1280, 360, 1280, 320):
        window.set_viewport_size({"width": width, "height": 800})
        if width == 1280:
            window.goto(EDITOR)
            window.locator(".w-minimap__toggle").wait_for()
        assert window.evaluate(HEAD_OVER_OUTLINE) <= 0, width


def test_at_four_times_the_size_the_head_of_a_form_rolls_away(window):
    window.set_viewport_size({"width": 320, "height": 256})
    window.goto(EDITOR)
    window.locator("#id_title").scroll_into_view_if_needed()
    window.locator("main").evaluate("main => main.scrollBy(0, 300)")
    assert window.locator(".w-slim-header").evaluate("head => head.getBoundingClientRect().bottom") <= 0


@pytest.mark.parametrize("screen", ["/admin/", EDITOR, "/admin/uebergabe/", "/admin/listen/beschluesse/"])
def test_on_paper_stands_all_of_it_and_nothing_to_press_beside_it(window, screen):
    window.set_viewport_size({"width": 794, "height": 400})
    window.goto(screen)
    window.locator(".sidebar").first.wait_for(state="attached")
    assert window.evaluate(ROLLS) > 0
    window.emulate_media(media="print")
    assert window.evaluate(ROLLS) <= 0
    assert not window.locator(".sidebar").first.is_visible()
    window.emulate_media(media="screen")
