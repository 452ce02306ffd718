"""What readers come for, each within three clicks from home, as somebody does it who has never been here."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, expect

MOST_CLICKS = 3


@dataclass
class Reader:
    """Somebody at home with a mouse, whose clicks are counted."""

    page: Page
    clicks: int = 0

    def click(self, where: Locator) -> None:
        self.clicks += 1
        where.first.click()

    def follow(self, name: str, within: str = "main") -> None:
        """Follow the first link of exactly this name in a part of the page."""
        self.click(self.page.locator(within).get_by_role("link", name=name, exact=True))

    def ask(self, field: str, text: str, button: str) -> None:
        """Fill in a field of the page and send it."""
        field_of_page = self.page.get_by_role("main").get_by_label(field, exact=True)
        field_of_page.fill(text)
        self.click(field_of_page.locator("xpath=ancestor::form").get_by_role("button", name=button))

    def arrives_at(self, heading: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(heading)

    def fetched(self, name: str) -> tuple[str, str]:
        """Return kind and text of what a link of the page leads to that is no page, at the cost of a click."""
        self.clicks += 1
        address = self.page.get_by_role("main").get_by_role("link", name=name).first.get_attribute("href") or ""
        answer = self.page.request.get(address.replace("webcal:", "http:"))
        assert answer.ok, address
        return answer.headers["content-type"], answer.body()[:2000].decode("latin-1")


@pytest.fixture
def reader(browser, served_site) -> Iterator[Reader]:
    context = browser.new_context(base_url=served_site.url, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto("/")
    yield Reader(page)
    context.close()


def read_the_minutes(reader: Reader) -> None:
    reader.follow("Konferenzen mit Fotos und Dokumenten")
    reader.follow("Sonderkonferenz zur Prüfung")
    kind, text = reader.fetched("Erfundenes Protokoll der Prüfung")
    assert kind == "application/pdf"
    assert text.startswith("%PDF")


def see_how_a_land_voted(reader: Reader) -> None:
    reader.follow("BY: Bayern")
    section = reader.page.get_by_role("region", name="Wie Bayern gestimmt hat")
    expect(section.get_by_role("listitem").first).to_contain_text("Nein: ")
    reader.click(section.get_by_role("link", name="× Nein"))
    expect(reader.page.get_by_role("main")).to_contain_text("Erfundener Beschluss 7.1")


def take_a_citation(reader: Reader) -> None:
    reader.click(
        reader.page.get_by_role("region", name="Neueste Beschlüsse").get_by_role("listitem").get_by_role("link")
    )
    expect(reader.page.get_by_role("region", name="Zitieren")).to_contain_text("/id/beschluss/")
    assert reader.fetched("BibTeX")[1].startswith("@")


def subscribe_to_the_dates(reader: Reader) -> None:
    kind, text = reader.fetched("Termine abonnieren")
    assert kind.startswith("text/calendar")
    assert text.startswith("BEGIN:VCALENDAR")


def find_the_contact(reader: Reader) -> None:
    reader.follow("Ansprechstelle")
    reader.arrives_at("Kontakt")
    expect(reader.page.get_by_role("main")).to_contain_text("Geschäftsstelle")


def download_data(reader: Reader) -> None:
    reader.follow("Statistik", "footer")
    assert reader.fetched("Als CSV-Datei")[0].startswith("text/csv")


def read_english(reader: Reader) -> None:
    reader.follow("English", "header")
    expect(reader.page.locator("html")).to_have_attribute("lang", "en")


def see_the_next_conference(reader: Reader) -> None:
    dates = reader.page.get_by_role("region", name="Nächste Termine")
    reader.click(dates.get_by_role("link", name="Konferenz:"))
    expect(reader.page.get_by_role("main")).to_contain_text("geplant")


def ask_who_chaired_on_a_day(reader: Reader) -> None:
    reader.click(reader.page.get_by_role("navigation", name="Hauptmenü").get_by_role("link", name="Vorsitz"))
    reader.ask("Tag", "2016-10-01", "Anzeigen")
    expect(reader.page.get_by_role("main")).to_contain_text("Manfred Lucha")


def find_a_resolution_by_its_theme(reader: Reader) -> None:
    reader.follow("Sport")
    reader.follow("Erfundener Beschluss 7.1")
    reader.arrives_at("Erfundener Beschluss 7.1")


def find_a_resolution_by_its_land(reader: Reader) -> None:
    reader.follow("HE: Hessen")
    reader.follow("Erfundener Beschluss 7.1")
    reader.arrives_at("Erfundener Beschluss 7.1")


def search_for_a_resolution(reader: Reader) -> None:
    reader.ask("Thema, Nummer, Ort oder Jahr", "Sprachmittlung", "Suchen")
    reader.click(reader.page.get_by_role("main").get_by_role("link", name="Sprachmittlung"))
    reader.arrives_at("prachmittlung")


def read_in_easy_words(reader: Reader) -> None:
    reader.follow("Leichte Sprache", "header")
    expect(reader.page.locator("html")).to_have_attribute("lang", "de-simple")


def report_a_barrier(reader: Reader) -> None:
    reader.follow("Barriere melden", "footer")
    expect(reader.page.get_by_role("main").get_by_role("button")).not_to_have_count(0)


def read_a_press_release(reader: Reader) -> None:
    reader.follow("Pressemitteilungen und Meldungen")
    reader.follow("Prüfmeldung 1")
    expect(reader.page.get_by_role("article", name="Pressemitteilung")).to_be_visible()


def look_up_an_old_address(reader: Reader) -> None:
    reader.follow("Übersicht", "footer")
    reader.follow("Adressen früherer Websites")
    reader.arrives_at("Adressen früherer Websites")


TASKS: list[Callable[[Reader], None]] = [
    read_the_minutes, see_how_a_land_voted, take_a_citation, subscribe_to_the_dates, find_the_contact, download_data,
    read_english, see_the_next_conference, ask_who_chaired_on_a_day, find_a_resolution_by_its_theme,
    find_a_resolution_by_its_land, search_for_a_resolution, read_in_easy_words, report_a_barrier, read_a_press_release,
    look_up_an_old_address,
]  # fmt: skip


def test_how_a_land_voted_is_found_within_three_clicks(reader):
    see_how_a_land_voted(reader)
    assert reader.clicks <= MOST_CLICKS


@pytest.mark.audit
@pytest.mark.parametrize("task", TASKS, ids=[task.__name__ for task in TASKS])
def test_a_reader_needs_three_clicks_at_most(reader, task):
    task(reader)
    assert reader.clicks <= MOST_CLICKS
