"""Every kind of page that readers meet, in the ways in which people look at a page.

`make test` looks at a page of some templates, small and light, wide and dark, and walks through one with the keyboard:
another page of the same template has the same faults. `make audit` visits every address of the sitemap and what lies
beside it, once each, since most of the time goes into loading: axe in three kinds of colours and two widths, text of
double size, wide spacing, the keyboard, paper, weight; on one page of each template also the keyboard's way back, and
words without an end.
"""

import contextlib
import re
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from xml.etree import ElementTree

import pypdfium2
import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.template.loader import render_to_string
from playwright.sync_api import Browser, CDPSession, Page, Route

from tests.browser_pages import EVERY_BLOCK, EVERYTHING, NEWS, REMOVED, RESOLUTION
from tests.nu_checker import check_html

SHARES = 4  # of the addresses, so that a failure does not hide all others
WITHOUT_SERVER = {
    "/fehler-500/": "500.html",
    "/fehler-503/": "unavailable.html",
}  # what the site would answer is put there
# What no sitemap lists: filters, empty lists, wrong input, errors.
BESIDE_THE_SITEMAP = [
    "/vorsitz/?am=2007-05-01", "/vorsitz/?am=2018-03-01", "/vorsitz/?am=unsinn", "/aktuelles/?seite=2",
    "/beschluesse/?ergebnis=einstimmig&land=bayern", "/beschluesse/?jahr=2017&thema=medien", "/beschluesse/?jahr=foo",
    "/suche/?q=Integration", "/suche/?q=Pr%C3%BCfmeldung&seite=2", "/suche/?q=gibtesnicht",
    "/gibt-es-nicht/", REMOVED, *WITHOUT_SERVER,
]  # fmt: skip
# One page of each template, the fullest that there is.
TYPICAL = {
    "404.html": "/gibt-es-nicht/",
    "410.html": REMOVED,
    "500.html": "/fehler-500/",
    "unavailable.html": "/fehler-503/",
    "conferences/archive/archive.html": "/beschluesse/?ergebnis=einstimmig&land=bayern",
    "conferences/chair_page.html": "/vorsitz/?am=2018-03-01",
    "conferences/conference_index_page.html": "/konferenzen/",
    "conferences/conference_page.html": EVERYTHING,
    "conferences/archive/laender.html": "/laender/",
    "conferences/archive/land.html": "/laender/rheinland-pfalz/",
    "conferences/resolution_page.html": RESOLUTION,
    "conferences/archive/statistics.html": "/beschluesse/statistik/",
    "conferences/archive/theme.html": "/themen/sprache/",
    "conferences/archive/themes.html": "/themen/",
    "history/about_page.html": "/aufgaben-und-ziele/",
    "history/timeline_page.html": "/geschichte/",
    "intmk/accessibility/barrier_report.html": "/barriere-melden/",
    "intmk/pages/glossary.html": "/glossar/",
    "intmk/home_page.html": "/",
    "intmk/news_index_page.html": "/aktuelles/?seite=2",
    "intmk/news_page.html": NEWS,
    "intmk/open_data/data.html": "/daten/",
    "intmk/addresses/old_addresses.html": "/alte-adressen/",
    "intmk/pages/overview.html": "/uebersicht/",
    "intmk/search/search.html": "/suche/?q=Integration",
    "intmk/standard_page.html": EVERY_BLOCK,
}
# `make audit` visits the others, too.
IN_EVERY_RUN = (
    "404.html", "conferences/archive/archive.html", "conferences/conference_page.html", "history/about_page.html",
    "intmk/home_page.html", "intmk/open_data/data.html", "intmk/standard_page.html",
)  # fmt: skip
# Only for who is signed in, has sent a report or got a link; 403.html is 404.html with another sentence.
NOT_TYPICAL = {
    "403.html", "intmk/accessibility/barrier_receipt.html", "intmk/pages/component_library.html",
    "intmk/preview_links/ended.html",
}  # fmt: skip
ONE_OF_MANY = "/aktuelles/pruefmeldung-"  # there for the second page of the list
ALWAYS_THERE = {"/", "/konferenzen/12/", "/geschichte/", "/beschluesse/", "/leichte-sprache/", "/en/"}
TAGS = ["wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22aa", "EN-301-549", "best-practice"]
# Both rules of contrast: the one for 7:1 leaves what is below 4.5:1 to the other. What they cannot decide lies where it
# does in light colours.
COLOUR_RULES = ["color-contrast", "color-contrast-enhanced", "link-in-text-block"]
# All places that axe cannot decide by itself: rule, selector of the places, and why they are no fault.
UNDECIDED = [
    ("color-contrast", "svg text", "Letters on a drawn shape: DRAWN measures their contrast."),
    (
        "color-contrast",
        ".table-round__centre *",
        "The middle of the drawn round is empty; the colours are tokens with 7:1 on paper.",
    ),
    (
        "color-contrast",
        ".breadcrumb [aria-current]",
        "So long that it fills the lines between other links at 320 px; nothing lies on it (seen in the screenshots).",
    ),
    (
        "color-contrast, color-contrast-enhanced",
        ".entry__meta time, .entry__meta .marks a, .entry__text a",
        "The mark of the timeline is drawn by the same element, to the left of the text; tokens with 7:1 on paper.",
    ),
    (
        "color-contrast",
        ".source li, .source li *, .links > li",
        "The room in which a link can be hit reaches over the lines beside it; nothing is drawn there.",
    ),
    (
        "color-contrast",
        ".marks a",
        "A number of one letter is a text all the same; tokens with 7:1 on paper.",
    ),
    (
        "identical-links-same-purpose",
        ".source li a",
        "Papers of one title; before the link stands who has published each.",
    ),
    (
        "identical-links-same-purpose",
        "main a[href*='/api/v1/'], main a[href*='?am=']",
        "Named like the page of its data, or like the page as it is today; the line says which of them it is.",
    ),
    (
        "identical-links-same-purpose",
        ".contents a, .main-menu a, .glossary dd a",
        "A word of a list of contents or of the glossary that is also the name of another page; the lists have names.",
    ),
    (
        "identical-links-same-purpose",
        "a[href='/barriere-melden/']",
        "The one in the footer leads to the same form and fills in the address of the page.",
    ),
    (
        "identical-links-same-purpose",
        ".item__title a",
        "A page and a word of the glossary of one name: the line above the link says which it is.",
    ),
    (
        "identical-links-same-purpose",
        ".figure__open",
        "The invented photos have one alternative text; those of editors say what is to be seen.",
    ),
]
TEXT_LIMIT, PHOTO_LIMIT, LIMIT = 60_000, 200_000, 250_000  # bytes as transferred
HTML_LIMIT = 14_000  # arrives with the first round trip of TCP
MOST_REQUESTS = 6  # of a page of text
LEAST_SHIFT = 0.001  # of the layout, as browsers reckon it (CLS); less is nothing that anybody sees
MOST_STEPS = 700  # of the keyboard on one page
DESK, TELEPHONE = {"width": 1280, "height": 900}, {"width": 320, "height": 640}
SIZES = {"desk": DESK, "telephone": TELEPHONE}
COLOURS = {
    "light": {"color_scheme": "light", "forced_colors": "none"},
    "dark": {"color_scheme": "dark", "forced_colors": "none"},
    "forced": {"color_scheme": "light", "forced_colors": "active"},
}

