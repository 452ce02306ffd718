"""Draws the picture of a shared link: the title, its number and the table with sixteen seats. No emblem, no photo."""

from functools import lru_cache
from io import BytesIO
from itertools import accumulate
from math import cos, pi, sin

from PIL import Image, ImageDraw, ImageFont

from intmk import font
from intmk.language.typography import soft
from intmk.open_data.sharing.card import HEIGHT, SITE_NAME, WIDTH, Card
from intmk.open_data.sharing.letters import writable

# The tokens --deep, --on-deep and the --accent on dark of styles/tokens.css.
GROUND, PAPER, ACCENT = (6, 59, 63), (255, 255, 255), (134, 211, 208)
# The picture is drawn as two layers of lightness, for paper and accent, and each becomes half of a palette: exact
# colours, smooth edges and a small file, without the search for a palette that would take longer than all the rest.
STEPS = 128
SOFT_PAPER, SEAT = 200, 62  # lightness of lesser text and of the seats
LEFT, TOP, BOTTOM = 76, 66, 528
TEXT_WIDTH = 690
RING_CENTRE, RING, CHAIR_RING, INNER = (970, 282), 168, 182, 126
SMOOTH = 4
SIZES = (76, 68, 60, 53, 47, 42, 37, 33)
SOFT_HYPHEN = "\u00ad"
STRONGEST = 255


@lru_cache(maxsize=64)  # opening one takes as long as writing a title with it
def typeface(size: int, weight: int) -> ImageFont.FreeTypeFont:
    """Return the typeface of the site."""
    face = ImageFont.truetype(font.source(), size, layout_engine=ImageFont.Layout.BASIC)
    face.set_variation_by_axes([weight])
    return face


