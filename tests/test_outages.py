"""A database that is away, hangs, is full or takes no changes: an answer at once, and never a wrong one."""

import contextlib
import errno
import os
import select
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, IntegrityError, OperationalError, connection
from django.test import Client
from psycopg import errors

from intmk.pages.models import StandardPage
from intmk.server.database import base
from intmk.server.outages import Outage, outage_of
from intmk.server.page_cache import AT_ONCE
from intmk.users.models import User
from tests.editing import text_of
from tests.processes import processes_of
from tests.serving import Site, copy_state, served_once
from tests.signing_in import PASSWORD, sign_in


@pytest.fixture
def reader() -> Client:
    return Client(HTTP_HOST="localhost", raise_request_exception=False)


@pytest.fixture
def editor_before(own_database) -> Client:
    """The browser of somebody who has signed in while all was well."""
    client = Client(HTTP_HOST="localhost", raise_request_exception=False)
    client.force_login(User.objects.create_superuser("verwaltung", password=PASSWORD))
    assert client.get("/admin/").status_code == 200
    return client


@pytest.fixture
def read_only(editor_before, own_database) -> Iterator[None]:
    """The database as a hot standby leaves it: it answers, but takes no changes."""
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER DATABASE "{own_database}" SET default_transaction_read_only = on')
    connection.close()
    yield
    connection.close()


@pytest.fixture
def elsewhere(own_database, monkeypatch) -> Iterator[socket.socket]:
    """The settings name a port; nobody listens there unless the test does."""
    with socket.socket() as port:
        port.bind(("127.0.0.1", 0))
        connection.close()
        for name, value in {"HOST": "127.0.0.1", "PORT": str(port.getsockname()[1])}.items():
            monkeypatch.setitem(connection.settings_dict, name, value)
        monkeypatch.setattr(base.door, "closed_until", 0.0)
        yield port
        connection.close()


# --- No changes -----------------------------------------------------------------------------------------------------


@pytest.mark.audit
def test_a_right_password_is_not_answered_with_too_many_attempts(read_only):
    _, answer = sign_in("verwaltung", client=Client(HTTP_HOST="localhost", raise_request_exception=False))
    assert answer.status_code == 503
    assert "Gerade lässt sich nichts speichern" in text_of(answer)
    assert "Zu viele Versuche" not in text_of(answer)
    assert answer["Retry-After"] == "30"


@pytest.mark.audit
def test_a_forgotten_password_neither(read_only, reader):
    answer = reader.post("/admin/password_reset/", {"email": "land@example.org"})
    assert answer.status_code == 503
    assert "Gerade lässt sich nichts speichern" in text_of(answer)


@pytest.mark.audit
def test_readers_go_on_reading_and_operators_are_told(read_only, reader):
    addresses = "/ /konferenzen/12/ /konferenzen/12/top-2-1/ /suche/?q=sprache /beschluesse/ /feeds/beschluesse.atom"
    for address in [*addresses.split(), "/gibt-es-nicht/", "/api/v1/laender", "/barriere-melden/"]:
        assert reader.get(address).status_code == (404 if "nicht" in address else 200), address
    ready = reader.get("/bereit/")
    assert (ready.status_code, ready.content.decode()) == (
        503,
        "Die Datenbank nimmt keine Änderungen an. Gelesen werden kann, gespeichert nicht.\n",
    )


def test_an_editor_who_saves_is_told_that_nothing_is_stored(read_only, editor_before):
    page = StandardPage.objects.get(slug="kontakt")
    for address in (f"/admin/pages/{page.pk}/edit/", f"/admin/pages/{page.pk}/unpublish/"):
        answer = editor_before.post(address, {"title": "Neuer Titel", "slug": "kontakt"})
        assert answer.status_code == 503
        assert "Gerade lässt sich nichts speichern" in text_of(answer)
        assert "aber auch nicht verloren" in text_of(answer)
        assert "Neuer Titel" in text_of(answer)
    assert editor_before.get("/admin/").status_code == 200


