"""What the pages of the search show, and that nothing that is typed breaks them."""

import re
from xml.etree import ElementTree

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Q
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from wagtail.models import Page

from intmk.language.german_words import folded
from intmk.pages.models import NewsIndexPage, NewsPage
from intmk.search import results
from intmk.search.answers import short_answers
from intmk.search.index import Findable, store_entries
from intmk.search.query import parse
from intmk.search.synonyms import SearchSynonym
from intmk.search.text import BYTES_OF_A_VECTOR, LAST_POSITION, PIECE, vector
from tests.editing import give_chair, take_chair, text_of

pytestmark = pytest.mark.django_db


def answer(query: str, **more):
    response = Client(HTTP_HOST="localhost").get("/suche/", {"q": query, **more})
    assert response.status_code == 200
    return response


def titles(query: str, **more) -> list[str]:
    return ["".join(text for text, _ in hit["title"]) for hit in answer(query, **more).context.get("hits", [])]


def many(count: int, title: str = "Massenhaft") -> None:
    """Add entries without pages, which are public."""
    found = (
        Findable(f"test:{n}", "page", "Test", f"{title} {n}", {"D": "überall"}, address=f"/test/{n}/")
        for n in range(count)
    )
    store_entries(found, Q(pk__in=[]))


@pytest.fixture
def few_are_counted(monkeypatch) -> int:
    """Count and rank forty hits in place of a thousand, which take as many entries to exceed."""
    monkeypatch.setattr(results, "MOST", 40)
    return 40


def test_it_finds_a_place_a_motto_and_a_host():
    assert titles("Friedrichshafen")[0] == "12. Integrationsministerkonferenz"
    assert "12. Integrationsministerkonferenz" in titles("schafft Zusammenhalt")
    assert "18. Integrationsministerkonferenz" in titles("Wiesbaden Hessen")


def test_each_form_of_a_word_and_each_compound_with_it_is_marked():
    html = answer("Integrationskurs").content.decode()
    assert "<mark>Integrationskursen</mark>" in html
    assert "<mark>Integrationskurse</mark>" in answer("Kurs").content.decode()


def test_words_of_the_page_are_shown_as_text():
    page = NewsPage(title="<b>Xylophon</b>", slug="x", introduction="Ein Xylophon <script>alert(1)</script>.")
    NewsIndexPage.objects.get().add_child(instance=page)
    page.save_revision().publish()
    html = answer("Xylophon").content.decode()
    assert "&lt;script&gt;alert(1)" in html
    assert "<script>alert" not in html
    assert "&lt;b&gt;<mark>Xylophon</mark>&lt;/b&gt;" in html.replace("\n", "")


def test_the_query_is_shown_escaped():
    html = answer("<script>alert(1)</script>").content
    assert b"<script>alert" not in html
    assert b"&lt;script&gt;" in html


def test_a_kind_can_be_chosen_and_its_number_is_that_of_its_hits():
    everything = answer("Hamburg").context
    numbers = {code: count for code, _, count in everything["kinds"]}
    assert numbers[""] == len(everything["hits"]) == sum(count for code, count in numbers.items() if code)
    actors = answer("Hamburg", art="personen-und-laender").context
    assert len(actors["hits"]) == numbers["personen-und-laender"] > 0
    assert len(answer("Hamburg", art="actor").context["hits"]) == len(actors["hits"])  # a former address
    assert {hit["label"] for hit in actors["hits"]} <= {"Land", "Person im Vorsitz"}
    assert answer("Hamburg", art="gibt-es-nicht").context["kind"] == ""


def test_hits_are_paged_and_no_page_number_breaks_it(monkeypatch):
    monkeypatch.setattr(results, "PAGE_SIZE", 4)
    many(9)
    pages = [titles("Massenhaft", seite=page) for page in (1, 2, 3)]
    assert [len(page) for page in pages] == [4, 4, 1]
    assert len({title for page in pages for title in page}) == 9
    for page in ("foo", "-3", "0", "10000000000", "٣", "\x00"):
        assert titles("Massenhaft", seite=page)


