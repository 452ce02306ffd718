"""The page of the chair: now, how long still, its neighbours, the round, the persons, and any other day."""

from datetime import date

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.test import Client

from conferences.models import ChairPerson, ChairTerm, ConferencePage, Land
from tests.editing import text_of
from tests.test_query_counts import picture

pytestmark = pytest.mark.django_db
AUTUMN_2026 = "2026-11-23 12:00+01:00"


def soup(reader: Client, address: str = "/vorsitz/") -> BeautifulSoup:
    response = reader.get(address)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (AUTUMN_2026, "noch 219 Tage"),
        ("2027-06-28 12:00+02:00", "noch 2 Tage"),
        ("2027-06-29 23:59:59+02:00", "noch 1 Tag "),
        ("2027-06-30 23:59:59+02:00", "letzter Tag"),
        ("2027-07-01 00:00:00+02:00", "noch 365 Tage"),  # until 30 June of the leap year 2028
    ],
)
def test_it_says_how_many_days_are_left(reader, moment, words):
    with time_machine.travel(moment, tick=False):
        assert words in text_of(reader.get("/vorsitz/")) + " "


@time_machine.travel(AUTUMN_2026)
def test_the_former_and_the_next_land_are_its_neighbours(reader):
    neighbours = soup(reader).find("nav", {"aria-label": "Voriger und nächster Vorsitz"})
    former, following = neighbours.find_all("a")
    assert ("Nordrhein-Westfalen" in former.text, former["href"]) == (True, "?am=2025-07-01")
    assert ("Saarland" in following.text, following["href"]) == (True, "?am=2027-07-01")
    assert "nach der Regel" in following.text
    first = soup(reader, "/vorsitz/?am=2008-12-24").find("nav", {"aria-label": "Voriger und nächster Vorsitz"})
    assert [link["rel"] for link in first.find_all("a")] == [["next"]]


@time_machine.travel(AUTUMN_2026)
@pytest.mark.parametrize(
    ("asked", "land"),
    [("", "Rheinland-Pfalz"), ("?am=2017-03-16", "Baden-Württemberg"), ("?am=unsinn", "Rheinland-Pfalz")],
)
def test_the_term_of_the_day_that_is_asked_for_is_marked_among_all_terms(reader, asked, land):
    terms = soup(reader, f"/vorsitz/{asked}").find("section", {"aria-labelledby": "alle-amtszeiten"})
    (row,) = terms.select("tr.is-now")
    assert row.th.text == land
    assert row.select_one(".tag").text == "Vorsitz"
    assert len(terms.select(".tag")) == 1


@time_machine.travel(AUTUMN_2026)
def test_a_wrong_day_is_named_above_all_else_with_a_way_to_its_field(reader):
    page = soup(reader, "/vorsitz/?am=unsinn")
    notice = page.main.select_one(".notice a")
    assert notice["href"] == "#am"
    assert notice.text == page.find(id="am-error").text


@time_machine.travel(AUTUMN_2026)
def test_the_round_is_a_picture_with_a_way_to_each_term_and_a_table_says_the_same(reader):
    round_of_laender = soup(reader).find("section", {"aria-labelledby": "turnus"})
    links = round_of_laender.svg.find_all("a")
    rows = round_of_laender.table.tbody.find_all("tr")
    names = [land.name for land in Land.objects.all()]
    assert [link.title.text.split(": ")[1].split(",")[0] for link in links] == names
    assert [row.th.text for row in rows] == names
    assert [link["href"] for link in links] == [f"?am={row.time['datetime']}" for row in rows]
    assert [link.title.text for link in links if link.has_attr("aria-current")] == [
        "RP: Rheinland-Pfalz, 2026/27, im Vorsitz"
    ]
    assert [row.th.text for row in rows if "is-now" in row.get("class", [])] == ["Rheinland-Pfalz"]
    assert rows[11].a["href"] == "/laender/saarland/"
    assert [row.th.text for row in rows if "nach der Regel" in row.text] == names[11:]


def test_a_land_without_term_in_the_round_is_drawn_but_leads_nowhere(reader):
    round_of_laender = soup(reader, "/vorsitz/?am=2008-12-24").find("section", {"aria-labelledby": "turnus"})
    assert len(round_of_laender.svg.find_all("a")) == 8
    assert len(round_of_laender.svg.find_all("text")) == 16
    first = round_of_laender.table.tbody.tr
    assert (first.th.text, first.td.text) == ("Baden-Württemberg", "keine")


def test_the_picture_of_the_round_needs_no_style_of_its_own(reader):
    html = reader.get("/vorsitz/").content.decode()
    assert "<svg" in html
    assert " style=" not in html
    assert "<script" not in html.partition("<main")[2].partition("</main>")[0]


@pytest.mark.parametrize("day", ["2008-09-30", "2007-05-01", "0001-01-01"])
def test_before_the_first_term_nobody_chaired_and_the_lead_is_named(reader, day):
    response = reader.get("/vorsitz/", {"am": day})
    section = BeautifulSoup(response.content, "html.parser").find("section", {"aria-labelledby": "vorsitz-am"}).text
    assert response.context["term"] is None
    for shown in ("Kein Vorsitz", "2007/08", "Nordrhein-Westfalen", "Schleswig-Holstein", "1. Oktober 2008"):
        assert shown in section


