"""The lists of conferences, resolutions and news in the admin, and the search behind them."""

import csv
import io
from datetime import date

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook
from wagtail.models import GroupPagePermission

from conferences.models import ConferencePage, ConferencePhoto, ResolutionPage
from intmk.media.documents.models import SiteDocument
from intmk.media.images.models import SiteImage
from intmk.media.videos.models import SiteVideo
from intmk.pages.models import NewsIndexPage, NewsPage, StandardPage
from intmk.search.drafts import DraftEntry
from intmk.trash.models import TrashedItem
from tests.browser_pages import paper, picture
from tests.editing import breakable, edit_url, page_form, soup_of
from tests.invented_resolutions import resolution
from tests.test_videos import video

pytestmark = pytest.mark.django_db
RESOLUTIONS, CONFERENCES, NEWS = "/admin/listen/beschluesse/", "/admin/listen/konferenzen/", "/admin/listen/meldungen/"
SEARCH = "/admin/pages/search/"


def titles(page: BeautifulSoup) -> list[str]:
    return [found.get_text(" ", strip=True) for found in page.select(".page-list [id^=page_][id$=_title]")]


def listed(client: Client, address: str, **asked) -> list[str]:
    """The titles in the list."""
    answer = client.get(address, asked)
    assert answer.status_code == 200
    return titles(soup_of(answer))


def rows(client: Client, address: str, **asked) -> list[dict[str, str]]:
    """The rows of the list by the names of their columns."""
    found = soup_of(client.get(address, asked)).select(".page-list tbody tr")
    return [
        {cell["data-label"]: breakable(cell.get_text(strip=True)) for cell in row.select("td[data-label]")}
        for row in found
    ]


def queries(client: Client, address: str, **asked) -> int:
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address, asked).status_code == 200
    return len(captured)


# --- what the lists say ---------------------------------------------------------------------------------------------


def test_a_resolution_is_listed_with_number_conference_day_outcome_and_what_is_missing(chair):
    resolution(title="Erfunden", item="9.1", outcome="adopted", movers=["DE-BY"])
    first = rows(chair, RESOLUTIONS, q="Erfunden")[0]
    assert first == {
        "TOP": "9.1",
        "Konferenz": "2017, Friedrichshafen (12.)",
        "Tag": "16.03.2017",
        "Ergebnis": "beschlossen",
        "Es fehlt": "Handlungsfeld, Beschlusstext, Quelldatei",
        "Stand": "öffentlich",
    }


def test_a_conference_is_listed_with_number_day_place_land_gaps_and_state(chair):
    first = rows(chair, CONFERENCES, q="Friedrichshafen")[0]
    assert first["Nr."] == "12"
    assert (first["Tag"], first["Ort"], first["Land"]) == ("16.03.2017", "Friedrichshafen", "Baden-Württemberg")
    page = ConferencePage.objects.for_gaps().get(number=12)
    assert first["Es fehlt"] == ", ".join(page.known_gaps())
    assert first["TOPs"] == str(page.resolutions.count())
    assert first["Stand"] == "öffentlich"


def news(title: str, slug: str, live: bool = True, **values) -> NewsPage:
    page = NewsIndexPage.objects.get().add_child(instance=NewsPage(title=title, slug=slug, live=live, **values))
    revision = page.save_revision()
    if live:
        revision.publish()
    return page


def test_lists_come_in_the_order_that_people_expect_and_in_others_on_demand(chair):
    for item in ("9.10", "9.9", "9.1"):
        resolution(title=f"Zuletzt {item}", item=item, conference=21)
    latest = [title for title in listed(chair, RESOLUTIONS, jahr=["2026", "2007"]) if title.startswith("Zuletzt")]
    assert latest == ["Zuletzt 9.1", "Zuletzt 9.9", "Zuletzt 9.10"]
    by_item = listed(chair, RESOLUTIONS, ordering="-item_key", q="Zuletzt")
    assert by_item == ["Zuletzt 9.10", "Zuletzt 9.9", "Zuletzt 9.1"]
    numbers = [row["Nr."] for row in rows(chair, CONFERENCES) if row["Nr."]]
    assert numbers == [str(number) for number in sorted(map(int, numbers), reverse=True)]
    news("Alt", "alt", date=date(2020, 1, 1))
    news("Neu", "neu", date=date(2030, 1, 1))
    assert listed(chair, NEWS)[0] == "Neu"
    assert listed(chair, NEWS, ordering="date")[0] == "Alt"


