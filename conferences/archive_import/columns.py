"""What the columns of an import mean: from the cells that an editor wrote to the values of a ResolutionRecord."""

import re
from collections.abc import Callable
from typing import Any

from conferences.archive_import.cells import (
    KnownNames,
    UnfitError,
    codes_of_names,
    conference,
    identifier,
    listed,
    number,
    numbered_points,
    one_of,
    rich,
    text,
    yes_or_no,
)
from conferences.archive_import.days import agenda_item, day, no_date, pages
from conferences.archive_import.rows import follow_ups, references, report_requests, statements
from conferences.models import ResolutionPage, ResolutionVote
from intmk.base.sources import Sureness
from intmk.language.readable_text import comparable


def circular(cell: Any) -> dict[str, Any]:
    written = no_date(text(cell), "der Nummer", lambda year, month, of_month: f"{month}/{year}" if year else "")
    found = re.fullmatch(r"(\d{1,3})\s*[/\u2044\u2215]\s*(\d{4})", written)
    if written and not found:
        raise UnfitError("Ein Umlaufbeschluss wird als Nummer/Jahr angegeben, z. B. 3/2020.")
    return {"circular_number": int(found[1]), "circular_year": int(found[2])} if found else {
        "circular_number": None, "circular_year": None,
    }  # fmt: skip


def movers(cell: Any, names: KnownNames) -> dict[str, Any]:
    """Return who moved it: "alle", "Vorsitz", "AG: Name" or Länder."""
    kinds = ResolutionPage.MoverKind
    parts = listed(cell, r"[|;,\n]")
    found: dict[str, Any] = {"mover_kind": "", "movers": [], "mover_name": ""}
    group = re.fullmatch(r"(?:AG|Arbeitsgruppe)\s*:\s*(.+)", text(cell), re.IGNORECASE) if parts == [cell] else None
    if group or (isinstance(cell, str) and re.match(r"(AG|Arbeitsgruppe)\s*:", cell, re.IGNORECASE)):
        name = cell.partition(":")[2].strip()
        return found | {"mover_kind": kinds.WORKING_GROUP.value, "mover_name": name}
    said = comparable(parts[0]) if len(parts) == 1 else ""
    if said in ("alle", "alle länder", "all"):
        return found | {"mover_kind": kinds.ALL.value}
    if said in ("vorsitz", "chair"):
        return found | {"mover_kind": kinds.CHAIR.value}
    codes = codes_of_names(parts, names.laender, "Kein Land, nicht „alle“, „Vorsitz“ oder „AG: Name“")
    return found | ({"mover_kind": kinds.LAENDER.value, "movers": codes} if codes else {})


def votes_of_laender(cell: Any, names: KnownNames) -> dict[str, str]:
    """Return code → vote of {"Bayern": "Nein"} or "BY: Nein | SL: Enthaltung"."""
    if isinstance(cell, dict):
        pairs = [(str(land), vote) for land, vote in cell.items()]
    else:
        pairs = [(land.strip(), vote) for land, _, vote in (part.partition(":") for part in listed(cell))]
    read, found = one_of(ResolutionVote.Vote), {}
    for land, vote in pairs:
        code = codes_of_names([land], names.laender, "Kein Land")[0]
        if code in found:
            raise UnfitError(f"{land} hat nur eine Stimme.")
        found[code] = read(vote)
        if not found[code]:
            raise UnfitError(f"Die Stimme fehlt: {land}.")
    return found