def test_more_hits_than_are_counted_are_said_to_be_more(few_are_counted):
    many(few_are_counted + 5)
    response = answer("Massenhaft")
    assert response.context["found"].is_capped
    assert b"Mehr als 1.000 Treffer" in response.content
    assert len(titles("Massenhaft", seite=2)) == 20
    assert len(titles("überall", seite=2)) == 20
    store_entries([Findable("test:very", "page", "Test", "Massenhaft", {}, address="/test/")], Q(pk__in=[]))
    assert titles("massenhaft")[0] == "Massenhaft"


def test_a_mistyped_word_is_put_right_and_the_page_says_so():
    found = answer("Friedrichshaven")
    assert found.context["corrected"] == "Friedrichshafen"
    assert "Ergebnisse für Friedrichshafen . Stattdessen nach Friedrichshaven suchen" in text_of(found)
    assert titles("Friedrichshaven") == titles("Friedrichshafen") != []
    as_typed = answer("Friedrichshaven", genau="1")
    assert (as_typed.context["corrected"], as_typed.context["hits"]) == ("", [])


@pytest.mark.parametrize("query", ["Friedrichshafen", "Qwrtzpsdfg", "Kosten", "Extremismus Bayern"])
def test_what_is_found_and_what_is_like_nothing_is_left_as_it_is(query):
    found = answer(query)
    assert (found.context["corrected"], found.context["meant"]) == ("", "")


def test_a_word_of_the_dictionary_is_never_replaced_but_at_most_another_is_offered():
    many(1, "Hannover")
    found = answer("Hanover")  # simplemma does not know it
    assert found.context["corrected"] == "Hannover"
    many(1, "Zauberlehrling")
    offered = answer("Zauberlehrlinge Quarkspeise Hauben").context  # the last is a word, and like one that is here
    assert offered["corrected"] == ""


def test_without_a_page_that_has_all_words_those_with_most_of_them_say_what_is_missing():
    found = answer("Sprachmittlung Quarkspeise")
    assert found.context["found"].count == 0
    assert found.context["nowhere"] == ["Quarkspeise"]
    assert "Sprachmittlung" in titles("Sprachmittlung Quarkspeise")[0]
    assert "Auf dieser Website fehlt: Quarkspeise" in text_of(found)
    both = answer("Sprachmittlung Göttingen").context["hits"]
    assert {tuple(hit["missing"]) for hit in both} == {("Göttingen",), ("Sprachmittlung",)}


def test_a_rare_word_is_found_beside_one_that_more_pages_have_than_are_ranked(few_are_counted):
    assert "Sprachmittlung" in titles("Sprachmittlung Massenhaft")[0]
    many(few_are_counted + 5)
    with CaptureQueriesContext(connection) as captured:
        found = titles("Sprachmittlung Massenhaft")
    assert any("Sprachmittlung" in title for title in found)
    assert any("Massenhaft" in title for title in found)
    assert any("LATERAL" in query["sql"] and "LIMIT 20" in query["sql"] for query in captured)


def cards(query: str) -> list[tuple[str, str]]:
    found = results.search_for(query)
    shown = found.entries if found.results.counts else []
    request = RequestFactory().get("/suche/", headers={"host": "localhost"})
    return [(card.heading, card.address) for card in short_answers(found.query, shown, request)]


