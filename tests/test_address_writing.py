"""A dead link leads on in whatever writing it reaches the site, and no address of the present is lost to one."""

from importlib import import_module
from time import process_time
from urllib.parse import quote_from_bytes, unquote_to_bytes, urlsplit

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.http import http_date
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conferences.models import ConferencePage
from intmk.addresses.old_addresses import OldAddress
from intmk.addresses.writing import host_in_letters, loose_key, path_and_query, percent_decoded
from intmk.pages.models import StandardPage
from tests.test_documents import document

TABLE = """adresse;beschreibung;ziel
/Die-IntMK.html;Startseite der früheren Website;/vorsitz/
/MedienPresse-Archiv.html?newsID=296;Pressemitteilung;/vorsitz/
/Meldungen.html?newsID=332;Andere Pressemitteilung;/kontakt/
/archiv/2012/seite.html;Seite mit drei Teilen;/vorsitz/
/archiv/beschl%FCsse.html;in Latin-1 geschrieben;/vorsitz/
/index.php?id=17&L=0;Seite eines Redaktionssystems;/vorsitz/
/konferenzen/liste.pdf;Datei unter einer Seite von heute;/vorsitz/
/presse/;Verzeichnis;/vorsitz/
https://www.intmk-länder.example/Archiv.html;anderer Name der Website;/vorsitz/
"""


def at(address: str, host: str = "localhost"):
    """What a browser or an old program gets that sends exactly these bytes."""
    path, _, query = address.partition("?")
    sent = unquote_to_bytes(path).decode("latin-1")  # as WSGI hands it on
    return Client(HTTP_HOST=host).get("/", PATH_INFO=sent, QUERY_STRING=query)


def place(response) -> str:
    return urlsplit(response["Location"]).path


@pytest.fixture
def former(chair) -> None:
    """The table as an editor takes it over."""
    url = reverse(OldAddress.snippet_viewset.get_url_name("import"))
    sent = {"file": SimpleUploadedFile("alt.csv", TABLE.encode()), "confirmed": "1"}
    assert chair.post(url, sent).status_code == 302


WRITINGS = [
    "/Die-IntMK.html",
    "/die-intmk.HTML",
    "/Die%E2%80%91IntMK.html",
    "/Die%E2%80%93IntMK.html",
    "/archiv/beschl%u00FCsse.html",
    "/Die-IntMK.html/",
    "/Die-IntMK.html.",
    "/Die-IntMK.html%29",
    "/Die-IntMK.html?utm_source=x&utm_medium=mail",
    "/Die-IntMK.html?fbclid=abc",
    "/Die-IntMK.html?druck=1",
    "/Die-IntMK.html;jsessionid=0A1B",
    "/Die-IntMK.html;jsessionid=0A1B?utm_source=x",
    "/Die%2DIntMK.html",
    "//Die-IntMK.html",
    "/MedienPresse-Archiv.html?newsID=296",
    "/MedienPresse-Archiv.html?newsID=296&mc_cid=1",
    "/MedienPresse-Archiv.html%3FnewsID=296",
    "/MedienPresse-Archiv.html%3FnewsID%3D296",
    "/MedienPresse-Archiv.html?PHPSESSID=abc&newsID=296",
    "/medienpresse-archiv.html?NEWSID=296",
    "/archiv/2012/seite.html?utm_source=x",
    "/archiv/beschl%FCsse.html",
    "/archiv/beschl%C3%BCsse.html",
    "/archiv/beschl%25FCsse.html",
    "/archiv/beschl%25C3%25BCsse.html",
    "/archiv/beschlu%CC%88sse.html",
    "/index.php?id=17&L=0",
    "/index.php?L=0&id=17",
    "/index.php?L=0&amp;id=17",
    "/konferenzen/liste.pdf",
    "/presse/index.html",
    "/Presse",
    "/presse/index.php?utm_campaign=a",
]


@pytest.mark.slow("asks for each writing")
@pytest.mark.django_db
def test_an_old_address_leads_on_in_each_of_its_writings(former):
    answers = {address: at(address) for address in WRITINGS}
    led = {address: (answer.status_code, answer.headers.get("Location", "")) for address, answer in answers.items()}
    assert {address: found for address, found in led.items() if found[0] != 301 or "/vorsitz/" not in found[1]} == {}


@pytest.mark.django_db
def test_the_query_tells_pages_apart_and_an_unknown_one_is_not_guessed(former):
    assert place(at("/Meldungen.html?newsID=332")) == "/kontakt/"
    assert at("/Meldungen.html?newsID=1").status_code == 404
    assert at("/Meldungen.html").status_code == 404
    assert at("/index.php?id=18").status_code == 404
    assert at("/.../").status_code == 404
    assert place(at("/index.html")) == "/"


