"""Stand-in until the drawing is ready (media helper replaces this file)."""

from io import BytesIO

from PIL import Image


def draw_placeholder(*lines: str) -> bytes:
    out = BytesIO()
    Image.new("RGB", (1800, 1200), "#345").save(out, "PNG")
    return out.getvalue()
