"""The pictures of the handbook are taken from the real screens, and say when a screen has other words than its picture.

`make handbook` takes them anew. Compared are the words of headings, fields and buttons: what somebody would look for.
Not compared are pixels, which fonts and browsers draw differently.
"""

import json
import os
import re
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, Playwright, expect

from intmk.handbook.chapters import DOCS
from tests.admin_screens import window_of
from tests.conftest import ROOT
from tests.test_browser_desk import begin

pytestmark = pytest.mark.audit
PICTURES = ROOT / "static" / "handbook"
WORDS = Path(__file__).parent / "handbook_words.json"
TAKE = bool(os.environ.get("INTMK_TAKE_PICTURES"))
SIZE = {"width": 1040, "height": 780}
NAMES = "h1, h2, h3, label, legend, th, summary, button, [role=tab]"
# Below stands a date as the browser of the tests writes it, more of the same text, and nothing.
HEIGHTS = {"photos": 515, "translation": 400, "proposal": 640}
CHANGING = re.compile(r"\bB-\d{4}-\w+|\d+")  # the number of a reported barrier is drawn by lot
# What browsers add themselves: that of the tests has it in English only.
FILE_INPUT = """
    input[type=file] { color: transparent; position: relative }
    input[type=file]::file-selector-button { font-size: 0; padding: 0; border: 0 }
    input[type=file]::before { content: "Datei auswählen"; color: black; background: #eee; border: 1px solid #888;
        border-radius: 3px; padding: 2px 8px; margin-right: -1em }
"""
SEEN = f"""(area) => [...area.querySelectorAll("{NAMES}")]
    .filter((element) => element.checkVisibility({{visibilityProperty: true, opacityProperty: true}}))
    .map((element) => element.innerText.replace(/\\s+/g, " ").trim()).filter(Boolean)"""


def key_of(official: Page, slug: str) -> int:
    return official.request.get("/admin/api/main/pages/", params={"slug": slug}).json()["items"][0]["id"]


def conference(official: Page) -> None:
    official.goto(f"/admin/pages/{key_of(official, '8')}/edit/")  # one that no other test changes
    expect(official.get_by_role("textbox", name="Titel").first).to_be_editable()


def start_page(official: Page) -> Locator:
    official.goto("/admin/")
    return official.locator(".desk-new")


def menu(official: Page) -> Locator:
    official.set_viewport_size(SIZE | {"height": 1040})  # all of it
    official.goto("/admin/")
    return official.locator(".sidebar")


def news_form(official: Page) -> Locator:
    begin(official).press_sequentially("Länder beraten in Mainz")
    return official.locator("main")


def publishing(official: Page) -> Locator:
    begin(official).press_sequentially("Länder beraten in Mainz")
    official.get_by_role("button", name="Mehr Aktionen").click()
    expect(official.locator("footer publishing-sentence").first).to_be_visible()
    return official.locator("main")


def schedule(official: Page) -> Locator:
    begin(official).press_sequentially("Länder beraten in Mainz")
    official.get_by_role("button", name="Status umschalten").click()
    official.get_by_role("button", name="Zeitplan festlegen").click()
    return official.get_by_role("dialog")


def page_check(official: Page) -> Locator:
    conference(official)
    check = official.get_by_role("region", name="Prüfung")
    expect(check).to_be_visible()
    return check


def photos(official: Page) -> Locator:
    official.goto(f"/admin/pages/{key_of(official, '12')}/fotos/")
    return official.locator("main")


def group_photo(official: Page) -> Locator:
    conference(official)
    official.get_by_role("tab", name="Bilder und Dokumente").click()
    official.get_by_role("button", name="Gruppenfoto hinzufügen").first.click()
    official.get_by_role("button", name="Bild auswählen").first.click()
    dialog = official.get_by_role("dialog")
    dialog.get_by_role("tab", name="Hochladen").click()
    return dialog.locator(".modal-content")


def conference_form(official: Page) -> Locator:
    begin(official, "conferences/conferencepage", "konferenzen")
    return official.locator("main")


def resolution_form(official: Page) -> Locator:
    begin(official, "conferences/resolutionpage", "12")
    return official.locator("main")


def archive_import(official: Page) -> Locator:
    official.goto("/admin/beschluesse-importieren/")
    return official.locator("main")


def document_form(official: Page) -> Locator:
    official.goto("/admin/documents/multiple/add/")
    return official.locator("main")


