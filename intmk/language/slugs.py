"""Addresses as Germans spell them: "laender" of "Länder", where Wagtail knows "lander" only."""

import re
from collections.abc import Callable

from django.db import models
from django.utils.text import slugify
from wagtail.admin.forms.models import register_form_field_override
from wagtail.admin.widgets import SlugInput
from wagtail.models import Page

from intmk.language.umlauts import UMLAUTS, spelled_out, transliterated

# Wagtail's own table in the browser writes "dj" for đ, and drops what is missing in it.
OTHERS = {small: transliterated(small) for small in "łøđıæœðþħŧŋə"}
PATTERNS = [
    (f"[{'ẞ' if small == 'ß' else small.upper()}{small}]", written) for small, written in (UMLAUTS | OTHERS).items()
]
LONGEST = 255


class GermanSlugInput(SlugInput):
    """Field for a slug that writes out umlauts, in the browser, before Wagtail drops their dots."""

    def __init__(self, attrs: dict | None = None) -> None:
        super().__init__(attrs=attrs, formatters=PATTERNS)

    def value_from_datadict(self, data, files, name: str) -> str | None:
        """Return what was sent, not longer than a slug may be: the browser makes it of titles of any length."""
        value = super().value_from_datadict(data, files, name)
        return value[:LONGEST].rstrip("-") if value else value


# A page without one gets it of its title (intmk/base/pages.py): nobody has to fill in a field on another tab.
register_form_field_override(
    models.SlugField,
    override=lambda field: {"widget": GermanSlugInput} | ({"required": False} if field.model is Page else {}),
)


def slug_of(text: str) -> str:
    """Return the slug of a title: "Länder & Łódź" → "laender-lodz", "" where it has no Latin letter or digit."""
    return slugify(transliterated(spelled_out(text)))[:LONGEST].strip("-")


def is_made_of(title: str, slug: str) -> bool:
    """Say whether `slug` is that of the title, also with a number of `numbered`."""
    made = slug_of(title)
    return bool(made) and re.fullmatch(rf"{re.escape(made)}(-\d+)?", slug) is not None


def hyphenated(words: str) -> str:
    """Return `words` as a value in an address, in any script: "Baden Württemberg" becomes "baden-wuerttemberg"."""
    letters = spelled_out(words.casefold())
    return "-".join("".join(letter if letter.isalnum() else " " for letter in letters).split())


def numbered(slug: str, is_free: Callable[[str], bool]) -> str:
    """Return `slug`, or the first of "slug-2", "slug-3" … that is free; never longer than a slug may be."""
    candidate, number = slug, 1
    while not is_free(candidate):
        number += 1
        candidate = f"{slug[: LONGEST - 1 - len(str(number))]}-{number}"
    return candidate
