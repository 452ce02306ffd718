"""Passkeys (WebAuthn) beside the code from the telephone: django-allauth's pages with the words of this site.

A passkey is a second factor after the password, and opens the admin without one: it asks for finger, face or PIN.
"""

import logging
from typing import Any

from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import views
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse_lazy

from intmk.users.models import User
from intmk.users.sign_in import refuse_without_access, refused_set_up

logger = logging.getLogger(__name__)
WRONG_PASSKEY = "Dieser Passkey passt nicht zu diesem Konto oder war zu langsam. Bitte versuchen Sie es noch einmal."
# What the library does not catch of answers that no browser sends.
UNREADABLE = (AttributeError, LookupError, TypeError, ValueError)


def wrong_passkey(error: Exception) -> Exception:
    """Return what to raise for an error on the way: it tells of passkeys, not of codes."""
    if isinstance(error, ValidationError) and error.code != "incorrect_code":
        return error
    if not isinstance(error, ValidationError):
        logger.warning("Passkey abgelehnt: unlesbare Antwort")
    return ValidationError(WRONG_PASSKEY, code="incorrect_code")


class AddPasskeyForm(AddWebAuthnForm):
    """A new passkey; always one that signs in by itself, which the browser has asked finger, face or PIN for."""

    name = forms.CharField(
        label="Name",
        max_length=60,
        required=False,
        help_text="Daran erkennen Sie den Passkey wieder, zum Beispiel „Dienstlaptop“ oder „Telefon“.",
    )
    passwordless = forms.BooleanField(initial=True, widget=forms.HiddenInput)

    def clean(self) -> dict:
        """Raise ValidationError when this is no answer to what was asked."""
        try:
            return super().clean()
        except (ValidationError, *UNREADABLE) as error:
            raise wrong_passkey(error) from error


class PasskeyMixin(AuthenticateWebAuthnForm):
    """Raises for whatever is no right answer the same message."""

    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()
        except (ValidationError, *UNREADABLE) as error:
            raise wrong_passkey(error) from error


class PasskeyAfterPasswordForm(PasskeyMixin):
    """A passkey as second factor."""


class ConfirmByPasskeyForm(PasskeyMixin, ReauthenticateWebAuthnForm):
    """A passkey before what needs confirmation."""


class SignInByPasskeyForm(PasskeyMixin, LoginWebAuthnForm):
    """A passkey in place of name and password; refuses whom the page for these would refuse."""

    def clean_credential(self) -> Authenticator:
        authenticator = super().clean_credential()
        refuse_without_access(authenticator.user)
        return authenticator


class AddPasskeyView(views.AddWebAuthnView):
    """The page for a new passkey."""

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponseBase:
        """Refuse a session that has not shown the second factor its account has."""
        return refused_set_up(request, "mfa_add_webauthn") or super().dispatch(request, *args, **kwargs)


class RemovePasskeyView(views.RemoveWebAuthnView):
    """Asks before a passkey is removed."""

    success_url = reverse_lazy("mfa_index")


class SignInByPasskeyView(views.LoginWebAuthnView):
    """Where the browser gets the question for a passkey and sends its answer."""

    form_class = SignInByPasskeyForm

    def form_invalid(self, form: SignInByPasskeyForm) -> HttpResponse:
        """Return to the page to sign in, with the reason and the way on."""
        answer = super().form_invalid(form)
        return redirect(f"{answer['Location']}?next={form.data['next']}") if form.data.get("next") else answer


class SecondFactorView(AuthenticateView):
    """The page that asks for the second factor: a code, a passkey or either."""

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        """Add has_app and has_passkey."""
        kinds = set(User.objects.get(pk=self.stage.login.user.pk).authenticator_set.values_list("type", flat=True))
        chosen = {"has_app": Authenticator.Type.TOTP in kinds, "has_passkey": Authenticator.Type.WEBAUTHN in kinds}
        return super().get_context_data(**kwargs) | chosen