def resolutions(official: Page) -> Locator:
    official.goto("/admin/listen/beschluesse/")
    return official.locator("main")


def agenda(official: Page) -> Locator:
    official.goto(f"/admin/pages/{key_of(official, '8')}/tagesordnung/")
    return official.locator("main")


def votes(official: Page) -> Locator:
    official.set_viewport_size(SIZE | {"height": 2200})  # all of it, without what stands over a part
    begin(official, "conferences/resolutionpage", "12")
    official.get_by_role("tab", name="Abstimmung").click()
    return official.locator("votes-table")


def proposal(official: Page) -> Locator:
    official.goto("/admin/vorschlaege/1/")
    return official.locator("main")


def rehearsal(official: Page) -> Locator:
    official.goto("/admin/probe/")
    return official.locator("section[aria-labelledby=website]")


def barrier_answer(official: Page) -> Locator:
    official.goto("/admin/snippets/intmk/barrierreport/edit/1/")
    return official.locator("main")


def text_parts(official: Page) -> Locator:
    official.goto(f"/admin/pages/{key_of(official, 'kontakt')}/edit/")
    official.get_by_role("button", name="Einen Baustein einfügen").first.click()
    return official.locator(".w-combobox-container")


def translation(official: Page) -> Locator:
    official.goto(f"/admin/uebersetzen/{key_of(official, 'tasks')}/")
    return official.locator("main")


def video_form(official: Page) -> Locator:
    official.goto("/admin/snippets/intmk/sitevideo/add/")
    return official.locator("main")


def accounts(administrator: Page) -> Locator:
    administrator.goto("/admin/users/invite/")
    return administrator.locator("main")


SCREENS = [
    start_page, menu, news_form, publishing, schedule, page_check, photos, group_photo, conference_form,
    resolution_form, archive_import, document_form, resolutions, agenda, votes, proposal, rehearsal, barrier_answer,
    text_parts, translation, video_form,
]  # fmt: skip


@pytest.fixture
def administrator(playwright: Playwright, browser: Browser, served_site) -> Iterator[Page]:
    """A window of the administrator."""
    with window_of("admin", playwright, browser, served_site) as window:
        yield window


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.__name__)
def test_a_picture_of_the_handbook_has_the_words_of_its_screen(official, screen: Callable[[Page], Locator]):
    assert_has_words(official, screen)


def test_the_picture_of_the_accounts_has_the_words_of_its_screen(administrator):
    assert_has_words(administrator, accounts)


def assert_has_words(official: Page, screen: Callable[[Page], Locator]) -> None:
    """Compare the words of the screen with those of its picture; where pictures are taken, take it before."""
    name = screen.__name__.replace("_", "-")
    official.set_viewport_size(SIZE)
    area = screen(official)
    expect(area).to_be_visible()
    words = [CHANGING.sub("0", text) for text in area.evaluate(SEEN)]
    if TAKE:
        take(area, name)
        known = json.loads(WORDS.read_text()) if WORDS.exists() else {}
        WORDS.write_text(json.dumps(known | {name: words}, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    assert words, "Hier ist nichts zu lesen."
    assert json.loads(WORDS.read_text())[name] == words, "„make handbook“ nimmt die Bilder des Handbuchs neu auf."


def take(area: Locator, name: str) -> None:
    """Store what is to be seen of it, at most as high as the window."""
    area.page.add_style_tag(content=FILE_INPUT)
    area.page.wait_for_timeout(700)  # what moves comes to rest
    box, window = area.bounding_box(), area.page.viewport_size["height"]
    clip = {**box, "height": min(box["height"], window - max(box["y"], 0), HEIGHTS.get(name, window))}
    shot = area.page.screenshot(clip=clip, animations="disabled", caret="hide")
    Image.open(BytesIO(shot)).convert("RGB").save(PICTURES / f"{name}.webp", quality=80, method=6)


def test_each_picture_is_in_the_handbook_with_a_text_and_no_file_without():
    shown = re.findall(r"!\[([^\]]{20,})\]\(\.\./static/handbook/([\w-]+)\.webp\)", (DOCS / "handbuch.md").read_text())
    names = {screen.__name__.replace("_", "-") for screen in (*SCREENS, accounts)}
    assert {name for _, name in shown} == names == {path.stem for path in PICTURES.iterdir()}
