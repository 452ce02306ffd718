"""The page of a resolution shows the whole record, says once what is missing and keeps its anchors."""

import re
from datetime import date

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import ProtectedError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Page

from conferences.models import (
    AgendaGap,
    ConferencePage,
    ReportRequest,
    ResolutionPage,
    ResolutionReference,
    ResolutionStatement,
)
from tests.editing import give_chair, text_of
from tests.resolutions import full, land, paper, resolution

pytestmark = pytest.mark.django_db


def read(client: Client, page: Page) -> str:
    response = client.get(page.url)
    assert response.status_code == 200
    return text_of(response)


def test_the_page_shows_all_that_the_record_holds(client):
    text = read(client, full())
    for part in [
        "12. Integrationsministerkonferenz TOP 7.1 Antrag",
        "Unter der Überschrift „7 Erfundenes“",
        "Ergebnis mehrheitlich",
        "14 Ja, 1 Nein, 1 Enthaltung",
        "Antrag Bayern und Hessen",
        "Adressaten Bundesamt für Migration und Flüchtlinge (BAMF)",
        "Freigegeben Beschlusstext und Begründung",
        "Der zweite Punkt.",
        "Begründung Die Gründe stehen",
        "Protokollerklärung: Bayern Ablehnend",
        "Bayern widerspricht dem Erfundenen.",
        "Bayern Nein",
        "ändert Qualität der Integrationskurse 13. Integrationsministerkonferenz, TOP 2.7",
        "führt fort Ministerpräsidentenkonferenz, 22. März 2007",
        "Bund: Stand der Dinge fällig zur 13. Integrationsministerkonferenz",
        "umgesetzt , bekannt am 1. Januar 2019",
        "Handlungsfelder Sport",
        "Fassung: endgültig, Stand 1. April 2017",
        "Darin Seite 3–5",
        "SHA-256:",
    ]:
        assert part.replace(" ", "") in text.replace("\xa0", " ").replace(" ", ""), part
    # What is known last of the follow-up comes first.
    assert text.index("Zweite Drucksache") < text.index("Erste Drucksache")


def test_the_other_resolution_tells_the_reference_from_its_side(client):
    page = full()
    other = ResolutionPage.objects.get(slug="top-2-7")
    assert "geändert durch Erfundener Beschluss 7.1 12. Integrationsministerkonferenz, TOP 7.1" in read(client, other)
    page.unpublish()
    assert "Erfundener Beschluss 7.1" not in read(client, other)


def test_a_reference_to_what_is_deleted_still_says_what_it_was(client):
    page = full()
    ResolutionPage.objects.get(slug="top-2-7").delete()
    row = ResolutionReference.objects.get(resolution=page, kind="amends")
    assert row.target is None
    assert row.elsewhere == "TOP 2.7 der 13. Integrationsministerkonferenz: Qualität der Integrationskurse"
    assert "Qualität der Integrationskurse" in read(client, page)


GAP = re.compile(r"nicht vor\b|nicht bekannt|hier bisher nur")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"outcome": "unanimous"}, "Liegt nicht vor Wortlaut, Niederschrift"),
        ({"outcome": "adopted"}, "Liegt nicht vor Abstimmungsergebnis, Wortlaut, Niederschrift"),
        ({"mover_kind": "all"}, "Liegt nicht vor Ergebnis, Wortlaut, Niederschrift"),
        ({}, "Bekannt sind hier bisher nur Nummer und Titel."),
    ],
)
def test_what_is_missing_is_said_in_one_place_and_nothing_stands_empty(client, fields, sentence):
    main = BeautifulSoup(client.get(resolution("7.2", publish=False, **fields).url).content, "html.parser").main
    text = " ".join(main.get_text(" ").split())
    assert sentence in text
    assert len(GAP.findall(text)) == 1
    assert not [
        heading.text for heading in main.find_all("h2") if heading.text in ("Beschlusstext", "Was daraus wurde")
    ]
    assert {"Stimmen", "Adressaten"}.isdisjoint(name.text for name in main.select("dl.facts dt"))


def test_of_what_only_number_and_title_are_known_the_document_is_asked_for_once(client):
    main = BeautifulSoup(client.get(resolution("7.2", publish=False).url).content, "html.parser").main
    (invitation,) = [link for link in main.find_all("a", href="/kontakt/") if link.find_parent(class_="column")]
    assert "senden Sie sie bitte der Geschäftsstelle" in " ".join(invitation.find_parent("p").text.split())
    known = BeautifulSoup(
        client.get(resolution("7.3", publish=False, outcome="majority").url).content, "html.parser"
    ).main
    assert "senden Sie" not in known.text


def test_that_numbers_were_not_published_is_said_only_where_an_editor_has_said_it(client):
    page = resolution("7.2", publish=False, outcome="majority")
    assert "veröffentlicht" not in text_of(client.get(page.url)).partition("Zitieren")[0]
    page.votes_unpublished = True
    page.save()
    assert "Stimmen Zahlen nicht veröffentlicht" in read(client, page)


