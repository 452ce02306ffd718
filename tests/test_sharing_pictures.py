"""The pictures of shared links: each public page has one, nobody can have anything else drawn."""

import re
import time
from io import BytesIO

import pytest
from django.test import Client
from PIL import Image

from conferences.models import ConferencePage
from intmk.open_data.sharing import drawing as sharing_drawing
from intmk.open_data.sharing.card import SITE_NAME, Card
from intmk.open_data.sharing.drawing import SIZES, TEXT_WIDTH, draw, length, title_lines, typeface
from intmk.open_data.sharing.letters import writable
from tests.invented_resolutions import resolution

ADDRESSES = [
    "/", "/konferenzen/", "/konferenzen/12/", "/vorsitz/", "/geschichte/", "/aktuelles/", "/impressum/", "/en/",
    "/leichte-sprache/", "/beschluesse/", "/beschluesse/?sortierung=titel", "/beschluesse/statistik/", "/laender/",
    "/laender/saarland/", "/themen/", "/themen/sprache/", "/alte-adressen/",
    "/glossar/", "/uebersicht/", "/barriere-melden/", "/daten/",
]  # fmt: skip
SERVER = "http://localhost"


@pytest.fixture
def client(db) -> Client:
    return Client(HTTP_HOST="localhost")


def named_by(client: Client, address: str, name: str = "og:image") -> str:
    return named_in(client.get(address).content.decode(), name)


def named_in(html: str, name: str) -> str:
    return re.search(rf'<meta (?:property|name)="{name}" content="([^"]*)">', html)[1]


def picture_of(client: Client, address: str) -> str:
    return re.sub(r"^https?://[^/]+", "", named_by(client, address))


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.kinds(6)
def test_each_public_page_names_a_picture_that_is_there(client, address):
    html = client.get(address).content.decode()
    assert re.match(r"https?://[^/]+/bilder/teilen/", named_in(html, "og:image"))
    response = client.get(re.sub(r"^https?://[^/]+", "", named_in(html, "og:image")))
    assert (response.status_code, response["Content-Type"]) == (200, "image/png")
    picture = Image.open(BytesIO(response.content))
    assert picture.size == (1200, 630)
    assert named_in(html, "og:image:width") == "1200"
    assert named_in(html, "twitter:card") == "summary_large_image"
    assert "Integrationsministerkonferenz" in named_in(html, "og:image:alt")
    assert len(response.content) < 60_000


def test_it_may_be_kept_for_ever_and_is_not_sent_twice(client):
    address = picture_of(client, "/konferenzen/12/")
    response = client.get(address)
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert client.get(address, headers={"if-none-match": response["ETag"]}).status_code == 304
    assert client.head(address).status_code == 200
    assert client.post(address).status_code == 405
    assert not response.cookies


def test_what_a_conference_and_a_resolution_are_called_stands_in_the_alternative_text(client):
    page = resolution(item="9.7", title="Erfundener Beschluss")
    assert named_by(client, page.url, "og:image:alt").startswith(
        "TOP 9.7 Erfundener Beschluss – Tagesordnungspunkt · 12. "
    )
    assert client.get(picture_of(client, page.url)).status_code == 200
    assert "Friedrichshafen" in named_by(client, "/konferenzen/12/", "og:image:alt")


def test_a_new_title_gives_a_new_address_and_the_former_one_leads_there(client):
    former = picture_of(client, "/konferenzen/12/")
    page = ConferencePage.objects.get(number=12)
    page.title = "12. Umbenannte Konferenz"
    page.save_revision().publish()
    present = picture_of(client, "/konferenzen/12/")
    response = client.get(former)
    assert present != former
    assert (response.status_code, response["Location"]) == (302, present)


def test_a_made_up_digest_draws_nothing(client, monkeypatch):
    monkeypatch.setattr("intmk.open_data.sharing.views.draw", lambda card: pytest.fail("drawn"))
    address = picture_of(client, "/konferenzen/12/")
    made_up = re.sub(r"\w{16}(?=\.png)", "0" * 16, address)
    assert client.get(made_up)["Location"] == address
    assert client.get("/bilder/teilen/konferenzen/12/nichts.png").status_code == 404


@pytest.mark.parametrize("path", ["", "gibt/es/nicht/", "laender/mordor/", "themen/nichts/", "suche/", "admin/"])
def test_what_is_no_page_has_no_picture(client, path):
    expected = 302 if path == "" else 404  # the empty path is the home page
    assert client.get(f"/bilder/teilen/{path}{'0' * 16}.png").status_code == expected


