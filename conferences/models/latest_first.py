"""Closed lists as plain fields: all there is of something, the latest first, of what is kept."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms

from conferences.models.chair import terms_with_persons


class LatestFirst(forms.Select):
    """A field to choose one of them; however many such fields a form has, nothing is asked for each."""

    def __init__(self, entries: Callable[[], Iterable[tuple[int | None, str]]], attrs: Any = None) -> None:
        super().__init__(attrs)
        self.entries = entries

    def optgroups(self, name: str, value: list[str], attrs: Any = None) -> list:
        self.choices = [("", "---------"), *self.entries()]
        return super().optgroups(name, value, attrs)


def terms_to_choose() -> list[tuple[int | None, str]]:
    """Return the keys and names of the stored terms."""
    return [(pk, str(term)) for pk, term in reversed(terms_with_persons().items())]
