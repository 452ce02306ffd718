"""What readers get when the site cannot answer: while it is maintained, without its database, after a fault."""

import sys
from collections.abc import Callable

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from psycopg import errors

SWITCH = settings.VAR / "maintenance.txt"  # there while the site is maintained; may hold a sentence for readers
STILL_ANSWERED = ("/gesund/", "/bereit/")  # operators ask these, all the more now
RETRY_MAINTENANCE, RETRY_FAULT = 600, 30  # seconds


class MaintenanceMiddleware:
    """While SWITCH is there, each address says so; static files stand before it, so the page has its layout."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path in STILL_ANSWERED:
            return self.get_response(request)
        try:
            message = SWITCH.read_text(encoding="utf-8", errors="replace").strip()
        except FileNotFoundError:
            return self.get_response(request)
        except OSError:  # it is there, whatever is the matter with it
            message = ""
        return unavailable(request, message, RETRY_MAINTENANCE)


def unavailable(request: HttpRequest, maintenance: str | None, retry_after: int) -> HttpResponse:
    """Return 503 in the form that was asked for: JSON below /api/, plain text for feeds, else a page.

    maintenance: a sentence for readers ("" for the usual one), None when it is a fault.
    """
    text = maintenance or "Die Website ist gerade nicht erreichbar."
    if request.path.startswith("/api/"):
        response: HttpResponse = JsonResponse({"detail": text}, status=503)
    elif request.path.startswith("/feeds/"):
        response = HttpResponse(f"{text}\n", status=503, content_type="text/plain; charset=utf-8")
    else:
        response = HttpResponse(render_to_string("unavailable.html", {"maintenance": maintenance}), status=503)
    response["Retry-After"] = str(retry_after)
    response["Cache-Control"] = "no-store"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer an exception, which Django has logged: never with a query.

    503 when the database is away or behind the program, since a migration is still to come, else 500.
    """
    fault = sys.exc_info()[1]
    is_behind = isinstance(fault.__cause__ if fault else None, (errors.UndefinedTable, errors.UndefinedColumn))
    if is_behind or isinstance(fault, (OperationalError, InterfaceError)):
        return unavailable(request, None, RETRY_FAULT)
    if request.path.startswith("/api/"):
        return JsonResponse({"detail": "Die Anfrage ist an einem Fehler der Website gescheitert."}, status=500)
    return HttpResponse(render_to_string("500.html"), status=500)
