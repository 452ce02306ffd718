"""What goes wrong leaves a line that operators can find, and nothing in it that is none of their business."""

import io
import json
import logging
import re
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_used
from django.core import mail
from django.db import IntegrityError
from django.test import Client
from psycopg import errors

from conferences.management.commands import clock
from intmk.server import log_lines
from intmk.users.models import User
from tests.editing import text_of
from tests.processes import wait_until
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
LINE = re.compile(
    r"^(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+\d\d:\d\d) (?P<level>[A-Z]+) id=(?P<id>\S+) net=(?P<net>\S+) "
    r"(?P<method>\S+) (?P<path>\S+) (?P<status>\S+) ms=(?P<ms>\S+) account=(?P<account>\S+) "
    r"(?P<logger>\S+): (?P<message>.*)$"
)
SIGNED_IN = "intmk.users.signal_handlers: Angemeldet: Konto "


@pytest.fixture
def log(settings):
    """What is written to stderr."""
    handler = next(found for found in logging.getLogger().handlers if found.name == "stderr")
    former = handler.setStream(io.StringIO())
    yield handler.stream
    handler.setStream(former)


@pytest.fixture
def reader() -> Client:
    return Client(HTTP_HOST="localhost", raise_request_exception=False)


def failing(error: Exception):
    def view(*args, **kwargs):
        raise error

    return view


def lines(log: io.StringIO) -> list[re.Match]:
    """The events but signing in: each begins with a time, and all else is indented below one."""
    found = [line for line in log.getvalue().splitlines() if not line.startswith("    ") and SIGNED_IN not in line]
    matches = [LINE.match(line) for line in found]
    assert all(matches), found
    return matches


# --- Errors ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/", "/admin/"])
def test_an_error_is_in_the_log_once_under_the_number_that_the_page_shows(log, reader, chair, monkeypatch, address):
    monkeypatch.setattr("intmk.models.HomePage.serve", failing(ZeroDivisionError("durch null")))
    monkeypatch.setattr("wagtail.admin.views.home.HomeView.get", failing(ZeroDivisionError("durch null")))
    client = chair if address == "/admin/" else reader
    client.raise_request_exception = False
    answer = client.get(address, HTTP_X_REQUEST_ID="0123456789abcdef")
    assert answer.status_code == 500
    assert answer["X-Request-ID"] == "0123456789abcdef"
    assert "Kennung des Fehlers: 0123456789abcdef" in text_of(answer)
    assert "wurde aufgezeichnet" in text_of(answer)
    (line,) = lines(log)
    assert line["level"] == "ERROR"
    assert (line["id"], line["path"], line["status"]) == ("0123456789abcdef", address, "500")
    assert log.getvalue().count("Traceback (most recent call last)") == 1
    assert log.getvalue().count("ZeroDivisionError: durch null") == 1
    assert "FileNotFoundError" not in log.getvalue()


@pytest.mark.parametrize("sent", ["", "kurz", "a b" * 5, "x" * 65, "<script>aaaaaaaa"])
def test_a_number_that_is_none_is_replaced(reader, sent):
    answer = reader.get("/", HTTP_X_REQUEST_ID=sent)
    assert re.fullmatch(r"[0-9a-f]{32}", answer["X-Request-ID"])
    assert answer["X-Request-ID"] != reader.get("/")["X-Request-ID"]


def test_the_api_names_the_number_too(log, reader, monkeypatch):
    monkeypatch.setattr("django.db.models.query.QuerySet._fetch_all", failing(ZeroDivisionError()))
    answer = reader.get("/api/v1/laender")
    assert answer.status_code == 500
    assert json.loads(answer.content)["request_id"] == answer["X-Request-ID"] == lines(log)[-1]["id"]


def test_an_outage_is_one_line_without_a_traceback(log, reader, monkeypatch):
    monkeypatch.setattr(
        "psycopg.Cursor.execute", failing(errors.OperationalError("connection refused\n  Is the server running?"))
    )
    answer = reader.get("/")
    assert answer.status_code == 503
    assert f"Kennung des Fehlers: {answer['X-Request-ID']}" in text_of(answer)
    (line,) = lines(log)
    assert "connection refused" in line["message"]
    assert "Traceback" not in log.getvalue()