@lru_cache(maxsize=128)
def draw(card: Card) -> bytes:
    """Return a PNG of WIDTH × HEIGHT; the same card gives the same bytes. Any text fits: smaller, then cut by "…".

    What the typeface has no letters for is left out.
    """
    figure, line = writable(card.figure), writable(card.line)
    title = writable(card.title) or ("" if figure else SITE_NAME)
    paper, accent = Image.new("L", (WIDTH, HEIGHT)), Image.new("L", (WIDTH, HEIGHT))
    seats, chair = table(card.seat)
    corner = (RING_CENTRE[0] - seats.width // 2, RING_CENTRE[1] - seats.height // 2)
    paper.paste(seats, corner)
    accent.paste(chair, corner)
    pen = ImageDraw.Draw(paper)
    top: float = TOP
    if figure:
        face = fitting(figure, 300 if len(figure) > 4 else 290, 300, TEXT_WIDTH)
        cap = -face.getbbox("0", anchor="ls")[1]
        ImageDraw.Draw(accent).text((LEFT - face.size // 22, top + cap), figure, STRONGEST, face, anchor="ls")
        top += cap + 42
    last = BOTTOM - (64 if line else 0)
    face, lines = title_lines(title, last - top)
    for number, text in enumerate(lines):
        pen.text((LEFT, top + number * line_height(face)), text, STRONGEST, face)
    if line:
        face = typeface(32, 400)
        pen.text((LEFT, BOTTOM), cut_to_width(line, face, WIDTH - 2 * LEFT), SOFT_PAPER, face, anchor="ls")
    pen.rectangle((LEFT, 558, WIDTH - LEFT, 559), SEAT)
    pen.text((LEFT, 599), SITE_NAME, STRONGEST, typeface(27, 600), anchor="ls")
    return as_png(paper, accent)


def as_png(paper: Image.Image, accent: Image.Image) -> bytes:
    """Return both layers as one PNG with a palette; where they meet, the accent is on top."""
    upper = accent.point([0] * 2 + [STEPS + value // 2 for value in range(2, 256)])
    lower = paper.point([value // 2 for value in range(256)])
    lower.paste(upper, mask=upper.point(lambda value: 255 if value else 0))
    picture = Image.frombytes("P", (WIDTH, HEIGHT), lower.tobytes())
    picture.putpalette([part for colour in (PAPER, ACCENT) for step in range(STEPS) for part in blend(colour, step)])
    out = BytesIO()
    picture.save(out, "PNG", compress_level=6)
    return out.getvalue()


def blend(colour: tuple[int, int, int], step: int) -> list[int]:
    """Return `colour` over the ground, from step 0 (ground) to the last one (colour)."""
    share = step / (STEPS - 1)
    return [round(below + (above - below) * share) for below, above in zip(GROUND, colour, strict=True)]


@lru_cache(maxsize=17)
def table(seat: int) -> tuple[Image.Image, Image.Image]:
    """Return the sixteen seats and the filled one as layers, as templates/includes/rotation_ring.html draws them."""
    size = 2 * CHAIR_RING
    layers = [Image.new("L", (size * SMOOTH, size * SMOOTH)) for _ in range(2)]
    for place in range(1, 17):
        chosen = place == seat
        pen, outer = ImageDraw.Draw(layers[chosen]), CHAIR_RING if chosen else RING
        start = (place - 1) * 22.5 - 90 - 9.6
        arcs = [(outer, range(25)), (INNER, range(24, -1, -1))]
        points = [
            (size / 2 + radius * cos(angle), size / 2 + radius * sin(angle))
            for radius, steps in arcs
            for angle in ((start + 19.2 * step / 24) * pi / 180 for step in steps)
        ]
        pen.polygon([(x * SMOOTH, y * SMOOTH) for x, y in points], fill=255 if chosen else SEAT)
    small = [layer.resize((size, size), Image.Resampling.BOX) for layer in layers]
    return small[0], small[1]


def fitting(text: str, size: int, weight: int, width: int) -> ImageFont.FreeTypeFont:
    """Return the typeface in `size`, or smaller so that `text` is no wider than `width`."""
    face = typeface(size, weight)
    found = length(text, face)
    return face if found <= width else typeface(max(24, int(size * width / found)), weight)


def line_height(face: ImageFont.FreeTypeFont) -> int:
    return round(face.size * 1.16)


def title_lines(title: str, height: float) -> tuple[ImageFont.FreeTypeFont, list[str]]:
    """Return the largest typeface of SIZES in which `title` fits into `height`, and its lines; else the cut title."""
    words = soft(" ".join(title.split()))
    for size in SIZES:
        face = typeface(size, 400)
        lines = wrapped(words, face, TEXT_WIDTH)
        # A word that is broken without need looks worse than a smaller one.
        if len(lines) * line_height(face) <= height and (size <= 47 or not any(line.endswith("-") for line in lines)):
            return face, lines
    most = max(1, int(height // line_height(face)))
    if len(lines) > most:
        lines = [*lines[: most - 1], cut_to_width(lines[most - 1] + " …", face, TEXT_WIDTH)]
    return face, lines


def wrapped(text: str, face: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """Return the lines of `text`, none wider than `width`: broken at spaces, soft hyphens, at last anywhere."""
    lines, line = [], ""
    for word in text.split():
        joined = f"{line} {word}".strip()
        if length(joined, face) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        line = word
        while length(line, face) > width:
            end = break_of(line, face, width)
            lines.append(line[:end].removesuffix(SOFT_HYPHEN) + ("" if line[end - 1] in "-/" else "-"))
            line = line[end:]
    return [part.replace(SOFT_HYPHEN, "") for part in [*lines, line]]


def break_of(word: str, face: ImageFont.FreeTypeFont, width: int) -> int:
    """Return where to break `word` so that its front and a hyphen are no wider than `width`."""
    ends = accumulate((advance(letter, face) for letter in word), initial=advance("-", face))
    last = max(1, sum(end <= width for end in ends) - 1)
    return next((end for end in range(last, 0, -1) if word[end - 1] in f"{SOFT_HYPHEN}-/"), last)


def length(text: str, face: ImageFont.FreeTypeFont) -> float:
    """Return how wide `text` is set; letters are not kerned, so it is the sum of theirs."""
    return sum(advance(letter, face) for letter in text)


@lru_cache(maxsize=4096)
def advance(letter: str, face: ImageFont.FreeTypeFont) -> float:
    return 0 if letter == SOFT_HYPHEN else face.getlength(letter)


def cut_to_width(text: str, face: ImageFont.FreeTypeFont, width: int) -> str:
    """Return `text`, cut at a word by "…" where it is wider than `width`."""
    while length(text, face) > width:
        front = text.removesuffix("…").rstrip()
        text = (front.rpartition(" ")[0] if " " in front else front[:-1]).rstrip(" ,;:–") + " …"
    return text
