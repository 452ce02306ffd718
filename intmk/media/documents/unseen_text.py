"""What of the text of a PDF page nobody can see: under black bars, in the colour of the paper, beside the page.

The page is drawn as it is and once more without its text: letters that make no difference are not seen, whatever it is
that covers them. A scan is another matter, since its recognised text is never drawn: there it counts whether the scan
shows anything at the place of the letters. Runs in the process that reads a file, and imports no Django.
"""

from collections.abc import Iterator
from ctypes import addressof, byref, c_float, c_int, c_uint, c_ulong, c_ushort, sizeof
from itertools import groupby
from typing import Any, NamedTuple

import pypdfium2
from PIL import Image, ImageChops
from pypdfium2 import raw

from intmk.media.documents.places import EVERYWHERE, Box, Letters, around, letter_at
from intmk.media.documents.reading_order import reading_order, spaces_within_words

PIXELS = 600_000  # of a drawn page: A4 at 80 dpi
NOTICED = 8  # of 255: a lesser difference is seen by nobody
SMALL = 3  # pixels: what is lower is drawn so faintly that any difference counts
EVEN = 40  # of 255: a place with less contrast shows no letters
DARK = 110  # of 255: a place that is nowhere lighter is a bar, not paper
MOST_OF_PAGE = 0.5  # a picture that covers so much of a page is the page
MOST_IMAGE_PIXELS = 40_000_000  # a larger picture is not unpacked
DEEPEST = 8  # forms within forms
FEWEST = 3  # letters in a row that a scan does not show; fewer may stand beside their place
COVER = range(20, 60_000)  # square points: of this size a bar on a scan is, not a frame, a line or the paper
THICK = 6  # points: such a line is a bar
LIGHT = 200  # of 255: text of a lighter colour might not stand out from the paper
FILLED = (raw.FPDF_TEXTRENDERMODE_FILL, raw.FPDF_TEXTRENDERMODE_FILL_STROKE)
# UNSHOWN: not to be seen in a scan, which counts only where some letters stand together.
SEEN, UNSEEN, UNSHOWN = "seen", "unseen", "unshown"
# Annotations that cover nothing.
UNCOVERING = (raw.FPDF_ANNOT_LINK, raw.FPDF_ANNOT_POPUP, raw.FPDF_ANNOT_WIDGET, raw.FPDF_ANNOT_TEXT)
Measure = tuple[float, float, float, float, float, float]
INVISIBLE = (raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP)


class Words(NamedTuple):
    """What of the text of a page is read: `text`, the numbers of its letters in order, and which of them count.

    found: how many characters the page has. loose: spaces within words. unseen: letters that nobody sees, None where
    that is not known; the text is "" then.
    """

    text: str
    found: int
    ordered: list[range]
    loose: set[int]
    unseen: set[int] | None
    letters: Letters | None


def page_words(page: Any, most: int, thorough: bool = True) -> Words:
    """Return what is read of a PdfPage, of more than `most` characters only the first.

    Not known is what nobody sees on a page with text at a picture too large to be unpacked and, if not `thorough`, on
    one that is nothing but a scan, since unpacking pictures takes time.
    """
    text_page = page.get_textpage()
    found = text_page.count_chars()
    count = min(found, most)
    if count <= 0:
        return Words("", found, [], set(), set(), None)
    content = Content(page)
    if content.has_huge_picture or (content.is_scan_alone and not thorough):
        return Words("", 0, [], set(), None, None)
    letters = Letters(text_page)
    unseen = unseen_letters(page, content, letters, count)
    text = text_page.get_text_range(0, count)
    if len(text) != count:  # a letter beyond the first plane of Unicode
        text = "".join(letter_at(text_page, number) for number in range(count))
    loose = spaces_within_words(text, letters.box)
    return Words(text, found, reading_order(text, letters.box), loose, unseen, letters)


