"""Who writes a page writes it alone: two requests for the same one wait for one another.

Wagtail reads a page, adds a version and stores the page again, each in steps of its own. Of two requests that do so at
the same moment one could leave the page with an earlier version as its latest, so that what the other has just saved
stood in the history only, while the page said nothing of it.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from django.db import Error, connection
from django.http import HttpRequest, HttpResponseBase

LOCK = 0x50414745  # "PAGE"; the second number is that of the page
ONE_PAGE = re.compile(r"/admin/(?:pages|zwei-fassungen)/(\d{1,9})/")
SEVERAL_PAGES = re.compile(r"/admin/bulk/[\w.]+/\w+/\w+/")


class OneWriterMiddleware:
    """Lets what writes pages in the admin wait until whoever writes one of them has been answered.

    Stands after AuthenticationMiddleware: nobody else can make editors wait.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        pages = pages_written(request)
        if not pages or not request.user.is_authenticated:
            return self.get_response(request)
        with writing_alone(pages):
            return self.get_response(request)


def pages_written(request: HttpRequest) -> list[int]:
    """Return the keys of the pages that the request may write, by its address, in order."""
    if request.method != "POST":
        return []
    if found := ONE_PAGE.match(request.path_info):
        return [int(found[1])]
    if SEVERAL_PAGES.match(request.path_info):
        return sorted({int(pk) for pk in request.GET.getlist("id") if re.fullmatch(r"[0-9]{1,9}", pk)})
    return []


@contextmanager
def writing_alone(pages: list[int]) -> Iterator[None]:
    """Hold the locks of these pages while the block runs; always in order, so that no two wait for each other."""
    with connection.cursor() as cursor:
        for page in pages:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [LOCK, page])
    try:
        yield
    finally:
        # When the connection is gone, so are the locks.
        with suppress(Error), connection.cursor() as cursor:
            for page in pages:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK, page])
