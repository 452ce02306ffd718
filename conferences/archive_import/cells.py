"""How single cells of an import are read: text, days, choices, names of what is stored, rich text.

A cell is text (CSV), or what JSON has for it: text, number, yes/no, list, object. An empty one says "not known".
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from django.db.models import TextChoices
from django.utils.html import escape
from wagtail.admin.rich_text.converters.editor_html import EditorHTMLConverter

from conferences.models import Addressee, Land, Theme
from conferences.models.resolution_parts import TEXT_FEATURES
from intmk.language.readable_text import comparable
from intmk.language.umlauts import spelled_out

# Excel writes WAHR and FALSCH for a cell that is ticked.
YES_OR_NO = {
    "ja": True, "nein": False, "true": True, "false": False, "wahr": True, "falsch": False, "1": True, "0": False,
}  # fmt: skip
MARKUP = re.compile(r"</?[a-z][^<>]*>|<!--", re.IGNORECASE)
HYPHENS = re.compile("[\u2010-\u2015\u2212]")
BULLET = re.compile(r"(?:[•▪◦●○‣⁃∙■□➢➤✓·*–—-]\s+|[•▪●■➢➤]|o\t\s*)(?=\S)")
NUMBERED = re.compile(r"^[^\S\n]*\d{1,2}[.)]\s+", re.MULTILINE)  # a line break in front would cost as in DASHES


class UnfitError(ValueError):
    """The cell cannot be read; the message is German and for people."""


@dataclass
class KnownNames:
    """How editors may call what is stored, as `comparable` has it: Länder → code, themes and addressees → slug."""

    laender: dict[str, str] = field(default_factory=dict)
    themes: dict[str, str] = field(default_factory=dict)
    addressees: dict[str, str] = field(default_factory=dict)

    @classmethod
    def stored(cls) -> "KnownNames":
        """Return all names that there are; three queries."""
        names = cls()
        for land in Land.objects.all():
            names.laender |= dict.fromkeys(map(comparable, (land.name, land.code, land.code[3:])), land.code)
        for theme in Theme.objects.all():
            names.themes |= dict.fromkeys((comparable(theme.name), theme.slug), theme.slug)
        for row in Addressee.objects.all():
            called = map(comparable, (row.name, row.abbreviation, str(row), row.slug))
            names.addressees |= dict.fromkeys(filter(None, called), row.slug)
        return names


def text(cell: Any) -> str:
    """Return a text or number as text."""
    if cell is None:
        return ""
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        raise UnfitError("Hier wird ein Text erwartet.")
    if isinstance(cell, float) and not isfinite(cell):
        raise UnfitError("Diese Zahl ist zu groß.")
    return str(cell).strip()


def yes_or_no(cell: Any) -> bool:
    if isinstance(cell, bool):
        return cell
    answer = comparable(text(cell))
    if answer and answer not in YES_OR_NO:
        raise UnfitError(f"„{answer[:40]}“ ist weder „ja“ noch „nein“.")
    return YES_OR_NO.get(answer, False)


def number(cell: Any) -> int | None:
    written = text(cell)
    if not written:
        return None
    if not re.fullmatch(r"[0-9]{1,4}(?:[.,]0+)?", written):
        raise UnfitError(f"„{written[:40]}“ ist keine Anzahl.")
    return int(re.split("[.,]", written)[0])


def identifier(cell: Any) -> str:
    """Return a part of an address, with plain hyphens."""
    return HYPHENS.sub("-", text(cell))


def one_of(choices: type[TextChoices]) -> Callable[[Any], str]:
    """Return a reader of labels or codes of `choices`."""
    codes = {comparable(str(name)): str(code) for code, label in choices.choices for name in (code, label)}

    def read(cell: Any) -> str:
        written = text(cell)
        if written and comparable(written) not in codes:
            labels = ", ".join(f"„{label}“" for label in choices.labels)
            raise UnfitError(f"„{written[:60]}“ gibt es nicht. Möglich sind {labels}.")
        return codes.get(comparable(written), "")

    return read


def listed(cell: Any, separators: str = r"[|;\n]") -> list[str]:
    """Return the parts of a list, or of a text with `|`, `;` or line breaks between them, each once."""
    parts = [text(part) for part in cell] if isinstance(cell, list) else re.split(separators, text(cell))
    return list(dict.fromkeys(part.strip() for part in parts if part.strip()))


def objects(cell: Any, separator: str) -> list[Any]:
    """Return the parts of a list, or of a text with `separator` (a pattern) between them."""
    if isinstance(cell, list):
        return cell
    return [part.strip() for part in re.split(separator, text(cell)) if part.strip()]


def codes_of_names(parts: list[str], names: dict[str, str], what: str) -> list[str]:
    """Return codes of names, in alphabetical order; raise UnfitError for one that is not stored."""
    asked = {part: comparable(part) for part in parts}
    if missing := [part for part, name in asked.items() if name not in names]:
        by_letters: dict[str, set[str]] = {}
        for name, code in names.items():
            by_letters.setdefault(letters_of(name), set()).add(code)
        for part in missing:
            codes = by_letters.get(letters_of(asked[part]), set())
            asked[part] = next((name for name, code in names.items() if len(codes) == 1 and code in codes), "")
    unknown = [part[:60] for part in parts if asked[part] not in names]
    if unknown:
        raise UnfitError(f"{what}: {', '.join(f'„{part}“' for part in unknown)}.")
    return sorted({names[name] for name in asked.values()})


def letters_of(name: str) -> str:
    """Return what is left of a name when hyphens are lost and umlauts spelled out: "badenwuerttemberg"."""
    return "".join(filter(str.isalnum, spelled_out(name)))


def rich(cell: Any) -> str:
    """Return HTML as the editor of the site would have stored it; plain text gets its paragraphs.

    Cleaned by Wagtail's own filter for the tools of this field: scripts, handlers and foreign elements do not pass.
    """
    written = text(cell)
    if not MARKUP.search(written):
        return "".join(map(paragraph, re.split(r"\n\s*\n", written)))
    try:
        return EditorHTMLConverter(TEXT_FEATURES).to_database_format(written)
    except RecursionError:
        raise UnfitError("Das HTML ist zu tief verschachtelt.") from None


def paragraph(written: str) -> str:
    """Return the HTML of lines without an empty one: they stay lines, and several with bullets a list."""
    lines = map(str.strip, written.split("\n"))
    parts: list[tuple[bool, list[str]]] = []
    for line in filter(None, lines):
        is_item = BULLET.match(line) is not None
        if not parts or parts[-1][0] != is_item:
            parts.append((is_item, []))
        parts[-1][1].append(line)
    html: list[tuple[bool, str]] = []
    for is_item, group in parts:
        if is_item and len(group) > 1:
            items = "".join(f"<li>{escape(' '.join(BULLET.sub('', line, count=1).split()))}</li>" for line in group)
            html.append((True, f"<ul>{items}</ul>"))
        else:
            html.append((False, "<br/>".join(escape(" ".join(line.split())) for line in group)))
    return "".join(part if is_list else f"<p>{part}</p>" for is_list, part in joined_lines(html))


def joined_lines(parts: list[tuple[bool, str]]) -> list[tuple[bool, str]]:
    """Return the parts with lines that follow upon lines in one: a single line with a bullet is no list."""
    joined: list[tuple[bool, str]] = []
    for is_list, part in parts:
        if joined and not is_list and not joined[-1][0]:
            joined[-1] = (False, f"{joined[-1][1]}<br/>{part}")
        else:
            joined.append((is_list, part))
    return joined


def numbered_points(cell: Any) -> list[str]:
    """Return the numbered points: of a list, of "1. …" at the start of lines, or else of what blank lines part."""
    if isinstance(cell, list):
        return [rich(part) for part in cell]
    written = text(cell)
    if MARKUP.search(written):
        return [rich(written)]
    parts = NUMBERED.split(written) if NUMBERED.match(written) else re.split(r"\n\s*\n", written)
    return [rich(part) for part in parts if part.strip()]


def conference(cell: Any) -> str:
    """Return the last part of the address: "12", also for "12." and "12. Konferenz"."""
    written = comparable(text(cell))
    counted = re.fullmatch(r"(\d{1,4})(?:\.0)?\.?( konferenz| integrationsministerkonferenz| intmk)?", written)
    return counted[1].lstrip("0") if counted else written
