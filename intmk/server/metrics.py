"""/kennzahlen/: what Prometheus asks for, in its own text; only for who names INTMK_METRICS_TOKEN.

Two kinds: what the processes have counted (intmk/server/counts.py), and what is looked up at the moment of asking.
"""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from intmk.server import backup_files
from intmk.server.clock_run import ClockRun
from intmk.server.health import hindrance
from intmk.server.media_place import folders_of_disk

ADDRESS = "/kennzahlen"
STATES = (
    "SELECT coalesce(state, 'andere'), count(*) FROM pg_stat_activity WHERE datname = current_database() GROUP BY 1"
)
LIMITS = "SELECT current_setting('max_connections')::int, pg_database_size(current_database())"


class MetricsMiddleware:
    """Answers ADDRESS under any name of the host and without TLS, as Prometheus asks each machine by itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.METRICS_TOKEN or request.path_info.removesuffix("/") != ADDRESS:
            return self.get_response(request)
        if not constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {settings.METRICS_TOKEN}"):
            text = "Nur mit dem Kennwort aus INTMK_METRICS_TOKEN.\n"
            return HttpResponse(text, status=401, headers={"WWW-Authenticate": "Bearer", "Cache-Control": "no-store"})
        return HttpResponse(metrics(), content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


def metrics() -> bytes:
    """Return all numbers, in the text format of Prometheus."""
    counted = REGISTRY
    if folder := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        forget_the_dead(Path(folder))
        counted = CollectorRegistry()
        MultiProcessCollector(counted)
    looked_up = CollectorRegistry()
    looked_up.register(LookedUp())
    return generate_latest(counted) + generate_latest(looked_up)


def forget_the_dead(folder: Path) -> None:
    """Leave out what processes keep that have ended; what they have counted stays."""
    for file in folder.glob("gauge_live*.db"):
        pid = file.stem.rpartition("_")[2]
        if not Path("/proc", pid).exists():
            with suppress(FileNotFoundError):  # somebody else asks at the same moment
                mark_process_dead(pid, str(folder))


class LookedUp(Collector):
    """What the database and the disk say at this moment."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the numbers; without a database only those that need none."""
        reason = hindrance()
        yield gauge("intmk_ready", "1, wenn /bereit/ nichts zu klagen hat", not reason)
        yield free_space()
        newest = backup_files.newest(settings.BACKUP_DIR, timezone.now())
        if newest:
            yield gauge("intmk_backup_last_timestamp_seconds", "die neueste Sicherung", newest.timestamp())
        try:
            yield from of_database()
            yield from of_clock()
        except DatabaseError:
            yield gauge("intmk_database_up", "1, wenn die Datenbank antwortet", False)
        else:
            yield gauge("intmk_database_up", "1, wenn die Datenbank antwortet", True)


def gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    """Return one number without labels."""
    return GaugeMetricFamily(name, text, value=float(value))


def labelled(name: str, text: str, label: str, values: Mapping[Any, float]) -> GaugeMetricFamily:
    """Return a number for each value of a label."""
    family = GaugeMetricFamily(name, text, labels=[label])
    for key, value in values.items():
        family.add_metric([str(key)], float(value))
    return family


def free_space() -> GaugeMetricFamily:
    """Return the free bytes of the folders of state and media."""
    folders = filter(Path.exists, folders_of_disk())
    free = {folder: shutil.disk_usage(folder).free for folder in folders}
    return labelled("intmk_disk_free_bytes", "freier Platz", "folder", free)


def of_database() -> Iterator[GaugeMetricFamily]:
    """Yield connections and size; there is no pool, so what matters is how many of the server's are in use."""
    with connection.cursor() as cursor:
        cursor.execute(STATES)
        states = dict(cursor.fetchall())
        cursor.execute(LIMITS)
        most, size = cursor.fetchone()
    yield labelled("intmk_database_connections", "Verbindungen zur Datenbank", "state", states)
    yield gauge("intmk_database_connections_limit", "so viele lässt der Server zu", most)
    yield gauge("intmk_database_size_bytes", "Größe der Datenbank", size)


def of_clock() -> Iterator[GaugeMetricFamily]:
    """Yield for each step of the clock when it last succeeded, and whether it fails since."""
    runs = list(ClockRun.objects.all())
    succeeded = {run.step: run.succeeded_at.timestamp() for run in runs if run.succeeded_at}
    failing = {run.step: run.failed_at is not None for run in runs}
    yield labelled("intmk_job_last_success_timestamp_seconds", "zuletzt gelungen", "job", succeeded)
    yield labelled("intmk_job_failing", "1, wenn der Schritt seither scheitert", "job", failing)
