"""The page on which people change their own account."""

from allauth.core.ratelimit import consume_or_429
from django.http import HttpRequest, HttpResponseBase
from wagtail.admin.views import account

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
