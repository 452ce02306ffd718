"""The groups in the admin: the two whose members follow from the chair keep their names and stay."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from wagtail.admin import messages
from wagtail.users.forms import GroupForm
from wagtail.users.views.groups import DeleteView, GroupViewSet

from intmk.users.models import CHAIR, LAENDER

DERIVED = (CHAIR, LAENDER)


class KeptNameForm(GroupForm):
    """Wagtail's form; under another name a group would keep its rights, and nobody would take its members out."""

    def clean_name(self) -> str:
        """Return the name; raise ValidationError when one of the two would lose it."""
        if self.instance.name in DERIVED and self.cleaned_data["name"] != self.instance.name:
            raise ValidationError(
                f"Die Gruppe „{self.instance.name}“ muss so heißen: Nach ihr richten sich die Rechte."
            )
        return super().clean_name()


class KeptGroupDeleteView(DeleteView):
    """Wagtail's page, but not for the two groups."""

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if self.object.name in DERIVED and request.user.is_superuser:
            messages.error(
                request, f"Die Gruppe „{self.object.name}“ lässt sich nicht löschen: Nach ihr richten sich die Rechte."
            )
            return redirect(self.index_url_name)
        return super().dispatch(request, *args, **kwargs)


class KeptGroupViewSet(GroupViewSet):
    """Wagtail's pages for groups with these rules."""

    delete_view_class = KeptGroupDeleteView

    def get_form_class(self, for_update: bool = False) -> type[GroupForm]:
        return KeptNameForm
