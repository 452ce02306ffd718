"""/beschluesse/statistik/: what the resolutions that are in hand say in figures, and how few they may be.

Labels are HTML and not text of the drawings, so that they wrap and grow with the reader's type. Of what it is not known
whether it was unanimous is a part of each column: left out, it would make the conference look more unanimous than
anybody can know.
"""

import csv
from collections import Counter
from dataclasses import dataclass, field
from functools import reduce
from operator import or_

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from conferences.archive.facets import ADDRESSEE, EVERY, OUTCOME, THEME, public_counts, resolutions_by_code
from conferences.archive.filters import Facet, all_facets
from conferences.models import ResolutionPage
from conferences.rules import ballot
from intmk.base.tables import harmless
from intmk.base.view_pages import VIEWS, ViewPage, full_url

TITLE = VIEWS["statistics"].heading
LONGEST_SPAN = 100  # years; what spans more is a mistake that must not fill the page with empty years
SMALL = 30  # below this the page warns that single resolutions change the picture
UNANIMOUS, OTHERWISE, UNKNOWN = "einstimmig", "anderes Ergebnis", "ohne Angabe"
KIND_OF = {"": UNKNOWN, ballot.ADOPTED: UNKNOWN, ballot.UNANIMOUS: UNANIMOUS}  # of an outcome; OTHERWISE for others


@dataclass(frozen=True)
class Table:
    """Figures with their words.

    key: its part of the address. basis: sentence on what they rest on. columns: heads, the first that of the labels.
    rows: label, query string for the archive ("" without), and a number for each further column.
    """

    key: str
    title: str
    basis: str
    columns: list[str]
    rows: list[tuple[str, str, list[int]]] = field(default_factory=list)

    @property
    def largest(self) -> int:
        """Return the largest sum of a row, at least 1: the measure of all bars."""
        return max((sum(numbers) for _, _, numbers in self.rows), default=0) or 1


@require_safe
def statistics(request: HttpRequest) -> HttpResponse:
    """Show the tables as drawings and words.

    Context: page; years (Table by year: unanimous, otherwise, unknown) with columns, what `columns_of` draws; tables,
    the others; total, unknown (number of public resolutions, and of those without a known outcome), is_small.
    """
    years, tables, total, unknown = tables_of_resolutions()
    page = ViewPage(
        title=TITLE,
        full_url=full_url(request, reverse("statistics")),
        description="Einstimmigkeit, Antragsteller, Handlungsfelder und Adressaten der Beschlüsse und Beratungen der "
        "Integrationsministerkonferenz, gezählt aus dem Archiv.",
        trail=[(VIEWS["archive"].title, reverse("archive"))],
    )
    context = {
        "page": page,
        "years": years,
        "columns": columns_of(years),
        "tables": tables,
        "total": total,
        "unknown": unknown,
        "is_small": total - unknown < SMALL,
    }
    return render(request, "conferences/archive/statistics.html", context)


@require_safe
def statistics_file(request: HttpRequest, key: str) -> HttpResponse:
    """Return one table as CSV with semicolons, as German spreadsheets open it; raises Http404 for an unknown one."""
    years, tables, _, _ = tables_of_resolutions()
    table = next((table for table in [years, *tables] if table.key == key), None)
    if table is None:
        raise Http404
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="beschluesse-{key}.csv"'
    writer = csv.writer(response, delimiter=";")
    writer.writerow(table.columns)
    writer.writerows([harmless(label), *numbers] for label, _, numbers in table.rows)
    return response


