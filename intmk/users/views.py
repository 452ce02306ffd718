"""The page on which people change their own account."""

from wagtail.admin.views import account


class AccountView(account.AccountView):
    """Wagtail's page without the portrait: it would be stored with the place and camera that its file names."""

    def get_panels(self) -> list:
        """Return Wagtail's panels but the one for a portrait."""
        return [panel for panel in super().get_panels() if not isinstance(panel, account.AvatarSettingsPanel)]