@pytest.mark.parametrize(
    ("query", "card"),
    [
        ("Wer hat den Vorsitz?", ("Vorsitz 2026/27: Rheinland-Pfalz", "/vorsitz/")),
        ("nächster Vorsitz", ("Vorsitz 2027/28: Saarland", "/vorsitz/?am=2027-07-01")),
        ("01.10.2016", ("Vorsitz am 1. Oktober 2016: Baden-Württemberg", "/vorsitz/?am=2016-10-01")),
        ("am 01.10.2016", ("Vorsitz am 1. Oktober 2016: Baden-Württemberg", "/vorsitz/?am=2016-10-01")),
        ("Vorsitz der 12. Konferenz", ("Vorsitz am 17. März 2017: Baden-Württemberg", "/vorsitz/?am=2017-03-17")),
        ("Vorsitz am 30. Juni 2030", ("Vorsitz am 30. Juni 2030: Sachsen-Anhalt", "/vorsitz/?am=2030-06-30")),
        ("zwölfte Konferenz", ("12. Integrationsministerkonferenz", "/konferenzen/12/")),
        ("Konferenz 2018", ("13. Integrationsministerkonferenz", "/konferenzen/13/")),
        ("Wiesbaden", ("18. Integrationsministerkonferenz", "/konferenzen/18/")),
        ("Termin 2017", ("12. Integrationsministerkonferenz", "/konferenzen/12/")),
        ("letzte Konferenz 2012", ("7. Integrationsministerkonferenz", "/konferenzen/7/")),
        ("letzte Konferenz", ("21. Integrationsministerkonferenz", "/konferenzen/21/")),
        ("vorletzte Konferenz", ("20. Integrationsministerkonferenz", "/konferenzen/20/")),
        ("letzte Konferenz in Kiel", ("10. Integrationsministerkonferenz", "/konferenzen/10/")),
        ("letzte Konferenz in Bayern", ("13. Integrationsministerkonferenz", "/konferenzen/13/")),
        ("wann tagt die IntMK das nachste Mal", ("22. Integrationsministerkonferenz", "/konferenzen/22/")),
        ("Vorsitz Bayern 2017", ("Vorsitz 2017/18: Bayern", "/vorsitz/?am=2017-10-01")),
        ("bayerischer Vorsitz 2017-18", ("Vorsitz 2017/18: Bayern", "/vorsitz/?am=2017-10-01")),
        ("übernächster Vorsitz", ("Vorsitz 2028/29: Sachsen", "/vorsitz/?am=2028-07-01")),
        ("Wer kommt nach Rheinland-Pfalz?", ("Vorsitz 2027/28: Saarland", "/vorsitz/?am=2027-07-01")),
        ("Vorgänger im Vorsitz", ("Vorsitz 2025/26: Nordrhein-Westfalen", "/vorsitz/?am=2025-07-01")),
        ("1. Okt. 2016", ("Vorsitz am 1. Oktober 2016: Baden-Württemberg", "/vorsitz/?am=2016-10-01")),
        ("29.06.21", ("Vorsitz am 29. Juni 2021: Bremen", "/vorsitz/?am=2021-06-29")),
        ("Kontakt Bayern", ("Bayern", "/laender/bayern/")),
        ("Was macht die IntMK?", ("Integrationsministerkonferenz", "/glossar/#intmk")),
        ("13/2.9b", ("TOP 2.9b: Niedrigschwellige Kurse für Frauen", "/konferenzen/13/top-2-9b/")),
        ("Ansprechpartner", ("Geschäftsstelle beim Land Rheinland-Pfalz", "/kontakt/")),
        ("Kalender", ("22. Integrationsministerkonferenz", "/konferenzen/22/")),
        ("Was ist ein Umlaufbeschluss?", ("Umlaufbeschluss", "/glossar/#umlaufbeschluss")),
        ("Konferenztermine", ("22. Integrationsministerkonferenz", "/konferenzen/22/")),
        ("Konferenzvorsitz", ("Vorsitz 2026/27: Rheinland-Pfalz", "/vorsitz/")),
        ("Frühjahr 2016", ("11. Integrationsministerkonferenz", "/konferenzen/11/")),
        ("13. Konferenz TOP 2.9 lit. b", ("TOP 2.9b: Niedrigschwellige Kurse für Frauen", "/konferenzen/13/top-2-9b/")),
    ],
)
@time_machine.travel("2026-11-29 12:00 +0100")
def test_a_plain_question_has_its_answer_above_the_hits(query, card):
    assert [(heading.replace("\xa0", " "), address) for heading, address in cards(query)] == [card]


@time_machine.travel("2026-11-29 12:00 +0100")
@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("Themen der IntMK", "Handlungsfelder"),
        ("Wie oft tagt die IntMK?", "Konferenzen"),
        ("BY", "Bayern"),
        ("Freie und Hansestadt Hamburg", "Hamburg"),
        ("15 zu 1", "Miteinander wachsen"),
    ],
)
def test_other_ways_to_ask_find_the_same_first(query, first):
    assert titles(query)[0] == first


