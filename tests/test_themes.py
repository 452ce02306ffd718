"""The pages of the themes: their resolutions, conferences and news, and nothing that is not public."""

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError

from conferences.archive import laender, themes
from conferences.models import ConferencePage, Land, ResolutionPage, ResolutionStatement, Theme
from intmk.pages.models import HomePage, NewsIndexPage, NewsPage, StandardPage
from tests.editing import text_of
from tests.invented_resolutions import resolution
from tests.resolutions import paper

pytestmark = pytest.mark.django_db


def conferences_in(response) -> list[str]:
    """The addresses of the conferences that a page lists."""
    return [link["href"] for link in BeautifulSoup(response.content, "html.parser").select(".conference-row h3 a")]


def test_the_list_leads_to_every_theme_with_its_numbers(reader):
    resolution(item="9.1", themes=["sport", "kultur"])
    resolution(item="9.2", themes=["sport"]).unpublish()
    main = BeautifulSoup(reader.get("/themen/").content, "html.parser").main
    assert [link["href"] for link in main.select("li h2 a")] == [
        f"/themen/{slug}/" for slug in Theme.objects.values_list("slug", flat=True)
    ]
    text = {item.a.text: " ".join(item.p.text.split()) for item in main.select("li.entrance")}
    assert text["Sport"] == text["Kultur"] == "1 Eintrag im Archiv"
    assert text["Frühkindliche Förderung"] == ""


def test_a_theme_shows_what_belongs_to_it(reader):
    page = resolution(item="9.1", title="Erfundener Sportbeschluss", themes=["sport"])
    draft = resolution(item="9.2", title="Zurückgezogener Sportbeschluss", themes=["sport"])
    draft.unpublish()
    sport = Theme.objects.get(slug="sport")
    conference = ConferencePage.objects.get(number=12)
    conference.themes = [sport]
    conference.save_revision().publish()
    news = NewsPage(title="Erfundene Meldung", slug="erfunden", themes=[sport])
    NewsIndexPage.objects.get().add_child(instance=news)
    response = reader.get("/themen/sport/")
    text = text_of(response)
    assert [row.page.pk for row in response.context["rows"]] == [page.pk]
    assert conferences_in(response) == ["/konferenzen/12/"]
    assert "Erfundene Meldung" in text
    assert draft.title not in text
    assert "/beschluesse/?thema=sport" in response.content.decode()
    conference.unpublish()
    assert conference.title not in text_of(reader.get("/themen/sport/"))


def test_a_theme_lists_the_conferences_and_papers_of_its_resolutions(reader):
    shown, withheld = paper("Erfundenes"), paper("Gesperrtes", withheld=True)
    resolution(item="9.1", themes=["kultur"], source_file=shown)
    resolution(13, item="9.2", themes=["kultur"], source_file=withheld)
    response = reader.get("/themen/kultur/")
    assert conferences_in(response) == ["/konferenzen/13/", "/konferenzen/12/"]
    assert response.context["documents"] == [shown]


def test_a_theme_without_anything_says_so_once_and_an_unknown_one_is_not_found(reader):
    text = text_of(reader.get("/themen/kultur/"))
    assert "Zu diesem Handlungsfeld liegt nichts vor." in text
    assert text.count("nicht vor") == 0
    for slug in ("gibtesnicht", "1"):
        assert reader.get(f"/themen/{slug}/").status_code == 404


def test_a_long_theme_has_pages(reader, monkeypatch):
    monkeypatch.setattr(themes, "PAGE_SIZE", 2)
    for place in range(1, 4):
        resolution(item=f"9.{place}", themes=["sport"])
    for number, rows in {"1": 2, "2": 1, "0": 1, "-1": 1, "foo": 2, "9" * 30: 1}.items():
        response = reader.get("/themen/sport/", {"seite": number})
        assert len(response.context["rows"]) == rows, number
        assert "3 Einträge im Archiv" in text_of(response)


def test_the_pages_of_resolutions_and_conferences_lead_here_and_back(reader):
    page = resolution(item="9.1", themes=["sport"], addressees=["bund"])
    links = {link.get("href") for link in BeautifulSoup(reader.get(page.url).content, "html.parser").main.find_all("a")}
    assert {"/themen/sport/", "/beschluesse/?adressat=bund"} <= links
    for address in ("/themen/sport/", "/beschluesse/?adressat=bund"):
        assert page.url in reader.get(address).content.decode()


