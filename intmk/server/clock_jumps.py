"""Notices that the clock of this machine was set: by hand, by NTP, or while it was suspended."""

import time

LEAST = 60  # seconds; less is put right in passing, and nothing here goes by less


class ClockJumps:
    """Compares the clock with what only counts seconds. calm_since: of these, when it was last set, or we began."""

    def __init__(self) -> None:
        self.apart, self.calm_since = time.time() - time.monotonic(), time.monotonic()

    def seconds(self) -> float:
        """Return by how much the clock was set since the last time of asking, 0 for less than LEAST."""
        jumped = time.time() - time.monotonic() - self.apart
        if abs(jumped) < LEAST:
            return 0.0
        self.calm_since = time.monotonic()
        self.apart += jumped
        return jumped