def test_a_day_of_the_history_finds_it_by_day():
    assert "Geschichte" in titles('"22. März 2007"')


def test_a_year_of_two_chairs_has_two_answers_and_an_impossible_day_none():
    assert [address for _, address in cards("Vorsitz 2030")] == ["/vorsitz/?am=2029-07-01", "/vorsitz/?am=2030-07-01"]
    assert cards("31.02.2017") == []


def test_what_asks_for_more_or_less_has_no_answer_above_the_hits():
    asked = [
        *("Sprachmittlung", "Vorsitz Sprachmittlung", "Hamburg", "Kontakt Bayern Leitantrag"),
        *("Vorsitz 1999", "Vorsitz 30.02.2017", "Vorsitz der 99. Konferenz", "Termine Bayern"),
        *("Vorsitz Berlin 2012", "Kontakt 2017", "Kontakt Bundesregierung", "nach Bayern", "12. Juli"),
        *("Vorsitz der MPK", "Konferenz der Innenminister", "Ministerpräsidentenkonferenz 2007"),
        *("Nationaler Integrationsplan 2007", "Sonderkonferenz 2020", "erste Ministerin"),
        *("nächste Konferenz in Bayern", "Konferenz Hessen 2017", "Integrationsminister Hessen"),
        *("Was macht Bayern im Bundesrat?", "Konferenz nach 2020", "Konferenz vor Hamburg", "Vorsitz 2010-2020"),
        *("Vorsitz der nächsten Konferenz", "alle Vorsitzenden"),
    ]
    assert {query: found for query in asked if (found := cards(query))} == {}


def test_several_answers_are_told_apart_by_their_headings():
    html = answer("Vorsitz 2030").content.decode()
    labels = re.findall(r'<section class="duty" aria-labelledby="(.+?)">\s*<h2 id="(.+?)">', html)
    assert labels == [("antwort-1", "antwort-1"), ("antwort-2", "antwort-2")]


def test_without_the_page_for_it_nobody_is_sent_to_the_contact():
    Page.objects.get(url_path__endswith="/kontakt/").unpublish()
    assert cards("Ansprechpartner") == []


def test_synonyms_of_editors_count_at_once_and_an_empty_one_is_refused():
    assert titles("Quasselstrippe") == []
    SearchSynonym.objects.create(typed="Quasselstrippe\nplappernde Strippen", found="Sprachmittlung")
    assert "Sprachmittlung" in titles("Quasselstrippen")[0] == titles("plappernde Strippe")[0]
    with pytest.raises(ValidationError) as refused:
        SearchSynonym(typed="–", found="Sprachmittlung").full_clean()
    assert list(refused.value.message_dict) == ["typed"]


def test_the_land_in_the_chair_keeps_the_synonyms(account, editor):
    def add() -> bool:
        address = reverse(SearchSynonym.snippet_viewset.get_url_name("add"))
        editor.post(address, {"typed": "Quasselstrippe", "found": "Sprachmittlung"})
        return SearchSynonym.objects.filter(typed="Quasselstrippe").exists()

    take_chair(account)
    assert not add()
    give_chair(account)
    assert add()


def test_keywords_find_a_page_that_shows_them_nowhere():
    page = NewsPage(title="Etwas", slug="etwas", introduction="Es geht um etwas.", keywords="Xylophon, Yachtschule")
    NewsIndexPage.objects.get().add_child(instance=page)
    page.save_revision().publish()
    assert titles("Yachtschulen")[0] == "Etwas"
    assert "Yachtschule" not in Client(HTTP_HOST="localhost").get(page.url).content.decode()


def test_pages_stand_before_words_of_the_glossary():
    labels = [hit["label"] for hit in answer("Leitantrag").context["hits"]]
    assert labels.index("Glossar") > 2


def test_titles_and_words_are_suggested_by_their_beginning():
    def suggested(typed: str) -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            found = Client(HTTP_HOST="localhost").get("/suche/vorschlaege/", {"q": typed}).json()["suggestions"]
        assert len(captured) <= 5
        return found

    suggested("warm")
    assert "Impressum" in suggested("impr")
    assert "Friedrichshafen" in suggested("friedr")
    assert "Überherrn" in suggested("ueberh")
    assert len(suggested("int")) <= 8
    for typed in ("", "a", "%", "_%", "\\", "\x00", "x" * 5000, "🙂🙂"):
        assert suggested(typed) == []


