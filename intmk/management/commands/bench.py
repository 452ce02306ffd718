"""How fast the site is, in one run: stored pages, rendering, freshness; archive with few and with many; an import."""

import json
import shutil
from collections.abc import Callable
from csv import writer
from io import StringIO
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext, setup_databases, teardown_databases
from django.urls import reverse

from conferences.models import ConferencePage, Land, ResolutionPage, Theme
from intmk.benchmark import desk, speed
from intmk.benchmark.comparison import comparison_figures
from intmk.benchmark.servers import served
from intmk.benchmark.starts import start_figures
from intmk.benchmark.synthetic_archive import fullest
from intmk.benchmark.wordpress import missing_packages

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
SAMPLED = 40
HELD = ("Archiv", "Suche", "Beschluss")  # the others are reported only: they count all there is
MOST_TIMES, LONGEST_IMPORT = 5, 300
SCANNED = ("conferences_resolutionpage", "intmk_searchentry")  # not to be read as a whole where there are many
# Reads the facets of all resolutions, once until the next change.
COUNTING = 'array_to_string("conferences_resolutionpage"."facets"'


class Command(BaseCommand):
    help = "Misst Tempo und Frische, auch mit wenigen und vielen erfundenen Beschlüssen; in eigener Datenbank."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the numbers of resolutions, of lines to import and of changes, and what to leave out."""
        parser.add_argument("--wenige", type=int, default=300)
        parser.add_argument("--viele", type=int, default=30_000)
        parser.add_argument("--einfuhr", type=int, default=1000, help="So viele Zeilen werden danach eingelesen.")
        parser.add_argument("--aenderungen", type=int, default=5000, help="So oft wird geändert, was gelesen wird.")
        parser.add_argument("--ohne-archiv", action="store_true", help="Nur Tempo, Frische und Vergleich.")
        parser.add_argument("--nur-vergleich", action="store_true", help="Nur der Vergleich mit WordPress und Wagtail.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the figures and write them to var/bench.json."""
        call_command("prepare", "static", verbosity=0)
        databases = setup_databases(verbosity=0, interactive=False)
        try:
            call_command("load_content", verbosity=0)
            fast = self.speed(None if options["nur_vergleich"] else options["aenderungen"])
            if options["ohne_archiv"] or options["nur_vergleich"]:
                return
            found = {str(number): archive_figures(number) for number in (options["wenige"], options["viele"])}
            import_took = imported(options["einfuhr"])
        finally:
            teardown_databases(databases, verbosity=0)
        few, many = found.values()
        for part in few["pages"]:
            self.stdout.write(f"{part}:")
            for number, figures in found.items():
                self.stdout.write(
                    "  {:>6}: p50 {p50:6.1f} ms, p95 {p95:6.1f}, gerechnet {cpu_ms:5.1f} ms, {queries} Abfragen".format(
                        number, **figures["pages"][part]
                    )
                )
            ratio = many["pages"][part]["p95"] / few["pages"][part]["p95"]
            self.stdout.write(f"  p95 ist das {ratio:.2f}-Fache; Indizes: {', '.join(many['pages'][part]['indexes'])}")
        for screen, took in many["desk"].items():
            self.stdout.write(f"Redaktion, {screen}: {few['desk'][screen]:.0f} und {took:.0f} ms")
        for number, figures in found.items():
            self.stdout.write(f"Anlegen von {number}: {figures['made_in']:.0f} s")
        self.stdout.write(f"Einlesen von {options['einfuhr']} Zeilen, jede zehnte mit PDF: {import_took:.0f} s")
        costs = {
            f"{name}_cpu_ms_{number}": figures["pages"][part]["cpu_ms"]
            for number, figures in found.items()
            for name, part in (("archive", "Archiv"), ("search", "Suche"))
        }
        self.store(fast | costs | found | {"import": import_took})
        broken = [*speed.broken_limits(fast), *broken_page_limits(few["pages"], many["pages"]), *too_long(import_took)]
        publishing = {name: took for name, took in fast.items() if name in desk.PUBLISHING}
        broken += desk.broken_waits(many["desk"] | publishing)
        if broken:
            raise CommandError("Nicht eingehalten:\n" + "\n".join(broken))

    def speed(self, changes: int | None) -> dict[str, Any]:
        """Measure the served site, alone if so many changes are told, and beside others; print and store the figures.

        None without the program that makes the load.
        """
        if shutil.which("wrk") is None:
            self.stdout.write("Ohne das Programm wrk (apt-get install wrk) wird das Tempo der Server nicht gemessen.")
            return {}
        resolution = ResolutionPage.objects.live().filter(locale__language_code="de").earliest("path")
        detail = resolution.get_url()
        found = {} if changes is None else speed.speed_figures(detail, changes)
        if changes is not None:
            found |= start_figures() | desk.publishing_figures(resolution)
        if lacking := missing_packages():
            self.stdout.write(f"Ohne WordPress verglichen; dazu fehlt: apt-get install {' '.join(lacking)}")
        found |= comparison_figures(detail)
        for name, value in found.items():
            self.stdout.write(f"{name}: {value:.2f}" if isinstance(value, float) else f"{name}: {value}")
        self.store(found)
        return found

    def store(self, found: dict[str, Any]) -> None:
        """Write the figures to var/bench.json."""
        target = settings.VAR / "bench.json"
        target.write_text(json.dumps(found, indent=2, ensure_ascii=False), encoding="utf-8")
        self.stdout.write(f"Gespeichert in {target.name}.")


