"""How many rows a list of a form in the admin may have."""

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import TooManyFieldsSent, ValidationError
from django.forms import IntegerField
from django.http import HttpRequest, HttpResponseBase

MOST_ROWS = 500  # of one list; far more than people enter


class FormRowsMiddleware:
    """Refuses with 400 a form of which a list announces more, before anything of it is read.

    Django draws and checks up to a thousand more than a list may have, announced by one short field: half a minute.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> None:
        """Look at it before its view does, and after it is known to come from a form of this site."""
        if request.method == "POST" and request.path_info.startswith("/admin/") and request.user.is_authenticated:
            refuse_too_many_rows(request.POST)


def refuse_too_many_rows(data: Mapping[str, str]) -> None:
    """Raise TooManyFieldsSent, which answers 400, where a list announces more rows than MOST_ROWS."""
    for name, number in data.items():
        if name.endswith("-TOTAL_FORMS") and announced(number) > MOST_ROWS:
            raise TooManyFieldsSent(f"{name}: {number[:20]}")


def announced(number: str) -> int:
    """Return the number as Django's form reads it, which also takes "+1_500.0"; 0 for what it refuses."""
    try:
        return IntegerField(required=False).clean(number) or 0
    except ValidationError:
        return 0
