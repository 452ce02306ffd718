"""How a resolution is cited: in words, as BibTeX and as RIS.

Sources: BibTeX's @misc, RIS as Zotero, Citavi and EndNote read it. A title in square brackets is one that the editors
supplied, as library catalogues write it.
"""

import re
from dataclasses import dataclass
from typing import Any, Protocol

from django.urls import reverse

AUTHOR = "Integrationsministerkonferenz"
# Braces by name: BibTeX counts them without looking at the backslash before them.
BIBTEX_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "$": r"\$",
    "&": r"\&", "%": r"\%", "#": r"\#", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip


class Citable(Protocol):
    """What a citation asks of a resolution.

    occasion: "Beschluss der 12. Konferenz"; when: "" where not known. sitting: the conference at which it was, None for
    what was taken in writing. year: int or None.
    """

    title: Any
    title_is_official: Any
    item: Any
    circular_number: Any
    decided_on: Any
    year: int | None
    occasion: str
    when: str
    sitting: Any

    def identifier(self) -> str:
        """Return the permanent identifier, "" for what never was public."""

    def get_url_parts(self) -> tuple[int, str, str] | None:
        """Return what Wagtail says of the address, None for a page of no site."""


@dataclass(frozen=True)
class Citation:
    """What a citation consists of. key: the permanent identifier; url: its address; year: None where not known."""

    key: str
    url: str
    title: str
    what: str
    when: str
    where: str
    number: str
    year: int | None

    @property
    def occasion(self) -> str:
        """Return e.g. "Beschluss der 12. Konferenz, 16. und 17. März 2017, Friedrichshafen, TOP 2.1"."""
        return ", ".join(filter(None, [self.what, self.when, self.where, self.number]))

    @property
    def text(self) -> str:
        """Return the citation in words, without the address."""
        end = "" if self.title.endswith((".", "?", "!")) else "."
        return f"{AUTHOR}: {self.title}{end} {self.occasion}."

    @property
    def name(self) -> str:
        """Return the identifier as a name of a file and of an entry: "12/2.1" → "intmk-12-2-1"."""
        return "intmk-" + re.sub(r"[^a-z0-9]+", "-", self.key).strip("-")

    def bibtex(self) -> str:
        """Return the entry for BibTeX and biblatex in UTF-8; double braces keep the capitals of the title."""
        fields = {
            "author": f"{{{AUTHOR}}}",
            "title": f"{{{bibtex_escaped(self.title)}}}",
            "year": str(self.year or ""),
            "howpublished": bibtex_escaped(self.occasion),
            "url": self.url,
            "langid": "ngerman",
        }
        lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
        return "\n".join([f"@misc{{{self.name},", *lines, "}", ""])

    def ris(self) -> str:
        """Return the record in RIS, UTF-8; one line for each field, ended as its specification asks."""
        fields = [
            ("TY", "GOVDOC"),
            ("AU", AUTHOR),
            ("TI", self.title),
            ("PY", str(self.year or "")),
            ("CY", self.where),
            ("PB", AUTHOR),
            ("M1", self.number),
            ("N1", self.occasion),
            ("LA", "de"),
            ("UR", self.url),
        ]
        lines = [f"{tag}  - {without_line_breaks(value)}" for tag, value in fields if value]
        return "\r\n".join([*lines, "ER  - ", ""])


def citation_of(page: Citable) -> Citation | None:
    """Return how to cite the page, None for one that never was public or stands on no site. One query."""
    key, parts = page.identifier(), page.get_url_parts()
    if not key or parts is None:
        return None
    return Citation(
        key=key,
        url=parts[1] + permanent_address_of(key),
        title=without_line_breaks(page.title) if page.title_is_official else f"[{without_line_breaks(page.title)}]",
        what=page.occasion,
        when=page.when if not page.circular_number or page.decided_on else "",  # its number says the year
        where=page.sitting.place if page.sitting else "",
        number=f"TOP {page.item}" if page.item else "",
        year=page.year,
    )


def permanent_address_of(key: str) -> str:
    """Return the path that always leads to the resolution with this identifier."""
    conference, _, number = key.partition("/")
    return reverse("resolution_identifier", args=[conference, number])


def without_line_breaks(text: str) -> str:
    """Return `text` without line breaks and further control characters, which would end a field."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def bibtex_escaped(text: str) -> str:
    """Return `text` with what TeX would take for commands written out."""
    return "".join(BIBTEX_SPECIAL.get(letter, letter) for letter in text)