RUN_AXE = """async ([type, values, undecided]) => {
  const found = await axe.run(
    {runOnly: {type, values}, resultTypes: ['violations', 'incomplete'], preload: false});
  const brief = rules => rules.map(rule => [rule.id, rule.nodes.map(node => node.target.join(' ')).slice(0, 4)]);
  const hasReason = (rule, node) => undecided.some(([rules, selector]) =>
    rules.split(', ').includes(rule.id) && document.querySelector(node.target[0])?.matches(selector));
  const open = found.incomplete.map(rule => ({...rule, nodes: rule.nodes.filter(node => !hasReason(rule, node))}));
  return {passes: found.passes.map(rule => rule.id), violations: brief(found.violations),
          incomplete: brief(open.filter(rule => rule.nodes.length))};
}"""
# Letters in drawings with less than 7:1 to the shape that they stand on, which axe does not look at.
DRAWN = """() => {
  const light = colour => {
    const parts = colour.match(/[\\d.]+/g).slice(0, 3).map(part => part / 255);
    const [red, green, blue] = parts.map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const ground = text => {
    if (getComputedStyle(text).stroke !== 'none') return getComputedStyle(text).stroke; // outlined, in forced colours
    if (!text.matches('.seat')) return getComputedStyle(text.parentElement.querySelector('path')).fill;
    const ring = text.matches('.seat--chair') ? '.ring__chair' : '.ring__all';
    return getComputedStyle(text.closest('svg').querySelector(ring)).stroke;
  };
  return [...document.querySelectorAll('main svg text')].map(text => {
    const [bright, dark] = [light(getComputedStyle(text).fill), light(ground(text))].sort((a, b) => b - a);
    return [text.textContent, (bright + 0.05) / (dark + 0.05)];
  }).filter(([, contrast]) => contrast < 7);
}"""
# Each kind of text by its part of the page, its colour, that around it, its ground, its line, and whether it is large.
KINDS_OF_TEXT = """() => {
  const hasText = part => [...part.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim());
  const ground = part => {
    const colour = getComputedStyle(part).backgroundColor;
    return colour !== 'rgba(0, 0, 0, 0)' || !part.parentElement ? colour : ground(part.parentElement);
  };
  const parts = [...document.body.querySelectorAll(':not(svg *, script, style, noscript)')].filter(hasText)
    .filter(part => part.checkVisibility({visibilityProperty: true}));
  return [...new Set(parts.map(part => {
    const style = getComputedStyle(part), size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || size >= 18.66 && style.fontWeight >= 700;
    const around = getComputedStyle(part.parentElement).color;
    const name = part.tagName + '.' + part.className + ' in ' + part.parentElement.className;
    return [name, style.color, around, ground(part), style.textDecorationLine, isLarge].join();
  }))];
}"""
# Browsers lay a plate in the colour of the paper behind text in forced colours; axe does not know of it.
INVISIBLE = """() => {
  if (!matchMedia('(forced-colors: active)').matches) return [];
  const paper = document.body.appendChild(document.createElement('i'));
  paper.style.color = 'Canvas';
  const canvas = getComputedStyle(paper).color;
  paper.remove();
  const hasText = part => [...part.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim());
  return [...document.body.querySelectorAll(':not(svg *, script, style, noscript)')].filter(hasText)
    .filter(part => part.checkVisibility({visibilityProperty: true}))
    .map(part => [part.className + ' ' + part.textContent.trim().slice(0, 30), getComputedStyle(part)])
    .filter(([, style]) => style.color === canvas && style.forcedColorAdjust !== 'none').map(([name]) => name);
}"""
OVERFLOW = """() => {
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide <= 0) return '';
  const isOut = part => part.getBoundingClientRect().right > innerWidth + 1;
  const out = [...document.body.querySelectorAll('*')].filter(isOut);
  return wide + ' px: ' + out.slice(0, 3).map(part => part.tagName + '.' + part.className).join(', ');
}"""
# Safari enlarges the page for smaller ones, and leaves it so.
SMALL_FIELDS = """() => [...document.querySelectorAll('input, select, textarea')]
  .filter(field => !['hidden', 'checkbox', 'radio'].includes(field.type))
  .filter(field => parseFloat(getComputedStyle(field).fontSize) < 16).map(field => field.name)"""
