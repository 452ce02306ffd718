"""Writes docs/signals.md: what a save, a publication or a changeover sets off (`make docs`)."""

import inspect
import sys
import weakref
from collections import defaultdict
from pathlib import Path

import django
from django.apps import apps
from django.dispatch import Signal

PAGE = Path(__file__).resolve().parents[1] / "docs" / "signals.md"
OWN = ("intmk", "conferences", "history")
BEGIN = """# What a save sets off

Made from the code by `make docs`. Each package registers its receivers in its `signal_handlers.py`.
"""


def page() -> str:
    """Return the page: for each signal and sender the receivers of the site, with the first line of what they say."""
    senders = {id(model): model._meta.label for model in apps.get_models(include_auto_created=True)}
    lines = [BEGIN]
    for name, signal in sorted(signals().items()):
        heard: dict[str, set[str]] = defaultdict(set)
        for (_, sender), reference, *_ in signal.receivers:
            receiver = reference() if isinstance(reference, weakref.ref) else reference
            if receiver and receiver.__module__.split(".")[0] in OWN:
                said = (inspect.getdoc(receiver) or "").partition("\n")[0]
                heard[senders.get(sender, "")].add(f"  - `{receiver.__module__}.{receiver.__name__}` {said}".rstrip())
        if heard:
            lines += [f"## {name}", ""]
        for sender, receivers in sorted(heard.items()):
            lines += [f"- {sender or 'whoever sends it'}", *sorted(receivers)]
        lines += [""] if heard else []
    return "\n".join(lines)


def signals() -> dict[str, Signal]:
    """Return the signals of all modules that are loaded, by the name under which they are imported first."""
    found: dict[int, tuple[str, Signal]] = {}
    for module in sorted(name for name in sys.modules if not name.startswith("tests")):
        for name, value in list(vars(sys.modules[module]).items()):
            if issubclass(type(value), Signal):  # isinstance would wake lazy objects
                found.setdefault(id(value), (name, value))
    return {name: signal for name, signal in found.values()}


if __name__ == "__main__":
    django.setup()
    PAGE.write_text(page())
