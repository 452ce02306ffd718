"""The archive as data: what is public and released, by filter and page, in a constant number of queries."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conferences.models import ConferencePage, ResolutionPage
from tests.resolutions import SECRET_POINT, SECRET_REASONS, SECRET_STATEMENT, full, resolution

pytestmark = pytest.mark.django_db


def asked(address: str, status: int = 200):
    response = Client(HTTP_HOST="localhost").get(f"/api/v1/{address}")
    assert response.status_code == status, response.content
    return response.json()


def test_a_resolution_comes_with_all_that_is_released():
    page = full()
    found = next(row for row in asked("resolutions?conference=12")["resolutions"] if row["item"] == "7.1")
    assert found["id"] == "12/7.1"
    assert found["permanent_url"].endswith("/id/beschluss/12/7.1")
    assert found["url"].endswith(page.url)
    assert (found["movers"], found["votes"]) == (["DE-BY", "DE-HE"], {"yes": 14, "no": 1, "abstained": 1})
    assert (found["themes"], found["addressees"]) == (["sport"], ["bamf"])
    assert SECRET_POINT in found["points"][0]
    assert SECRET_REASONS in found["reasons"]
    assert [(row["land"], SECRET_STATEMENT in row["text"]) for row in found["statements"]] == [("DE-BY", True)]


def test_what_is_not_known_is_null_or_empty_and_never_zero():
    resolution("7.2")
    found = next(row for row in asked("resolutions?conference=12")["resolutions"] if row["item"] == "7.2")
    assert (found["votes"], found["reasons"], found["points"], found["outcome"]) == (None, None, [], "")


@pytest.mark.parametrize(
    ("query", "fitting"),
    [
        ("conference=12", lambda row: row["conference"] == "12"),
        ("year=2017", lambda row: row["year"] == 2017),
        ("theme=sport", lambda row: "sport" in row["themes"]),
        ("land=DE-BY", lambda row: "DE-BY" in row["movers"]),
        ("outcome=unanimous", lambda row: row["outcome"] == "unanimous"),
        ("claim=in_writing", lambda row: row["claim"] == "in_writing"),
    ],
)
@pytest.mark.kinds(3)
def test_a_filter_finds_all_that_fit_and_no_other(query, fitting):
    full()
    everything = asked("resolutions?limit=100")
    assert everything["count"] == len(everything["resolutions"]) == ResolutionPage.objects.live().count()
    found = asked(f"resolutions?limit=100&{query}")
    assert found["resolutions"] == [row for row in everything["resolutions"] if fitting(row)]
    assert found["count"] == len(found["resolutions"]) > 0


def test_pages_follow_one_another():
    whole = [row["url"] for row in asked("resolutions?limit=100")["resolutions"]]
    parts = [asked(f"resolutions?limit=7&offset={start}")["resolutions"] for start in range(0, len(whole), 7)]
    assert [row["url"] for part in parts for row in part] == whole


@pytest.mark.parametrize(
    "query",
    [
        "limit=0", "limit=101", "offset=-1", "year=foo", "year=99999999999", "offset=99999999999999999999",
        "year=2_0", "year=2016.0", "limit=%2B2", "limit=%C2%A02", "offset=01", "year=", "offset=%030",
    ],
)  # fmt: skip
def test_what_is_no_number_of_use_is_refused(query):
    assert f"„{query.partition('=')[0]}“ nicht" in asked(f"resolutions?{query}", 422)["detail"]


@pytest.mark.parametrize(
    "query", ["conference=%00", "theme=gibtesnicht", "land=%00", "outcome=%F0%9F%98%80", "claim=%00"]
)
def test_what_there_is_not_finds_nothing(query):
    assert asked(f"resolutions?{query}") == {"count": 0, "resolutions": []}


def test_what_is_not_public_is_not_in_the_data():
    page = full()
    ConferencePage.objects.get(number=12).unpublish()
    assert asked("resolutions?conference=12")["count"] == 0
    rows = [row for row in asked("resolutions?limit=100")["resolutions"] if row["item"] == "7.1"]
    assert [row["conference"] for row in rows] == [None]
    assert "12" not in {row["slug"] for row in asked("conferences")}
    page.unpublish()
    assert all(row["item"] != "7.1" for row in asked("resolutions?limit=100")["resolutions"])


def test_conferences_and_themes_are_those_of_the_site():
    rows = {row["slug"]: row for row in asked("conferences")}
    assert (rows["12"]["first_day"], rows["12"]["host"], rows["12"]["status"]) == ("2017-03-16", "DE-BW", "held")
    assert rows["22"]["first_day"] is None
    assert rows["4"]["last_day"] is None  # the sources disagree
    assert "2009" in rows["4"]["when"]
    assert len(rows) == ConferencePage.objects.live().count()
    assert {"sport", "sprache"} <= {row["slug"] for row in asked("themes")}


@pytest.mark.audit
def test_more_resolutions_cost_no_more_queries():
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            asked("resolutions?limit=100")
        return len(captured)

    full()
    queries()
    before = queries()
    for number in range(2):
        full(f"8.{number + 1}")
    assert queries() == before


def test_the_description_knows_the_archive():
    paths = asked("openapi.json")["paths"]
    assert {"/api/v1/resolutions", "/api/v1/conferences", "/api/v1/themes"} <= set(paths)
