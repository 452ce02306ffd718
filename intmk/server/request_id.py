"""The number of a request: in its answer, in each line of the log and on the page that tells of an error."""

import random
import re
import time
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
        request.id = number_of(request.headers.get(HEADER, ""))  # type: ignore[attr-defined]
        request.begun = time.perf_counter()  # type: ignore[attr-defined]
        outer = current.set(request)
        try:
            response = self.get_response(request)
        finally:
            current.reset(outer)
        response[HEADER] = id_of(request)
        return response


def number_of(given: str) -> str:
    """Return the number that was given with a request, where it is one, else a new one."""
    # No secret; and asking the kernel for one would let another thread go first, which costs half of the throughput.
    return given if given and WELL_FORMED.fullmatch(given) else f"{random.getrandbits(128):032x}"


def id_of(request: HttpRequest) -> str:
    """Return the number of a request, "" for one that did not come through the middleware."""
    return getattr(request, "id", "")