# In place of the first word of each text that editors write or could; what the program says is not theirs.
LONG_WORDS = """() => {
  const own = 'script, style, noscript, svg, .skip, header, button, label, legend, option, .tag, .marks, time, '
    + '.announce__number, .conference-row__number';
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walk.nextNode());) {
    if (!node.parentElement.closest(own)) node.data = node.data.replace(/\\S+/, 'Wq'.repeat(60));
  }
}"""
SHIFTS = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => { for (const shift of list.getEntries()) sum += shift.value; })
    .observe({type: 'layout-shift', buffered: true});
  setTimeout(() => done(sum), 60);
})"""
# WCAG 1.4.12: nothing may be lost with these.
SPACING = """() => {
  for (const part of document.body.querySelectorAll('*')) {
    part.style.setProperty('line-height', '1.5', 'important');
    part.style.setProperty('letter-spacing', '0.12em', 'important');
    part.style.setProperty('word-spacing', '0.16em', 'important');
  }
}"""
STOPS = """() => {
  const parts = 'a[href], button, input:not([type=hidden]), select, textarea, summary, video[controls], [tabindex="0"]';
  const stops = [...document.querySelectorAll(parts)].filter(part =>
    !part.disabled && part.tabIndex >= 0 && part.checkVisibility({visibilityProperty: true}));
  window.stops = new Map(stops.map((part, number) => [part, number]));
  return stops.length;
}"""
FOCUSED = """() => {
  const part = document.activeElement;
  if (!part || part === document.body || part === document.documentElement) return null;
  const seen = part.closest('svg') && part.querySelector('text') || part;
  const box = seen.getClientRects()[0] ?? part.getBoundingClientRect();
  const words = part.textContent || part.getAttribute('aria-label') || part.name || '';
  const x = Math.min(Math.max(box.left + box.width / 2, 1), innerWidth - 1);
  const y = Math.min(Math.max(box.top + Math.min(box.height / 2, 20), 1), innerHeight - 1);
  const above = document.elementFromPoint(x, y);
  // A link that covers a card is marked by the outline of the card.
  const outlined = one => one && getComputedStyle(one).outlineStyle !== 'none';
  const card = part.closest('.teaser, .entrance, .conference-row');
  const drawn = part.closest('svg') && [...part.children].some(one => getComputedStyle(one).strokeWidth !== '0px');
  return {
    number: window.stops.has(part) ? window.stops.get(part) : -1,
    name: part.tagName + ' ' + words.trim().slice(0, 30),
    shown: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0
           && box.left < innerWidth,
    covered: !(above && (part.contains(above) || above.contains(part) || above.closest('label')?.control === part)),
    // The last stop within a field for a date is a button of the browser's own.
    marked: Boolean(outlined(part) || outlined(card) || drawn || part.type === 'date'),
  };
}"""

# Asked when the key is let go: then the browser has moved on and scrolled, and nobody has to ask from outside.
RECORD = f"addEventListener('keyup', () => window.steps.push(({FOCUSED})()), true)"

NAMES = """numbers => [...window.stops].filter(([, number]) => numbers.includes(number))
  .map(([part]) => part.outerHTML.slice(0, 90))"""


@dataclass
class Visitor:
    """A window of a browser that counts what it fetches, and what was found amiss."""

    page: Page
    wire: CDPSession
    plain: Page  # without script
    sizes: dict[str, int] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    judged: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # kinds of text by colours

    def expect(self, is_so: object, fault: str) -> None:
        if not is_so:
            self.faults.append(fault)


def addresses_of(url: str) -> list[str]:
    """Return all addresses of the sitemap at `url`, then those beside it; of the invented news only one."""
    with urllib.request.urlopen(f"{url}/sitemap.xml") as response:
        places = ElementTree.fromstring(response.read()).iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")
        listed = [re.sub(r"^https?://[^/]+", "", place.text or "") for place in places]
    return [*(address for address in listed if address == NEWS or ONE_OF_MANY not in address), *BESIDE_THE_SITEMAP]


def answer_with(html: str, route: Route) -> None:
    """Answer in place of the server."""
    route.fulfill(status=500, body=html, content_type="text/html")


@pytest.fixture(scope="module")
def visitor(browser: Browser, served_site) -> Iterator[Visitor]:
    contexts = [
        browser.new_context(base_url=served_site.url, locale="de-DE", java_script_enabled=on, viewport=DESK)
        for on in (True, False)
    ]
    for context in contexts:
        for address, template in WITHOUT_SERVER.items():
            context.route(f"**{address}", partial(answer_with, render_to_string(template)))
    window, plain = (context.new_page() for context in contexts)
    wire = contexts[0].new_cdp_session(window)
    made = Visitor(window, wire, plain)
    urls: dict[str, str] = {}
    wire.send("Network.enable")
    wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
    wire.on("Network.responseReceived", lambda event: urls.update({event["requestId"]: event["response"]["url"]}))
    wire.on(
        "Network.loadingFinished",
        lambda event: made.sizes.update({urls.get(event["requestId"], ""): int(event["encodedDataLength"])}),
    )
    window.on("console", lambda line: made.refused.append(line.text) if "Content Security" in line.text else None)
    yield made
    for context in contexts:
        context.close()


def test_the_sitemap_lists_the_site(served_site):
    listed = addresses_of(served_site.url)
    assert {*listed} >= ALWAYS_THERE | {EVERY_BLOCK, EVERYTHING, NEWS, RESOLUTION}
    assert {*listed} >= {*TYPICAL.values()}
    assert len(listed) == len({*listed}) > 90


def test_each_template_of_a_page_has_a_typical_one():
    root = Path(__file__).resolve().parent.parent / "templates"
    pages = {
        str(path.relative_to(root)) for path in root.rglob("*.html") if '{% extends "base.html" %}' in path.read_text()
    }
    assert {*TYPICAL} - {"500.html", "unavailable.html"} == pages - NOT_TYPICAL


@contextlib.contextmanager
def nothing_amiss(visitor: Visitor) -> Iterator[None]:
    """Fail at the end of the block with all that was found amiss in it."""
    visitor.faults = []
    try:
        yield
    except Exception as error:
        visitor.faults.append(f"{type(error).__name__}: {error}")
        raise
    finally:
        found, visitor.faults = visitor.faults, []
        assert not found, "\n".join(found)


@pytest.mark.slow("a browser draws the page twice and axe reads it")
@pytest.mark.parametrize("template", IN_EVERY_RUN)
def test_a_page_of_this_template_is_without_fault_small_and_light_wide_and_dark(visitor, template):
    with nothing_amiss(visitor):
        page, address = visitor.page, TYPICAL[template]
        opened(visitor, address)
        page.set_viewport_size(TELEPHONE)
        judge(visitor, "telephone, light", only_colours=False)
        look_for_what_axe_misses(visitor, "telephone, light")
        visitor.expect(not (wide := page.evaluate(OVERFLOW)), f"scrolls sideways, {wide}")
        visitor.expect(not (small := page.evaluate(SMALL_FIELDS)), f"makes iOS zoom, {small}")
        page.set_viewport_size(DESK)
        page.emulate_media(**COLOURS["dark"])
        judge(visitor, "desk, dark", only_colours=True)
        look_for_what_axe_misses(visitor, "desk, dark")
        visitor.expect(not (wide := page.evaluate(OVERFLOW)), f"scrolls sideways, {wide}")
        visitor.expect(not visitor.refused, f"refused by the policy: {visitor.refused}")
        lengthen_words(visitor, page)


@pytest.mark.slow("a browser presses the key some hundred times")
def test_the_fullest_page_is_walked_through_with_the_keyboard(visitor):
    with nothing_amiss(visitor):
        opened(visitor, EVERYTHING)
        walk(visitor)


@pytest.mark.slow("a browser loads the page twice and prints it")
def test_the_fullest_page_is_whole_on_paper_with_wide_spacing_and_without_script(visitor):
    with nothing_amiss(visitor):
        _, text = opened(visitor, EVERY_BLOCK)
        space_out_and_print(visitor, EVERY_BLOCK, text)


@pytest.mark.slow("starts the checker, a program in Java")
def test_the_html_of_a_page_of_each_template_is_valid(served_site):
    reader = requests_of(served_site.url)
    pages = {address: reader(address) for address in TYPICAL.values() if address not in WITHOUT_SERVER}
    pages |= {address: render_to_string(template) for address, template in WITHOUT_SERVER.items()}
    assert check_html(pages) == []


def requests_of(url: str) -> Callable[[str], str]:
    def read(address: str) -> str:
        try:
            with urllib.request.urlopen(url + address) as response:
                return response.read().decode()
        except urllib.error.HTTPError as error:
            return error.read().decode()

    return read


@pytest.mark.audit
@pytest.mark.parametrize("share", range(SHARES))
def test_everyone_can_use_every_page(visitor, served_site, share):
    pages: dict[str, str] = {}
    with nothing_amiss(visitor):
        for address in addresses_of(served_site.url)[share::SHARES]:
            visitor.faults.append(f"--- {address}")
            pages[address] = visit(visitor, address)
            if visitor.faults[-1].startswith("---"):
                visitor.faults.pop()
        visitor.faults += check_html(pages)


def opened(visitor: Visitor, address: str) -> tuple[str, str]:
    """Open an address at a desk, in light colours; return its HTML and its text."""
    page = visitor.page
    visitor.sizes.clear()
    visitor.refused.clear()
    page.set_viewport_size(DESK)
    page.emulate_media(media="screen", reduced_motion="reduce", **COLOURS["light"])
    response = page.goto(address)
    assert response
    html = response.text()
    text = text_of(page)
    visitor.expect("Integrations" in text.replace("\xad", ""), "no text")
    weigh(visitor)
    shifts = page.evaluate(SHIFTS)
    for _ in range(2):  # on a busy machine the typeface may come late once; what has no size moves every time
        if shifts >= LEAST_SHIFT:
            page.reload()
            shifts = page.evaluate(SHIFTS)
    visitor.expect(shifts < LEAST_SHIFT, f"moves while loading: {shifts}")
    page.evaluate(AXE_SCRIPT)
    return html, text


def visit(visitor: Visitor, address: str) -> str:
    """Look at one address in all ways; return its HTML."""
    page = visitor.page
    html, text = opened(visitor, address)
    for name, size in SIZES.items():
        page.set_viewport_size(size)
        for colours, media in COLOURS.items():
            page.emulate_media(**media)
            kinds = {*page.evaluate(KINDS_OF_TEXT)}
            # What lies over what axe sees in light colours, and of others it has to see each kind of text once.
            if colours == "light" or not kinds <= visitor.judged[colours]:
                judge(visitor, f"{name}, {colours}", only_colours=colours != "light")
            visitor.judged[colours] |= kinds
            look_for_what_axe_misses(visitor, f"{name}, {colours}")
        page.emulate_media(**COLOURS["light"])
        visitor.expect(not (wide := page.evaluate(OVERFLOW)), f"{name}: scrolls sideways, {wide}")
    visitor.expect(not (small := page.evaluate(SMALL_FIELDS)), f"makes iOS zoom, {small}")
    page.set_viewport_size(DESK)
    walk(visitor, and_back=address in TYPICAL.values())
    space_out_and_print(visitor, address, text)
    visitor.expect(not visitor.refused, f"refused by the policy: {visitor.refused}")
    if address in TYPICAL.values():
        lengthen_words(visitor, visitor.plain)  # the other window has wide spacing by now
        visitor.plain.set_viewport_size(DESK)
    return html


def lengthen_words(visitor: Visitor, page: Page) -> None:
    """Put a word without an end into each text, on a telephone."""
    page.set_viewport_size(TELEPHONE)
    page.evaluate(LONG_WORDS)
    visitor.expect(not (wide := page.evaluate(OVERFLOW)), f"scrolls sideways with a long word, {wide}")


def space_out_and_print(visitor: Visitor, address: str, text: str) -> None:
    """Ask for text of double size, paper, wide spacing, and the same `text` without script."""
    page = visitor.page
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    visitor.expect(not (wide := page.evaluate(OVERFLOW)), f"200 % text: scrolls sideways, {wide}")
    page.evaluate("document.documentElement.style.fontSize = ''")
    print_out(visitor)
    page.evaluate(SPACING)
    page.set_viewport_size(TELEPHONE)
    visitor.expect(not (wide := page.evaluate(OVERFLOW)), f"wide spacing: scrolls sideways, {wide}")
    visitor.plain.goto(address)
    visitor.expect(text_of(visitor.plain) == text, "says something else without script")


def weigh(visitor: Visitor) -> None:
    """Compare with the limits what the browser fetched for the page, compressed as it came."""
    sizes = visitor.sizes
    total, photos = sum(sizes.values()), any("/media/" in url for url in sizes)
    visitor.expect(total <= LIMIT, f"weighs {total} bytes")
    visitor.expect(total <= PHOTO_LIMIT if photos else total <= TEXT_LIMIT, f"weighs {total}, photos: {photos}")
    # The drawn symbols of Leichte Sprache come when they are scrolled to, and are kept for ever.
    asked_for = sorted(url for url in sizes if "/static/symbols/" not in url)
    visitor.expect(photos or len(asked_for) <= MOST_REQUESTS, f"{len(asked_for)} requests: {asked_for}")
    html = next((size for url, size in sizes.items() if url == visitor.page.url), 0)
    visitor.expect(html <= HTML_LIMIT, f"{html} bytes of HTML")


def judge(visitor: Visitor, look: str, only_colours: bool) -> None:
    """Ask axe; what it could not decide needs a reason in UNDECIDED.

    only_colours: the rules that look at colours; all others would find the same page again.
    """
    reasons = [place[:2] for place in UNDECIDED]
    found = visitor.page.evaluate(RUN_AXE, [*(["rule", COLOUR_RULES] if only_colours else ["tag", TAGS]), reasons])
    visitor.expect({*found["passes"]} & {"document-title", COLOUR_RULES[0]}, f"{look}: axe did not run")
    for rule, places in found["violations"]:
        visitor.faults.append(f"{look}: {rule} at {places}")
    for rule, places in found["incomplete"]:
        visitor.faults.append(f"{look}: undecided without a reason: {rule} at {places}")


def look_for_what_axe_misses(visitor: Visitor, look: str) -> None:
    """Ask for letters in drawings, and for text in the colour that browsers lay behind it."""
    visitor.expect(not (faint := visitor.page.evaluate(DRAWN)), f"{look}: less than 7:1 in a drawing: {faint[:4]}")
    visitor.expect(not (lost := visitor.page.evaluate(INVISIBLE)), f"{look}: text on its own colour: {lost[:4]}")


def walk(visitor: Visitor, and_back: bool = True) -> None:
    """Go through the page with the keyboard, and back: every stop once, seen, uncovered and marked; no trap."""
    page = visitor.page
    page.emulate_media(**COLOURS["light"])
    page.evaluate("() => { scrollTo(0, 0); document.activeElement.blur(); }")
    page.evaluate(RECORD)
    count = page.evaluate(STOPS)
    visitor.expect(count <= MOST_STEPS, f"{count} stops of the keyboard")
    orders = []
    for key in ("Tab", "Shift+Tab") if and_back else ("Tab",):
        stops, is_at_the_end = steps(visitor, min(count, MOST_STEPS), backwards=key != "Tab")
        visitor.expect(is_at_the_end, f"{key}: no end after {len(stops)} stops")
        for stop in stops:
            for state in ("shown", "marked"):
                visitor.expect(stop[state], f"{key}: not {state}: {stop['name']}")
            visitor.expect(not stop["covered"], f"{key}: covered: {stop['name']}")
        order = [stop["number"] for stop in stops if stop["number"] >= 0]
        orders.append(order)
        missed = {*range(count)} - {*order}
        names = page.evaluate(NAMES, sorted(missed)[:3])
        visitor.expect(not missed, f"{key}: never reached: {names}")
        if key == "Tab":
            press_tab(visitor)
            page.evaluate("() => document.activeElement.blur()")
            page.evaluate(
                "last => { const part = [...window.stops].find(([, n]) => n === last)?.[0]; part?.focus(); }",
                order[-1] if order else 0,
            )
            press_tab(visitor)
    visitor.expect(not and_back or orders[0] == orders[-1][::-1], "another order backwards")


def steps(visitor: Visitor, count: int, backwards: bool) -> tuple[list[dict], bool]:
    """Press the key until `count` stops have come; return what FOCUSED says of each, and whether there was an end."""
    visitor.page.evaluate("() => { window.steps = []; }")
    for pressed in range(1, count + 13):  # also boxes that scroll, which browsers stop at
        press_tab(visitor, backwards)
        if pressed > count:
            stops, is_at_the_end = up_to_the_end(visitor.page.evaluate("() => window.steps"), count)
            if is_at_the_end:
                break
    return stops, is_at_the_end


def up_to_the_end(recorded: list[dict | None], count: int) -> tuple[list[dict], bool]:
    """Return the steps until the first stop comes again or the focus is in the window of the browser itself."""
    stops: list[dict] = []
    for stop in recorded:
        numbers = [seen["number"] for seen in stops if seen["number"] >= 0]
        if stop is None and (len(numbers) == count or recorded.count(None) > 1):
            return stops, True
        if stop and numbers[:1] == [stop["number"]]:
            return stops, True
        stops += [stop] if stop else []
    return stops, False


def press_tab(visitor: Visitor, backwards: bool = False) -> None:
    """Press the key as people do. Not by Playwright's keyboard: that takes three times as long."""
    tab = {"key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9, "modifiers": 8 if backwards else 0}
    for kind in ("rawKeyDown", "keyUp"):
        visitor.wire.send("Input.dispatchKeyEvent", {"type": kind, **tab})


def print_out(visitor: Visitor) -> None:
    """Print to PDF: with title, language and tags."""
    paper = visitor.page.pdf(tagged=True, outline=True, format="A4")
    document = pypdfium2.PdfDocument(paper)
    title = document.get_metadata_value("Title")
    visitor.expect("IntMK" in title or title == "Integrationsministerkonferenz", f"paper without title: {title}")
    visitor.expect(re.search(rb"/Lang \((de|en)", paper), "paper without language")
    visitor.expect(pypdfium2.raw.FPDFCatalog_IsTagged(document), "paper without tags")
    document.close()


def text_of(page: Page) -> str:
    """Return the text as people see it, but for the buttons that only script can serve."""
    page.evaluate("document.querySelectorAll('[data-share], [data-copy]').forEach(button => button.hidden = true)")
    return page.locator("body").inner_text()
