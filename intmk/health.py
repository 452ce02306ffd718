"""Two answers for operators: is the process alive, and can it serve pages."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse


def alive(request: HttpRequest) -> HttpResponse:
    """Answer 200 without touching anything: the process runs."""
    return HttpResponse("lebt\n", content_type="text/plain; charset=utf-8")


def ready(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database answers and has all migrations, else 503 with the reason in one German line."""
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        answer, status = "Die Datenbank antwortet nicht.\n", 503
    else:
        answer, status = ("Migrationen fehlen.\n", 503) if missing else ("bereit\n", 200)
    return HttpResponse(answer, status=status, content_type="text/plain; charset=utf-8")
