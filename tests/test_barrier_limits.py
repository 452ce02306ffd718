"""Barriere melden: no machine floods the inbox, no hostile input breaks it, nobody who is refused loses the text."""

import re
from datetime import timedelta

import pytest
import time_machine

from intmk.accessibility.models import BarrierMail, BarrierReport, BarrierSender
from tests.barrier_reports import FORM, NOW, TEXT, send, soup, stored, token
from tests.editing import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield


# --- no machine floods the inbox ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (lambda: token(timedelta(seconds=2)), "in einigen Sekunden noch einmal"),
        (lambda: token(timedelta(hours=24, minutes=1)), "länger als 24 Stunden"),
        (lambda: "", "unvollständig übertragen"),
        (lambda: token()[:-1] + "_", "unvollständig übertragen"),
        (lambda: "x" * 100_000, "unvollständig übertragen"),
    ],
    ids=["too fast", "too old", "missing", "tampered", "long"],
)
def test_a_token_that_is_not_good_gives_the_text_back_with_a_fresh_one(value, words):
    response = send(token=value())
    page = soup(response)
    assert response.status_code == 422
    assert words in text_of(response)
    assert page.find(id="id_text").text.strip() == TEXT
    assert not BarrierReport.objects.exists()
    with time_machine.travel(NOW + timedelta(seconds=5), tick=False):
        assert send(token=page.find("input", {"name": "token"})["value"]).status_code == 303


def test_who_corrects_a_field_quickly_is_not_taken_for_a_program():
    page = soup(send(text=""))
    assert send(token=page.find("input", {"name": "token"})["value"]).status_code == 303


def test_one_token_is_one_message_and_a_changed_text_is_not_lost():
    value = token()
    first = send(token=value)
    again = send(token=value)
    assert (again.status_code, again["Location"]) == (303, first["Location"])
    changed = send(token=value, text="Etwas anderes")
    page = soup(changed)
    assert changed.status_code == 409
    assert BarrierReport.objects.get().receipt in page.find(id="fehler").text
    assert page.find(id="id_text").text.strip() == "Etwas anderes"
    assert BarrierReport.objects.count() == 1
    assert BarrierMail.objects.count() == 1


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://localhost"}, 303),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://localhost.evil.example"}, 403),
        ({"Origin": "http://evil.example", "Referer": "http://localhost/"}, 403),
        ({"Referer": "http://localhost/barriere-melden/"}, 303),
        ({"Referer": "http://evil.example/?http://localhost/"}, 403),
        ({"Referer": "http://["}, 403),
        ({"Origin": "null"}, 303),
        ({"Origin": "null", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({}, 303),
    ],
)
def test_a_message_from_another_site_is_given_back(headers, status):
    response = send(headers=headers)
    assert response.status_code == status
    assert BarrierReport.objects.exists() is (status == 303)
    if status == 403:
        assert soup(response).find(id="id_text").text.strip() == TEXT


def test_after_some_messages_of_an_hour_the_form_names_other_ways_and_keeps_the_text(reader):
    for _ in range(5):
        stored()
    refused = send()
    assert refused.status_code == 429
    assert refused["Retry-After"] == "3600"
    assert "Andere Wege" in text_of(refused)
    assert soup(refused).find(id="id_text").text.strip() == TEXT
    assert BarrierReport.objects.count() == 5
    assert send(REMOTE_ADDR="192.0.2.7").status_code == 303
    with time_machine.travel(NOW + timedelta(minutes=61), tick=False):
        assert send().status_code == 303


def test_messages_of_a_time_to_come_are_not_counted():
    with time_machine.travel(NOW + timedelta(hours=3), tick=False):  # it was wrong, and has been set back since
        for _ in range(5):
            stored()
    assert send().status_code == 303


def test_midnight_gives_nobody_five_more():
    with time_machine.travel(NOW.replace(hour=22, minute=58), tick=False):  # 23:58 in Berlin
        for _ in range(5):
            stored()
    with time_machine.travel(NOW.replace(hour=23, minute=5), tick=False):
        assert send().status_code == 429


def test_a_network_of_ipv6_is_one_connection():
    for number in range(5):
        stored(REMOTE_ADDR=f"2001:db8:1:1::{number}")
    assert send(REMOTE_ADDR="2001:db8:1:1::99").status_code == 429
    assert send(REMOTE_ADDR="2001:db8:1:2::99").status_code == 303


def heard(messages: int) -> None:
    """So many messages from elsewhere in this hour."""
    BarrierSender.objects.bulk_create(BarrierSender(sender=f"anderswo {number}") for number in range(messages))


@pytest.mark.parametrize(("messages", "minutes"), [(60, 2), (120, 5), (240, 10), (5000, 10)])
def test_a_flood_from_everywhere_makes_everybody_wait_and_closes_the_form_to_nobody(messages, minutes):
    heard(messages)
    form = token(timedelta(minutes=1))
    refused = send(token=form)
    assert refused.status_code == 429
    assert f"in {minutes} Minuten noch einmal" in text_of(refused)
    assert refused["Retry-After"] == str(60 * minutes)
    page = soup(refused)
    assert page.find(id="id_text").text.strip() == TEXT
    assert page.find("input", {"name": "token"})["value"] == form
    with time_machine.travel(NOW + timedelta(minutes=minutes), tick=False):
        assert send(token=form).status_code == 303


def test_fewer_messages_than_a_flood_make_nobody_wait():
    heard(59)
    assert send().status_code == 303


def test_no_address_of_a_client_is_stored_and_the_next_day_has_another_hash():
    stored(REMOTE_ADDR="192.0.2.55")
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        stored(REMOTE_ADDR="192.0.2.55")
    hashes = list(BarrierSender.objects.values_list("sender", flat=True))
    assert len(set(hashes)) == 2
    assert all(re.fullmatch("[0-9a-f]{64}", value) for value in hashes)


# --- hostile input --------------------------------------------------------------------------------------------------


def test_nul_bytes_and_control_characters_are_dropped():
    report = stored(text="a\x00b\x1bc\nd", name="\x00Petra\r\n", page="/\x00\x07")
    assert (report.text, report.name, report.page) == ("abc\nd", "Petra", "/")


def test_a_megabyte_is_refused_without_being_read():
    response = send(text="x" * 1_000_000)
    assert response.status_code == 413
    assert "zu umfangreich" in text_of(response)


def test_html_comes_back_as_text():
    evil = '</textarea><script>alert(1)</script>"><img src=x onerror=alert(1)>'
    page = send(text=evil, name=evil, page=evil, email=evil).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b"{"),
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=x", b"--x\r\nkaputt"),
        ("application/x-www-form-urlencoded", b"text=%FF%FE&token=%ED%A0%80"),
        ("application/x-www-form-urlencoded; charset=utf-16", b"text=x"),
        ("application/x-www-form-urlencoded", b"&".join(b"a%d=" % number for number in range(11_000))),
    ],
)
def test_a_broken_body_is_no_error_of_ours(reader, kind, body):
    assert 400 <= reader.post(FORM, body, content_type=kind).status_code < 500


def test_other_methods_are_refused_and_head_is_the_form_without_body(reader):
    assert reader.head(FORM).status_code == 200
    for method in (reader.put, reader.delete, reader.patch, reader.options):
        assert method(FORM).status_code == 405
    assert reader.post(stored().get_absolute_url()).status_code in (403, 405)