# Column → field of the record and how its cell is read; `KnownNames` is passed where the field asks for what is stored.
SIMPLE: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "konferenz": ("conference", conference), "top": ("item", agenda_item), "kennung": ("slug", identifier),
    "titel": ("title", text), "titel_amtlich": ("title_is_official", yes_or_no), "einleitung": ("introduction", text),
    "art": ("kind", one_of(ResolutionPage.Kind)), "ueberschrift": ("agenda_heading", text),
    "beschlossen_am": ("decided_on", day), "beschlossen_vor": ("decided_before", day),
    "ergebnis": ("outcome", one_of(ResolutionPage.Outcome)),
    "zahlen_quelle": ("votes_source", one_of(Sureness)),
    "zahlen_unveroeffentlicht": ("votes_unpublished", yes_or_no), "beschlusstext": ("points", numbered_points),
    "begruendung": ("reasons", rich), "freigabe": ("release", one_of(ResolutionPage.Release)),
    "bezuege": ("references", references), "berichtsbitten": ("report_requests", report_requests),
    "stand_umsetzung": ("follow_ups", follow_ups),
    "niederschrift": ("record_state", one_of(ResolutionPage.RecordState)), "niederschrift_stand": ("record_date", day),
    "seiten": ("source_pages", pages), "fundstelle": ("found_at", text), "quelle": ("source", one_of(Sureness)),
    "quellenhinweis": ("source_note", text),
}  # fmt: skip
WITH_NAMES: dict[str, tuple[str, Callable[[Any, KnownNames], Any]]] = {
    "stimmen": ("votes_of_laender", votes_of_laender), "protokollerklaerungen": ("statements", statements),
    "themen": ("themes", lambda cell, names: codes_of_names(listed(cell), names.themes, "Kein Handlungsfeld")),
    "adressaten": ("addressees", lambda cell, names: codes_of_names(listed(cell), names.addressees, "Kein Adressat")),
}  # fmt: skip
VOTES = ("ja", "nein", "enthaltung")
FILE = ("datei", "dateititel", "datei_freigegeben")
# What the site shows in one line: a break within it is a space.
ONE_LINE = {
    "titel",
    "ueberschrift",
    "seiten",
    "fundstelle",
    "quellenhinweis",
    "dateititel",
    "konferenz",
    "top",
    "kennung",
}
COLUMNS = (*SIMPLE, *WITH_NAMES, "umlauf", "antragsteller", *VOTES, *FILE)


def values_of(cells: dict[str, Any], names: KnownNames) -> tuple[dict[str, Any], list[str]]:
    """Return the values of a record that `cells` give, by field, and German errors that name their column.

    What has no column is not among the values. The columns of the file (FILE) are left to the import.
    """
    values: dict[str, Any] = {}
    errors: list[str] = []

    def take(column: str, read: Callable[[], dict[str, Any]]) -> None:
        try:
            values.update(read())
        except UnfitError as error:
            errors.append(f"{column}: {error}")

    for column, cell in cells.items():
        if column in SIMPLE:
            take(column, lambda: {SIMPLE[column][0]: SIMPLE[column][1](cell)})  # noqa: B023 (called at once)
        elif column in WITH_NAMES:
            take(column, lambda: {WITH_NAMES[column][0]: WITH_NAMES[column][1](cell, names)})  # noqa: B023
    take("umlauf", lambda: circular(cells["umlauf"]) if "umlauf" in cells else {})
    take("antragsteller", lambda: movers(cells["antragsteller"], names) if "antragsteller" in cells else {})
    if any(column in cells for column in VOTES):
        counts: dict[str, Any] = {}
        for column in VOTES:
            take(column, lambda: counts.update({column: number(cells.get(column))}) or {})  # noqa: B023
        given = tuple(counts.get(column) for column in VOTES)
        values["votes"] = None if given == (None, None, None) else given
    return values, errors


COLUMN_OF = {record_field: column for column, (record_field, _) in {**SIMPLE, **WITH_NAMES}.items()} | {
    "votes": "ja/nein/enthaltung", "votes_yes": "ja", "votes_no": "nein", "votes_abstained": "enthaltung",
    "mover_kind": "antragsteller", "movers": "antragsteller", "mover_name": "antragsteller",
    "circular_number": "umlauf", "circular_year": "umlauf", "source_file": "datei", "file": "datei",
}  # fmt: skip
