"""How fast archive, search and resolution pages are with few and with many resolutions, side by side in one run."""

import json
from collections.abc import Callable
from statistics import quantiles
from time import perf_counter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conferences.models import ResolutionPage
from conferences.synthetic_archive import make
from intmk import search_index

# A word that all have, words that many and few have, a compound, a phrase, a number, what is not there, a mistake.
QUERIES = (
    "Integration", "Konferenz", "Länder", "Kurs", "Integrationskurse", "Finanzierung Sprachförderung", "Einbürgerung",
    '"Förderung der Teilhabe"', "TOP 2.9", "12/2.1", "Fluechtlingskosten", "Vereinfachung -Wohnungsbau", "Kosten",
    "Raumschiff", "Finanzirung",
)  # fmt: skip
FILTERS = (
    "", "?seite=7", "?sortierung=titel", "?ergebnis=einstimmig", "?thema=sprache&land=bayern", "?jahr=2017",
    "?erklaerung=ja&ergebnis=mehrheitlich&adressat=bund",
)  # fmt: skip
ROUNDS = 5


class Command(BaseCommand):
    help = "Misst Archiv, Suche und Beschlüsse mit wenigen und vielen erfundenen Beschlüssen; hinterlässt keine Daten."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the two numbers of resolutions."""
        parser.add_argument("--wenige", type=int, default=300)
        parser.add_argument("--viele", type=int, default=30_000)

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the figures and write them to var/bench.json."""
        found = {str(number): measured(number) for number in (options["wenige"], options["viele"])}
        few, many = found.values()
        for part in few["pages"]:
            self.stdout.write(f"{part}:")
            for number, figures in found.items():
                self.stdout.write(
                    "  {:>6}: p50 {p50:6.1f} ms, p95 {p95:6.1f} ms, höchstens {queries} Abfragen".format(
                        number, **figures["pages"][part]
                    )
                )
            ratio = many["pages"][part]["p95"] / few["pages"][part]["p95"]
            self.stdout.write(f"  p95 ist das {ratio:.2f}-Fache; Indizes: {', '.join(many['pages'][part]['indexes'])}")
        for number, figures in found.items():
            self.stdout.write(f"Anlegen von {number}: {figures['made_in']:.0f} s")
        target = settings.VAR / "bench.json"
        target.write_text(json.dumps(found, indent=2, ensure_ascii=False), encoding="utf-8")
        self.stdout.write(f"Gespeichert in {target.name}.")


def measured(number: int) -> dict[str, Any]:
    """Return the seconds to make `number` resolutions, and figures for each kind of page; leaves nothing behind."""
    with transaction.atomic():
        begin = perf_counter()
        make(number)
        search_index.rebuild()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        made_in = perf_counter() - begin
        pages = ResolutionPage.objects.live().order_by("pk")
        step = max(1, pages.count() // 10)
        addresses = {
            "Archiv": [f"/beschluesse/{query}" for query in FILTERS],
            "Suche": [f"/suche/?q={query}" for query in QUERIES],
            "Beschluss": [page.get_url() for page in pages[::step][:10]],
        }
        client = Client(HTTP_HOST="localhost")
        figures = {part: timed(client.get, asked) for part, asked in addresses.items()}
        transaction.set_rollback(True)
    return {"made_in": made_in, "pages": figures}


def timed(get: Callable[..., Any], addresses: list[str]) -> dict[str, Any]:
    """Return p50 and p95 in ms over all addresses, the most queries of one, and the indexes of their plans."""
    times: list[float] = []
    most, indexes = 0, set()
    for address in addresses:
        get(address)  # what the process remembers after the first request
        with CaptureQueriesContext(connection) as captured:
            response = get(address)
        assert response.status_code == 200, address  # noqa: S101 (a measurement of an error page would be a lie)
        most = max(most, sum(not row["sql"].startswith(("SAVEPOINT", "RELEASE")) for row in captured))
        indexes |= indexes_of([row["sql"] for row in captured])
        for _ in range(ROUNDS):
            begin = perf_counter()
            get(address)
            times.append((perf_counter() - begin) * 1000)
    cuts = quantiles(times, n=20)
    return {"p50": cuts[9], "p95": cuts[18], "queries": most, "indexes": sorted(indexes)}


def indexes_of(statements: list[str]) -> set[str]:
    """Return the names of the project's own indexes in the plans of these statements, under the same settings."""
    found: set[str] = set()
    with transaction.atomic(), connection.cursor() as cursor:
        for sql in statements:
            if sql.startswith("SET LOCAL"):
                cursor.execute(sql)
            elif sql.startswith(("SELECT", "WITH", "(SELECT")):
                cursor.execute(f"EXPLAIN {sql}")
                plan = "\n".join(line for (line,) in cursor.fetchall())
                names = [piece.split()[0] for piece in plan.replace("Index Scan on ", "using ").split("using ")[1:]]
                found |= {name for name in names if name.startswith(("search_", "resolution_", "conferences_resol"))}
    return found
