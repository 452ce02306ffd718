"""The drawing that stands where a group photo ought to be: sixteen figures, one for each Land, and what is missing."""

from io import BytesIO

from django.core.files.images import ImageFile
from PIL import Image, ImageDraw, ImageFont

from intmk import font
from intmk.media.images.models import SiteImage

SIZE = (1800, 1200)
SMOOTH = 3  # drawn larger and made smaller: Pillow draws without smoothing edges
# Of middle lightness, so that the drawing neither shines on a dark page nor makes a hole in a light one.
GROUND, FLOOR = "#d5dfe0", "#c3d0d2"
BACK_ROW = ("#8ea7ab", "#7f9b9f", "#98adb0", "#86a0a6")
FRONT_ROW = ("#5f8187", "#517379", "#6b8a8f", "#587b84")
INK, SOFT_INK = "#1d3a40", "#3c585e"
MISSING = "Platzhalter – Foto liegt nicht vor"
MARGIN = 140
PODIUM = 800


def draw_placeholder(*lines: str) -> bytes:
    """Return a PNG of 1800 × 1200 with `lines` below the sentence that the photo is missing.

    The same lines give the same bytes. Lines that are too wide are set smaller, and those still too wide are cut.
    """
    canvas = Image.new("RGB", (SIZE[0] * SMOOTH, SIZE[1] * SMOOTH), GROUND)
    draw = ImageDraw.Draw(canvas)
    # The row behind stands in the gaps of the one in front, as on a photo.
    row(draw, centre=SIZE[0] / 2 + 48, head=265, radius=52, colours=BACK_ROW)
    row(draw, centre=SIZE[0] / 2 - 48, head=445, radius=58, colours=FRONT_ROW)
    draw.rectangle((0, PODIUM * SMOOTH, canvas.width, canvas.height), fill=FLOOR)
    canvas = canvas.resize(SIZE, Image.Resampling.BOX)
    draw = ImageDraw.Draw(canvas)
    write(draw, MISSING, top=872, size=66, weight=600, ink=INK)
    for number, line in enumerate(lines[:2]):
        write(draw, line, top=976 + 64 * number, size=46, weight=400, ink=SOFT_INK)
    out = BytesIO()
    canvas.quantize(128, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def row(draw: ImageDraw.ImageDraw, *, centre: float, head: float, radius: float, colours: tuple[str, ...]) -> None:
    """Draw eight figures side by side with heads at about the height `head`; the podium hides where they end."""
    for number, taller in enumerate((0, 20, -12, 8, 26, -8, 14, -4)):
        x, y = centre + (number - 3.5) * 192, head + taller
        colour = colours[number % len(colours)]
        shoulders, top = radius * 1.72, y + radius * 1.28
        # The rim in the colour of the ground keeps a figure apart from those behind it.
        neck = (x - radius / 2, y, x + radius / 2, top)
        draw.rectangle([value * SMOOTH for value in neck], fill=GROUND)
        for rim, fill in ((7, GROUND), (0, colour)):
            box = (x - shoulders - rim, top - rim, x + shoulders + rim, SIZE[1])
            draw.rounded_rectangle([value * SMOOTH for value in box], radius=int(shoulders * 0.86) * SMOOTH, fill=fill)
            draw.circle((x * SMOOTH, y * SMOOTH), (radius + rim) * SMOOTH, fill=fill)


def write(draw: ImageDraw.ImageDraw, text: str, *, top: int, size: int, weight: int, ink: str) -> None:
    """Write one line in the middle, as large as `size` and as wide as the margins allow."""
    face = typeface(size, weight)
    while face.getlength(text) > SIZE[0] - 2 * MARGIN and size > 28:
        size -= 2
        face = typeface(size, weight)
    while face.getlength(text) > SIZE[0] - 2 * MARGIN:
        text = text.removesuffix("…").rsplit(" ", 1)[0] + "…" if " " in text else text[:60] + "…"
    draw.text((SIZE[0] / 2, top), text, font=face, fill=ink, anchor="ma")


def typeface(size: int, weight: int) -> ImageFont.FreeTypeFont:
    """Return the typeface of the site."""
    face = ImageFont.truetype(font.source(), size, layout_engine=ImageFont.Layout.BASIC)
    face.set_variation_by_axes([weight])
    return face


def placeholder_picture(number: int, title: str, photo: dict[str, str]) -> SiteImage:
    """Return a new drawn picture that stands for the group photo of the conference `number`, which is not in hand."""
    name = f"platzhalter-konferenz-{number}.png"
    image = SiteImage(
        title=f"Platzhalter für das Gruppenfoto der {number}. Konferenz",
        file=ImageFile(BytesIO(draw_placeholder(title)), name=name),
        description=photo["alt"],
        caption=photo["caption"],
        credit="Zeichnung: Website der Integrationsministerkonferenz",
        is_placeholder=True,
        licence=f"Das Foto selbst (© {photo['photo_credit']}) liegt nicht vor.",
    )
    image.full_clean()
    image.save()
    return image
