"""The site that the browser tests use, as `make run` started it: its parts, its database, its lines."""

import os
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

import psycopg
import pytest

from intmk.server import embedded_postgres
from tests.processes import processes_of, wait_until
from tests.serving import ROOT, free_port

LEAST_SHARED = 50_000  # kB; two thirds of what it was when this was written


def commands(var_dir: Path) -> str:
    """The command lines of all processes that serve the state directory."""
    found = []
    for pid in processes_of(var_dir):
        try:
            found.append(Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return "\n".join(found)


def test_server_clock_and_database_run(served_site):
    var_dir = Path(served_site.environment["INTMK_VAR"])
    wait_until(lambda: " clock " in commands(var_dir))
    running = commands(var_dir)
    assert "intmk.server.serve" in running
    assert "intmk.server.workers" in running
    with urllib.request.urlopen(served_site.url) as response:
        assert response.status == 200


def test_the_workers_share_the_memory_of_what_was_loaded_before_them(served_site):
    places = [Path(f"/proc/{pid}") for pid in processes_of(Path(served_site.environment["INTMK_VAR"]))]
    web = [place for place in places if b"\0intmk.server.workers\0" in (place / "cmdline").read_bytes()]
    shared = [re.search(r"Shared_Dirty: +(\d+)", (place / "smaps_rollup").read_text()) for place in web]
    assert len(web) == 3  # the one that has loaded the site, and its two workers
    assert min(int(found[1]) for found in shared) > LEAST_SHARED


def test_the_passwords_of_the_demo_accounts_are_for_their_owner_only(served_site):
    accounts = Path(served_site.environment["INTMK_VAR"]) / "demo-accounts.txt"
    assert accounts.stat().st_mode & 0o777 == 0o600
    assert len(served_site.accounts) == len(set(served_site.accounts.values())) > 16


def test_a_second_call_says_where_the_site_runs_and_does_not_disturb_it(served_site):
    second = subprocess.run(
        [sys.executable, "-m", "intmk.server.serve"],
        cwd=ROOT,
        env=served_site.environment | {"PORT": str(free_port())},
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 1
    assert second.stderr.startswith(f"Die Website läuft schon: {served_site.url}/ (Prozess ")
    assert len(second.stderr.splitlines()) == 1
    with urllib.request.urlopen(served_site.url) as response:
        assert response.status == 200


@pytest.mark.skipif("DATABASE_URL" in os.environ, reason="die Datenbank gehört einem anderen Server")
def test_the_embedded_database_loses_nothing_listens_to_nobody_else_and_knows_german(served_site):
    found = embedded_postgres.django_database(Path(served_site.environment["INTMK_VAR"]))
    address = {"dbname": found["NAME"], "user": found["USER"], "host": found["HOST"], "port": found["PORT"]}
    with psycopg.connect(**address, autocommit=True) as connection:
        for name, value in {
            "fsync": "on",
            "data_checksums": "on",
            "listen_addresses": "",
            "server_encoding": "UTF8",
        }.items():
            assert connection.execute(f"SHOW {name}").fetchone() == (value,)
        words = connection.execute("SELECT to_tsvector('german', '„Integrationskurse“ – Ärzte')").fetchone()
    assert words == ("'arzt':2 'integrationskurs':1",)
