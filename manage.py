"""Django's command line; without DATABASE_URL it starts the embedded database for as long as it is needed."""

import contextlib
import os
import signal
import sys
from pathlib import Path
from types import FrameType

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
        with contextlib.ExitStack() as held:
            held.enter_context(embedded_postgres.running(var_dir))
            held.callback(signal.signal, signal.SIGTERM, signal.SIG_IGN)  # the release is not to be cut off

            def end(number: int, frame: FrameType | None) -> None:
                # Not sys.exit(): Python loses an exception that is raised while a module is loaded, and we would go on.
                held.close()
                os._exit(128 + number)

            signal.signal(signal.SIGTERM, end)
            execute_from_command_line(sys.argv)
    except embedded_postgres.EmbeddedPostgresError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