def test_the_sitemap_names_archive_figures_and_themes(reader):
    xml = reader.get("/sitemap.xml").content.decode()
    host = HomePage.objects.get().full_url.rstrip("/")
    for address in ("/beschluesse/", "/beschluesse/statistik/", "/themen/", "/themen/sprache/"):
        assert f"<loc>{host}{address}</loc>" in xml


@pytest.mark.parametrize("slug", ["beschluesse", "themen"])
def test_no_page_may_take_these_addresses(slug):
    with pytest.raises(ValidationError, match="gehört einem anderen Teil"):
        StandardPage(title="Probe", slug=slug, depth=3).clean()


def test_a_land_shows_its_motions_and_statements(reader):
    ResolutionPage.objects.get(conference__slug="12", item="2.1").unpublish()  # fifteen Länder moved it
    gaps = "Liegt nicht vor: Ministerium, Anschrift der Geschäftsstelle, Anträge, Protokollerklärungen, Stimmen."
    assert gaps in text_of(reader.get("/laender/saarland/"))
    moved = resolution(item="9.1", title="Erfundener Antrag", movers=["DE-SL", "DE-HE"])
    declared = resolution(item="9.2", title="Erfundener Streit", statement="DE-SL")
    response = reader.get("/laender/saarland/")
    main = BeautifulSoup(response.content, "html.parser").main
    assert [link["href"] for link in main.find(id="antraege").parent.select("h3 a")] == [moved.url]
    statement = main.find(id="erklaerungen").parent.find("li")
    assert statement.a["href"] == f"{declared.url}#{declared.statements.get().anchor}"
    assert "Erfunden." in statement.text
    assert "1 Antrag aller Länder gemeinsam" in text_of(response)
    for page in (moved, declared):
        page.unpublish()
    assert "Erfundener" not in text_of(reader.get("/laender/saarland/"))


def test_a_land_with_many_motions_leads_to_the_archive(reader, monkeypatch):
    monkeypatch.setattr(laender, "LISTED", 2)
    ResolutionPage.objects.get(conference__slug="12", item="2.1").unpublish()
    for place in range(1, 4):
        resolution(item=f"9.{place}", movers=["DE-SL"])
    response = reader.get("/laender/saarland/")
    links = {link.get("href") for link in BeautifulSoup(response.content, "html.parser").main.find_all("a")}
    assert {"/beschluesse/?land=saarland", "/beschluesse/?land=alle"} <= links
    assert "Alle 3 Anträge im Archiv" in text_of(response)
    assert len(response.context["motions"]) == 2
    assert reader.get("/beschluesse/?land=saarland").context["count"] == 3
    assert ResolutionPage.objects.live().count() > 3


def test_a_land_with_many_statements_leads_to_the_archive(reader):
    page, saarland = resolution(item="9.1", statement="DE-SL"), Land.objects.get(code="DE-SL")
    ResolutionStatement.objects.bulk_create(
        ResolutionStatement(resolution=page, land=saarland, anchor=f"erklaerung-{number}")
        for number in range(laender.LISTED)
    )
    response = reader.get("/laender/saarland/")
    assert len(response.context["statements"]) == laender.LISTED
    assert '"/beschluesse/?erklaerung=saarland"' in response.content.decode()


def test_a_land_shows_how_it_voted_and_leads_to_the_archive(reader):
    against = resolution(item="9.1", votes={"DE-SL": "no", "DE-HE": "yes"})
    resolution(item="9.2", votes={"DE-SL": "no"}).unpublish()
    main = BeautifulSoup(reader.get("/laender/saarland/").content, "html.parser").main
    section = main.find(id="stimmen").parent
    assert section.h2.text == "Wie das Saarland gestimmt hat"
    assert [link["href"] for link in section.select("li a")] == [f"{against.url}#stimmen"]
    archive = section.select_one(".more a")
    assert (archive["href"], archive.text) == ("/beschluesse/?stimme=saarland-nein", "1 × Nein")
    assert [row.page.pk for row in reader.get(archive["href"]).context["rows"]] == [against.pk]
