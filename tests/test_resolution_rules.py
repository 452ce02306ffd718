"""A resolution that contradicts itself or another is refused beside the field, and nothing typed is lost."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from conferences.models import ConferencePage, Land, ResolutionPage, ResolutionReference, ResolutionVote
from intmk.proposals.models import Proposal
from tests.editing import edit_url, give_chair, soup_of
from tests.resolutions import resolution

pytestmark = pytest.mark.django_db
ROWS = ("votes", "statements", "references", "report_requests", "follow_ups", "comments")


def form(**changes) -> dict:
    """What the browser sends for a resolution of which only TOP and title are known."""
    empty = {name: inline_formset([]) for name in ROWS}
    chosen = {name: changes.pop(name) for name in ("movers", "themes", "addressees") if name in changes}
    fields = {"title": "Erfundener Beschluss", "item": "7.1", "points": streamfield([]), "service": streamfield([])}
    return nested_form_data(fields | empty | changes) | chosen


def land(code: str) -> int:
    return Land.objects.get(code=f"DE-{code}").pk


def conference(number: int) -> ConferencePage:
    return ConferencePage.objects.get(number=number)


def add(browser, **changes):
    address = reverse("wagtailadmin_pages:add", args=["conferences", "resolutionpage", conference(12).pk])
    return browser.post(address, form(**changes) | {"action-publish": "1"})


def errors_of(response) -> str:
    found = BeautifulSoup(response.content, "html.parser").select(".error-message, .w-field__errors")
    return " ".join(" ".join(part.get_text(" ").split()) for part in found)


def refusal(account, **changes) -> str:
    """Return what the editor's form says to a new resolution, without the page of the editor around it."""
    parent = conference(12)
    page = ResolutionPage(locale=parent.locale, owner=account)
    made = page.get_edit_handler().get_form_class()(
        QueryDict(urlencode(form(**changes), doseq=True)), instance=page, parent_page=parent, for_user=account
    )
    forms = [made, *(row for rows in made.formsets.values() for row in rows.forms)]
    said = [str(error) for part in forms for errors in part.errors.values() for error in errors]
    return " ".join([*said, *(error for rows in made.formsets.values() for error in rows.non_form_errors())])


def votes(**cast) -> dict:
    return inline_formset([{"land": land(code), "vote": vote} for code, vote in cast.items()])


def test_a_resolution_gets_its_address_from_its_number(chair):
    assert add(chair, item="TOP 7.1 B").status_code == 302
    page = ResolutionPage.objects.get(item="7.1b")
    assert page.url == "/konferenzen/12/top-7-1b/"
    assert page.live
    assert page.year == 2017
    assert chair.get(page.url).status_code == 200


CONTRADICTIONS = [
    ({"item": "zwei"}, "keine TOP-Nummer"),
    ({"item": "2.1"}, "TOP 2.1 gibt es in dieser Konferenz schon."),
    ({"outcome": "majority", "votes_yes": 13, "votes_no": 2, "votes_abstained": 2}, "Das sind 17 Stimmen."),
    ({"outcome": "majority", "votes_yes": 13}, "Bitte alle drei Zahlen angeben"),
    ({"outcome": "unanimous", "votes_yes": 15, "votes_no": 1, "votes_abstained": 0}, "„Einstimmig“ und Nein-Stimmen"),
    ({"outcome": "majority", "votes_yes": 4, "votes_no": 9, "votes_abstained": 0}, "nicht mehr Ja- als Nein-Stimmen"),
    ({"outcome": "majority", "votes_yes": 16, "votes_no": 0, "votes_abstained": 0}, "Das ist einstimmig."),
    ({"outcome": "withdrawn", "votes_yes": 9, "votes_no": 4, "votes_abstained": 3}, "ist nicht abgestimmt"),
    ({"votes_yes": 0, "votes_no": 0, "votes_abstained": 0}, "Null Stimmen kann es nicht gegeben haben"),
    ({"outcome": "unanimous", "votes_yes": 0, "votes_no": 0, "votes_abstained": 5}, "keine Ja-Stimme"),
    ({"outcome": "rejected", "votes_yes": 15, "votes_no": 1, "votes_abstained": 0}, "mehr Ja- als Nein-Stimmen"),
    ({"decided_on": "1900-01-01"}, "erst seit 2007"),
    ({"kind": "circular", "item": "", "circular_number": 1, "circular_year": 32767}, "Jahre von 2007 bis heute"),
    ({"item": "7.01"}, "ohne führende Null"),
    ({"mover_kind": "laender"}, "Bitte die Länder wählen."),
    ({"mover_kind": "working_group"}, "Bitte die Arbeitsgruppe nennen."),
    ({"mover_name": "AG Monitoring"}, "Der Name gehört zu „Arbeitsgruppe“"),
    ({"outcome": "adopted", "votes_yes": 15, "votes_no": 1, "votes_abstained": 0}, "bekannt, wie beschlossen wurde"),
    ({"outcome": "failed", "votes_yes": 15, "votes_no": 1, "votes_abstained": 0}, "„Keine Mehrheit“ passt nicht"),
    ({"votes_unpublished": "on", "votes_yes": 9}, "entweder sie oder den Haken entfernen"),
    ({"decided_before": "2017-03-16"}, "Das gibt es nur bei Umlaufbeschlüssen"),
    ({"decided_before": "2017-03-16", "decided_on": "2017-03-01"}, "Bitte eines von beiden leeren"),
    ({"kind": "circular", "item": "", "decided_before": "2999-01-01"}, "liegt in der Zukunft"),
    ({"circular_number": 3, "circular_year": 2020}, "Nummer und Jahr hat nur ein Umlaufbeschluss."),
    ({"kind": "circular"}, "Ein Umlaufbeschluss steht auf keiner Tagesordnung"),
    ({"kind": "circular", "item": "", "circular_number": 3}, "Zur Nummer gehört das Jahr."),
]


