"""Two answers for operators: is the process alive, and can it serve pages."""

import shutil
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from intmk.server import backup_files
from intmk.server.page_changes import NOT_HEARD, changes

LEAST_FREE = 20 * 1024 * 1024  # bytes; less holds no upload, and PostgreSQL no further segment of its log (16 MB)


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
    answer, status = (
        (f"{reason}\n", 503) if reason else ("".join(f"{line}\n" for line in ("bereit", backup) if line), 200)
    )
    return HttpResponse(answer, status=status, content_type="text/plain; charset=utf-8")


def hindrance() -> str:
    """Return what keeps the site from serving in full, "" if nothing does."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW transaction_read_only")
            (read_only,) = cursor.fetchone()
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "Die Datenbank antwortet nicht."
    if changes.is_listening and not changes.are_told():
        return NOT_HEARD
    if missing:
        return "Migrationen fehlen."
    if read_only == "on":
        return "Die Datenbank nimmt keine Änderungen an. Gelesen werden kann, gespeichert nicht."
    for folder in filter(Path.exists, map(Path, (settings.VAR, settings.MEDIA_ROOT))):
        if shutil.disk_usage(folder).free < LEAST_FREE:
            return f"Der Datenträger von {folder} ist voll. Gelesen werden kann, gespeichert nicht."
    return ""