def test_what_the_clock_cannot_do_is_in_the_log(log):
    clock.attempt(failing(ZeroDivisionError("Uhr")))
    assert "Die Uhr: view ist gescheitert." in log.getvalue()
    assert "ZeroDivisionError: Uhr" in log.getvalue()


def test_missing_addresses_leave_no_line(log, reader):
    assert reader.get("/gibt-es-nicht/").status_code == 404
    assert log.getvalue() == ""


# --- Every request -------------------------------------------------------------------------------------------------


@pytest.fixture
def in_production(monkeypatch):
    """The level of the settings of production; in development the terminal stays clear of these lines."""
    monkeypatch.setattr(logging.getLogger("intmk.server.request_log"), "level", logging.INFO)
    logging.getLogger("intmk.server.request_log").manager._clear_cache()
    yield
    logging.getLogger("intmk.server.request_log").manager._clear_cache()


def test_in_production_each_request_of_django_is_a_line_with_its_time_and_account(log, chair, in_production):
    chair.get("/admin/")
    Client(HTTP_HOST="localhost").get("/gibt-es-nicht/?q=Asyl")
    inside, missing = lines(log)
    assert (inside["method"], inside["path"], inside["status"]) == ("GET", "/admin/", "200")
    assert int(inside["ms"]) >= 0
    assert int(inside["account"]) == User.objects.get(pk=chair.session["_auth_user_id"]).pk
    assert (missing["path"], missing["status"], missing["account"]) == ("/gibt-es-nicht/", "404", "-")
    assert "Asyl" not in log.getvalue()


def test_what_operators_ask_every_second_is_no_line(log, reader, in_production):
    for address in ("/gesund/", "/bereit/"):
        reader.get(address)
    assert log.getvalue() == ""


# --- Privacy --------------------------------------------------------------------------------------------------------


def test_neither_addresses_nor_values_nor_secrets_nor_forged_lines_get_into_the_log(log, reader, monkeypatch):
    refusal = IntegrityError(
        'ungültig: "Nur für mich"\n2026-11-28 gefälscht\nDETAIL:  Failing row contains (frau@example.org, Erste Zeile\n'
        "zweite Zeile).\n"
    )
    monkeypatch.setattr("wagtail.admin.views.account.PasswordResetConfirmView.dispatch", failing(refusal))
    reader.post(
        "/admin/password_reset/confirm/MQ/cabcde-0123456789abcdef0123456789abcdef/?q=suchwort",
        {"new_password1": "getippt"},
        REMOTE_ADDR="203.0.113.77",
    )
    (line,) = lines(log)
    assert line["net"] == "203.0.113.0/24"
    for secret in (
        "0123456789abcdef0123456789abcdef",
        "frau@example.org",
        "zweite Zeile",
        "getippt",
        "Nur für mich",
        "suchwort",
    ):
        assert secret not in log.getvalue()
    assert "203.0.113.77" not in log.getvalue()
    assert "\n    2026-11-28 gefälscht" in log.getvalue()


def test_the_key_of_a_preview_link_gets_not_into_the_log(log, reader, monkeypatch):
    monkeypatch.setattr("intmk.preview_links.views.PreviewLink.behind", failing(ValueError("kaputt")))
    reader.get("/vorschau/12:dieUnterschriftDesLinks/")
    assert lines(log)[0]["path"].startswith("/vorschau/")
    assert "dieUnterschrift" not in log.getvalue()


def test_an_address_of_ipv6_becomes_its_network_and_a_path_cannot_pass_for_another(log):
    Client(HTTP_HOST="fremd.example").get("/\n2026 net=1.2.3.0/24 /", REMOTE_ADDR="2001:db8:1:2:3::4")
    (line,) = lines(log)
    assert line["net"] == "2001:db8:1:2::/64"
    assert " " not in line["path"]


# --- Security -------------------------------------------------------------------------------------------------------


def test_a_failed_sign_in_is_a_line(log, account):
    sign_in(account, "falsch")
    (line,) = lines(log)
    assert line["level"] == "WARNING"
    assert line["net"] == "127.0.0.0/24"
    assert "Anmeldung abgelehnt" in line["message"]
    assert account.username not in log.getvalue()


def test_too_many_attempts_are_a_line_each(log, account):
    for _ in range(6):
        sign_in(account, "falsch")
    assert [line["status"] for line in lines(log)] == ["-"] * 5 + ["429"]


