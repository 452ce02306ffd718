"""Sources: each fact of the shipped content is shown with what it rests on, and every mark opens a citation."""

import re
from datetime import date

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.urls import reverse

from conferences.models import ChairTerm, ConferencePage, ResolutionPage, Source
from history.models import AboutPage, TimelinePage
from intmk.base.sources import MARKS
from intmk.content.files import read_content
from intmk.content.models import LoadedContent
from tests.editing import give_chair, text_of

pytestmark = pytest.mark.django_db
PAGES = ("/aufgaben-und-ziele/", "/vorsitz/", "/geschichte/", "/laender/bayern/", "/en/chair/")


def keys() -> dict[int, str]:
    """The keys of sources.toml by what was made of them."""
    found = LoadedContent.objects.filter(key__startswith="source:").values_list("object_pk", "key")
    return {int(pk): key.removeprefix("source:") for pk, key in found}


def named(row) -> list[str]:
    stored = keys()
    return [stored[source.pk] for source in row.sources.all()]


def soup(client, path: str) -> BeautifulSoup:
    response = client.get(path, HTTP_HOST="localhost")
    assert response.status_code == 200, path
    return BeautifulSoup(response.content, "html.parser")


def test_each_fact_of_the_content_cites_the_sources_that_its_file_names():
    for row in read_content("conferences")["conference"]:
        assert set(named(ConferencePage.objects.get(number=row["number"]))) == set(row.get("sources", [])), row
    for row in read_content("chair_terms")["term"]:
        assert set(named(ChairTerm.objects.get(start=row["start"]))) == set(row.get("sources", [])), row
    for row in read_content("resolutions")["resolution"]:
        number = {"item": row["item"]} if "item" in row else {"slug": row["slug"]}
        page = ResolutionPage.objects.get(conference__number=row["conference"], **number)
        assert set(named(page)) == set(row["sources"]), row
    assert set(named(AboutPage.objects.get())) == set(read_content("about")["sources"])
    milestones = read_content("milestones")["milestone"]
    for row, stored in zip(milestones, TimelinePage.objects.get().milestones.all(), strict=True):
        assert set(named(stored)) == set(row.get("sources", [])), row


def test_what_is_called_official_cites_an_official_source_and_nothing_but_a_rule_cites_none():
    rows = [*ConferencePage.objects.all(), *ChairTerm.objects.all(), *TimelinePage.objects.get().milestones.all()]
    rows += [*ResolutionPage.objects.all()]
    for row in rows:
        kinds = {source.kind for source in row.sources.all()}
        if row.source in ("official", "disputed"):
            assert "official" in kinds, row
        assert kinds or row.source in ("", "derived"), row


def check_marks(client, path: str) -> None:
    """Fail where a mark leads nowhere, or "amtlich" to no source."""
    html = soup(client, path)
    for mark in html.select(".marks a"):
        target = html.find(id=mark["href"].removeprefix("#"))
        assert target, (path, mark)
        if mark.text.split()[0] in ("amtlich", "official"):
            assert target.name == "li", (path, mark)


@pytest.mark.parametrize("path", ["/vorsitz/", "/geschichte/", "/konferenzen/4/", "/konferenzen/13/top-2-9b/"])
def test_every_mark_leads_to_a_source_on_its_page(client, path):
    check_marks(client, path)
    assert soup(client, path).select(".marks a")


@pytest.mark.audit
def test_every_mark_of_all_pages_leads_to_a_source(client):
    pages = [*PAGES, *(page.url for page in ConferencePage.objects.live())]
    for path in [*pages, *(page.url for page in ResolutionPage.objects.live())]:
        check_marks(client, path)
    for row in read_content("conferences")["conference"]:
        shown = soup(client, f"/konferenzen/{row['number']}/").select("#quellen ~ ol > li")
        assert {keys()[int(item["id"].removeprefix("quelle-"))] for item in shown} >= set(row.get("sources", []))


def test_a_page_lists_its_sources_with_title_publisher_date_and_address(client):
    listed = soup(client, "/konferenzen/12/").find(id="quellen").find_parent("section")
    link = listed.find("a", string="Beschlüsse der 12. Konferenz")
    assert link["href"] == "https://studylibde.com/doc/15457024/12.-integrationsministerkonferenz-2017"
    words = " ".join(link.find_parent("li").text.split())
    assert words.startswith("Integrationsministerkonferenz: Beschlüsse der 12. Konferenz, 2017 (amtlich)")
    assert all(f"{mark}:" in listed.text for mark in MARKS.values())


