"""Errors have the full layout, lead on, and come without a query where the database may be what failed."""

import json
import os
import socket
import subprocess
import sys
from io import StringIO

import pytest
from bs4 import BeautifulSoup
from django.core.management import call_command
from django.db import DatabaseError, OperationalError, connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conferences.models import ConferencePage
from intmk.addresses.suggestions import searchable_words, tidied
from intmk.server import unavailable
from tests.editing import text_of

pytestmark = pytest.mark.django_db


def missing(address: str):
    response = Client(HTTP_HOST="localhost").get(address, follow=True)
    assert response.status_code == 404
    return BeautifulSoup(response.content, "html.parser")


def offered(address: str) -> list[str]:
    return [link["href"] for link in missing(address).select("main .items a")]


# --- 404 ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("/konferenz/", "/konferenzen/"),
        ("/konferenz/12/", "/konferenzen/12/"),
        ("/konferenzen/12/top-2-11/", "/konferenzen/12/top-2-1/"),
        ("/konferenzen/12/top-2-11).", "/konferenzen/12/top-2-1/"),
        ("/barrierefreihet/", "/barrierefreiheit/"),
        ("/Impresum.html", "/impressum/"),
        ("/service/impressum/", "/impressum/"),
        ("/beschlüse/", "/beschluesse/"),
        ("/laender/nordrhein-westphalen/", "/laender/nordrhein-westfalen/"),
        ("/laender/thuringen/", "/laender/thueringen/"),
        ("/themen/gesundhait/", "/themen/gesundheit/"),
        ("/leichtesprache", "/leichte-sprache/"),
        ("/glosar/", "/glossar/"),
    ],
)
def test_the_nearest_addresses_are_offered(asked, meant):
    assert offered(asked)[0] == meant


def test_below_the_english_entrance_the_page_speaks_english_first():
    head = missing("/en/nothing/").find("h1")
    assert (head["lang"], head.text) == ("en", "There is no page at this address")
    assert head.find_next("p").a["href"] == "/en/"
    assert missing("/nichts/").find("h1").text == "Diese Seite gibt es nicht"


def test_where_the_last_part_is_right_nothing_else_is_offered():
    assert offered("/konferenz/12/") == ["/konferenzen/12/"]


def test_what_is_not_public_is_not_offered():
    assert "/konferenzen/12/" in offered("/konferenz/12/")
    ConferencePage.objects.get(slug="12").unpublish()
    assert "/konferenzen/12/" not in offered("/konferenz/12/")


def test_where_nothing_is_near_the_main_parts_are_offered_and_the_search_is_filled():
    page = missing("/wp-login/phpmyadmin/")
    assert "Von hier aus weiter" in page.main.text
    assert page.main.find("input", {"name": "q"})["value"] == "wp login phpmyadmin".removeprefix("wp ")


@pytest.mark.parametrize(
    "asked",
    [
        "/%00/",
        "/" + "a" * 5000 + "/",
        "/" + "a/" * 500,
        "/<script>alert(1)</script>/",
        "/'\";--/",
        "/%F0%9F%98%80/",
        "/.../",
    ],
)
def test_no_address_breaks_it_or_costs_more(asked):
    missing("/gibt-es-nicht/")
    with CaptureQueriesContext(connection) as captured:
        page = missing(asked)
    assert len(captured) <= 30
    assert "<script>alert" not in str(page)


def test_what_sticks_to_addresses_is_taken_off():
    assert tidied("/Konferenzen/12/).") == ["konferenzen", "12"]
    assert tidied("/seite.html") == ["seite"]
    assert searchable_words("/konferenzen/leit-antrag-12/") == "konferenzen leit antrag"


# --- 500 and 503 ----------------------------------------------------------------------------------------------------


@pytest.fixture
def reader():
    return Client(HTTP_HOST="localhost", raise_request_exception=False)


def failing(error: Exception):
    def view(*args, **kwargs):
        raise error

    return view


def full_layout(response) -> bool:
    page = BeautifulSoup(response.content, "html.parser")
    return bool(page.header and page.footer and page.find("form", role="search") and page.h1 and page.html["lang"])


