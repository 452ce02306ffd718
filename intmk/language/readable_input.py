"""The two doors for text: what a browser sends, and what a program stores."""

import re
from functools import cache
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from django.db import models
from django.http import HttpRequest, QueryDict
from django.utils.deprecation import MiddlewareMixin
from wagtail.blocks import StreamValue
from wagtail.fields import StreamField
from wagtail.models import Page

from intmk.language.readable_text import readable, readable_parts

OURS = {"intmk", "conferences", "history", "users"}
SECRETS = ("password", "csrfmiddlewaretoken")
NOT_ASCII = re.compile(r"(?:[\x80-\xff]|%[89a-f][0-9a-f])+", re.IGNORECASE)  # bytes of a query, coded or not


class ReadableInputMiddleware(MiddlewareMixin):
    """Makes readable what is asked and what is sent, before any view sees it."""

    def process_request(self, request: HttpRequest) -> None:
        """Read what is not in UTF-8 in a query as links of former sites have it: "?q=M%FCnchen"."""
        query = request.META.get("QUERY_STRING", "")
        if request.method in ("GET", "HEAD") and (coded := NOT_ASCII.sub(in_utf_8, query)) != query:
            request.META["QUERY_STRING"] = coded
            request.encoding = request.encoding or "utf-8"  # forgets what was read of the query before

    def process_view(self, request: HttpRequest, *args: Any) -> None:
        """Put readable texts in place of the others; after the view is known, so that only it reads an upload."""
        if (asked := readable_query(request.GET, or_nothing=False)) is not None:
            request.GET = asked  # type: ignore[assignment]
        if request.method == "POST" and (sent := readable_query(request.POST)) is not None:
            request.POST = sent  # type: ignore[assignment]


def in_utf_8(found: re.Match[str]) -> str:
    """Return bytes of a query, which are UTF-8 or, where they are not, Windows-1252, as UTF-8."""
    content = unquote_to_bytes(found[0].encode("latin-1"))
    try:
        content.decode()
    except UnicodeDecodeError:
        return quote(content.decode("windows-1252", "replace"))
    return found[0]


def readable_query(query: QueryDict, or_nothing: bool = True) -> QueryDict | None:
    """Return `query` with readable texts, None where they are so already; passwords stay as they were typed.

    A text of which nothing is readable becomes empty; without `or_nothing` it stays: a filter that is asked for
    a value that does not exist does not take it for no question.
    Rich text comes as a list of blocks with the places of what is bold in it; it is made readable in the model.
    """
    changed = {
        name: cleaned
        for name, texts in query.lists()
        if not any(secret in name.lower() for secret in SECRETS)
        and (cleaned := [typed(text) or ("" if or_nothing else text) for text in texts]) != texts
    }
    if not changed:
        return None
    copy = query.copy()
    for name, texts in changed.items():
        copy.setlist(name, texts)
    return copy


def typed(text: str) -> str:
    """Return the text of a field, whose line ends say whether it has lines, as browsers send them ("\\r\\n")."""
    if text.startswith("{") and '"blocks"' in text:
        return text
    has_lines = "\n" in text
    made = readable(text, lines=has_lines)
    if made == text.replace("\r\n", "\n"):
        return text
    return made.replace("\n", "\r\n") if has_lines else made


@cache
def text_fields(model: type[models.Model]) -> tuple[list[tuple[str, bool]], list[StreamField]]:
    """Return the fields of `model` that hold a text, each with whether it may have lines, and its stream fields."""
    texts, streams = [], []
    for field in model._meta.concrete_fields:
        if isinstance(field, StreamField):
            streams.append(field)
        elif isinstance(field, models.CharField | models.TextField) and not field.choices and field.name != "password":
            texts.append((field.attname, isinstance(field, models.TextField)))
    return texts, streams


def make_readable(instance: models.Model) -> None:
    """Make all texts that `instance` holds readable; of its rows each sees to itself."""
    texts, streams = text_fields(type(instance))
    for name, has_lines in texts:
        value = instance.__dict__.get(name)  # what is deferred was not changed
        if isinstance(value, str):
            setattr(instance, name, readable(value, has_lines))
    for field in streams:
        value = instance.__dict__.get(field.attname)
        if isinstance(value, StreamValue):
            stored = list(value.raw_data)
            if (made := readable_parts(stored)) != stored:
                setattr(instance, field.attname, field.to_python(made))


def is_ours(model: type[models.Model]) -> bool:
    """Say whether the site's people write into it: pages of Wagtail, and the models of our own."""
    return model._meta.app_label in OURS or issubclass(model, Page)
