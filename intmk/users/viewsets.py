"""Accounts in the admin."""

from wagtail.users.views.users import UserViewSet

from intmk.users.forms import AccountCreationForm, AccountEditForm


class AccountViewSet(UserViewSet):
    """Wagtail's pages for accounts with the forms of this site."""

    def get_form_class(self, for_update: bool = False) -> type:
        return AccountEditForm if for_update else AccountCreationForm
