"""The pages of invitations: for administrators who invite, and for the person who got the letter."""

import logging
from smtplib import SMTPException
from typing import Any, cast

from django.contrib import auth
from django.contrib.auth.views import PasswordResetConfirmView
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse, reverse_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic import CreateView, WagtailAdminTemplateMixin
from wagtail.log_actions import log

from intmk.users import invitations, second_factor
from intmk.users.forms import InvitationForm
from intmk.users.models import User

logger = logging.getLogger(__name__)

LIST = "wagtailusers_users:index"
NOT_SENT = "Die Einladung ließ sich nicht verschicken. {} Bitte die Einstellungen für E-Mails prüfen lassen."

NOT_INVITABLE = (
    "Dieses Konto lässt sich nicht einladen: Es ist gesperrt, hat keine E-Mail-Adresse oder schon ein eigenes Passwort."
)


class ForAdministratorsMixin:
    """Refuses everybody but administrators, at every request."""

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponseBase:
        if not request.user.is_superuser:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


class InviteView(ForAdministratorsMixin, CreateView):
    """Creates an account and sends the invitation, or neither."""

    model = User
    form_class = InvitationForm
    page_title = "Einladen"
    header_icon = "mail"
    index_url_name = LIST
    add_url_name = "wagtailusers_users:invite"
    submit_button_label = "Einladung verschicken"
    submit_button_active_label = "Wird verschickt …"
    error_message = "Die Einladung wurde nicht verschickt. Bitte die Hinweise an den Feldern beachten."

    def save_instance(self) -> User:
        """Save the account with its invitation."""
        account = self.form.save(commit=False)
        invitations.invite(account, self.request.user)
        log(instance=account, action=invitations.INVITE, user=self.request.user)
        return account

    def form_valid(self, form: InvitationForm) -> HttpResponse:
        """Return to the list, or to the form with the reason why nothing was sent; then no account is left."""
        try:
            return super().form_valid(form)
        except (SMTPException, OSError):
            logger.exception("Einladung nicht verschickt")
            form.instance.pk = None
            self.produced_error_message = NOT_SENT.format("Es wurde kein Konto angelegt.")
            return self.form_invalid(form)

    def get_page_subtitle(self) -> str:
        return str(self.page_title)

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [*super().get_breadcrumbs_items()[:-1], {"url": "", "label": self.get_page_subtitle()}]

    def get_success_message(self, instance: User) -> str:
        return f"Die Einladung an {instance.email} ist unterwegs. Der Link darin gilt sieben Tage."

    def get_success_buttons(self) -> list:
        return []


class ConfirmView(ForAdministratorsMixin, WagtailAdminTemplateMixin, TemplateView):
    """Asks before something is done to one account, and does it by POST."""

    template_name = "users/confirm.html"
    header_icon = "user"
    question = ""
    confirm_label = ""
    serious = False

    def setup(self, request: HttpRequest, *args, **kwargs) -> None:
        super().setup(request, *args, **kwargs)
        self.account = get_object_or_404(User, pk=kwargs["pk"])

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [
            {"url": reverse("wagtailadmin_home"), "label": "Start"},
            {"url": reverse(LIST), "label": "Konten"},
            {"url": self.account_url, "label": str(self.account)},
            {"url": "", "label": str(self.page_title)},
        ]

    @property
    def account_url(self) -> str:
        """The page on which the account is edited."""
        return reverse("wagtailusers_users:edit", args=[self.account.pk])

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        context = {"question": self.question.format(self.account), "confirm_label": self.confirm_label}
        return super().get_context_data(**context | {"account_url": self.account_url}, **kwargs)

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        """Do it, say so, and show the account."""
        self.act()
        return redirect(self.account_url)

    def act(self) -> None:
        """Do what was confirmed and leave a message."""
        raise NotImplementedError


class InviteAgainView(ConfirmView):
    """Sends a new invitation to an account that never signed in."""

    page_title = "Erneut einladen"
    question = "Eine neue Einladung an {0.email} schicken? Der Link der bisherigen gilt dann nicht mehr."
    confirm_label = "Ja, erneut einladen"

    def act(self) -> None:
        if not invitations.may_be_invited(self.account):
            messages.error(self.request, NOT_INVITABLE)
            return
        try:
            invitations.invite(self.account, cast(User, self.request.user))
        except (SMTPException, OSError):
            logger.exception("Einladung nicht verschickt")
            messages.error(self.request, NOT_SENT.format("Die bisherige gilt weiter."))
            return
        log(instance=self.account, action=invitations.INVITE, user=self.request.user)
        messages.success(self.request, f"Die neue Einladung an {self.account.email} ist unterwegs.")


class RemoveSecondFactorView(ConfirmView):
    """Removes the second factor of another account, e.g. when its telephone is lost."""

    page_title = "Zweiten Faktor entfernen"
    question = (
        "Den zweiten Faktor von {0} entfernen? Das Konto wird überall abgemeldet. Bitte vorher sicherstellen, dass "
        "wirklich die Person selbst darum bittet, am besten durch einen Rückruf."
    )
    confirm_label = "Ja, entfernen"
    serious = True

    def act(self) -> None:
        if self.account == self.request.user:
            messages.error(self.request, "Den eigenen zweiten Faktor entfernen Sie unter „Konto“, mit Ihrem Passwort.")
        elif second_factor.remove_factor(self.account, cast(User, self.request.user)):
            messages.success(self.request, "Der zweite Faktor ist entfernt, das Konto überall abgemeldet.")
        else:
            messages.warning(self.request, "Dieses Konto hat keinen zweiten Faktor.")


class AcceptInvitationView(PasswordResetConfirmView):
    """Where the link of the letter leads: the person chooses a password and goes on to sign in."""

    template_name = "users/accept_invitation.html"
    token_generator = invitations.tokens
    reset_url_token = "passwort"  # noqa: S105 - what the address shows in place of the token
    success_url = reverse_lazy("account_login")

    def form_valid(self, form) -> HttpResponse:
        """Save the password; whoever else was signed in in this browser is signed out."""
        response = super().form_valid(form)
        auth.logout(self.request)
        messages.success(self.request, "Ihr Passwort ist gespeichert. Melden Sie sich jetzt damit an.")
        return response

    def render_to_response(self, context: dict[str, Any], **kwargs) -> HttpResponse:
        """Return the page, as 410 when the link does not hold (any more)."""
        return super().render_to_response(context, status=200 if self.validlink else 410, **kwargs)