def seen_text(page: Any, most: int, thorough: bool = True) -> tuple[str, int, int | None]:
    """Return the text of a PdfPage without what nobody sees, how many characters were read, and letters left out.

    Of more than `most` characters only the first are read; the second number is then larger than `most`. A page that
    is not checked (words_of) has no text, and None for the letters.
    """
    words = page_words(page, most, thorough)
    if words.unseen is None:
        return "", 0, None
    text = "\n".join(visible_text(words.text, numbers, words.loose, words.unseen) for numbers in words.ordered)
    return text, words.found, sum(1 for number in words.unseen if words.text[number].isalnum())


def seen_words(page: Any, most: int) -> Iterator[tuple[str, Box]]:
    """Yield each word of a PdfPage that is seen, in the order of reading, and where it stands."""
    words = page_words(page, most)
    if words.unseen is None or words.letters is None:
        return
    for numbers in words.ordered:
        kept = [number for number in numbers if number not in words.loose]
        for is_space, run in groupby(kept, lambda number: words.text[number].isspace()):
            word = list(run)
            boxes = [box for number in word if (box := words.letters.box(number))]
            if not is_space and boxes and words.unseen.isdisjoint(word):
                yield "".join(words.text[number] for number in word), around(boxes)


def visible_text(text: str, numbers: range, loose: set[int], unseen: set[int]) -> str:
    """Return the characters of `text` with these numbers, without the spaces `loose` and each word of which a letter
    is among the `unseen`: what is left of it would be a word that does not occur.
    """
    if not loose and not unseen:
        return text[numbers.start : numbers.stop]
    kept = [number for number in numbers if number not in loose]
    if not unseen:
        return "".join(text[number] for number in kept)
    parts = []
    for is_space, run in groupby(kept, lambda number: text[number].isspace() and number not in unseen):
        word = list(run)
        parts.append("".join(text[number] for number in word) if is_space or unseen.isdisjoint(word) else " ")
    return "".join(parts)


def unseen_letters(page: Any, content: "Content", letters: Letters, count: int) -> set[int]:
    """Return the numbers of the characters among the first `count` that nobody sees."""
    if not (content.doubtful or content.behind):
        return set()
    drawing, text_page = Drawing(page, content), letters.text_page
    content.doubtful |= {key for key, bounds in content.behind.items() if not drawing.shows_line(bounds)}
    if not content.doubtful:
        return set()
    found: dict[str, set[int]] = {SEEN: set(), UNSEEN: set(), UNSHOWN: set()}
    for number, item in content.doubtful_letters(text_page, count):
        if (box := letters.box(number)) is not None:
            found[judged(content, drawing, item, box)].add(number)
    return found[UNSEEN] | (set(together(found[UNSHOWN], text_page, count)) if found[UNSHOWN] else set())


def judged(content: "Content", drawing: "Drawing", item: Any, box: Any) -> str:
    """Return whether the letter in `box`, which `item` draws, is SEEN, UNSEEN or UNSHOWN."""
    place = drawing.place_of(box)
    if place is None or any(area.has_middle_of(box) for area in content.redactions):
        return UNSEEN
    if content.is_invisible(item):
        return UNSHOWN if drawing.is_covered(place) else SEEN
    if drawing.shows_text(place):
        return SEEN
    if any(scan.has_middle_of(box) for scan in content.scans):
        return UNSHOWN if drawing.is_covered(place) else SEEN
    return UNSEEN if content.can_be_drawn(item) else SEEN


def together(numbers: set[int], text_page: Any, count: int) -> Iterator[int]:
    """Yield those of `numbers` that are whole words or FEWEST in a row: recognised letters are placed roughly."""
    words = groupby(range(count), lambda number: letter_at(text_page, number).isspace())
    for word in (list(run) for is_space, run in words if not is_space):
        for is_unshown, run in groupby(word, lambda number: number in numbers):
            found = list(run)
            if is_unshown and (len(found) >= FEWEST or len(found) == len(word)):
                yield from found


