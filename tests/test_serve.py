"""``make run`` from the moment when everything is installed."""

import contextlib
import errno
import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from intmk.management.commands import prepare
from intmk.server import embedded_postgres, preparation, serve
from intmk.server.web_server import process
from tests.databases import database_url
from tests.processes import clocks_of, is_alive, processes_of, wait_until
from tests.serving import ROOT, Site, copy_state, free_port, served_once


def refusal(var_dir: Path, port: object, **environment: str) -> str:
    """Return the one line with which serving is refused."""
    with Site(var_dir, port, **environment) as site:
        errors = site.process.communicate(timeout=60)[1]
    assert site.process.returncode == 1
    assert len(errors.splitlines()) == 1, errors
    return errors.strip()


@pytest.fixture(scope="module")
def first_start() -> Path:
    """A state directory in which the site was served once, not to be touched."""
    return served_once()


@pytest.fixture(scope="module")
def port(first_start: Path) -> int:
    """The port of the prepared site; with another one, its address in the database would have to change."""
    return int((first_start / "port").read_text())


@pytest.fixture(scope="module")
def prepared(first_start: Path, module_var_dir: Path) -> Path:
    """A copy of it."""
    copy_state(first_start, module_var_dir)
    return module_var_dir


@pytest.fixture
def served(prepared: Path, port: int) -> Iterator[Site]:
    with Site(prepared, port) as site:
        site.wait_for_welcome()
        yield site


def test_the_first_start_says_what_it_does_and_where_the_site_is(first_start, port):
    lines = (first_start / "welcome.txt").read_text().splitlines()
    assert any(re.fullmatch(r" *\d+ s  Inhalte werden geladen …", line) for line in lines)
    assert f"Website:     http://localhost:{port}/" in lines
    assert f"Redaktion:   http://localhost:{port}/admin/" in lines
    assert any(line.endswith(str(first_start / "demo-accounts.txt")) for line in lines)
    assert (first_start / "demo-accounts.txt").stat().st_mode & 0o777 == 0o600


@pytest.mark.audit
def test_a_second_start_prepares_nothing(prepared, port):
    """How long it takes is no question for a test: the README says how it is measured."""
    with Site(prepared, port) as site:
        lines = site.wait_for_welcome()
        assert site.status() == 200
    assert not any(line.endswith("werden geladen …") or line.endswith("werden gesammelt …") for line in lines)


@pytest.mark.audit
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_no_process_is_left_after_the_end(served, number):
    assert len(processes_of(served.var_dir)) > 4
    assert served.end(number) == 0
    assert not processes_of(served.var_dir)


@pytest.mark.audit
def test_a_second_call_says_where_the_site_runs_and_does_not_disturb_it(served):
    line = refusal(served.var_dir, free_port())
    assert line == f"Die Website läuft schon: http://localhost:{served.port}/ (Prozess {served.process.pid})."
    assert served.status() == 200


@pytest.mark.audit
def test_a_killed_web_server_ends_the_site_for_whoever_started_it_to_start_it_again(served):
    os.kill(served.web_server(), signal.SIGKILL)
    errors = served.process.communicate(timeout=30)[1]
    assert errors == "Der Webserver ist ausgefallen, und die Website wird beendet; neu starten: make run\n"
    assert served.process.returncode == 1
    assert not processes_of(served.var_dir)


