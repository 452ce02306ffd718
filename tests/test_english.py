"""The English pages: the same rows as the German ones, with English words around them, and German marked as such."""

import re
from datetime import date
from itertools import chain

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from wagtail.models import Page, Site

from conferences.models import ChairPage, ChairTerm, ConferencePage, TranslatedChairPage
from intmk.content.models import LoadedContent
from intmk.language.interface_language import spoken_on_page
from intmk.pages.models import StandardPage

AUTUMN_2026 = "2026-11-22 12:00+01:00"
GERMAN_OF = {
    "/en/": "/",
    "/en/tasks/": "/aufgaben-und-ziele/",
    "/en/chair/": "/vorsitz/",
    "/en/conferences/": "/konferenzen/",
}
# Words of the interface that no English text, name or quotation has.
GERMAN = re.compile(
    r"\b(und|der|die|das|bis|nach|vom|zum|zur|nicht|keine?|oder|abgesagt|geplant|Vorsitz|Amtszeit|Quelle|Regel|Stand|"
    r"Hinweis|Suchen|Menü|Startseite|Herausgeber|Konferenzen|Danach|Davor|danach|davor|Ort|Tag|Tage|amtliche|Presse|"
    r"Januar|Februar|März|Mai|Juni|Juli|Oktober|Dezember|Bayern|Hessen|Niedersachsen|Sachsen|Thüringen|liegt)\b"
)


def page(reader: Client, address: str) -> BeautifulSoup:
    response = reader.get(address)
    assert response.status_code == 200, address
    assert not response.cookies
    assert not response.has_header("Vary") or "Accept-Language" not in response["Vary"]
    return BeautifulSoup(response.content, "html.parser")


def words(part: BeautifulSoup) -> str:
    return " ".join(part.get_text(" ").replace("\xa0", " ").replace("\xad", "").split())


def interface(html: BeautifulSoup) -> str:
    """All words of a page that claim to be English, also those in attributes, without the prose of editors."""
    for part in html.select('[lang="de"], .rich, .person__name, script, style'):
        part.decompose()
    spoken = [element.get(name, "") for element in html.find_all(True) for name in ("aria-label", "placeholder")]
    return " ".join([words(html), *spoken])


@pytest.mark.django_db
@pytest.mark.parametrize("address", GERMAN_OF)
@time_machine.travel(AUTUMN_2026)
def test_no_german_word_stands_on_an_english_page_that_is_not_marked_as_german(reader, address):
    html = page(reader, address)
    assert html.html["lang"] == "en"
    assert html.header.get("lang") is None
    assert html.footer.get("lang") is None
    assert GERMAN.findall(interface(html)) == []


@pytest.mark.django_db
@time_machine.travel(AUTUMN_2026)
def test_the_entrance_says_who_chairs_and_what_comes_next(reader):
    html = page(reader, "/en/")
    text = words(html)
    for shown in ("Rhineland-Palatinate", "until 30 June 2027", "Next conference", "Last conference", "planned"):
        assert shown in text
    assert html.select_one('.table-round a[href="/en/chair/"]')
    assert {link["href"] for link in html.select(".entrances a")} == {"/en/tasks/", "/en/chair/", "/en/conferences/"}


@pytest.mark.django_db
@time_machine.travel(AUTUMN_2026)
def test_the_chair_of_a_day_is_told_in_english(reader):
    html = page(reader, "/en/chair/?am=2016-10-01")
    text = words(html)
    for shown in (
        "Chair on 1 October 2016",
        "Baden-Württemberg",
        "Manfred Lucha",
        "364 days left",
        "1 October 2015 to 30 September 2016",
        "The round of the 16 Länder",
        "1 Oct 2016 to 30 Sep 2017",
        "official 1",
    ):
        assert shown in text, shown
    assert words(html.title).startswith("Baden-Württemberg on 1 October 2016 – The chair")
    assert "day, month, year" in text
    assert "Please enter a day" in words(page(reader, "/en/chair/?am=gestern"))
    assert "The chair has rotated only since 1 October 2008" in words(page(reader, "/en/chair/?am=2008-01-01"))
    assert "In the lead 2007/08 North Rhine-Westphalia" in words(page(reader, "/en/chair/?am=2008-01-01"))