# --- filters --------------------------------------------------------------------------------------------------------


def test_resolutions_are_filtered_by_the_facets_of_the_archive_drafts_too(chair):
    resolution(title="Einig", item="9.1", outcome="unanimous", movers=["DE-BY"], themes=["sprache"])
    resolution(title="Uneinig", item="9.2", outcome="majority", conference=11)
    parent = ConferencePage.objects.get(number=12)
    draft = parent.add_child(instance=ResolutionPage(title="Geplant", item="9.3", outcome="unanimous", live=False))
    draft.save_revision()

    def found(**asked) -> set[str]:
        return set(listed(chair, RESOLUTIONS, **asked)) & {"Einig", "Uneinig", "Geplant"}

    assert found(konferenz="12", ergebnis=["einstimmig", "mehrheitlich"]) == {"Einig", "Geplant"}
    assert found(ergebnis="einstimmig", zustand="oeffentlich") == {"Einig"}
    assert found(thema="sprache", land="bayern") == {"Einig"}
    assert found(fehlt="antragsteller", zustand="entwurf", jahr="2017") == {"Geplant"}


def test_conferences_and_news_are_filtered(chair):
    assert {row["Nr."] for row in rows(chair, CONFERENCES, jahr="2017")} == {"12"}
    land = ConferencePage.objects.get(number=12).host_land
    hosted = ConferencePage.objects.filter(host_land=land).count()
    assert len(listed(chair, CONFERENCES, land=land.pk)) == hosted
    planned = ConferencePage.objects.filter(status="planned").count()
    assert len(listed(chair, CONFERENCES, status="planned")) == planned
    news("Meldung dazu", "dazu", kind="news")
    news("Pressemitteilung dazu", "presse", live=False)
    assert listed(chair, NEWS, art="news", q="dazu") == ["Meldung dazu"]
    assert listed(chair, NEWS, zustand="entwurf") == ["Pressemitteilung dazu"]


# --- files ----------------------------------------------------------------------------------------------------------


def test_lists_go_into_files_as_they_are_filtered_and_without_formulas(chair):
    resolution(title='=HYPERLINK("https://example.org")', item="9.1", outcome="adopted")
    answer = chair.get(RESOLUTIONS, {"export": "csv", "ergebnis": "beschlossen", "konferenz": "12"})
    table = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))
    row = next(row for row in table if row["TOP"] == "9.1")
    assert row["Titel"].startswith("'=")
    assert (row["Ort"], row["Ergebnis"], row["Stand"]) == ("Friedrichshafen", "beschlossen", "öffentlich")
    assert row["Adresse"].endswith("/konferenzen/12/top-9-1/")
    assert {row["Ergebnis"] for row in table} == {"beschlossen"}
    book = chair.get(RESOLUTIONS, {"export": "xlsx", "konferenz": "12"})
    news("Neu", "neu")
    sheet = load_workbook(io.BytesIO(b"".join(book.streaming_content))).active
    cells = [cell for line in sheet.iter_rows() for cell in line]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert [cell.value for cell in sheet[1]][:4] == ["TOP", "Titel", "Konferenz", "Tag"]
    for address in (CONFERENCES, NEWS, SEARCH):
        lines = b"".join(chair.get(address, {"export": "csv"}).streaming_content).decode().splitlines()
        assert "Titel" in lines[0]
        assert len(lines) > 1