@pytest.mark.parametrize(("fields", "message"), CONTRADICTIONS)
def test_a_contradiction_is_refused(account, fields, message):
    assert message in refusal(account, **fields)


def test_a_contradiction_is_refused_beside_the_field_and_what_was_typed_stays(chair):
    before = ResolutionPage.objects.count()
    fields, message = CONTRADICTIONS[1]
    response = add(chair, **fields)
    assert response.status_code == 200
    assert message in errors_of(response)
    assert "Erfundener Beschluss" in response.content.decode()
    assert ResolutionPage.objects.count() == before


def test_a_mover_that_is_no_land_is_refused(account):
    assert "999999 ist keine gültige Auswahl" in refusal(account, mover_kind="laender", movers=[999999])
    assert "Hier gehört „einzelne Länder“ hin." in refusal(account, mover_kind="all", movers=[land("BY")])


def test_votes_of_the_laender_must_fit_the_numbers(account, chair):
    numbers = {"outcome": "majority", "votes_yes": 14, "votes_no": 1, "votes_abstained": 1}
    twice = inline_formset([{"land": land("BY"), "vote": vote} for vote in ("yes", "no")])
    assert "hat nur eine Stimme" in refusal(account, votes=twice)
    assert "lauten 2 Stimmen „Nein“, angegeben sind 1" in refusal(account, **numbers, votes=votes(BY="no", SN="no"))
    assert "Nein-Stimme widersprechen sich" in errors_of(add(chair, outcome="unanimous", votes=votes(BY="no")))
    assert "mehr als 16" in refusal(
        account, outcome="majority", votes_yes=13, votes_no=1, votes_abstained=2, votes=votes(BY="absent")
    )
    every = {code.removeprefix("DE-"): "yes" for code in Land.objects.values_list("code", flat=True)}
    assert "lauten 16 Stimmen „Ja“, angegeben sind 14" in refusal(account, **numbers, votes=votes(**every))
    assert "Das ist einstimmig" in refusal(account, outcome="majority", votes=votes(**every))
    fitting = every | {"BY": "no", "SN": "abstained"}
    assert add(chair, **numbers, votes=votes(**fitting)).status_code == 302
    assert ResolutionPage.objects.get(item="7.1").votes.count() == 16


def test_numbers_and_votes_may_be_corrected_together(chair):
    add(chair, outcome="majority", votes_yes=15, votes_no=1, votes_abstained=0, votes=votes(BY="no"))
    page = ResolutionPage.objects.get(item="7.1")
    row = page.votes.get()
    corrected = inline_formset([{"id": row.pk, "land": row.land_id, "vote": "abstained"}], initial=1)
    response = chair.post(
        reverse("wagtailadmin_pages:edit", args=[page.pk]),
        form(outcome="unanimous", votes_yes=15, votes_no=0, votes_abstained=1, votes=corrected)
        | {"action-publish": "1"},
    )
    assert response.status_code == 302, errors_of(response)
    page.refresh_from_db()
    assert (page.outcome, page.votes.get().vote) == ("unanimous", "abstained")


def test_a_reference_to_itself_is_refused(chair):
    add(chair)
    page = ResolutionPage.objects.get(item="7.1")
    itself = inline_formset([{"kind": "amends", "target": page.pk, "elsewhere": "", "url": ""}])
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    response = chair.post(address, form(references=itself) | {"action-publish": "1"})
    assert "kann sich nicht auf sich selbst beziehen" in errors_of(response)
    with pytest.raises(ValidationError, match="sich selbst"):
        ResolutionReference(resolution=page, kind="amends", target=page).clean()


def test_a_day_in_the_future_is_refused(account):
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert "liegt in der Zukunft" in refusal(account, decided_on=tomorrow.strftime("%d.%m.%Y"))
    late = inline_formset([{"state": "done", "day": tomorrow.strftime("%d.%m.%Y"), "evidence": "Drucksache"}])
    assert "liegt in der Zukunft" in refusal(account, follow_ups=late)