@pytest.mark.django_db
@time_machine.travel(AUTUMN_2026)
def test_offices_and_mottos_stay_german_and_say_so(reader):
    html = page(reader, "/en/chair/?am=2016-10-01")
    assert html.find(string=re.compile("Minister für Soziales")).find_parent(lang="de")
    motto = page(reader, "/en/conferences/").find(string=re.compile("Integration schafft Zusammenhalt"))
    assert motto.find_parent(lang="de")


@pytest.mark.django_db
@time_machine.travel(AUTUMN_2026)
@pytest.mark.kinds(2)
@pytest.mark.parametrize("day", ["", "2018-01-01", "2019-12-01", "2009-01-01"])
def test_no_german_sentence_stands_on_the_page_of_the_chair(reader, day):
    html = page(reader, f"/en/chair/?am={day}")
    german = {words(part) for part in html.main.select('[lang="de"]')}
    verbs = re.compile(r" (ist|sind|war|liegt|stützt|begann) ")
    assert [text for text in german if text.endswith(".") or verbs.search(text)] == []
    assert "(in German)" not in {words(part) for part in html.main.select("th")}


@pytest.mark.django_db
@time_machine.travel(AUTUMN_2026)
def test_the_list_has_the_conferences_of_the_german_one_with_english_dates(reader):
    response = reader.get("/en/conferences/")
    german = reader.get("/konferenzen/")
    assert response.context["upcoming"] == german.context["upcoming"]
    assert response.context["years"] == german.context["years"]
    text = words(page(reader, "/en/conferences/"))
    for shown in (
        "16–17 March 2017",
        "26 or 29 June 2009 (sources disagree)",
        "March 2016",
        "until 26 March 2015",
        "Chair: Hesse, Kai Klose",
        "cancelled",
        "video conference",
        "Hesse",
    ):
        assert shown in text, shown


@pytest.mark.django_db
def test_links_to_german_pages_say_that_they_lead_to_german(reader):
    for address in GERMAN_OF:
        for link in page(reader, address).select("header a[href], footer a[href], main a[href]"):
            there = link["href"]
            if there.startswith("/") and not there.startswith("/en/") and not link.find_parent(class_="rich"):
                assert link.get("hreflang") in ("de", "de-simple"), (address, str(link))


@pytest.mark.django_db
def test_menu_breadcrumb_and_language_switch_stay_in_the_language(reader):
    html = page(reader, "/en/chair/")
    assert [link["href"] for link in html.select(".main-menu a")][:3] == [
        "/en/tasks/",
        "/en/chair/",
        "/en/conferences/",
    ]
    assert html.select_one(".wordmark")["href"] == "/en/"
    assert words(html.select_one(".breadcrumb")) == "Home The chair"
    assert html.select_one('.language-menu a[hreflang="de"]')["href"] == "/vorsitz/"
    assert html.select_one('.language-menu a[hreflang="en"]')["aria-current"] == "page"
    assert page(reader, "/vorsitz/").select_one('.language-menu a[hreflang="en"]')["href"] == "/en/chair/"
    assert page(reader, "/geschichte/").select_one('.language-menu a[hreflang="en"]')["href"] == "/en/"
    assert page(reader, "/en/").select_one('.language-menu a[hreflang="de"]')["href"] == "/"
    assert page(reader, "/en/").select_one(".breadcrumb") is None
    assert "/en/chair/" not in {link["href"] for link in page(reader, "/").select(".main-menu a")}


@pytest.mark.django_db
def test_translations_name_each_other_and_german_is_the_default(reader):
    root = Site.objects.get().root_url
    for english, german in GERMAN_OF.items():
        for address in (english, german):
            found = {
                link["hreflang"]: link["href"].removeprefix(root)
                for link in page(reader, address).select('link[rel="alternate"][hreflang]')
            }
            assert found == {"de": german, "en": english, "x-default": german}, address
    assert page(reader, "/geschichte/").select('link[rel="alternate"][hreflang]') == []
    TranslatedChairPage.objects.get().unpublish()
    assert page(reader, "/vorsitz/").select('link[rel="alternate"][hreflang]') == []


