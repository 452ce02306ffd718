"""Two answers for operators: is the process alive, and can it serve pages."""

import shutil
import tempfile
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from intmk.server import backup_files, release
from intmk.server.clock_jumps import ClockJumps
from intmk.server.clock_run import MINUTE, ClockRun
from intmk.server.media_place import bucket, folders_of_disk, shown_place
from intmk.server.outages import FilesAwayError, Outage, outage_of
from intmk.server.page_changes import NOT_HEARD, changes
from intmk.server.site_identity import SiteIdentity, key_of_media

LEAST_FREE = 20 * 1024 * 1024  # bytes; less holds no upload, and PostgreSQL no further segment of its log (16 MB)
CLOCK_LATE = timedelta(minutes=5)  # it runs every minute; after a start, or a jump of the time, from the next one on
READABLE = "Gelesen werden kann, gespeichert nicht."
jumps = ClockJumps()


class HealthMiddleware:
    """Answers /gesund/ and /bereit/ first of all: under any name of the host, without TLS and during maintenance."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        view = {"/gesund": alive, "/bereit": ready}.get(request.path_info.removesuffix("/"))
        if view is None:
            return self.get_response(request)
        response = view(request)
        response["Cache-Control"] = "no-store"
        return response


def alive(request: HttpRequest) -> HttpResponse:
    """Answer 200 without touching anything: the process runs."""
    return HttpResponse("lebt\n", content_type="text/plain; charset=utf-8")


def ready(request: HttpRequest) -> HttpResponse:
    """Answer 200 when nothing hinders readers and editors, else 503 with the reason in one German line."""
    reason = hindrance()
    # An old backup hinders nobody, so it is said and no fault.
    backup, _ = backup_files.state(settings, timezone.now())
    lines = [reason] if reason else ["bereit", f"Fassung {release.NAME}", *([backup] if backup else [])]
    answer, status = "".join(f"{line}\n" for line in lines), 503 if reason else 200
    return HttpResponse(answer, status=status, content_type="text/plain; charset=utf-8")


def hindrance() -> str:
    """Return what keeps the site from serving in full, "" if nothing does."""
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return "Migrationen fehlen."
        write_and_take_back()
        return unheard_changes() or foreign_media() or full_disk() or standing_clock()
    except DatabaseError as error:
        if outage_of(error) is Outage.UNWRITABLE:
            return f"Die Datenbank nimmt keine Änderungen an. {READABLE}"
        return "Die Datenbank antwortet nicht."


def write_and_take_back() -> None:
    """Write a row, which nobody else sees; raise DatabaseError where the database takes none."""
    with transaction.atomic():
        ClockRun.objects.create(step=uuid.uuid4().hex)
        transaction.set_rollback(True)


def unheard_changes() -> str:
    """Return that this process does not hear of changes, "" if it does or does not listen."""
    return NOT_HEARD if changes.is_listening and not changes.are_told() else ""


def foreign_media() -> str:
    """Return that the uploaded files are not those of the database, "" if they are or there is no telling yet."""
    identity, place = SiteIdentity.objects.first(), shown_place()
    try:
        is_foreign = identity is not None and key_of_media() != identity.key
    except (OSError, FilesAwayError):
        return f"Die Dateien in {place} lassen sich nicht lesen."
    return f"Die Dateien in {place} gehören nicht zu dieser Datenbank." if is_foreign else ""


def full_disk() -> str:
    """Return which folder or bucket takes no files, "" if all do."""
    if found := bucket():
        try:
            found.take_probe()
        except FilesAwayError:
            return f"In {found} lässt sich nicht schreiben. {READABLE}"
    for folder in filter(Path.exists, sorted(folders_of_disk())):
        if shutil.disk_usage(folder).free < LEAST_FREE:
            return f"Der Datenträger von {folder} ist voll. {READABLE}"
        try:
            tempfile.TemporaryFile(dir=folder).close()
        except OSError:
            return f"In {folder} lässt sich nicht schreiben. {READABLE}"
    return ""


def standing_clock() -> str:
    """Return that nothing happens by itself any more, "" if the clock runs or has had no time to."""
    jumps.seconds()
    if not changes.is_listening or time.monotonic() - jumps.calm_since < CLOCK_LATE.total_seconds():
        return ""
    lately = timezone.now() - CLOCK_LATE, timezone.now() + CLOCK_LATE  # not at a time that is still to come
    runs = ClockRun.objects.filter(step=MINUTE, succeeded_at__range=lately).exists()
    return "" if runs else "Die Uhr steht: Vorgemerktes wird nicht veröffentlicht."
