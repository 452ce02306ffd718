"""The editors' handbook, docs/handbuch.md and the table of imports, cut into chapters for the admin."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token
from PIL import Image

from intmk.language.slugs import slug_of

DOCS = settings.ROOT / "docs"
FILES = ("handbuch.md", "import/README.md")
STATIC = "../static/"  # how the handbook, read as a file, finds its pictures
MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True)
class Section:
    """A heading within a chapter; `anchor` is its fragment."""

    anchor: str
    title: str


@dataclass(frozen=True)
class Chapter:
    """One task: `slug` is its address below /admin/handbuch/, `html` all that follows its heading."""

    slug: str
    title: str
    html: SafeString
    text: str
    sections: tuple[Section, ...]

    @property
    def url(self) -> str:
        return reverse("handbook_chapter", args=[self.slug])


@cache
def chapters() -> dict[str, Chapter]:
    """Return the chapters by slug, in the order of the files; read once, since they change with the code only."""
    parts: dict[str, tuple[str, list[Token]]] = {}  # title and tokens by slug
    places: dict[str, str] = {}  # slug and fragment by how a link within the files names them
    for name in FILES:
        tokens = MARKDOWN.parse((DOCS / name).read_text())
        starts = [place for place, token in enumerate(tokens) if token.type == "heading_open" and token.tag == "h2"]
        for start, end in pairwise([*starts, len(tokens)]):
            title = title_at(tokens, start)
            slug = slug_of(title)
            parts[slug] = title, tokens[start + 3 : end]
            places.setdefault(name, slug)
            places[f"#{anchor_of(title)}"] = slug
            places |= {f"#{each.anchor}": f"{slug}#{each.anchor}" for each in sections_of(parts[slug][1])}
    return {slug: chapter(slug, title, tokens, places) for slug, (title, tokens) in parts.items()}


def chapter(slug: str, title: str, tokens: list[Token], places: dict[str, str]) -> Chapter:
    """Return the chapter of these tokens, with links and pictures as the admin has them."""
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            token.attrSet("id", anchor_of(title_at(tokens, place)))
        for child in token.children or ():
            if child.type == "link_open":
                child.attrSet("href", link(str(child.attrGet("href")), places))
            elif child.type == "image":
                complete_picture(child)
    text = "\n".join(written(token) for token in tokens if token.type == "inline")
    html = MARKDOWN.renderer.render(tokens, MARKDOWN.options, {})
    # A file of the repo, without HTML of its own: nobody but its authors writes it.
    return Chapter(slug, title, mark_safe(html), text, tuple(sections_of(tokens)))  # noqa: S308


def title_at(tokens: list[Token], place: int) -> str:
    """Return the words of the heading that begins there."""
    return written(tokens[place + 1])


def written(token: Token) -> str:
    """Return the words of a paragraph, heading or cell as they are read."""
    return "".join(" " if part.type == "softbreak" else part.content for part in token.children or ())


def anchor_of(title: str) -> str:
    """Return the fragment by which Markdown's readers lead to a heading: "Die Prüfung" is "die-prüfung"."""
    return re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")


def sections_of(tokens: list[Token]) -> Iterator[Section]:
    for place, token in enumerate(tokens):
        if token.type == "heading_open" and token.tag == "h3":
            title = title_at(tokens, place)
            yield Section(anchor_of(title), title)


def link(href: str, places: dict[str, str]) -> str:
    """Return where a link of the files leads in the admin; raise KeyError for what is not there."""
    if href.startswith("https://"):
        return href
    slug, hash_sign, fragment = places[unquote(href)].partition("#")
    return reverse("handbook_chapter", args=[slug]) + hash_sign + fragment


def complete_picture(image: Token) -> None:
    """Give a picture of a screen its address among the static files, and its size before it is loaded."""
    name = str(image.attrGet("src")).removeprefix(STATIC)
    with Image.open(settings.ROOT / "static" / name) as picture:
        width, height = picture.size
    more: dict[str, Any] = {"src": static(name), "width": width, "height": height, "loading": "lazy"}
    for key, value in more.items():
        image.attrSet(key, str(value))


def chapters_with(query: str) -> list[tuple[Chapter, str]]:
    """Return the chapters in which each word of `query` stands, with the paragraph that has most of them.

    Those that have them in their title come first. Upper and lower case are the same.
    """
    words = query.casefold().split()
    hits = [
        (sum(word not in each.title.casefold() for word in words), each)
        for each in chapters().values()
        if all(word in f"{each.title}\n{each.text}".casefold() for word in words)
    ]
    return [(each, paragraph_with(words, each)) for _, each in sorted(hits, key=lambda hit: hit[0])]


def paragraph_with(words: list[str], chapter: Chapter) -> str:
    return max(chapter.text.split("\n"), key=lambda line: sum(word in line.casefold() for word in words))
