from django.apps import AppConfig
from wagtail.users.apps import WagtailUsersAppConfig


class UsersConfig(AppConfig):
    name = "intmk.users"
    label = "users"
    verbose_name = "Konten"

    def ready(self) -> None:
        from intmk.users import signal_handlers  # noqa: F401


class AccountsAdminConfig(WagtailUsersAppConfig):
    """Stands for wagtail.users in INSTALLED_APPS."""

    group_viewset = "intmk.users.groups.KeptGroupViewSet"
    user_viewset = "intmk.users.viewsets.AccountViewSet"
