"""How fast the search is with few and with many entries; for `make bench`, in a transaction that is rolled back."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from statistics import quantiles
from time import perf_counter
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page

from intmk.models import HomePage, StandardPage
from intmk.search_index import BATCH, Found, SearchEntry, SearchWord, store

SUBJECTS = """
    Integrationskurse Sprachförderung Migrationsberatung Einbürgerung Flüchtlingskosten Ausländerbehörden Teilhabe
    Jugendmigrationsdienste Anerkennungsverfahren Arbeitsmarkt Kindertagesstätten Hochschulzugang Wohnungsbau
    Gesundheitsversorgung Ehrenamt Antidiskriminierung Familiennachzug Fachkräfteeinwanderung Gewaltschutz""".split()  # noqa: SIM905
ACTS = """Förderung Öffnung Finanzierung Weiterentwicklung Evaluation Stärkung Qualität Vereinfachung""".split()  # noqa: SIM905
# A word that all have, words that many and few have, a compound, a phrase, a number, what is not there, a mistake.
QUERIES = (
    "Integration", "Konferenz", "Länder", "Kurs", "Integrationskurse", "Finanzierung Sprachförderung", "Einbürgerung",
    '"Förderung der Teilhabe"', "TOP 2.9", "7/2.1", "Fluechtlingskosten", "Vereinfachung -Wohnungsbau",
    "Kosten",    "Raumschiff", "Finanzirung",
)  # fmt: skip


def fill(count: int) -> None:
    """Add `count` public pages like resolutions, with their entries; only in a transaction that is rolled back."""
    home = HomePage.objects.get()
    parent = home.add_child(instance=StandardPage(title="Messung", slug="messung"))
    pages = [
        Page(
            path=Page._get_path(parent.path, parent.depth + 1, number),
            depth=parent.depth + 1,
            title=f"Messung {number}",
            slug=str(number),
            url_path=f"{parent.url_path}{number}/",
            content_type_id=parent.content_type_id,
            locale_id=parent.locale_id,
        )
        for number in range(1, count + 1)
    ]
    found = list(samples(Page.objects.bulk_create(pages, batch_size=1000)))
    for first in range(0, count, BATCH):
        store(found[first : first + BATCH], Q(pk__in=[]))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def samples(pages: list[Page]) -> Iterator[Found]:
    """Yield the entry of each page: invented words of the field, the same in each run."""
    chance = random.Random(2026)  # noqa: S311
    # Few words are frequent and most are rare, as in any text (Zipf); they are those of the site.
    known = list(SearchWord.objects.order_by("folded").values_list("word", flat=True))
    chance.shuffle(known)
    weights = [1 / (place + 1) for place in range(len(known))]
    for number, page in enumerate(pages):
        subject, verb = chance.choice(SUBJECTS), chance.choice(ACTS)
        conference, item = number % 40 + 1, f"{chance.randint(1, 9)}.{chance.randint(1, 20)}"
        words = " ".join(chance.choices(known, weights, k=80))
        yield Found(
            key=f"page:{page.pk}",
            kind=SearchEntry.Kind.RESOLUTION,
            label="Beschluss",
            title=f"{verb} der {subject} in der Integration {number}",
            texts={
                "A": f"TOP {item} {conference}/{item}",
                "B": f"{conference}. Integrationsministerkonferenz",
                "C": f"Die Länder beschließen zur Integration: {verb} und {subject}.",
                "D": words,
            },
            context=f"{conference}. Konferenz, TOP {item}",
            day=date(2007, 1, 1) + timedelta(days=number % 7000),
            page_id=page.pk,
        )


def measure(rounds: int = 5) -> dict[str, Any]:
    """Return p50 and p95 of all QUERIES in seconds, the slowest query with its seconds, the most database queries."""
    client = Client(HTTP_HOST="localhost")
    times: list[float] = []
    worst, most = ("", 0.0), 0
    for query in QUERIES:
        client.get("/suche/", {"q": query})
        with CaptureQueriesContext(connection) as captured:
            client.get("/suche/", {"q": query})
        most = max(most, len(captured))
        for _ in range(rounds):
            begin = perf_counter()
            client.get("/suche/", {"q": query})
            times.append(perf_counter() - begin)
            worst = max(worst, (query, times[-1]), key=lambda pair: pair[1])
    cuts = quantiles(times, n=20)
    return {"p50": cuts[9], "p95": cuts[18], "slowest": worst, "queries": most}


def compare(few: int = 300, many: int = 30_000) -> dict[str, Any]:
    """Return `measure` with `few` and with `many` more entries, and the ratio of p95; leaves nothing behind."""
    measured = {}
    for name, count in (("few", few), ("many", many)):
        with transaction.atomic():
            fill(count)
            measured[name] = measure()
            transaction.set_rollback(True)
    return measured | {"ratio": measured["many"]["p95"] / measured["few"]["p95"]}