class Cells:
    """Where on a page something lies, roughly, so that thousands of lines and letters are compared quickly."""

    COUNT = 512

    def __init__(self, area: Box) -> None:
        """Take what of the page is seen."""
        self.area = area
        self.across = self.COUNT / max(area.right - area.left, 1)
        self.up = self.COUNT / max(area.high - area.low, 1)
        self.rows = [0] * self.COUNT

    def span(self, low: float, high: float, measure: float) -> tuple[int, int]:
        last = self.COUNT - 1
        return int(min(max(low * measure, 0), last)), int(min(max(high * measure, 0), last))

    def mask(self, box: Box) -> tuple[int, int, int]:
        """Return first and last row of the box, and a bit for each of its columns."""
        first, last = self.span(box.left - self.area.left, box.right - self.area.left, self.across)
        low, high = self.span(box.low - self.area.low, box.high - self.area.low, self.up)
        return low, high, (2 << last) - (1 << first)

    def add(self, box: Box) -> None:
        low, high, columns = self.mask(box)
        for row in range(low, high + 1):
            self.rows[row] |= columns

    def meet(self, box: Box) -> bool:
        low, high, columns = self.mask(box)
        return any(self.rows[row] & columns for row in range(low, high + 1))


class Content:
    """What is on a page, as far as it matters for what can be seen of its text."""

    def __init__(self, page: Any) -> None:
        """Take a PdfPage; pictures that no text is near are not drawn from here on."""
        self.page = page
        self.others: list[Any] = []  # all but text and scans
        self.scans: list[Box] = []
        self.has_huge_picture = False  # where text is
        self.drawable: dict[int, bool] = {}
        self.notes = annotations(page)
        self.redactions = [bounds for kind, bounds in self.notes if kind == raw.FPDF_ANNOT_REDACT]
        left, low, right, high = page.get_bbox()
        self.area = Box(left, low, right, high)
        painted = [
            (item, raw.FPDFPageObj_GetType(item), self.bounds(item, nested)) for item, nested in page_objects(page.raw)
        ]
        lines = [(item, bounds) for item, kind, bounds in painted if kind == raw.FPDF_PAGEOBJ_TEXT]
        self.texts = [item for item, _ in lines]
        self.modes = {pointer_of(item): raw.FPDFTextObj_GetTextRenderMode(item) for item in self.texts}
        self.sort_pictures([(item, bounds) for item, kind, bounds in painted if kind == raw.FPDF_PAGEOBJ_IMAGE], lines)
        texts_and_pictures = (raw.FPDF_PAGEOBJ_TEXT, raw.FPDF_PAGEOBJ_IMAGE)
        self.others += [item for item, kind, _ in painted if kind not in texts_and_pictures]
        self.behind: dict[int, Box] = {}  # text that may only be of the colour of what it stands on
        self.doubtful: set[int] = set()  # text of which each letter is looked at
        above = self.reach([bounds for _, bounds in self.notes])
        self.sort_lines(list(reversed(painted)), above, self.doubtful)
        self.sort_lines(painted, self.reach([]), self.behind)
        for key in self.doubtful & self.behind.keys():
            del self.behind[key]

    def bounds(self, item: Any, is_nested: bool) -> Box:
        """Return where an object is; within a form the measure is another one, so it may be anywhere."""
        return EVERYWHERE if is_nested else bounds_of(item)

    def reach(self, boxes: list[Box]) -> Cells:
        """Return where on the page these boxes are."""
        cells = Cells(self.area)
        for box in boxes:
            cells.add(box)
        return cells

    def sort_pictures(self, pictures: list[tuple[Any, Box]], lines: list[tuple[Any, Box]]) -> None:
        """Tell scans from other pictures; those that no text is near are not drawn from here on."""
        written = self.reach([bounds for _, bounds in lines])
        for item, bounds in pictures:
            is_near = written.meet(bounds)
            self.has_huge_picture |= is_near and is_huge(item)
            if not is_near:
                raw.FPDFPageObj_SetIsActive(item, False)
            elif bounds.size >= self.area.size * MOST_OF_PAGE:
                self.scans.append(bounds)
            else:
                self.others.append(item)

    def sort_lines(self, painted: list[tuple[Any, int, Box]], met: Cells, found: Any) -> None:
        """Put into `found` the text that meets what comes before it in `painted`; what is not plain is doubtful."""
        for item, kind, bounds in painted:
            if kind != raw.FPDF_PAGEOBJ_TEXT:
                met.add(bounds)
            elif not bounds.is_within(self.area) or not is_plainly_drawn(item, bounds):
                self.doubtful.add(pointer_of(item))
            elif met.meet(bounds):
                if found is self.doubtful:
                    self.doubtful.add(pointer_of(item))
                else:
                    self.behind[pointer_of(item)] = bounds

    def doubtful_letters(self, text_page: Any, count: int) -> Iterator[tuple[int, Any]]:
        """Yield number and object of each letter that might not be seen."""
        for number in range(count):
            if not letter_at(text_page, number).isspace():
                item = raw.FPDFText_GetTextObject(text_page.raw, number)
                if item and addressof(item.contents) in self.doubtful:
                    yield number, item

    def is_invisible(self, item: Any) -> bool:
        """Say whether the file itself says that the text is not to be drawn, as that of a scan is not."""
        return self.modes.get(pointer_of(item)) in INVISIBLE

    @property
    def is_all_invisible(self) -> bool:
        return all(mode in INVISIBLE for mode in self.modes.values())

    @property
    def is_scan_alone(self) -> bool:
        """Say whether it is pictures of the whole page with nothing but recognised text."""
        return self.is_all_invisible and bool(self.scans) and not self.others and not self.notes

    def can_be_drawn(self, item: Any) -> bool:
        """Say whether a text object would be seen if it stood alone; not where its font has no shapes for it."""
        red, green, blue, alpha = c_uint(), c_uint(), c_uint(), c_uint()
        known = raw.FPDFPageObj_GetFillColor(item, byref(red), byref(green), byref(blue), byref(alpha))
        if (known and alpha.value < NOTICED) or not is_uncut(item, bounds_of(item)):
            return True  # that is what hides it
        key = pointer_of(item)
        if key not in self.drawable:
            bitmap = raw.FPDFTextObj_GetRenderedBitmap(self.page.pdf.raw, self.page.raw, item, 1.0)
            self.drawable[key] = False
            if bitmap:
                drawn = pypdfium2.PdfBitmap.from_raw(bitmap)
                self.drawable[key] = drawn.to_pil().getextrema()[-1][1] > 0
                drawn.close()
        return self.drawable[key]