# --- the search -----------------------------------------------------------------------------------------------------


def test_the_search_finds_numbers_places_bodies_and_forms_of_words(chair):
    page = resolution(
        title="Erfunden", item="3.1", points=[("point", "<p>Die Sprachlernklassen wachsen.</p>")], release="text"
    )
    draft = news(
        "Noch geheim",
        "geheim",
        live=False,
        body=[("section", {"heading": "Ort", "text": "<p>Zauberwürfelkonzept</p>"})],
    )
    assert "Erfunden" in listed(chair, SEARCH, q="TOP 3.1")
    assert {row["TOP"] for row in rows(chair, RESOLUTIONS, q="TOP 3.1")} == {"3.1"}
    assert ConferencePage.objects.get(number=12).title in listed(chair, SEARCH, q="Friedrichshafen")
    assert listed(chair, SEARCH, q="Sprachlernklasse")[0] == page.title
    assert listed(chair, SEARCH, q="Zauberwürfelkonzepte") == [draft.title]
    assert listed(chair, SEARCH, q="zauberwü") == [draft.title]  # a word that is still being typed
    assert listed(chair, SEARCH, q="Zauberwürfelkonzept -geheim") == []
    assert listed(chair, SEARCH, q="gibtesnichtundniemals") == []
    assert not Client(HTTP_HOST="localhost").get("/suche/", {"q": "Zauberwürfelkonzept"}).context["hits"]


def test_what_was_changed_is_found_as_a_draft_and_not_twice_once_it_is_published(chair):
    page = news("Vorgelegt", "vorgelegt")
    page.introduction = "Das Zauberwürfelkonzept."
    revision = page.save_revision()
    assert listed(chair, SEARCH, q="Zauberwürfelkonzept") == ["Vorgelegt"]
    revision.publish()
    assert listed(chair, SEARCH, q="Zauberwürfelkonzept") == ["Vorgelegt"]
    page.refresh_from_db()
    page.unpublish()
    assert listed(chair, SEARCH, q="Zauberwürfelkonzept") == ["Vorgelegt"]
    page.delete()
    assert listed(chair, SEARCH, q="Zauberwürfelkonzept") == []


def test_a_draft_below_a_conference_is_found_by_what_that_is_called_now(chair):
    conference = ConferencePage.objects.get(number=12)
    draft = conference.add_child(instance=ResolutionPage(title="Noch geheim", item="3.2", live=False))
    draft.save_revision(clean=False)
    assert listed(chair, SEARCH, q="Kaleidoskopkonferenz") == []
    conference.title = "12. Kaleidoskopkonferenz"
    conference.save_revision().publish()
    assert draft.title in listed(chair, SEARCH, q="Kaleidoskopkonferenz")


def test_what_a_click_publishes_is_no_draft_unless_it_is_to_come_later(chair):
    page = news("Vorgelegt", "vorgelegt")
    publish = {"action-publish": "1", "introduction": "Das Zauberwürfelkonzept."}
    assert chair.post(edit_url(page), page_form(chair, page) | publish).status_code == 302
    assert not DraftEntry.objects.filter(page=page.pk).exists()
    later = {"introduction": "Das Kaleidoskopkonzept.", "go_live_at": "30.09.2037 10:00"}
    assert chair.post(edit_url(page), page_form(chair, page) | publish | later).status_code == 302
    assert listed(chair, SEARCH, q="Kaleidoskopkonzept") == ["Vorgelegt"]


def test_what_the_account_may_not_publish_is_found_as_a_draft_though_it_asked_to(account, editor):
    page = NewsPage(title="Vorgelegt", slug="vorgelegt", live=False, owner=account)
    NewsIndexPage.objects.get().add_child(instance=page)
    asked = {"action-publish": "1", "introduction": "Das Zauberwürfelkonzept."}
    assert editor.post(edit_url(page), page_form(editor, page) | asked).status_code == 302
    assert not NewsPage.objects.get(pk=page.pk).live
    assert listed(editor, SEARCH, q="Zauberwürfelkonzept") == ["Vorgelegt"]


