"""What signing in sets off, and a second factor that is added, used or removed."""

import logging

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_used
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from intmk.server.counts import SIGN_INS
from intmk.users.models import SECOND_FACTORS, User
from intmk.users.second_factor import SESSION_KEY
from intmk.users.sessions import end_sessions, note_opening

logger = logging.getLogger(__name__)


@receiver(user_logged_in)
def note_session(sender, request: HttpRequest, user: User, **kwargs) -> None:
    """Note in the session when and with what it was opened, for the list of own sessions."""
    note_opening(request)


@receiver(user_logged_in)
def note_sign_in(sender, request: HttpRequest, user: User, **kwargs) -> None:
    """Count it, and let the log say which account it was."""
    SIGN_INS.labels("gelungen").inc()
    logger.info("Angemeldet: Konto %s", user.pk)


@receiver(user_login_failed)
def note_failed_sign_in(sender, **kwargs) -> None:
    """Count it; the log says why (intmk/users/adapters.py)."""
    SIGN_INS.labels("abgelehnt").inc()


@receiver(authenticator_used)
def note_second_factor(sender, user: User, authenticator: Authenticator, **kwargs) -> None:
    """Let the log say with what the account has shown who it is."""
    logger.info("Bestätigt: Konto %s mit %s", user.pk, authenticator.type)


@receiver([authenticator_added, authenticator_used])
def remember_second_factor(sender, request: HttpRequest, user: User, **kwargs) -> None:
    """Note in the session that its account has shown a second factor."""
    request.session[SESSION_KEY] = str(user.pk)


@receiver(authenticator_removed)
def forget_second_factor(sender, request: HttpRequest, user: User, **kwargs) -> None:
    """Drop the note with the last second factor, and end the other sessions: they may have passed with this one."""
    if not Authenticator.objects.filter(user=user, type__in=SECOND_FACTORS).exists():
        request.session.pop(SESSION_KEY, None)
    end_sessions([user.pk], but=request.session.session_key)