class Drawing:
    """The page drawn as it is seen, and what of that comes from its text or covers a scan; drawn when asked for."""

    def __init__(self, page: Any, content: Any) -> None:
        """Take a PdfPage and its Content; None where no text is asked for."""
        self.page, self.content = page, content
        width, height = page.get_size()
        self.scale = min(max((PIXELS / max(width * height, 1)) ** 0.5, 0.02), 3)
        self.whole = self.drawn()
        self.size = self.whole.size
        self.to_pixels = transformation(page, *self.size)
        self._light: Image.Image | None = None
        self._text: tuple[bytes, bytes] | None = None
        self._cover: Image.Image | None = None

    def drawn(self, without: list[Any] = (), annotations: bool = True) -> Image.Image:  # type: ignore[assignment]
        """Return the page without these objects."""
        for item in without:
            raw.FPDFPageObj_SetIsActive(item, False)
        bitmap = self.page.render(scale=self.scale, draw_annots=annotations, may_draw_forms=False)
        picture = bitmap.to_pil()  # in memory of its own, once its bytes are in another order
        picture = picture if picture.mode == "RGB" else picture.convert("RGB")
        for item in without:
            raw.FPDFPageObj_SetIsActive(item, True)
        return picture

    def place_of(self, box: Box) -> tuple[int, int, int, int] | None:
        """Return left, top, right and bottom of a box of the page in the drawing, None beside it."""
        return place_in(self.to_pixels, self.size, box)

    def shows_text(self, place: tuple[int, int, int, int]) -> bool:
        """Say whether something is drawn there that comes from the text of the page."""
        if self._text is None:
            self._text = self.differences()
        left, top, right, bottom = place
        if right - left > 2 * SMALL:  # a neighbour may reach in
            left, right = left + 1, right - 1
        clear, faint = self._text
        changed = faint if bottom - top <= SMALL else clear
        width = self.size[0]
        length = right - left
        for start in range(top * width + left, bottom * width + left, width):
            if changed.find(1, start, start + length) >= 0:
                return True
        return False

    def shows_line(self, bounds: Box) -> bool:
        """Say whether text comes out all along a line that nothing is painted over, step by step as wide as high."""
        place = self.place_of(bounds)
        if place is None:
            return False
        left, top, right, bottom = place
        if right - left >= bottom - top:
            step = max(bottom - top, 2 * SMALL)
            parts = [(start, top, min(start + step, right), bottom) for start in range(left, right, step)]
        else:
            step = max(right - left, 2 * SMALL)
            parts = [(left, start, right, min(start + step, bottom)) for start in range(top, bottom, step)]
        return all(self.shows_text(part) for part in parts)

    def differences(self) -> tuple[bytes, bytes]:
        """Return a byte for each pixel, 1 where the text makes a difference: one that is noticed, and any."""
        if self.content.is_all_invisible:
            nothing = bytes(self.size[0] * self.size[1])
            return nothing, nothing
        change = largest_channel(ImageChops.difference(self.whole, self.drawn(self.content.texts)))
        return change.point(lambda level: level >= NOTICED).tobytes(), change.point(bool).tobytes()

    def is_covered(self, place: tuple[int, int, int, int]) -> bool:
        """Say whether nothing can be read there: one colour, which is dark or not the scan's."""
        left, top, right, bottom = place
        if right - left > 2 * SMALL and bottom - top > 2 * SMALL:
            place = (left + 1, top + 1, right - 1, bottom - 1)
        self._light = self._light or self.whole.convert("L")
        lowest, highest = extremes(self._light.crop(place))
        if highest - lowest >= EVEN:
            return False
        return highest <= DARK or extremes(self.cover.crop(place))[1] > 1

    @property
    def cover(self) -> Image.Image:
        """Return how much the page differs from its scans alone."""
        if self._cover is None:
            hides = bool(self.content.others) or bool(self.content.notes) or not self.content.is_all_invisible
            without = [*self.content.others, *self.content.texts]
            scan = self.drawn(without, annotations=False) if hides else self.whole
            self._cover = largest_channel(ImageChops.difference(self.whole, scan))
        return self._cover


