"""What an account has open in browsers: listing it, and ending it.

A session says itself when and with what it was opened: no table of its own, and no address of the network.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.contrib import auth
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

OPENED = "opened"  # the key in the session
# The first that stands in what a browser says of itself; most also name those that come later here.
BROWSERS = {
    "Edg": "Edge", "OPR/": "Opera", "Firefox": "Firefox", "FxiOS": "Firefox", "CriOS": "Chrome", "Chrome": "Chrome",
    "Safari": "Safari",
}  # fmt: skip
SYSTEMS = {
    "Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows", "Mac OS": "macOS",
    "CrOS": "ChromeOS", "Linux": "Linux",
}  # fmt: skip


@dataclass(frozen=True)
class OpenSession:
    """A session for its account's eyes. name: what a form sends for it, from which nobody learns its key."""

    name: str
    opened_at: datetime | None
    device: str
    is_this: bool

    @classmethod
    def of(cls, session: Session, request: HttpRequest) -> Self:
        opened = session.get_decoded().get(OPENED) or {}
        return cls(
            salted_hmac("intmk.users.sessions", session.session_key, algorithm="sha256").hexdigest(),
            datetime.fromisoformat(opened["at"]) if opened else None,
            opened.get("device", "Unbekanntes Gerät"),
            session.session_key == request.session.session_key,
        )


class SessionEndMiddleware:
    """Signs out whose session was opened SESSION_COOKIE_AGE ago: Django counts anew whenever something is noted in it.

    Stands after AuthenticationMiddleware, and before what keeps the text of a form whose session has ended.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # Readers have no session, and their requests shall not look for one.
        if settings.SESSION_COOKIE_NAME in request.COOKIES and has_lasted(request):
            auth.logout(request)
        return self.get_response(request)


def has_lasted(request: HttpRequest) -> bool:
    """Say whether the session was opened so long ago that it is over."""
    return is_over(request.session.get(OPENED))


def is_over(opened: dict[str, str] | None) -> bool:
    """Say whether a session with this beginning has lasted as long as one may, or began at a time far from now."""
    longest = timedelta(seconds=settings.SESSION_COOKIE_AGE)
    return opened is not None and abs(timezone.now() - datetime.fromisoformat(opened["at"])) >= longest


def note_opening(request: HttpRequest) -> None:
    """Write into a session that has just been opened, when and with what."""
    device = device_of(request.headers.get("User-Agent", ""))
    request.session[OPENED] = {"at": timezone.now().isoformat(), "device": device}


def device_of(said: str) -> str:
    """Return browser and system by what a browser says of itself, as in "Firefox unter Windows"."""
    browser = next((name for sign, name in BROWSERS.items() if sign in said), "")
    system = next((name for sign, name in SYSTEMS.items() if sign in said), "")
    return f"{browser or 'Unbekannter Browser'} unter {system}" if system else browser or "Unbekanntes Gerät"


def sessions_of(accounts: Collection[int | None]) -> Iterator[Session]:
    """Yield the sessions of the accounts with these ids; only editors have any, so all are read."""
    wanted = {str(pk) for pk in accounts}
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        if session.get_decoded().get("_auth_user_id") in wanted:
            yield session


def listed_sessions(request: HttpRequest) -> list[OpenSession]:
    """Return what the account of this request has open, this session first, then the latest."""
    open_still = (each for each in sessions_of([request.user.pk]) if not is_over(each.get_decoded().get(OPENED)))
    found = [OpenSession.of(session, request) for session in open_still]
    found.sort(key=lambda each: each.opened_at.timestamp() if each.opened_at else 0, reverse=True)
    return sorted(found, key=lambda each: not each.is_this)


def end_own_session(request: HttpRequest, name: str) -> bool:
    """End the session of the account of this request that has this name; False if it has none or it is this one."""
    for session in sessions_of([request.user.pk]):
        shown = OpenSession.of(session, request)
        if not shown.is_this and constant_time_compare(shown.name, name):
            session.delete()
            return True
    return False


def remove_expired_sessions() -> None:
    """Hook of the clock: remove the sessions that have run out, as the page Datenschutz says."""
    Session.objects.filter(expire_date__lte=timezone.now()).delete()


def end_sessions(accounts: Collection[int | None], but: str | None = None) -> None:
    """End all sessions of the accounts with these ids except the one with the key `but`.

    Django alone leaves those of a locked account where they are, and they would hold again as soon as it is unlocked.
    """
    for session in sessions_of(accounts):
        if session.session_key != but:
            session.delete()
