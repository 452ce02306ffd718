"""How single cells of an import are read: text, days, choices, names of what is stored, rich text.

A cell is text (CSV), or what JSON has for it: text, number, yes/no, list, object. An empty one says "not known".
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from math import isfinite
from typing import Any

from django.db.models import TextChoices
from django.utils.html import escape
from wagtail.admin.rich_text.converters.editor_html import EditorHTMLConverter

from conferences.models import Addressee, Land, Theme
from conferences.models.resolution_parts import TEXT_FEATURES

YES_OR_NO = {"ja": True, "nein": False, "true": True, "false": False, "1": True, "0": False}
MARKUP = re.compile(r"</?[a-z][^<>]*>|<!--", re.IGNORECASE)
HYPHENS = re.compile("[\u2010-\u2015\u2212]")
NUMBERED = re.compile(r"^[^\S\n]*\d{1,2}[.)]\s+", re.MULTILINE)  # a line break in front would cost as in DASHES


class UnfitError(ValueError):
    """The cell cannot be read; the message is German and for people."""


@dataclass
class KnownNames:
    """How editors may call what is stored, in lower case: Länder → code, themes and addressees → slug."""

    laender: dict[str, str] = field(default_factory=dict)
    themes: dict[str, str] = field(default_factory=dict)
    addressees: dict[str, str] = field(default_factory=dict)

    @classmethod
    def stored(cls) -> "KnownNames":
        """Return all names that there are; three queries."""
        names = cls()
        for land in Land.objects.all():
            names.laender |= dict.fromkeys((land.name.lower(), land.code.lower(), land.code[3:].lower()), land.code)
        for theme in Theme.objects.all():
            names.themes |= dict.fromkeys((theme.name.lower(), theme.slug), theme.slug)
        for row in Addressee.objects.all():
            called = (row.name.lower(), row.abbreviation.lower(), str(row).lower(), row.slug)
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
    answer = text(cell).lower()
    if answer and answer not in YES_OR_NO:
        raise UnfitError(f"„{answer[:40]}“ ist weder „ja“ noch „nein“.")
    return YES_OR_NO.get(answer, False)


def number(cell: Any) -> int | None:
    written = text(cell)
    if not written:
        return None
    if not re.fullmatch(r"[0-9]{1,4}", written):
        raise UnfitError(f"„{written[:40]}“ ist keine Anzahl.")
    return int(written)


def day(cell: Any) -> date | None:
    written = text(cell)
    for form in ("%d.%m.%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(written, form).date()
        except ValueError:
            continue
    if written:
        raise UnfitError(f"„{written[:40]}“ ist kein Tag. Möglich sind 16.03.2017 und 2017-03-16.")
    return None


def one_of(choices: type[TextChoices]) -> Callable[[Any], str]:
    """Return a reader of labels or codes of `choices`."""
    codes = {str(name).lower(): str(code) for code, label in choices.choices for name in (code, label)}

    def read(cell: Any) -> str:
        written = text(cell)
        if written and written.lower() not in codes:
            labels = ", ".join(f"„{label}“" for label in choices.labels)
            raise UnfitError(f"„{written[:60]}“ gibt es nicht. Möglich sind {labels}.")
        return codes.get(written.lower(), "")

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


def known(parts: list[str], names: dict[str, str], what: str) -> list[str]:
    """Return codes of names, in alphabetical order; raise UnfitError for one that is not stored."""
    asked = {part: part.lower() for part in parts}
    for part, name in asked.items():
        if name not in names:  # word processors keep "Baden‑Württemberg" on one line
            asked[part] = HYPHENS.sub("-", name)
    unknown = [part[:60] for part in parts if asked[part] not in names]
    if unknown:
        raise UnfitError(f"{what}: {', '.join(f'„{part}“' for part in unknown)}.")
    return sorted({names[name] for name in asked.values()})


def rich(cell: Any) -> str:
    """Return HTML as the editor of the site would have stored it; plain text gets its paragraphs.

    Cleaned by Wagtail's own filter for the tools of this field: scripts, handlers and foreign elements do not pass.
    """
    written = text(cell)
    if not MARKUP.search(written):
        paragraphs = [" ".join(part.split()) for part in re.split(r"\n\s*\n", written)]
        return "".join(f"<p>{escape(part)}</p>" for part in paragraphs if part)
    try:
        return EditorHTMLConverter(TEXT_FEATURES).to_database_format(written)
    except RecursionError:
        raise UnfitError("Das HTML ist zu tief verschachtelt.") from None


def points(cell: Any) -> list[str]:
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
    written = text(cell).lower()
    counted = re.fullmatch(r"(\d{1,4})\.?( konferenz| integrationsministerkonferenz| intmk)?", written)
    return counted[1].lstrip("0") if counted else written
