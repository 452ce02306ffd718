"""Each Land has a page: its terms, persons and conferences, and what is not known of it."""

from datetime import date

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.test import Client

from conferences.models import ChairTerm, ConferencePage, Land
from intmk.pages.models import HomePage, StandardPage
from tests.editing import text_of

pytestmark = pytest.mark.django_db
AUTUMN_2026 = "2026-11-23 12:00+01:00"


def soup(response) -> BeautifulSoup:
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def rows(reader: Client, address: str) -> list[str]:
    table = soup(reader.get(address)).find("section", {"aria-labelledby": "amtszeiten"}).table
    return [" ".join(row.text.split()) for row in table.tbody.find_all("tr")]


@time_machine.travel(AUTUMN_2026)
def test_the_list_leads_to_all_sixteen_and_says_when_each_chaired_and_will(reader):
    items = soup(reader.get("/laender/")).main.find("ul", {"class": "laender"}).find_all("li")
    assert [item.a["href"] for item in items] == [f"/laender/{land.slug}/" for land in Land.objects.all()]
    by_name = {item.a.text: " ".join(item.text.split()) for item in items}
    assert "Vorsitz 2008/09 und 2024/25" in by_name["Niedersachsen"]
    assert "nach der Regel wieder 2027/28" in by_name["Saarland"]
    assert [name for name, text in by_name.items() if "im Vorsitz" in text] == ["Rheinland-Pfalz"]


def test_every_land_has_its_page_and_nothing_else_has(reader):
    for land in Land.objects.all():
        page = soup(reader.get(f"/laender/{land.slug}/"))
        assert page.h1.text == land.name
        assert page.title.text.startswith(land.name)
        assert page.find("link", rel="canonical")["href"].endswith(f"/laender/{land.slug}/")
        assert land.name_genitive in page.find("meta", {"name": "description"})["content"]
        trail = page.find("nav", {"aria-label": "Sie sind hier"})
        assert [link["href"] for link in trail.find_all("a")] == ["/", "/laender/"]
    for slug in ("gibtesnicht", "de-sl"):
        response = reader.get(f"/laender/{slug}/")
        assert response.status_code == 404
        assert "Diese Seite gibt es nicht" in response.content.decode()


@time_machine.travel(AUTUMN_2026)
def test_a_land_shows_all_its_terms_and_marks_the_next_as_derived(reader):
    coming, latest, first, before = rows(reader, "/laender/nordrhein-westfalen/")
    assert "01.07.2041 bis 30.06.2042" in coming
    assert "Nach der Regel abgeleitet" in coming
    assert "Josefine Paul" in latest
    assert "Armin Laschet" in first
    assert "2007/08" in before
    assert rows(reader, "/laender/rheinland-pfalz/")[1].startswith("01.07.2026 bis 30.06.2027 heute")


def test_the_present_chair_is_told_as_such_and_changes_by_itself(reader):
    with time_machine.travel("2027-06-30 23:59:59+02:00"):
        assert "Wieder im Vorsitz vom 1. Juli 2027" in text_of(reader.get("/laender/saarland/"))
    with time_machine.travel("2027-07-01 00:00:00+02:00"):
        assert "Im Vorsitz seit dem 1. Juli 2027, noch bis zum 30. Juni 2028" in text_of(
            reader.get("/laender/saarland/")
        )


@time_machine.travel(AUTUMN_2026)
def test_a_stored_term_ahead_is_not_called_derived(reader):
    ChairTerm.objects.create(land=Land.objects.get(code="DE-SL"), start=date(2027, 7, 1), end=date(2028, 6, 30))
    assert "so folgt es aus der Regel" not in text_of(reader.get("/laender/saarland/"))
    assert len([row for row in rows(reader, "/laender/saarland/") if "2027" in row]) == 1


def test_a_land_lists_the_public_conferences_it_hosted_or_chaired_the_newest_first(reader):
    listed = [page.number for page in reader.get("/laender/niedersachsen/").context["conferences"]]
    assert listed == [20, 4, 3]
    ConferencePage.objects.get(number=20).unpublish()
    assert "Göttingen" not in text_of(reader.get("/laender/niedersachsen/"))


def test_what_is_not_known_of_a_land_is_named_in_one_sentence(reader):
    saarland = Land.objects.get(code="DE-SL")
    text = text_of(reader.get(saarland.get_absolute_url()))
    assert "Liegt nicht vor: Ministerium, Anschrift der Geschäftsstelle, " in text
    assert text.lower().count("nicht vor") == 1
    saarland.ministry, saarland.secretariat_email = "Ministerium der Probe", "amt@example.org"
    saarland.save()
    text = text_of(reader.get(saarland.get_absolute_url()))
    assert "Ministerium der Probe" in text
    assert "amt@example.org" in text
    assert "Anschrift" not in text


def test_a_land_without_terms_and_conferences_says_so(reader):
    ConferencePage.objects.update(chair_term=None, host_land=None)
    ChairTerm.objects.all().delete()
    text = text_of(reader.get("/laender/saarland/"))
    assert "Stimmen, Konferenzen, Amtszeiten." in text
    assert "Noch kein Vorsitz" in text_of(reader.get("/laender/"))


@pytest.mark.parametrize("address", ["/vorsitz/", "/konferenzen/12/", "/laender/bayern/"])
def test_the_other_pages_lead_to_the_land(reader, address):
    links = {link.get("href") for link in soup(reader.get(address)).main.find_all("a")}
    assert "/laender/baden-wuerttemberg/" in links


def test_no_page_may_take_the_address_of_the_laender():
    page = StandardPage(title="Länder", slug="laender", depth=3)
    with pytest.raises(ValidationError, match="gehört einem anderen Teil"):
        page.clean()
    assert HomePage.objects.get().get_children().filter(slug="laender").count() == 0


def test_the_sitemap_names_the_laender_under_the_host_of_the_pages(reader):
    xml = reader.get("/sitemap.xml").content.decode()
    host = HomePage.objects.get().full_url.rstrip("/")
    for address in ("/laender/", "/laender/mecklenburg-vorpommern/", "/vorsitz/"):
        assert f"<loc>{host}{address}</loc>" in xml


def test_the_search_shows_the_land_before_the_pages(reader):
    response = reader.get("/suche/", {"q": "Saarland"})
    hits = soup(response).main.ol.find_next("ol", {"class": "items"}).find_all("li")
    assert hits[0].a["href"] == "/laender/saarland/"
    assert len(hits) > 1
    assert f"{len(hits)} Treffer" in text_of(response)
