"""What somebody may have meant who asks for an address that there is not."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from urllib.parse import unquote

from django.http import HttpRequest
from django.urls import reverse
from wagtail.models import Page

from conferences.models import Land, ResolutionPage, Theme
from intmk.base.site import site_of
from intmk.base.view_pages import VIEWS
from intmk.media.public_files import is_private

LONGEST_ADDRESS, MOST_PAGES, MOST_CHILDREN, MOST = 300, 500, 200, 5
ALIKE = 0.72  # of SequenceMatcher's ratio: "konferenz" and "konferenzen" have 0.9, "kontakt" and "konferenzen" 0.44
TRAILING = re.compile(r"(?:\.(?:html?|php|aspx?)|[\s.,;:!?)\]}>\"'“”»]+)$")
WORDS = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True)
class Near:
    """An address that there is: its title, itself, and how like it is, 0 to 1."""

    title: str
    url: str
    likeness: float


def tidied(path: str) -> list[str]:
    """Return the parts of an asked path in lower case, without what gets stuck to addresses in mails and texts."""
    parts = unquote(path[:LONGEST_ADDRESS]).replace("\x00", "").lower().split("/")
    tidy = [part.strip() for part in parts]
    if tidy and tidy[-1] == "":
        tidy.pop()
    while tidy and (shorter := TRAILING.sub("", tidy[-1])) != tidy[-1]:
        tidy[-1] = shorter
    return [part for part in tidy if part]


def searchable_words(path: str) -> str:
    """Return what can be searched for in place of an address, e.g. "konferenzen leitantrag"."""
    return " ".join(dict.fromkeys(WORDS.findall(" ".join(tidied(path)[-2:]))))[:100]


def likeness(asked: str, there: str) -> float:
    """Return how alike two texts are, 0 to 1; 0 for all that is less than ALIKE."""
    matcher = SequenceMatcher(None, asked, there, autojunk=False)
    # The first two are upper bounds, and cheap: whoever tries addresses at random gets no further.
    bounds = (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio)
    return matcher.ratio() if all(bound() >= ALIKE for bound in bounds) else 0


def nearest(request: HttpRequest) -> list[Near]:
    """Return up to MOST public addresses like the one of the request, the most alike first; four queries.

    Compared are the addresses of pages (but resolutions), views, Länder and themes as a whole and by their last part,
    and what stands directly below the longest beginning of the address that there is.
    """
    parts = tidied(request.path)
    site = site_of(request)
    if not parts or site is None:
        return []
    root = site.root_page.url_path
    # Not Wagtail's public(): it asks the database once more, also for addresses that then turn out to be former ones.
    live = Page.objects.live().exclude(is_private("path")).descendant_of(site.root_page)
    pages = [
        (title, f"/{url_path.removeprefix(root)}", path)
        for title, url_path, path in live.not_exact_type(ResolutionPage)
        .order_by("depth", "path")
        .values_list("title", "url_path", "path")[:MOST_PAGES]
    ]
    there = {url: (title, path) for title, url, path in pages}
    beginnings = [f"/{'/'.join(parts[:length])}/" for length in range(len(parts) - 1, 0, -1)]
    parent = next((url for url in beginnings if url in there), None)
    addresses = [(title, url) for title, url, _ in pages]
    best: dict[str, Near] = {}
    if parent:
        title, path = there[parent]
        best[parent] = Near(title, parent, ALIKE)
        below = live.filter(path__startswith=path).exact_type(ResolutionPage).order_by("path")
        addresses += [
            (title, f"/{url_path.removeprefix(root)}")
            for title, url_path in below.values_list("title", "url_path")[:MOST_CHILDREN]
        ]
    addresses += [(view.title, reverse(name)) for name, view in VIEWS.items()]
    addresses += [(row.name, row.get_absolute_url()) for model in (Land, Theme) for row in model.objects.all()]
    for near in alike_among(addresses, parts):
        if near.url not in best or near.likeness > best[near.url].likeness:
            best[near.url] = near
    most_alike = sorted(best.values(), key=lambda near: (-near.likeness, len(near.url)))[:MOST]
    # "/konferenz/12/" means the twelfth, however alike the addresses of the first and the eleventh are.
    return [near for near in most_alike if near.url.rstrip("/").endswith(f"/{parts[-1]}")] or most_alike


def alike_among(addresses: list[tuple[str, str]], parts: list[str]) -> Iterator[Near]:
    """Yield those of the addresses, each as (title, address), that are like the one asked, given by its parts."""
    asked = f"/{'/'.join(parts)}/"
    for title, url in addresses:
        last = url.rstrip("/").rpartition("/")[2]
        alike = max(likeness(asked, url), likeness(parts[-1], last) if len(last) > 2 else 0)
        if alike >= ALIKE:
            yield Near(title, url, alike)