def test_a_fault_of_ours_is_a_page_without_a_query(reader, monkeypatch):
    monkeypatch.setattr("intmk.models.HomePage.serve", failing(ZeroDivisionError()))
    response = reader.get("/")
    assert response.status_code == 500
    assert full_layout(response)
    assert "Der Fehler liegt bei uns" in text_of(response)


@pytest.mark.parametrize("error", [OperationalError("weg")])
def test_without_its_database_the_site_says_so_and_when_to_come_back(reader, monkeypatch, error):
    def refused(self, *args, **kwargs):
        raise error

    monkeypatch.setattr("django.db.backends.utils.CursorWrapper.execute", refused)
    for address in ("/", "/konferenzen/12/", "/gibt-es-nicht/", "/beschluesse/", "/suche/?q=x"):
        response = reader.get(address)
        assert response.status_code == 503, address
        assert response["Retry-After"] == "30"
        assert response["Cache-Control"] == "no-store"
        assert full_layout(response)
    assert reader.head("/").status_code == 503
    assert json.loads(reader.get("/api/v1/laender").content)["detail"]
    feed = reader.get("/feeds/beschluesse.atom")
    assert (feed.status_code, feed["Content-Type"]) == (503, "text/plain; charset=utf-8")
    assert reader.get("/gesund/").status_code == 200


def test_while_a_migration_is_still_to_come_the_site_says_so(reader):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE intmk_homepage RENAME COLUMN principle TO former_principle")
    assert reader.get("/").status_code == 503


@pytest.mark.audit
def test_a_database_that_nobody_reaches_is_answered_with_503():
    script = (
        "import django; django.setup(); from django.test import Client; "
        "response = Client(HTTP_HOST='localhost', raise_request_exception=False).get('/'); "
        "print(response.status_code, response['Retry-After'])"
    )
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens there
        environment = os.environ | {
            "DATABASE_URL": f"postgres://nobody@127.0.0.1:{taken.getsockname()[1]}/nothing",
            "DJANGO_SETTINGS_MODULE": "intmk.settings.test",
        }
        done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True)
    assert done.stdout.split() == ["503", "30"], done.stderr


def test_another_fault_of_the_database_is_a_fault_of_ours(reader, monkeypatch):
    monkeypatch.setattr("intmk.models.HomePage.serve", failing(DatabaseError("falsch gefragt")))
    assert reader.get("/").status_code == 500


def test_an_administrator_switches_maintenance_on_and_off(reader, monkeypatch, tmp_path):
    monkeypatch.setattr(unavailable, "SWITCH", tmp_path / "maintenance.txt")
    monkeypatch.setattr("intmk.management.commands.maintenance.SWITCH", tmp_path / "maintenance.txt")

    def say(*words: str) -> str:
        out = StringIO()
        call_command("maintenance", *words, stdout=out)
        return out.getvalue().strip()

    assert say() == "Die Website ist zu sehen."
    assert say("an", "--text", "Um 14 Uhr geht es weiter.").endswith("Um 14 Uhr geht es weiter.")
    for address in ("/", "/admin/", "/gibt-es-nicht/"):
        response = reader.get(address)
        assert response.status_code == 503
        assert "Um 14 Uhr geht es weiter." in text_of(response)
        assert full_layout(response)
        assert response["Retry-After"] == "600"
    assert reader.get("/api/v1/laender").json()["detail"] == "Um 14 Uhr geht es weiter."
    assert reader.get("/gesund/").status_code == 200
    assert reader.get("/bereit/").status_code == 200
    assert say("aus") == "Die Website ist zu sehen."
    assert reader.get("/").status_code == 200


@pytest.mark.parametrize("menu", ["nav.main-menu", "nav.language-menu"])
def test_the_page_for_faults_leads_where_the_menu_of_every_page_leads(menu):
    home = BeautifulSoup(Client(HTTP_HOST="localhost").get("/").content, "html.parser")
    fault = BeautifulSoup(render_to_string("500.html"), "html.parser")
    shown = [(link["href"], link.get_text()) for link in fault.select(f"{menu} a")]
    assert shown == [(link["href"], link.get_text()) for link in home.select(f"{menu} a")]
