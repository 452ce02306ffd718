"""An address once public answers for ever; the identifier of a resolution never changes and never is given twice."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from wagtail.models import Page

from conferences.models import ConferencePage, ResolutionIdentifier, ResolutionPage
from intmk.pages.models import HomePage, StandardPage
from intmk.users.models import User
from tests.editing import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_commit(django_capture_on_commit_callbacks):
    """Wagtail tells of a new address when the transaction ends, which in a test never happens."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def conference(number: int) -> ConferencePage:
    return ConferencePage.objects.get(number=number)


def resolution(title: str = "Probe", item: str = "7.1", number: int = 12, **fields) -> ResolutionPage:
    """A new public resolution."""
    parent = ConferencePage.objects.get(number=number)
    page = ResolutionPage(title=title, item=item, conference=parent, source="official", **fields)
    return parent.add_child(instance=page)


def publish(page: Page, **fields) -> None:
    page = page.specific_class.objects.get(pk=page.pk)
    for name, value in fields.items():
        setattr(page, name, value)
    page.save_revision().publish()


def identifier(number: str, conference: str = "12") -> str:
    return reverse("resolution_identifier", args=[conference, number])


def answer(reader: Client, address: str) -> tuple[int, str]:
    response = reader.get(address)
    return response.status_code, response.get("Location", "")


# --- identifiers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("written", ["7.1b", "7.1B", "TOP 7.1b", "top-7-1b", "TOP-7.1b", "7.1b/", " 7.1 b"])
def test_an_identifier_leads_to_the_page_however_it_is_written(reader, written):
    resolution(item="7.1b")
    assert answer(reader, f"/id/beschluss/12/{written}") == (303, "/konferenzen/12/top-7-1b/")
    assert reader.head(f"/id/beschluss/12/{written}").status_code == 303


def test_letters_before_the_number_and_words_are_identifiers_as_well(reader):
    resolution(item="A3")
    resolution("Umlauf", "", kind="circular", circular_number=3, circular_year=2020)
    assert answer(reader, "/id/beschluss/12/a3")[1] == "/konferenzen/12/top-a3/"
    assert answer(reader, "/id/beschluss/12/umlauf-3-2020")[1] == "/konferenzen/12/umlauf-3-2020/"
    assert answer(reader, "/id/beschluss/12/Einwanderungsgesetz")[1] == "/konferenzen/12/einwanderungsgesetz/"


@pytest.mark.parametrize("address", ["12/99.9", "99/2.1", "12/%00", "12/top-", "12/%20", "12/" + "9" * 400])
def test_an_identifier_that_never_was_is_unknown(reader, address):
    assert reader.get(f"/id/beschluss/{address}").status_code == 404


def test_every_resolution_of_the_initial_content_has_one_identifier():
    keys = list(ResolutionIdentifier.objects.values_list("page", flat=True))
    assert sorted(keys) == sorted(ResolutionPage.objects.live().values_list("pk", flat=True))
    assert len(keys) >= 15


def test_a_draft_gets_its_identifier_with_the_first_publication(reader):
    page = resolution(live=False)
    page.save_revision()
    assert reader.get(identifier("7.1")).status_code == 404
    publish(page)
    assert reader.get(identifier("7.1")).status_code == 303


def test_a_number_in_a_draft_of_a_public_page_is_not_yet_its_identifier(reader):
    page = resolution()
    page.item = "7.2"
    page.full_clean()
    page.save_revision()
    assert reader.get(identifier("7.2")).status_code == 404
    assert reader.get("/konferenzen/12/top-7-2/").status_code == 404


def test_a_corrected_number_becomes_a_further_identifier_and_the_first_stays_the_cited_one(reader, at_commit):
    page = resolution()
    with at_commit():
        publish(page, item="7.2")
    assert answer(reader, identifier("7.1")) == answer(reader, identifier("7.2")) == (303, "/konferenzen/12/top-7-2/")
    assert answer(reader, "/konferenzen/12/top-7-1/") == (301, "/konferenzen/12/top-7-2/")
    assert "/id/beschluss/12/7.1" in reader.get("/konferenzen/12/top-7-2/")["Link"]


