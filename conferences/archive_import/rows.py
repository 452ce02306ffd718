"""What a cell of an import holds several of: statements, references, requests for reports, states of what became of it.

In JSON they are objects; in a CSV each has a short form in text. docs/import/README.md shows both.
"""

import re
from collections.abc import Callable
from typing import Any

from conferences.archive_import.cells import (
    HYPHENS,
    KnownNames,
    UnfitError,
    codes_of_names,
    conference,
    objects,
    one_of,
    rich,
    text,
    yes_or_no,
)
from conferences.archive_import.days import day
from conferences.models import FollowUp, ResolutionReference
from conferences.models import ResolutionStatement as Statement

# No line breaks: the pattern is tried in each line, and would read all empty lines below it each time.
DASHES = r"(?m)^[^\S\n]*-{3,}[^\S\n]*$"
# Between the parts stands at most one space (see `statements`): many would be tried in every way there is.
LAND_AND_MORE = re.compile(r" ?([^:(\n]{2,60})(?:\(([^)\n]{0,100})\) ?)?:\s*(.*)", re.DOTALL)


def part(entry: Any, readers: dict[str, Callable[[Any], Any]]) -> dict[str, Any]:
    """Return an object of JSON with all of `readers`, what is missing as empty; raise UnfitError for other names."""
    if not isinstance(entry, dict):
        raise UnfitError("Hier wird ein Objekt erwartet.")
    if unknown := [name[:40] for name in entry if name not in readers]:
        raise UnfitError(f"Unbekannt: {', '.join(unknown)}. Möglich sind {', '.join(readers)}.")
    return {name: read(entry.get(name)) for name, read in readers.items()}


def statements(cell: Any, names: KnownNames) -> list[dict[str, Any]]:
    """Return statements of objects, or of "Bayern (ablehnend, freigegeben): Text", parted by a line "---"."""
    found = []
    for entry in objects(cell, DASHES):
        if isinstance(entry, str):
            head, colon, words = entry.partition(":")
            written = LAND_AND_MORE.fullmatch(f"{' '.join(head.split())}{colon}{words}")
            if not written:
                raise UnfitError("Erwartet wird „Bayern (ablehnend, freigegeben): Wortlaut“.")
            entry = {"land": written[1].strip(), "wortlaut": written[3]} | qualities(written[2] or "")
        row = part(entry, {
            "land": text, "art": one_of(Statement.Kind), "haltung": one_of(Statement.Stance), "inhalt": text,
            "wortlaut": rich, "freigegeben": yes_or_no,
        })  # fmt: skip
        found.append({
            "land": codes_of_names([row["land"]], names.laender, "Kein Land")[0],
            "kind": row["art"] or Statement.Kind.DECLARATION.value, "stance": row["haltung"],
            "summary": row["inhalt"], "text": row["wortlaut"], "is_released": row["freigegeben"],
        })  # fmt: skip
    return found


def qualities(written: str) -> dict[str, Any]:
    """Return what stands in brackets behind the Land: kind, stance, "freigegeben", in any order."""
    found: dict[str, Any] = {}
    stances = "|".join(map(re.escape, Statement.Stance.labels))
    for word in re.findall(rf"{stances}|[^,]+", written):
        word = word.strip()
        if word == "freigegeben":
            found["freigegeben"] = True
        elif word in Statement.Kind.labels:
            found["art"] = word
        elif word:
            found["haltung"] = word
    return found


def references(cell: Any) -> list[dict[str, str]]:
    """Return references of objects, or of lines "bestätigt: 12/2.1", "führt fort: MPK, 22. März 2007 <https://…>"."""
    found: list[dict[str, str]] = []
    for entry in objects(cell, r"[|\n]"):
        if isinstance(entry, str):
            kind, _, target = entry.partition(":")
            target = target.strip()
            plain = HYPHENS.sub("-", target)
            inside = re.fullmatch(r"[\w-]+/[\w.-]+", plain)
            outside = re.fullmatch(r"(.*?)(?:<([^<>]*)>)?", target) if not inside else None
            entry = {"art": kind.strip()} | (
                {"beschluss": plain} if inside
                else {"anderswo": outside[1].strip(), "adresse": outside[2] or ""} if outside else {}
            )  # fmt: skip
        row = part(entry, {
            "art": one_of(ResolutionReference.Kind), "beschluss": text, "anderswo": text, "adresse": text,
        })  # fmt: skip
        if not row["art"] or bool(row["beschluss"]) == bool(row["anderswo"]):
            raise UnfitError("Erwartet wird „bestätigt: 12/2.1“ oder „bestätigt: Gremium, Tag, Gegenstand“.")
        other = {"to": row["beschluss"]} if row["beschluss"] else {"elsewhere": row["anderswo"], "url": row["adresse"]}
        if {"kind": row["art"]} | other in found:
            raise UnfitError("Ein Bezug steht zweimal da.")
        found.append({"kind": row["art"]} | other)
    return found


def report_requests(cell: Any) -> list[dict[str, Any]]:
    """Return requests of objects, or of lines "Wer; Worüber; fällig am"; `due_at` as text, the conference's address."""
    found = []
    for entry in objects(cell, r"\n"):
        if isinstance(entry, str):
            entry = dict(zip(("wer", "worueber", "faellig_am"), map(str.strip, re.split(r"[|;]", entry)), strict=False))
        row = part(entry, {
            "wer": text, "worueber": text, "faellig_am": day, "faellig_zur_konferenz": conference,
            "beantwortet_am": day, "adresse": text, "anmerkung": text,
        })  # fmt: skip
        if not row["wer"]:
            raise UnfitError("Wer berichten soll, fehlt.")
        found.append({
            "asked": row["wer"], "subject": row["worueber"], "due_on": row["faellig_am"],
            "due_at": row["faellig_zur_konferenz"] or None, "answered_on": row["beantwortet_am"], "answer": None,
            "answer_url": row["adresse"], "answer_note": row["anmerkung"],
        })  # fmt: skip
    return found


def follow_ups(cell: Any) -> list[dict[str, Any]]:
    """Return states of objects, or of lines "umgesetzt; 01.02.2018; Beleg; Was geschehen ist"."""
    found = []
    for entry in objects(cell, r"\n"):
        if isinstance(entry, str):
            names = ("stand", "tag", "beleg", "geschehen")
            entry = dict(zip(names, map(str.strip, re.split(r"[|;]", entry)), strict=False))
        row = part(entry, {"stand": one_of(FollowUp.State), "tag": day, "beleg": text, "geschehen": text,
                           "adresse": text})  # fmt: skip
        if not (row["stand"] and row["tag"] and row["beleg"]):
            raise UnfitError("Erwartet werden Stand, Tag und Beleg, z. B. „umgesetzt; 01.02.2018; Bundesgesetzblatt“.")
        found.append({
            "state": row["stand"], "day": row["tag"], "note": row["geschehen"], "evidence": row["beleg"],
            "url": row["adresse"],
        })  # fmt: skip
    return found