@pytest.mark.parametrize("day", ["9999-12-31", "9998-01-01", "9990-02-28", "3000-01-01"])
def test_no_day_is_too_far_ahead(reader, day):
    response = reader.get(
        "/vorsitz/", {"am": day}
    )  # tests/cost.py sees to it that this takes no walk through the terms
    section = BeautifulSoup(response.content, "html.parser").find("section", {"aria-labelledby": "vorsitz-am"}).text
    assert ("So weit voraus rechnet diese Website nicht" in section) == (response.context["term"] is None)
    assert "begann erst" not in section


def test_a_day_that_is_none_is_told_beside_the_field(reader):
    page = soup(reader, "/vorsitz/?am=31.2.2016")
    field = page.find("input", {"name": "am"})
    error = page.find(id=field["aria-describedby"].split()[0]).text
    assert error == "Bitte einen Tag in der Form 2016-10-01 oder 1.10.2016 angeben."
    assert (field["value"], field["aria-invalid"]) == ("31.2.2016", "true")
    assert page.title.text.startswith("Fehler: ")


def bayern() -> ChairTerm:
    return ChairTerm.objects.get(land__code="DE-BY")


def person(name: str, **changes) -> None:
    ChairPerson.objects.filter(name=name).update(**changes)


def named(reader: Client, day: str) -> tuple[list[str], list[str]]:
    context = reader.get("/vorsitz/", {"am": day}).context
    return [found.name for found in context["persons"]], [found.name for found in context["other_persons"]]


def test_without_days_of_their_own_all_persons_of_the_term_are_named(reader):
    assert named(reader, "2018-01-01") == (["Emilia Müller", "Joachim Herrmann"], [])
    assert "Wer von ihnen an diesem Tag den Vorsitz führte, liegt nicht vor" in text_of(
        reader.get("/vorsitz/?am=2018-01-01")
    )


@pytest.mark.parametrize(
    "known",
    [
        {"Emilia Müller": {"end": date(2018, 3, 20)}},
        {"Joachim Herrmann": {"start": date(2018, 3, 21)}},
        {"Emilia Müller": {"end": date(2018, 3, 20)}, "Joachim Herrmann": {"start": date(2018, 3, 21)}},
    ],
)
def test_one_known_day_of_the_change_tells_who_chaired_when(reader, known):
    for name, days in known.items():
        person(name, **days)
    assert named(reader, "2018-03-20") == (["Emilia Müller"], ["Joachim Herrmann"])
    assert named(reader, "2018-03-21") == (["Joachim Herrmann"], ["Emilia Müller"])
    assert "In derselben Amtszeit auch: Emilia Müller" in text_of(reader.get("/vorsitz/?am=2018-03-21"))


def test_two_who_chair_together_are_both_named(reader):
    for name in ("Emilia Müller", "Joachim Herrmann"):
        person(name, start=date(2017, 10, 1))
    assert named(reader, "2018-03-21")[0] == ["Emilia Müller", "Joachim Herrmann"]


def test_a_day_between_two_persons_names_both_and_not_nobody(reader):
    person("Emilia Müller", end=date(2018, 3, 10))
    person("Joachim Herrmann", start=date(2018, 3, 20))
    assert named(reader, "2018-03-15")[0] == ["Emilia Müller", "Joachim Herrmann"]


def test_a_person_has_office_ministry_and_a_portrait_with_credit(reader):
    image = picture(1)
    person("Emilia Müller", office="Staatsministerin", ministry="Ministerium der Probe", portrait=image)
    shown, other = soup(reader, "/vorsitz/?am=2018-01-01").find_all("li", {"class": "person"})
    assert "Staatsministerin" in shown.text
    assert "Ministerium der Probe" in shown.text
    assert shown.img["alt"] == image.description
    assert "© Test" in shown.figcaption.text
    assert other.figure is None
    assert "person--portrait" not in other["class"]


def test_the_source_of_a_person_is_shown_where_it_says_something_else(reader):
    term = bayern()
    person("Emilia Müller", source=term.source, source_note=term.source_note)
    person("Joachim Herrmann", source="press", source_note="Nach einem Bericht.")
    first, second = soup(reader, "/vorsitz/?am=2018-01-01").find_all("li", {"class": "person"})
    assert not first.select(".marks")
    mark = second.select_one(".marks a")
    assert mark.text.split()[0] == "Presse"
    assert mark["href"].startswith("#quelle-")
    assert "Nach einem Bericht." in second.text


@time_machine.travel(AUTUMN_2026)
def test_the_secretariat_is_that_of_the_present_chair_only(reader):
    Land.objects.filter(code__in=["DE-RP", "DE-BY"]).update(secretariat_email="amt@example.org")
    assert "amt@example.org" in text_of(reader.get("/vorsitz/"))
    assert "amt@example.org" not in text_of(reader.get("/vorsitz/?am=2018-01-01"))


def test_without_any_term_the_page_says_so(reader):
    ConferencePage.objects.update(chair_term=None)
    ChairTerm.objects.all().delete()
    assert "Es liegt keine Amtszeit vor." in text_of(reader.get("/vorsitz/"))
