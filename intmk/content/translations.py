"""Creates the pages of the initial content that are in English: below `/en/`, joined to the German ones."""

from collections.abc import Callable
from typing import Any

from wagtail.models import Page

from conferences.models import TranslatedChairPage, TranslatedConferencesPage
from intmk.base.pages import SitePage
from intmk.content.files import linked, read_content
from intmk.pages.models import StandardPage

ENTRANCE = "/en/"
TYPES: dict[str, type[SitePage]] = {
    "text": StandardPage,
    "chair": TranslatedChairPage,
    "conferences": TranslatedConferencesPage,
}


def load_english(create: Callable[..., SitePage | None], page_at: Callable[[str], Page | None]) -> None:
    """Create what is missing with `create` (see Loader.page); where people deleted `/en/`, nothing is revived."""
    entrance = page_at(ENTRANCE)
    for data in read_content("english")["page"]:
        german = page_at(data["translates"])
        create(
            data["key"],
            f"{ENTRANCE}{data['slug']}/",
            entrance,
            TYPES[data["type"]],
            data,
            lambda german=german, data=data: fields(entrance, german, data, page_at),
        )


def fields(
    entrance: Page | None, german: Page | None, data: dict[str, Any], page_at: Callable[[str], Page | None]
) -> dict[str, Any]:
    """Return the fields of a new English page besides those that all pages have."""
    found: dict[str, Any] = {"locale": entrance.locale if entrance else None, "show_in_menus": True}
    if german:
        found["translation_key"] = german.translation_key
    if "before_text" in data:
        found["before_text"] = linked(data["before_text"], page_at)
    return found


def join_entrance(home: Page, page_at: Callable[[str], Page | None]) -> None:
    """Make `/en/` the translation of the home page, so that it shows what that shows."""
    entrance = page_at(ENTRANCE)
    if entrance:
        Page.objects.filter(pk=entrance.pk).update(translation_key=home.translation_key)
