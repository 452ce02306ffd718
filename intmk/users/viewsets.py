"""Accounts in the admin."""

from functools import cached_property

from django.db.models import QuerySet
from django.urls import path, reverse
from wagtail.admin.ui.menus import MenuItem
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn
from wagtail.admin.widgets.button import Button, HeaderButton
from wagtail.users.views.users import EditView, IndexView, UserViewSet

from intmk.users.forms import AccountCreationForm, AccountEditForm
from intmk.users.invitation_views import InviteAgainView, InviteView, RemoveSecondFactorView
from intmk.users.invitations import may_be_invited
from intmk.users.models import User


def land_column(account: User) -> str:
    """Return the name of the Land for the list, or that this is an administrator."""
    return "Administration" if account.is_superuser else account.get_land_code_display()


class AccountIndexView(IndexView):
    """The list of accounts with their Land and how far each is on its way."""

    def get_base_queryset(self) -> QuerySet[User]:
        return super().get_base_queryset().with_second_factor()

    @cached_property
    def columns(self) -> list[Column]:
        checkbox, name, username, _, active, last_login = super().columns
        name.width, username.width, active.width, last_login.width = "26%", "18%", "7%", "13%"
        land = Column("land", accessor=land_column, label="Land", sort_key="land_code", width="18%")
        invited = DateColumn("invited_at", label="Eingeladen", sort_key="invited_at", width="13%")
        factor = BooleanColumn("has_second_factor", label="Zweiter Faktor", sort_key="has_second_factor", width="7%")
        return [checkbox, name, username, land, active, invited, last_login, factor]

    @cached_property
    def header_buttons(self) -> list[Button]:
        buttons = super().header_buttons
        if self.request.user.is_superuser:
            url = reverse("wagtailusers_users:invite")
            buttons.append(HeaderButton("Einladen", url=url, icon_name="mail"))
        return buttons

    def get_list_more_buttons(self, instance: User) -> list:
        buttons = super().get_list_more_buttons(instance)
        if self.request.user.is_superuser and may_be_invited(instance):
            url = reverse("wagtailusers_users:invite_again", args=[instance.pk])
            buttons.append(MenuItem("Erneut einladen", url=url, icon_name="mail", priority=15))
        return buttons


class AccountEditView(EditView):
    """The page of one account."""

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        buttons = list(super().header_more_buttons)
        if not self.request.user.is_superuser:
            return buttons
        if may_be_invited(self.object):
            url = reverse("wagtailusers_users:invite_again", args=[self.object.pk])
            buttons.append(Button("Erneut einladen", url=url, icon_name="mail", priority=5))
        if self.object.has_second_factor and not self.editing_self:
            url = reverse("wagtailusers_users:remove_second_factor", args=[self.object.pk])
            buttons.append(Button("Zweiten Faktor entfernen", url=url, icon_name="key", priority=6))
        return buttons


class AccountViewSet(UserViewSet):
    """Wagtail's pages for accounts with the forms of this site, and invitations."""

    index_view_class = AccountIndexView
    edit_view_class = AccountEditView

    def get_form_class(self, for_update: bool = False) -> type:
        return AccountEditForm if for_update else AccountCreationForm

    def get_urlpatterns(self) -> list:
        return [
            *super().get_urlpatterns(),
            path("invite/", InviteView.as_view(), name="invite"),
            path("invite/<int:pk>/", InviteAgainView.as_view(), name="invite_again"),
            path(
                "remove-second-factor/<int:pk>/",
                RemoveSecondFactorView.as_view(),
                name="remove_second_factor",
            ),
        ]
