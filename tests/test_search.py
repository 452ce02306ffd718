"""The search finds German words on public pages, and nothing breaks it."""

import pytest
from django.test import Client

from conferences.models import ConferencePage

pytestmark = pytest.mark.django_db


def found(query: str, **more) -> list[str]:
    response = Client(HTTP_HOST="localhost").get("/suche/", {"q": query, **more})
    assert response.status_code == 200
    return ["".join(text for text, _ in hit["title"]) for hit in response.context.get("hits", [])]


def test_it_finds_a_place_a_motto_and_a_host():
    assert found("Friedrichshafen")[0] == "12. Integrationsministerkonferenz"
    assert "12. Integrationsministerkonferenz" in found("schafft Zusammenhalt")
    assert "18. Integrationsministerkonferenz" in found("Wiesbaden Hessen")


def test_it_knows_german_endings():
    assert "Aufgaben und Ziele" in found("Aufgabe")


def test_drafts_are_not_found():
    ConferencePage.objects.get(number=12).unpublish()
    assert "12. Integrationsministerkonferenz" not in found("Friedrichshafen")


def test_what_is_published_is_found_at_once_and_what_is_deleted_no_more():
    page = ConferencePage.objects.get(number=12)
    page.motto = "Zauberwürfel"
    page.save_revision().publish()
    assert found("Zauberwürfel") == [page.title]
    page.delete()
    assert found("Zauberwürfel") == []


@pytest.mark.parametrize(
    "query",
    ["", " ", "\x00", "'", '"', "\\", "%", "a & b | !c", ":*", "<b>", "🙂", "x" * 10_000, "(((", "und", "🏳️‍🌈 -"],
)
def test_no_query_breaks_it(query):
    found(query)


@pytest.mark.parametrize("number", ["foo", "-3", "0", "10000000000"])
def test_no_page_number_breaks_it(number):
    assert found("Konferenz", seite=number)


def test_the_query_is_shown_escaped():
    response = Client(HTTP_HOST="localhost").get("/suche/", {"q": "<script>alert(1)</script>"})
    assert b"<script>alert" not in response.content
    assert b"&lt;script&gt;" in response.content


def test_only_reading_methods_are_answered():
    assert Client(HTTP_HOST="localhost").post("/suche/", {"q": "x"}).status_code == 405