def test_nearly_all_movers_are_told_by_who_is_missing(client):
    assert "alle Länder außer Bayern" in read(client, ResolutionPage.objects.get(conference__number=12, item="2.1"))
    assert "Antrag alle Länder" in read(client, ResolutionPage.objects.get(conference__number=7, item="2.1"))


def test_the_anchor_of_a_statement_stays_when_another_comes_before_it(client):
    page = full()
    assert [row.anchor for row in page.statements.all()] == ["erklaerung-bayern"]
    old = page.statements.get()
    page.statements = [
        ResolutionStatement(land=land("BY"), kind="note", sort_order=0),
        ResolutionStatement(land=land("HE"), sort_order=1),
        old,
    ]
    old.sort_order = 2
    page.save_revision().publish()
    found = {row.kind + row.land.code: row.anchor for row in ResolutionPage.objects.get(pk=page.pk).statements.all()}
    assert found == {
        "noteDE-BY": "erklaerung-bayern-2",
        "declarationDE-HE": "erklaerung-hessen",
        "declarationDE-BY": "erklaerung-bayern",
    }
    html = BeautifulSoup(client.get(page.url).content, "html.parser")
    assert "widerspricht dem Erfundenen" in html.find(id="erklaerung-bayern").get_text()


def test_the_conference_lists_what_is_known_of_its_agenda(client):
    html = BeautifulSoup(client.get("/konferenzen/13/").content, "html.parser")
    lines = [" ".join(row.get_text(" ").split()) for row in html.select(".agenda > li")]
    assert lines[0].startswith("TOP 1 Leitantrag der 13. Konferenz")
    assert [line.split()[1] for line in lines[1:]] == [
        "2.1",
        "2.2",
        "2.3",
        "2.4",
        "2.6",
        "2.7",
        "2.8",
        "2.9b",
        "2.10",
    ]
    assert html.find("h3", string="2 Integration / Zusammenhalt")
    assert html.find(id="beschluesse").text == "Beratungen"
    assert "Bekannt sind 10 Beratungen." in text_of(client.get("/konferenzen/13/"))


def test_only_a_complete_list_says_of_a_number_that_it_does_not_occur(client):
    conference = ConferencePage.objects.get(number=13)
    assert "kommt nicht vor" not in read(client, conference)
    conference.agenda_is_complete = True
    conference.save_revision().publish()
    text = read(client, conference)
    assert "TOP 2.5 Diese Nummer kommt nicht vor." in text
    assert "Bekannt sind 10" not in text


def test_a_conference_of_which_nothing_is_known_has_no_list(client):
    html = BeautifulSoup(client.get("/konferenzen/1/").content, "html.parser")
    assert html.find(id="beschluesse") is None
    assert "Liegt nicht vor Beschlüsse, " in text_of(client.get("/konferenzen/1/"))


def test_neighbours_follow_the_agenda(client):
    html = BeautifulSoup(client.get("/konferenzen/13/top-2-9b/").content, "html.parser")
    assert html.find(rel="prev")["href"] == "/konferenzen/13/top-2-8/"
    assert html.find(rel="next")["href"] == "/konferenzen/13/top-2-10/"


def test_more_rows_cost_no_more_queries(client):
    page = full()

    def queries() -> int:
        client.get(page.url)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(page.url).status_code == 200
        return len(captured)

    def add(number: int) -> None:
        other = resolution(f"8.{number}", publish=False)
        ResolutionReference.objects.create(resolution=other, kind="confirms", target=page)
        ResolutionReference.objects.create(resolution=page, kind="confirms", target=other)
        ResolutionStatement.objects.create(resolution=page, land=land("BE"), anchor=f"x{number}")

    add(1)  # what is empty asks less
    one = queries()
    for number in (2, 3):
        add(number)
    assert queries() == one <= 30


def test_the_year_follows_the_conference_and_a_day_of_its_own():
    page = resolution("7.3", publish=False)
    assert page.year == 2017
    page.decided_on = date(2018, 2, 1)
    page.full_clean()
    assert page.year == 2018


@pytest.mark.parametrize("who", ["land", "chair"])
def test_only_editors_may_preview_and_the_preview_shows_what_is_not_saved(account, editor, who):
    from tests.test_resolution_rules import form

    page = resolution("7.4")
    address = reverse("proposal_preview", args=[page.pk])
    if who == "chair":
        give_chair(account)
        address = reverse("wagtailadmin_pages:preview_on_edit", args=[page.pk])
    assert editor.post(address, form(title="Noch nicht gespeichert", item="7.4")).json()["is_valid"]
    assert "Noch nicht gespeichert" in text_of(editor.get(address))
    assert Client(HTTP_HOST="localhost").get(address).status_code == 302


