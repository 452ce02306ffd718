"""What differs between two stored versions of a page, field by field."""

import json
from collections.abc import Iterable
from functools import cache
from html.parser import HTMLParser
from typing import Any

from django.apps import apps
from wagtail.models import COMMENTS_RELATION_NAME, Page


def stored_version(page: Page) -> dict[str, Any]:
    """Return the page as a version of it is stored, without comments, which belong to the page as a whole."""
    return {name: value for name, value in json.loads(page.to_json()).items() if name != COMMENTS_RELATION_NAME}


def written_fields(page_type: type[Page]) -> frozenset[str]:
    """Return the names of what the form of this type has: fields, and relations whose rows are one field here."""
    return fields_of_form(page_type._meta.label)


@cache
def fields_of_form(label: str) -> frozenset[str]:
    """Return the same by the label of the type; Wagtail makes the classes of the form anew each time."""
    form = apps.get_model(label).get_edit_handler().get_form_class()
    return frozenset({*form.base_fields, *form.formsets} - {COMMENTS_RELATION_NAME})


def changed(before: dict[str, Any], after: dict[str, Any], fields: Iterable[str]) -> set[str]:
    """Return which of the fields are others in the later of two stored versions."""
    return {name for name in fields if without_keys(before.get(name)) != without_keys(after.get(name))}


def without_keys(value: Any) -> Any:
    """Return a stored value without what changes by itself: keys of rows, blocks and paragraphs."""
    if isinstance(value, str):
        if value.startswith(("[", "{")):
            try:
                return without_keys(json.loads(value))
            except ValueError:
                pass
        return RichText(value).parts if "<" in value else value.replace("\r\n", "\n")
    if isinstance(value, list):
        return [without_keys(item) for item in value]
    if isinstance(value, dict):
        return {key: without_keys(item) for key, item in value.items() if key not in ("pk", "id")}
    return value


class RichText(HTMLParser):
    """Reads rich text into `parts`, without what the editor writes in another way although nobody has touched it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.parts: list[Any] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.parts.append((tag, sorted((name, value or "") for name, value in attrs if name != "data-block-key")))

    def handle_endtag(self, tag: str) -> None:
        if tag != "br":
            self.parts.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        if words := " ".join(data.split()):
            self.parts.append(words)
