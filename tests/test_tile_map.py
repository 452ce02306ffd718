"""The map of sixteen tiles: its places, and where it stands on the pages."""

from collections import Counter

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.test import Client

from conferences.models import ConferencePage, Land
from conferences.rules.rotation import ORDER
from conferences.rules.tile_map import POSITIONS, tile_centre, touch, view_box

# Borders on the map of Germany that a map of tiles should keep.
NEIGHBOURS = [
    "SH-HH", "HH-NI", "HB-NI", "NI-NW", "NI-HE", "NI-ST", "MV-BB", "BB-BE", "BB-ST", "BB-SN", "NW-HE", "NW-RP", "HE-RP",
    "HE-TH", "HE-BW", "TH-ST", "TH-SN", "TH-BY", "SN-BY", "RP-SL", "RP-BW", "BW-BY",
]  # fmt: skip


@pytest.fixture
def client(db) -> Client:
    return Client(HTTP_HOST="localhost")


def tiles(client: Client, address: str) -> dict:
    html = BeautifulSoup(client.get(address).content, "html.parser")
    return {tile.find("text").get_text(): tile for tile in html.select("svg.tiles a")}


def test_each_of_the_sixteen_has_a_place_of_its_own():
    assert set(POSITIONS) == set(ORDER)
    assert len(set(POSITIONS.values())) == 16


def test_no_two_tiles_overlap():
    places = [tile_centre(code) for code in POSITIONS]
    for x, y in places:
        near = [(a, b) for a, b in places if (a, b) != (x, y) and abs(a - x) < 34 and abs(b - y) < 29.4]
        assert near == []


@pytest.mark.parametrize("pair", NEIGHBOURS)
def test_neighbours_touch(pair):
    one, other = pair.split("-")
    assert touch(f"DE-{one}", f"DE-{other}")


def test_all_hang_together_and_few_touch_that_have_no_border():
    reached, todo = set(), ["DE-SH"]
    while todo:
        code = todo.pop()
        reached.add(code)
        todo += [other for other in POSITIONS if touch(code, other) and other not in reached]
    assert len(reached) == 16
    touching = Counter(touch(one, other) for one in POSITIONS for other in POSITIONS if one < other)[True]
    assert touching - len(NEIGHBOURS) <= 12


def test_the_north_is_above_and_the_east_to_the_right():
    def is_above(one: str, other: str) -> bool:
        return tile_centre(f"DE-{one}")[1] < tile_centre(f"DE-{other}")[1]

    def is_left(one: str, other: str) -> bool:
        return tile_centre(f"DE-{one}")[0] < tile_centre(f"DE-{other}")[0]

    assert all(is_above("SH", code.removeprefix("DE-")) for code in POSITIONS if code != "DE-SH")
    assert all(is_above(one, other) for one, other in [["HH", "NI"], ["NI", "HE"], ["TH", "BY"], ["BB", "SN"]])
    assert all(is_left(one, other) for one, other in [["NW", "HE"], ["HE", "TH"], ["SL", "RP"], ["BW", "BY"]])


def test_all_tiles_lie_inside_the_drawing():
    left, top, width, height = map(float, view_box().split())
    for code in POSITIONS:
        x, y = tile_centre(code)
        assert left + 17 <= x <= left + width - 17
        assert top + 19.6 <= y <= top + height - 19.6


@time_machine.travel("2026-11-27 12:00:00+01:00")
def test_the_list_of_laender_has_a_map_in_its_own_order_with_the_chair_marked(client):
    found = tiles(client, "/laender/")
    assert [f"DE-{code}" for code in found] == list(ORDER)
    assert [code for code, tile in found.items() if "tile--chair" in tile["class"]] == ["RP"]
    assert found["RP"].title.get_text() == "RP: Rheinland-Pfalz, im Vorsitz"
    assert found["BY"]["href"] == "/laender/bayern/"
    assert not any(tile.has_attr("style") for tile in found.values())


def test_the_page_of_a_land_marks_it(client):
    found = tiles(client, "/laender/saarland/")
    assert [code for code, tile in found.items() if tile.get("aria-current")] == ["SL"]


def test_the_page_of_a_conference_marks_its_host_and_has_no_map_without_one(client):
    found = tiles(client, "/konferenzen/12/")
    assert [tile.title.get_text() for tile in found.values() if tile.get("aria-current")] == [
        "BW: Baden-Württemberg, gastgebendes Land"
    ]
    ConferencePage.objects.filter(number=12).update(host_land=None)
    assert tiles(client, "/konferenzen/12/") == {}


def test_a_map_follows_the_addresses_of_the_laender(client):
    Land.objects.filter(code="DE-SL").update(slug="das-saarland")
    assert tiles(client, "/konferenzen/12/")["SL"]["href"] == "/laender/das-saarland/"
