"""The second factor: whether this session has passed it, and what happens when it is set up or removed.

The session says so itself, since every request of an account loads it anyway: no query is added. It names the
account, so that nothing is left over for the next one, and falls with the second factor.
"""

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from wagtail.log_actions import log

from intmk.users.models import User
from intmk.users.sessions import end_sessions

SESSION_KEY = "second_factor_of"
REMOVE = "users.remove_second_factor"
# What an account without second factor may reach: the way to one, the way out, and what Wagtail's pages load.
OPEN_VIEWS = {
    "account_login",
    "account_reauthenticate",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "wagtailadmin_logout",
    "wagtailadmin_javascript_catalog",
    "wagtailadmin_sprite",
}


class SecondFactorMiddleware:
    """Leads every account without second factor to the page that sets one up, and refuses everything else.

    Stands after AuthenticationMiddleware. Where SECOND_FACTOR_REQUIRED is False it only notes who it is.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # Without the cookie nobody is signed in, and readers' requests shall not touch the session.
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
            return self.get_response(request)
        request.account_id = request.user.pk  # type: ignore[attr-defined]  # for the log (intmk/server/log_lines.py)
        if not settings.SECOND_FACTOR_REQUIRED or has_passed(request) or is_open(request.path_info):
            return self.get_response(request)
        if request.method != "GET" or request.headers.get("x-requested-with") == "XMLHttpRequest":
            raise PermissionDenied("Erst einen zweiten Faktor einrichten.")
        return redirect("mfa_activate_totp")


def has_passed(request: HttpRequest) -> bool:
    """Say whether the account of this session has shown its second factor in it."""
    return request.session.get(SESSION_KEY) == str(request.user.pk)


def is_open(path: str) -> bool:
    """Say whether this address may be reached without second factor."""
    try:
        return resolve(path).view_name in OPEN_VIEWS
    except Resolver404:
        return False


def remove_factor(account: User, by: User | None = None) -> bool:
    """Remove the second factor of an account with its recovery codes and sign it out everywhere; False if none.

    It is in the log as done `by` an administrator, or by the system.
    """
    with transaction.atomic():
        removed, _ = Authenticator.objects.filter(user=account).delete()
        if removed:
            end_sessions([account.pk])
            log(account, REMOVE, user=by, data={"from": "mit zweitem Faktor", "to": "ohne zweiten Faktor"})
    return bool(removed)
