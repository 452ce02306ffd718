"""Somebody who works with the keyboard alone, whose presses, fields and loads of a page are counted."""

from dataclasses import dataclass
from io import BytesIO

from PIL import Image
from playwright.sync_api import FileChooser, Locator, Page, expect

TABS = 200  # none of the screens has so many stops
# Where the element stands: it has the focus, or is before or behind what has it. A field of dates shows a calendar on
# top of the rest, and rich text holds its cursor in an element of its own.
PLACE = """(element) => {
    const focused = document.activeElement;
    if (element === focused) return 'here';
    return focused.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_PRECEDING ? 'before' : 'behind';
}"""


def photos(*names: str) -> list[dict]:
    """Return files of these names to be chosen, each a photo of its own; none where a name ends otherwise."""
    files = []
    for name in names:
        content = BytesIO()
        Image.new("RGB", (400, 300), tuple(name[-7:-4].encode())).save(content, "JPEG")
        data = content.getvalue() if name.endswith(".jpg") else b"%PDF"
        files.append({"name": name, "mimeType": "image/jpeg", "buffer": data})
    return files


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

    @property
    def work(self) -> tuple[int, int, int]:
        """Return what has been done so far: presses, fields, loads."""
        return self.clicks, self.fields, self.loads

    def begin(self) -> None:
        """Open the start page, where everybody begins; nothing of it is counted, and no panel is open from before."""
        self.page.goto("/admin/")
        self.page.evaluate("localStorage.clear()")
        self.clicks = self.fields = self.loads = 0

    def go_to(self, where: Locator) -> None:
        """Press Tab until it has the focus, with Shift where it stands before what has it."""
        expect(where).to_be_visible()
        for _ in range(TABS):
            place = where.evaluate(PLACE)
            if place == "here":
                return
            self.page.keyboard.press("Tab" if place == "behind" else "Shift+Tab")
        raise AssertionError(f"Mit der Tabulatortaste nicht zu erreichen: {where}")

    def press(self, where: Locator, key: str = "Enter") -> None:
        """Set off what it does."""
        self.go_to(where)
        self.clicks += 1
        self.page.keyboard.press(key)

    def open_tab(self, name: str, area: Locator | None = None) -> None:
        """Go to the row of tabs of the form or another area; its arrow keys lead from one to the next."""
        tabs = (area or self.page).get_by_role("tab")
        expect(tabs.filter(has_text=name)).to_be_visible()
        names = [text.strip() for text in tabs.all_inner_texts()]
        chosen = next(place for place, tab in enumerate(tabs.all()) if tab.get_attribute("aria-selected") == "true")
        self.go_to(tabs.nth(chosen))
        self.clicks += 1
        for place in range(chosen + 1, names.index(name) + 1):
            self.page.keyboard.press("ArrowRight")
            expect(tabs.nth(place)).to_have_attribute("aria-selected", "true")

    def type(self, where: Locator, text: str) -> None:
        """Write into a field, over what stands there."""
        expect(where).to_be_editable()
        self.go_to(where)
        self.fields += 1
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(text)

    def select(self, where: Locator, label: str) -> None:
        """Take an entry of a list by typing how it begins, as browsers let everybody."""
        self.go_to(where)
        self.fields += 1
        self.page.keyboard.type(label)
        expect(where.locator("option:checked")).to_have_text(label)

    def choose_files(self, where: Locator, files: list[dict]) -> None:
        """Choose files, as the window of the computer does."""
        with self.page.expect_file_chooser() as chooser:
            self.press(where)
        chosen: FileChooser = chooser.value
        chosen.set_files(files)
