"""Leichte Sprache: its pages, what holds them together, and the check that its editors see."""

from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.test import Client
from wagtail.models import Locale, Page
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from intmk.base.blocks import SYMBOLS
from intmk.base.glossary import GlossaryTerm
from intmk.content.models import LoadedContent
from intmk.pages.models import StandardPage
from intmk.pages.plain_language import Kind, findings, sentences
from intmk.pages.plain_language_panel import findings_of
from tests.editing import edit_url, text_of
from tests.test_query_counts import queries

ADDRESSES = ["/leichte-sprache/", "/leichte-sprache/website/", "/leichte-sprache/barrierefreiheit/"]
NAMES = ["Die IntMK in Leichter Sprache", "So benutzen Sie die Website", "Barriere-Freiheit auf dieser Website"]


def kinds(text: str, **arguments) -> list[Kind]:
    return [finding.kind for finding in findings(text, **arguments)]


@pytest.mark.parametrize(
    "text",
    [
        "Das Treffen ist am 1. Juli.", "Das große Treffen ist 1 Mal im Jahr.", "Im Jahr 2007 war das 1. Treffen.",
        "<p>Achtung: Diese Seite ist <b>nicht</b> in Leichter Sprache.</p>", "Die Bundes-Länder haben ein Ziel.",
        "Der Leit-Satz ist: „Einheit im Ziel – Vielfalt der Wege“.", "Das Bundes-Land heißt: {{vorsitzland}}.",
        "<p>Erster Satz.</p><p>Zweiter Satz.</p>", "Erster Satz.\nZweiter Satz.",
        "<ul><li>Eins.</li><li>Und.</li></ul>",
        "Sie werden gehen.", "Das Land wird groß.", "Der Ort von dem Treffen ist Essen.",
        "Menschen mit Lern-Schwierigkeiten",
        "<p>IntMK ist eine Abkürzung.</p><p>Die IntMK hat ein Ziel.</p>", "Das ist <strong>kein</strong> Problem.",
        "In der Regierung arbeiten Menschen.", "", "<p></p>",
    ],
)  # fmt: skip
def test_good_texts_have_no_findings(text):
    assert findings(text) == []


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("Ein " + "kurzes " * 13 + "Wort hier.", Kind.LONG_SENTENCE, "16 Wörter"),
        ("<p>Das ist ein Satz. Das ist noch ein Satz.</p>", Kind.SEVERAL_SENTENCES, ""),
        ("Das ist die Integrationsministerkonferenz.", Kind.LONG_WORD, "Integrationsministerkonferenz"),
        ("Das Bundes-Integrationsbeauftragte-Amt", Kind.LONG_WORD, "Bundes-Integrationsbeauftragte-Amt"),
        ("Das könnte gut sein.", Kind.SUBJUNCTIVE, "könnte"),
        ("Wir würden gern kommen.", Kind.SUBJUNCTIVE, "würden"),
        ("Das Treffen (in Essen) ist groß.", Kind.SPECIAL_CHARACTER, "("),
        ("Das steht in § 4.", Kind.SPECIAL_CHARACTER, "§"),
        ("Das Ziel – und der Weg.", Kind.SPECIAL_CHARACTER, "–"),
        ("Am 3.4.2027 ist das Treffen.", Kind.DATE, "3.4.2027"),
        ("Am 03.04. ist das Treffen.", Kind.DATE, "03.04."),
        ("Das sind drei Länder.", Kind.NUMBER_WORD, "drei"),
        ("Zum Beispiel z. B. das Land.", Kind.SHORTENED, "z. B."),
        ("Das ist das BAMF.", Kind.ABBREVIATION, "BAMF"),
        ("Das ist die Regierung der Länder.", Kind.GENITIVE, "Regierung der Länder"),
        ("Das Haus des Landes.", Kind.GENITIVE, "des Landes"),
        ("Das wird von den Ländern beschlossen.", Kind.PASSIVE, "wird von den Ländern beschlossen"),
        ("Die Seite wurde geprüft.", Kind.PASSIVE, "wurde geprüft"),
        ("Das geht nicht.", Kind.NEGATION, "nicht"),
        ("Es gibt keine Liste.", Kind.NEGATION, "keine"),
    ],
)
def test_each_rule_finds_what_breaks_it(text, kind, words):
    found = [finding for finding in findings(text, place="Teil") if finding.kind is kind]
    assert [(finding.words, finding.place) for finding in found][:1] == [(words, "Teil")]
    assert found[0].sentence
    assert found[0].kind.advice.endswith((".", "“"))


def test_a_sentence_of_fifteen_words_is_just_short_enough():
    assert Kind.LONG_SENTENCE not in kinds("Wort " * 14 + "Ende.")


def test_hard_words_need_an_explanation_anywhere_on_the_page():
    assert kinds("Das ist ein Leitantrag.", hard_words=["Leitantrag"]) == [Kind.HARD_WORD]
    assert kinds("Das ist ein Leitantrag.", hard_words=["Leitantrag"], explained_in="Leitantrag bedeutet: Ziel.") == []
    assert kinds("Eine Entscheidung heißt: Beschluss.", hard_words=["Beschluss"]) == []
    assert kinds("Leitantragsteller", hard_words=["Leitantrag"]) == [Kind.LONG_WORD]


