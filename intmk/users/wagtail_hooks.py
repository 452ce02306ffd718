"""Registers what accounts add to Wagtail's admin."""

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from wagtail import hooks
from wagtail.log_actions import LogActionRegistry

from intmk.users import invitations, second_factor


@hooks.register("register_log_actions")
def register_account_actions(actions: LogActionRegistry) -> None:
    """Name what administrators do to accounts, for the history of each account."""
    actions.register_action(invitations.INVITE, "Einladen", "Einladung verschickt")
    actions.register_action(second_factor.REMOVE, "Zweiten Faktor entfernen", "Zweiter Faktor entfernt")


@hooks.register("register_account_menu_item")
def link_to_second_factor(request: HttpRequest) -> dict[str, str]:
    """Link the page of the second factor from the account page."""
    return {
        "url": reverse("mfa_index"),
        "label": "Zweiter Faktor",
        "help_text": "Einen Code vom Telefon oder einen Passkey zum Anmelden einrichten oder entfernen, Notfallcodes.",
    }


@hooks.register("register_account_menu_item")
def link_to_own_sessions(request: HttpRequest) -> dict[str, str]:
    """Link the list of own sessions from the account page."""
    return {
        "url": reverse("own_sessions"),
        "label": "Eigene Sitzungen",
        "help_text": "Sehen, an welchen Geräten das Konto angemeldet ist, und es dort abmelden.",
    }


@hooks.register("insert_global_admin_css")
def style_of_signing_in() -> str:
    """Add the style sheet of the pages around signing in; a hook, since Wagtail's own for a lost password share it."""
    return format_html('<link rel="stylesheet" href="{}">', static("css/sign-in.css"))
