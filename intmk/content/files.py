"""Reads the initial content (intmk/content/*.toml), which `load_content` puts into the database."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

from wagtail.models import Page

CONTENT = Path(__file__).resolve().parent
LINK, END = '<a href="intern:', "</a>"


def read_content(name: str) -> dict[str, Any]:
    """Return the parsed content file `name`.toml."""
    return tomllib.loads((CONTENT / f"{name}.toml").read_text(encoding="utf-8"))


def linked(html: str, page_at: Callable[[str], Page | None]) -> str:
    """Return the rich text with its links of the form intern:/pfad/ turned into Wagtail's links to pages.

    Of a link to a page that is gone the words stay.
    """
    before, *rest = html.strip().split(LINK)
    for piece in rest:
        path, after = piece.split('">', 1)
        words, after = after.split(END, 1)
        page = page_at(path)
        before += (f'<a linktype="page" id="{page.pk}">{words}{END}' if page else words) + after
    return before


def section(data: dict[str, Any], page_at: Callable[[str], Page | None]) -> dict[str, Any]:
    """Return a section of a file as a block of a page's body."""
    value = {"heading": data["heading"], "text": linked(data["text"], page_at)}
    if "symbol" in data:
        value["symbol"] = data["symbol"]
    return {"type": "section", "id": str(uuid4()), "value": value}
