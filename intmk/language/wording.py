"""Numbers and lists in a German sentence."""

from collections.abc import Sequence

NAMED = 5  # so many names stand in a line, the rest is a number


def counted_as(number: int, one: str, many: str) -> str:
    """Return e.g. "1 Seite" or "3 Seiten"."""
    return f"{number} {one if number == 1 else many}"


def first_named(names: Sequence[str]) -> str:
    """Return the first names and how many more there are."""
    shown = ", ".join(names[:NAMED])
    return f"{shown} und {len(names) - NAMED} weitere" if len(names) > NAMED else shown


def enumerated(names: list[str]) -> str:
    """Return names in a German sentence: "Bayern, Berlin und Hessen"."""
    *before, last = names or [""]
    return f"{', '.join(before)} und {last}" if before else last
