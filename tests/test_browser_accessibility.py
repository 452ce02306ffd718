"""Every type of page passes axe in light and dark, on a telephone and on a desk, and nothing is cut off."""

import pytest
from axe_playwright_python.sync_playwright import Axe

ADDRESSES = [
    "/",
    "/aufgaben-und-ziele/",
    "/vorsitz/",
    "/vorsitz/?am=2007-05-01",
    "/vorsitz/?am=unsinn",
    "/konferenzen/",
    "/konferenzen/4/",
    "/konferenzen/7/",
    "/konferenzen/20/",
    "/konferenzen/22/",
    "/geschichte/",
    "/aktuelles/",
    "/impressum/",
    "/barrierefreiheit/",
    "/leichte-sprache/",
    "/en/",
    "/suche/",
    "/suche/?q=Integration",
    "/suche/?q=gibtesnicht",
    "/gibt-es-nicht/",
]


@pytest.fixture(scope="module", params=["light", "dark"])
def scheme(request) -> str:
    return request.param


@pytest.fixture(scope="module", params=[360, 1280])
def reader(request, scheme, browser, served_site):
    """A browser window of that width and scheme."""
    context = browser.new_context(
        color_scheme=scheme,
        viewport={"width": request.param, "height": 900},
        base_url=served_site.url,
        locale="de-DE",
        reduced_motion="reduce",
    )
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("address", ADDRESSES)
def test_axe_finds_nothing_and_nothing_overflows(reader, address):
    refused = []
    reader.on("console", lambda message: refused.append(message.text) if "Content Security" in message.text else None)
    reader.goto(address)
    results = Axe().run(reader)
    assert results.violations_count == 0, results.generate_report()
    assert reader.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert refused == []


@pytest.mark.parametrize("address", ["/", "/konferenzen/", "/konferenzen/15/", "/vorsitz/", "/geschichte/"])
def test_at_320_pixels_and_400_percent_nothing_overflows(browser, served_site, address):
    # 1280 px at 400 % are 320 CSS pixels (WCAG 2.2, 1.4.10).
    context = browser.new_context(viewport={"width": 320, "height": 256}, base_url=served_site.url)
    page = context.new_page()
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    context.close()
