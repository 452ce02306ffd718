"""The archive: each filter finds what it says, counts what it would find, and no address breaks it."""

import random
import re
from datetime import date

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conferences.archive.filters import Filters, all_facets
from conferences.models import Addressee, ConferencePage, FollowUp, Land, ResolutionPage, Theme
from intmk.pages.models import HomePage
from tests.editing import text_of
from tests.invented_resolutions import resolution

pytestmark = pytest.mark.django_db
ADDRESS = "/beschluesse/"
PARAMETERS = [
    "thema",
    "ergebnis",
    "art",
    "konferenz",
    "jahr",
    "land",
    "adressat",
    "erklaerung",
    "stand",
    "stimme",
    "sortierung",
    "seite",
    "q",
    "art",
]


def soup(response) -> BeautifulSoup:
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def titles(reader: Client, query: str) -> list[str]:
    return [row.page.title for row in reader.get(ADDRESS + query).context["rows"]]


def numbers(reader: Client, query: str, parameter: str) -> dict[str, int]:
    """The counts of one facet as the form shows them, by the word of each value."""
    boxes = soup(reader.get(ADDRESS + query)).main.find_all("input", {"name": parameter, "type": "checkbox"})
    return {box["value"]: int(box.parent.find(class_="facet__number").contents[0]) for box in boxes}


def test_all_public_resolutions_are_listed_the_newest_first(reader):
    response = reader.get(ADDRESS)
    count = ResolutionPage.objects.live().count()
    assert f"{count} Einträge" in text_of(response)
    years = [row.page.year for row in response.context["rows"]]
    assert years == sorted(years, reverse=True)
    assert len(years) == min(count, 20)


@pytest.mark.parametrize(
    ("query", "values"),
    [
        ("?thema=medien", {"themes": ["medien"]}),
        ("?ergebnis=zur-kenntnis-genommen&konferenz=12", {"outcome": "noted"}),
        ("?bekannt=bericht&konferenz=12", {"kind": "report"}),
        ("?ergebnis=zurueckgezogen", {"outcome": "withdrawn"}),
        ("?art=entschliessung&konferenz=12", {"kind": "resolution"}),
        ("?art=kenntnisnahme", {"kind": "note"}),
        ("?konferenz=1", {"conference": 1}),
        ("?jahr=2022", {"decided_on": date(2022, 5, 1)}),
        ("?land=saarland&thema=sport", {"movers": ["DE-SL"], "themes": ["sport"]}),
        ("?land=alle&thema=sport", {"mover_kind": "all", "themes": ["sport"]}),
        ("?adressat=bamf", {"addressees": ["bamf"]}),
        ("?erklaerung=ja&thema=sport", {"statement": "DE-HH", "themes": ["sport"]}),
        ("?erklaerung=hamburg", {"statement": "DE-HH"}),
        ("?stimme=bayern-enthaltung", {"votes": {"DE-BY": "abstained", "DE-HE": "yes"}}),
        ("?stimme=saarland-nicht-beteiligt&thema=sport", {"votes": {"DE-SL": "absent"}, "themes": ["sport"]}),
        ("?stand=teilweise-umgesetzt", {"state": "partly"}),
    ],
)
@pytest.mark.kinds(6)
def test_each_filter_finds_what_it_says_and_nothing_else(query, values):
    def found() -> list[str]:
        filters = Filters.of(QueryDict(query.removeprefix("?")), all_facets())
        return list(filters.applied(ResolutionPage.objects.live()).values_list("title", flat=True))

    assert found() == []
    resolution(**{"conference": 12, "item": "9.1", "title": "Gesucht"} | values)
    resolution(conference=13, item="9.2", title="Nicht gesucht", outcome="unanimous")
    assert found() == ["Gesucht"]


def test_values_of_one_facet_are_alternatives_and_facets_are_combined(reader):
    resolution(item="9.1", title="A", themes=["medien"], outcome="rejected")
    resolution(item="9.2", title="B", themes=["sport"], outcome="rejected")
    resolution(item="9.3", title="C", themes=["sport"], outcome="adjourned")
    assert titles(reader, "?thema=medien&thema=sport") == ["A", "B", "C"]
    assert titles(reader, "?thema=medien&thema=sport&ergebnis=abgelehnt") == ["A", "B"]
    # The count of a facet ignores its own selection: it says what choosing the value would find.
    assert numbers(reader, "?thema=sport&ergebnis=abgelehnt", "ergebnis") == {"abgelehnt": 1, "vertagt": 1}
    assert numbers(reader, "?thema=sport&ergebnis=abgelehnt", "thema") == {"medien": 1, "sport": 1}


