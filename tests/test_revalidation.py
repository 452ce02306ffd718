"""A reader who has a page already gets it again only when it has changed."""

import pytest
from django.test import Client

from intmk.pages.models import StandardPage

pytestmark = pytest.mark.django_db
KINDS = ["/impressum/", "/feeds/beschluesse.atom", "/feeds/konferenzen.ics", "/sitemap.xml", "/api/v1/laender"]


@pytest.mark.parametrize("address", KINDS)
def test_what_has_not_changed_is_not_sent_again(reader, address):
    first = reader.get(address, headers={"accept-encoding": "gzip"})
    assert first["Cache-Control"] == "no-cache, public"
    again = reader.get(address, headers={"accept-encoding": "gzip", "if-none-match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"].removeprefix("W/"))


def test_what_has_changed_is_sent(reader):
    known = reader.get("/impressum/")["ETag"]
    page = StandardPage.objects.get(slug="impressum")
    page.title = "Impressum und mehr"
    page.save_revision().publish()
    answer = reader.get("/impressum/", headers={"if-none-match": known})
    assert answer.status_code == 200
    assert "Impressum und mehr" in answer.content.decode()


def test_what_somebody_sees_who_is_signed_in_is_kept_by_nobody_else(editor):
    assert editor.get("/impressum/")["Cache-Control"] == "no-cache, private"
    assert "public" not in editor.get("/admin/")["Cache-Control"]


def test_what_is_not_there_is_not_kept(reader):
    assert "Cache-Control" not in Client(HTTP_HOST="localhost").get("/nirgends/")
