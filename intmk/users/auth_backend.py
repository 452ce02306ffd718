"""Who is signed in, and what they may do: asked for with each request of the admin."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from intmk.users.models import User


class AccountBackend(AuthenticationBackend):
    """Django-allauth's, without two of its questions."""

    def get_user(self, user_id: int) -> User | None:
        """Return the account with what Wagtail keeps of its holder; None where it is gone or locked."""
        return User.objects.select_related("wagtail_userprofile").filter(pk=user_id, is_active=True).first()

    def get_user_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """Return none: an account has the rights of its groups, which follow its Land and the day and are recorded."""
        return set()
