"""The forms of accounts: Wagtail's, with what this site adds."""

from typing import cast

from django import forms
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from wagtail.users.forms import UserCreationForm, UserEditForm

from intmk.users.models import CHAIR, LAENDER, User


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


class AccountEditForm(OtherGroupsMixin, UserEditForm):
    """An account with its Land."""

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