@pytest.mark.parametrize(
    ("fault", "outage"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), Outage.UNWRITABLE),
        (OSError(errno.EROFS, "Read-only file system"), Outage.UNWRITABLE),
        (OSError(errno.ENOENT, "No such file"), None),
        (errors.DiskFull("could not extend file"), Outage.UNWRITABLE),
        (errors.ReadOnlySqlTransaction("cannot execute UPDATE in a read-only transaction"), Outage.UNWRITABLE),
        (errors.ConnectionTimeout("stumm"), Outage.AWAY),
        (errors.DatatypeMismatch("falsch gefragt"), None),
        (KeyError("x"), None),
    ],
)
def test_what_is_an_outage_and_what_a_fault(fault, outage):
    with pytest.raises(type(fault) if isinstance(fault, (OSError, KeyError)) else DatabaseError) as caught:
        fail(fault)
    assert outage_of(caught.value) is outage


def fail(fault: Exception) -> None:
    """Raise it as Django hands on what the database says."""
    with connection.wrap_database_errors:
        raise fault


@pytest.mark.django_db
def test_a_count_of_attempts_that_another_process_was_quicker_with_is_no_outage():
    def first(execute, sql, *rest):
        if sql.startswith("INSERT"):
            raise IntegrityError("doppelt")
        return execute(sql, *rest)

    with connection.execute_wrapper(first):
        assert not cache.add("allauth:x", 1)
    assert cache.add("allauth:x", 1)


# --- Away -----------------------------------------------------------------------------------------------------------


def test_without_a_database_nobody_waits_and_afterwards_all_is_well(elsewhere, reader, monkeypatch):
    for address in ("/", "/konferenzen/12/", "/suche/?q=x", "/bereit/"):
        assert reader.get(address).status_code == 503
    assert reader.get("/bereit/").content.decode() == "Die Datenbank antwortet nicht.\n"
    monkeypatch.undo()
    connection.close()
    assert reader.get("/").status_code == 200


TYPED = {"title": "Lange getippt <script>", "password1": "geheim", "csrfmiddlewaretoken": "geheim"}


@pytest.mark.parametrize(
    ("address", "headers", "shown"),
    [
        ("/admin/pages/3/edit/", {}, True),
        ("/admin/pages/3/edit/", {"Origin": "https://fremd.example"}, False),
        ("/admin/pages/3/edit/", {"Accept": "application/json"}, False),  # there it is still on the screen
        ("/admin/login/", {}, False),
        ("/barriere-melden/", {}, True),
    ],
)
def test_without_a_database_what_was_typed_comes_back_to_who_typed_it(elsewhere, reader, address, headers, shown):
    reader.cookies["sessionid"] = "0" * 32
    answer = reader.post(address, TYPED, headers=headers)
    assert answer.status_code == 503
    assert ("Lange getippt <script>" in text_of(answer)) is shown
    assert "geheim" not in text_of(answer)
    assert "<script>" not in answer.content.decode().partition("<main")[2]


@pytest.mark.audit
def test_a_refusal_keeps_nobody_from_trying_again(elsewhere):
    for _ in range(2):
        with pytest.raises(OperationalError, match="refused"):
            connection.ensure_connection()


@pytest.mark.audit
def test_after_one_has_waited_in_vain_the_others_do_not_wait(elsewhere, reader, monkeypatch):
    elsewhere.listen()  # it takes calls and says nothing, as a stopped database does
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "connect_timeout", 1)
    assert reader.get("/").status_code == 503
    monkeypatch.setattr(base.LimitedConnection, "connect", lambda **_: pytest.fail("versucht es noch einmal"))
    assert reader.get("/").status_code == 503
    assert reader.get("/gesund/").status_code == 200


def test_after_the_pause_one_alone_tries_again(monkeypatch):
    now = 100.0
    monkeypatch.setattr(base.time, "monotonic", lambda: now)
    door = base.Door()

    def wait_in_vain() -> None:
        nonlocal now
        with door.passing():
            now += 3
            raise psycopg.OperationalError("stumm")

    with pytest.raises(psycopg.OperationalError, match="stumm"):
        wait_in_vain()
    now += base.PAUSE
    with door.passing(), pytest.raises(psycopg.OperationalError, match="gerade erst"), door.passing():
        pytest.fail("Der Zweite wartet auch.")
    with door.passing():
        pass


