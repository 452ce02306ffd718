"""The last look at what takes too long to ask for a page: kept in a file of the state directory, for the start page.

The clock looks each night where the site is in production, and so does each run of the command `doctor`. Of several
machines each keeps its own: certificate, static files and the way to the mail server may differ.
"""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.utils import timezone

from intmk.doctor.checks import CHECKS
from intmk.doctor.findings import Check, Finding, State, examine
from intmk.server import installation

NAME = "doctor.json"
NIGHT = 4  # o'clock, after backup and orphans
OLD = timedelta(days=2)  # after which nothing is said: it may long be otherwise


class LastRun(NamedTuple):
    """When it was looked at, and what was red: {"subject", "text", "remedy"}."""

    at: datetime
    red: list[dict[str, str]]


def keep_run(found: Iterable[tuple[Check, Finding]]) -> None:
    """Keep what is red of the checks that are not quick; raise OSError, before anything is looked at."""
    path = Path(settings.VAR) / NAME
    partial = path.with_suffix(".partial")
    with partial.open("w", encoding="utf-8") as file:
        red = [
            {"subject": check.subject, "text": finding.text, "remedy": finding.remedy}
            for check, finding in found
            if finding.state is State.RED and not check.quick
        ]
        json.dump({"at": timezone.now().isoformat(), "red": red}, file, ensure_ascii=False)
    partial.replace(path)


def kept_run() -> LastRun | None:
    """Return the last run, None where there is none that can be read."""
    try:
        found = json.loads((Path(settings.VAR) / NAME).read_text(encoding="utf-8"))
        return LastRun(datetime.fromisoformat(found["at"]), found["red"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def look_each_night() -> None:
    """Look at what is not quick, once a night; called each minute. Raises OSError when the result cannot be kept."""
    now, last = timezone.localtime(), kept_run()
    due = now.replace(hour=NIGHT, minute=0, second=0, microsecond=0)
    if installation.is_for_trying_out(settings) or now < due or (last and last.at >= due):
        return
    keep_run(examine(check for check in CHECKS if not check.quick))