def broken_page_limits(few: dict[str, Any], many: dict[str, Any]) -> list[str]:
    """Return a sentence for each limit that the figures of the pages break."""
    broken = []
    for part in HELD:
        ratio = many[part]["p95"] / few[part]["p95"]
        if ratio > MOST_TIMES:
            broken.append(f"{part}: p95 ist mit vielen das {ratio:.1f}-Fache, erlaubt ist das {MOST_TIMES}-Fache.")
        if few[part]["queries"] != many[part]["queries"]:
            broken.append(f"{part}: {few[part]['queries']} Abfragen mit wenigen, {many[part]['queries']} mit vielen.")
        broken += [f"{part}: Mit vielen wird {table} ganz gelesen (Seq Scan)." for table in many[part]["scans"]]
    return broken


def too_long(import_took: float) -> list[str]:
    """Return a sentence if the import took longer than it may."""
    if import_took <= LONGEST_IMPORT:
        return []
    return [f"Das Einlesen dauerte {import_took:.0f} s, erlaubt sind {LONGEST_IMPORT} s."]


def archive_figures(number: int) -> dict[str, Any]:
    """Return the seconds to make `number` resolutions in place of former ones, and figures for each kind of page."""
    begin = perf_counter()
    call_command("make_archive", number, verbosity=0)
    made_in = perf_counter() - begin
    pages = ResolutionPage.objects.live().order_by("pk")
    step = max(1, pages.count() // SAMPLED)
    # What a page does not have it does not ask for: among few as among many one that has everything is looked at.
    sampled = [page for page in (fullest(), *pages[::step][: SAMPLED - 1]) if page]
    addresses = {
        "Archiv": [f"/beschluesse/{query}" for query in FILTERS],
        "Suche": [f"/suche/?q={query}" for query in QUERIES],
        "Beschluss": [page.get_url() for page in sampled],
    }
    theme, land = Theme.objects.first(), Land.objects.first()
    addresses |= {
        "Handlungsfeld": [theme.get_absolute_url()] if theme else [],
        "Land": [land.get_absolute_url()] if land else [],
        "Statistik": [reverse("statistics")],
    }
    addresses = {part: asked for part, asked in addresses.items() if asked}
    client = Client(HTTP_HOST="localhost")
    pages = {part: questions(client.get, asked) for part, asked in addresses.items()}
    with served(speed.server_environment()) as (site, pid):
        for part, asked in addresses.items():
            pages[part] |= {"cpu_ms": speed.cpu_of_rendering(site, pid, asked[0])} | timed(site, asked)
        officials = desk.desk_figures(desk.asked_by(desk.account_of_chair(), site))
    return {"made_in": made_in, "pages": pages, "desk": officials}


def imported(number: int) -> float:
    """Return the seconds in which import_archive takes over `number` new lines, every tenth with a file of its own."""
    example = settings.ROOT / "docs" / "import" / "tabelle" / "beispiel.pdf"
    conferences = list(ConferencePage.objects.order_by("number").values_list("slug", flat=True)[:20])
    point = "Die Konferenz bittet, die Förderung der Sprachkurse zu sichern."
    text = "\n".join(f"{turn}. {point}" for turn in range(1, 6))
    with TemporaryDirectory() as folder:
        with Path(folder, "beschluesse.csv").open("w", encoding="utf-8", newline="") as file:
            table = writer(file, delimiter=";")
            table.writerow(["konferenz", "top", "titel", "art", "antragsteller", "ergebnis", "beschlusstext", "datei"])
            for line in range(number):
                name = f"{line}.pdf" if line % 10 == 0 else ""
                if name:
                    Path(folder, name).write_bytes(example.read_bytes() + b"\n%% %d" % line)
                item = f"{500 + line // len(conferences)}.1"
                conference = conferences[line % len(conferences)]
                title = f"Prüfdaten: Antrag {line}"
                table.writerow([conference, item, title, "Antrag", "Bayern|Saarland", "einstimmig", text, name])
        begin = perf_counter()
        call_command("import_archive", folder, uebernehmen=True, stdout=StringIO())
        return perf_counter() - begin


def timed(site: str, addresses: list[str]) -> dict[str, float]:
    """Return p50 and p95 in ms over all addresses of a served site, which keeps what it does, but no answers."""
    times: list[float] = []
    for address in addresses * (1 + ROUNDS):
        begin = perf_counter()
        speed.answer_of(site, address, Authorization="Basic -")
        times.append((perf_counter() - begin) * 1000)
    cuts = quantiles(times[len(addresses) :], n=20)  # not the first round
    return {"p50": cuts[9], "p95": cuts[18]}


def questions(get: Callable[..., Any], addresses: list[str]) -> dict[str, Any]:
    """Return the most queries of an address where nothing is kept, indexes and whole scans of their plans."""
    most, indexes, scans = 0, set(), set()
    for address in addresses:
        get(address)  # what the process remembers after the first request
        with CaptureQueriesContext(connection) as captured:
            response = get(address)
        assert response.status_code == 200, address  # noqa: S101 (a measurement of an error page would be a lie)
        most = max(most, sum(not row["sql"].startswith(("SAVEPOINT", "RELEASE")) for row in captured))
        for sql, plan in plans_of([row["sql"] for row in captured]):
            indexes |= indexes_in(plan)
            if COUNTING not in sql:
                scans |= {table for table in SCANNED if f"Seq Scan on {table} " in plan}
    return {"queries": most, "indexes": sorted(indexes), "scans": sorted(scans)}


def plans_of(statements: list[str]) -> list[tuple[str, str]]:
    """Return (statement, plan) of those that read, under the same settings."""
    plans = []
    with transaction.atomic(), connection.cursor() as cursor:
        for sql in statements:
            if sql.startswith("SET LOCAL"):
                cursor.execute(sql)
            elif sql.startswith(("SELECT", "WITH", "(SELECT")):
                cursor.execute(f"EXPLAIN {sql}")
                plans.append((sql, "\n".join(line for (line,) in cursor.fetchall())))
    return plans


def indexes_in(plan: str) -> set[str]:
    """Return the names of the project's own indexes in the plan."""
    names = [piece.split()[0] for piece in plan.replace("Index Scan on ", "using ").split("using ")[1:]]
    return {name for name in names if name.startswith(("search_", "resolution_", "conferences_resol"))}
