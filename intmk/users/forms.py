"""The forms of accounts: Wagtail's, with what this site adds."""

from functools import partial
from typing import cast

from django import forms
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from wagtail.admin.forms.account import NameEmailForm
from wagtail.users.forms import UserCreationForm, UserEditForm

from intmk.users.account_mail import tell_former_address
from intmk.users.models import CHAIR, LAENDER, User

OWN_ADDRESS = "Die eigene Adresse und das eigene Passwort ändern Sie unter „Konto“, mit Ihrem jetzigen Passwort."


class FormerAddressMixin(forms.ModelForm):
    """Tells the former address of an account that it has a new one."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        # Not from the instance: a refused form leaves its own values there, and Wagtail makes it again to show it.
        self.former_address = User.objects.filter(pk=self.instance.pk).values_list("email", flat=True).first() or ""

    def save(self, commit: bool = True) -> User:
        """Save the account and send the message once it is stored."""
        account = super().save(commit)
        if self.former_address not in ("", account.email):
            transaction.on_commit(partial(tell_former_address, account, self.former_address))
        return account


class OwnAddressForm(FormerAddressMixin, NameEmailForm):
    """Name and address of one's own account; a new address needs the password and is told to the former one.

    To the address goes the link for a forgotten password: whoever changes it has the account.
    """

    current_password = forms.CharField(
        label="Jetziges Passwort",
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text="Nur nötig, wenn Sie die E-Mail-Adresse ändern. Die bisherige Adresse bekommt eine Nachricht.",
    )

    def clean(self) -> dict:
        """Raise ValidationError at the password when the address is another and the password is not right."""
        cleaned_data = super().clean() or {}
        changes = cleaned_data.get("email", self.former_address) != self.former_address
        if changes and not self.instance.check_password(cleaned_data.get("current_password", "")):
            self.add_error("current_password", "Zum Ändern der E-Mail-Adresse gehört hierher Ihr jetziges Passwort.")
        return cleaned_data


class OtherGroupsMixin(forms.ModelForm):
    """Offers all groups but the two that follow from the Land, and leaves an account in those it is in."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ModelMultipleChoiceField, self.fields["groups"])
        field.queryset = Group.objects.exclude(name__in=(CHAIR, LAENDER))
        field.help_text = (
            "Die Gruppen „Vorsitz“ und „Länder“ stehen hier nicht: Sie ergeben sich von selbst aus dem Land des Kontos "
            "und daraus, wer gerade den Vorsitz hat."
        )

    def clean_groups(self) -> QuerySet[Group]:
        """Return the chosen groups with the derived ones that the account is in already."""
        derived = Q(name__in=(CHAIR, LAENDER), user=self.instance) if self.instance.pk else Q(pk__in=[])
        return Group.objects.filter(Q(pk__in=self.cleaned_data["groups"]) | derived).distinct()


class AccountCreationForm(OtherGroupsMixin, UserCreationForm):
    """A new account with its Land."""

    class Meta(UserCreationForm.Meta):
        model = User
        fields = UserCreationForm.Meta.fields | {"land_code"}


class AccountEditForm(FormerAddressMixin, OtherGroupsMixin, UserEditForm):
    """An account with its Land; the own address and password change only where the present password is asked for."""

    def __init__(self, *args, editing_self: bool = False, **kwargs) -> None:
        super().__init__(*args, editing_self=editing_self, **kwargs)
        if editing_self:
            del self.fields["password1"], self.fields["password2"]
            self.fields["email"].disabled = True
            self.fields["email"].help_text = OWN_ADDRESS

    @property
    def password_enabled(self) -> bool:
        """Say whether the form sets a password."""
        return "password1" in self.fields

    class Meta(UserEditForm.Meta):
        model = User
        fields = UserEditForm.Meta.fields | {"land_code"}


class InvitationForm(forms.ModelForm):
    """Whom to invite for which Land; all of it is needed."""

    class Meta:
        model = User
        fields = ("first_name", "last_name", "email", "land_code")
        labels = {"email": "E-Mail-Adresse"}
        help_texts = {
            "email": "An diese Adresse geht die Einladung. Die Person kann sich auch damit anmelden.",
        }

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = True

    def clean(self) -> dict:
        """Raise ValidationError where a name would break lines in the letter."""
        cleaned_data = super().clean() or {}
        for name in ("first_name", "last_name"):
            if not cleaned_data.get(name, "").isprintable():
                self.add_error(name, ValidationError("Bitte nur Buchstaben und Leerzeichen, keine Steuerzeichen."))
        return cleaned_data