def test_a_draft_whose_rows_are_half_filled_is_kept_and_found(chair):
    conference = ConferencePage.objects.get(number=12)
    conference.introduction = "Ein Wort: Zauberwürfelkonzepte."
    conference.photos = [ConferencePhoto()]  # nothing says yet what it shows
    conference.save_revision(clean=False)
    assert listed(chair, SEARCH, q="Zauberwürfelkonzepte") == [conference.title]


def test_nobody_finds_what_is_outside_of_the_own_rights(chair, account):
    news("Zauberwürfelkonzept", "neu", live=False)
    assert listed(chair, SEARCH, q="Zauberwürfelkonzept") == ["Zauberwürfelkonzept"]
    about = StandardPage.objects.get(slug="kontakt")
    GroupPagePermission.objects.filter(group__in=account.groups.all()).update(page=about)
    assert listed(chair, SEARCH, q="Zauberwürfelkonzept") == []
    assert listed(chair, SEARCH, q=about.title) == [about.title]
    assert listed(chair, NEWS) == []
    GroupPagePermission.objects.filter(group__in=account.groups.all()).delete()
    assert chair.get(SEARCH, {"q": "Kontakt"}).status_code == 302
    assert Client(HTTP_HOST="localhost").get(RESOLUTIONS).status_code == 302


# --- several at once ------------------------------------------------------------------------------------------------


def test_several_of_a_list_are_deleted_together_and_come_back(chair):
    pages = [news(f"Versehen {number}", f"versehen-{number}", live=False) for number in range(2)]
    shown = soup_of(chair.get(NEWS, {"q": "Versehen"}))
    keys = [box["data-object-id"] for box in shown.select("input[data-bulk-action-checkbox]")]
    assert {*map(int, keys)} == {page.pk for page in pages}
    assert "data-bulk-action-num-objects-in-listing" not in str(shown)  # "all" would be all pages of the site
    asked = "&".join(f"id={key}" for key in keys)
    chair.post(f"{reverse('wagtail_bulk_action', args=['wagtailcore', 'page', 'delete'])}?{asked}&next={NEWS}")
    assert listed(chair, NEWS, q="Versehen") == []
    chair.post(reverse("restore_from_trash"), {"item": [item.pk for item in TrashedItem.objects.all()]})
    assert sorted(listed(chair, NEWS, q="Versehen")) == ["Versehen 0", "Versehen 1"]


# --- cost -----------------------------------------------------------------------------------------------------------


def add_resolution(number: int) -> None:
    resolution(item=f"9.{number}", conference=11 + number % 2, movers=["DE-BY"], themes=["sprache"])


def add_news(number: int) -> None:
    news(f"Erfundener Beschluss {number}", f"meldung-{number}", live=bool(number % 2))


def add_conference(number: int) -> None:
    page = ConferencePage(title=f"{number}. Konferenz", number=100 + number, live=False)
    ConferencePage.objects.get(number=12).get_parent().add_child(instance=page)


@pytest.mark.parametrize(
    ("address", "add"),
    [(RESOLUTIONS, add_resolution), (CONFERENCES, add_conference), (NEWS, add_news), (SEARCH, add_news)],
)
def test_more_pages_cost_a_list_no_question_more(chair, address, add):
    asked = {SEARCH: {"q": "Erfundener Beschluss"}, RESOLUTIONS: {"q": "Erfundener"}}.get(address, {})
    for number in (1, 2):
        add(number)
    before = queries(chair, address, **asked)
    add(3)
    assert queries(chair, address, **asked) == before