def test_an_answer_that_does_not_come_is_given_up_in_the_web_server(own_database):
    with connection.cursor() as cursor:
        connection.connection.limit = 0.1
        with pytest.raises(OperationalError):
            cursor.execute("SELECT pg_sleep(20)")
    assert connection.connection.closed
    connection.close()


def test_the_server_itself_ends_what_takes_longer_than_a_reader_waits(own_database, monkeypatch):
    monkeypatch.setattr(base.DatabaseWrapper, "limit", 20)
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("18s",)
    connection.close()
    monkeypatch.setattr(base.DatabaseWrapper, "limit", None)
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)
    connection.close()


@pytest.mark.audit
def test_an_open_connection_that_hangs_is_found_out_before_it_is_used(own_database, monkeypatch):
    connection.ensure_connection()
    monkeypatch.setattr(base, "CHECK_SECONDS", 0.1)
    silent = connection.connection
    silent.pgconn.send_query(b"SELECT pg_sleep(20)")  # what stands for a server that is stopped
    connection.close_if_unusable_or_obsolete()
    assert StandardPage.objects.exists()
    assert silent.closed
    assert connection.connection is not silent
    connection.close()


def test_commands_are_never_cut_and_connecting_never_takes_long():
    assert base.DatabaseWrapper.limit is None
    assert settings.DATABASES["default"]["OPTIONS"]["connect_timeout"] <= 3
    assert settings.DATABASES["default"]["ENGINE"] == "intmk.server.database"


# --- Operators ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["10.1.2.3:8000", "fremd.example"])
def test_operators_are_answered_under_any_name_and_without_tls(settings, host):
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["www.example.org"]
    answer = Client(HTTP_HOST=host).get("/gesund/")
    assert (answer.status_code, answer.content) == (200, b"lebt\n")
    assert not answer.cookies


@pytest.mark.django_db
def test_so_is_the_question_whether_the_site_is_ready(settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["www.example.org"]
    assert Client(HTTP_HOST="10.1.2.3").get("/bereit/").content.startswith(b"bereit\n")


# As nobody sets it: whoever waits for the database here waits until it answers.
PATIENT = """
from intmk.server.database import base
from intmk.settings.development import *

base.CHECK_SECONDS = 300
DATABASES["default"]["OPTIONS"]["connect_timeout"] = 300
"""


@pytest.mark.audit
def test_a_living_process_says_so_while_readers_wait_for_a_database_that_hangs(var_dir, tmp_path):
    copy_state(served_once(), var_dir)
    (tmp_path / "patient.py").write_text(PATIENT)
    port = int((var_dir / "port").read_text())
    settings = {"DJANGO_SETTINGS_MODULE": "patient", "PYTHONPATH": str(tmp_path)}
    with Site(var_dir, port, **settings) as site, contextlib.ExitStack() as held:
        site.wait_for_welcome()
        site.status("/konferenzen/")
        database = [pid for pid in processes_of(var_dir) if b"postgres" in Path(f"/proc/{pid}/cmdline").read_bytes()]
        for pid in database:
            os.kill(pid, signal.SIGSTOP)
            held.callback(os.kill, pid, signal.SIGCONT)
        readers = [held.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(40)]
        for number, reader in enumerate(readers):
            request = f"GET /suche/?q=nie{number} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            reader.sendall(request.encode())
        select.select(readers, [], [])  # those for whom there is no room are told so; the others have their places now
        assert [site.status("/gesund/") for _ in range(20)] == [200] * 20
        told = select.select(readers, [], [], 0)[0]
        waiting = [reader for reader in readers if reader not in told]
        assert len(waiting) >= 2 * AT_ONCE
        for pid in database:
            os.kill(pid, signal.SIGCONT)
        assert [reader.recv(12)[9:] for reader in waiting].count(b"200") >= 2 * AT_ONCE
        assert {reader.recv(12)[9:] for reader in told} <= {b"503"}
