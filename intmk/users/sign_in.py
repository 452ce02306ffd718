"""Signing in: django-allauth's view with the words of this site, for accounts that may edit."""

import logging
import unicodedata

from allauth.account.forms import LoginForm
from allauth.account.views import LoginView
from allauth.core.ratelimit import consume
from allauth.mfa.totp.views import activate_totp
from django.conf import settings
from django.contrib import auth, messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.validators import MaxLengthValidator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST
from wagtail.admin.auth import require_admin_access
from wagtail.admin.forms.auth import PasswordResetForm
from wagtail.admin.views.account import PasswordResetView

from intmk.server.counts import SIGN_INS
from intmk.users.account_mail import send_reset_letter
from intmk.users.models import User
from intmk.users.second_factor import has_passed

logger = logging.getLogger(__name__)

ACCESS = "wagtailadmin.access_admin"
LOCKED = "Dieses Konto ist gesperrt. Bitte wenden Sie sich an die Administration."
NO_ACCESS = "Dieses Konto hat keinen Zugang zur Redaktion. Bitte wenden Sie sich an die Administration."
SET_UP_MEANWHILE = "Für dieses Konto ist inzwischen ein zweiter Faktor eingerichtet. Bitte melden Sie sich damit an."
WAIT_SECONDS, LETTER_SECONDS = 300, 3600


class SignInForm(LoginForm):
    """Name and password; refuses, once both are right, whom the admin would send back here."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name, label in (("login", "Benutzername oder E-Mail"), ("password", "Passwort")):
            self.fields[name].label = label
            self.fields[name].help_text = ""
            self.fields[name].widget.attrs.pop("placeholder")  # the label says it
        self.fields["login"].validators.append(MaxLengthValidator(254))
        self.fields["login"].widget.attrs |= {"autofocus": True, "autocomplete": "username", "maxlength": 254}

    def clean(self) -> dict | None:
        """Raise ValidationError when the account is locked or has no access to the admin."""
        cleaned_data = super().clean()
        if isinstance(self.user, User):
            refuse_without_access(self.user)
        return cleaned_data


def refuse_without_access(account: User) -> None:
    """Raise ValidationError when the account is locked or has no access to the admin."""
    if not account.is_active:
        logger.warning("Anmeldung abgelehnt: gesperrtes Konto")
        raise ValidationError(LOCKED, code="locked")
    # The rights of a Land are settled with the first request after this one.
    if not (account.land_code or account.has_perm(ACCESS)):
        logger.warning("Anmeldung abgelehnt: ohne Zugang zur Redaktion")
        raise ValidationError(NO_ACCESS, code="no_access")


class SignInView(LoginView):
    """The page to sign in."""

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponseBase:
        """Sign out first whom the admin sent here for lack of rights: it would send them back for ever."""
        if request.user.is_authenticated and not request.user.has_perm(ACCESS):
            auth.logout(request)
            messages.error(request, NO_ACCESS)
        return super().dispatch(request, *args, **kwargs)

    def form_invalid(self, form: SignInForm) -> HttpResponse:
        """Return the page with the errors, as 429 when there were too many attempts."""
        response = super().form_invalid(form)
        if form.has_error(NON_FIELD_ERRORS, "too_many_login_attempts"):
            SIGN_INS.labels("zu viele Versuche").inc()
            response.status_code = 429
            response["Retry-After"] = str(WAIT_SECONDS)
        return response


@require_POST
def start_over(request: HttpRequest) -> HttpResponse:
    """Forget a sign-in that waits for its second factor, and show the page to sign in."""
    auth.logout(request)
    return redirect("account_login")


@require_admin_access
def signed_in(request: HttpRequest) -> HttpResponse:
    """Return the page in which signing in over an open form ends (static/js/sign_in_again.js), with its new token."""
    return render(request, "users/signed_in.html")


def set_up_second_factor(request: HttpRequest) -> HttpResponseBase:
    """Return the page that sets up a code from the telephone as second factor."""
    return refused_set_up(request, "mfa_activate_totp") or activate_totp(request)


def refused_set_up(request: HttpRequest, view_name: str) -> HttpResponse | None:
    """Sign out whose account got a second factor meanwhile, in another session; None where one may be set up.

    This session has not shown it, so every other page would lead back here.
    """
    account = request.user
    if (
        not settings.SECOND_FACTOR_REQUIRED
        or not isinstance(account, User)
        or has_passed(request)
        or not account.has_second_factor
    ):
        return None
    if request.method == "POST":
        # Perhaps a second click, while the first one is still being noted in this session: look again.
        return redirect(view_name)
    auth.logout(request)
    messages.error(request, SET_UP_MEANWHILE)
    return redirect("account_login")


class ForgottenPasswordView(PasswordResetView):
    """Wagtail's page for a forgotten password, which writes after the answer: its time tells nobody who exists."""

    def form_valid(self, form: PasswordResetForm) -> HttpResponse:
        """Say that a letter is on its way to whoever has the address."""
        send_reset_letter.enqueue(form.cleaned_data["email"])
        return redirect(self.get_success_url())


def reset_password(request: HttpRequest) -> HttpResponseBase:
    """Return the page for a forgotten password; it writes to the same account a few times an hour at most.

    Counted is what the form finds, not what was typed: blanks, capitals and other ways to write it are no new address.
    """
    form = PasswordResetForm(request.POST)
    typed = form.cleaned_data["email"] if form.is_valid() else request.POST.get("email", "")
    found = next(iter(form.get_users(typed)), None) if form.is_valid() else None
    # Two kinds of keys, as at signing in; an address that nobody has is refused after as many letters.
    key = f"account:{found.pk}" if found else f"name:{plain_writing(typed)}"
    if not consume(request, action="reset_password", key=key):
        return too_many_attempts(request, LETTER_SECONDS)
    return ForgottenPasswordView.as_view()(request)


def plain_writing(typed: str) -> str:
    """Return what somebody typed without what makes no difference to a reader: case, blanks, forms of letters."""
    return "".join(unicodedata.normalize("NFKC", typed).casefold().split())


def too_many_attempts(request: HttpRequest, seconds: int = WAIT_SECONDS) -> HttpResponse:
    """Return the page that asks for patience (429).

    Context: is_long, whether it is an hour and not some minutes.
    """
    response = render(request, "users/too_many_attempts.html", {"is_long": seconds > WAIT_SECONDS}, status=429)
    response["Retry-After"] = str(seconds)
    return response