def test_a_corrected_number_of_the_conference_takes_all_below_it_along(reader, at_commit):
    page = conference(12)
    with at_commit():
        publish(page, number=99)
    assert answer(reader, "/konferenzen/12/top-2-1/") == (301, "/konferenzen/99/top-2-1/")
    assert answer(reader, "/konferenzen/12/") == (301, "/konferenzen/99/")
    assert answer(reader, identifier("2.1")) == answer(reader, identifier("2.1", "99"))
    assert answer(reader, identifier("2.1")) == (303, "/konferenzen/99/top-2-1/")


def test_a_resolution_moved_to_another_conference_belongs_to_it(reader):
    page = resolution()
    page.move(conference(13), "last-child")
    assert ResolutionPage.objects.get(pk=page.pk).conference == conference(13)
    assert answer(reader, "/konferenzen/12/top-7-1/") == (301, "/konferenzen/13/top-7-1/")
    assert answer(reader, identifier("7.1")) == answer(reader, identifier("7.1", "13"))


@pytest.mark.parametrize("end", ["delete", "unpublish"])
def test_an_identifier_says_what_it_was_when_the_page_is_not_public(reader, end):
    page = resolution("Ein Beschluss von einst")
    getattr(page, end)()
    response = reader.get(identifier("7.1"))
    assert response.status_code == 410
    assert "„Ein Beschluss von einst“" in text_of(response)
    assert ("zurückgezogen" in text_of(response)) == (end == "unpublish")


def test_an_identifier_is_never_given_to_another_resolution(reader):
    resolution("Der erste").delete()
    resolution("Ein Wort", "").delete()
    for fields, field in (({"item": "7.1"}, "item"), ({"item": "", "title": "Ein Wort"}, "title")):
        with pytest.raises(ValidationError) as refused:
            resolution(**{"title": "Der zweite"} | fields)
        assert "gehört für immer dem Beschluss" in refused.value.message_dict[field][0]
    page = resolution("Umlauf", "", kind="circular", circular_number=3, circular_year=2020)
    page.delete()
    with pytest.raises(ValidationError) as refused:
        resolution("Umlauf neu", "", kind="circular", circular_number=3, circular_year=2020)
    assert "Umlauf" in refused.value.message_dict["circular_number"][0]


def test_the_form_refuses_a_former_identifier_beside_its_field_and_keeps_the_rest(reader):
    resolution("Der erste").delete()
    admin = Client(HTTP_HOST="localhost")
    admin.force_login(User.objects.create_superuser("admin-test"))
    address = reverse("wagtailadmin_pages:add", args=["conferences", "resolutionpage", conference(12).pk])
    names = ("statements", "votes", "references", "report_requests", "follow_ups", "comments")
    rows = {f"{name}-{count}_FORMS": 0 for name in names for count in ("TOTAL", "INITIAL")}
    form = {"title": "Der zweite", "item": "TOP 7.1", "source": "official", "points-count": 0, "service-count": 0}
    response = admin.post(address, form | rows | {"reasons": "null", "action-publish": "1"})
    assert response.status_code == 200
    assert "Die Kennung 12/7.1 gehört für immer dem Beschluss „Der erste“" in text_of(response)
    assert "item" in response.context["form"].errors
    assert 'value="Der zweite"' in response.content.decode()
    assert not ResolutionPage.objects.filter(title="Der zweite").exists()


def test_a_resolution_taken_back_and_published_again_keeps_its_identifier(reader):
    page = resolution()
    page.unpublish()
    publish(page)
    assert ResolutionIdentifier.objects.get(key="12/7.1").page_id == page.pk
    assert reader.get(identifier("7.1")).status_code == 303


def test_a_number_that_comes_with_the_conference_takes_nothing_from_the_resolution_that_had_it(reader, at_commit):
    owner = resolution("Von einst", "2.1", number=14).pk
    with at_commit():
        publish(conference(14), number=98)
    with at_commit():
        publish(conference(12), number=14)
    assert ResolutionIdentifier.objects.get(key="14/2.1").page_id == owner
    moved = ResolutionPage.objects.get(url_path__endswith="/konferenzen/14/top-2-1/")
    publish(moved, introduction="Lässt sich weiter bearbeiten.")
    assert "/id/beschluss/12/2.1" in reader.get("/konferenzen/14/top-2-1/")["Link"]


