"""A reader with a keyboard, without script, on paper."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect


@pytest.fixture
def reader(browser, served_site):
    context = browser.new_context(base_url=served_site.url, viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def test_the_skip_links_come_first_and_lead_where_they_say(reader):
    reader.goto("/konferenzen/12/")
    for name in ("Zur Navigation", "Zum Inhalt", "Zum Herausgeber"):
        reader.keyboard.press("Tab")
        focused = reader.locator(":focus")
        expect(focused).to_have_text(name)
        expect(focused).to_be_in_viewport()
        target = focused.get_attribute("href")
        assert reader.locator(target).count() == 1


def test_every_page_can_be_read_and_the_menu_used_without_script(browser, served_site):
    context = browser.new_context(
        base_url=served_site.url, java_script_enabled=False, viewport={"width": 360, "height": 800}
    )
    page = context.new_page()
    page.goto("/")
    menu = page.get_by_role("link", name="Geschichte", exact=True)
    if not menu.first.is_visible():
        page.locator("header summary, header button, header a[href^='#']").filter(has_text="Menü").first.click()
    menu.first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Geschichte")
    expect(page.get_by_text("Integrationsgipfel auf Einladung").first).to_be_visible()
    context.close()


def test_the_chair_of_a_day_is_found_with_the_keyboard(reader):
    reader.goto("/vorsitz/")
    field = reader.locator("[name=am]")
    field.fill("2016-10-01")
    field.press("Enter")
    reader.wait_for_url("**/vorsitz/?am=2016-10-01")
    expect(reader.get_by_role("main")).to_contain_text("Manfred Lucha")


@pytest.mark.parametrize("forced", ["none", "active"])
def test_leichte_sprache_stays_dark_on_light_in_the_dark(reader, forced):
    reader.emulate_media(color_scheme="dark", forced_colors=forced)
    ground = "getComputedStyle(document.body).backgroundColor"
    for address, light in (("/kontakt/", False), ("/leichte-sprache/", forced == "none")):
        reader.goto(address)
        assert (reader.evaluate(ground) == "rgb(255, 255, 255)") == light, address


def test_the_address_can_be_copied_and_mailed(reader, served_site):
    reader.goto("/aufgaben-und-ziele/")
    mail = reader.locator("a[href^='mailto:']").first
    assert "aufgaben-und-ziele" in mail.get_attribute("href")
    expect(reader.get_by_role("button", name="Kopieren")).to_be_visible()


def test_a_device_that_can_share_gets_a_button_for_it(browser, served_site):
    context = browser.new_context(base_url=served_site.url)
    context.add_init_script("navigator.share = async data => { window.shared = data }; navigator.canShare = () => true")
    page = context.new_page()
    page.goto("/aufgaben-und-ziele/")
    page.locator("button:has-text('Teilen')").first.click()
    assert page.evaluate("window.shared.url").endswith("/aufgaben-und-ziele/")
    context.close()


def test_nothing_is_kept_on_the_device_and_nothing_is_asked_of_others(browser, served_site):
    context = browser.new_context(base_url=served_site.url)
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    for address in ("/", "/aufgaben-und-ziele/", "/konferenzen/7/", "/suche/?q=Berlin"):
        page.goto(address, wait_until="networkidle")
        assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert context.cookies() == []
    assert {url.split("/")[2] for url in asked if url.startswith("http")} == {served_site.url.split("/")[2]}
    context.close()


def test_the_fonts_and_styles_are_small_and_kept_for_ever(reader):
    sizes = {}
    reader.on("response", lambda response: sizes.update({response.url: response}))
    reader.goto("/", wait_until="networkidle")
    fonts = [response for url, response in sizes.items() if url.endswith(".woff2")]
    assert len(fonts) == 1
    assert len(fonts[0].body()) <= 45_000
    assert "immutable" in fonts[0].headers["cache-control"]


def test_on_paper_there_is_no_navigation(reader):
    reader.goto("/konferenzen/12/")
    reader.emulate_media(media="print")
    expect(reader.get_by_role("navigation").first).to_be_hidden()
    expect(reader.get_by_role("heading", level=1)).to_be_visible()


# Whether the middle of what has the focus is in the window and on top, or what it is called; None for no focus.
LOST = """() => {
  const part = document.activeElement;
  if (!part || part === document.body) return null;
  const box = part.getClientRects()[0] ?? part.getBoundingClientRect();
  const [x, y] = [box.left + box.width / 2, Math.max(box.top + Math.min(box.height / 2, 20), 0)];
  const above = document.elementFromPoint(x, y);
  const isOnTop = above && (part.contains(above) || above.contains(part));
  return [isOnTop ? '' : part.outerHTML.slice(0, 80), !!part.closest('#menu')];
}"""


@pytest.mark.parametrize("with_script", [True, False])
@pytest.mark.parametrize("size", [(320, 256), pytest.param((360, 640), marks=pytest.mark.audit)])
def test_what_has_the_focus_never_lies_under_the_open_menu(browser, served_site, size, with_script):
    context = browser.new_context(
        base_url=served_site.url,
        viewport={"width": size[0], "height": size[1]},
        java_script_enabled=with_script,
        reduced_motion="reduce",
    )
    page = context.new_page()
    for key, presses in (("Tab", 30), ("Shift+Tab", 2)):
        page.goto("/aktuelles/")
        page.get_by_role("button", name="Menü", exact=True).focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Menü schließen")).to_be_focused()
        visited = [page.evaluate(LOST)]
        for _ in range(presses):
            page.keyboard.press(key)
            visited.append(page.evaluate(LOST))
        lost = [stop[0] for stop in visited if stop and stop[0]]
        assert not lost
        assert not visited[-1] or not visited[-1][1] or not with_script
    context.close()


def test_escape_closes_the_menu_and_its_button_has_the_focus_again(browser, served_site):
    context = browser.new_context(base_url=served_site.url, viewport={"width": 320, "height": 256})
    page = context.new_page()
    page.goto("/")
    button = page.get_by_role("button", name="Menü", exact=True)
    button.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(page.locator("#menu")).to_be_hidden()
    expect(button).to_be_focused()
    context.close()


@pytest.mark.audit
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_axe_finds_no_fault_in_the_open_menu_of_a_page_enlarged_to_400_percent(browser, served_site, colours):
    context = browser.new_context(
        base_url=served_site.url,
        viewport={"width": 320, "height": 256},
        color_scheme=colours,
        reduced_motion="reduce",
        bypass_csp=True,
    )
    page = context.new_page()
    page.goto("/")
    page.get_by_role("button", name="Menü", exact=True).press("Enter")
    expect(page.locator("#menu")).to_be_visible()
    found = Axe().run(page)
    assert found.response["passes"]
    assert found.response["violations"] == []
    context.close()