@pytest.mark.audit
def test_a_killed_database_is_replaced_and_what_was_stored_is_shown_meanwhile(served):
    def warning() -> str | None:
        connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=20)
        connection.request("GET", "/")
        answer = connection.getresponse()
        assert answer.status == 200
        return answer.headers["Warning"]

    for _ in range(40):  # until both workers have it
        assert warning() is None
    os.kill(int((served.var_dir / "postgres" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    served.wait_for_line("Die Datenbank ist ausgefallen und wird neu gestartet …")
    assert warning() == '110 - "Response is Stale"'
    served.wait_for_line("Die Website läuft wieder.")
    wait_until(lambda: warning() is None)


@pytest.mark.audit
def test_after_kill_9_of_the_supervisor_the_next_start_gets_the_port(served):
    os.kill(served.process.pid, signal.SIGKILL)
    with Site(served.var_dir, served.port) as site:
        site.wait_for_welcome()
        assert site.status() == 200
    assert not processes_of(served.var_dir)


@pytest.mark.audit
def test_kill_9_of_the_supervisor_ends_the_web_server(served):
    web_server = served.web_server()
    os.kill(served.process.pid, signal.SIGKILL)
    wait_until(lambda: not is_alive(web_server))
    with embedded_postgres.running(served.var_dir):  # adopts the database and ends it
        pass
    wait_until(lambda: not processes_of(served.var_dir))  # workers take a moment to end after their server


@pytest.mark.skipif(shutil.which("setpriv") is None, reason="Hier sagt der Kernel keinem Prozess das Ende an.")
def test_who_is_killed_while_it_starts_a_process_leaves_none_behind(tmp_path):
    """As between the welcome and the clock: the kernel does not know yet that it shall end the process."""
    begun, go, alive = tmp_path / "begun", tmp_path / "go", tmp_path / "alive"
    slow = tmp_path / "setpriv"
    wait = f"echo $$ > {begun}.part && mv {begun}.part {begun}; while [ ! -e {go} ]; do sleep 0.02; done"
    slow.write_text(f'#!/bin/sh\n{wait}\nexec {shutil.which("setpriv")} "$@"\n')
    slow.chmod(0o755)
    code = f"""
from intmk.server.web_server import process
with process(["-c", "open({str(alive)!r}, 'w')"], None):
    input()
"""
    path = f"{tmp_path}:{os.environ['PATH']}"
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, env=os.environ | {"PATH": path}, stdin=subprocess.PIPE
    ) as parent:
        wait_until(begun.exists)
        parent.kill()
    go.touch()
    wait_until(lambda: not is_alive(int(begun.read_text())))
    assert not alive.exists()


def test_ctrl_c_while_a_process_starts_leaves_none_behind(monkeypatch):
    """As a tired machine lets it happen: Popen waits until the child has become what it is to be."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever is started with „&“ hears none
    started = []

    class Interrupted(subprocess.Popen):
        def __init__(self, *arguments, **options):
            super().__init__(*arguments, **options)
            started.append(self.pid)
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(subprocess, "Popen", Interrupted)
    with pytest.raises(KeyboardInterrupt), process(["-c", "import time; time.sleep(60)"], None):
        pytest.fail("Wer abbricht, kommt nicht hierher.")
    signal.signal(signal.SIGINT, before)
    assert not is_alive(*started)


def test_a_taken_port_is_named_with_its_holder(var_dir):
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        line = refusal(var_dir, port)
    assert re.fullmatch(
        rf"Port {port} ist belegt von Prozess {os.getpid()} \(.+\); einen anderen wählen: make run PORT=…", line
    )
    assert not (var_dir / "postgres").exists()


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1", "８０００"])
@pytest.mark.kinds(2)
def test_a_port_that_is_no_number_is_refused(var_dir, port):
    assert refusal(var_dir, port) == f"PORT={port} geht nicht: Gebraucht wird eine Zahl von 1 bis 65535."


@pytest.mark.audit
def test_a_database_that_comes_late_is_waited_for_and_readers_are_told_so(prepared, port):
    database = embedded_postgres.django_database(prepared)
    with Site(prepared, port, DATABASE_URL=database_url(database)) as site:
        (line,) = site.wait_for_line("antwortet die Website mit 503 …")
        assert line.startswith("Die Datenbank (intmk an ")
        wait_until(lambda: site.reaches("/gesund/"))
        assert [site.status(path) for path in ("/", "/api/v1/laender", "/gesund/", "/bereit/")] == [503, 503, 200, 503]
        with embedded_postgres.running(prepared):
            site.wait_for_line("Die Datenbank antwortet.")
            site.wait_for_welcome()
            assert [site.status(path) for path in ("/", "/bereit/")] == [200, 200]
            site.end()


@pytest.mark.parametrize(
    ("said", "passes"),
    [
        ("connection to server failed: Connection refused\n\tIs the server running on that host?", True),
        ("failed to resolve host 'db.example.org': [Errno -3] Temporary failure in name resolution", True),
        ("connection timeout expired", True),
        ("FATAL:  the database system is starting up", True),
        ("FATAL:  sorry, too many clients already", True),
        ('FATAL:  password authentication failed for user "ich"', False),
        ('FATAL:  database "daten" does not exist', False),
        ("FATAL:  Passwort-Authentifizierung für Benutzer »ich« fehlgeschlagen", False),
        ("SSL error: certificate verify failed", False),
    ],
)
def test_only_what_passes_by_itself_is_waited_for(monkeypatch, said, passes):
    def refused(database: object) -> None:
        raise psycopg.OperationalError(said)

    monkeypatch.setattr(serve.direct_connection, "connect", refused)
    assert serve.is_late({}) is passes


@pytest.mark.audit
def test_a_database_that_refuses_us_is_one_line_without_the_password(var_dir):
    with embedded_postgres.running(var_dir) as server:
        line = refusal(
            var_dir, free_port(), DATABASE_URL=f"postgres://ich:geheim@{quote(str(server.socket_dir), '')}/daten"
        )
    assert line.startswith(f"DATABASE_URL lässt sich nicht öffnen (ich an {server.socket_dir}, Datenbank daten): ")
    assert "geheim" not in line


@pytest.mark.audit
@pytest.mark.parametrize(
    ("url", "expected"),
    [("postgres://x:y", "ist keine Adresse einer Datenbank"), ("sqlite:///x", "muss eine PostgreSQL-Datenbank nennen")],
)
def test_a_database_url_that_is_none_is_refused(var_dir, url, expected):
    assert expected in refusal(var_dir, free_port(), DATABASE_URL=url)


@pytest.mark.audit
def test_an_old_postgres_is_refused(var_dir, monkeypatch):
    monkeypatch.setattr(serve, "OLDEST_POSTGRES", 99)
    expected = "Gebraucht wird PostgreSQL 99 oder neuer, die Datenbank hat 18"
    with embedded_postgres.running(var_dir), pytest.raises(serve.ServeError, match=expected):
        serve.checked_connection(embedded_postgres.django_database(var_dir))


@pytest.mark.audit
def test_a_wrong_password_is_told_apart(var_dir):
    with embedded_postgres.running(var_dir) as server:
        rules = server.data / "pg_hba.conf"
        rules.write_text("local all all scram-sha-256\n")
        os.kill(int((server.data / "postmaster.pid").read_text().split()[0]), signal.SIGHUP)
        database = embedded_postgres.django_database(var_dir) | {"PASSWORD": "falsch"}

        def wrong_password() -> bool:
            with pytest.raises(serve.ServeError) as caught:
                serve.checked_connection(database).close() or pytest.fail("offen")
            return "Name oder Passwort stimmen nicht" in str(caught.value)

        wait_until(wrong_password)


@pytest.mark.audit
def test_only_the_database_that_was_prepared_counts_as_prepared(var_dir):
    database = embedded_postgres.django_database(var_dir)
    with embedded_postgres.running(var_dir), serve.checked_connection(database) as connection:
        assert not preparation.database_is_current(connection)
        connection.execute("CREATE TABLE django_migrations (id int)")
        connection.execute("CREATE TABLE wagtailcore_site AS SELECT 1 AS id")
        preparation.record_database(connection)
        assert preparation.database_is_current(connection)
        connection.execute("INSERT INTO django_migrations VALUES (1)")
        assert not preparation.database_is_current(connection)
        preparation.record_database(connection)
        connection.execute("DELETE FROM wagtailcore_site")
        assert not preparation.database_is_current(connection)


def test_a_disk_that_fills_up_during_preparation_is_one_line(monkeypatch, capsys):
    def fail(*arguments: object, **options: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "/var/static/site.css")

    monkeypatch.setattr(prepare, "call_command", fail)
    with pytest.raises(SystemExit) as caught:
        prepare.Command().handle(parts=["static"])
    assert caught.value.code == preparation.REASON_GIVEN
    assert capsys.readouterr().err == "Der Speicherplatz ist erschöpft: /var/static/site.css\n"


def test_the_fingerprint_follows_contents_and_names(tmp_path, monkeypatch):
    monkeypatch.setattr(preparation, "ROOT", tmp_path)
    (tmp_path / "intmk").mkdir()
    (tmp_path / "intmk" / "a.py").write_text("1")
    seen = {preparation.fingerprint(("intmk",))}
    (tmp_path / "intmk" / "a.py").write_text("2")
    seen.add(preparation.fingerprint(("intmk",)))
    (tmp_path / "intmk" / "a.py").rename(tmp_path / "intmk" / "b.py")
    seen.add(preparation.fingerprint(("intmk",)))
    (tmp_path / "intmk" / "__pycache__").mkdir()
    (tmp_path / "intmk" / "__pycache__" / "b.pyc").write_text("3")
    seen.add(preparation.fingerprint(("intmk",)))
    assert len(seen) == 3


@pytest.mark.audit
def test_the_clock_runs_beside_the_web_server(served):
    wait_until(lambda: clocks_of(served.var_dir))


def test_settings_that_do_not_exist_are_refused(var_dir):
    line = refusal(var_dir, free_port(), DJANGO_SETTINGS_MODULE="gibt.es.nicht")
    assert line.startswith("Die Einstellungen lassen sich nicht laden (DJANGO_SETTINGS_MODULE): ")


@pytest.mark.audit
def test_a_web_server_that_cannot_start_is_one_line_at_the_end(prepared, port, tmp_path):
    (tmp_path / "own.py").write_text("from intmk.settings.development import *\nINSTALLED_APPS = ['gibt.es.nicht']\n")
    with Site(prepared, port, DJANGO_SETTINGS_MODULE="own", PYTHONPATH=str(tmp_path)) as site:
        errors = site.process.communicate(timeout=60)[1]
    assert site.process.returncode == 1
    assert errors.splitlines()[-1] == "Der Webserver ist beim Start ausgefallen; der Grund steht darüber."
    assert not processes_of(prepared)


@pytest.mark.audit
def test_a_database_that_was_dropped_is_prepared_again(prepared, port):
    with embedded_postgres.running(prepared) as server:
        address = {"dbname": "postgres", "user": "intmk", "host": str(server.socket_dir)}
        connection = psycopg.connect(autocommit=True, **address)
        connection.execute("DROP DATABASE intmk")
        connection.close()
    with Site(prepared, port) as site:
        site.wait_for_line("Datenbank wird auf den Stand des Programms gebracht …")
        assert site.end() == 0  # Ctrl-C in the middle of it
    assert not processes_of(prepared)


@pytest.mark.audit
def test_the_site_goes_on_and_ends_well_when_nobody_reads_its_lines_any_more(served):
    def answers() -> bool:
        with contextlib.suppress(OSError):
            return served.status() == 200
        return False

    pid_file = served.var_dir / "postgres" / "postmaster.pid"
    killed = int(pid_file.read_text().split()[0])
    served.process.stdout.close()
    os.kill(killed, signal.SIGKILL)  # which it would like to tell
    wait_until(lambda: pid_file.exists() and int(pid_file.read_text().split()[0]) != killed)
    wait_until(answers)
    served.process.send_signal(signal.SIGINT)
    assert served.process.wait(30) == 0
    assert "Traceback" not in served.process.stderr.read()
