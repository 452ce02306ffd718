"""What readers get when the site cannot answer: while it is maintained, without its database, after a fault."""

import sys
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string

from intmk.server.outages import Outage, outage_of
from intmk.server.request_id import id_of

SWITCH = settings.VAR / "maintenance.txt"  # there while the site is maintained; may hold a sentence for readers
RETRY_MAINTENANCE, RETRY_FAULT = 600, 30  # seconds
SENTENCE = "Die Website ist gerade nicht erreichbar."
UNWRITABLE = "Gerade lässt sich nichts speichern. Lesen geht weiter."
FILES_AWAY = "Hochgeladene Dateien sind gerade nicht zu erreichen. Alles andere geht weiter."


class MaintenanceMiddleware:
    """While SWITCH is there, each address says so; static files stand before it, so the page has its layout."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        message = sentence_of_maintenance()
        if message is None:
            return self.get_response(request)
        return unavailable(request, RETRY_MAINTENANCE, message or SENTENCE, maintenance=message)


def sentence_of_maintenance() -> str | None:
    """Return the sentence that SWITCH holds for readers, "" for the usual one, None when it is not there."""
    try:
        return SWITCH.read_text(encoding="utf-8", errors="replace").strip()
    except FileNotFoundError:
        return None
    except OSError:  # it is there, whatever is the matter with it
        return ""


def switch_maintenance(sentence: str | None) -> None:
    """Begin it on this machine, with a sentence for readers or "" for the usual one; end it with None."""
    if sentence is None:
        SWITCH.unlink(missing_ok=True)
    else:
        SWITCH.write_text(sentence, encoding="utf-8")


def unavailable(request: HttpRequest, retry_after: int, sentence: str, **context: object) -> HttpResponse:
    """Return 503 in the form that was asked for: JSON below /api/, plain text for feeds, else a page.

    context, for the page: `maintenance`, a sentence or "", or `unwritable`, true when reading goes on, or `files_away`,
    and `request_id`, "" for what is not in the log.
    """
    request_id = context.get("request_id", "")
    if request.path.startswith("/api/"):
        found = {"detail": sentence} | ({"request_id": request_id} if request_id else {})
        response: HttpResponse = JsonResponse(found, status=503)
    elif request.path.startswith("/feeds/"):
        text = f"{sentence}\n" + (f"Kennung des Fehlers: {request_id}\n" if request_id else "")
        response = HttpResponse(text, status=503, content_type="text/plain; charset=utf-8")
    else:
        response = HttpResponse(render_to_string("unavailable.html", context | typed_of(request)), status=503)
    response["Retry-After"] = str(retry_after)
    response["Cache-Control"] = "no-store"
    return response


def typed_of(request: HttpRequest) -> dict[str, list]:
    """Return what was typed into a form that could not be stored (GiveBackTypedMiddleware), else nothing."""
    typed: Callable[[], dict[str, list]] = getattr(request, "typed", dict)
    return typed()


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer an exception, which Django has logged: never with a query. 503 for an outage, else 500."""
    outage = outage_of(sys.exc_info()[1])
    if outage is Outage.UNWRITABLE:
        return unavailable(request, RETRY_FAULT, UNWRITABLE, unwritable=True, request_id=id_of(request))
    if outage is Outage.FILES_AWAY:
        return unavailable(request, RETRY_FAULT, FILES_AWAY, files_away=True, request_id=id_of(request))
    if outage is Outage.AWAY:
        return unavailable(request, RETRY_FAULT, SENTENCE, request_id=id_of(request))
    if request.path.startswith("/api/"):
        detail = "Die Anfrage ist an einem Fehler der Website gescheitert."
        return JsonResponse({"detail": detail, "request_id": id_of(request)}, status=500)
    return HttpResponse(render_to_string("500.html", {"request_id": id_of(request)}), status=500)
