"""Django's command line; without DATABASE_URL it starts the embedded database for as long as it is needed."""

import os
import signal
import sys
from pathlib import Path

from django.core.management import execute_from_command_line

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


def main() -> None:
    """Run the command; a database that cannot be had ends it with one line and exit code 1."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "intmk.settings.development")
    if len(sys.argv) < 2 or sys.argv[1] in WITHOUT_DATABASE or os.environ.get("DATABASE_URL"):
        execute_from_command_line(sys.argv)
        return
    from intmk import embedded_postgres

    # Without this, SIGTERM would end us before the database is released.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    var_dir = Path(os.environ.get("INTMK_VAR") or Path(__file__).resolve().parent / "var")
    try:
        with embedded_postgres.running(var_dir):
            execute_from_command_line(sys.argv)
    except embedded_postgres.EmbeddedPostgresError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
