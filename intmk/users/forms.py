"""The forms of accounts: Wagtail's, with what this site adds."""

from django import forms
from wagtail.admin.forms.auth import LoginForm
from wagtail.users.forms import UserCreationForm, UserEditForm

from intmk.users.models import User


class SignInForm(LoginForm):
    """Wagtail's form with its one English label in German."""

    password = forms.CharField(
        label="Passwort", strip=False, widget=forms.PasswordInput(attrs={"placeholder": "Passwort eingeben"})
    )


class AccountCreationForm(UserCreationForm):
    """A new account with its Land."""

    class Meta(UserCreationForm.Meta):
        model = User
        fields = UserCreationForm.Meta.fields | {"land_code"}


class AccountEditForm(UserEditForm):
    """An account with its Land."""

    class Meta(UserEditForm.Meta):
        model = User
        fields = UserEditForm.Meta.fields | {"land_code"}
