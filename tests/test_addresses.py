"""An address once public never dies: it moves with its page, and says what stood there when the page is gone."""

import pytest
from django.test import Client
from wagtail.models import Page

from conferences.models import ConferenceIndexPage, ConferencePage
from intmk.models import StandardPage

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader() -> Client:
    return Client(HTTP_HOST="localhost")


def test_a_renamed_page_redirects_from_its_old_address(reader, django_capture_on_commit_callbacks):
    page = StandardPage.objects.get(slug="kontakt")
    page.slug = "ansprechpartner"
    with django_capture_on_commit_callbacks(execute=True):
        page.save_revision().publish()
    response = reader.get("/kontakt/")
    assert (response.status_code, response["Location"]) == (301, "/ansprechpartner/")


def test_a_deleted_page_says_what_stood_there(reader):
    ConferencePage.objects.get(number=12).delete()
    response = reader.get("/konferenzen/12/")
    assert response.status_code == 410
    assert "12. Integrationsministerkonferenz" in response.content.decode()


def test_pages_that_go_with_their_parent_say_so_too(reader):
    ConferenceIndexPage.objects.get().delete()
    assert reader.get("/konferenzen/").status_code == 410
    assert reader.get("/konferenzen/12/").status_code == 410


def test_a_draft_that_was_never_public_leaves_no_trace(reader):
    index = ConferenceIndexPage.objects.get()
    index.add_child(instance=ConferencePage(title="Entwurf", number=77, first_day="2999-01-01", live=False)).delete()
    assert reader.get("/konferenzen/77/").status_code == 404


def test_a_page_in_place_of_a_deleted_one_is_shown(reader):
    ConferencePage.objects.get(number=12).delete()
    index = ConferenceIndexPage.objects.get()
    index.add_child(instance=ConferencePage(title="Neu", number=12, first_day="2017-03-16", status="held"))
    assert reader.get("/konferenzen/12/").status_code == 200


def test_the_sitemap_names_every_public_page(reader):
    xml = reader.get("/sitemap.xml").content.decode()
    for page in Page.objects.live().filter(depth__gt=1):
        assert f"{page.get_url()}</loc>" in xml


def test_robots_keep_out_of_admin_and_find_the_sitemap(reader):
    text = reader.get("/robots.txt").content.decode()
    assert "Disallow: /admin/" in text
    assert "Sitemap: http://localhost/sitemap.xml" in text
