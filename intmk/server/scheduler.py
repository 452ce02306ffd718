"""The command ``clock`` as a child process: what has to happen without anybody asking for a page."""

import subprocess
import time

from intmk.server.web_server import ROOT, end_group, start_process, undisturbed

PAUSE = 60  # seconds
# Functions registered with wagtail.hooks under this name take nothing; the command calls each of them every minute.
EVERY_MINUTE = "intmk_every_minute"


class Clock:
    """The process; readers do not need it, so nothing waits for it."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment
        self.process: subprocess.Popen[bytes] | None = None
        self.started = 0.0

    def start(self) -> None:
        """Start it, also in place of one that has ended."""
        self.started = time.monotonic()
        with undisturbed():
            self.process = start_process([str(ROOT / "manage.py"), "clock"], self.environment)

    def has_stopped(self) -> bool:
        """Say whether it has ended and may be started again: not more often than once a minute."""
        ended = self.process is not None and self.process.poll() is not None
        return ended and time.monotonic() - self.started > PAUSE

    def stop(self) -> None:
        """End it."""
        if self.process is not None:
            end_group(self.process)
            self.process = None
