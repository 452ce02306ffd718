"""Where on a PDF page something stands. Runs in the process that reads a file, and imports no Django."""

from ctypes import byref, c_double
from typing import Any, NamedTuple

from pypdfium2 import raw


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


def around(boxes: list[Box]) -> Box:
    """Return the box around all of these."""
    lefts, lows, rights, highs = zip(*boxes, strict=True)
    return Box(min(lefts), min(lows), max(rights), max(highs))


def letter_at(text_page: Any, number: int) -> str:
    """Return the character with this number, a space where the file does not know which it is."""
    code = raw.FPDFText_GetUnicode(text_page.raw, number)
    return chr(code) if 0 < code < 0x110000 else " "


class Letters:
    """Where the letters of a page stand; the same four numbers take each of very many answers."""

    def __init__(self, text_page: Any) -> None:
        self.text_page = text_page
        self.sides = c_double(), c_double(), c_double(), c_double()
        self.references = [byref(side) for side in self.sides]
        self.room = raw.FS_RECTF()

    def box(self, number: int) -> Box | None:
        """Return where a character stands; its room in the line where its shape is not known, else None."""
        raw.FPDFText_GetCharBox(self.text_page.raw, number, *self.references)
        left, right, low, high = [side.value for side in self.sides]
        if right > left and high > low:
            return Box(left, low, right, high)
        room = self.room
        if raw.FPDFText_GetLooseCharBox(self.text_page.raw, number, byref(room)) and room.right > room.left:
            return Box(room.left, min(room.bottom, room.top), room.right, max(room.bottom, room.top))
        return None
