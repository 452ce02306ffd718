"""Reads what systemd calls an EnvironmentFile, by the same rules, so that service and commands get the same values."""

import re
from pathlib import Path

QUOTED = r"""'[^']*'|"(?:\\.|[^"\\])*\""""
LINE = re.compile(
    rf"^[ \t]*(?:[#;](?:\\.|[^\\\n])*|(?P<name>[A-Za-z_]\w*)[ \t]*=(?P<value>(?:[ \t]*(?:{QUOTED}))*(?:\\.|[^\\\n])*))",
    re.MULTILINE | re.DOTALL,
)
PART = re.compile(rf"[ \t]*({QUOTED})|[ \t]*(.+)", re.DOTALL)
ESCAPED = re.compile(r"\\(.)", re.DOTALL)
ESCAPED_IN_QUOTES = re.compile(r'\\(["\\`$\n])')


def read_variables(path: Path) -> dict[str, str]:
    """Return {name: value}; as with systemd, a line that is no assignment is left out. Raises OSError, ValueError."""
    text = path.read_text(encoding="utf-8")
    return {match["name"]: value_of(match["value"]) for match in LINE.finditer(text) if match["name"]}


def value_of(written: str) -> str:
    """Return what a value means: quotation marks at its beginning are taken away, a backslash keeps what follows."""
    value = ""
    place = 0
    while match := PART.match(written, place):
        quoted, plain = match.groups()
        place = match.end()
        if plain is not None:
            value += ESCAPED.sub(unescaped, plain.rstrip(" \t"))
        elif quoted.startswith("'"):
            value += quoted[1:-1]
        else:
            value += ESCAPED_IN_QUOTES.sub(unescaped, quoted[1:-1])
    return value


def unescaped(match: re.Match[str]) -> str:
    """Return the character behind a backslash; a line that ends in one goes on in the next."""
    return match[1].replace("\n", "")
