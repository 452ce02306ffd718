"""Every type of page passes axe in light and dark, on a telephone and on a desk; none is cut off, heavy or scripted."""

import gzip
import re
import urllib.error
import urllib.request
from functools import cache

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.template.loader import render_to_string

from tests.browser_pages import EVERY_BLOCK, EVERYTHING, NEWS, REFUSED, REMOVED, RESOLUTION

BROKEN = "/fehler-500/"  # no address of the site: what the site would answer is put in its place
ADDRESSES = [
    "/",
    "/aufgaben-und-ziele/",
    "/vorsitz/",
    "/vorsitz/?am=2007-05-01",
    "/vorsitz/?am=2018-03-01",
    "/vorsitz/?am=unsinn",
    "/laender/",
    "/laender/mecklenburg-vorpommern/",
    "/laender/nordrhein-westfalen/",
    "/konferenzen/",
    "/konferenzen/4/",
    "/konferenzen/7/",
    "/konferenzen/20/",
    "/konferenzen/22/",
    EVERYTHING,
    "/beschluesse/",
    "/konferenzen/19/leitantrag/",
    RESOLUTION,
    "/beschluesse/statistik/",
    "/themen/",
    "/themen/sprache/",
    "/geschichte/",
    "/aktuelles/",
    "/aktuelles/?seite=2",
    NEWS,
    "/impressum/",
    "/datenschutz/",
    "/barrierefreiheit/",
    "/kontakt/",
    "/barriere-melden/?seite=/konferenzen/12/",
    "/leichte-sprache/",
    "/leichte-sprache/website/",
    "/glossar/",
    "/en/",
    "/en/tasks/",
    "/en/chair/",
    "/en/conferences/",
    EVERY_BLOCK,
    "/suche/",
    "/suche/?q=Integration",
    "/suche/?q=Prüfmeldung&seite=2",
    "/suche/?q=gibtesnicht",
    "/gibt-es-nicht/",
    REMOVED,
    REFUSED,
    BROKEN,
]
HTML_LIMIT, PAGE_LIMIT = 14_000, 100_000  # bytes as transferred; 14 kB arrive with the first round trip of TCP


def opened(browser, served_site, **options):
    """Return a browser window on the site."""
    context = browser.new_context(base_url=served_site.url, locale="de-DE", reduced_motion="reduce", **options)
    page = render_to_string("500.html")
    context.route(f"**{BROKEN}", lambda route: route.fulfill(status=500, body=page, content_type="text/html"))
    return context.new_page()


@pytest.fixture(scope="module", params=[360, 1280])
def reader(request, browser, served_site):
    """A browser window of that width; `refused` holds what the content security policy refused."""
    page = opened(browser, served_site, viewport={"width": request.param, "height": 900})
    page.refused = []
    page.on("console", lambda line: page.refused.append(line.text) if "Content Security" in line.text else None)
    yield page
    page.context.close()


def fits(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("address", ADDRESSES)
def test_axe_finds_nothing_and_nothing_overflows(reader, address):
    reader.refused.clear()
    reader.emulate_media(color_scheme="light")
    reader.goto(address)
    results = Axe().run(reader, options={"resultTypes": ["violations"]})
    assert results.violations_count == 0, results.generate_report()
    assert fits(reader)
    reader.emulate_media(color_scheme="dark")  # the same page with other colours, which two of axe's rules look at
    rules = ["color-contrast", "link-in-text-block"]
    dark = reader.evaluate("rules => axe.run({runOnly: rules})", rules)
    assert [rule["id"] for rule in dark["passes"] if rule["id"] == rules[0]] == rules[:1]
    assert dark["violations"] == []
    assert reader.refused == []


@pytest.fixture(scope="module")
def narrow(browser, served_site):
    """A window of 1280 px at 400 %, which are 320 CSS pixels (WCAG 2.2, 1.4.10)."""
    page = opened(browser, served_site, viewport={"width": 320, "height": 256})
    yield page
    page.context.close()


@pytest.mark.parametrize("address", ["/konferenzen/15/", *ADDRESSES])
def test_at_320_pixels_and_400_percent_nothing_overflows(narrow, address):
    narrow.goto(address)
    assert fits(narrow)


@pytest.fixture(scope="module")
def with_and_without_script(browser, served_site):
    """Two windows, the second one without JavaScript."""
    pages = [opened(browser, served_site, java_script_enabled=enabled) for enabled in (True, False)]
    yield pages
    for page in pages:
        page.context.close()


@pytest.mark.parametrize("address", ADDRESSES)
def test_without_script_a_page_says_the_same(with_and_without_script, address):
    texts = []
    for page in with_and_without_script:
        page.goto(address)
        # The two buttons of the box "Teilen" that only script can serve; without it they are hidden.
        page.evaluate("document.querySelectorAll('[data-share], [data-copy]').forEach(button => button.remove())")
        texts.append(page.locator("body").inner_text())
    assert texts[0] == texts[1]
    assert "Integrations" in texts[1]


@cache
def transferred(url: str) -> tuple[bytes, int]:
    """Return the body at `url` and its size as the site sends it to a browser."""
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
    try:
        with urllib.request.urlopen(request) as response:
            body, encoding = response.read(), response.headers["Content-Encoding"]
    except urllib.error.HTTPError as error:
        body, encoding = error.read(), error.headers["Content-Encoding"]
    return (gzip.decompress(body) if encoding == "gzip" else body), len(body)


@pytest.mark.parametrize("address", [address for address in ADDRESSES if address != BROKEN])
def test_a_page_is_light(served_site, address):
    path, _, query = address.partition("?")
    body, _ = transferred(served_site.url + path + ("?" + query.replace("ü", "%C3%BC") if query else ""))
    html = len(gzip.compress(body, 6))
    assert html <= HTML_LIMIT
    files = {*re.findall(r'(?:href|src)="(/static/[^"]+\.(?:css|js|svg|woff2))"', body.decode())}
    kinds = {file.rsplit(".")[-1] for file in files}
    assert {"css", "woff2", "svg"} <= kinds
    assert html + sum(transferred(served_site.url + file)[1] for file in files) <= PAGE_LIMIT
