"""/admin/gestaltung/: the design system as it is: tokens of the style sheet, components and blocks as drawn now."""

import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from wagtail.images import get_image_model

from conferences.archive.rows import resolution_rows
from conferences.models import ConferencePage, ResolutionPage
from conferences.models.chair import term_today
from conferences.rules.ballot import Counts
from intmk.base.blocks import BodyBlock, TeaserBlock
from intmk.base.view_pages import ViewPage

STYLES = settings.ROOT / "styles" / "tokens.css"
RULE = re.compile(r":root[^{]*\{([^}]*)\}")  # light, dark, forced colours
TOKEN = re.compile(r"--([\w-]+):\s*([^;]+);")
ON_DEEP = {
    "on-deep": "deep",
    "on-deep-muted": "deep",
    "on-accent": "accent",
}  # what stands on another colour than paper
TEXT, PARTS = 7.0, 3.0  # least contrast: WCAG 2.2, 1.4.6 for text and 1.4.11 for parts of the interface
# What each colour has to reach against its ground; the others only lie below text or beside it.
LEAST = {
    "ink": TEXT, "muted": TEXT, "accent": TEXT, "accent-hover": TEXT, "error": TEXT, "on-accent": TEXT,
    "on-deep": TEXT, "on-deep-muted": TEXT, "line-strong": PARTS, "focus": PARTS,
}  # fmt: skip


@dataclass(frozen=True)
class Colour:
    """A colour token: its values, its contrast to its ground and the least that is asked, each for light and dark."""

    name: str
    light: str
    dark: str
    ground: str
    least: float | None
    contrast_light: float
    contrast_dark: float


def luminance(colour: str) -> float:
    """Return the relative luminance of "#rgb" or "#rrggbb" (WCAG 2.2, definition of relative luminance)."""
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21 (WCAG 2.2, definition of contrast ratio)."""
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def custom_properties(styles: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return the custom properties of a style sheet, in its order: as they are, and as they are in the dark."""
    rules = [dict(TOKEN.findall(rule)) for rule in RULE.findall(styles)]
    return rules[0], rules[0] | rules[1]


def colours(styles: str) -> list[Colour]:
    """Return the colour tokens of a style sheet in its order."""
    light, dark = custom_properties(styles)
    return [
        Colour(
            name,
            value,
            dark[name],
            ground := ON_DEEP.get(name, "paper"),
            LEAST.get(name),
            contrast(value, light[ground]),
            contrast(dark[name], dark[ground]),
        )
        for name, value in light.items()
        if value.startswith("#")
    ]


def design(request: HttpRequest) -> HttpResponse:
    """Show the living page; Wagtail has asked for the sign-in before (register_admin_urls).

    Context: colours (list of Colour), sizes, spaces, others (lists of (name, value)), blocks (list of (label,
    description, bound block)), and one of each thing that components show, None where the site has none.
    """
    styles = STYLES.read_text(encoding="utf-8")
    light, _ = custom_properties(styles)
    sizes = ("tiny", "small", "text", "h3", "lead", "h2", "h1", "display")
    spaces = ("s1", "s2", "s3", "s4", "s5", "gutter", "measure")
    blocks = [*BodyBlock().child_blocks.values(), TeaserBlock()]
    conferences = ConferencePage.objects.live().for_lists()
    resolution = ResolutionPage.objects.live().for_lists().newest_first().first()
    context: dict[str, Any] = {
        "page": ViewPage(
            "Gestaltung", request.build_absolute_uri(), trail=[("Redaktion", reverse("wagtailadmin_home"))]
        ),
        "colours": colours(styles),
        "sizes": [(name, light[name]) for name in sizes],
        "spaces": [(name, light[name]) for name in spaces],
        "others": [(name, light[name]) for name in ("sans", "radius", "motion")],
        "blocks": [
            (block.label, getattr(block.meta, "description", ""), block.bind(block.get_preview_value()))
            for block in blocks
        ],
        "conferences": [conferences.filter(status=status).first() for status in ConferencePage.Status],
        "rows": resolution_rows([resolution]) if resolution else [],
        "counts": Counts(13, 1, 2),
        "image": get_image_model().objects.with_renditions().order_by("pk").first(),
        "results": Paginator(range(400), 20).page(4),
        "term": term_today(request),
        "contents": [{"anchor": "farben", "heading": "Farben"}, {"anchor": "schrift", "heading": "Schrift"}],
    }
    return render(request, "intmk/pages/component_library.html", context)
