"""What happens around each request of a signed-in person so that rights follow the chair."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.contrib.messages import ERROR, get_messages
from django.contrib.messages.storage.base import BaseStorage
from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.db.models import ProtectedError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.datastructures import MultiValueDictKeyError
from django.views.defaults import bad_request
from psycopg.errors import UniqueViolation
from wagtail.admin import messages

from conferences.handover import refused_forms
from conferences.terms.rights import update_publishing_rights
from intmk.server.request_id import id_of
from intmk.server.unavailable import typed_of

logger = logging.getLogger(__name__)


class ChairRightsMiddleware:
    """Before anybody is recognised: the right to publish goes to where it belongs at this moment.

    Readers have no session, so they cost nothing. When the rights cannot be settled, nobody gets in.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            try:
                # Kept for the header of the page, which asks as well.
                request.rotation = update_publishing_rights()  # type: ignore[attr-defined]
            except DatabaseError:
                logger.exception("Die Rechte ließen sich nicht auf den Vorsitz einstellen.")
                return HttpResponse(
                    render_to_string("503.html", {"request_id": id_of(request)} | typed_of(request)),
                    status=503,
                    headers={"Retry-After": "10"},
                )
        return self.get_response(request)


class KeepRefusedFormMiddleware:
    """After the view: what a former chair sent too late, and what was therefore refused, is not lost."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "POST" and refused_forms.was_refused(request, response):
            refused_forms.keep_text(request)
        return response


class ExplainRefusalMiddleware:
    """What is refused below Wagtail's forms ends with a sentence in the admin, not with an error page.

    Wagtail's approval publishes without a form, so it has no place for what a page refuses that contradicts what was
    published after it. A source file is kept by a signal, of which Wagtail's deleting knows nothing. A form of which
    a part is missing, as no browser sends it, is the sender's fault, not ours.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if was_sent_home(request, response):
            logger.warning("Ohne Recht: zur Startseite der Redaktion geführt")
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Tell the editor why; the log keeps where it came from, since it may as well be an error of ours."""
        admin = reverse("wagtailadmin_home")
        if not request.path.startswith(admin):
            return None
        if isinstance(exception, ProtectedError):  # its own words are English
            names = ", ".join(f"„{found}“" for found in exception.protected_objects)
            words = f"Nicht gelöscht, es wird noch gebraucht: {names}"
        elif isinstance(exception, ValidationError):
            words = f"Nicht veröffentlicht, der Entwurf bleibt, wie er ist: {' '.join(exception.messages)}"
        elif isinstance(exception.__cause__, UniqueViolation):  # both had asked the rules before one was done
            words = (
                "Nicht veröffentlicht, der Entwurf bleibt: Im selben Augenblick ist etwas anderes mit dieser Nummer "
                "veröffentlicht worden. Beim nächsten Versuch steht neben dem Feld, was."
            )
        elif isinstance(exception, MultiValueDictKeyError):  # Wagtail's blocks read on without looking
            logger.warning("Unvollständiges Formular: %s", request.path, exc_info=exception)
            return bad_request(request, exception)
        else:
            return None
        logger.warning("Abgelehnt: %s", request.path, exc_info=exception)
        messages.error(request, words)
        return redirect(admin)


def was_sent_home(request: HttpRequest, response: HttpResponse) -> bool:
    """Say whether Wagtail has refused a right: with an error on the dashboard in place of a 403."""
    if response.status_code != 302 or response["Location"] != reverse("wagtailadmin_home"):
        return False
    told = get_messages(request)
    if not isinstance(told, BaseStorage) or not told.added_new:
        return False
    refused = any(message.level >= ERROR for message in told)
    told.used = False  # only looked at: they are still to be shown
    return refused