def test_a_released_paper_must_not_hold_reasons_that_are_not_released():
    page = full()
    page.reasons = "<p>Die Sepiazahl beträgt sieben.</p>"
    page.release = "text"
    with pytest.raises(ValidationError, match="Quelldatei"):
        page.full_clean()


def test_of_a_draft_that_never_was_public_no_title_is_left(client):
    page, draft = full(), resolution("9.1", publish=False, live=False, title="Geheimer Entwurf")
    page.references = [ResolutionReference(kind="amends", target=draft, sort_order=0)]
    page.save_revision().publish()
    assert "Geheimer Entwurf" not in read(client, page)
    ResolutionPage.objects.get(pk=draft.pk).delete()
    assert "Geheimer Entwurf" not in read(client, page)


def test_a_conference_that_is_not_public_is_named_nowhere(client):
    page = full()
    other = ResolutionPage.objects.get(slug="top-2-7")
    conference, due = ConferencePage.objects.get(number=12), ConferencePage.objects.get(number=13)
    assert "fällig zur 13. Integrationsministerkonferenz" in read(client, page)
    due.unpublish()
    assert "13. Integrationsministerkonferenz" not in read(client, page)
    conference.unpublish()
    page.refresh_from_db()
    for address in (page.url, other.url, f"{page.url}zitat.bib", f"{page.url}zitat.ris", "/suche/?q=erfundener"):
        body = client.get(address).content.decode()
        assert "12. Integrationsministerkonferenz" not in body, address
        assert "Friedrichshafen" not in body, address
    conference.save_revision().publish()
    assert "12. Integrationsministerkonferenz, TOP 7.1" in text_of(client.get("/suche/?q=erfundener"))


def test_neighbours_without_number_and_with_the_same_title_are_not_passed_over(client):
    pages = [resolution("", number=1, publish=False, title="Gleich", slug=f"gleich-{number}") for number in range(3)]
    address, seen = pages[0].url, []
    while address:
        seen.append(address)
        following = BeautifulSoup(client.get(address).content, "html.parser").find("a", rel="next")
        address = following and following["href"]
    assert seen == [page.url for page in pages]


def test_a_reason_for_one_number_stands_between_the_ranges_of_those_without(client):
    conference = ConferencePage.objects.get(number=12)
    for number in ("53.1", "53.999"):
        resolution(number, publish=False)
    conference.agenda_gaps = [AgendaGap(item="53.500", reason="Nur mündlich behandelt", sort_order=0)]
    conference.agenda_is_complete = True
    conference.save_revision().publish()
    lines = BeautifulSoup(client.get("/konferenzen/12/").content, "html.parser").select(".agenda__gap")
    lines = [" ".join(line.get_text(" ").split()) for line in lines if "53." in line.text]
    assert lines == [
        "TOP 53.2 bis 53.499 Diese Nummern kommen nicht vor.",
        "TOP 53.500 Nur mündlich behandelt",
        "TOP 53.501 bis 53.998 Diese Nummern kommen nicht vor.",
    ]


def test_circulars_stand_in_the_order_of_their_numbers(client):
    fields = {"kind": "circular", "circular_year": 2020}
    for number in (2, 10, 9):
        resolution("", number=4, publish=False, title=f"Umlauf {number}", circular_number=number, **fields)
    text = text_of(client.get("/konferenzen/4/"))
    assert text.index("Umlauf 2") < text.index("Umlauf 9") < text.index("Umlauf 10")
    assert [page.circular_number for page in ResolutionPage.objects.filter(title__startswith="Umlauf").in_order()] == [
        2, 9, 10,
    ]  # fmt: skip


def test_a_document_deleted_while_a_draft_names_it_leaves_the_draft_readable(chair):
    page, draft = full(), ResolutionPage.objects.get(item="7.1")
    draft.source_file = paper("Nur im Entwurf.")
    draft.save_revision()
    draft.source_file.delete()
    assert chair.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).status_code == 200
    with pytest.raises(ProtectedError):
        page.source_file.delete()


def test_a_request_that_was_answered_leads_to_the_answer_as_far_as_it_is_released(client):
    page, answer = full(), paper("Bericht des Bundes")
    page.report_requests = [
        ReportRequest(asked="Bund", answered_on=date(2019, 3, 1), answer=answer, sort_order=0),
        ReportRequest(asked="BAMF", answer_url="https://www.example.org/bericht", sort_order=1),
    ]
    page.save_revision().publish()
    assert "beantwortet am 1. März 2019 Niederschrift Bericht des Bundes" in read(client, page)
    assert "Bericht auf einer anderen Website" in read(client, page)
    answer.withheld = True
    answer.save()
    assert "Niederschrift Bericht des Bundes" not in read(client, page)
    assert "beantwortet am 1. März 2019" in read(client, page)
