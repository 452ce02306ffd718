"""Addresses of former sites: editors fill the table by hand or from a file, readers with a dead link find it."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Collection, Page

from conferences.models import ConferencePage
from intmk.addresses.old_addresses import OldAddress, key_of
from intmk.media.documents.models import SiteDocument
from intmk.pages.models import StandardPage
from tests.editing import give_chair, soup_of, take_chair, text_of
from tests.importing import excel

OLD = "https://www.intmk.example/2017/beschluesse.pdf"
LIST = "/alte-adressen/"


def old(address: str = OLD, **fields) -> OldAddress:
    row = OldAddress(address=address, **{"description": "Beschlüsse 2017"} | fields)
    row.full_clean()
    row.save()
    return row


def page() -> Page:
    return ConferencePage.objects.get(number=12).page_ptr


@pytest.fixture
def empty_table(db):
    """What the content brings is gone."""
    OldAddress.objects.all().delete()


def url(name: str, *args) -> str:
    return reverse(OldAddress.snippet_viewset.get_url_name(name), args=args)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("/Die-IntMK.html", "/aufgaben-und-ziele/"),
        ("/Die-IntMK.html?newsID=332", "/geschichte/"),
        ("/MedienPresse.html", "/aktuelles/"),
        ("/MedienPresse-Archiv.html", "/aktuelles/"),
        ("/MedienPresse-Archiv.html?newsID=292", "/konferenzen/13/"),
        ("/MedienPresse-Archiv.html?newsID=295", "/konferenzen/15/"),
        ("/MedienPresse-Archiv.html?newsID=296", "/aktuelles/"),
        ("/MedienPresse-Archiv.html?newsID=300", "/vorsitz/?am=2018-10-01"),
        ("/vorsitz.html", "/vorsitz/"),
        ("/leichte-sprache.html", "/leichte-sprache/"),
        ("/Kurzvorstellung-in-Leichter-Sprache.html", "/leichte-sprache/"),
    ],
)
@pytest.mark.kinds(3)
def test_the_addresses_of_the_former_official_site_lead_on_and_are_listed(client, address, target):
    answer = client.get(address, HTTP_HOST="localhost")
    assert (answer.status_code, answer["Location"]) == (301, target)
    whole = f"https://www.integrationsministerkonferenz.de{address}"
    links = soup_of(client.get(LIST, {"adresse": whole}, HTTP_HOST="localhost")).select("#treffer ~ ul a")
    assert [link["href"] for link in links] == [target]


# --- one address in many writings, pure -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("HTTPS://www.IntMK.example/a/#b", "intmk.example/a"),
        ("intmk.example/a", "intmk.example/a"),
        ("http://intmk.example:80/?b=2&a=1", "intmk.example/?a=1&b=2"),
        (" /2017//x.pdf ", "/2017//x.pdf"),
        ("https://intmk.example/%C3%BCber", "intmk.example/über"),
    ],
)
def test_writings_of_one_address_are_the_same(written, key):
    assert key_of(written) == key


@pytest.mark.parametrize(
    "written",
    [
        "",
        "nur Worte",
        "wort",
        "ftp://x.example/a",
        "http://[",
        "https://",
        "/a\x00",
        "javascript:alert(1)",
        "/" + "a" * 600,
    ],
)
def test_what_is_no_address_is_refused(written):
    with pytest.raises(ValueError, match="keine Adresse"):
        key_of(written)


# --- the answer for an old address ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_old_host_that_leads_here_answers_with_where_it_is_now(settings):
    settings.ALLOWED_HOSTS = ["*"]
    old(target_page=page())
    former = Client(HTTP_HOST="intmk.example")
    response = former.get("/2017/beschluesse.pdf")
    assert (response.status_code, response["Location"].split("//", 1)[-1].split("/", 1)[1]) == (301, "konferenzen/12/")
    assert Client(HTTP_HOST="localhost").get("/2017/beschluesse.pdf").status_code == 404


@pytest.mark.django_db
def test_an_address_without_host_counts_for_every_host_and_the_host_comes_first(reader, settings):
    settings.ALLOWED_HOSTS = ["*"]
    old("/2017/beschluesse.pdf", archived_url="https://archive.example/2017")
    old(target_page=page())
    response = reader.get("/2017/beschluesse.pdf")
    assert (response.status_code, response["Location"]) == (303, "https://archive.example/2017")
    assert Client(HTTP_HOST="www.intmk.example").get("/2017/beschluesse.pdf").status_code == 301


@pytest.mark.django_db
def test_what_is_nowhere_says_what_it_was(reader):
    old("/2017/x.pdf", note="Die Datei war nie archiviert.")
    response = reader.get("/2017/x.pdf")
    assert response.status_code == 410
    assert "„Beschlüsse 2017“" in text_of(response)
    assert "nie archiviert" in text_of(response)


@pytest.mark.django_db
def test_a_page_that_is_there_is_shown_whatever_the_table_says(reader):
    old("/kontakt/", archived_url="https://archive.example/")
    assert reader.get("/kontakt/").status_code == 200
    StandardPage.objects.get(slug="kontakt").delete()
    assert reader.get("/kontakt/").status_code == 410


@pytest.mark.django_db
def test_a_target_that_is_not_public_is_not_named(reader):
    old("/2017/x.pdf", target_page=page(), archived_url="https://archive.example/x")
    ConferencePage.objects.get(number=12).unpublish()
    assert reader.get("/2017/x.pdf")["Location"] == "https://archive.example/x"
    assert "12. Integrationsministerkonferenz" not in reader.get(LIST).content.decode().partition("<main")[2]


# --- the list for readers -------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("asked", [OLD, "intmk.example/2017/beschluesse.pdf", "BESCHLÜSSE 2017", "2017/besch"])
def test_readers_find_an_old_address_by_any_writing_or_a_part(reader, asked):
    old(target_page=page())
    old("https://www.intmk.example/2018/", description="Startseite 2018")
    words = text_of(reader.get(LIST, {"adresse": asked}))
    assert "1 Treffer" in words
    assert "Startseite 2018" not in words


@pytest.mark.django_db
@pytest.mark.parametrize("asked", ["\x00", "%", "http://[", "'\"><script>", "x" * 2000, "unbekannt"])
def test_the_list_bears_any_question(reader, asked):
    old()
    response = reader.get(LIST, {"adresse": asked, "seite": "-1"})
    assert response.status_code == 200
    assert "<script>" not in response.content.decode()


@pytest.mark.django_db
def test_the_list_is_in_the_sitemap_and_offered_where_nothing_is_found(reader):
    assert f"{LIST}</loc>" in reader.get("/sitemap.xml").content.decode()
    response = reader.get("/gibt/es/nicht/")
    assert response.status_code == 404
    assert f'href="{LIST}?adresse=/gibt/es/nicht/"' in response.content.decode()


@pytest.mark.audit
@pytest.mark.django_db
def test_the_list_costs_the_same_queries_whatever_its_length(reader):
    def queries() -> int:
        reader.get(LIST)
        with CaptureQueriesContext(connection) as captured:
            assert reader.get(LIST).status_code == 200
        return len(captured)

    paper = SiteDocument.objects.create(title="Papier", file=ContentFile(b"%PDF-1.7 ", name="papier.pdf"))
    old("/1", target_page=page())
    old("/2", target_document=paper)
    few = queries()
    for number in range(3, 45):
        old(f"/{number}", **({"target_page": page()} if number % 2 else {"target_document": paper}))
    assert queries() == few <= 30


# --- rights and forms -----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_only_the_chair_fills_the_table(account, editor, empty_table):
    form = {"address": OLD, "description": "Beschlüsse 2017"}
    file = f"adresse;beschreibung\n{OLD};Aus der Datei\n".encode()

    def add() -> bool:
        editor.post(url("add"), form)
        return OldAddress.objects.filter(address=OLD).exists()

    def take_over() -> int:
        sent = {"file": SimpleUploadedFile("alt.csv", file), "confirmed": "1"}
        return editor.post(url("import"), sent).status_code

    assert not add()
    take_over()
    assert not OldAddress.objects.exists()
    give_chair(account)
    assert add()
    take_over()
    assert OldAddress.objects.get().description == "Aus der Datei"
    take_chair(account)
    editor.post(url("delete", OldAddress.objects.get().pk))
    editor.post(url("edit", OldAddress.objects.get().pk), form)
    assert OldAddress.objects.get().description == "Aus der Datei"


@pytest.mark.django_db
def test_mistakes_are_said_beside_the_field(chair, empty_table):
    old()
    for changed, field, words in [
        ({"address": "http://intmk.example/2017/beschluesse.pdf/"}, "address", "steht schon in der Liste"),
        ({"address": "kein Verweis"}, "address", "keine Adresse"),
        ({"archived_url": "javascript:alert(1)"}, "archived_url", "vollständige Adresse"),
        ({"description": ""}, "description", ""),
        ({"target_page": "abc"}, "target_page", ""),
    ]:
        form = {"address": "https://neu.example/x", "description": "Neu"} | changed
        response = chair.post(url("add"), form)
        assert response.status_code == 200, changed
        assert words in " ".join(response.context["form"].errors[field])
    assert OldAddress.objects.count() == 1


@pytest.mark.django_db
def test_one_target_is_enough():
    paper = SiteDocument.objects.create(title="Papier", file=ContentFile(b"%PDF-1.7 ", name="papier.pdf"))
    with pytest.raises(ValidationError) as refused:
        old(target_page=page(), target_document=paper)
    assert "target_document" in refused.value.message_dict


# --- from a file ----------------------------------------------------------------------------------------------------


def send(chair: Client, content: str | bytes, **more):
    content = content.encode() if isinstance(content, str) else content
    return chair.post(url("import"), {"file": SimpleUploadedFile("alt.csv", content)} | more)


@pytest.mark.django_db
def test_a_file_is_shown_first_then_taken_over_and_again_without_doubles(chair, empty_table):
    text = f"Adresse;Beschreibung;Ziel;Archiv;Anmerkung\r\n{OLD};Beschlüsse;/konferenzen/12/;;Seiten 3–5\r\n/x;Alt;;https://archive.example/x;\r\n"
    shown = send(chair, text)
    assert "Noch nichts übernommen" in text_of(shown)
    assert not OldAddress.objects.exists()
    confirmed = {"text": shown.context["confirmation"].initial["text"], "confirmed": "1"}
    answer = chair.post(url("import"), confirmed, follow=True)
    assert "2 Adressen übernommen, 0 waren schon da" in text_of(answer)
    assert OldAddress.objects.values_list("target_page", "note").get(address=OLD) == (page().pk, "Seiten 3–5")
    assert "schon vorhanden" in text_of(send(chair, text))
    assert send(chair, text.replace("Beschlüsse", "Alle Beschlüsse"), confirmed="1").status_code == 302
    assert OldAddress.objects.count() == 2
    assert OldAddress.objects.get(address=OLD).description == "Alle Beschlüsse"


@pytest.mark.django_db
def test_one_wrong_line_stops_all_and_each_is_named(chair, empty_table):
    lines = [
        "adresse,beschreibung,ziel,archiv",
        f"{OLD},Gut,,",
        "kein Verweis,Schlecht,,",
        "/ohne,,,",
        "/ziel,Ziel,/gibt-es-nicht/,",
        f"{OLD}#teil,Doppelt,,",
        "/archiv,Archiv,,javascript:alert(1)",
        "/viel,Zu,viele,Felder,hier",
        "/hoch,Hoch,/dokumente/²/x,",
        "/klammer,Klammer,http://[,",
    ]
    response = send(chair, "\n".join(lines), confirmed="1")
    words = text_of(response)
    assert "8 von 9 Zeilen haben Fehler" in words
    for found in (
        "keine Adresse",
        "Was dort stand:",
        "„/gibt-es-nicht/“",
        "schon in Zeile 2",
        "vollständige",
        "5 Zellen statt 4",
    ):
        assert found in words
    assert not OldAddress.objects.exists()


@pytest.mark.django_db
def test_a_document_that_is_only_proposed_is_no_target(chair, empty_table):
    proposals = Collection.objects.get(name="Vorschläge der Länder")
    paper = SiteDocument.objects.create(
        title="Papier", file=ContentFile(b"%PDF-1.7 ", name="papier.pdf"), collection=proposals
    )
    text = f"adresse,beschreibung,ziel\n{OLD},Gut,{paper.url}"
    assert "1 von 1 Zeilen haben Fehler" in text_of(send(chair, text, confirmed="1"))
    paper.collection = Collection.get_first_root_node()
    paper.save()
    send(chair, text, confirmed="1")
    assert OldAddress.objects.get().target_document == paper


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "leer"),
        (b"\x00\x01\x02", "keine Textdatei"),
        ("ziel\n/b\n", "fehlen die Spalten: adresse, beschreibung"),
        ("adresse;beschreibung;farbe\n/a;b;c\n", "Unbekannte Spalten: farbe"),
        ("adresse;beschreibung\n", "keine Zeilen"),
        ('adresse;beschreibung\n/a;"offen\n', "Anführungszeichen"),
        (b"a" * 1_000_001, "1 MB"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused_with_the_reason(chair, content, words):
    response = send(chair, content)
    assert response.status_code == 200
    assert words in text_of(response)


@pytest.mark.django_db
def test_a_file_from_excel_under_windows_keeps_its_umlauts(chair, empty_table):
    send(chair, "adresse;beschreibung\n/a;Beschlüsse für Länder\n".encode("cp1252"), confirmed="1")
    assert OldAddress.objects.get().description == "Beschlüsse für Länder"


@pytest.mark.django_db
def test_a_workbook_is_shown_first_and_then_taken_over(chair, empty_table):
    shown = send(chair, excel(["Adresse", "Beschreibung"], [], ["/a", 'Für „alle“; "so"']))
    assert [line.number for line in shown.context["lines"]] == [3]
    text = shown.context["confirmation"].initial["text"]
    chair.post(url("import"), {"text": text, "confirmed": "1"})
    assert OldAddress.objects.get().description == 'Für „alle“; "so"'