def test_drafts_and_what_was_taken_back_are_neither_listed_nor_counted(reader):
    page = resolution(item="9.1", title="Entwurf", outcome="rejected")
    assert numbers(reader, "", "ergebnis")["abgelehnt"] == 1
    page.unpublish()
    assert "abgelehnt" not in numbers(reader, "", "ergebnis")
    assert titles(reader, "?ergebnis=abgelehnt") == []
    hidden = ConferencePage.objects.get(number=13)
    hidden.unpublish()
    response = reader.get(ADDRESS + "?thema=sprache")
    assert response.context["rows"]
    assert hidden.title not in text_of(response)
    assert "13" not in numbers(reader, "", "konferenz")


CHOSEN = [
    {},
    {"ergebnis": "einstimmig"},
    {"thema": "sprache", "land": "bayern"},
    {"jahr": "2017", "stand": "offen"},
]


@pytest.mark.slow("resolutions of all kinds, each of them counted by hand")
def test_every_count_equals_what_its_filter_finds(reader):
    count_by_hand(reader, 8, CHOSEN[2:])


@pytest.mark.audit
def test_every_count_of_many_equals_what_its_filter_finds(reader):
    count_by_hand(reader, 24, CHOSEN)


def count_by_hand(reader: Client, many: int, filters: list[dict[str, str]]) -> None:
    chance = random.Random(7)
    themes, addressees = (list(model.objects.values_list("slug", flat=True)) for model in (Theme, Addressee))
    codes = list(Land.objects.values_list("code", flat=True))
    for number in range(1, many + 1):
        resolution(
            conference=chance.choice([3, 12, 13]),
            item=f"9.{number}",
            kind=chance.choice(["", "motion", "report"]),
            outcome=chance.choice(["", "unanimous", "rejected"]),
            movers=chance.sample(codes, chance.choice([0, 1, 3])),
            themes=chance.sample(themes, chance.choice([0, 1, 2])),
            addressees=chance.sample(addressees, chance.choice([0, 1])),
            statement=chance.choice([None, None, "DE-BY"]),
            state=chance.choice([None, "open", "done"]),
        )
    public = list(ResolutionPage.objects.live())
    choices = {f.parameter: {c.word: c.code for c in f.choices} for f in all_facets()}
    for chosen in filters:
        response = reader.get(ADDRESS, chosen)
        for row in response.context["facets"]:
            parameter = row["facet"].parameter
            others = {choices[name][word] for name, word in chosen.items() if name != parameter}
            for choice, number, _ in row["choices"]:
                by_hand = [page for page in public if others <= set(page.facets) and choice.code in page.facets]
                assert number == len(by_hand), (chosen, choice)
        everything = {choices[name][word] for name, word in chosen.items()}
        assert response.context["count"] == sum(everything <= set(page.facets) for page in public)


def test_each_chosen_filter_is_a_link_without_it(reader):
    page = soup(reader.get(ADDRESS + "?ergebnis=einstimmig&land=bayern&land=alle&sortierung=titel&seite=3"))
    links = {link.text.split(": ", 1)[1].strip(" ×"): link["href"] for link in page.select(".active-filters a.tag")}
    assert links["Ergebnis: einstimmig"] == "/beschluesse/?land=bayern&land=alle&sortierung=titel"
    assert links["Antrag von: Bayern"] == "/beschluesse/?ergebnis=einstimmig&land=alle&sortierung=titel"
    checked = {(box["name"], box["value"]) for box in page.select("input[checked]")}
    assert checked == {("ergebnis", "einstimmig"), ("land", "bayern"), ("land", "alle")}


@pytest.mark.parametrize(
    "query", ["jahr=foo", "land=Bayern", "konferenz=999", "thema=%00", "sortierung=x", "erklaerung=1"]
)
def test_a_value_that_there_is_not_is_ignored_and_said_so(reader, query):
    response = reader.get(f"{ADDRESS}?{query}")
    assert response.context["count"] == ResolutionPage.objects.live().count()
    assert query.replace("%00", "") in text_of(response)
    assert "Das gibt es nicht" in text_of(response)


def test_what_is_ignored_is_shown_short_and_escaped(reader):
    response = reader.get(ADDRESS, {"jahr": ["<script>alert(1)</script>", *("x" * 500 + str(n) for n in range(50))]})
    assert b"<script>alert" not in response.content
    shown = [code.text for code in soup(response).main.find_all("code")]
    assert len(shown) == 5
    assert max(map(len, shown)) <= len("jahr=") + 60


ADDRESSES = st.lists(st.tuples(st.sampled_from(PARAMETERS), st.text(max_size=30)), max_size=12)


@pytest.mark.audit
@settings(max_examples=10, suppress_health_check=list(HealthCheck))
@given(ADDRESSES)
def test_no_address_breaks_it(pairs):
    answered(pairs)


@pytest.mark.audit
@settings(max_examples=500, suppress_health_check=list(HealthCheck))
@given(ADDRESSES)
def test_none_of_very_many_addresses_breaks_it(pairs):
    answered(pairs)


def answered(pairs: list[tuple[str, str]]) -> None:
    query: dict[str, list[str]] = {}
    for name, value in pairs:
        query.setdefault(name, []).append(value)
    assert Client(HTTP_HOST="localhost").get(ADDRESS, query).status_code == 200


def test_the_order_can_be_chosen(reader):
    for item, title in (("9.10", "Zebra"), ("9.2", "„Ähren“ der Probe"), ("A9", "Apfel")):
        resolution(item=item, title=title, themes=["medien"])
    assert titles(reader, "?thema=medien&sortierung=top") == ["„Ähren“ der Probe", "Zebra", "Apfel"]
    assert titles(reader, "?thema=medien&sortierung=titel") == ["„Ähren“ der Probe", "Apfel", "Zebra"]
    years = [row.page.year for row in reader.get(ADDRESS + "?sortierung=aelteste").context["rows"]]
    assert years == sorted(years)


def test_pages_keep_the_filters_and_have_their_own_canonical_address(reader, monkeypatch):
    monkeypatch.setattr("conferences.archive.views.PAGE_SIZE", 2)
    for number in range(1, 4):
        resolution(item=f"9.{number}", themes=["medien"])
    second = soup(reader.get(ADDRESS + "?thema=medien&seite=2"))
    assert len(second.select(".items > li")) == 1
    assert "thema=medien" in second.find("a", rel="prev")["href"]
    host = HomePage.objects.get().full_url.rstrip("/")
    assert second.find("link", rel="canonical")["href"] == f"{host}/beschluesse/?thema=medien&seite=2"
    assert second.find("meta", {"name": "robots"})["content"] == "noindex, follow"
    first = soup(reader.get(ADDRESS))
    assert first.find("link", rel="canonical")["href"] == f"{host}/beschluesse/"
    assert first.find("meta", {"name": "robots"}) is None


def test_no_hit_and_no_resolution_at_all_are_told_apart(reader):
    text = text_of(reader.get(ADDRESS + "?jahr=1951"))
    assert "Kein Eintrag passt zu allen gewählten Filtern." in text
    assert "Jahr: 1951" in text
    ResolutionPage.objects.update(live=False)
    assert "Einträge liegen nicht vor." in text_of(reader.get(ADDRESS))


def test_a_row_says_number_conference_outcome_votes_movers_and_themes(reader):
    resolution(
        12, item="9.1", title="Probe", outcome="majority", votes_yes=12, votes_no=3, votes_abstained=1,
        movers=["DE-BY", "DE-HE"], themes=["medien"],
    )  # fmt: skip
    row = " ".join(soup(reader.get(ADDRESS + "?thema=medien")).select_one(".resolution-row").text.split())
    for words in ("TOP 9.1 Probe", "2017", "mehrheitlich (12 Ja, 3 Nein, 1 Enthaltung)", "Bayern und Hessen", "Medien"):
        assert words in row


def test_the_search_field_asks_the_search_for_resolutions_only(reader):
    form = soup(reader.get(ADDRESS)).main.find("form", role="search")
    assert form["action"] == "/suche/"
    kind = form.find("input", {"name": "art"})["value"]
    found = reader.get(form["action"], {"q": "Integration", "art": kind}).context
    assert found["kind"] == kind
    assert found["hits"]
    assert {hit["label"] for hit in found["hits"]} <= {"Beschluss", "Tagesordnungspunkt", "Bericht"}


def test_filtered_lists_can_use_the_index():
    with connection.cursor() as cursor:
        # With so few rows every plan is cheap; without the two it shows whether the index serves the condition at all.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
    plan = ResolutionPage.objects.live().filter(facets__overlap=["eunanimous"]).explain()
    assert "resolution_facets" in plan


def test_of_very_many_values_the_first_and_the_chosen_ones_are_shown(reader, monkeypatch):
    monkeypatch.setattr("conferences.archive.filters.MOST_CHOICES", 2)
    page = soup(reader.get(ADDRESS + "?konferenz=7&konferenz=12"))
    shown = [box["value"] for box in page.select("input[name=konferenz]")]
    assert len(shown) == 4
    assert {"7", "12"} <= set(shown)
    assert "weitere; sie sind über Jahr oder Suche zu finden" in page.text
    assert page.select("input[name=jahr]")
    assert reader.get(ADDRESS + "?konferenz=13").context["count"] > 0


@pytest.mark.parametrize("order", ["newest_first", "oldest_first", "by_item", "by_title"])
def test_a_page_of_a_list_is_read_in_the_order_of_an_index(order):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_sort = off")
    plan = getattr(ResolutionPage.objects.live(), order)()[:20].explain()
    assert re.search(r"Index (Only )?Scan using resolution_(newest|oldest|item|title)", plan), plan
    assert "Sort" not in plan


def test_many_filters_cost_as_many_queries_as_one(reader):
    reader.get(ADDRESS)
    counts = []
    for query in ("", "?jahr=2018", "?jahr=2018&konferenz=13&land=alle&ergebnis=einstimmig&stand=offen&art=antrag"):
        with CaptureQueriesContext(connection) as captured:
            reader.get(ADDRESS + query)
        counts.append(len(captured))
    assert counts[2] <= counts[0] == 10, counts
    assert counts[1] <= 11, counts  # what has not even the one filter is counted with all there is, which is kept


def test_the_words_of_addresses_are_these():
    """An address that is linked somewhere must not change with a label."""
    words = {facet.parameter: [choice.word for choice in facet.choices] for facet in all_facets()}
    assert words["ergebnis"] == [
        "einstimmig", "mehrheitlich", "beschlossen", "zur-kenntnis-genommen", "zurueckgezogen", "vertagt", "abgelehnt",
        "keine-mehrheit",
    ]  # fmt: skip
    assert words["bekannt"] == [
        "beschluss", "beschluss-im-schriftlichen-verfahren", "bericht", "beratung-ohne-bekannten-beschluss",
    ]  # fmt: skip
    assert words["art"] == [
        "leitantrag", "antrag", "entschliessung", "bericht-einer-arbeitsgruppe", "umlaufbeschluss", "kenntnisnahme",
    ]  # fmt: skip
    assert words["stand"] == [
        "offen", "in-umsetzung", "teilweise-umgesetzt", "umgesetzt", "nicht-aufgegriffen", "ueberholt",
    ]  # fmt: skip
    assert len(words["stand"]) == len(FollowUp.State)


def test_the_archive_is_in_the_menu_of_every_page_and_marked_on_its_own(reader):
    for address, mark in (("/", None), (ADDRESS, "page"), ("/beschluesse/statistik/", "true")):
        menu = soup(reader.get(address)).find("nav", {"aria-label": "Hauptmenü"})
        assert menu.find("a", href=ADDRESS).get("aria-current") == mark


def test_the_home_page_shows_the_latest_three_that_were_decided(reader):
    section = soup(reader.get("/")).find("section", {"aria-labelledby": "beschluesse"})
    newest = ResolutionPage.objects.live().decided().newest_first()[:3]
    assert [link["href"] for link in section.select("li a")] == [page.url for page in newest]
    newest[0].unpublish()
    assert newest[0].url not in str(soup(reader.get("/")).main)


def test_the_years_are_offered_only_where_the_conferences_do_not_tell_them(reader):
    page = soup(reader.get(ADDRESS))
    assert not page.select("input[name=jahr]")
    assert "2017, Friedrichshafen (12.)" in [label.get_text(strip=True) for label in page.select(".facet__choice span")]
    assert numbers(reader, "?jahr=2017", "jahr")["2017"] == numbers(reader, "", "konferenz")["12"]
    ConferencePage.objects.get(number=12).unpublish()
    assert numbers(reader, "", "jahr")["2017"]


def test_the_filters_can_be_skipped(reader):
    page = soup(reader.get(ADDRESS))
    first = page.select_one("form.filters").find(["a", "button", "input", "summary"])
    assert page.find(id=first["href"][1:]).parent["class"] == ["archive__results"]
