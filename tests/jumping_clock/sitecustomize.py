"""The clock that all Python of a site sees while tests/faults.py serves it: some seconds beside the right one.

How many, says the file INTMK_TEST_CLOCK, at any moment. Python runs this by itself in each process with this folder in
PYTHONPATH. What only measures how long something takes (time.monotonic) goes on as if nothing had happened, as on a
machine whose clock is set. Dates of files, and PostgreSQL's clock, stay right.
"""

import os
import threading
import time
from pathlib import Path

import time_machine

FILE = Path(os.environ["INTMK_TEST_CLOCK"])
OFTEN = 0.02  # seconds

aside = float(FILE.read_text())
clock = time_machine.travel(time.time() + aside, tick=True).start()


def follow() -> None:
    """Set the clock as often as the file says so."""
    global aside
    while True:
        time.sleep(OFTEN)
        if (said := float(FILE.read_text() or aside)) != aside:
            clock.shift(said - aside)
            aside = said


def begin() -> None:
    threading.Thread(target=follow, name="jumping-clock", daemon=True).start()


begin()
os.register_at_fork(after_in_child=begin)  # the workers of the web server are forks