@pytest.mark.django_db
@pytest.mark.parametrize("host", ["intmk-länder.example", "www.INTMK-länder.example"])
def test_a_host_with_umlauts_is_the_same_as_browsers_code_it(former, settings, host):
    settings.ALLOWED_HOSTS = ["*"]
    host = host.encode("idna").decode()
    assert place(at("/archiv.html", host)) == "/vorsitz/"
    assert at("/archiv.html").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("/laender/baden-w%C3%BCrttemberg/", "/laender/baden-wuerttemberg/"),
        ("/laender/baden-w%FCrttemberg/", "/laender/baden-wuerttemberg/"),
        ("/L%C3%A4nder/Th%C3%BCringen", "/laender/thueringen/"),
        ("/themen/Sport/", "/themen/sport/"),
        ("/laender/baden-w%C3%83%C2%BCrttemberg/", "/laender/baden-wuerttemberg/"),
        ("/laender/baden_w%C3%BCrttemberg%20", "/laender/baden-wuerttemberg/"),
        ("/laender/sachsen%E2%80%93anhalt/%E2%80%A6", "/laender/sachsen-anhalt/"),
        ("/LAENDER/BAYERN/&gt;", "/laender/bayern/"),
        ("/laender/bayern/%3Cbr%3E", "/laender/bayern/"),
        ("/laender/bayern%5D(https://www.example.org)", "/laender/bayern/"),
        ("/laender/bayern/&utm_source=x", "/laender/bayern/"),
        ("/kontakt.html", "/kontakt/"),
        ("/konferenzen/12/top-2.1/", "/konferenzen/12/top-2-1/"),
        ("/ID/Beschluss/12/2.1).", "/id/beschluss/12/2.1/"),
        ("/Feeds/Beschluesse.atom/", "/feeds/beschluesse.atom"),
        ("/sitemap.xml.", "/sitemap.xml"),
        ("/Konferenzen/12/", "/konferenzen/12/"),
        ("/konferenzen/12/index.html", "/konferenzen/12/"),
        ("/Beschl%FCsse/", "/beschluesse/"),
        ("/kontakt/.", "/kontakt/"),
        ("/konferenzen/12/top-2-1%29.", "/konferenzen/12/top-2-1/"),
    ],
)
@pytest.mark.kinds(8)
def test_what_stands_here_today_is_found_in_another_writing(db, address, target):
    response = at(f"{address}?a=1")
    assert (response.status_code, place(response)) == (301, target)
    assert Client(HTTP_HOST="localhost").get(target).status_code in (200, 303)


@pytest.mark.django_db
def test_an_address_of_the_present_comes_before_an_old_one(former):
    row = OldAddress(address="/kontakt/", description="Alt", target_page=ConferencePage.objects.get(number=12).page_ptr)
    row.full_clean()
    row.save()
    assert at("/kontakt/").status_code == 200
    assert place(at("/Kontakt/")) == "/kontakt/"


@pytest.mark.django_db
def test_a_page_that_was_taken_back_still_says_so(former):
    StandardPage.objects.get(slug="kontakt").unpublish()
    for address in ("/kontakt/", "/Kontakt/", "/kontakt/index.html"):
        assert at(address).status_code == 410
    assert at("/kontakt.html").status_code == 404  # nobody has said that this was its address


@pytest.mark.django_db
def test_no_old_address_leads_in_a_circle(db, settings):
    settings.ALLOWED_HOSTS = ["*"]
    missing = document()
    missing.file.storage.delete(missing.file.name)
    for fields in (
        {"address": missing.url, "target_document": missing},
        {"address": "/kreis.html", "archived_url": "http://localhost/kreis.html"},
    ):
        row = OldAddress(description="Kreis", **fields)
        row.full_clean()
        row.save()
        assert at(fields["address"]).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["//evil.example/Die-IntMK.html", "/\\evil.example/", "//evil.example/%2e%2e/kontakt/"]
)
def test_no_writing_leads_to_a_foreign_site(former, address):
    response = at(address)
    assert urlsplit(response.headers.get("Location", "")).netloc in ("", "localhost", "localhost:8000")


