"""A form that is sent after the session has ended: what was typed is kept and offered after signing in again.

For whom, the form says itself. Its CSRF token fits one secret only, which is new with each signing in, and a signed
cookie below /admin/ notes which account had which. So a stranger can neither plant a text nor fill the database, and of
two accounts in one browser each gets its own. Where the cookie is gone, the answer shows the text, to be copied.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.core.exceptions import SuspiciousOperation
from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.middleware.csrf import _does_token_match  # type: ignore[attr-defined]
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from conferences.handover import refused_forms
from conferences.models import KeptForm
from intmk.server.security_headers import was_sent_from_here
from intmk.users.models import User
from intmk.users.second_factor import has_passed

COOKIE, SALT = "redaktion", "conferences.unsent_forms"
REMEMBERED = timedelta(days=7)  # in the cookie, and how long a form waits
ACCOUNTS = 4  # that one browser remembers
FORM = re.compile(r"/(?:add|edit)/")  # of a page; sent once more it is saved as a draft
RESENT = "kept_form"  # the field with which a kept form is sent once more
LONGEST = 2_000_000  # letters; what is longer is kept as text to copy
TYPED_INTO = ("/admin/", "/barriere-melden/")  # forms that hold more than a word
# Forms that hold nothing but secrets, or the way out.
NEVER_KEPT = tuple(f"/admin/{part}/" for part in ("login", "logout", "password_reset", "zweiter-faktor", "einladung"))


class KeepUnsentFormMiddleware:
    """Keeps what was refused since nobody was signed in (any more), and notes who is.

    Stands between AuthenticationMiddleware and SecondFactorMiddleware, whose refusals it sees.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path_info.startswith("/admin/"):
            return response
        if request.method == "POST" and not request.accepts("text/html") and was_cut_off(request, response):
            return ended_for_editor()
        if request.method == "POST" and is_form_of_editors(request):
            if was_cut_off(request, response):
                response = answer_to_unsent_form(request) or response
            elif RESENT in request.POST:
                forget_sent_form(request, response)
        note_account(request, response)
        return response


class GiveBackTypedMiddleware:
    """Lets the page that says that nothing can be stored (503) show what was typed, to be copied.

    Stands outside of all that asks the database.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method == "POST" and request.path_info.startswith(TYPED_INTO):
            request.typed = partial(typed_into, request)  # type: ignore[attr-defined]
        return self.get_response(request)


def typed_into(request: HttpRequest) -> dict[str, list]:
    """Return the `fields` of a form, label and text, and the names of its `files`; nothing for what cannot be read."""
    try:
        if not was_sent_from_here(request) or not is_form_of_editors(request):
            return {}
        fields = [(refused_forms.label_of(name), text) for name, text in refused_forms.readable_fields(request)]
        return {"fields": fields, "files": names_of_files(request)}
    except (OSError, SuspiciousOperation, MultiPartParserError):
        return {}


def ended_for_editor() -> JsonResponse:
    """Answer the editor that saves by itself, so that it shows the sentence; it shows those of refused fields only.

    With `signed_out` static/js/sign_in_again.js offers to sign in over the form.
    """
    words = "Ihre Anmeldung ist beendet. Speichern Sie bitte selbst; nach dem Anmelden ist Ihr Text noch da."
    refusal = {"success": False, "error_code": "validation_error", "error_message": words, "signed_out": True}
    return JsonResponse(refusal, status=403)


def is_form_of_editors(request: HttpRequest) -> bool:
    """Say whether a person has sent a form, not the editor in the background: there the text is still on the screen."""
    if request.path_info.startswith(NEVER_KEPT) or refused_forms.wants_json(request):
        return False
    in_background = request.headers.get("X-Requested-With") == "XMLHttpRequest"
    return not in_background and request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"


def was_cut_off(request: HttpRequest, response: HttpResponse) -> bool:
    """Say whether the form was refused for want of a session, not of a right."""
    if hasattr(request, "csrf_was_refused"):
        return True
    if not request.user.is_authenticated or not request.user.has_perm("wagtailadmin.access_admin"):
        return response.status_code == 302 and response["Location"].startswith(reverse("account_login"))
    return response.status_code == 403 and settings.SECOND_FACTOR_REQUIRED and not has_passed(request)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form with a token of another session, or none (CSRF_FAILURE_VIEW); the middleware keeps its text."""
    request.csrf_was_refused = True  # type: ignore[attr-defined]
    return HttpResponse(render_to_string("403_csrf.html"), status=403)