@pytest.mark.django_db
def test_english_does_not_leak_into_what_the_thread_does_next(reader):
    before = translation.get_language()
    reader.get("/en/chair/")
    assert translation.get_language() == before == "de"
    assert "Vorsitz heute, am" in words(page(reader, "/vorsitz/"))
    with pytest.raises(RuntimeError), spoken_on_page("en"):
        raise RuntimeError
    assert translation.get_language() == "de"


@pytest.mark.django_db
def test_neither_cookie_nor_browser_chooses_the_language():
    reader = Client(HTTP_HOST="localhost", headers={"accept-language": "en"})
    reader.cookies["django_language"] = "en"
    assert "Vorsitz heute, am" in words(BeautifulSoup(reader.get("/vorsitz/").content, "html.parser"))
    german = Client(HTTP_HOST="localhost", headers={"accept-language": "de"})
    assert "Chair today," in words(BeautifulSoup(german.get("/en/chair/").content, "html.parser"))


@pytest.mark.django_db
def test_an_english_page_asks_about_as_often_as_the_german_one(reader):
    counts = {}
    for address in chain(GERMAN_OF, GERMAN_OF.values()):
        reader.get(address)
        with CaptureQueriesContext(connection) as captured:
            reader.get(address)
        counts[address] = len(captured)
    more = {english: counts[english] - counts[german] for english, german in GERMAN_OF.items()}
    assert {english: count for english, count in more.items() if count > 2} == {}  # no plain question too many


@pytest.mark.django_db
def test_a_change_of_the_german_rows_is_there_in_english_at_once(reader):
    ChairTerm.objects.filter(start=date(2016, 10, 1)).get().persons.update(name="Erika Beispiel")
    ConferencePage.objects.filter(number=12).update(status="cancelled")
    assert "Erika Beispiel" in words(page(reader, "/en/chair/?am=2016-10-01"))
    row = page(reader, "/en/conferences/").find("a", href="/konferenzen/12/").find_parent("li")
    assert "cancelled" in words(row)


@pytest.mark.django_db
def test_a_site_from_before_gets_the_english_pages_and_keeps_its_own_text(reader):
    keys = ["page:en/tasks", "page:en/chair", "page:en/conferences", "translation:en"]
    for page_ in Page.objects.filter(slug__in=["tasks", "chair", "conferences"], locale__language_code="en"):
        page_.delete()
    LoadedContent.objects.filter(key__in=keys).delete()
    entrance = StandardPage.objects.get(slug="en")
    Page.objects.filter(pk=entrance.pk).update(translation_key="00000000-0000-0000-0000-000000000001", title="Ours")
    call_command("load_content", verbosity=0)
    entrance.refresh_from_db()
    assert entrance.title == "Ours"
    assert "until" in words(page(reader, "/en/").select_one(".table-round"))
    assert TranslatedChairPage.objects.get().translation_key == ChairPage.objects.get().translation_key
    assert page(reader, "/en/conferences/").html["lang"] == "en"


@pytest.mark.django_db
def test_the_other_languages_offer_no_place_for_the_chair_page():
    assert not TranslatedChairPage.can_create_at(StandardPage.objects.get(slug="leichte-sprache"))
    assert not TranslatedChairPage.can_create_at(StandardPage.objects.get(slug="kontakt"))
    assert not TranslatedChairPage.can_create_at(StandardPage.objects.get(slug="en"))  # there is one
    TranslatedChairPage.objects.get().delete()
    assert TranslatedChairPage.can_create_at(StandardPage.objects.get(slug="en"))


@pytest.mark.django_db
def test_the_editor_of_an_english_page_is_german_and_its_preview_english(editor):
    chair = TranslatedChairPage.objects.get()
    html = editor.get(f"/admin/pages/{chair.pk}/edit/").content.decode()
    assert '<html lang="de"' in html
    assert "Text zur Zeit vor dem Turnus" in html
    preview = editor.get(f"/admin/pages/{chair.pk}/view_draft/").content.decode()
    assert "Chair today," in preview
