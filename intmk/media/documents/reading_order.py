"""In which order the characters of a PDF page are read, and which spaces among them are none.

PDFium tells characters in the order in which they were drawn. A program that draws line by line across two columns
mixes these, and a heading in spaced letters comes as single letters. Both are told by where the letters stand. Runs in
the process that reads a file, and imports no Django.
"""

import re
from collections.abc import Callable
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from intmk.media.documents.places import Box, around

WIDE = 1.5  # times the height of a letter: a wider space in a line parts columns
LOWEST = 5  # points; a full stop is lower than a line
FEWEST_ROWS = 3  # that two columns share, so that a table of two rows stays as it is
PROSE = 24  # characters of a row in a column, in the middle; cells of tables are shorter
# Four letters with a space after each, with signs between; "ch" and "ck" stay together in German.
LETTER = r"(?:¨?[^\W\d_]|c[hk])"
SIGN = "[-–:;,.!?/&()„“¨]"
SPACED = re.compile(rf"(?<!\S)(?:(?:{LETTER}{SIGN}?|{SIGN})[ \xa0])+(?:{LETTER}{SIGN}?|{SIGN})(?!\S)")
FOUR_LETTERS = re.compile(rf"(?:(?<!\S){LETTER}(?:[ \xa0]|{SIGN}|$)){{4}}")
WORD_GAP = 1.6  # times the usual gap between spaced letters: a word ends there
ENDS, BEGINS = ":;,.!?)“", "(„"
LINE_ENDS = "\r\n\x02\ufffe"

BoxOf = Callable[[int], Box | None]


class Stretch(NamedTuple):
    """Characters in a row that no wide space parts: numbers of the first and of the one after the last, and where."""

    first: int
    end: int
    box: Box

    def is_beside(self, other: "Stretch") -> bool:
        """Say whether `other` stands to the right in about the same row; rows that run upwards are none."""
        apart = max(self.box.low, other.box.low) - min(self.box.high, other.box.high)
        flat = self.box.right - self.box.left > self.box.high - self.box.low
        return flat and other.box.left >= self.box.right and apart < self.box.high - self.box.low


def reading_order(text: str, box_of: BoxOf) -> list[range]:
    """Return the numbers of the characters of `text` in the order in which people read them, in ranges."""
    stretches = stretches_of(text, box_of)
    ordered = by_columns(stretches)
    return [range(len(text))] if ordered == stretches else [range(one.first, one.end) for one in ordered]


def stretches_of(text: str, box_of: BoxOf) -> list[Stretch]:
    """Return the characters in the order of the file, parted at line ends and wide spaces."""
    found: list[Stretch] = []
    first = 0
    start = box_of(0) if text else None
    for space in re.finditer(r"[\s\x02\ufffe]+", text):
        before, after = box_of(space.start() - 1) if space.start() else None, None
        if space.end() < len(text):
            after = box_of(space.end())
        if before is None or after is None or start is None:
            start = start or after
            continue
        gap = after.left - before.right
        height = max(before.high - before.low, after.high - after.low, LOWEST)
        if gap > WIDE * height or gap < 0 or space[0][-1] in LINE_ENDS:
            found.append(Stretch(first, space.end(), around([start, before])))
            first, start = space.end(), after
    last = box_of(len(text.rstrip()) - 1) if text.strip() else None
    if start and last and first < len(text):
        found.append(Stretch(first, len(text), around([start, last])))
    return found


def by_columns(stretches: list[Stretch]) -> list[Stretch]:
    """Return `stretches` column by column where the file has drawn them row by row; else as they are.

    A row across the columns, as a heading, ends those above it.
    """
    gutter = gutter_of(stretches)
    if gutter is None:
        return stretches
    ordered: list[Stretch] = []
    left: list[Stretch] = []
    right: list[Stretch] = []
    for stretch in stretches:
        if stretch.box.right <= gutter:
            left.append(stretch)
        elif stretch.box.left >= gutter:
            right.append(stretch)
        else:
            ordered += [*by_columns(left), *by_columns(right), stretch]
            left, right = [], []
    return [*ordered, *by_columns(left), *by_columns(right)]


def gutter_of(stretches: list[Stretch]) -> float | None:
    """Return where the space between two columns of prose is, whose rows the file tells in turn; None without such."""
    pairs = [(one, other) for one, other in pairwise(stretches) if one.is_beside(other)]
    if len(pairs) < FEWEST_ROWS:
        return None
    places = [(one.box.right + other.box.left) / 2 for one, other in pairs]
    best = max(places, key=lambda place: sum(one.box.right <= place <= other.box.left for one, other in pairs))
    rows = [(one, other) for one, other in pairs if one.box.right <= best <= other.box.left]
    if len(rows) < FEWEST_ROWS or any(
        median(row[side].end - row[side].first for row in rows) < PROSE for side in (0, 1)
    ):
        return None
    return best


def spaces_within_words(text: str, box_of: BoxOf) -> set[int]:
    """Return the numbers of the spaces that only part the letters of a word from each other.

    Where a word ends is told by a wider gap, by a sign or, where all gaps are alike, by a capital letter.
    """
    return {number for run in SPACED.finditer(text) if FOUR_LETTERS.search(run[0]) for number in in_run(run, box_of)}


def in_run(run: re.Match[str], box_of: BoxOf) -> list[int]:
    """Return the numbers of such spaces in one run of spaced letters; none in what is no word, as a row of a table."""
    spaces = [number for number in range(run.start(), run.end()) if run.string[number] in " \xa0"]
    boxes = {number: box_of(number) for space in spaces for number in (space - 1, space + 1)}
    known = [box for box in boxes.values() if box]
    gaps = {
        space: right.left - left.right for space in spaces if (left := boxes[space - 1]) and (right := boxes[space + 1])
    }
    if not gaps or median(gaps.values()) > max(box.high - box.low for box in known):
        return []
    usual = max(median(gaps.values()), 0.1)
    within = []
    for space in spaces:
        before, after = run.string[space - 1], run.string[space + 1]
        is_end = gaps.get(space, 0) > WORD_GAP * usual or (before in ENDS and after not in ENDS) or after in BEGINS
        if not is_end and not (before.islower() and after.isupper()):
            within.append(space)
    return within