def answer_to_unsent_form(request: HttpRequest) -> HttpResponse | None:
    """Keep the form and lead to where it is offered; where nobody's it is, show its text. None if it holds none."""
    if not was_sent_from_here(request) or not (fields := refused_forms.readable_fields(request)):
        return None
    owner = account_that_opened(request)
    if owner is None or not keep_form(request, owner, fields):
        labelled = [(refused_forms.label_of(name), text) for name, text in fields]
        return page(fields=labelled, files=names_of_files(request))
    offer = reverse("latest_kept_form")
    if not request.user.is_authenticated:
        return redirect_to_login(offer, reverse("account_login"))
    if request.user != owner:
        return page(of_another=True)
    # Without second factor this leads to the page that sets one up; the dashboard offers the text, too.
    return redirect(offer)


def page(**context) -> HttpResponse:
    """Return the page of a form that was not saved, 403."""
    response = HttpResponse(render_to_string("403_csrf.html", context), status=403)
    response["Cache-Control"] = "no-store"
    return response


def account_that_opened(request: HttpRequest) -> User | None:
    """Return the account that was signed in when the form was opened; None if this browser does not know (any more)."""
    token = request.POST.get("csrfmiddlewaretoken", "")
    if re.fullmatch("[A-Za-z0-9]{64}", token):
        for pk, secret in noted(request):
            if _does_token_match(token, secret):
                return User.objects.filter(pk=pk, is_active=True).first()
    return None


def noted(request: HttpRequest) -> list[list]:
    """Return [id of account, CSRF secret] of those who were signed in in this browser lately, the latest first."""
    try:
        return signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=REMEMBERED)
    except signing.BadSignature:
        return []


def note_account(request: HttpRequest, response: HttpResponse) -> None:
    """Put whoever is signed in into the cookie, with the secret of the forms that are open from now on."""
    secret = request.META.get("CSRF_COOKIE")
    if not secret or not request.user.is_authenticated:
        return
    own, former = [request.user.pk, secret], noted(request)
    if own in former[:1]:
        return
    entries = [own, *(entry for entry in former if entry != own)][:ACCOUNTS]
    response.set_cookie(
        COOKIE,
        signing.dumps(entries, salt=SALT, compress=True),
        max_age=REMEMBERED,
        path=settings.SESSION_COOKIE_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def keep_form(request: HttpRequest, owner: User, fields: list[list[str]]) -> bool:
    """Store the form for its account, each once; False where the database takes nothing."""
    files = names_of_files(request)
    text = [*fields, *([["Dateien", "Bitte wählen Sie neu aus: " + ", ".join(files)]] if files else [])]
    address = request.get_full_path()
    same = {"address": address if len(address) <= 300 else request.path_info[:300], "fields": text}
    own = KeptForm.objects.filter(account=owner)
    try:
        with transaction.atomic():
            own.filter(**same, sent__isnull=False).delete()
            KeptForm.objects.create(account=owner, sent=as_sent(request), **same)
            own.exclude(pk__in=own.values_list("pk", flat=True)[: refused_forms.MOST_FORMS]).delete()
    except DatabaseError:
        return False
    return True


def names_of_files(request: HttpRequest) -> list[str]:
    """Return the names of the files that came with the form; they cannot be kept."""
    return [(file.name or "").replace("\x00", "")[:200] for files in request.FILES.lists() for file in files[1]]


def as_sent(request: HttpRequest) -> list[list]:
    """Return [name, values] of all fields as the browser sent them, [] where that is too much.

    Not what publishes or decides: sent once more, a page becomes a draft. Nor which stored version it replaces.
    """
    kept = [
        [name.replace("\x00", ""), [value.replace("\x00", "") for value in values]]
        for name, values in request.POST.lists()
        if not name.startswith(("csrfmiddlewaretoken", "action-", "overwrite_revision", "loaded_revision", RESENT))
        and not refused_forms.is_secret(name)
    ]
    return kept if sum(len(name) + sum(map(len, values)) for name, values in kept) <= LONGEST else []


def forget_sent_form(request: HttpRequest, response: HttpResponse) -> None:
    """Remove a kept form that was sent once more and taken: Wagtail leads on then, to the editor of a page."""
    taken = response.status_code == 302 and response["Location"] != reverse("wagtailadmin_home")
    if request.path_info.startswith(reverse("wagtailadmin_explore_root")) and FORM.search(request.path_info):
        taken = taken and response["Location"].endswith("/edit/")
    number = request.POST[RESENT]
    if taken and re.fullmatch(r"[0-9]{1,18}", number):
        KeptForm.objects.filter(pk=number, account=request.user.pk, sent__isnull=False).delete()


def remove_old_forms() -> None:
    """Remove what nobody has come back for; hook of the clock."""
    KeptForm.objects.filter(sent__isnull=False, sent_at__lt=timezone.now() - REMEMBERED).delete()