def tables_of_resolutions() -> tuple[Table, list[Table], int, int]:
    """Return the table by year, the others, the number of public resolutions and that of unknown outcomes."""
    public = ResolutionPage.objects.live()
    facets = {facet.parameter: facet for facet in all_facets()}
    counts, by_code = public_counts(), resolutions_by_code()

    def known(prefix: str) -> int:
        return reduce(or_, (those for code, those in by_code.items() if code.startswith(prefix)), 0).bit_count()

    total, with_outcome = counts[EVERY], known(OUTCOME)
    by_year = public.order_by("year").values_list("year", "outcome").annotate(number=Count("pk"))
    years = table_by_year(
        list(by_year),
        f"Gezählt sind {entries_in_words(total)}. Ohne Angabe ist, wovon nicht belegt ist, wie abgestimmt wurde.",
    )

    def basis(number: int, what: str) -> str:
        return f"{what} bei {number} von {entries_in_words(total, dative=True)}."

    tables = [
        table_of(
            facets["bekannt"], counts, "bekannt", "Beschlüsse, Berichte und Beratungen",
            f"Gezählt sind {entries_in_words(total)}. Als Beschluss zählt nur, was belegt beschlossen wurde.",
        ),
        table_of(
            facets["ergebnis"], counts, "ergebnisse", "Ergebnisse",
            basis(with_outcome, "Das Ergebnis liegt vor"),
        ),
        table_of(
            facets["land"], counts, "antragsteller", "Antragstellende Länder",
            basis(public.exclude(mover_kind="").count(), "Genannt ist, wer den Antrag gestellt hat,")
            + " Ein Antrag mehrerer Länder zählt bei jedem von ihnen, einer aller Länder in einer eigenen Zeile.",
        ),
        table_of(
            facets["thema"], counts, "handlungsfelder", "Handlungsfelder",
            basis(known(THEME), "Ein Handlungsfeld ist zugeordnet") + " Mehrere je Eintrag sind möglich.",
        ),
        table_of(
            facets["adressat"], counts, "adressaten", "Adressaten",
            basis(known(ADDRESSEE), "Ein Adressat ist genannt") + " Mehrere je Eintrag sind möglich.",
        ),
    ]  # fmt: skip
    return years, tables, total, total - with_outcome


def entries_in_words(number: int, dative: bool = False) -> str:
    """Return "1 Eintrag", "5 Einträge" or in the dative "5 Einträgen"."""
    return f"{number} " + ("Eintrag" if number == 1 else "Einträgen" if dative else "Einträge")


def table_by_year(rows: list[tuple[int | None, str, int]], basis: str) -> Table:
    """Return the table of (year, outcome, number): each year from the first to the last, then what has none."""
    numbers: dict[int | None, Counter] = {}
    for year, outcome, number in rows:
        numbers.setdefault(year, Counter())[KIND_OF.get(outcome, OTHERWISE)] += number
    dated = [year for year in numbers if year is not None]
    span: list[int | None] = [*sorted(dated)]
    if dated and max(dated) - min(dated) < LONGEST_SPAN:
        span = [*range(min(dated), max(dated) + 1)]
    if None in numbers:
        span.append(None)
    return Table(
        "jahre",
        "Einstimmigkeit über die Jahre",
        basis,
        ["Jahr", UNANIMOUS, OTHERWISE, UNKNOWN],
        [
            (
                str(year) if year else "ohne Jahr",
                f"?jahr={year}" if year in numbers and year else "",
                [numbers.get(year, Counter())[kind] for kind in (UNANIMOUS, OTHERWISE, UNKNOWN)],
            )
            for year in span
        ],
    )


def table_of(facet: Facet, counts: dict[str, int], key: str, title: str, basis: str) -> Table:
    """Return how often each value of a facet occurs, the most frequent first; without those that never do."""
    rows = [
        (choice.label, f"?{facet.parameter}={choice.word}", [counts[choice.code]])
        for choice in facet.choices
        if counts.get(choice.code)
    ]
    rows.sort(key=lambda row: -row[2][0])
    return Table(key, title, basis, [facet.label, "Einträge"], rows)


def columns_of(table: Table) -> list[dict]:
    """Return the columns of a drawing, whose unit is one resolution in height and 10 in width for each row.

    Each with x, label and parts, a list of (place in the row, y from the top, height) without empty ones.
    """
    columns = []
    for place, (label, _, numbers) in enumerate(table.rows):
        parts, y = [], table.largest
        for number_of_part, number in enumerate(numbers):
            y -= number
            if number:
                parts.append((number_of_part, y, number))
        columns.append({"x": place * 10 + 1, "label": label, "parts": parts})
    return columns
