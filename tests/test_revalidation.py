"""Who may keep an answer; the page cache takes from it what it stores (tests/test_page_cache.py)."""

import pytest
from django.test import Client

from intmk.server.revalidation import PUBLIC

pytestmark = pytest.mark.django_db
KINDS = [
    "/", "/suche/?q=kurs", "/beschluesse/", "/feeds/beschluesse.atom", "/feeds/konferenzen.ics", "/sitemap.xml",
    "/api/v1/laender",
]  # fmt: skip


@pytest.mark.parametrize("address", KINDS)
def test_what_is_the_same_for_all_readers_says_so(reader, address):
    answer = reader.get(address)
    assert (answer.status_code, answer["Cache-Control"]) == (200, PUBLIC)
    assert {"Vary", "Set-Cookie", "Content-Encoding"}.isdisjoint(answer.headers)


def test_so_does_what_is_not_there_and_what_leads_on():
    for address, status in (("/nirgends/", 404), ("/impressum", 301), ("/id/beschluss/12/2.1", 303)):
        answer = Client(HTTP_HOST="localhost").get(address)
        assert (answer.status_code, answer["Cache-Control"]) == (status, PUBLIC)


def test_what_somebody_sees_who_is_signed_in_is_kept_by_nobody_else(editor):
    assert editor.get("/impressum/")["Cache-Control"] == "no-cache, private"
    assert "public" not in editor.get("/admin/")["Cache-Control"]
    assert "public" not in Client(HTTP_HOST="localhost").get("/admin/nirgends/").get("Cache-Control", "")


def test_a_form_with_a_token_is_kept_by_nobody(reader):
    assert "no-store" in reader.get("/barriere-melden/")["Cache-Control"]


def test_the_same_page_under_another_name_is_not_kept_once_more(reader):
    assert reader.get("/impressum/?am=2016-10-01")["Cache-Control"] == "public, no-cache"
    assert reader.get("/vorsitz/?am=2016-10-01")["Cache-Control"] == PUBLIC
