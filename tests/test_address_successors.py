"""Who deletes a page or takes it back says where its readers go, and sees by name who still refers to it."""

from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from wagtail.models import Page

from conferences.models import ConferencePage
from intmk.addresses import successors
from intmk.addresses.public_addresses import PublicAddress
from intmk.pages.models import NewsIndexPage, NewsPage
from tests.editing import soup_of, text_of
from tests.resolutions import resolution
from tests.test_public_files import picture
from tests.test_trash import undo

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def news(title: str, live: bool = True, **fields) -> NewsPage:
    return NewsIndexPage.objects.get().add_child(instance=NewsPage(title=title, live=live, **fields))


def address(end: str, page: Page) -> str:
    return reverse(f"wagtailadmin_pages:{end}", args=[page.pk])


def led_to(reader, url: str) -> tuple[int, str]:
    answer = reader.get(url)
    return answer.status_code, urlsplit(answer.get("Location", "")).path


@pytest.mark.parametrize("end", ["delete", "unpublish"])
def test_readers_of_the_old_address_go_to_the_page_that_follows(chair, reader, end):
    old, new = news("Die alte"), news("Die neue")
    assert soup_of(chair.get(address(end, old))).find("input", {"name": "successor"})
    chair.post(address(end, old), {"successor": new.pk})
    assert led_to(reader, "/aktuelles/die-alte/") == (301, "/aktuelles/die-neue/")
    assert reader.get("/aktuelles/die-alte/")["Cache-Control"].startswith("public, max-age=0")  # it may come back
    new.unpublish()
    assert reader.get("/aktuelles/die-alte/").status_code == 410


@pytest.mark.parametrize("end", ["delete", "unpublish"])
def test_of_several_pages_at_once_readers_go_to_the_same_that_follows_and_to_none_that_goes_along(chair, reader, end):
    first, second, new = news("Die erste"), news("Die zweite"), news("Die neue")
    together = f"{reverse('wagtail_bulk_action', args=['wagtailcore', 'page', end])}?id={first.pk}&id={second.pk}"
    assert soup_of(chair.get(together)).find("input", {"name": "successor"})
    refused = chair.post(together, {"successor": second.pk}, follow=True)
    assert "Die nachfolgende Seite geht selbst mit." in text_of(refused)
    assert reader.get("/aktuelles/die-erste/").status_code == 200
    chair.post(together, {"successor": new.pk})
    assert led_to(reader, "/aktuelles/die-erste/") == (301, "/aktuelles/die-neue/")
    assert led_to(reader, "/aktuelles/die-zweite/") == (301, "/aktuelles/die-neue/")


def test_who_publishes_several_pages_or_takes_drafts_away_is_asked_for_no_successor(chair):
    page, draft = news("Öffentlich"), news("Entwurf", live=False)
    for end, which in (("publish", page), ("delete", draft)):
        address = f"{reverse('wagtail_bulk_action', args=['wagtailcore', 'page', end])}?id={which.pk}"
        assert not soup_of(chair.get(address)).find("input", {"name": "successor"})


@pytest.mark.parametrize("end", ["delete", pytest.param("unpublish", marks=pytest.mark.audit)])
def test_what_led_to_a_page_leads_to_the_one_that_follows_it(chair, reader, end):
    first, second, third = news("Die erste"), news("Die zweite"), news("Die dritte")
    chair.post(address(end, first), {"successor": second.pk})
    chair.post(address(end, second), {"successor": third.pk})
    assert led_to(reader, "/aktuelles/die-erste/") == (301, "/aktuelles/die-dritte/")


def test_without_a_page_that_follows_it_is_said_what_stood_there(chair, reader):
    old = news("Die alte")
    chair.post(address("delete", old), {"successor": ""})
    assert reader.get("/aktuelles/die-alte/").status_code == 410


def test_addresses_below_and_former_ones_lead_there_too(admin_client, reader):
    page = resolution("8.1")
    page.item = "8.2"
    page.save_revision().publish()
    conference, new = ConferencePage.objects.get(number=12), news("Die neue")
    admin_client.post(address("delete", conference), {"successor": new.pk})
    for old in ("/konferenzen/12/", "/konferenzen/12/top-8-1/", "/konferenzen/12/top-8-2/"):
        assert led_to(reader, old) == (301, "/aktuelles/die-neue/")


def test_undo_takes_it_back(chair, reader):
    old, new = news("Die alte"), news("Die neue")
    chair.post(address("delete", old), {"successor": new.pk})
    undo(chair)
    assert reader.get("/aktuelles/die-alte/").status_code == 200
    assert not PublicAddress.objects.exclude(successor=None).exists()
    old = NewsPage.objects.get(pk=old.pk)
    old.unpublish()
    assert reader.get("/aktuelles/die-alte/").status_code == 410


def test_published_again_it_stands_at_its_address_itself(chair, reader):
    old, new = news("Die alte"), news("Die neue")
    chair.post(address("unpublish", old), {"successor": new.pk})
    NewsPage.objects.get(pk=old.pk).save_revision().publish()
    assert reader.get("/aktuelles/die-alte/").status_code == 200


def test_what_follows_is_public_and_not_part_of_what_goes(chair):
    old, draft = news("Die alte"), news("Ein Entwurf", live=False)
    for end, key, reason in (
        ("delete", draft.pk, "ist nicht öffentlich"),
        ("unpublish", old.pk, "geht selbst mit"),
        ("delete", "x", "nicht öffentlich"),
    ):
        answer = chair.post(address(end, old), {"successor": key}, follow=True)
        assert reason in text_of(answer)
        assert NewsPage.objects.get(pk=old.pk).live


def test_nobody_is_asked_about_a_page_that_never_was_public(chair):
    draft = news("Ein Entwurf", live=False)
    assert 'name="successor"' not in chair.get(address("delete", draft)).content.decode()


def test_pages_that_refer_to_it_are_named_and_lead_to_their_forms(admin_client):
    conference = ConferencePage.objects.get(number=12)
    source = news("Verweist darauf", conference=conference)
    for end in ("delete", "unpublish"):
        page = soup_of(admin_client.get(address(end, conference)))
        assert page.find("a", href=address("edit", source)).text == "Verweist darauf"
        assert "referenziert" not in page.get_text(" ")


def test_it_is_said_that_nothing_refers_to_it(chair):
    page = resolution("8.1", publish=False)
    for end in ("delete", "unpublish"):
        assert "Darauf verweist nichts auf der Website." in text_of(chair.get(address(end, page)))


def test_of_many_that_refer_to_it_the_first_are_named(chair, monkeypatch):
    monkeypatch.setattr(successors, "MOST_NAMED", 3)
    image = picture()
    for number in range(5):
        news(f"Meldung {number}", image=image)
    text = text_of(chair.get(reverse("wagtailimages:delete", args=[image.pk])))
    assert "Darauf verweisen noch:" in text
    assert "und 2 weitere" in text