def place_in(measure: Measure, size: tuple[int, int], box: Box) -> tuple[int, int, int, int] | None:
    """Return left, top, right and bottom of a box of a page in a drawing of this size, None beside it."""
    left, top, right, bottom = measured(measure, box)
    width, height = size
    if right <= 0 or bottom <= 0 or left >= width or top >= height:
        return None
    return max(int(left), 0), max(int(top), 0), min(int(right) + 1, width), min(int(bottom) + 1, height)


def measured(measure: Measure, box: Box) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of a box of a page in the measure that transformation() has returned."""
    x, a, b, y, c, d = measure
    left, right = x + a * box.left + b * box.low, x + a * box.right + b * box.high
    top, bottom = y + c * box.left + d * box.low, y + c * box.right + d * box.high
    if left > right:
        left, right = right, left
    if top > bottom:
        top, bottom = bottom, top
    return left, top, right, bottom


def covers_picture(page: Any, thorough: bool = True) -> bool | None:
    """Say whether a surface on a PdfPage covers a part of a scan on which something stands.

    None where that is not known: the scan is too large to be unpacked or, if not `thorough`, there is no time for it.
    """
    left, low, right, high = page.get_bbox()
    size = Box(left, low, right, high).size
    scans: list[Box] = []
    covers: list[tuple[Any, Box]] = []
    is_known = True
    for number in range(raw.FPDFPage_CountObjects(page.raw)):
        item = raw.FPDFPage_GetObject(page.raw, number)
        kind, bounds = raw.FPDFPageObj_GetType(item), bounds_of(item)
        if kind == raw.FPDF_PAGEOBJ_IMAGE and bounds.size >= size * MOST_OF_PAGE:
            scans.append(bounds)
            is_known &= not is_huge(item)
        elif is_surface(item, kind) and int(min(bounds.size, COVER.stop)) in COVER:
            covers += [(item, bounds)] * any(scan.has_middle_of(bounds) for scan in scans)
    notes = [bounds for kind, bounds in annotations(page) if kind not in UNCOVERING]
    areas = [*(bounds for _, bounds in covers), *(note for note in notes if any(s.has_middle_of(note) for s in scans))]
    if not areas:
        return False
    if not (is_known and thorough):
        return None
    drawing = Drawing(page, None)
    bare = drawing.drawn([item for item, _ in covers], annotations=False)
    return any(is_hidden(drawing.whole, bare, place) for area in areas if (place := drawing.place_of(area)))


def is_surface(item: Any, kind: int) -> bool:
    """Say whether an object covers what is below it; a line or a frame does not."""
    if kind != raw.FPDF_PAGEOBJ_PATH:
        return kind != raw.FPDF_PAGEOBJ_TEXT
    filled, stroked, width = c_int(), c_int(), c_float()
    raw.FPDFPath_GetDrawMode(item, byref(filled), byref(stroked))
    raw.FPDFPageObj_GetStrokeWidth(item, byref(width))
    return bool(filled.value) or width.value > THICK


def is_hidden(whole: Image.Image, bare: Image.Image, place: tuple[int, int, int, int]) -> bool:
    """Say whether the drawing `bare` shows something at a place where the page is of one colour."""
    left, top, right, bottom = place
    if right - left > 2 * SMALL and bottom - top > 2 * SMALL:
        place = (left + 2, top + 2, right - 2, bottom - 2)
    seen, below = (extremes(picture.crop(place).convert("L")) for picture in (whole, bare))
    return seen[1] - seen[0] < EVEN <= below[1] - below[0]


def redactions_on(page: Any) -> list[Box]:
    """Return where redactions on a PdfPage are only marked."""
    return [bounds for kind, bounds in annotations(page) if kind == raw.FPDF_ANNOT_REDACT]


def extremes(picture: Image.Image) -> tuple[int, int]:
    """Return the lowest and the highest value in a picture of one value a pixel."""
    found: Any = picture.getextrema()
    return found


def largest_channel(picture: Image.Image) -> Image.Image:
    """Return for each pixel the largest of its three values."""
    red, green, blue = picture.split()
    return ImageChops.lighter(ImageChops.lighter(red, green), blue)


def transformation(page: Any, width: int, height: int) -> Measure:
    """Return x, a, b, y, c, d: a point (p, q) of the page is at (x + a p + b q, y + c p + d q) in its drawing.

    Pages are turned by quarters only, so a box stays one.
    """
    fine = 100  # PDFium answers in whole numbers

    def at(x: float, y: float) -> tuple[float, float]:
        left, top = c_int(), c_int()
        raw.FPDF_PageToDevice(page.raw, 0, 0, width * fine, height * fine, 0, x, y, byref(left), byref(top))
        return left.value / fine, top.value / fine

    (x0, y0), (x1, y1), (x2, y2) = at(0, 0), at(1000, 0), at(0, 1000)
    return x0, (x1 - x0) / 1000, (x2 - x0) / 1000, y0, (y1 - y0) / 1000, (y2 - y0) / 1000


def page_objects(page: Any) -> Iterator[tuple[Any, bool]]:
    """Yield the objects of a page, and of the forms on it, in the order in which they are painted."""
    for number in range(raw.FPDFPage_CountObjects(page)):
        yield from with_nested(raw.FPDFPage_GetObject(page, number), 0)


def with_nested(item: Any, depth: int) -> Iterator[tuple[Any, bool]]:
    """Yield the object, or what is in the form that it is; and whether it is in one."""
    if raw.FPDFPageObj_GetType(item) != raw.FPDF_PAGEOBJ_FORM or depth >= DEEPEST:
        yield item, depth > 0
        return
    for number in range(raw.FPDFFormObj_CountObjects(item)):
        yield from with_nested(raw.FPDFFormObj_GetObject(item, number), depth + 1)


def bounds_of(item: Any) -> Box:
    """Return the bounds of an object on the page, EVERYWHERE where it does not say."""
    sides = [c_float() for _ in range(4)]
    return Box(*(side.value for side in sides)) if raw.FPDFPageObj_GetBounds(item, *map(byref, sides)) else EVERYWHERE


def is_plainly_drawn(item: Any, bounds: Box) -> bool:
    """Say whether a text object at `bounds` is dark, in no layer that can be switched off, and not cut off."""
    red, green, blue, alpha = c_uint(), c_uint(), c_uint(), c_uint()
    return (
        raw.FPDFTextObj_GetTextRenderMode(item) in FILLED
        and raw.FPDFPageObj_GetFillColor(item, byref(red), byref(green), byref(blue), byref(alpha))
        and alpha.value == 255
        and min(red.value, green.value, blue.value) < LIGHT
        and not is_in_layer(item)
        and is_uncut(item, bounds)
    )


def is_in_layer(item: Any) -> bool:
    """Say whether an object is in a layer."""
    name, length = (c_ushort * 3)(), c_ulong()
    for number in range(raw.FPDFPageObj_CountMarks(item)):
        raw.FPDFPageObjMark_GetName(raw.FPDFPageObj_GetMark(item, number), name, sizeof(name), byref(length))
        if length.value == sizeof(name) and bytes(name)[:4] == "OC".encode("utf-16-le"):
            return True
    return False


def is_uncut(item: Any, bounds: Box) -> bool:
    """Say whether nothing or a rectangle around `bounds` limits where an object is drawn."""
    clip = raw.FPDFPageObj_GetClipPath(item)
    for number in range(max(raw.FPDFClipPath_CountPaths(clip), 0) if clip else 0):
        points = raw.FPDFClipPath_CountPathSegments(clip, number)
        if points not in (4, 5):
            return False
        x, y, xs, ys = c_float(), c_float(), set(), set()
        for place in range(points):
            raw.FPDFPathSegment_GetPoint(raw.FPDFClipPath_GetPathSegment(clip, number, place), byref(x), byref(y))
            xs.add(x.value)
            ys.add(y.value)
        if len(xs) != 2 or len(ys) != 2 or not bounds.is_within(Box(min(xs), min(ys), max(xs), max(ys))):
            return False
    return True


def is_huge(item: Any) -> bool:
    """Say whether a picture has so many pixels that it is not unpacked."""
    width, height = c_uint(), c_uint()
    raw.FPDFImageObj_GetImagePixelSize(item, byref(width), byref(height))
    return width.value * height.value > MOST_IMAGE_PIXELS


def pointer_of(item: Any) -> int:
    """Return what two references to the same object have in common."""
    return addressof(item.contents)


def annotations(page: Any) -> list[tuple[int, Any]]:
    """Return kind and bounds of each annotation of a PdfPage."""
    found = []
    for number in range(raw.FPDFPage_GetAnnotCount(page.raw)):
        if note := raw.FPDFPage_GetAnnot(page.raw, number):
            area = raw.FS_RECTF()
            raw.FPDFAnnot_GetRect(note, byref(area))
            bounds = Box(area.left, min(area.bottom, area.top), area.right, max(area.bottom, area.top))
            found.append((raw.FPDFAnnot_GetSubtype(note), bounds))
            raw.FPDFPage_CloseAnnot(note)
    return found


def notes_on(page: Any) -> int:
    """Return the number of annotations on a PdfPage in which somebody has written something."""
    count = 0
    for number in range(raw.FPDFPage_GetAnnotCount(page.raw)):
        if note := raw.FPDFPage_GetAnnot(page.raw, number):
            kind = raw.FPDFAnnot_GetSubtype(note)
            if kind not in (raw.FPDF_ANNOT_LINK, raw.FPDF_ANNOT_POPUP, raw.FPDF_ANNOT_WIDGET):
                # Two bytes for each character and two for the end.
                count += raw.FPDFAnnot_GetStringValue(note, b"Contents", None, 0) > 2
            raw.FPDFPage_CloseAnnot(note)
    return count
