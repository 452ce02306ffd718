"""The figures are those of the archive, and say how few they rest on."""

import csv
from datetime import date

import pytest
from bs4 import BeautifulSoup
from django.http import QueryDict
from django.test import Client

from conferences.archive import statistics
from conferences.archive.filters import Filters, all_facets
from conferences.archive.statistics import Table, columns_of, table_by_year
from conferences.models import ResolutionPage, Theme
from tests.editing import text_of
from tests.invented_resolutions import resolution

pytestmark = pytest.mark.django_db
ADDRESS = "/beschluesse/statistik/"


def rows(reader: Client, key: str) -> list[list[str]]:
    response = reader.get(f"{ADDRESS}{key}.csv")
    assert response.status_code == 200
    return list(csv.reader(response.content.decode("utf-8-sig").splitlines(), delimiter=";"))


def test_the_years_between_are_shown_and_what_is_not_known_is_a_part_of_its_own():
    numbers = [(2017, "unanimous", 3), (2017, "", 1), (2017, "adopted", 1), (2019, "rejected", 1), (None, "", 4)]
    table = table_by_year(numbers, "")
    assert [(label, numbers) for label, _, numbers in table.rows] == [
        ("2017", [3, 0, 2]),
        ("2018", [0, 0, 0]),
        ("2019", [0, 1, 0]),
        ("ohne Jahr", [0, 0, 4]),
    ]
    assert [query for _, query, _ in table.rows] == ["?jahr=2017", "", "?jahr=2019", ""]
    assert table_by_year([], "").rows == []


def test_a_year_far_away_does_not_fill_the_page_with_years_between():
    table = table_by_year([(1950, "", 1), (2017, "", 1), (2150, "", 1)], "")
    assert [label for label, _, _ in table.rows] == ["1950", "2017", "2150"]


def test_a_column_is_as_high_as_its_numbers_and_stands_on_the_ground():
    table = Table("k", "t", "b", ["Jahr", "a", "b", "c"], [("2017", "", [3, 0, 2]), ("2018", "", [1, 1, 0])])
    first, second = columns_of(table)
    assert table.largest == 5
    assert first["parts"] == [(0, 2, 3), (2, 0, 2)]
    assert second["parts"] == [(0, 4, 1), (1, 3, 1)]
    assert second["x"] > first["x"] + 8


def test_the_figures_are_those_of_the_archive(reader):
    for place, outcome in enumerate(("unanimous", "unanimous", "rejected", ""), start=1):
        resolution(
            item=f"9.{place}", outcome=outcome, movers=["DE-BY", "DE-HE"], themes=["sport"], decided_on=date(2022, 1, 1)
        )
    resolution(item="9.9", outcome="unanimous", decided_on=date(2022, 1, 1)).unpublish()
    assert ["2022", "2", "1", "1"] in rows(reader, "jahre")
    found = dict(rows(reader, "handlungsfelder"))
    assert found["Sport"] == "4"
    tables, facets = reader.get(ADDRESS).context["tables"], all_facets()
    parameters = {"bekannt": "bekannt", "ergebnisse": "ergebnis", "antragsteller": "land", "handlungsfelder": "thema"}
    for key, parameter in parameters.items():
        table = next(table for table in tables if table.key == key)
        assert table.rows
        for label, query, (number,) in table.rows:
            assert query.startswith(f"?{parameter}=")
            asked = Filters.of(QueryDict(query.removeprefix("?")), facets)
            assert asked.applied(ResolutionPage.objects.live()).count() == number, label
    assert reader.get("/beschluesse/" + query).context["count"] == number
    total = sum(int(number) for row in rows(reader, "jahre")[1:] for number in row[1:])
    assert total == ResolutionPage.objects.live().count()


def test_the_page_says_what_the_figures_rest_on(reader, monkeypatch):
    total = ResolutionPage.objects.live().count()
    unknown = ResolutionPage.objects.live().filter(outcome="").count()
    assert unknown > 0
    text = text_of(reader.get(ADDRESS))
    assert f"{total} Einträge liegen vor, {unknown} davon ohne Ergebnis" in text
    assert f"Das Ergebnis liegt vor bei {total - unknown} von {total} Einträgen." in text
    assert "Es sind noch wenige" in text
    monkeypatch.setattr(statistics, "SMALL", total - unknown + 1)
    assert "Es sind noch wenige" in text_of(reader.get(ADDRESS))
    resolution(item="9.1", outcome="unanimous")
    assert "Es sind noch wenige" not in text_of(reader.get(ADDRESS))


def test_every_drawing_has_a_name_and_the_same_numbers_in_words(reader):
    response = reader.get(ADDRESS)
    main = BeautifulSoup(response.content, "html.parser").main
    assert main.select("[style]") == []
    drawing = main.find("svg", role="img")
    assert main.find(id=drawing["aria-labelledby"]).text == "Einstimmigkeit über die Jahre"
    drawn = sum(int(part["height"]) for part in drawing.find_all("rect"))
    told = [int(cell.text) for cell in main.select("details tbody td")]
    assert drawn == sum(told) == ResolutionPage.objects.live().count()
    for table in main.select("table.bars"):
        bars = [int(bar["width"]) for bar in table.find_all("rect")]
        assert bars == [int(number.text) for number in table.select(".bars__number")]
        assert main.find(id=table["aria-labelledby"]).name == "h2"


def test_without_resolutions_nothing_is_drawn(reader):
    ResolutionPage.objects.update(live=False)
    response = reader.get(ADDRESS)
    assert "Noch keine Einträge." in text_of(response)
    assert b'<rect class="chart' not in response.content
    assert rows(reader, "jahre") == [["Jahr", "einstimmig", "anderes Ergebnis", "ohne Angabe"]]


def test_a_name_that_looks_like_a_formula_stays_text_in_the_file(reader):
    Theme.objects.filter(slug="sport").update(name='=HYPERLINK("https://www.example.org")')
    resolution(item="9.1", themes=["sport"])
    assert ['\'=HYPERLINK("https://www.example.org")', "1"] in rows(reader, "handlungsfelder")


def test_an_unknown_file_is_not_found_and_only_reading_is_answered(reader):
    assert reader.get(f"{ADDRESS}gibtesnicht.csv").status_code == 404
    for address in (ADDRESS, f"{ADDRESS}jahre.csv", "/beschluesse/", "/themen/"):
        assert reader.post(address).status_code == 405
