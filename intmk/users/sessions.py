"""Ending what an account has open in browsers."""

from collections.abc import Collection

from django.contrib.sessions.models import Session
from django.utils import timezone


def remove_expired_sessions() -> None:
    """Hook of the clock: remove the sessions that have run out, as the page Datenschutz says."""
    Session.objects.filter(expire_date__lte=timezone.now()).delete()


def end_sessions(accounts: Collection[int], but: str | None = None) -> None:
    """End all sessions of the accounts with these ids except the one with the key `but`.

    Only editors have any, so all are read. Django alone leaves those of a locked account where they are, and they would
    hold again as soon as it is unlocked.
    """
    wanted = {str(pk) for pk in accounts}
    for session in Session.objects.filter(expire_date__gt=timezone.now()).exclude(session_key=but or "").iterator():
        if session.get_decoded().get("_auth_user_id") in wanted:
            session.delete()
