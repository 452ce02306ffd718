"""Django's command, by one process at a time: of two servers that start on one database the second waits."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections, transaction

from intmk.server.direct_connection import PREPARING, alone


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate as soon as no other process does; an empty database all at once or not at all.

        Django notes a migration after what it did is stored: whoever is killed between the two could never go on.
        """
        connection = connections[options["database"]]
        with alone(PREPARING, connection.settings_dict, self.say):
            if connection.introspection.table_names():
                super().handle(*args, **options)
                return
            with transaction.atomic(options["database"]), connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what waits for the end keeps tables as they are
                super().handle(*args, **options)

    def say(self, line: str) -> None:
        """Print a progress message at once, also into a pipe."""
        self.stdout.write(line)
        self.stdout.flush()
