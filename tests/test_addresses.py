"""An address once public never dies: it moves with its page, and says what stood there when the page is gone."""

from pathlib import Path

import pytest
from django.db import connection
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, Site, get_page_models

from conferences.models import ConferenceIndexPage, ConferencePage
from intmk.addresses.public_addresses import PublicAddress
from intmk.management.commands.prepare import set_address
from intmk.pages.models import HomePage, StandardPage
from intmk.server import preparation
from intmk.users.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def sites():
    """What a test does to the sites would stay in Wagtail's cache."""
    yield Site.objects
    Site.clear_site_root_paths_cache()


def rename(page: Page, slug: str) -> None:
    page.slug = slug
    page.save_revision().publish()


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


@pytest.mark.slow("takes back a page and asks for all below it")
def test_pages_that_go_with_their_parent_say_so_too(reader):
    page = ConferencePage.objects.get(number=12)
    below = page.get_children().live().first().url
    page.delete()
    assert reader.get("/konferenzen/12/").status_code == 410
    assert reader.get(below).status_code == 410


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


def test_no_page_type_has_addresses_of_its_own_so_the_sitemap_need_not_read_its_table():
    of_pages = ("get_url_parts", "get_full_url", "get_sitemap_urls")
    assert not [
        model for model in get_page_models() for name in of_pages if getattr(model, name) != getattr(Page, name)
    ]


def test_robots_keep_out_of_admin_and_find_the_sitemap(reader):
    text = reader.get("/robots.txt").content.decode()
    assert "Disallow: /admin/" in text
    assert "Sitemap: http://localhost/sitemap.xml" in text


def test_a_redirect_that_somebody_sets_comes_before_the_word_that_a_page_is_gone(reader):
    ConferencePage.objects.get(number=12).delete()
    Redirect.add_redirect("/konferenzen/12/", "/konferenzen/")
    response = reader.get("/konferenzen/12/")
    assert (response.status_code, response["Location"]) == (301, "/konferenzen/")


def test_a_deleted_page_is_gone_at_its_former_addresses_too(reader, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        rename(StandardPage.objects.get(slug="kontakt"), "ansprechpartner")
    Redirect.add_redirect("/kontakt.html?alt=1", StandardPage.objects.get(slug="ansprechpartner"))
    StandardPage.objects.get(slug="ansprechpartner").delete()
    for address in ("/kontakt/", "/kontakt/?von=hier", "/ansprechpartner/", "/kontakt.html?alt=1"):
        assert reader.get(address).status_code == 410, address
    assert reader.get("/kontakt.html").status_code == 404


def test_an_address_that_is_public_again_forgets_what_stood_there(reader, django_capture_on_commit_callbacks):
    for slug in ("kontakt", "impressum", "datenschutz"):
        StandardPage.objects.get(slug=slug, depth=3).delete()
    home = HomePage.objects.get()
    published = home.add_child(instance=StandardPage(title="Neu", slug="kontakt", live=False))
    published.save_revision().publish()
    renamed = home.add_child(instance=StandardPage(title="Neu", slug="neu"))
    with django_capture_on_commit_callbacks(execute=True):
        rename(renamed, "impressum")
    parent = StandardPage.objects.get(slug="barrierefreiheit", depth=3)
    moved = parent.add_child(instance=StandardPage(title="Neu", slug="datenschutz"))
    moved.move(home, "last-child")
    for address in ("/kontakt/", "/impressum/", "/datenschutz/"):
        assert reader.get(address).status_code == 200, address
    assert not PublicAddress.objects.filter(gone_at__isnull=False).exists()


def test_a_draft_at_the_address_of_a_deleted_page_changes_nothing(reader):
    StandardPage.objects.get(slug="kontakt").delete()
    draft = HomePage.objects.get().add_child(instance=StandardPage(title="Neu", slug="kontakt", live=False))
    draft.save_revision()
    assert reader.get("/kontakt/").status_code == 410


def test_a_page_says_that_it_is_gone_with_two_sites_as_well(reader, sites):
    sites.create(hostname="zweite.example.org", root_page=StandardPage.objects.get(slug="en"))
    ConferencePage.objects.get(number=12).delete()
    assert reader.get("/konferenzen/12/").status_code == 410


def test_the_admin_knows_no_deleted_pages(reader):
    PublicAddress.objects.create(path="/admin/nichts", title="Nichts")
    reader.force_login(User.objects.create_superuser("admin-test"))
    assert reader.get("/admin/nichts/").status_code == 404


def test_no_address_sets_a_cookie_or_asks_a_reader_for_a_password(reader):
    page = ConferencePage.objects.get(number=12)
    restriction = page.view_restrictions.create(restriction_type="password", password="geheim")
    form = {"password": "geheim", "return_url": "/konferenzen/12/"}
    for address in (
        f"/_util/authenticate_with_password/{restriction.pk}/{page.pk}/",
        "/_util/login/",
        "/dokumente/authenticate_with_password/1/",
    ):
        for response in (reader.get(address), reader.post(address, form)):
            assert response.status_code == 404
            assert not response.cookies


def test_a_rendition_may_be_kept_for_ever(reader, settings):
    file = Path(settings.MEDIA_ROOT) / "images" / "probe.avif"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"Bild")
    response = reader.get("/media/images/probe.avif")
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert reader.get("/media/images/fehlt.avif").status_code == 404


def test_the_site_names_the_address_under_which_it_was_started(reader, settings, sites):
    settings.WAGTAILADMIN_BASE_URL = "http://localhost:8001"
    set_address()
    html = reader.get("/vorsitz/").content.decode()
    assert '<link rel="canonical" href="http://localhost:8001/vorsitz/">' in html
    assert 'content="http://localhost:8001/vorsitz/"' in html
    assert "http://localhost:8001/vorsitz/</loc>" in reader.get("/sitemap.xml").content.decode()
    settings.WAGTAILADMIN_BASE_URL = "https://www.example.org"
    set_address()
    assert Site.objects.get().root_url == "https://www.example.org"


@pytest.mark.parametrize(("name", "value"), [("PORT", "8001"), ("INTMK_BASE_URL", "https://www.example.org/")])
def test_another_address_makes_the_next_start_prepare_the_database(name, value, monkeypatch):
    monkeypatch.delenv("INTMK_BASE_URL", raising=False)
    monkeypatch.delenv("PORT", raising=False)
    preparation.record_database(connection.connection)
    assert preparation.database_is_current(connection.connection)
    monkeypatch.setenv(name, value)
    assert not preparation.database_is_current(connection.connection)
    preparation.record_database(connection.connection)
    assert preparation.database_is_current(connection.connection)


def test_a_page_named_back_does_not_redirect_to_itself(reader, django_capture_on_commit_callbacks):
    page = StandardPage.objects.get(slug="kontakt")
    for slug in ("anders", "kontakt"):
        page.slug = slug
        with django_capture_on_commit_callbacks(execute=True):
            page.save_revision().publish()
    assert reader.get("/anders/")["Location"] == "/kontakt/"
    page.unpublish()
    assert reader.get("/kontakt/").status_code == 410
