"""What happens around each request of a signed-in person so that rights follow the chair."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.db.models import ProtectedError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from wagtail.admin import messages

from conferences import kept_forms
from conferences.chair_rights import settle_chair

logger = logging.getLogger(__name__)


class SettleChairMiddleware:
    """Before anybody is recognised: the right to publish goes to where it belongs at this moment (design §6.2).

    Readers have no session, so they cost nothing. When the rights cannot be settled, nobody gets in.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            try:
                # Kept for the header of the page, which asks as well.
                request.rotation = settle_chair()  # type: ignore[attr-defined]
            except DatabaseError:
                logger.exception("Die Rechte ließen sich nicht auf den Vorsitz einstellen.")
                return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": "10"})
        return self.get_response(request)


class KeepRefusedFormMiddleware:
    """After the view: what a former chair sent too late, and what was therefore refused, is not lost."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "POST" and kept_forms.was_refused(request, response):
            kept_forms.keep(request)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Tell why a draft cannot be published, or a file not be deleted; nothing was stored.

        Wagtail's approval publishes without a form, so it has no place for what a page refuses that contradicts what
        was published after it. A source file is kept by a signal, of which Wagtail's deleting knows nothing.
        """
        admin = reverse("wagtailadmin_home")
        if not request.path.startswith(admin):
            return None
        if isinstance(exception, ProtectedError):
            messages.error(request, f"Nicht gelöscht: {exception.args[0]}")
        elif isinstance(exception, ValidationError):
            messages.error(
                request, f"Nicht veröffentlicht, der Entwurf bleibt, wie er ist: {' '.join(exception.messages)}"
            )
        else:
            return None
        return redirect(admin)
