"""Django's command line, for the site of this folder; it starts the embedded database for as long as it is needed."""

import contextlib
import os
import signal
import sys
from types import FrameType

import psycopg
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.core.management.base import CommandParser, handle_default_options
from django.db import OperationalError

from intmk.server import direct_connection, embedded_postgres, installation

WITHOUT_DATABASE = {
    "help",
    "version",
    "--help",
    "-h",
    "--version",
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "findstatic",
    "makemessages",
}
CHANGE_NOTHING = WITHOUT_DATABASE | {"check", "makemigrations"}  # also with settings that are not those of the folder


def main() -> None:
    """Run the command; what the machine or the settings keep from being ends it with one line and exit code 1."""
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    take_over_options()
    try:
        installation.enter()
        if command not in CHANGE_NOTHING:
            read_settings()
            installation.check(settings, may_be_empty=command == "restore")
        if command in WITHOUT_DATABASE or os.environ.get("DATABASE_URL"):
            execute_from_command_line(sys.argv)
        else:
            with_embedded_database()
    except (installation.WrongSiteError, embedded_postgres.EmbeddedPostgresError) as error:
        sys.exit(str(error))
    except (OperationalError, psycopg.OperationalError) as error:
        reason = direct_connection.reason_of_refusal(error)
        if reason is None:
            raise
        place = direct_connection.place_of(settings.DATABASES["default"])
        sys.exit(f"DATABASE_URL lässt sich nicht öffnen ({place}): {reason}.")


def take_over_options() -> None:
    """Let --settings and --pythonpath hold already now, as Django does before it runs a command."""
    parser = CommandParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--settings")
    parser.add_argument("--pythonpath")
    handle_default_options(parser.parse_known_args(sys.argv[2:])[0])


def read_settings() -> None:
    """Read the settings; raise WrongSiteError, with their line, when the environment lacks what they need."""
    try:
        settings.DATABASES  # noqa: B018 - reads the module
    except ImproperlyConfigured as error:
        raise installation.WrongSiteError(str(error)) from error


def with_embedded_database() -> None:
    """Run the command while the embedded database runs."""
    # Without this, SIGTERM would end us before the database is released.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    with contextlib.ExitStack() as held:
        held.enter_context(embedded_postgres.running(installation.state_directory()))
        held.callback(signal.signal, signal.SIGTERM, signal.SIG_IGN)  # the release is not to be cut off

        def end(number: int, frame: FrameType | None) -> None:
            # Not sys.exit(): Python loses an exception that is raised while a module is loaded, and we would go on.
            held.close()
            os._exit(128 + number)

        signal.signal(signal.SIGTERM, end)
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
