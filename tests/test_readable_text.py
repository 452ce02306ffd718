"""Text from outside is made readable at the door, and no sign in a title takes a feed from everybody."""

import json
import unicodedata
from importlib import import_module
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from django.apps import apps
from django.db.models import JSONField, Value
from django.db.models.functions import Cast
from django.http import QueryDict
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from wagtail.models import Page

from conferences.archive_import.table import record_rows
from conferences.models import ConferencePage, Land, ResolutionPage, Theme
from intmk.accessibility.forms import BarrierForm
from intmk.language.readable_input import readable_query
from intmk.language.readable_text import comparable, readable
from intmk.pages.models import StandardPage
from tests.editing import conference_form, edit_url
from tests.resolutions import resolution

BROKEN = "Sprachförderung\x0bfür Mütter"
WHOLE = "Sprachförderung für Mütter"
FEEDS = ("/feeds/beschluesse.atom", "/feeds/beschluesse.json", "/feeds/konferenzen.ics", "/sitemap.xml")


@pytest.mark.parametrize(
    ("text", "made"),
    [
        (BROKEN, WHOLE),
        ("a\u2028b\u2029c\x85d\x0ce", "a b c d e"),
        ("a\tb\r\nc", "a b c"),
        ("a\x00b\x07c\x7fd\x9fe", "abcde"),
        ("a\u200bb\ufeffc\u2060d\u00ade", "abcde"),
        ("a\u202eb\u2066c\u200fd", "abcd"),
        ("a\ud800b\uffffc\ufdd0d\U0001fffee", "abcde"),
        ("Mu\u0308tter", "Mütter"),
        ("\uf0b7 Punkt \ue000\U000f1234\U00100000", "• Punkt "),
        ("x\u200dy\u200cz", "xyz"),
        ("\U0001f3f4\U000e0067a", "\U0001f3f4a"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("क\u094d\u200dष", "क\u094d\u200dष"),
        (
            "👨\u200d👩\u200d👧 ❤\ufe0f\u200d🔥 👩🏽\u200d⚕\ufe0f",
            "👨\u200d👩\u200d👧 ❤\ufe0f\u200d🔥 👩🏽\u200d⚕\ufe0f",
        ),
        ("\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", None),
        ("أهلاً Ayşe Işık, Łukasz \u00a0– „Đorđe“ 🤝", None),
    ],
)
def test_what_nobody_sees_goes_and_what_belongs_to_a_script_stays(text, made):
    assert readable(text) == (text if made is None else made)


def test_a_text_with_lines_keeps_them():
    assert readable("eins\x0bzwei\r\ndrei\u2028vier\tfünf", lines=True) == "eins\nzwei\ndrei\nvier\tfünf"


@pytest.mark.parametrize(
    "written",
    [
        "Baden\u2011Württemberg",
        "BADEN\u2010Wu\u0308rttemberg",
        "Ba\u00adden – Württemberg",
        "\u00a0baden-\u202fwürttemberg ",
    ],
)
def test_what_is_compared_has_one_hyphen_one_space_and_nothing_unseen(written):
    assert comparable(written) == comparable("Baden-Württemberg")


@given(st.text(st.characters(codec=None)))
def test_what_is_comparable_stays_so(text):
    assert comparable(comparable(text)) == comparable(text)


@given(st.text(st.characters(codec=None)), st.booleans())
def test_what_is_readable_is_in_every_format_and_stays_as_it_is(text, lines):
    made = readable(text, lines)
    assert readable(made, lines) == made
    assert unicodedata.is_normalized("NFC", made)
    ElementTree.fromstring(f"<a>{made.replace('&', '').replace('<', '')}</a>".encode())


def test_passwords_and_coded_rich_text_pass_the_door_as_they_are():
    blocks = json.dumps({"blocks": [{"text": "a\u000bb"}]})
    sent = QueryDict(mutable=True)
    sent.update({"password": "a\u0308\u200b", "text": blocks})
    assert readable_query(sent) is None
    sent["title"] = BROKEN
    sent["address"] = "Weg 1\r\nOrt\u200b"
    made = readable_query(sent)
    assert (made["password"], made["text"], made["title"], made["address"]) == (
        "a\u0308\u200b", blocks, WHOLE, "Weg 1\r\nOrt",
    )  # fmt: skip


@pytest.mark.audit
@pytest.mark.django_db
def test_whatever_a_title_holds_page_and_feeds_can_be_read():
    page = resolution("3.1", title="Titel")
    reader = Client(HTTP_HOST="localhost")

    @settings(max_examples=50, deadline=None)
    @given(st.text(st.characters(codec=None), max_size=100))
    def stays_readable(text):
        page.title = f"Titel {text}"
        page.save()
        title = Page.objects.get(pk=page.pk).title
        assert readable(title) == title
        ElementTree.fromstring(reader.get(FEEDS[0]).content)
        assert title in [entry["title"].split(": ", 1)[1] for entry in reader.get(FEEDS[1]).json()["items"]]
        assert BeautifulSoup(reader.get(page.url).content, "html.parser").h1.get_text().split() == title.split()

    stays_readable()


# --- the doors ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_title_that_was_sent_with_a_break_is_whole_in_draft_page_and_feeds(chair):
    page = ConferencePage.objects.get(number=12)
    form = conference_form(page, title=BROKEN, place="Friedrichs\u200bhafen") | {"action-publish": "1"}
    assert chair.post(edit_url(page), form).status_code == 302
    page.refresh_from_db()
    assert (page.title, page.draft_title, page.place) == (WHOLE, WHOLE, "Friedrichshafen")
    assert page.latest_revision.content["title"] == WHOLE
    reader = Client(HTTP_HOST="localhost")
    for address in FEEDS:
        assert reader.get(address).status_code == 200


@pytest.mark.django_db
def test_a_title_of_nothing_but_unseen_signs_is_refused_beside_its_field(chair):
    page = ConferencePage.objects.get(number=12)
    response = chair.post(edit_url(page), conference_form(page, title="\u200b\u2060") | {"action-publish": "1"})
    assert "title" in response.context["form"].errors


@pytest.mark.django_db
def test_a_program_stores_readable_texts_too():
    page = resolution("3.1", title=BROKEN)
    page.refresh_from_db()
    assert page.title == WHOLE
    theme = Theme.objects.first()
    theme.name = "Spra\u200bche\x0bund Schrift"
    theme.save()
    assert Theme.objects.get(pk=theme.pk).name == "Sprache und Schrift"
    standard = StandardPage.objects.get(slug="kontakt")
    standard.body = json.dumps([{"type": "section", "value": {"heading": "Wo\u200bhin", "text": "<p>a\u000bb</p>"}}])
    standard.save_revision()
    stored = json.loads(standard.latest_revision.content["body"])
    assert (stored[0]["value"]["heading"], stored[0]["value"]["text"]) == ("Wohin", "<p>a\nb</p>")


@pytest.mark.django_db
def test_a_draft_from_before_is_made_readable_when_it_is_published():
    page = resolution("3.1", title="Titel")
    draft = page.save_revision()
    draft.content["title"] = BROKEN
    draft.save()
    draft.publish()
    assert ResolutionPage.objects.get(pk=page.pk).title == WHOLE


@pytest.mark.django_db
def test_one_sign_that_is_stored_already_takes_no_feed_from_everybody():
    page = resolution("3.1", title="Titel")
    page.themes.set(Theme.objects.filter(slug="sport"))
    page.save()
    Page.objects.filter(pk=page.pk).update(title="Er\x0bster\ufffe")
    Page.objects.filter(pk=page.conference.pk).update(title="Zwölfte\x01")
    ConferencePage.objects.update(place="Ort\x02")
    Theme.objects.filter(slug="sport").update(name="Spo\x1brt")
    reader = Client(HTTP_HOST="localhost")
    for address in FEEDS:
        response = reader.get(address)
        assert response.status_code == 200, address
    titles = [
        found.text
        for found in ElementTree.fromstring(reader.get(FEEDS[0]).content).iter("{http://www.w3.org/2005/Atom}title")
    ]
    assert "Zwölfte 2017, TOP 3.1: Er ster" in titles
    assert "Zwölfte 2017, TOP 3.1: Er ster" in [item["title"] for item in reader.get(FEEDS[1]).json()["items"]]
    for ending in ("bib", "ris"):
        assert reader.get(f"{page.url}zitat.{ending}").status_code == 200


def test_the_cells_of_an_import_are_readable(tmp_path):
    table = tmp_path / "b.csv"
    table.write_text(
        "konferenz;top;titel;antragsteller;beschlusstext\n"
        "12;97.1;Titel\x0bmit\x07 U\u0308mlaut;Baden-Wu\u0308rttemberg;1. Eins\x0b2. Zwei\u200b\n",
        encoding="utf-8",
    )
    [row] = record_rows(table)
    assert not row.errors
    assert row.cells["titel"] == "Titel mit Ümlaut"
    assert (row.cells["antragsteller"], row.cells["beschlusstext"]) == ("Baden-Württemberg", "1. Eins\n2. Zwei")


@pytest.mark.django_db
@pytest.mark.parametrize("asked", ["Mu\u0308nchen", "Mün\u200bchen", "\u202eMünchen"])
def test_the_search_box_reads_what_is_meant(asked):
    response = Client(HTTP_HOST="localhost").get("/suche/", {"q": asked})
    assert response.context["query"] == "München"


@pytest.mark.django_db
def test_a_barrier_is_reported_in_readable_words():
    form = BarrierForm({"text": "eins\x0bzwei\x07", "name": "Pe\u200btra"})
    assert form.is_valid()
    assert (form.cleaned_data["text"], form.cleaned_data["name"]) == ("eins\nzwei", "Petra")


# --- what an older site brings along --------------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_upgrade_makes_stored_texts_readable_once_and_for_all():
    page = resolution("3.1", title="Titel")
    Page.objects.filter(pk=page.pk).update(title=BROKEN, draft_title=BROKEN)
    Land.objects.filter(code="DE-BY").update(secretariat_address="Weg 1\x0bOrt\u200b")
    standard = StandardPage.objects.get(slug="kontakt")
    raw = json.dumps([{"id": "a", "type": "section", "value": {"heading": "Wo\u200bhin", "text": "<p>a</p>"}}])
    StandardPage.objects.filter(pk=standard.pk).update(body=Cast(Value(raw), JSONField()))
    migration = import_module("intmk.migrations.0015_readable_texts")
    before = StandardPage.objects.get(slug="impressum").body.raw_data[0]
    migration.make_readable(apps, None)
    migration.make_readable(apps, None)
    page = Page.objects.get(pk=page.pk)
    assert (page.title, page.draft_title) == (WHOLE, WHOLE)
    assert Land.objects.get(code="DE-BY").secretariat_address == "Weg 1\nOrt"
    assert StandardPage.objects.get(slug="kontakt").body[0].value["heading"] == "Wohin"
    assert StandardPage.objects.get(slug="impressum").body.raw_data[0] == before