def test_a_full_stop_that_ends_no_sentence_parts_nothing():
    assert sentences("Am 1. Juli ist der Wechsel. Dann kommt ein Land! Gut? Ja.") == [
        "Am 1. Juli ist der Wechsel.", "Dann kommt ein Land!", "Gut?", "Ja.",
    ]  # fmt: skip
    assert sentences("Das Motto ist: „Ankommen. Teilhaben. Bleiben.“") == [
        "Das Motto ist: „Ankommen. Teilhaben. Bleiben.“"
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("address", ADDRESSES)
def test_the_pages_that_come_with_the_site_keep_the_rules(address):
    found = findings_of(page_at(address))
    assert [finding for finding in found if finding.kind.is_hard] == []
    assert found == []


def page_at(address: str) -> StandardPage:
    return StandardPage.objects.get(url_path__endswith=address)


@pytest.mark.django_db
@pytest.mark.parametrize(("address", "name"), [*zip(ADDRESSES, NAMES, strict=True)])
def test_each_page_lists_all_of_them_and_has_a_way_back(client, address, name):
    answer = client.get(address, headers={"host": "localhost"})
    page = BeautifulSoup(answer.content, "html.parser")
    assert page.html["lang"] == "de-simple"
    assert page.h1.text == name
    listed = page.find("nav", {"aria-labelledby": "leichte-seiten"}).find_all("a")
    assert [(link["href"], link.text) for link in listed] == list(zip(ADDRESSES, NAMES, strict=True))
    assert [link["href"] for link in listed if link.get("aria-current")] == [address]
    assert page.main.find("a", href="/").text == "Hier geht es zur Start-Seite. schwere Sprache"
    assert all(len(sentences(paragraph.text)) <= 1 for paragraph in page.main.find_all(["p", "li"]))
    assert "Auffälligkeiten" not in page.text
    assert "\u00ad" not in page.main.text


@pytest.mark.django_db
def test_links_on_them_lead_somewhere():
    reader = Client(HTTP_HOST="localhost")
    pages = [BeautifulSoup(reader.get(address).content, "html.parser") for address in ADDRESSES]
    links = {link["href"].partition("#")[0] for page in pages for link in page.main.find_all("a", href=True)}
    for link in links - {"", *ADDRESSES}:
        assert reader.get(link).status_code == 200, link


@pytest.mark.django_db
@pytest.mark.parametrize("address", ADDRESSES)
def test_a_link_to_a_hard_page_says_so_and_one_to_an_easy_page_does_not(client, address):
    page = BeautifulSoup(client.get(address, headers={"host": "localhost"}).content, "html.parser")
    links = page.select("main a[href], footer a[href], .main-menu a[href]")
    said = {link["href"]: "schwere Sprache" in link.text for link in links}
    assert {there for there, hard in said.items() if not hard} == set(ADDRESSES)
    assert len(said) > len(ADDRESSES) + 5
    assert "Achtung" not in page.text


@pytest.mark.django_db
def test_an_address_of_mail_or_telephone_is_not_hard_to_read(client):
    page = page_at(ADDRESSES[1])
    text = '<p><a href="mailto:a@example.org">Schreiben</a></p><p><a href="https://example.org/leichte-sprache">Fremd</a></p>'
    page.body = [("section", {"heading": "Teil", "text": text})]
    page.save_revision().publish()
    shown = BeautifulSoup(client.get(ADDRESSES[1], headers={"host": "localhost"}).content, "html.parser").main
    assert shown.find("a", href="mailto:a@example.org").text == "Schreiben"
    assert shown.find("a", href="https://example.org/leichte-sprache").text == "Fremd schwere Sprache"


@pytest.mark.django_db
@pytest.mark.parametrize("address", ADDRESSES)
def test_each_section_has_a_heading_and_a_drawn_symbol_of_its_own(client, address):
    page = BeautifulSoup(client.get(address, headers={"host": "localhost"}).content, "html.parser")
    sections = page.select(".section")
    assert all(section.h2 and section.img["alt"] == "" for section in sections)
    pictures = [section.img["src"] for section in sections]
    assert len(set(pictures)) == len(pictures) >= 6
    drawn = {path.stem for path in (Path(settings.ROOT) / "static" / "symbols").glob("*.svg")}
    assert drawn == {name for name, _ in SYMBOLS}


@pytest.mark.django_db
def test_menu_and_footer_of_easy_pages_have_easy_words(client):
    page = BeautifulSoup(client.get(ADDRESSES[1], headers={"host": "localhost"}).content, "html.parser")
    assert [link.text for link in page.select(".main-menu a")] == NAMES
    assert [(link.text, link["aria-current"]) for link in page.select(".main-menu [aria-current]")] == [
        (NAMES[1], "page")
    ]
    assert " ".join(page.select_one(".breadcrumb").text.split()) == f"Start-Seite {NAMES[1]}"
    assert page.select_one(".language-menu a").text == "Schwere Sprache"
    around = " ".join(f"{page.header.text} {page.footer.text}".split())
    for easy in (
        "Integrations-Minister-Konferenz", "Treffen von den 16 Bundes-Ländern", "Gebärden-Sprache",
        "Wer macht diese Website?", "Daten-Schutz",
    ):  # fmt: skip
        assert easy in around
    for hard in ("Herausgeber", "Geschäftsstelle", "Aufgaben und Ziele", "Gebärdensprache"):
        assert hard not in around
    kontakt = BeautifulSoup(client.get("/kontakt/", headers={"host": "localhost"}).content, "html.parser")
    assert "Schwere Sprache" not in kontakt.header.text
    assert "Aufgaben und Ziele" in kontakt.header.text


@pytest.mark.django_db
def test_other_pages_have_neither_list_nor_check(client):
    page = BeautifulSoup(client.get("/kontakt/", headers={"host": "localhost"}).content, "html.parser")
    assert page.find(id="leichte-seiten") is None


@pytest.mark.django_db
def test_a_draft_is_not_listed_and_more_pages_cost_no_more_queries():
    before = queries(ADDRESSES[0])
    intro = page_at(ADDRESSES[0])
    for number in range(5):
        page = StandardPage(title=f"Seite {number}", slug=f"seite-{number}", locale=intro.locale, live=number > 0)
        intro.add_child(instance=page)
    assert queries(ADDRESSES[0]) == before
    listed = BeautifulSoup(Client(HTTP_HOST="localhost").get(ADDRESSES[0]).content, "html.parser").find(
        "nav", {"aria-labelledby": "leichte-seiten"}
    )
    assert "Seite 0" not in listed.text
    assert "Seite 4" in listed.text


@pytest.mark.django_db
def test_a_page_below_one_that_was_deleted_is_not_created(own_keys):
    intro = StandardPage.objects.get(slug="leichte-sprache")
    StandardPage.objects.get(pk=intro.pk).delete()
    LoadedContent.objects.filter(key__startswith="page:leichte-sprache/").delete()
    own_keys()
    assert not Page.objects.filter(url_path__contains="/leichte-sprache/").exists()


@pytest.fixture
def own_keys():
    from django.core.management import call_command

    return lambda: call_command("load_content", verbosity=0)


def form(page: StandardPage, text: str) -> dict:
    section = {"heading": "Teil", "text": rich_text(text)}
    return nested_form_data(
        {
            "title": page.title,
            "introduction": page.introduction,
            "slug": page.slug,
            "place": page.place,
            "duty": page.duty,
            "body": streamfield([("section", section)]),
            "service": streamfield([]),
            "comments": {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0},
        }
    )


@pytest.mark.django_db
def test_the_editor_is_told_what_to_look_at_and_may_publish_all_the_same(chair):
    page = page_at(ADDRESSES[1])
    opened = text_of(chair.get(edit_url(page)))
    assert "Prüfung der Leichten Sprache" in opened
    assert "Keine Auffälligkeiten" in opened
    sent = form(page, "<p>Das könnte gut sein.</p>") | {"action-publish": "1"}
    assert chair.post(edit_url(page), sent).status_code == 302
    assert "könnte" in Client(HTTP_HOST="localhost").get(ADDRESSES[1]).content.decode()
    told = text_of(chair.get(edit_url(page)))
    assert "1 Hinweis zur Leichten Sprache" in told
    assert "Konjunktiv: könnte in „Teil“: Das könnte gut sein. Schreiben Sie, was ist." in told


@pytest.mark.django_db
def test_the_panel_is_not_shown_on_other_pages(chair):
    assert "Prüfung der Leichten Sprache" not in text_of(chair.get(edit_url(StandardPage.objects.get(slug="kontakt"))))


@pytest.mark.django_db
def test_the_preview_checks_what_is_in_the_form(chair):
    page = page_at(ADDRESSES[1])
    address = f"/admin/pages/{page.pk}/edit/preview/"
    assert chair.post(address, form(page, "<p>Das sind drei Länder; {{vorsitzland}}.</p>")).json()["is_valid"]
    told = text_of(chair.get(address))
    assert "2 Hinweise zur Leichten Sprache" in told
    assert "Zahl als Wort: drei in „Teil“" in told


@pytest.mark.django_db
def test_words_of_the_glossary_need_an_explanation(db):
    GlossaryTerm.objects.create(term="Kürwort", slug="kuerwort", short="Ein Wort.")
    page = StandardPage(title="Seite", locale=Locale.objects.get(language_code="de-simple"))
    page.body = [
        ("section", {"heading": "Teil", "text": "<p>Ein Kürwort ist ein Wort.</p><p>Das Kürwort ist gut.</p>"})
    ]
    assert findings_of(page) == []
    page.body = [("section", {"heading": "Teil", "text": "<p>Das Kürwort ist gut.</p>"})]
    assert [(found.kind, found.words, found.place) for found in findings_of(page)] == [
        (Kind.HARD_WORD, "Kürwort", "Teil")
    ]