def test_a_locked_account_is_a_line(log, account):
    User.objects.filter(pk=account.pk).update(is_active=False)
    sign_in(account)
    assert "gesperrtes Konto" in lines(log)[0]["message"]


def test_a_refused_right_is_a_line_and_is_still_told(log, editor):
    answer = editor.get("/admin/users/", follow=True)
    (line,) = lines(log)
    assert (line["path"], line["message"]) == ("/admin/users/", "Ohne Recht: zur Startseite der Redaktion geführt")
    assert "Sie haben leider keinen Zugang zu diesem Bereich." in text_of(answer)


def test_signing_in_well_is_a_line_without_a_name(log, account):
    sign_in(account)
    (line,) = log.getvalue().splitlines()
    assert "net=127.0.0.0/24 POST /admin/login/ " in line
    assert line.endswith(f"{SIGNED_IN}{account.pk}")
    assert account.username not in line


def test_which_second_factor_an_account_has_shown_is_a_line(log, account):
    from_telephone = Authenticator(user=account, type=Authenticator.Type.TOTP)
    authenticator_used.send(
        sender=Authenticator, request=SimpleNamespace(session={}), user=account, authenticator=from_telephone
    )
    assert f"Bestätigt: Konto {account.pk} mit totp" in log.getvalue()


def test_a_form_from_elsewhere_is_a_line_without_a_traceback(log):
    client = Client(HTTP_HOST="localhost", enforce_csrf_checks=True)
    assert client.post("/admin/login/", {"login": "x"}).status_code == 403
    (line,) = lines(log)
    assert line["logger"].startswith("django.security")
    assert "Traceback" not in log.getvalue()


def test_a_foreign_host_is_a_line_without_a_traceback(log):
    assert Client(HTTP_HOST="fremd.example").get("/konferenzen/12").status_code == 400
    assert [line["logger"] for line in lines(log)] == ["django.security.DisallowedHost"]
    assert "Traceback" not in log.getvalue()


@pytest.mark.audit
@pytest.mark.skipif(shutil.which("fail2ban-regex") is None, reason="fail2ban fehlt")
def test_fail2ban_finds_all_of_these_with_the_filter_that_is_shipped(log, account, editor, tmp_path):
    sign_in(account)
    editor.get("/admin/users/")
    Client(HTTP_HOST="localhost", enforce_csrf_checks=True).post("/admin/login/", {"login": "x"})
    Client(HTTP_HOST="fremd.example").get("/konferenzen/12")
    for _ in range(6):
        sign_in(account, "falsch")
    as_file = log.getvalue().splitlines()
    as_journal = [f"rechner intmk[123]: {line}" for line in as_file]
    written = tmp_path / "log"
    written.write_text("".join(f"{line}\n" for line in (*as_file, *as_journal)))
    shipped = Path(__file__).parents[1] / "deploy" / "fail2ban.conf"
    said = subprocess.run(["fail2ban-regex", written, shipped], capture_output=True, text=True, check=True).stdout
    assert "Lines: 22 lines, 0 ignored, 18 matched, 4 missed" in said, said


# --- Mails ----------------------------------------------------------------------------------------------------------


def test_the_first_error_of_a_kind_is_a_mail_without_what_was_typed(log, reader, monkeypatch, settings):
    settings.ADMINS = [("Betrieb", "betrieb@example.org")]
    monkeypatch.setattr(next(h for h in logging.getLogger().handlers if h.name == "mails"), "sent", {})
    monkeypatch.setattr("intmk.accessibility.views.too_large", failing(ZeroDivisionError("durch null")))
    for _ in range(3):
        reader.post("/barriere-melden/", {"feld": "getippt"})
    Client(HTTP_HOST="fremd.example").get("/konferenzen/12")
    wait_until(lambda: mail.outbox)
    (sent,) = mail.outbox
    assert sent.to == ["betrieb@example.org"]
    assert "ZeroDivisionError" in sent.body
    assert "getippt" not in sent.body


def test_a_mail_that_cannot_be_sent_is_a_line(log, monkeypatch):
    monkeypatch.setattr(log_lines, "mail_admins", failing(OSError("kein Server")))
    log_lines.send("x", "y")
    assert "ließ sich nicht verschicken" in log.getvalue()
