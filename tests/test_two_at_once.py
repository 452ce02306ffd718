"""Two servers that start on one database: the second waits for the first, and a killed one keeps nobody waiting."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from intmk.server.direct_connection import PREPARING
from tests.databases import connection_parameters, database_url
from tests.processes import wait_until

ROOT = Path(__file__).resolve().parents[1]
WAITS = "Ein anderer Vorgang bringt diese Datenbank gerade auf den Stand; es wird auf ihn gewartet …"


def manage(url: str, var: Path, *arguments: str) -> subprocess.Popen[str]:
    environment = os.environ | {"DATABASE_URL": url, "INTMK_VAR": str(var), "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment | {"DJANGO_SETTINGS_MODULE": "intmk.settings.test"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.fixture
def empty_database(postgres) -> Iterator[str]:
    """The address of a database in which nothing is."""
    settings = connection.settings_dict
    name = f"leer_{os.getpid()}"
    with psycopg.connect(**connection_parameters(settings, dbname="postgres"), autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield database_url(settings | {"NAME": name})
        server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def locks(url: str) -> int:
    with psycopg.connect(url, autocommit=True) as server:
        (number,) = server.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'").fetchone()
    return number


@pytest.mark.audit
def test_two_migrations_of_an_empty_database_both_succeed_and_the_second_says_that_it_waits(empty_database, tmp_path):
    # The first holds the lock until it is let go: so the second comes while it is at work, however busy the machine is.
    with psycopg.connect(empty_database, autocommit=True) as first:
        first.execute("SELECT pg_advisory_lock(%s)", [PREPARING])
        both = [manage(empty_database, tmp_path, "migrate", "contenttypes") for _ in range(2)]
        for process in both:
            assert process.stdout.readline().rstrip() == WAITS
        assert first.execute("SELECT to_regclass('django_migrations')").fetchone() == (None,)
    outputs = [process.communicate(timeout=300)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], outputs
    assert sorted("No migrations to apply." in output for output in outputs) == [False, True]


@pytest.mark.audit
def test_a_killed_process_frees_the_lock(empty_database, tmp_path):
    code = (
        "import os, time; from django.conf import settings\n"
        "from intmk.server.direct_connection import alone, PREPARING\n"
        "with alone(PREPARING, settings.DATABASES['default'], print): print('hat sie', flush=True); time.sleep(600)"
    )
    first = manage(empty_database, tmp_path, "shell", "-v", "0", "--no-imports", "-c", code)
    assert first.stdout.readline() == "hat sie\n"
    second = manage(empty_database, tmp_path, "migrate", "contenttypes")
    assert second.stdout.readline().rstrip() == WAITS
    first.send_signal(signal.SIGKILL)
    output = second.communicate(timeout=300)[0]
    assert second.returncode == 0, output
    first.communicate()
    wait_until(lambda: locks(empty_database) == 0)


@pytest.mark.audit
def test_who_is_killed_before_a_migration_is_noted_leaves_nothing_that_stops_the_next(empty_database, tmp_path):
    code = (
        "import os; from django.core.management import call_command\n"
        "from django.db.migrations.recorder import MigrationRecorder\n"
        "note = MigrationRecorder.record_applied\n"
        "MigrationRecorder.record_applied = lambda self, app, name: "
        "os.kill(os.getpid(), 9) if app == 'auth' else note(self, app, name)\n"
        "call_command('migrate', 'auth', verbosity=0)"
    )
    killed = manage(empty_database, tmp_path, "shell", "-v", "0", "--no-imports", "-c", code)
    killed.communicate(timeout=300)
    assert killed.returncode == -signal.SIGKILL
    second = manage(empty_database, tmp_path, "migrate", "auth")
    output = second.communicate(timeout=300)[0]
    assert second.returncode == 0, output


@pytest.mark.audit
def test_the_second_of_two_preparations_finds_it_done(own_database, tmp_path):
    url = database_url(connection.settings_dict)
    with psycopg.connect(url, autocommit=True) as holder:
        holder.execute("SELECT pg_advisory_lock(%s)", [PREPARING])
        both = [manage(url, tmp_path / name, "prepare", "database") for name in ("eins", "zwei")]
        for process in both:
            assert process.stdout.readline().rstrip().endswith(WAITS)  # after the seconds since the beginning
    outputs = [process.communicate(timeout=300)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], outputs
    assert sorted("Inhalte werden geladen" in output for output in outputs) == [False, True]