def test_the_title_of_an_identifier_is_the_one_that_was_public_last():
    page = resolution("Vorläufig")
    publish(page, title="Endgültig")
    page.refresh_from_db()
    page.unpublish()
    assert ResolutionIdentifier.objects.get(key="12/7.1").title == "Endgültig"


# --- addresses of pages ---------------------------------------------------------------------------------------------


def test_a_page_taken_back_says_so_and_its_title_in_work_stays_unseen(reader):
    page = StandardPage.objects.get(slug="kontakt")
    title = page.title
    page.unpublish()
    page.title = "Noch geheim"
    page.save()
    words = text_of(reader.get("/kontakt/"))
    assert "zurückgezogen" in words
    assert f"„{title}“" in words
    assert "geheim" not in words


def test_pages_below_a_page_taken_back_say_so_too(reader):
    for page in (conference(12), *conference(12).get_descendants()):
        page.unpublish()
    assert reader.get("/konferenzen/12/").status_code == reader.get("/konferenzen/12/top-2-1/").status_code == 410


def test_a_former_address_leads_on_in_one_step_however_often_the_page_moved(reader, at_commit):
    page = StandardPage.objects.get(slug="kontakt")
    for slug in ("eins", "zwei", "drei"):
        with at_commit():
            publish(page, slug=slug)
    for former in ("/kontakt/", "/eins/", "/zwei/"):
        assert answer(reader, former) == (301, "/drei/")
    response = reader.get("/eins/?von=hier")
    assert response["Location"] == "/drei/?von=hier"
    assert response["Cache-Control"].startswith("public, max-age=0")


def test_an_address_given_back_to_a_new_page_shows_the_new_page(reader, at_commit):
    with at_commit():
        publish(StandardPage.objects.get(slug="kontakt"), slug="ansprechpartner")
    HomePage.objects.get().add_child(instance=StandardPage(title="Neu", slug="kontakt"))
    assert answer(reader, "/kontakt/") == (200, "")
    assert answer(reader, "/ansprechpartner/") == (200, "")


def test_a_page_taken_back_and_renamed_as_a_draft_answers_at_its_former_addresses(reader, at_commit):
    """Here Wagtail's own redirects lead to an address that never was public."""
    page = StandardPage.objects.get(slug="kontakt")
    with at_commit():
        publish(page, slug="eins")
    page = StandardPage.objects.get(pk=page.pk)
    page.unpublish()
    page.slug = "noch-geheim"
    page.save_revision()
    with at_commit():
        page.save()
    assert [answer(reader, address) for address in ("/kontakt/", "/eins/")] == [(410, "")] * 2
    assert reader.get("/noch-geheim/").status_code == 404


def test_public_pages_below_a_draft_are_found_when_the_draft_gets_another_address(reader, at_commit):
    parent = conference(12)
    parent.unpublish()
    parent = conference(12)
    parent.number, parent.slug = 97, "97"  # a number alone moves it only when it is public again
    with at_commit():
        parent.save()
    assert answer(reader, "/konferenzen/12/top-2-1/") == (301, "/konferenzen/97/top-2-1/")
    assert reader.get("/konferenzen/12/").status_code == 410


def test_a_page_that_itself_says_not_found_is_not_redirected_to_itself(reader):
    assert reader.get("/kontakt/karte.pdf").status_code == 404
    assert reader.get("/kontakt/?%00").status_code in (200, 404)


def test_the_files_of_a_citation_move_and_go_with_the_page(reader, at_commit):
    page = resolution()
    assert reader.get("/konferenzen/12/top-7-1/zitat.bib").status_code == 200
    with at_commit():
        publish(page, item="7.2")
    assert answer(reader, "/konferenzen/12/top-7-1/zitat.bib") == (301, "/konferenzen/12/top-7-2/zitat.bib")
    ResolutionPage.objects.get(pk=page.pk).unpublish()
    assert reader.get("/konferenzen/12/top-7-1/zitat.ris").status_code == 410


def test_a_lost_address_costs_few_queries(reader, django_assert_max_num_queries):
    StandardPage.objects.get(slug="kontakt").delete()
    reader.get("/kontakt/")
    with django_assert_max_num_queries(12):
        assert reader.get("/kontakt/").status_code == 410
