"""The living page of the design system, and the contrasts that its tokens promise."""

import re

import brotli
import pytest
from bs4 import BeautifulSoup
from django.test import Client
from rcssmin import cssmin

from intmk.base.blocks import BodyBlock
from intmk.pages.component_library import LEAST, STYLES, colours, contrast, custom_properties
from intmk.static_files import SOURCES, bundled
from tests.editing import text_of

pytestmark = pytest.mark.django_db
ADDRESS = "/admin/gestaltung/"


def test_only_people_who_are_signed_in_see_it(editor):
    refused = Client(HTTP_HOST="localhost").get(ADDRESS)
    assert refused.status_code == 302
    assert "/admin/login/" in refused["Location"]
    assert editor.get(ADDRESS).status_code == 200


def test_it_shows_every_token_and_every_block(editor):
    response = editor.get(ADDRESS)
    page = BeautifulSoup(response.content, "html.parser")
    shown = {cell.text for cell in page.select("#farben ~ .table-scroll th[scope=row]")}
    assert shown == {colour.name for colour in colours(STYLES.read_text())}
    assert {block.label for block in BodyBlock().child_blocks.values()} <= {h.text for h in page.select(".specimen h3")}
    assert "Das ist kein Datum." in text_of(response)


def test_every_colour_reaches_the_contrast_it_has_to():
    found = colours(STYLES.read_text())
    assert {colour.name for colour in found} >= set(LEAST)
    for colour in found:
        if colour.least:
            assert min(colour.contrast_light, colour.contrast_dark) >= colour.least, colour


def test_contrast_is_reckoned_as_the_guidelines_say():
    assert contrast("#fff", "#000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#abc", "#aabbcc") == pytest.approx(1)


def test_each_token_that_a_rule_uses_is_there():
    styles = STYLES.read_text()
    light, dark = custom_properties(styles)
    assert {name for name, value in light.items() if value.startswith("#")} == {
        name for name, value in dark.items() if value.startswith("#")
    }
    assert {"radius", "motion", "s1", "s5", "text", "h1"} <= set(light)


def test_the_style_sheet_stays_small_and_the_minifier_leaves_its_selectors_alone():
    source = re.sub(r"/\*.*?\*/", "", bundled(SOURCES / "site.css"), flags=re.DOTALL)
    served = cssmin(source)
    assert len(brotli.compress(served.encode())) <= 8_192
    # Below two at-rules it takes "main :is(" for a property and its value.
    spaced = set(re.findall(r"\S+ :(?:is|not|where|has)\(", source))
    assert spaced
    assert {selector for selector in spaced if source.count(selector) != served.count(selector)} == set()