def test_a_program_that_saves_votes_that_do_not_fit_is_refused_too():
    page = ResolutionPage(title="Erfunden", item="7.2", outcome="unanimous")
    page.votes = [ResolutionVote(land_id=land("BY"), vote="no")]
    with pytest.raises(ValidationError, match="Einstimmig"):
        conference(12).add_child(instance=page)
    assert not ResolutionPage.objects.filter(item="7.2").exists()


def test_circular_resolutions_stand_on_equal_footing(chair):
    fields = {"item": "", "kind": "circular", "circular_number": 3, "circular_year": 2016, "outcome": "unanimous"}
    assert add(chair, **fields).status_code == 302
    page = ResolutionPage.objects.get(circular_number=3)
    assert (page.url, page.number, page.year) == ("/konferenzen/12/umlauf-3-2016/", "Umlaufbeschluss 3/2016", 2016)
    again = add(chair, **fields)
    assert "Den Umlaufbeschluss 3/2016 gibt es schon." in errors_of(again)


def test_the_same_number_is_free_in_another_conference(chair):
    address = reverse("wagtailadmin_pages:add", args=["conferences", "resolutionpage", conference(11).pk])
    assert chair.post(address, form(item="2.1") | {"action-publish": "1"}).status_code == 302
    assert chair.get("/konferenzen/11/top-2-1/").status_code == 200


def test_a_program_cannot_store_two_votes_of_one_land():
    page = resolution("7.8")
    page.votes = [ResolutionVote(land_id=land("BY"), vote=vote, sort_order=0) for vote in ("yes", "no")]
    with pytest.raises(ValidationError, match="nur eine Stimme"):
        page.full_clean()


def test_two_votes_of_one_land_are_not_published_by_a_program_either():
    page = ResolutionPage(title="Erfunden", item="7.2")
    page.votes = [ResolutionVote(land_id=land("BY"), vote=vote) for vote in ("yes", "no")]
    with pytest.raises(ValidationError, match="nur eine Stimme"):
        conference(12).add_child(instance=page)


def test_two_votes_may_exchange_their_laender(chair):
    add(chair, votes=votes(BY="yes", SN="no"))
    page = ResolutionPage.objects.get(item="7.1")
    rows = [
        {"id": row.pk, "land": land(code), "vote": row.vote}
        for row, code in zip(page.votes.all(), ("SN", "BY"), strict=True)
    ]
    changed = form(votes=inline_formset(rows, initial=2)) | {"action-publish": "1"}
    assert chair.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), changed).status_code == 302
    connection.check_constraints()
    stored = ResolutionPage.objects.get(item="7.1").votes.all()
    assert {row.land.code: row.vote for row in stored} == {"DE-SN": "yes", "DE-BY": "no"}


def test_a_resolution_is_not_copied(chair):
    page = resolution("7.8")
    fields = {"new_title": "Kopie", "new_slug": "kopie", "new_parent_page": page.get_parent().pk, "alias": ""}
    answer = chair.post(reverse("wagtailadmin_pages:copy", args=[page.pk]), fields, follow=True)
    assert "wurde nicht kopiert" in answer.content.decode()
    assert not ResolutionPage.objects.filter(title="Kopie").exists()


@pytest.mark.slow("two large forms are sent and decided on in the admin")
def test_of_two_proposals_with_the_same_number_the_second_is_not_published(account, editor):
    pages = [resolution("7.8"), resolution("7.9")]
    for page in pages:
        editor.post(edit_url(page), form(item="8.1", title=f"Vorschlag {page.item}"))
    Proposal.objects.update(state="sent")
    give_chair(account)
    Proposal.objects.update(land_code="DE-SL")
    for page in pages:
        address = reverse("proposal", args=[Proposal.objects.get(page=page).pk])
        version = soup_of(editor.get(address)).find("input", {"name": "version"})["value"]
        editor.post(address, {"action": "take", "version": version, "field": ["item", "title"]})
    first, second = (ResolutionPage.objects.get(pk=page.pk) for page in pages)
    first.get_latest_revision().publish()
    with pytest.raises(ValidationError, match=r"TOP 8.1 gibt es in dieser Konferenz schon"):
        second.get_latest_revision().publish()
    second.refresh_from_db()
    assert (second.item, second.get_latest_revision_as_object().item) == ("7.9", "8.1")


def test_of_drafts_with_the_same_number_none_is_published_in_bulk_and_all_stay(chair):
    pages = [resolution("7.8"), resolution("7.9")]
    for page in pages:
        page.item = "8.1"
        page.save_revision(clean=False)
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    answer = chair.post(f"{address}?" + "&".join(f"id={page.pk}" for page in pages), follow=True)
    assert "TOP 8.1 gibt es in dieser Konferenz schon" in answer.content.decode()
    for page, item in zip(pages, ("7.8", "7.9"), strict=True):
        stored = ResolutionPage.objects.get(pk=page.pk)
        assert stored.item == item
        assert stored.get_latest_revision_as_object().item == "8.1"