def test_an_unpublished_page_tells_nothing(client):
    page = ConferencePage.objects.get(number=12)
    address = picture_of(client, "/konferenzen/12/")
    page.unpublish()
    for digest in (address, re.sub(r"\w{16}(?=\.png)", "0" * 16, address)):
        response = client.get(digest)
        assert response.status_code == 404
        assert "Location" not in response


def test_a_title_that_is_only_a_draft_is_not_drawn(client):
    page = ConferencePage.objects.get(number=12)
    before = picture_of(client, "/konferenzen/12/")
    page.title = "12. Geheime Konferenz"
    page.save_revision()
    assert picture_of(client, "/konferenzen/12/") == before


def test_a_hidden_conference_is_not_named_on_the_picture_of_its_resolution(client):
    page = resolution(item="9.7", title="Erfundener Beschluss")
    page.conference.unpublish()
    assert "12." not in named_by(client, page.url, "og:image:alt")


@pytest.mark.parametrize(
    "title",
    [
        "x" * 255,
        ("Donaudampfschifffahrtsgesellschaftskapitänswitwenverband " * 5)[:255],
        ("Wörter und kurze Sätze zur Lage " * 9)[:255],
        "Integrationsministerkonferenzvorsitzübergabe",
        "i",
    ],
)
def test_no_line_of_a_title_is_wider_or_higher_than_its_place(title):
    face, lines = title_lines(title, 230)
    assert all(length(line, face) <= TEXT_WIDTH for line in lines)
    assert len(lines) * face.size <= 230
    assert face.size in SIZES


def test_long_german_words_break_at_their_joints():
    _, lines = title_lines("Integrationsministerkonferenz" * 2, 230)
    assert lines[0].endswith(("minister-", "konferenz-", "Integrations-"))


def test_a_title_that_does_not_fit_is_cut_with_a_sign():
    _, lines = title_lines("Wörter und kurze Sätze zur Lage " * 12, 200)
    assert lines[-1].endswith(" …")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (
            "Willkommen أهلاً وسهلاً 🤝 – Beitrag von Ayşe Işık, Łukasz Żak",
            "Willkommen – Beitrag von Ayşe Işık, Łukasz Żak",
        ),
        ("Sprache (日本語) und „עברית“, Teilhabe", "Sprache und, Teilhabe"),
        ("Familie 👨\u200d👩\u200d👧 ❤\ufe0f: 1\ufe0f\u20e3 Ziel", "Familie ❤: 1 Ziel"),
        ("Mu\u0308tter, m\u0303\u0331 und Z\u0351a\u0489lgo", "Mütter, m und Zalgo"),
        ("Кириллица, Ελληνικά → ½ ﬁn Ａ", "Кириллица, Ελληνικά → ½ ﬁn A"),
        ("Straße – „Würde“ (2.1)", "Straße – „Würde“ (2.1)"),
        ("أهلاً 🤝 –", ""),
    ],
)
def test_what_the_typeface_cannot_write_is_left_out(text, written):
    assert writable(text) == written
    assert draw(Card(text, figure="TOP 1")) == draw(Card(written, figure="TOP 1"))


def test_a_picture_without_a_word_to_write_bears_the_name_of_the_site():
    assert draw(Card("مرحبا 🤝")) == draw(Card(SITE_NAME))


def test_a_picture_is_small_and_drawn_quickly():
    card = Card("Integrations und Sprache fördern " * 7, figure="TOP 12.19b", line="12. Konferenz", seat=16)
    sharing_drawing.draw(card)
    sharing_drawing.draw.cache_clear()
    began = time.process_time()
    picture = sharing_drawing.draw(card)
    assert time.process_time() - began < 0.5  # 0.1 s measured; machines that test are busy
    assert len(picture) < 60_000


def test_widths_are_measured_as_they_are_drawn():
    face = typeface(47, 400)
    text = "Integrationsministerkonferenz, Straße 12"
    assert length(text, face) == pytest.approx(face.getlength(text), abs=1)


def test_too_many_at_once_are_refused_for_a_moment(client, monkeypatch):
    class Taken:
        def acquire(self, timeout):
            return False

    monkeypatch.setattr("intmk.open_data.sharing.views.AT_ONCE", Taken())
    response = client.get(picture_of(client, "/konferenzen/12/"))
    assert (response.status_code, response["Retry-After"]) == (503, "2")
