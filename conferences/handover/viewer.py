"""Who looks at the handover, and what that account may do."""

from datetime import date
from typing import cast

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from wagtail.permissions import page_permission_policy

from conferences.handover.chair_changes import coming_term_on
from conferences.rules.rotation import Rotation
from intmk.users.models import LAND_NAMES, User


def account_of(request: HttpRequest) -> User:
    """Return the account that is signed in; Wagtail lets nobody else into the admin."""
    return cast(User, request.user)


def belongs(account: User) -> bool:
    """Say whether the account administers the site or works for a Land."""
    return account.is_superuser or account.land_code in LAND_NAMES


def rehearses(account: User, rotation: Rotation, day: date) -> bool:
    """Say whether the account administers, or works for the Land that chairs on `day` or the one that follows it."""
    chair, coming = rotation.term_on(day), coming_term_on(rotation, day)
    return account.is_superuser or account.land_code in {term.land_code for term in (chair, coming) if term}


class Viewer:
    """Who looks at the list, and what this account may do; nobody (for mails and records) gets no links."""

    def __init__(self, account: User | None = None, chair: str = "") -> None:
        """Take the account and the name of the Land that chairs now."""
        self.account = account
        self.editors = f"die Redaktion {chair} (Vorsitz) oder die Administration" if chair else "die Administration"

    @cached_property
    def administers(self) -> bool:
        return self.account is not None and self.account.is_superuser

    @cached_property
    def publishes(self) -> bool:
        """Say whether Wagtail lets the account publish: what is shown here has to agree with what then happens."""
        return self.account is not None and page_permission_policy.user_has_permission(self.account, "publish")

    @cached_property
    def edits(self) -> bool:
        rights = {"add", "change"}
        return self.account is not None and page_permission_policy.user_has_any_permission(self.account, rights)

    def works_for(self, land_code: str) -> bool:
        return self.account is not None and self.account.land_code == land_code

    def may(self, permission: str) -> bool:
        return self.account is not None and self.account.has_perm(permission)

    def url(self, allowed: bool, who: str, name: str, *args) -> dict[str, str]:
        """Return `url` of the admin view `name` when the account is allowed to go there, else `who` is to do it."""
        if self.account is None:
            return {}
        return {"url": reverse(name, args=args)} if allowed else {"who": who}