@pytest.mark.django_db
def test_an_unknown_address_costs_the_same_queries_whatever_it_is_called(former):
    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert at(address).status_code == 404
        return len(captured)

    queries("/gibtesnicht.html?a=1")
    few = queries("/gibtesnicht.html?a=1")
    for number in range(5):
        OldAddress.objects.create(address=f"/alt{number}.html", key=f"/alt{number}.html", description="Alt")
    assert queries("/gibtesnicht.html?" + "&".join(f"a{number}=1" for number in range(300))) <= few


@pytest.mark.django_db
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.binary(max_size=60), query=st.binary(max_size=40))
def test_no_bytes_in_an_address_break_the_site(db, path, query):
    response = at(f"/{quote_from_bytes(path, safe='/.;%')}?{quote_from_bytes(query, safe='=&;%+')}")
    assert response.status_code < 500


@given(st.text(max_size=80))
def test_any_address_has_one_key(text):
    try:
        key = loose_key(f"/{text}")
    except ValueError:
        return
    assert "\x00" not in key
    assert len(key) <= 500


@pytest.mark.parametrize("sign", [".", "%2e", "/", ";sid=", "&", "%25", "a&utm_", " )"])
def test_an_address_eight_times_as_long_takes_no_more_than_its_share(sign):
    def effort(number: int) -> float:
        """Return the processor time of the fastest of five readings."""
        times = []
        for _ in range(5):
            begin = process_time()
            path_and_query(f"/{sign * number}a", f"{sign * number}a")
            times.append(process_time() - begin)
        return min(times)

    # Eight times is its share; what tries from each sign anew takes sixty-four times as long.
    assert effort(8 * 2000) < 32 * max(effort(2000), 0.0002)


@pytest.mark.parametrize(
    ("coded", "text"),
    [
        ("%C3%BC", "ü"),
        ("%FC", "ü"),
        ("%25FC", "ü"),
        ("ü%FC", "üü"),
        ("%80", "€"),
        ("%", "%"),
        ("%zz", "%zz"),
        ("%00a", "a"),
    ],
)
def test_percent_signs_are_undone(coded, text):
    assert percent_decoded(coded) == text


def test_a_host_is_written_in_letters():
    assert host_in_letters("WWW.xn--mller-kva.example.") == host_in_letters("Müller.example") == "müller.example"
    assert host_in_letters("xn--.example") == host_in_letters("xn--.example")


@pytest.mark.django_db
def test_a_search_in_latin_1_is_read(db):
    response = at("/suche/?q=M%FCnchen")
    assert response.context["query"] == "München"
    assert "\ufffd" not in response.content.decode()
    assert at("/suche/?q=M%C3%BCnchen").context["query"] == "München"
    assert at("/suche/?q=M%C3%BCnchen+f%FCr+%80").context["query"] == "München für €"


@pytest.mark.django_db
def test_a_part_of_a_document_is_sent_and_no_coding_is_claimed(client):
    found = document()
    whole = client.get(found.url)
    data = b"".join(whole.streaming_content)
    part = client.get(found.url, headers={"Range": "bytes=0-4"})
    assert (part.status_code, b"".join(part.streaming_content)) == (206, data[:5])
    assert part["Content-Range"] == f"bytes 0-4/{len(data)}"
    for response in (whole, part):
        assert "Content-Encoding" not in response
        assert response["Content-Type"] == "application/pdf"
        assert response["Content-Disposition"].startswith("inline")
        assert response["Content-Security-Policy"] == "default-src 'none'"
        assert response["X-Content-Type-Options"] == "nosniff"
    assert client.get(found.url, headers={"If-None-Match": whole["ETag"]}).status_code == 304
    assert client.get(found.url, headers={"Range": "bytes=999999999-"}).status_code == 416
    since = {"If-Modified-Since": whole["Last-Modified"]}
    assert client.get(found.url, headers=since).status_code == 304
    for begun, status in ((whole["Last-Modified"], 206), (http_date(0), 200), ('"other"', 200)):
        assert client.get(found.url, headers={"Range": "bytes=0-4", "If-Range": begun}).status_code == status
    assert client.get(found.url, headers={"Range": "bytes=0-1,3-4"}).status_code == 200


@pytest.mark.django_db
def test_an_upgrade_finds_old_addresses_in_all_writings():
    row = OldAddress.objects.create(address="/Ganz-Alt.html", key="/Ganz-Alt.html", description="Alt")
    OldAddress.objects.update(loose_key="")
    migration = import_module("intmk.migrations.0016_old_addresses_in_all_writings")
    migration.fill(apps, None)
    migration.fill(apps, None)
    row.refresh_from_db()
    assert row.loose_key == "/ganz-alt.html"
