"""What a check found, and how all of them are run."""

import enum
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db import connection

from intmk.server.direct_connection import reason_of_refusal


class State(enum.StrEnum):
    """How it is: what is red hinders or endangers the site, what is yellow should be looked at soon."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


@dataclass(frozen=True)
class Finding:
    """One sentence on one thing. remedy: what to do, "" where nothing is to be done."""

    state: State
    text: str
    remedy: str = ""


def green(text: str) -> Finding:
    """Return that something is well."""
    return Finding(State.GREEN, text)


def yellow(text: str, remedy: str) -> Finding:
    """Return that something should be looked at."""
    return Finding(State.YELLOW, text, remedy)


def red(text: str, remedy: str) -> Finding:
    """Return that something must be mended."""
    return Finding(State.RED, text, remedy)


@dataclass(frozen=True)
class Check:
    """Something to look at. quick: cheap enough for a page, so without files, network or other programs."""

    subject: str
    look: Callable[[], Iterable[Finding]]
    quick: bool = False


def examine(checks: Iterable[Check]) -> Iterator[tuple[Check, Finding]]:
    """Yield what each check finds, one after the other; one that fails is red itself and keeps none from being made."""
    for check in checks:
        try:
            found = list(check.look())
        except Exception as error:
            said = str(error).strip()
            reason = reason_of_refusal(error) or (said.splitlines()[0] if said else type(error).__name__)
            found = [red(f"Das ließ sich nicht prüfen: {reason}", "Den Grund beheben und noch einmal aufrufen.")]
            connection.close_if_unusable_or_obsolete()
        for finding in found:
            yield check, finding
