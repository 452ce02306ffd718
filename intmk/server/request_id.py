"""The number of a request: in its answer, in each line of the log and on the page that tells of an error."""

import re
import secrets
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponseBase

HEADER = "X-Request-ID"
WELL_FORMED = re.compile(r"[0-9A-Za-z-]{8,64}")
current: ContextVar[HttpRequest | None] = ContextVar("current", default=None)


class RequestIdMiddleware:
    """Stands first: takes over the number that the server in front has given (deploy/nginx.conf), or makes one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get(HEADER, "")
        request.id = given if WELL_FORMED.fullmatch(given) else secrets.token_hex(16)  # type: ignore[attr-defined]
        outer = current.set(request)
        try:
            response = self.get_response(request)
        finally:
            current.reset(outer)
        response[HEADER] = id_of(request)
        return response


def id_of(request: HttpRequest) -> str:
    """Return the number of a request, "" for one that did not come through the middleware."""
    return getattr(request, "id", "")
