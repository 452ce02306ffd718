"""What a reader with a telephone waits for: how little comes before the first paint, and that nothing jumps after it.

How long it takes is no question for a test: the README says how it is measured.
"""

import pytest

WATCH = """
window.seen = {shifts: 0, largest: null, painted: false};
new PerformanceObserver(list => list.getEntries().forEach(one => { seen.shifts += one.value; }))
  .observe({type: "layout-shift", buffered: true});
new PerformanceObserver(list => list.getEntries().forEach(one => { seen.largest = one.url; }))
  .observe({type: "largest-contentful-paint", buffered: true});
new PerformanceObserver(() => { seen.painted = true; }).observe({type: "paint", buffered: true});
"""
PAINTED = "new Promise(done => { const look = () => seen.painted ? done() : setTimeout(look, 20); look(); })"
TWO_FRAMES = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
LOADED = """performance.getEntriesByType("navigation").concat(performance.getEntriesByType("resource"))
  .map(one => [new URL(one.name).pathname, one.transferSize, one.renderBlockingStatus == "blocking"])"""
# Of a machine that has none of the fonts that stand for ours until it comes, nothing can be learned.
FALLBACK_IS_THERE = "[...document.fonts].every(one => one.status != 'error')"
LEAST_SEEN = 0.02  # some letters to the side; 0.1 is what counts as a page that jumps
FIRST_BYTES = 24_000  # of page and stylesheet: a tenth of a second on a slow connection
REQUESTS = 5  # page, stylesheet, font, and scripts that wait


@pytest.mark.audit
@pytest.mark.parametrize(
    "path", ["/", "/konferenzen/8/", "/konferenzen/12/top-2-1/", "/beschluesse/", "/suche/?q=Integration"]
)
def test_the_first_paint_needs_page_and_stylesheet_only_and_nothing_jumps_when_the_font_comes(
    browser, served_site, path
):
    context = browser.new_context(base_url=served_site.url, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.add_init_script(WATCH)
    held = []
    page.route("**/*.woff2", lambda route: held.append(route))
    page.goto(path, wait_until="commit")
    page.evaluate(PAINTED)
    assert len(held) == 1
    held[0].continue_()
    page.evaluate("document.fonts.ready.then(() => null)")
    page.evaluate(TWO_FRAMES)
    if page.evaluate(FALLBACK_IS_THERE):
        assert page.evaluate("seen.shifts") < LEAST_SEEN
    assert page.evaluate("seen.largest") == ""  # text and no picture
    loaded = page.evaluate(LOADED)
    (_, size, _), *rest = loaded
    blocking = [(name, transferred) for name, transferred, blocks in rest if blocks]
    assert [name.partition(".")[0] for name, _ in blocking] == ["/static/css/site"]
    assert size + sum(transferred for _, transferred in blocking) < FIRST_BYTES
    assert len(loaded) <= REQUESTS, loaded
    context.close()
