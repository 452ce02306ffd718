"""How PostgreSQL answers a search does not hang on what it knows of the number of rows."""

import json
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conferences.models import ResolutionPage
from tests.importing import folder_of

pytestmark = pytest.mark.django_db

RESTRICTIONS = {"wagtailcore_pageviewrestriction", "wagtailcore_collectionviewrestriction"}


def nodes(plan: dict, is_once: bool = False) -> Iterator[tuple[dict, bool]]:
    """Yield each node of a plan, and whether it is carried out once, before all rows."""
    is_once = is_once or plan.get("Parent Relationship") == "InitPlan"
    yield plan, is_once
    for below in plan.get("Plans", []):
        yield from nodes(below, is_once)


def plans_of(address: str) -> list[dict]:
    """The plans of all queries of this address that read restrictions, but for that which reads nothing else."""
    with CaptureQueriesContext(connection) as captured:
        Client(HTTP_HOST="localhost").get(address)
    statements = [query["sql"] for query in captured if "restriction" in query["sql"]]
    found = [sql for sql in statements if not sql.startswith('SELECT "wagtailcore_page"."path" AS "page__path"')]
    plans = []
    with connection.cursor() as cursor:
        for sql in found:
            cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
            (rows,) = cursor.fetchone()
            plans.append((json.loads(rows) if isinstance(rows, str) else rows)[0]["Plan"])
    return plans


@pytest.mark.parametrize(
    "address",
    [
        "/suche/?q=Integration",
        "/suche/?q=Integration&art=dokumente",
        "/suche/?q=Finanzirung",
        "/suche/vorschlaege/?q=spra",
        "/konferenzen/gibt-es-nicht/",
    ],
)
def test_restrictions_are_read_once_and_not_for_each_row(address):
    plans = plans_of(address)
    assert plans
    for plan in plans:
        read = [(node, is_once) for node, is_once in nodes(plan) if node.get("Relation Name") in RESTRICTIONS]
        assert read
        assert all(is_once for _, is_once in read), plan


def rows_counted(model: type) -> int:
    """How many rows PostgreSQL believes that the table has; -1 when nobody has counted."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [model._meta.db_table])
        return int(cursor.fetchone()[0])


def test_rows_are_counted_after_an_import(tmp_path):
    folder_of(tmp_path, {"konferenz": "12", "top": "77.1", "titel": "Erfundenes"})
    call_command("import_archive", tmp_path, uebernehmen=True)
    assert rows_counted(ResolutionPage) == ResolutionPage.objects.count()
