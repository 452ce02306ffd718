"""A conference in one go: what is typed and what follows from it becomes drafts, all of them or none."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conferences.models import ChairTerm, ConferenceIndexPage, ConferencePage, Land
from conferences.terms.rights import update_publishing_rights
from intmk.pages.models import NewsIndexPage, NewsPage
from intmk.users.models import User
from tests.editing import breakable, fields_at, soup_of, text_of

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)  # Rheinland-Pfalz chairs


@pytest.fixture(autouse=True)
def on_that_day():
    with time_machine.travel(NOW, tick=False):
        update_publishing_rights()
        yield


def signed(land: str) -> Client:
    client = Client(HTTP_HOST="localhost")
    client.force_login(User.objects.create_user(f"r-{land}", land_code=f"DE-{land}"))
    return client


def address() -> str:
    return reverse("new_conference", args=[ConferenceIndexPage.objects.get().pk])


def made(client: Client, **typed: str):
    """Fill in what is typed, leave the rest as the form shows it, with its tick, and send it."""
    return client.post(address(), fields_at(client, address()) | {"with_press_release": "on"} | typed)


def with_a_programme() -> ConferencePage:
    page = ConferencePage.objects.get(number=20)
    page.programme = [
        ("item", {"day": page.first_day, "time": "10:00 Uhr", "text": "Eröffnung", "place": ""}),
        ("item", {"day": None, "time": "", "text": "Aussprache", "place": ""}),
        ("item", {"day": page.last_day, "time": "", "text": "Pressekonferenz", "place": "Saal"}),
    ]
    page.save_revision().publish()
    return page


def test_number_term_and_host_follow_from_the_last_one_and_the_day(reader):
    answer = made(signed("RP"), first_day="2027-09-15", last_day="2027-09-16", place="Saarbrücken")
    page = ConferencePage.objects.get(number=23)
    assert answer["Location"] == reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert (page.title, page.own_slug, page.live) == ("23. Integrationsministerkonferenz", "23", False)
    assert (page.host_land.code, page.first_day, page.owner.land_code) == ("DE-SL", date(2027, 9, 15), "DE-RP")
    assert page.chair_term == ChairTerm.objects.filter(start=date(2027, 7, 1)).first()
    assert page.get_latest_revision_as_object().place == "Saarbrücken"
    assert reader.get("/konferenzen/23/").status_code == 404


def test_in_the_present_term_it_is_the_stored_one_and_the_host_may_be_another():
    client = signed("RP")
    made(
        client, kind="special", first_day="2027-05-05", place="Kassel", host_land=str(Land.objects.get(code="DE-HE").pk)
    )
    page = ConferencePage.objects.get(kind="special")
    assert (page.title, page.number) == ("Sonderkonferenz 2027 in Kassel", None)
    assert page.chair_term.land.code == "DE-RP"
    assert page.host_land.code == "DE-HE"


def test_the_press_release_stands_in_the_draft_of_the_conference():
    client = signed("RP")
    made(client, first_day="2027-05-05", last_day="2027-05-06", place="Mainz")
    page, release = ConferencePage.objects.get(number=23), NewsPage.objects.get(conference__number=23)
    assert breakable(release.title) == "23. Integrationsministerkonferenz am 5. und 6. Mai 2027 in Mainz"
    assert (release.kind, release.date, release.live) == ("press", date(2027, 5, 6), False)
    assert [row.page_id for row in page.get_latest_revision_as_object().press_releases.all()] == [release.pk]
    told = text_of(client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])))
    assert "Als Entwurf angelegt: die Seite der Konferenz und eine Pressemitteilung." in told


def test_the_place_stands_in_its_title_once_however_long_it_is():
    made(signed("RP"), kind="special", first_day="2027-05-05", last_day="2027-11-06", place="Ort" * 40)
    release = NewsPage.objects.get(conference__kind="special")
    days = "vom 5. Mai bis 6. November 2027"
    assert breakable(release.title) == f"Sonderkonferenz 2027 in {'Ort' * 40} {days}"


def test_without_its_tick_there_is_no_press_release():
    client = signed("RP")
    sent = fields_at(client, address()) | {"first_day": "2027-05-05"}
    del sent["with_press_release"]
    client.post(address(), sent)
    assert ConferencePage.objects.get(number=23).live is False
    assert not NewsPage.objects.filter(conference__number=23).exists()


def test_the_programme_of_the_last_one_comes_along_with_its_days_moved():
    client, model = signed("RP"), with_a_programme()
    assert "Programm wie bei der letzten: 20. Integrationsministerkonferenz (3 Punkte)" in text_of(
        client.get(address())
    )
    made(client, first_day="2027-05-05", with_programme="on")
    values = [part.value for part in ConferencePage.objects.get(number=23).get_latest_revision_as_object().programme]
    length = (model.last_day - model.first_day).days
    assert [value["text"] for value in values] == ["Eröffnung", "Aussprache", "Pressekonferenz"]
    assert [value["day"] for value in values] == [date(2027, 5, 5), None, date(2027, 5, 5 + length)]


WRONG = [
    ({"first_day": ""}, "first_day", "Dieses Feld muss ausgefüllt werden."),
    ({"number": ""}, "number", "Eine Hauptkonferenz braucht ihre laufende Nummer."),
    ({"number": "22"}, "number", "Die 22. Konferenz gibt es schon."),
    ({"number": "viele"}, "number", "ganze Zahl"),
    ({"last_day": "2027-05-04"}, "last_day", "liegt vor dem ersten"),
    ({"host_land": "999"}, "host_land", "gültige Auswahl"),
]


@pytest.mark.parametrize(("typed", "field", "message"), WRONG, ids=[field for _, field, _ in WRONG])
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_stored(typed, field, message):
    before = ConferencePage.objects.count(), NewsPage.objects.count()
    answer = made(signed("RP"), **{"first_day": "2027-05-05", "venue": "Schloss"} | typed)
    page = soup_of(answer)
    assert message in " ".join(
        page.find(attrs={"name": field}).find_parent("div", class_="w-field__wrapper").text.split()
    )
    assert page.find(attrs={"name": "venue"})["value"] == "Schloss"
    assert (ConferencePage.objects.count(), NewsPage.objects.count()) == before


def test_no_programme_moves_past_the_end_of_the_calendar():
    with_a_programme()
    answer = made(signed("RP"), first_day="9999-12-31", with_programme="on")
    assert "Bitte das Jahr prüfen." in text_of(answer)


def test_a_second_one_of_the_same_day_or_number_is_refused_while_the_first_is_a_draft():
    client = signed("RP")
    assert made(client, kind="special", first_day="2027-05-05").status_code == 302
    assert "An diesem Tag beginnt schon „Sonderkonferenz 2027“." in text_of(made(client, first_day="2027-05-05"))
    assert made(client, first_day="2027-06-05").status_code == 302
    again = made(client, first_day="2027-06-06", number="23")
    assert "„23. Integrationsministerkonferenz“ ist schon angelegt." in text_of(again)
    assert ConferencePage.objects.filter(first_day=date(2027, 5, 5)).count() == 1


def test_a_half_made_conference_is_none(monkeypatch):
    def fails(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(NewsPage, "save_revision", fails)
    client = signed("RP")
    with pytest.raises(RuntimeError):
        made(client, first_day="2027-05-05")
    assert not ConferencePage.objects.filter(number=23).exists()
    assert not NewsPage.objects.filter(title__startswith="23.").exists()


def test_another_land_begins_drafts_too_and_who_may_not_is_refused():
    assert made(signed("BY"), first_day="2027-09-15").status_code == 302
    assert ConferencePage.objects.get(number=23).owner.land_code == "DE-BY"
    stranger = Client(HTTP_HOST="localhost")
    stranger.force_login(User.objects.create_user("fremd"))
    assert stranger.get(address()).status_code == 302
    elsewhere = reverse("new_conference", args=[NewsIndexPage.objects.get().pk])
    assert signed("RP").get(elsewhere)["Location"] == reverse("wagtailadmin_home")


def test_both_ways_in_lead_there():
    client = signed("RP")
    assert f'href="{address()}"' in client.get("/admin/").content.decode()
    assert f'href="{address()}"' in client.get(reverse("conference_list:index")).content.decode()


def test_the_form_asks_no_more_with_more_conferences():
    client = signed("RP")
    client.get(address())

    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(address())
        return len(captured)

    before = asked()
    for number in (31, 32):
        page = ConferencePage(title=f"{number}.", number=number, first_day=date(2000 + number, 5, 5), slug=str(number))
        ConferenceIndexPage.objects.get().add_child(instance=page)
    assert asked() == before


@pytest.mark.parametrize("number", ["", "0", "1601", "x"])
def test_the_number_of_a_special_conference_whose_field_nobody_sees_stands_in_no_way(number):
    made(signed("RP"), kind="special", number=number, first_day="2027-05-11", place="Mainz")
    assert ConferencePage.objects.get(first_day=date(2027, 5, 11)).number is None