@pytest.mark.audit
def test_a_search_costs_the_same_queries_with_few_and_with_many_hits(few_are_counted):
    def queries(query: str) -> int:
        answer(query)
        with CaptureQueriesContext(connection) as captured:
            answer(query)
        return len(captured)

    asked = ("Massenhaft", "Friedrichshaven Impresum", "Konferenz", '"schafft Zusammenhalt"', "Qwrtzpsdfg")
    many(5)
    few = {query: queries(query) for query in asked}
    many(25)
    assert {query: queries(query) for query in asked if query != "Massenhaft"} == {
        query: count for query, count in few.items() if query != "Massenhaft"
    }
    many(few_are_counted + 5)
    assert max(few.values()) <= 30
    assert queries("Massenhaft") == few["Massenhaft"]


@pytest.mark.parametrize(
    "query",
    ["", " ", "\x00", "'", '"', "\\", "%", "a & b | !c", ":*", "<b>", "🙂", "x" * 10_000, "(((", "und", "🏳️‍🌈 -", "- -",
     '-"" -a', "'':A", "~kurs", "\uff9e", "\uff9f -\uff9e", "1" * 500, "a:b*c-d" * 50, '"a" ' * 60],
)  # fmt: skip
def test_no_query_breaks_it(query):
    titles(query)


@pytest.mark.audit
class AnyQuery(TestCase):
    @settings(max_examples=100, deadline=None)
    @given(st.text(max_size=60) | st.text(alphabet="aä-\"'\\:&|!()<>*~/.,0123456789 Kurs", max_size=60))
    def test_any_text_is_answered(self, text):
        assert titles(text) is not None
        assert parse(text).broad.count("'") % 2 == 0


def test_no_letter_is_a_word_of_which_nothing_is_left():
    letters = "".join(filter(str.isalpha, map(chr, range(0x110000))))
    assert all(folded(sign) for sign in set(letters) & set("".join(re.findall(PIECE, letters))))


def test_texts_beyond_the_limits_of_postgresql_are_cut():
    words = [f"{first}{second}wort" for first in "abcdefghij" for second in "abcdefghij"]
    made = vector([("D", " ".join(words * 200))])
    assert LAST_POSITION - 100 < max(map(int, re.findall(r"(\d+)D", made))) <= LAST_POSITION + 100
    # PostgreSQL refuses more than 1 MB of lexemes. Numbers are looked up as they are: nothing is to be taken apart.
    numbers = [f"{number:080}" for number in range(14_000)]
    made = vector([("D", " ".join(numbers))])
    assert BYTES_OF_A_VECTOR <= len(made.encode()) < 1_000_000
    store_entries([Findable("test:n", "page", "Test", "Zahlen", {"D": " ".join(numbers)}, address="/n/")], Q(pk__in=[]))
    assert titles(numbers[0]) == ["Zahlen"]
    long = " ".join(words * 200)
    store_entries([Findable("test:long", "page", "Test", "Lang", {"D": long}, address="/lang/")], Q(pk__in=[]))
    assert "Lang" in titles("aawort")


def test_browsers_are_told_how_to_search_here():
    assert b'rel="search"' in answer("").content
    response = Client(HTTP_HOST="localhost").get("/opensearch.xml")
    assert response["Content-Type"].startswith("application/opensearchdescription+xml")
    names = {"o": "http://a9.com/-/spec/opensearch/1.1/"}
    urls = ElementTree.fromstring(response.content).findall("o:Url", names)
    assert urls[0].attrib["template"].endswith("/suche/?q={searchTerms}")


def test_search_pages_are_not_for_search_engines_and_only_reading_is_answered():
    assert b'content="noindex"' in answer("Kiel").content
    for address in ("/suche/", "/suche/vorschlaege/", "/opensearch.xml"):
        assert Client(HTTP_HOST="localhost").post(address, {"q": "x"}).status_code == 405
