"""The devices with which accounts have signed in: their attempts are counted apart.

Whoever types the name of somebody else with wrong passwords locks that account for five minutes, for everybody but the
devices on which it has signed in. What those remember is a cookie below /admin/: signed, with a number by chance and
the accounts, no right to anything. Stolen, it is good for five more attempts in five minutes.
"""

import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase

from intmk.users.models import User

COOKIE = "intmk_device"
REMEMBERED = timedelta(days=180)
MOST = 5  # accounts of one browser
SALT = "intmk.users.known_devices"


def read_device(request: HttpRequest) -> dict[str, Any]:
    """Return what the cookie of this browser says: device, accounts; a new device when there is none of ours."""
    try:
        value = request.COOKIES.get(COOKIE, "")
        return signing.loads(value, salt=SALT, max_age=REMEMBERED)
    except signing.BadSignature:
        return {"device": secrets.token_urlsafe(12), "accounts": []}


def key_for(request: HttpRequest, account: User | None) -> str | None:
    """Return under which key attempts with this device are counted for the account; None when it is not known there."""
    found = read_device(request)
    return f"device:{found['device']}:{account.pk}" if account and account.pk in found["accounts"] else None


def remember_device(request: HttpRequest, response: HttpResponseBase, account: User) -> None:
    """Note in the browser that `account` has signed in with it."""
    found = read_device(request)
    found["accounts"] = [account.pk, *(pk for pk in found["accounts"] if pk != account.pk)][:MOST]
    response.set_cookie(
        COOKIE,
        signing.dumps(found, salt=SALT),
        max_age=REMEMBERED,
        path=settings.SESSION_COOKIE_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )
