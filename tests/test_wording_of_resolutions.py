"""Only what was decided is called a Beschluss, and what was voted on in writing has no day or place of a conference."""

import json
import re
from collections import Counter
from datetime import date
from importlib import import_module
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from django.apps import apps
from django.test import Client

from conferences.models import AgendaGap, ConferencePage, ResolutionPage
from conferences.rules.citation import citation_of
from conferences.rules.claim import SECTION, Claim, known_in_words, list_heading
from history.models import AboutPage
from intmk.language.dates import german_day
from intmk.open_data.sharing.card import card_of
from intmk.search.index import SearchEntry
from tests.editing import text_of
from tests.resolutions import resolution

pytestmark = pytest.mark.django_db

WRITTEN = "/konferenzen/18/umlaufbeschluss-finanzierung/"
UNDECIDED = "/konferenzen/13/top-2-4/"
# As words of their own: "Umlaufbeschluss" and the name of the archive in the breadcrumb are something else.
ATOM = "{http://www.w3.org/2005/Atom}"
CALLED_DECIDED = re.compile(r"\bBeschluss(es)?\b|\b[Bb]eschlossen\b|Beschlusstext")


def facts_of(response) -> dict[str, str]:
    """The facts at the top of a resolution, by what they are called."""
    rows = BeautifulSoup(response.content, "html.parser").select("main dl.facts > div")
    return {row.dt.text: " ".join(row.dd.text.split()) for row in rows}


def plain(text: str) -> str:
    """The text without what only says where lines may break."""
    return " ".join(text.replace("\xad", "").split())


def item_of(reader: Client, address: str) -> dict:
    """What the API says of the resolution at this address."""
    found = reader.get("/api/v1/resolutions?limit=100").json()["resolutions"]
    return next(row for row in found if row["url"].endswith(address))


# --- in writing -----------------------------------------------------------------------------------------------------


def test_a_vote_in_writing_is_cited_by_the_day_before_which_it_was_and_without_place(reader):
    words = text_of(reader.get(WRITTEN))
    assert "[Finanzierung]. Umlaufbeschluss zur 18. Konferenz, vor dem 26. April 2023. " in words
    for file in ("zitat.bib", "zitat.ris"):
        cited = reader.get(WRITTEN + file).content.decode().replace("\xa0", " ")
        assert "Umlaufbeschluss zur 18. Konferenz, vor dem 26. April 2023" in cited
        assert not re.search("Wiesbaden|year =|PY  -", cited)


def test_its_page_its_data_and_its_row_say_no_year_of_the_conference(reader):
    assert facts_of(reader.get(WRITTEN))["Schriftlich beschlossen"] == "vor dem 26. April 2023"
    said = item_of(reader, WRITTEN)
    assert [said[name] for name in ("claim", "label", "year", "decided_on", "decided_before")] == [
        "in_writing", "Umlaufbeschluss", None, None, "2023-04-26",
    ]  # fmt: skip
    assert "Finanzierung" not in [row.page.title for row in reader.get("/beschluesse/?jahr=2023").context["rows"]]
    row = BeautifulSoup(reader.get("/beschluesse/?konferenz=18").content, "html.parser").find("a", href=WRITTEN)
    words = plain(row.find_parent("li").text)
    assert words.startswith("18. Integrationsministerkonferenz, vor dem 26. April 2023 Umlaufbeschluss Finanzierung")


def test_its_own_day_is_what_it_is_cited_by(reader):
    page = ResolutionPage.objects.get(url_path__endswith=WRITTEN)
    page.decided_on, page.decided_before = date(2022, 12, 5), None
    page.save_revision().publish()
    response = reader.get(WRITTEN)
    assert "Umlaufbeschluss zur 18. Konferenz, 5. Dezember 2022. " in text_of(response)
    assert facts_of(response)["Schriftlich beschlossen"] == "5. Dezember 2022"
    assert item_of(reader, WRITTEN)["year"] == 2022


def test_what_stands_under_a_cancelled_conference_was_decided_in_writing(reader):
    page = resolution("4.1", number=15, outcome="unanimous")
    words = text_of(reader.get(page.url))
    assert "Beschluss im schriftlichen Verfahren zur 15. Konferenz, TOP 4.1. " in words
    assert not re.search("April 2020|Potsdam", words)
    assert page.year is None


# --- without a result ----------------------------------------------------------------------------------------------


def test_what_has_no_result_is_no_resolution_on_its_page_and_where_it_is_cited(reader):
    response = reader.get(UNDECIDED)
    main = BeautifulSoup(response.content, "html.parser").main
    assert "Tagesordnungspunkt der 13. Konferenz, 15. und 16. März 2018, Nürnberg, TOP 2.4. " in text_of(response)
    assert facts_of(response)["Behandelt"] == "15. und 16. März 2018"
    assert not CALLED_DECIDED.search(main.get_text(" "))
    for file in ("zitat.bib", "zitat.ris"):
        assert not CALLED_DECIDED.search(reader.get(UNDECIDED + file).content.decode())


def test_lists_search_feeds_and_conference_call_it_what_it_is(reader):
    archive = BeautifulSoup(reader.get("/beschluesse/?konferenz=13").content, "html.parser")
    assert "Tagesordnungspunkt" in archive.find("a", href=UNDECIDED).find_parent("li").text
    hits = reader.get("/suche/?q=Migrationsberatung").context["hits"]
    assert {hit["label"] for hit in hits if hit["address"].endswith(UNDECIDED)} == {"Tagesordnungspunkt"}
    for feed in ("/feeds/beschluesse.atom", "/feeds/beschluesse.json"):
        assert "Tagesordnungspunkt der 13. Konferenz" in reader.get(feed).content.decode()


def test_the_newest_resolutions_of_the_entrance_are_decided(reader):
    resolution("5.1", number=20, title="Ohne Ergebnis")
    resolution("5.2", number=20, title="Mit Ergebnis", outcome="majority")
    shown = [page.title for page in reader.get("/").context["resolutions"]]
    assert shown[0] == "Mit Ergebnis"
    assert "Ohne Ergebnis" not in shown


@pytest.mark.parametrize(
    ("fields", "what", "dated"),
    [
        ({"outcome": "unanimous"}, "Beschluss", "Beschlossen"),
        ({"outcome": "majority"}, "Beschluss", "Beschlossen"),
        ({"outcome": "adopted"}, "Beschluss", "Beschlossen"),
        ({"outcome": "noted"}, "Kenntnisnahme", "Behandelt"),
        ({"outcome": "failed"}, "Beratungsgegenstand (keine Mehrheit)", "Behandelt"),
        ({"outcome": "", "kind": "report", "item": "A3"}, "Bericht", "Behandelt"),
        ({"outcome": "adopted", "kind": "circular"}, "Umlaufbeschluss", "Schriftlich beschlossen"),
        ({"outcome": "adjourned"}, "Beratungsgegenstand (vertagt)", "Behandelt"),
        ({"outcome": "rejected", "kind": "circular"}, "Beratungsgegenstand (abgelehnt)", "Schriftlich behandelt"),
        ({"outcome": "", "item": "2.1"}, "Tagesordnungspunkt", "Behandelt"),
        ({"outcome": ""}, "Beratungsgegenstand", "Behandelt"),
        ({"outcome": "", "kind": "circular"}, "Umlaufverfahren", "Schriftlich behandelt"),
    ],
)
def test_the_result_says_what_it_is(fields, what, dated):
    page = ResolutionPage(title="Erfunden", **fields)
    assert (page.what, page.dated) == (what, dated)


@pytest.mark.parametrize(
    ("claims", "heading", "sentence"),
    [
        ([Claim.DECIDED], "Beschlüsse", "Bekannt ist 1 Beschluss."),
        ([Claim.DECIDED, Claim.IN_WRITING], "Beschlüsse", "Bekannt sind 1 Beschluss und 1 schriftlicher Beschluss."),
        ([Claim.DEALT_WITH, Claim.REPORT, Claim.DEALT_WITH], "Beratungen", "Bekannt sind 1 Bericht und 2 Beratungen."),
        ([Claim.DECIDED, Claim.DEALT_WITH], SECTION, "Bekannt sind 1 Beschluss und 1 Beratung."),
        ([], "Beschlüsse", ""),
    ],
)
def test_a_list_is_called_by_what_is_in_it(claims, heading, sentence):
    assert (list_heading(claims), known_in_words(claims)) == (heading, sentence)


# --- the whole site -------------------------------------------------------------------------------------------------

# What only a decision is called; the name of the section, of which all records are a part, is something else.
CALLED = re.compile(r"Beschluss|Beschlüsse(?! und Beratungen)|beschlossen", re.IGNORECASE)


def public() -> list[ResolutionPage]:
    return list(ResolutionPage.objects.live().select_related("conference").prefetch_related("identifiers"))


def faults(page: ResolutionPage, said: str) -> list[str]:
    """Return what is said of the page and not known: that it is a decision, or when and where its conference was."""
    said = plain(said).replace("/id/beschluss/", "")
    if not page.is_decided:
        return CALLED.findall(said)
    if not page.is_written:
        return []
    if page.decided_before:  # may be a day of the conference
        said = said.replace(plain(page.when), "").replace(page.decided_before.isoformat(), "")
    begins = page.conference.period.earliest
    month = plain(german_day(begins)).split(maxsplit=1)[1]
    foreign = [page.conference.place, month, begins.isoformat(), "" if page.year else str(begins.year)]
    return [word for word in foreign if word and word in said]


def without_links_to_others(html: BeautifulSoup) -> str:
    """What the page of a resolution says of it in head and text: not the names of its neighbours and of its sources."""
    for part in html.main.select("nav, .share, a[href*='/id/beschluss/'], [aria-labelledby='quellen'] ol"):
        part.decompose()
    head = " ".join(tag.get("content", "") for tag in html.head.find_all("meta"))
    scripts = html.find_all("script", type="application/ld+json")
    data = [thing | {"citation": []} for script in scripts for thing in json.loads(script.string)["@graph"]]
    return f"{html.title.text} {head} {json.dumps(data, ensure_ascii=False)} {html.main.get_text(' ')}"


def doubtful() -> list[ResolutionPage]:
    return [page for page in public() if not page.is_decided or page.is_written]


def test_no_page_calls_a_record_without_result_a_decision_or_dates_a_written_vote_by_its_conference(reader):
    """One of each kind is asked for; all others differ in nothing but their texts, which are walked through below."""
    kinds = {(page.what, page.kind, bool(page.introduction), page.conference.is_cancelled): page for page in doubtful()}
    assert len(kinds) > 5
    for page in kinds.values():
        html = BeautifulSoup(reader.get(page.url).content, "html.parser")
        assert not faults(page, without_links_to_others(html)), page.url


def test_no_citation_card_line_or_text_of_any_record_says_more_than_is_known():
    pages = doubtful()
    assert {page.claim for page in pages} == {Claim.IN_WRITING, Claim.REPORT, Claim.DEALT_WITH}
    for page in pages:
        citation = citation_of(page)
        cited = (citation.text, citation.bibtex(), citation.ris())
        for said in (*cited, card_of(page).text, page.in_short, page.occasion, page.introduction):
            assert not faults(page, said), page.url


@pytest.mark.parametrize(
    "addresses",
    [
        ("/beschluesse/", "/beschluesse/?seite=2", "/beschluesse/?seite=3", "/"),
        tuple(f"/konferenzen/{number}/" for number in (6, 7, 9, 12, 13, 14, 15, 16, 18)),
        (
            "/themen/sprache/",
            "/themen/arbeit/",
            "/laender/bayern/",
            "/laender/rheinland-pfalz/",
            "/suche/?q=Leitantrag",
        ),
    ],
)
def test_no_list_calls_a_record_without_result_a_decision(reader, addresses):
    by_address = {page.url: page for page in doubtful()}
    seen = 0
    for address in addresses:
        html = BeautifulSoup(reader.get(address).content, "html.parser")
        for link in html.main.find_all("a", href=lambda href: href in by_address):
            row, page = link.find_parent("li"), by_address[link["href"]]
            seen += 1
            assert not faults(page, row.get_text(" ")), (address, page.url)
    assert seen > 3


def test_no_feed_and_no_data_call_a_record_without_result_a_decision(reader):
    by_address = {page.get_full_url(): page for page in public()}
    data = reader.get("/api/v1/resolutions?limit=100").json()["resolutions"]
    assert len(data) == len(by_address)
    for row in data:
        page = by_address[row["url"]]
        assert row["claim"] == page.claim
        del row["sources"]  # which have names of their own
        assert not faults(page, json.dumps(row, ensure_ascii=False)), row["url"]
    items = reader.get("/feeds/beschluesse.json").json()["items"]
    said = {item["url"]: f"{item['title']} {item['content_text']}" for item in items}
    atom = ElementTree.fromstring(reader.get("/feeds/beschluesse.atom").content)
    for entry in atom.iter(f"{ATOM}entry"):
        said[entry.find(f"{ATOM}link").get("href")] += " ".join(entry.itertext())
    assert len(said) > 40
    for url, words in said.items():
        assert not faults(by_address[url], words), url


def test_the_search_and_the_statistics_count_as_decisions_only_those_that_are(reader):
    decided = {page.url for page in public() if page.is_decided}
    entries = SearchEntry.objects.filter(kind=SearchEntry.Kind.RESOLUTION).select_related("page")
    assert {entry.page.url for entry in entries if CALLED.search(entry.label)} == decided
    rows = reader.get("/beschluesse/statistik/bekannt.csv").content.decode("utf-8-sig").splitlines()
    numbers = {label: int(number) for label, number in (row.split(";") for row in rows[1:])}
    counted = Counter(str(page.claim.label) for page in public())
    assert numbers == dict(counted)
    assert {page.url for page in ResolutionPage.objects.live().filter(facets__contains=["bdecided"])} == {
        page.url for page in public() if page.claim == Claim.DECIDED
    }


# --- of an older site -----------------------------------------------------------------------------------------------


def test_an_older_site_forgets_the_dates_that_were_those_of_the_conference():
    written = ResolutionPage.objects.filter(url_path__endswith=WRITTEN)
    year = f"k{written.get().conference_id}", "j2023"
    written.update(year=2023, day=date(2023, 4, 26), facets=[*written.get().facets, "j2023"])
    others = set(ResolutionPage.objects.exclude(pk=written.get().pk).values_list("pk", "year", "day"))
    for _ in range(2):
        import_module("conferences.migrations.0015_dates_of_written_votes").undate(apps, None)
        page = written.get()
        assert (page.year, page.day) == (None, None)
        assert year[0] in page.facets
        assert year[1] not in page.facets
    assert set(ResolutionPage.objects.exclude(pk=page.pk).values_list("pk", "year", "day")) == others


def test_an_older_site_gets_the_new_words_where_nobody_has_written_others():
    words = import_module("intmk.migrations.0018_own_words")
    page = AboutPage.objects.get()
    sections = {heading: old for heading, old, _ in words.SECTIONS["page:about"]}
    for number, block in enumerate(page.body):
        if block.value["heading"] in sections:
            page.body[number].value["text"].source = sections[block.value["heading"]]
    page.body[1].value["text"].source = "<p>Eigenes.</p>"
    page.save_revision().publish()
    conference = ConferencePage.objects.get(number=13)
    AgendaGap.objects.create(conference=conference, item="2.5", reason=words.FORMER_REASON)
    conference = ConferencePage.objects.get(number=13)
    conference.save_revision()
    for _ in range(2):
        words.renew(apps, None)
    for renewed in (AboutPage.objects.get(), AboutPage.objects.get().get_latest_revision_as_object()):
        texts = {block.value["heading"]: block.value["text"].source for block in renewed.body}
        assert texts["Aufgaben"] == "<p>Eigenes.</p>"
        assert "Integrationspolitik ist in erster Linie Aufgabe der Länder." in texts["Bund und Länder"]
    assert AgendaGap.objects.get(item="2.5").reason == words.REASON
    assert (
        ConferencePage.objects.get(number=13).get_latest_revision_as_object().agenda_gaps.get().reason == words.REASON
    )


def test_an_older_site_gets_the_filter_by_what_is_claimed():
    resolution("4.1", number=15, outcome="majority")
    before = dict(ResolutionPage.objects.values_list("pk", "facets"))
    for page in ResolutionPage.objects.all():
        page.facets = [facet for facet in page.facets if not facet.startswith("b")]
        ResolutionPage.objects.filter(pk=page.pk).update(facets=page.facets)
    ResolutionPage.objects.filter(outcome__in=["adopted", "failed"]).delete()  # which older sites did not have
    for _ in range(2):
        import_module("conferences.migrations.0018_what_is_claimed").note_claims(apps, None)
        found = dict(ResolutionPage.objects.values_list("pk", "facets"))
        assert found == {pk: before[pk] for pk in found}
