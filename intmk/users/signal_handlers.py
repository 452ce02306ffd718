"""What a second factor that is added, used or removed sets off."""

from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_used
from django.dispatch import receiver
from django.http import HttpRequest

from intmk.users.models import User
from intmk.users.second_factor import SESSION_KEY
from intmk.users.sessions import end_sessions


@receiver([authenticator_added, authenticator_used])
def remember_second_factor(sender, request: HttpRequest, user: User, **kwargs) -> None:
    """Note in the session that its account has shown a second factor."""
    request.session[SESSION_KEY] = str(user.pk)


@receiver(authenticator_removed)
def forget_second_factor(sender, request: HttpRequest, user: User, **kwargs) -> None:
    """Drop the note, and end the other sessions of the account: they passed with what is no longer valid."""
    request.session.pop(SESSION_KEY, None)
    end_sessions([user.pk], but=request.session.session_key)
