"""What Wagtail writes past Django's signals: accounts locked from the list, the rights of a group."""

from django.contrib.auth.models import Group
from django.forms import Media

from intmk.audit.descriptions import rights_of
from intmk.audit.log_entries import ACCOUNT_FIELDS, Action, record_change
from intmk.users.models import User


def after_bulk_action(request, action_type: str, objects: list, action) -> None:
    """Record accounts that were locked or unlocked from the list, which Wagtail does in one query; a Wagtail hook."""
    if action_type == "set_active_state":
        active = set(
            User.objects.filter(pk__in=[user.pk for user in objects], is_active=True).values_list("pk", flat=True)
        )
        name, words = ACCOUNT_FIELDS["is_active"]
        for user in objects:
            record_change(user, name, words(user.is_active), words(user.pk in active))


class RightsOfGroupPanel:
    """An invisible part of Wagtail's page for groups: compares the rights before and after, which it writes in bulk."""

    media = Media()

    def __init__(self, data=None, files=None, instance: Group | None = None) -> None:
        self.group = instance or Group()
        self.before = rights_of(self.group) if self.group.pk else frozenset()

    def is_valid(self) -> bool:
        return True

    def save(self) -> None:
        record_change(self.group, Action.GROUP_RIGHTS, self.before, rights_of(self.group))

    def as_admin_panel(self) -> str:
        return ""
