"""The large view of photos, by keyboard and mouse, without script and on paper."""

import pytest
from playwright.sync_api import expect

from tests.browser_pages import EVERYTHING


@pytest.fixture
def reader(browser, served_site):
    context = browser.new_context(base_url=served_site.url, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(EVERYTHING)
    yield page
    context.close()


def test_the_large_view_is_used_with_the_keyboard_alone(reader):
    links, view = reader.locator("[data-large]"), reader.get_by_role("dialog")
    expect(view).to_be_hidden()
    links.nth(1).focus()
    reader.keyboard.press("Enter")
    expect(view).to_be_visible()
    expect(view.get_by_role("status")).to_have_text("Bild 2 von 3")
    expect(view.get_by_role("button", name="Schließen")).to_be_focused()
    expect(view).to_contain_text("© Petra Beispiel")
    expect(view.get_by_role("link", name="Herunterladen")).to_be_visible()
    expect(view.get_by_role("img")).to_have_attribute("alt", "Graues Rauschen, für die Prüfung gerechnet.")
    reader.keyboard.press("ArrowRight")
    expect(view.get_by_role("status")).to_have_text("Bild 3 von 3")
    reader.keyboard.press("ArrowRight")
    expect(view.get_by_role("status")).to_have_text("Bild 1 von 3")
    reader.keyboard.press("ArrowLeft")
    expect(view.get_by_role("status")).to_have_text("Bild 3 von 3")
    view.get_by_role("button", name="Voriges").press("Enter")
    expect(view.get_by_role("status")).to_have_text("Bild 2 von 3")
    reader.keyboard.press("Escape")
    expect(view).to_be_hidden()
    expect(links.nth(1)).to_be_focused()


def test_a_click_opens_it_and_the_whole_picture_is_in_sight(reader):
    reader.locator("[data-large]").first.click()
    picture = reader.get_by_role("dialog").get_by_role("img")
    expect(picture).to_be_in_viewport(ratio=1)
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    reader.get_by_role("button", name="Schließen").click()
    expect(reader.get_by_role("dialog")).to_be_hidden()


@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_overflows_in_the_large_view(reader, width):
    reader.set_viewport_size({"width": width, "height": 640})
    reader.locator("[data-large]").nth(1).click()
    view = reader.get_by_role("dialog")
    assert view.evaluate("view => view.scrollWidth <= view.clientWidth")
    for button in view.get_by_role("button").all():
        assert button.bounding_box()["height"] >= 44


def test_without_script_a_photo_leads_to_its_large_file(browser, served_site):
    context = browser.new_context(base_url=served_site.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(EVERYTHING)
    page.locator("[data-large]").first.click()
    page.wait_for_url("**/media/images/*.jpg")
    context.close()


def test_on_paper_all_photos_stand_with_their_credit_and_no_dialog(reader):
    reader.locator("[data-large]").first.click()
    reader.emulate_media(media="print")
    expect(reader.locator("dialog")).to_be_hidden()
    for figure in reader.locator(".gallery figure").all():
        expect(figure.get_by_role("img")).to_be_visible()
        expect(figure).to_contain_text("© Petra Beispiel")


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_moves_while_the_photos_load_and_those_below_wait(browser, served_site, width):
    context = browser.new_context(base_url=served_site.url, viewport={"width": width, "height": 800})
    page = context.new_page()
    sizes = []
    page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
    page.add_init_script(
        "window.moved = 0; new PerformanceObserver(list => list.getEntries().forEach("
        "entry => { window.moved += entry.value })).observe({ type: 'layout-shift', buffered: true })"
    )
    page.goto(EVERYTHING, wait_until="networkidle")
    assert page.evaluate("window.moved") < 0.05
    assert sum(sizes) <= 200_000
    context.close()
