"""What the server does when something has happened in the database."""

from django.apps import apps
from django.db.models.signals import post_migrate

from intmk.server.page_triggers import install_triggers


def keep_triggers(sender: object, using: str, **kwargs: object) -> None:
    """Let the triggers follow the tables, which come and go by migrations."""
    install_triggers(using)


# Once, after all apps: the signal is sent for each of them, and in the end all tables are there.
post_migrate.connect(keep_triggers, sender=apps.get_app_config("intmk"), dispatch_uid="page_triggers")
