"""Django's command, by one process at a time: of two servers that start on one database the second waits."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

from intmk.server.direct_connection import PREPARING, alone


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate as soon as no other process does."""
        with alone(PREPARING, connections[options["database"]].settings_dict, self.say):
            super().handle(*args, **options)

    def say(self, line: str) -> None:
        """Print a progress message at once, also into a pipe."""
        self.stdout.write(line)
        self.stdout.flush()
