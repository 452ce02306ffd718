"""What readers wait for and what they cost, against baselines in the same run: medians of alternating rounds."""

import http.client
import json
import threading
import time
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.db import connection

from intmk.benchmark import noop
from intmk.benchmark.freshness import got, publish_visible, stale_reads
from intmk.benchmark.servers import ACCEPTED, cpu_seconds, database_url, loaded, nginx, served

ROUNDS, UNCACHED = 5, 2  # rounds of each; connections that ask for what is not stored in the mixed load
LEAST_CACHED, LEAST_BEHIND_NGINX = 0.85, 0.90  # of the application that does nothing; of a static file of nginx
MOST_MIXED = 25  # ms
PUBLISHED = 40
RENDERED = 40  # answers that are not stored, in each round


def speed_figures(detail: str, changes: int) -> dict[str, Any]:
    """Return the figures by their names; `detail` is the path of a resolution."""
    found: dict[str, Any] = {}
    with (
        TemporaryDirectory() as folder,
        served(server_environment()) as (first, pid),
        served(server_environment()) as (second, _),
    ):
        found |= {
            "home_cpu_ms": cpu_of_rendering(first, pid, "/"),
            "detail_cpu_ms": cpu_of_rendering(first, pid, detail),
        }
        Path(folder).chmod(0o755)
        for site in (first, second):
            warm(site, "/")
        answer = Path(folder, "answer.json")
        body, headers = answer_of(first, "/")
        answer.write_text(json.dumps({"headers": headers, "length": len(body)}))
        Path(folder, "index.html").write_bytes(body)
        idle = served({noop.ANSWER: str(answer)}, application="intmk.benchmark.noop:application")
        with idle as (nothing, _), nginx(first, Path(folder)) as front:
            rounds: dict[str, list[float]] = {}
            costs = []
            for _ in range(ROUNDS):
                rounds.setdefault("noop_rps", []).append(rps(f"{nothing}/"))
                before = cpu_seconds(pid)
                stored = loaded(f"{first}/")
                costs.append((cpu_seconds(pid) - before) * 1000 / stored["requests"])
                rounds.setdefault("cached_rps", []).append(stored["rps"])
                if front:
                    rounds.setdefault("nginx_static_rps", []).append(rps(f"{front}/static/index.html"))
                    rounds.setdefault("cached_nginx_rps", []).append(rps(f"{front}/"))
            found |= {name: median(values) for name, values in rounds.items()}
            found["cached_cpu_ms"] = median(costs)
            found["cached_of_noop"] = ratio(rounds, "cached_rps", "noop_rps")
            if front:
                found["cached_nginx_of_static"] = ratio(rounds, "cached_nginx_rps", "nginx_static_rps")
        found["mixed_p99_ms"] = median(mixed(first) for _ in range(ROUNDS))
        found["publish_visible_p95_ms"] = publish_visible([first, second], PUBLISHED)
        read = stale_reads([first, second], changes)
        found |= {"changes": changes, "fresh_reads": read["answers"] - read["stale"], "stale_reads": read["stale"]}
    return found


def broken_limits(found: dict[str, Any]) -> list[str]:
    """Return a sentence for each limit that the figures break."""
    broken: list[str] = []
    if not found:
        return broken
    if found["cached_of_noop"] < LEAST_CACHED:
        broken.append(f"Gespeicherte Seiten: {found['cached_of_noop']:.2f} des Möglichen, verlangt {LEAST_CACHED}.")
    if found.get("cached_nginx_of_static", 1) < LEAST_BEHIND_NGINX:
        broken.append(
            f"Hinter nginx: {found['cached_nginx_of_static']:.2f} einer Datei, verlangt {LEAST_BEHIND_NGINX}."
        )
    if found["mixed_p99_ms"] > MOST_MIXED:
        broken.append(f"Gespeicherte neben Suchen: p99 {found['mixed_p99_ms']:.0f} ms, erlaubt {MOST_MIXED} ms.")
    if found["stale_reads"]:
        broken.append(f"Veraltete Antworten: {found['stale_reads']}.")
    return broken


def ratio(rounds: dict[str, list[float]], part: str, whole: str) -> float:
    """Return the median of what one was of the other in the same round."""
    return median(first / second for first, second in zip(rounds[part], rounds[whole], strict=True))


def rps(url: str) -> float:
    found = loaded(url)
    if found["errors"]:
        raise ValueError(f"{found['errors']} Fehler: {url}")
    return found["rps"]


def answer_of(site: str, path: str, **headers: str) -> tuple[bytes, list[tuple[str, str]]]:
    """Return body and headers that browsers get."""
    server = http.client.HTTPConnection(urlsplit(site).netloc)
    server.request("GET", quote(path, safe="/?=&%"), headers=dict([ACCEPTED.split(": ")]) | headers)
    response = server.getresponse()
    given_by_server = ("server", "date")
    return response.read(), [pair for pair in response.getheaders() if pair[0].lower() not in given_by_server]


def warm(site: str, path: str) -> None:
    """Ask until all workers have stored the page."""
    for _ in range(40):
        answer_of(site, path)


def server_environment() -> dict[str, str]:
    """Return what tells a server to show what this process sees."""
    return {"DATABASE_URL": database_url(connection.settings_dict), "INTMK_VAR": str(settings.VAR)}


def cpu_of_rendering(site: str, pid: int, path: str) -> float:
    """Return the ms of a processor that the server and all below it take for a page that is not stored.

    Without the database's. What bears an Authorization is neither stored nor taken from what is stored.
    """
    costs = []
    for _ in range(ROUNDS):
        before = cpu_seconds(pid)
        for _ in range(RENDERED):
            answer_of(site, path, Authorization="Basic -")
        costs.append((cpu_seconds(pid) - before) * 1000 / RENDERED)
    return median(costs)


def mixed(site: str) -> float:
    """Return the p99 in ms of stored pages while others ask for searches that nobody has made yet."""
    ended, numbers = threading.Event(), count()

    def search() -> None:
        server = http.client.HTTPConnection(urlsplit(site).netloc)
        while not ended.is_set():
            got(server, f"/suche/?q={quote('Förderung')}+{next(numbers)}{time.monotonic_ns()}")

    threads = [threading.Thread(target=search) for _ in range(UNCACHED)]
    for thread in threads:
        thread.start()
    try:
        return loaded(f"{site}/")["p99"]
    finally:
        ended.set()
        for thread in threads:
            thread.join()
