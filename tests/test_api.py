"""The data of the chair for other programs: right, documented, read-only, open to all."""

from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conferences.models import ChairPerson, ChairTerm, Land

pytestmark = pytest.mark.django_db
AUTUMN_2026 = "2026-11-23 12:00+01:00"


@pytest.fixture
def reader() -> Client:
    return Client(HTTP_HOST="localhost", enforce_csrf_checks=True)


def chairs(reader: Client, on: str | None = None) -> dict:
    response = reader.get("/api/v1/chairs", {} if on is None else {"on": on})
    assert response.status_code == 200, response.content
    return response.json()


@pytest.mark.parametrize(
    ("on", "code", "start", "end"),
    [
        ("2016-10-01", "DE-BW", "2016-10-01", "2017-09-30"),
        ("2020-06-30", "DE-BB", "2019-10-01", "2020-06-30"),
        ("2027-07-01", "DE-SL", "2027-07-01", "2028-06-30"),
    ],
)
def test_a_day_has_its_chair(reader, on, code, start, end):
    answer = chairs(reader, on)
    assert (answer["on"], answer["lead"]) == (on, None)
    chair = answer["chair"]
    assert (chair["land"]["code"], chair["start"], chair["end"]) == (code, start, end)
    assert answer["chairs"] == [chair]


def test_a_chair_comes_with_land_persons_source_and_addresses(reader):
    Land.objects.filter(code="DE-BY").update(ministry="Ministerium der Probe")
    ChairPerson.objects.filter(name="Emilia Müller").update(end=date(2018, 3, 20), ministry="Früheres Ministerium")
    chair = chairs(reader, "2018-01-01")["chair"]
    assert chair["land"] == {
        "code": "DE-BY",
        "name": "Bayern",
        "slug": "bayern",
        "url": chair["land"]["url"],
        "ministry": "Ministerium der Probe",
    }
    for address in (chair["land"]["url"], chair["url"]):
        assert address.startswith("http://localhost:")
        path = "/" + address.split("/", 3)[3]
        assert reader.get(path).status_code == 200
    assert [person["name"] for person in chair["persons"]] == ["Emilia Müller", "Joachim Herrmann"]
    assert chair["persons"][0]["ministry"] == "Früheres Ministerium"
    assert (chair["persons"][0]["start"], chair["persons"][0]["end"]) == (None, "2018-03-20")
    assert (chair["source"], chair["stored"], chair["derived"]) == ("official", True, False)


def test_before_the_first_term_there_is_no_chair_and_the_lead_is_named(reader):
    answer = chairs(reader, "2007-05-01")
    assert (answer["chair"], answer["chairs"]) == (None, [])
    assert answer["lead"]["period"] == "2007/08"
    assert [land["code"] for land in answer["lead"]["laender"]] == ["DE-NW", "DE-SH"]
    far = chairs(reader, "9999-12-31")
    assert (far["chair"], far["lead"]) == (None, None)


@time_machine.travel(AUTUMN_2026)
def test_all_chairs_are_the_stored_ones_and_a_round_by_the_rule_marked_as_such(reader):
    answer = chairs(reader)
    assert (answer["on"], answer["chair"]["land"]["code"]) == ("2026-11-23", "DE-RP")
    stored = [chair for chair in answer["chairs"] if chair["stored"]]
    by_rule = answer["chairs"][len(stored) :]
    assert [chair["start"] for chair in stored] == [
        day.isoformat() for day in ChairTerm.objects.order_by("start").values_list("start", flat=True)
    ]
    assert len({chair["land"]["code"] for chair in by_rule}) == len(by_rule) == 16
    assert all(chair["derived"] and chair["source"] == "derived" for chair in by_rule)
    assert (stored[-1]["derived"], stored[-2]["derived"]) == (True, False)  # the rule is the source of that row


@time_machine.travel(AUTUMN_2026)
def test_behind_a_term_that_is_stored_ahead_a_whole_round_follows(reader):
    saarland = Land.objects.get(code="DE-SL")
    ChairTerm.objects.create(land=saarland, start=date(2027, 7, 1), end=date(2028, 6, 30), source="official")
    by_rule = [chair for chair in chairs(reader)["chairs"] if not chair["stored"]]
    assert (by_rule[0]["start"], len(by_rule)) == ("2028-07-01", 16)


