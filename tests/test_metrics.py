"""Prometheus gets numbers that are true, of all processes together, and nobody else does."""

import http.client
import os
import secrets
import signal
import smtplib
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.core.mail import EmailMessage, get_connection
from django.db import OperationalError
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from intmk.server import clock_run, metrics
from intmk.server.database import base
from tests.processes import wait_until
from tests.serving import ROOT, Site, copy_state, served_once
from tests.signing_in import sign_in

TOKEN = "ein-kennwort-das-lang-genug-ist-0123456789"
ALLOWED = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def asked(settings, db) -> Client:
    settings.METRICS_TOKEN = TOKEN
    return Client(HTTP_HOST="10.0.0.7:8000", raise_request_exception=False)


def numbers(text: str) -> dict[tuple, float]:
    """Return the value of each line by its name and the values of its labels."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def read(client: Client) -> dict[tuple, float]:
    answer = client.get("/kennzahlen/", headers=ALLOWED)
    assert answer.status_code == 200
    return numbers(answer.content.decode())


# --- who ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sent", [None, "", "Bearer ", f"Bearer {TOKEN}x", TOKEN, "Basic YWRtaW46eA=="])
def test_without_the_password_there_are_no_numbers(asked, sent):
    answer = asked.get("/kennzahlen/", headers={} if sent is None else {"Authorization": sent})
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert b"intmk_" not in answer.content


@pytest.mark.django_db
def test_where_no_password_is_set_there_is_no_such_address():
    for headers in ({}, {"Authorization": "Bearer "}):
        assert Client(HTTP_HOST="localhost").get("/kennzahlen/", headers=headers).status_code == 404


def test_it_is_answered_under_any_name_without_tls_and_never_kept(asked, settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["www.example.org"]
    answer = asked.get("/kennzahlen/", headers=ALLOWED)
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    assert answer["Content-Type"].startswith("text/plain")


# --- what -----------------------------------------------------------------------------------------------------------


def test_requests_are_counted_with_their_queries_and_what_is_asked_every_second_is_not(asked):
    before, reader = read(asked), Client(HTTP_HOST="localhost")
    for address in ("/", "/gibt-es-nicht/", "/api/v1/laender", "/gesund/"):
        reader.get(address)
    after = read(asked)
    grown = {key: after[key] - before.get(key, 0) for key in after if key[0] == "intmk_request_seconds_count"}
    assert {key[1:]: number for key, number in grown.items() if number} == {
        ("seiten", "GET", "200"): 1,
        ("seiten", "GET", "404"): 1,
        ("daten", "GET", "200"): 1,
    }
    assert after[("intmk_database_queries_total",)] - before[("intmk_database_queries_total",)] > 5


def test_sign_ins_are_counted_by_how_they_ended(asked, account):
    before = read(asked)
    sign_in(account)
    for _ in range(6):
        sign_in(account, "falsch")
    after = read(asked)
    for result, number in {"gelungen": 1, "abgelehnt": 5, "zu viele Versuche": 1}.items():
        key = ("intmk_sign_ins_total", result)
        assert after[key] - before.get(key, 0) == number


def test_connections_in_vain_are_counted_and_those_that_were_not_even_tried(asked, monkeypatch):
    before, now = read(asked), 100.0
    monkeypatch.setattr(base.time, "monotonic", lambda: now)
    door = base.Door()

    def wait_in_vain() -> None:
        nonlocal now
        with door.passing():
            now += base.LONG + 1
            raise psycopg.OperationalError("stumm")

    with pytest.raises(psycopg.OperationalError, match="stumm"):
        wait_in_vain()
    for _ in range(2):
        with pytest.raises(psycopg.OperationalError, match="gerade erst"), door.passing():
            pytest.fail("versucht es noch einmal")
    after = read(asked)
    for result, number in {"gescheitert": 1, "nicht versucht": 2}.items():
        key = ("intmk_database_connect_failures_total", result)
        assert after[key] - before.get(key, 0) == number


def test_mails_are_counted_those_too_that_the_server_does_not_take(asked, monkeypatch):
    def key(result: str) -> float:
        return read(asked).get(("intmk_mails_total", result), 0)

    sent, failed = key("verschickt"), key("gescheitert")
    backend = get_connection("intmk.server.counted_smtp.EmailBackend", host="127.0.0.1", port=1)
    with pytest.raises(OSError, match="refused"):
        EmailMessage("Probe", "x", to=["a@example.org"], connection=backend).send()
    monkeypatch.setattr(smtplib.SMTP, "__init__", lambda self, *args, **kwargs: None)
    monkeypatch.setattr(smtplib.SMTP, "sendmail", lambda self, *args, **kwargs: {})
    monkeypatch.setattr(smtplib.SMTP, "quit", lambda self: None)
    EmailMessage("Probe", "x", to=["a@example.org"], connection=backend).send()
    assert (key("verschickt") - sent, key("gescheitert") - failed) == (1, 1)


def test_the_steps_of_the_clock_say_when_they_last_succeeded_and_which_fails(asked):
    clock_run.note_step("gut")
    clock_run.note_step("schlecht")
    clock_run.note_step("schlecht", ValueError("weg"))
    found = read(asked)
    run = clock_run.ClockRun.objects.get(step="gut")
    assert found[("intmk_job_last_success_timestamp_seconds", "gut")] == pytest.approx(run.succeeded_at.timestamp())
    assert (found[("intmk_job_failing", "gut")], found[("intmk_job_failing", "schlecht")]) == (0, 1)


def test_database_disk_and_backup_are_looked_up(asked, settings, tmp_path):
    (tmp_path / "intmk-2026-11-29-0200.tar").touch()
    settings.BACKUP_DIR = tmp_path
    found = read(asked)
    assert found[("intmk_ready",)] == found[("intmk_database_up",)] == 1
    assert 0 < found[("intmk_database_connections", "active")] <= found[("intmk_database_connections_limit",)]
    assert found[("intmk_database_size_bytes",)] > 1_000_000
    assert found[("intmk_disk_free_bytes", str(settings.VAR))] > 0
    assert found[("intmk_backup_last_timestamp_seconds",)] == 1795914000  # 2 o'clock in Berlin is 1 o'clock UTC


def test_without_a_database_the_rest_is_still_told(asked, monkeypatch):
    def away(*args: object) -> None:
        raise OperationalError("weg")

    monkeypatch.setattr(metrics, "of_database", away)
    monkeypatch.setattr(metrics, "hindrance", lambda: "Die Datenbank antwortet nicht.")
    found = read(asked)
    assert (found[("intmk_ready",)], found[("intmk_database_up",)]) == (0, 0)
    assert any(key[0] == "intmk_disk_free_bytes" for key in found)


def test_a_short_password_is_refused(tmp_path):
    code = "import intmk.settings.development"
    environment = os.environ | {"INTMK_METRICS_TOKEN": "kurz", "INTMK_VAR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert "INTMK_METRICS_TOKEN ist zu kurz" in done.stderr


# --- several processes ----------------------------------------------------------------------------------------------


def test_what_a_process_kept_that_has_ended_is_left_out_and_what_it_counted_stays(tmp_path):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    for name in ("counter", "gauge_livesum"):
        for pid in (ended.pid, os.getpid()):
            (tmp_path / f"{name}_{pid}.db").touch()
    metrics.forget_the_dead(tmp_path)
    left = {f"counter_{ended.pid}.db", f"counter_{os.getpid()}.db", f"gauge_livesum_{os.getpid()}.db"}
    assert {path.name for path in tmp_path.iterdir()} == left


@pytest.mark.audit
def test_all_processes_of_a_served_site_count_together_and_what_is_stored_too(var_dir):
    copy_state(served_once(), var_dir)
    port = int((var_dir / "port").read_text())
    token = secrets.token_urlsafe(32)
    with Site(var_dir, port, INTMK_METRICS_TOKEN=token) as site:
        site.wait_for_welcome()

        def get(path: str, **headers: str) -> str:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            connection.request("GET", path, headers=headers)
            return connection.getresponse().read().decode()

        def found() -> dict[tuple, float]:
            return numbers(get("/kennzahlen/", Authorization=f"Bearer {token}"))

        def answered() -> float:
            counted = found()
            made = counted.get(("intmk_request_seconds_count", "seiten", "GET", "200"), 0)
            return made + counted.get(("intmk_stored_answers_total", "aktuell"), 0)

        before = answered()
        for _ in range(50):
            get("/konferenzen/")
        wait_until(lambda: get("/gibt-es-nicht/") and answered() - before >= 50)
        assert found()[("intmk_stored_answers_total", "aktuell")] >= 46  # made anew by each of two processes at most
        wait_until(lambda: get("/gibt-es-nicht/") and found()[("intmk_stored_entries", "seiten")] == 2)
        assert 10_000 < found()[("intmk_stored_bytes", "seiten")] < 1_000_000
        folder = Path(folder_of(site))
        assert folder.is_dir()
        site.end(signal.SIGTERM)
    assert not folder.exists()


def folder_of(site: Site) -> str:
    """Return the folder in which the processes of a served site count."""
    environment = Path(f"/proc/{site.web_server()}/environ").read_bytes().split(b"\0")
    (found,) = [each for each in environment if each.startswith(b"PROMETHEUS_MULTIPROC_DIR=")]
    return found.partition(b"=")[2].decode()