# By address: what is listed, the headings on the screen, and the row in the file.
FILES: dict[str, tuple] = {
    "/admin/documents/": (
        lambda: SiteDocument.objects.filter(pk=paper("Papier").pk).update(language="en", accessible="no", tagged=True),
        {"Sprache": "Englisch", "Barrierefrei": "nein, mit Tags", "Gelesen": "Scan ohne Text"},
        {"Titel": "Papier", "Sprache": "Englisch", "Barrierefrei": "nein, mit Tags", "Gelesen": "Scan ohne Text"},
    ),
    "/admin/images/?layout=list": (
        lambda: SiteImage.objects.filter(pk=picture("Foto", (60, 40)).pk).update(
            credit="P. Beispiel", licence="CC BY 4.0"
        ),
        {"Bildnachweis": "P. Beispiel", "Lizenz": "CC BY 4.0"},
        {"Titel": "Erfundenes Bild: Foto", "Bildnachweis": "P. Beispiel", "Lizenz": "CC BY 4.0", "Breite": "60"},
    ),
    "/admin/snippets/intmk/sitevideo/": (
        lambda: SiteVideo.objects.filter(pk=video(title="Film").pk).update(captions="", transcript="", has_sound=True),
        {"Sprache": "Deutsche Gebärdensprache", "Untertitel": "fehlen", "Text zum Video": "fehlt"},
        {"Titel": "Film", "Untertitel": "fehlen", "Text zum Video": "fehlt"},
    ),
}


@pytest.mark.parametrize("address", FILES)
def test_files_are_listed_with_what_matters_on_the_screen_and_in_the_file(chair, address):
    make, on_screen, in_file = FILES[address]
    make()
    shown = soup_of(chair.get(address)).select_one("table.listing")
    row = next(row for row in shown.select("tbody tr") if in_file["Titel"] in row.get_text())
    headings = [" ".join(cell.get_text(" ", strip=True).split()) for cell in shown.select("thead th")]
    said = dict(zip(headings, [breakable(cell.get_text(" ", strip=True)) for cell in row.find_all("td")], strict=True))
    assert {heading: said.get(heading) for heading in on_screen} == on_screen
    answer = chair.get(address, {"export": "csv"})
    table = csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode()))
    row = next(row for row in table if row["Titel"] == in_file["Titel"])
    assert {heading: row[heading] for heading in in_file} == in_file


def test_videos_are_filtered(chair):
    assert chair.get("/admin/snippets/intmk/sitevideo/", {"withheld": "true", "language": "de"}).status_code == 200


@pytest.mark.parametrize("written", ["http://localhost{}", "{}", " {}?am=2026-01-01#teil "])
def test_the_public_address_of_a_page_leads_straight_to_its_form(chair, written):
    page = ConferencePage.objects.get(number=12)
    assert chair.get(SEARCH, {"q": written.format("/konferenzen/12/")})["Location"] == edit_url(page)


@pytest.mark.parametrize(
    "words",
    ["https://www.example.org/konferenzen/12/", "/gibt-es-nicht/", "http://[::", "konferenzen/12/", "/gibt\x00es"],
)
def test_what_is_no_address_of_a_page_is_searched_for(chair, words):
    assert chair.get(SEARCH, {"q": words}).status_code == 200


def test_an_address_leads_to_no_form_from_within_a_list_nor_where_the_account_may_not_write(editor):
    assert editor.get("/admin/pages/search/results/", {"q": "/konferenzen/12/"}).status_code == 200
    assert editor.get(SEARCH, {"q": "/konferenzen/12/"}).status_code == 302
    GroupPagePermission.objects.filter(group__name="Länder").exclude(permission__codename="add_page").delete()
    GroupPagePermission.objects.filter(group__name="Länder").update(page=NewsIndexPage.objects.get())
    assert editor.get(SEARCH, {"q": "/konferenzen/12/"}).status_code == 200


def test_a_page_without_pages_below_it_says_so(chair):
    page = StandardPage.objects.filter(numchild=0, locale__language_code="de").first()
    text = " ".join(soup_of(chair.get(f"/admin/pages/{page.pk}/")).main.get_text(" ").split())
    assert "Keine Unterseiten" in text
    assert "von 0" not in text