def test_the_chair_of_today_changes_at_midnight_in_germany(reader):
    with time_machine.travel("2026-06-30 23:59:59+02:00"):
        assert chairs(reader)["chair"]["land"]["code"] == "DE-NW"
    with time_machine.travel("2026-07-01 00:00:00+02:00"):
        assert chairs(reader)["chair"]["land"]["code"] == "DE-RP"


@pytest.mark.parametrize(
    "on", ["foo", "", "2016-13-01", "2016-02-31", "1.10.2016", "20161001", "1475280000", "2016-10-01T00:00:00", "\x00"]
)
def test_what_is_no_day_is_refused_in_german(reader, on):
    response = reader.get("/api/v1/chairs", {"on": on})
    assert response.status_code == 422
    assert "ist kein Tag. Bitte on=JJJJ-MM-TT angeben" in response.json()["detail"]


@time_machine.travel(AUTUMN_2026)
def test_the_laender_come_in_order_with_their_terms(reader):
    answer = reader.get("/api/v1/laender").json()
    assert [land["name"] for land in answer] == [land.name for land in Land.objects.all()]
    saarland = next(land for land in answer if land["code"] == "DE-SL")
    assert [(chair["start"], chair["stored"]) for chair in saarland["chairs"]] == [
        ("2011-10-01", True),
        ("2027-07-01", False),
    ]


@pytest.mark.parametrize("address", ["/api/v1/chairs", "/api/v1/chairs?on=2016-10-01", "/api/v1/laender"])
def test_ten_times_the_rows_cost_no_more_queries(reader, address):
    def queries() -> int:
        reader.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert reader.get(address).status_code == 200
        return len(captured)

    few = queries()
    ChairPerson.objects.bulk_create(
        ChairPerson(term=row, name=f"Person {number}") for row in ChairTerm.objects.all() for number in range(10)
    )
    assert queries() == few <= 30


@pytest.mark.parametrize("address", ["/api/v1/chairs", "/api/v1/laender", "/api/v1/openapi.json"])
def test_programs_on_other_sites_may_read_and_nobody_may_write(reader, address):
    for method in ("get", "head", "options"):
        response = getattr(reader, method)(address)
        assert response.status_code in (200, 204)
        assert response["Access-Control-Allow-Origin"] == "*"
        assert not response.cookies
        assert "Cookie" not in response.get("Vary", "")
    assert reader.get(address)["Content-Type"].startswith("application/json")
    for method in ("post", "put", "patch", "delete"):
        response = getattr(reader, method)(address)
        assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, OPTIONS")
        assert "nur lesen" in response.json()["detail"]


def test_programs_on_other_sites_can_read_why_they_were_refused(reader):
    assert reader.get("/api/v1/chairs?on=foo")["Access-Control-Allow-Origin"] == "*"


def test_the_description_names_what_the_answers_hold(reader):
    description = reader.get("/api/v1/openapi.json").json()
    paths = description["paths"]
    assert {"/api/v1/chairs", "/api/v1/laender"} <= set(paths)
    assert all(set(methods) == {"get"} for methods in paths.values())
    (parameter,) = paths["/api/v1/chairs"]["get"]["parameters"]
    assert (parameter["name"], parameter["schema"]["format"], parameter["required"]) == ("on", "date", False)
    schemas = description["components"]["schemas"]
    answer = chairs(reader, "2018-01-01")
    assert set(schemas["ChairsData"]["properties"]) == set(answer)
    assert set(schemas["ChairData"]["properties"]) == set(answer["chair"])
    assert set(schemas["PersonData"]["properties"]) == set(answer["chair"]["persons"][0])
    for path in ("chairs", "resolutions"):
        assert "422" in paths[f"/api/v1/{path}"]["get"]["responses"]


def test_the_door_of_the_api_leads_to_its_description_and_no_page_loads_foreign_programs(reader):
    assert reader.get("/api/v1/")["Location"] == "/api/v1/openapi.json"
    assert reader.get("/api/v1/docs", follow=True).status_code == 404
