"""Switches that are thrown for a block only: what a whole import or load leaves to its end, or to nobody."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class Switch:
    """False but within `with switch.on()`, and there for this thread or task alone."""

    def __init__(self, name: str) -> None:
        self._state = ContextVar(name, default=False)

    def __bool__(self) -> bool:
        return self._state.get()

    @contextmanager
    def on(self) -> Iterator[None]:
        """Turn it on within the block."""
        token = self._state.set(True)
        try:
            yield
        finally:
            self._state.reset(token)


# A new site, which nobody sees or edits yet: what each thing sets off is made for all at the end.
filling = Switch("filling")
