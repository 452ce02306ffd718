"""What of the text of a PDF page nobody can see: under black bars, in the colour of the paper, beside the page.

The page is drawn as it is and once more without its text: letters that make no difference are not seen, whatever it is
that covers them. A scan is another matter, since its recognised text is never drawn: there it counts whether the scan
shows anything at the place of the letters. Runs in the process that reads a file, and imports no Django.
"""

from collections.abc import Iterator
from ctypes import addressof, byref, c_double, c_float, c_int, c_uint, c_ulong, c_ushort, sizeof
from itertools import groupby
from typing import Any, NamedTuple

import pypdfium2
from PIL import Image, ImageChops
from pypdfium2 import raw

PIXELS = 600_000  # of a drawn page: A4 at 80 dpi
NOTICED = 8  # of 255: a lesser difference is seen by nobody
SMALL = 3  # pixels: what is lower is drawn so faintly that any difference counts
EVEN = 40  # of 255: a place with less contrast shows no letters
DARK = 110  # of 255: a place that is nowhere lighter is a bar, not paper
MOST_OF_PAGE = 0.5  # a picture that covers so much of a page is the page
MOST_IMAGE_PIXELS = 40_000_000  # a larger picture is not unpacked
DEEPEST = 8  # forms within forms
FEWEST = 3  # letters in a row that a scan does not show; fewer may stand beside their place
LIGHT = 200  # of 255: text of a lighter colour might not stand out from the paper
FILLED = (raw.FPDF_TEXTRENDERMODE_FILL, raw.FPDF_TEXTRENDERMODE_FILL_STROKE)
# UNSHOWN: not to be seen in a scan, which counts only where some letters stand together.
SEEN, UNSEEN, UNSHOWN = "seen", "unseen", "unshown"
INVISIBLE = (raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP)


class Box(NamedTuple):
    """A rectangle: on a page in its own measure, or in pixels from the upper left of the drawing."""

    left: float
    low: float
    right: float
    high: float

    @property
    def size(self) -> float:
        return (self.right - self.left) * (self.high - self.low)

    def moved(self, x: float, y: float) -> "Box":
        return Box(self.left + x, self.low + y, self.right + x, self.high + y)

    def is_within(self, other: "Box") -> bool:
        return (
            other.left <= self.left and self.right <= other.right and other.low <= self.low and self.high <= other.high
        )

    def has_middle_of(self, other: "Box") -> bool:
        x, y = (other.left + other.right) / 2, (other.low + other.high) / 2
        return self.left <= x <= self.right and self.low <= y <= self.high


EVERYWHERE = Box(float("-inf"), float("-inf"), float("inf"), float("inf"))


def seen_text(page: Any, most: int, thorough: bool = True) -> tuple[str, int, int | None]:
    """Return the text of a PdfPage without what nobody sees, how many characters were read, and letters left out.

    Of more than `most` characters only the first are read; the second number is then larger than `most`.

    A page that is not checked has no text, and None for the letters: one with text at a picture too large to be
    unpacked and, if not `thorough`, one that is nothing but a scan, since unpacking pictures takes time.
    """
    text_page = page.get_textpage()
    found = text_page.count_chars()
    count = min(found, most)
    if count <= 0:
        return "", found, 0
    content = Content(page)
    if content.has_huge_picture or (content.is_scan_alone and not thorough):
        return "", 0, None
    unseen = unseen_letters(page, content, text_page, count)
    if not unseen:
        return text_page.get_text_range(0, count), found, 0
    parts = []
    for hidden, run in groupby(range(count), lambda number: number in unseen):
        numbers = list(run)
        parts.append(" " if hidden else text_page.get_text_range(numbers[0], len(numbers)))
    return "".join(parts), found, sum(1 for number in unseen if letter_at(text_page, number).isalnum())


def unseen_letters(page: Any, content: "Content", text_page: Any, count: int) -> set[int]:
    """Return the numbers of the characters among the first `count` that nobody sees."""
    if not (content.doubtful or content.behind):
        return set()
    drawing, letters = Drawing(page, content), Letters(text_page)
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


def letter_at(text_page: Any, number: int) -> str:
    """Return the character with this number, a space where the file does not know which it is."""
    code = raw.FPDFText_GetUnicode(text_page.raw, number)
    return chr(code) if 0 < code < 0x110000 else " "


class Letters:
    """Where the letters of a page stand; the same four numbers take each of very many answers."""

    def __init__(self, text_page: Any) -> None:
        self.text_page = text_page.raw
        self.sides = c_double(), c_double(), c_double(), c_double()
        self.references = [byref(side) for side in self.sides]
        self.room = raw.FS_RECTF()

    def box(self, number: int) -> Box | None:
        """Return where a character stands; its room in the line where its shape is not known, else None."""
        raw.FPDFText_GetCharBox(self.text_page, number, *self.references)
        left, right, low, high = [side.value for side in self.sides]
        if right > left and high > low:
            return Box(left, low, right, high)
        room = self.room
        if raw.FPDFText_GetLooseCharBox(self.text_page, number, byref(room)) and room.right > room.left:
            return Box(room.left, min(room.bottom, room.top), room.right, max(room.bottom, room.top))
        return None


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

    def __init__(self, page: Any, content: Content) -> None:
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
        x, a, b, y, c, d = self.to_pixels
        left, right = x + a * box.left + b * box.low, x + a * box.right + b * box.high
        top, bottom = y + c * box.left + d * box.low, y + c * box.right + d * box.high
        if left > right:
            left, right = right, left
        if top > bottom:
            top, bottom = bottom, top
        width, height = self.size
        if right <= 0 or bottom <= 0 or left >= width or top >= height:
            return None
        return max(int(left), 0), max(int(top), 0), min(int(right) + 1, width), min(int(bottom) + 1, height)

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
        change = largest(ImageChops.difference(self.whole, self.drawn(self.content.texts)))
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
            self._cover = largest(ImageChops.difference(self.whole, scan))
        return self._cover


def extremes(picture: Image.Image) -> tuple[int, int]:
    """Return the lowest and the highest value in a picture of one value a pixel."""
    found: Any = picture.getextrema()
    return found


def largest(picture: Image.Image) -> Image.Image:
    """Return for each pixel the largest of its three values."""
    red, green, blue = picture.split()
    return ImageChops.lighter(ImageChops.lighter(red, green), blue)


def transformation(page: Any, width: int, height: int) -> tuple[float, float, float, float, float, float]:
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