def test_a_mark_without_sources_leads_to_what_it_means(client):
    for term in ChairTerm.objects.filter(land__code="DE-BY"):
        term.sources.clear()
        term.save()
    page = soup(client, "/laender/bayern/")
    assert page.select(".marks a[href='#quellen']")
    assert page.find(id="quellen")


def test_a_mark_leads_to_sources_of_its_own_kind_only(client):
    page = soup(client, "/konferenzen/12/")
    for mark in page.select(".marks"):
        for link in mark.select("a"):
            assert f"({mark.a.get_text(strip=True).split()[0]}" in page.select_one(link["href"]).get_text()


def test_a_person_cites_own_sources_and_without_them_those_of_the_term(client):
    term = ChairTerm.objects.get(start=date(2017, 10, 1))
    first, then = term.persons.all()
    other = Source.objects.exclude(cited_by_chairterm=term).filter(kind="official").first()
    first.sources, then.source = [other], "press"
    first.save()
    then.save()
    page = soup(client, "/laender/bayern/")
    row = next(row for row in page.find_all("tr") if first.name in row.text)
    of_first, of_then = (
        person for person in row.find_all("p") if first.name in person.text or then.name in person.text
    )
    assert [mark["href"] for mark in of_first.select(".marks a")] == [f"#quelle-{other.pk}"]
    assert [mark["href"] for mark in of_then.select(".marks a")] == [
        mark["href"] for mark in row.select("td:last-child .marks a")
    ]
    assert page.find(id=f"quelle-{other.pk}")


def test_a_dead_address_is_no_link_and_has_the_archive_beside_it(client):
    source = Source.objects.get(title="Beschlüsse der 12. Konferenz")
    source.is_dead, source.archived_url = True, "https://archiv.example/12"
    source.full_clean()
    source.save()
    listed = soup(client, "/konferenzen/12/").find(id=f"quelle-{source.pk}")
    assert [link["href"] for link in listed.find_all("a")] == ["https://archiv.example/12"]
    assert "führt ins Leere" in listed.text


def test_a_source_cannot_be_dead_or_seen_without_an_address():
    for wrong in ({"is_dead": True}, {"seen_on": date(2026, 1, 1)}):
        with pytest.raises(ValidationError):
            Source(kind="press", title="a", publisher="b", **wrong).full_clean()


def test_the_land_in_the_chair_edits_sources_and_what_is_cited_cannot_be_deleted(client, django_user_model):
    user = django_user_model.objects.create_user("redaktion-rp-quellen", password="x", land_code="DE-RP")
    give_chair(user)
    client.force_login(user)
    source = Source.objects.get(title="Beschlüsse der 12. Konferenz")
    answer = client.get(reverse(Source.snippet_viewset.get_url_name("edit"), args=[source.pk]))
    assert answer.status_code == 200
    answer = client.post(reverse(Source.snippet_viewset.get_url_name("delete"), args=[source.pk]), follow=True)
    assert "Darauf berufen sich" in text_of(answer)
    bulk = reverse("wagtail_bulk_action", args=["conferences", "source", "delete"])
    answer = client.post(f"{bulk}?id={source.pk}", follow=True)
    assert "Darauf berufen sich" in text_of(answer)
    assert Source.objects.filter(pk=source.pk).exists()


def test_sources_survive_a_draft_a_version_and_the_form_of_the_timeline():
    page = TimelinePage.objects.get()
    before = [named(row) for row in page.milestones.all()]
    revision = page.save_revision()
    revision.publish()
    again = TimelinePage.objects.get()
    assert [named(row) for row in again.milestones.all()] == before
    conference = ConferencePage.objects.get(number=12)
    conference.sources = Source.objects.filter(title="IntMK findet nicht statt")
    assert conference.save_revision().as_object().sources.get().publisher == "Brandenburg (MSGIV)"
    assert len(named(ConferencePage.objects.get(number=12))) == 5
    conference.save_revision().publish()
    assert named(ConferencePage.objects.get(number=12)) == ["S20"]


def test_the_api_names_the_sources(client):
    rows = {row["number"]: row for row in client.get("/api/v1/conferences").json()}
    assert "Beschlussniederschrift der 7. Konferenz" in [source["title"] for source in rows[7]["sources"]]
    chair = client.get("/api/v1/chairs?on=2022-05-01").json()["chair"]
    assert re.fullmatch(r"https://hamburg\.de/.*", chair["sources"][0]["url"])
