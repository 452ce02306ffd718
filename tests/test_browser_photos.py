"""Twelve photos come onto the site and three of them onto a conference, with the keyboard alone."""

import re
from dataclasses import dataclass
from io import BytesIO

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.test_browser_admin import SIZES, TAGS

pytestmark = pytest.mark.audit
BEFORE = {"clicks": 31, "fields": 45, "loads": 7}  # with a form for each photo
TABS = 200  # none of the screens has so many stops


@dataclass
class Hands:
    """Somebody at a keyboard, whose presses on something, fields and loads of a page are counted."""

    page: Page
    clicks: int = 0
    fields: int = 0
    loads: int = 0

    def __post_init__(self) -> None:
        self.page.on("domcontentloaded", self.count_load)

    def count_load(self, page: Page) -> None:
        self.loads += 1

    def go_to(self, where: Locator) -> None:
        """Press Tab until it has the focus."""
        expect(where).to_be_visible()
        for _ in range(TABS):
            if where.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Mit der Tabulatortaste nicht zu erreichen: {where}")

    def press(self, where: Locator, key: str = "Enter") -> None:
        self.go_to(where)
        self.clicks += 1
        self.page.keyboard.press(key)

    def type(self, where: Locator, text: str) -> None:
        self.go_to(where)
        self.fields += 1
        self.page.keyboard.type(text)

    def choose(self, *names: str) -> None:
        """Choose photos of these names, as the window of the computer does."""
        with self.page.expect_file_chooser() as chooser:
            self.press(self.page.get_by_label("Fotos wählen"))
        chooser.value.set_files([{"name": name, "mimeType": "image/jpeg", "buffer": photo(name)} for name in names])


def photo(name: str) -> bytes:
    """A photo of its own for each name; none for one that ends otherwise."""
    content = BytesIO()
    Image.new("RGB", (400, 300), tuple(name[-7:-4].encode())).save(content, "JPEG")
    return content.getvalue() if name.endswith(".jpg") else b"%PDF"


def saved(page: Page) -> None:
    """Wait until what was typed last is stored."""
    expect(page.get_by_text("Alles Geschriebene ist gespeichert.")).to_be_visible()


def test_twelve_photos_of_which_three_for_a_conference_take_half_the_work(official):
    hands = Hands(official)
    official.goto("/admin/")
    hands.loads = 0  # there everybody begins
    hands.press(official.get_by_role("link", name=re.compile("^Fotos zur ")))
    names = [f"Foto {number:03}.jpg" for number in range(12)]
    hands.choose(*names)
    rows = official.get_by_role("listitem").filter(has=official.get_by_role("group"))
    expect(rows).to_have_count(12)
    assert rows.locator("legend").all_inner_texts() == names
    hands.type(official.get_by_label("Bildnachweis"), "Petra Beispiel")
    for number, row in enumerate(rows.all()):
        hands.type(row.get_by_label("Alternativtext"), f"Menschen auf einer Treppe, die {number + 1}. Aufnahme.")
        if number > 2:
            hands.press(row.get_by_label("Auf die Seite der Konferenz"), " ")
    hands.press(official.get_by_role("button", name="Fotos übernehmen"))
    expect(
        official.get_by_text("12 Fotos stehen in der Bilddatenbank, davon 3 im Entwurf der Konferenz.")
    ).to_be_visible()
    official.wait_for_load_state()
    counts = {"clicks": hands.clicks, "fields": hands.fields, "loads": hands.loads}
    print(f"12 Fotos, drei auf einer Konferenz: {counts}, zuvor {BEFORE}")
    assert all(2 * counts[what] <= BEFORE[what] for what in BEFORE)
    expect(official.get_by_text("Menschen auf einer Treppe, die 3. Aufnahme.")).to_have_count(1)
    expect(official.get_by_text("Menschen auf einer Treppe, die 4. Aufnahme.")).to_have_count(0)


def test_what_was_begun_is_there_again_and_the_screen_has_no_fault(official):
    hands = Hands(official)
    official.goto("/admin/")
    hands.press(official.get_by_role("link", name=re.compile("^Fotos zur ")))
    hands.choose("Erstes 001.jpg", "brief.pdf", "Zweites 002.jpg")
    expect(official.get_by_text("brief.pdf: Dateien mit der Endung „.pdf“")).to_be_visible()
    rows = official.locator("[data-photo]")
    expect(rows).to_have_count(2)
    hands.type(rows.nth(1).get_by_label("Alternativtext"), "Angefangener Satz")
    saved(official)
    hands.press(rows.nth(1).get_by_role("button", name="Nach vorn"))
    expect(rows.first.locator("legend")).to_have_text("Zweites 002.jpg")
    hands.type(rows.nth(1).get_by_label("Alternativtext"), "Und im Weggehen getippt")
    official.goto("/admin/")  # before it is saved
    official.go_back()
    official.reload()
    expect(rows).to_have_count(2)
    expect(rows.first.get_by_label("Alternativtext")).to_have_value("Angefangener Satz")
    expect(rows.nth(1).get_by_label("Alternativtext")).to_have_value("Und im Weggehen getippt")
    official.evaluate(AXE_SCRIPT)
    for size in (*SIZES.values(), {"width": 320, "height": 800}):
        official.set_viewport_size(size)
        asked = "tags => axe.run({runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})"
        result = official.evaluate(asked, TAGS)
        assert result["passes"]
        assert not [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in result["violations"]]
        assert official.evaluate("document.documentElement.scrollWidth") <= size["width"]
    for left in (1, 0):
        rows.first.get_by_role("button", name="Entfernen").click()
        expect(rows).to_have_count(left)
