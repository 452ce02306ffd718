"""How soon readers see what is written, and whether any of them ever sees what was there before."""

import http.client
import itertools
import re
import threading
import time
from collections.abc import Callable
from contextlib import closing
from statistics import quantiles
from urllib.parse import urlsplit

from django.db import connection, connections, transaction
from wagtail.models import Page

from conferences.models import Land
from intmk.base.site_notice import SiteNotice

LATEST = 0.1  # seconds after the commit from which on every answer has to be new
LAND, PAGE = "bayern", "kontakt"
NOTICE, TITLE, MINISTRY = "Hinweis Nummer", "Kontakt Nummer", "Ministerium Nummer"
ADDRESSES = {f"/{PAGE}/": (NOTICE, TITLE), f"/laender/{LAND}/": (NOTICE, MINISTRY)}


class Written:
    """What was written last under each word, with the moment at which it was committed."""

    def __init__(self) -> None:
        self.at: dict[str, list[tuple[float, int]]] = {NOTICE: [], TITLE: [], MINISTRY: []}

    def done(self, word: str, number: int) -> None:
        self.at[word].append((time.monotonic(), number))

    def least(self, word: str, begun: float) -> int:
        """Return the number that an answer begun at that moment has to show at least."""
        return next((number for at, number in reversed(self.at[word]) if at + LATEST <= begun), 0)


def notice_by_django(number: int) -> None:
    SiteNotice.objects.update_or_create(pk=1, defaults={"text": f"{NOTICE} {number}"})


def notice_by_hand(number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE intmk_sitenotice SET text = %s", [f"{NOTICE} {number}"])


def ministry(number: int) -> None:
    Land.objects.filter(slug=LAND).update(ministry=f"{MINISTRY} {number}")


def title_in_a_transaction(number: int) -> None:
    with transaction.atomic():
        Page.objects.filter(slug=PAGE, locale__language_code="de").update(title="wird gleich anders")
        Page.objects.filter(slug=PAGE, locale__language_code="de").update(title=f"{TITLE} {number}")


def publish_number(number: int) -> None:
    page = Page.objects.get(slug=PAGE, locale__language_code="de").specific
    page.title = f"{TITLE} {number}"
    page.save_revision().publish()


# Publishing takes as long as fifty of the others.
WRITERS: list[tuple[str, Callable[[int], None]]] = [
    *[(NOTICE, notice_by_django), (NOTICE, notice_by_hand), (MINISTRY, ministry), (TITLE, title_in_a_transaction)] * 12,
    (TITLE, publish_number),
]


class Reader(threading.Thread):
    """Asks a server without a pause; counts the answers, and those that should have been new."""

    def __init__(self, site: str, address: str, written: Written) -> None:
        super().__init__(daemon=True)
        self.site, self.address, self.written = urlsplit(site), address, written
        self.answers, self.stale, self.ended = 0, 0, threading.Event()

    def run(self) -> None:
        with closing(http.client.HTTPConnection(str(self.site.hostname), self.site.port, timeout=30)) as server:
            while not self.ended.is_set():
                begun = time.monotonic()
                text = got(server, self.address)
                self.answers += 1
                for word in ADDRESSES[self.address]:
                    if number_after(text, word) < self.written.least(word, begun):
                        self.stale += 1
                time.sleep(0.001)


def got(server: http.client.HTTPConnection, address: str) -> str:
    server.request("GET", address)
    return server.getresponse().read().decode()


def number_after(text: str, word: str) -> int:
    found = re.search(rf"{word} (\d+)", text)
    return int(found[1]) if found else 0


def stale_reads(sites: list[str], changes: int) -> dict[str, int]:
    """Write so many changes while readers ask all sites; return the numbers of answers and of stale ones."""
    written = Written()
    readers = [Reader(site, address, written) for site in sites for address in ADDRESSES]
    for reader in readers:
        reader.start()
    for number, (word, write) in zip(range(1, changes + 1), itertools.cycle(WRITERS), strict=False):
        write(number)
        written.done(word, number)
        time.sleep(0.002)
    time.sleep(2 * LATEST)
    for reader in readers:
        reader.ended.set()
    for reader in readers:
        reader.join()
    connections.close_all()
    return {"answers": sum(reader.answers for reader in readers), "stale": sum(reader.stale for reader in readers)}


def publish_visible(sites: list[str], times: int) -> float:
    """Return the p95 in ms from the end of publishing a page until every site has shown it."""
    took: list[float] = []
    servers = [http.client.HTTPConnection(str(urlsplit(site).hostname), urlsplit(site).port) for site in sites]
    for number in range(1_000_001, 1_000_001 + times):
        publish_number(number)
        begin = time.monotonic()
        for server in servers:
            while number_after(got(server, f"/{PAGE}/"), TITLE) != number:
                pass
        took.append((time.monotonic() - begin) * 1000)
    for server in servers:
        server.close()
    return quantiles(took, n=20)[18]
