"""The pages on which people change their own account, and see where it is signed in."""

from allauth.account.decorators import reauthentication_required
from allauth.core.ratelimit import consume_or_429
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods
from wagtail.admin.auth import require_admin_access
from wagtail.admin.views import account

from intmk.users import sessions
from intmk.users.forms import OwnAddressForm

PASSWORDS = ("name_email-current_password", "password-old_password")


class NameAddressPanel(account.NameEmailSettingsPanel):
    """Name and address, for which the password is asked."""

    form_class = OwnAddressForm


class AccountView(account.AccountView):
    """Wagtail's page without the portrait: it would be stored with the place and camera that its file names."""

    def get_panels(self) -> list:
        """Return Wagtail's panels but the one for a portrait, and ours for the address."""
        panels = [panel for panel in super().get_panels() if not isinstance(panel, account.AvatarSettingsPanel)]
        return [
            NameAddressPanel(panel.request, panel.user, panel.profile)
            if isinstance(panel, account.NameEmailSettingsPanel)
            else panel
            for panel in panels
        ]

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Save; whoever found the page open can try a few passwords a minute, not all."""
        if any(request.POST.get(name) for name in PASSWORDS):
            refused = consume_or_429(request, action="reauthenticate", user=request.user)
            if refused:
                return refused
        return super().post(request)


@require_admin_access
@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required(allow_get=True)
def own_sessions(request: HttpRequest) -> HttpResponse:
    """Show where the account is signed in, or end one of these sessions or all others.

    Context: sessions.
    """
    if request.method != "POST":
        return render(request, "users/own_sessions.html", {"sessions": sessions.listed_sessions(request)})
    if "others" in request.POST:
        sessions.end_sessions([request.user.pk], but=request.session.session_key)
        messages.success(request, "Alle anderen Sitzungen sind beendet.")
    elif sessions.end_own_session(request, request.POST.get("session", "")):
        messages.success(request, "Die Sitzung ist beendet.")
    else:
        messages.warning(request, "Diese Sitzung gibt es nicht mehr.")
    return redirect("own_sessions")
