"""Barriere melden: anybody reports without name, cookie or script, gets a receipt, and loses no text."""

import re
from datetime import date

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from intmk.accessibility.models import BarrierReport, local_path, months_later
from intmk.pages.models import StandardPage
from tests.barrier_reports import FORM, NOW, TEXT, send, soup, stored
from tests.editing import breakable, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 11, 27), 1, date(2026, 12, 27)),
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
        (date(2027, 3, 31), -6, date(2026, 9, 30)),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last_one(day, months, later):
    assert months_later(day, months) == later


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("/konferenzen/12/", "/konferenzen/12/"),
        ("http://localhost/suche/?q=x#oben", "/suche/?q=x"),
        ("HTTPS://LOCALHOST/a", "/a"),
        ("https://evil.example/a", ""),
        ("//evil.example/a", ""),
        ("/\\evil.example", ""),
        ("http://localhost@evil.example/", ""),
        ("javascript:alert(1)", ""),
        ("javascript://localhost/%0aalert(1)", ""),
        ("http://[", ""),
        ("/a b", ""),
        ("Startseite", ""),
        ("", ""),
    ],
)
def test_only_addresses_of_this_site_become_paths(address, path):
    assert local_path(address, {"localhost"}) == path


# --- the way to the form --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address", ["/", "/konferenzen/12/", "/laender/", "/en/", "/suche/?q=geheim", "/gibt-es-nicht/"]
)
def test_the_footer_leads_from_every_page_to_the_form_and_fills_in_its_address(reader, address):
    links = soup(reader.get(address)).select(f'.site-footer a[href^="{FORM}"]')
    assert [link["href"] for link in links] == [f"{FORM}?seite={address.partition('?')[0]}"]
    form = soup(reader.get(links[0]["href"]))
    assert form.find(id="id_page")["value"] == address.partition("?")[0]
    (own,) = form.select(f'.site-footer a[href^="{FORM}"]')
    assert (own["href"], own["aria-current"]) == (FORM, "page")


def test_the_form_is_in_the_sitemap_and_linked_from_the_pages_about_it(reader):
    assert f"{FORM}</loc>" in reader.get("/sitemap.xml").content.decode()
    for address in ("/barrierefreiheit/", "/kontakt/", "/datenschutz/"):
        assert soup(reader.get(address)).select_one(f'main a[href="{FORM}"]')


def test_no_page_of_the_tree_takes_its_address():
    home = StandardPage.objects.get(slug="kontakt").get_parent().specific
    with pytest.raises(ValidationError, match="gehört einem anderen Teil"):
        home.add_child(instance=StandardPage(title="X", slug="barriere-melden"))


def test_the_form_sets_no_cookie_is_kept_by_nobody_and_has_no_script(reader):
    response = reader.get(FORM)
    assert not response.cookies
    assert "no-store" in response["Cache-Control"]
    page = soup(response)
    assert page.find("form", method="post")["action"] == FORM
    for name, purpose in {"name": "name", "email": "email", "phone": "tel"}.items():
        assert page.find(id=f"id_{name}")["autocomplete"] == purpose
    sent = send(reader)
    assert not sent.cookies
    assert not reader.get(sent["Location"]).cookies


@pytest.mark.parametrize(
    "seite", ["javascript:alert(1)", "//evil.example/", "https://evil.example/", "/\x00", "x" * 9000]
)
def test_a_foreign_address_is_not_filled_in(reader, seite):
    response = reader.get(FORM, {"seite": seite})
    assert response.status_code == 200
    assert soup(response).find(id="id_page").get("value", "") in ("", "/")


def test_form_and_receipt_ask_few_questions(reader):
    for address in (FORM, stored().get_absolute_url()):
        reader.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert reader.get(address).status_code == 200
        assert len(captured) <= 30


# --- sending --------------------------------------------------------------------------------------------------------


def test_a_description_is_enough_and_the_receipt_says_when_an_answer_is_due(reader):
    response = send(reader, page="http://localhost/konferenzen/12/")
    assert response.status_code == 303
    assert re.fullmatch(r"/barriere-melden/B-2027-[CDFGHJKMNPQRTWXY34679]{6}/", response["Location"])
    report = BarrierReport.objects.get()
    assert (report.text, report.page, report.state) == (TEXT, "/konferenzen/12/", "new")
    assert report.due_on == date(2027, 2, 28)
    receipt = reader.get(response["Location"])
    assert report.receipt in text_of(receipt)
    assert "28. Februar 2027" in breakable(text_of(receipt))
    assert "können wir Ihnen keine Antwort schicken" in text_of(receipt)
    assert TEXT not in receipt.content.decode()


def test_the_receipt_repeats_nothing_about_the_person(reader):
    report = stored(name="Petra Beispiel", email="petra@example.org", phone="+49 30 123456", wanted_form="large")
    page = reader.get(report.get_absolute_url()).content.decode()
    assert "antwortet Ihnen" in page
    for word in ("Petra", "petra@", "123456"):
        assert word not in page
    assert reader.get(report.get_absolute_url().lower()).status_code == 200
    assert list(report.mails.values_list("to", flat=True)) == ["secretariat", "reporter"]


@pytest.mark.parametrize("number", ["B-2027-CCCCCC", "B-2027-CCCCC", "x", "B-2027-CCCCCC%00"])
def test_an_unknown_receipt_is_not_found(reader, number):
    assert reader.get(f"{FORM}{number}/").status_code == 404


def test_errors_stand_beside_the_field_and_above_the_form_and_nothing_is_lost(reader):
    kept = {"name": "Petra", "page": "Startseite, ganz unten", "phone": "030 / 12 34-56"}
    response = send(reader, text="  ", email="petra@", **kept)
    page = soup(response)
    assert response.status_code == 422
    assert page.title.text.startswith("Noch nicht gesendet")
    assert [link["href"] for link in page.select("#fehler a")] == ["#id_text", "#id_email"]
    for name, words in {"text": "Bitte beschreiben Sie", "email": "keine vollständige E-Mail-Adresse"}.items():
        field = page.find(id=f"id_{name}")
        assert field["aria-invalid"] == "true"
        hint, error = field["aria-describedby"].split()
        assert page.find(id=hint)
        assert words in page.find(id=error).text
    assert {name: page.find(id=f"id_{name}")["value"] for name in kept} == kept
    assert page.find(id="id_email")["value"] == "petra@"
    assert not BarrierReport.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("text", "x" * 4001, "Höchstens 4000 Zeichen sind möglich, es sind jetzt 4001"),
        ("page", "x" * 501, "Höchstens 500 Zeichen"),
        ("name", "x" * 101, "Höchstens 100 Zeichen"),
        ("phone", "ruf an", "keine Telefonnummer"),
        ("phone", "123", "keine Telefonnummer"),
        ("wanted_form", "erfunden", "eine der genannten Formen"),
        ("email", "a@example.org\r\nBcc: b@example.org", "keine vollständige E-Mail-Adresse"),
    ],
)
def test_what_cannot_be_is_refused_in_german(field, value, words):
    response = send(**{field: value})
    assert response.status_code == 422
    assert words in text_of(response)
    assert not BarrierReport.objects.exists()


def test_a_text_at_the_limit_is_taken_whatever_ends_its_lines():
    text = "\r\n".join(["x" * 99] * 40) + "y"
    assert len(stored(text=text).text) == 4000
