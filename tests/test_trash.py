"""What is deleted in the admin lies in the Papierkorb for 90 days and comes back as it was, with all of it."""

import os
from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import time_machine
from django.apps import apps
from django.conf import settings
from django.contrib.admin.utils import quote
from django.contrib.auth.models import Group
from django.core import serializers
from django.core.management import call_command
from django.db.models import F
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import conditional_escape
from wagtail.actions.delete_page import DeletePageAction
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Collection, Comment, CommentReply, ModelLogEntry, Page, PageLogEntry, ReferenceIndex, Site
from wagtail.snippets.models import get_snippet_models

from conferences.archive_import.plan import messages
from conferences.models import (
    Addressee,
    ChairPerson,
    ChairTerm,
    ConferencePage,
    ConferencePhoto,
    Handover,
    Land,
    ResolutionPage,
    ResolutionReference,
    Theme,
)
from conferences.models.identifier import ResolutionIdentifier
from intmk.accessibility.models import BarrierReport
from intmk.addresses.old_addresses import OldAddress
from intmk.addresses.public_addresses import PublicAddress
from intmk.base.glossary import GlossaryTerm
from intmk.base.indexes import index_stored
from intmk.media.documents.models import SiteDocument
from intmk.media.images.models import SiteImage
from intmk.media.orphans import FOLDERS, adopt_media
from intmk.pages.models import HomePage, NewsIndexPage, NewsPage, StandardPage
from intmk.trash.models import DAYS, NotRestoredError, TrashedItem
from intmk.trash.restoring import restore_item
from intmk.trash.signal_handlers import KINDS
from intmk.trash.undo import Deletions, deletions
from intmk.trash.views import remove_item, remove_what_is_over, trash_menu_item
from intmk.users.models import LAENDER, User
from tests.editing import breakable, give_chair, soup_of, take_chair, text_of
from tests.resolutions import full, land, resolution
from tests.test_public_files import paper, picture, video

pytestmark = pytest.mark.django_db

# What tells what happened, and what the search only offers to those who mistype.
NOT_COMPARED = {
    "intmk.trasheditem",
    "intmk.searchword",
    "sessions.session",
    "users.user",
    "wagtailcore.modellogentry",
    "wagtailcore.pagelogentry",
}
NUMBERED_ANEW = {"intmk.searchentry", "wagtailcore.referenceindex"}


@pytest.fixture(autouse=True)
def media(settings, tmp_path) -> Path:
    settings.MEDIA_ROOT, settings.QUARANTINE_ROOT = tmp_path / "media", tmp_path / "quarantine"
    return settings.MEDIA_ROOT


@pytest.fixture
def admin() -> Client:
    client = Client(HTTP_HOST="localhost")
    client.force_login(User.objects.create_superuser("admin-papierkorb"))
    return client


def everything() -> dict[str, dict]:
    """Return all rows of the database by model and key, and those that are numbered anew by what stands in them."""
    rows: dict[str, dict] = defaultdict(dict)
    for model in apps.get_models(include_auto_created=True):
        label = model._meta.label_lower
        if label in NOT_COMPARED or model._meta.proxy or not model._meta.managed:
            continue
        if label == "wagtailsearch.indexentry":  # its text may be older than what it is made of
            rows[label] = dict.fromkeys(model._base_manager.values_list("content_type", "object_id"))
            continue
        for row in serializers.serialize("python", model._base_manager.all()):
            content = str(sorted(row["fields"].items(), key=str))
            rows[label][content if label in NUMBERED_ANEW else row["pk"]] = content
    return rows


def difference(before: dict, after: dict) -> dict:
    """Return what is not the same, so that a failure can be read."""
    return {
        label: [
            (key, before[label].get(key), after[label].get(key))
            for key in before[label].keys() | after[label].keys()
            if before[label].get(key) != after[label].get(key)
        ]
        for label in before.keys() | after.keys()
        if before[label] != after[label]
    }


def delete_address(thing) -> str:
    if isinstance(thing, Page):
        return reverse("wagtailadmin_pages:delete", args=[thing.pk])
    if isinstance(thing, SiteImage):
        return reverse("wagtailimages:delete", args=[thing.pk])
    if isinstance(thing, SiteDocument):
        return reverse("wagtaildocs:delete", args=[thing.pk])
    return reverse(type(thing).snippet_viewset.get_url_name("delete"), args=[quote(thing.pk)])


def account_of(client: Client) -> User:
    return User.objects.get(pk=client.session["_auth_user_id"])


def delete_in_admin(client: Client, thing) -> TrashedItem:
    """Delete by the form that asks whether one is sure; return what lies in the Papierkorb then."""
    model, pk = type(thing), thing.pk
    address = delete_address(thing)
    sure = {"confirm_site_name": settings.WAGTAIL_SITE_NAME}
    if isinstance(thing, ChairTerm):
        sure |= {
            "effects_confirmed": soup_of(client.get(address)).find("input", {"name": "effects_confirmed"})["value"]
        }
    answer = client.post(address, sure)
    assert answer.status_code == 302
    assert not model._base_manager.filter(pk=pk).exists()
    return TrashedItem.objects.first()


def delete(client: Client, thing) -> TrashedItem:
    """Delete as the admin does within its request, without the request."""
    user = account_of(client)
    stored = type(thing)._base_manager.get(pk=thing.pk)
    now = deletions.set(Deletions(user))
    try:
        DeletePageAction(stored, user).execute() if isinstance(stored, Page) else stored.delete()
    finally:
        deletions.reset(now)
    return TrashedItem.objects.first()


def undo_in_admin(client: Client, *items: TrashedItem):
    keys = [item.pk for item in items or TrashedItem.objects.all()]
    return client.post(reverse("restore_from_trash"), {"item": keys}, follow=True)


def undo(client: Client, *items: TrashedItem) -> str:
    """Bring back all that lies there, or these, without a request; return what is told of it."""
    user = account_of(client)
    return " ".join(sentence for item in items or TrashedItem.objects.all() for sentence in restored(item, user))


def restored(item: TrashedItem, user: User) -> list[str]:
    try:
        return restore_item(item.pk, user)[1]
    except NotRestoredError as error:
        return [str(error)]


def news(**fields) -> NewsPage:
    values = {"title": "Meldung im Papierkorb", "slug": "meldung-im-papierkorb"} | fields
    return NewsIndexPage.objects.get().add_child(instance=NewsPage(**values))


@pytest.mark.slow("reads every table twice")
def test_a_conference_comes_back_with_its_resolutions_exactly_as_all_of_it_was(admin):
    page = full()
    conference = ConferencePage.objects.get(number=12)
    Redirect.add_redirect("/kurz", conference)
    comment = Comment(page=page, user=User.objects.first(), text="Bitte prüfen", contentpath="title")
    Comment.objects.bulk_create([comment])  # saved by itself, Wagtail indexes it in another way than with its page
    ResolutionReference.objects.create(resolution=resolution("8.1", number=13), kind="amends", target=page)
    news(title="Zur Konferenz", slug="zur-konferenz", conference=conference)
    for thing in (page, conference):
        index_stored(thing)
    admin.get("/admin/")  # settles who has the chair
    before, below = everything(), conference.get_descendant_count()
    item = delete_in_admin(admin, conference)
    assert item.pages_below == below
    assert ResolutionReference.objects.get(resolution__item="8.1").elsewhere
    undo_in_admin(admin)
    assert difference(before, everything()) == {}


KINDS_OF_ROWS = {
    "Handlungsfeld": lambda: Theme.objects.get(slug="sport"),
    "Adressat": lambda: Addressee.objects.get(slug="bamf"),
    "Amtszeit": lambda: last_term(),
    "Glossar": lambda: GlossaryTerm.objects.first(),
    "alte Adresse": lambda: OldAddress.objects.create(
        address="/alt/", key="/alt", description="Alt", target_page=Page.objects.get(slug="konferenzen")
    ),
    "Bild": picture,
    "Dokument": paper,
    "Video": video,
}


@pytest.mark.audit
@pytest.mark.parametrize("kind", KINDS_OF_ROWS)
def test_each_kind_of_row_comes_back_exactly_as_it_was(admin, kind):
    thing = KINDS_OF_ROWS[kind]()
    if kind == "Handlungsfeld":
        resolution("7.2").themes.add(thing)
    if kind == "Amtszeit":
        ChairPerson.objects.create(term=thing, name="Eine Ministerin")
    admin.get("/admin/")
    before = everything()
    delete_in_admin(admin, thing)
    undo_in_admin(admin)
    found = difference(before, everything())
    # The address that was told to be gone stays known; it is asked for only where nothing stands.
    found.pop("intmk.publicaddress", None)
    assert found == {}


def test_a_land_comes_back(admin):
    bremen = land("HB")
    Handover.objects.all().delete()
    ConferencePage.objects.filter(chair_term__land=bremen).update(chair_term=None)
    ConferencePage.objects.filter(host_land=bremen).update(host_land=None)
    ChairTerm.objects.filter(land=bremen).delete()
    ReferenceIndex.remove_references_to(bremen)
    delete(admin, bremen)
    undo(admin)
    assert Land.objects.get(pk=bremen.pk).name == "Bremen"


def test_all_that_editors_delete_in_lists_is_kept_but_what_readers_wrote_of_themselves():
    kept = {apps.get_model(label) for label in KINDS}
    assert set(get_snippet_models()) - kept == {BarrierReport}


def test_a_restored_term_of_office_stands_in_the_report_of_the_chair(admin):
    term = last_term()
    delete(admin, term)
    undo(admin)
    assert ModelLogEntry.objects.filter(action="intmk.term.create", object_id=str(term.pk)).count() == 2


def last_term() -> ChairTerm:
    """A term of office that follows on the last one, and no conference belongs to."""
    first_day = ChairTerm.objects.latest("end").end + timedelta(days=1)
    return ChairTerm.objects.create(
        land=land("SL"), start=first_day, end=first_day + timedelta(days=300), source="official"
    )


def test_a_term_of_office_comes_back_by_an_administrator_alone(admin, chair):
    item = delete(admin, last_term())
    refused(chair, item, "Das liegt nicht mehr im Papierkorb")
    undo(admin, item)
    assert not TrashedItem.objects.exists()


def test_what_is_nothing_without_something_that_is_gone_does_not_come_back(admin):
    item = delete(admin, last_term())
    row = next(row for row in item.rows if row["model"] == "conferences.chairterm")
    row["fields"]["land"] = 999_999
    item.save()
    refused(admin, item, "Land dazu gibt es nicht mehr.")


def test_what_an_account_that_is_gone_has_begun_comes_back_without_it(chair):
    author = User.objects.create_user("nur-kurz")
    page = news(owner=author)
    item = delete(chair, page)
    author.delete()
    assert "Nicht dabei" not in undo(chair, item)
    assert NewsPage.objects.get(pk=page.pk).owner is None


def test_a_term_of_office_does_not_come_back_where_another_has_begun_or_a_gap_would_be(admin):
    first, second = last_term(), last_term()
    items = [delete(admin, term) for term in (second, first)]
    refused(admin, items[0], "bliebe eine Lücke")
    last_term()
    refused(admin, items[1], "überschneidet")


def test_a_word_does_not_come_back_where_there_is_another_of_its_name(chair):
    term = GlossaryTerm.objects.first()
    item = delete(chair, term)
    term.pk = None
    term.save(force_insert=True)
    refused(chair, item, "existiert bereits")


@pytest.mark.parametrize("number", [pytest.param(1, marks=pytest.mark.audit), 2])
def test_the_list_of_pages_deletes_into_the_papierkorb_each_with_what_is_below(admin, number):
    pages = [news(title=f"Meldung {turn}", slug=f"meldung-{turn}") for turn in range(number)]
    keys = "&".join(f"id={page.pk}" for page in pages)
    admin.post(reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"]) + f"?{keys}")
    assert {item.title for item in TrashedItem.objects.all()} == {page.title for page in pages}
    undo(admin)
    assert NewsPage.objects.filter(pk__in=[page.pk for page in pages], live=True).count() == number


@pytest.mark.parametrize("make", [picture, paper, video])
@pytest.mark.kinds(2)
def test_the_lists_of_files_and_rows_delete_into_the_papierkorb_each_by_itself(admin, make):
    files = [make(), make()]
    meta, stored = files[0]._meta, type(files[0]).objects.filter(pk__in=[file.pk for file in files]).order_by("pk")
    before = list(stored.values())
    address = reverse("wagtail_bulk_action", args=[meta.app_label, meta.model_name, "delete"])
    answer = admin.post(f"{address}?id={files[0].pk}&id={files[1].pk}")
    assert answer.status_code == 302
    assert not stored.exists()
    assert TrashedItem.objects.count() == 2
    undo(admin)
    assert list(stored.values()) == before


def test_what_only_programs_delete_is_not_kept():
    news().delete()
    picture().delete()
    assert not TrashedItem.objects.exists()


def test_what_could_not_be_deleted_lies_in_no_papierkorb(admin):
    document = paper()
    resolution("7.2", source_file=document)
    admin.raise_request_exception = False
    admin.post(delete_address(document))
    assert SiteDocument.objects.filter(pk=document.pk).exists()
    assert not TrashedItem.objects.exists()


def test_readers_get_410_while_it_lies_there_and_the_page_again_when_it_is_back(chair, reader):
    page = resolution("7.2")
    key = page.identifier()
    address, permanent = page.get_url(), f"/id/beschluss/{key}"
    delete(chair, page)
    assert reader.get(address).status_code == 410
    assert reader.get(permanent).status_code == 410
    undo(chair)
    assert reader.get(address).status_code == 200
    assert urlsplit(reader.get(permanent)["Location"]).path == address
    assert ResolutionPage.objects.get(pk=page.pk).identifier() == key


def test_a_former_address_and_a_redirect_lead_to_the_page_again(chair, reader):
    page = news()
    page.save_revision().publish()
    page.slug = "neuer-name"
    page.save_revision().publish()
    Redirect.add_redirect("/kurz", page)
    delete(chair, page)
    assert reader.get("/aktuelles/meldung-im-papierkorb/").status_code == 410
    undo(chair)
    for address in ("/aktuelles/meldung-im-papierkorb/", "/kurz"):
        assert urlsplit(reader.get(address)["Location"]).path == "/aktuelles/neuer-name/"


def test_a_theme_is_found_again_at_its_former_address(chair, reader):
    theme = Theme.objects.get(slug="sport")
    theme.slug = "bewegung"
    theme.save()
    delete(chair, theme)
    assert reader.get("/themen/sport/").status_code == 410
    undo(chair)
    assert urlsplit(reader.get("/themen/sport/")["Location"]).path == "/themen/bewegung/"
    assert reader.get("/themen/bewegung/").status_code == 200


def test_it_is_found_by_readers_and_editors_again(chair, reader):
    page = news(title="Ein Zwetschgenbaum für alle")
    delete(chair, page)
    assert "Zwetschgenbaum für alle" not in text_of(reader.get("/suche/?q=Zwetschgenbaum"))
    undo(chair)
    assert "Zwetschgenbaum für alle" in text_of(reader.get("/suche/?q=Zwetschgenbaum"))
    assert "Ein Zwetschgenbaum" in text_of(chair.get("/admin/pages/search/?q=Zwetschgenbaum"))


def test_a_draft_stays_a_draft_and_what_was_scheduled_stays_so(chair):
    draft = news(title="Nur ein Entwurf", slug="entwurf", live=False)
    scheduled = news(title="Übermorgen", slug="uebermorgen", live=False)
    scheduled.go_live_at = timezone.now() + timedelta(days=2)
    scheduled.save_revision().publish()
    moment = scheduled.revisions.get().approved_go_live_at
    for page in (draft, scheduled):
        delete(chair, page)
    undo(chair)
    assert not NewsPage.objects.get(pk=draft.pk).live
    back = NewsPage.objects.get(pk=scheduled.pk)
    assert not back.live
    assert back.revisions.get().approved_go_live_at == moment


def test_what_should_have_gone_live_while_it_lay_there_comes_back_as_a_draft(chair):
    page = news(title="Gleich", slug="gleich", live=False)
    page.go_live_at = timezone.now() + timedelta(minutes=5)
    page.save_revision().publish()
    item = delete(chair, page)
    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=False):
        assert "wird nicht von selbst öffentlich" in undo(chair, item)
        call_command("publish_scheduled")
    assert not NewsPage.objects.get(pk=page.pk).live
    assert page.revisions.get().approved_go_live_at is None


def test_it_comes_back_to_its_place_among_its_neighbours(chair):
    first, second, third = (news(title=name, slug=name) for name in ("eins", "zwei", "drei"))
    delete(chair, second)
    undo(chair)
    order = list(NewsIndexPage.objects.get().get_children().values_list("slug", flat=True))
    assert [slug for slug in order if slug in {"eins", "zwei", "drei"}] == ["eins", "zwei", "drei"]
    assert Page.find_problems() == ([], [], [], [], [])
    assert first.pk != third.pk


def test_it_comes_back_as_the_last_one_when_its_place_is_taken_and_below_a_parent_that_moved(chair):
    parent = HomePage.objects.get().add_child(instance=StandardPage(title="Oben", slug="oben"))
    first, second = (parent.add_child(instance=StandardPage(title=name, slug=name)) for name in ("eins", "zwei"))
    item = delete(chair, second)
    parent.refresh_from_db()
    parent.add_child(instance=StandardPage(title="drei", slug="drei"))
    parent.slug = "woanders"
    parent.save()
    undo(chair, item)
    back = StandardPage.objects.get(pk=second.pk)
    assert back.url_path.endswith("/woanders/zwei/")
    assert back.get_parent().pk == parent.pk
    assert [page.slug for page in parent.get_children()] == ["eins", "drei", "zwei"]
    assert Page.find_problems() == ([], [], [], [], [])
    assert first.pk != back.pk


def test_a_file_stays_while_it_can_come_back_answers_nobody_and_goes_in_the_end(
    admin, reader, media, django_capture_on_commit_callbacks
):
    document = paper(released=True)
    path, address = Path(document.file.path), document.url
    assert reader.get(address).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        item = delete_in_admin(admin, document)
    assert path.exists()
    assert reader.get(address).status_code == 410
    assert reader.get(f"/media/{document.file.name}").status_code == 404
    adopt_media()
    os.utime(path, (0, 0))
    call_command("remove_orphans", "--even-many")
    assert path.exists()
    with django_capture_on_commit_callbacks(execute=True):
        undo_in_admin(admin)
    assert reader.get(address).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        item = delete_in_admin(admin, SiteDocument.objects.get(pk=document.pk))
    with django_capture_on_commit_callbacks(execute=True):
        admin.post(reverse("trashed_item", args=[item.pk]), {"remove": ""})
    assert not path.exists()


def test_no_version_of_a_picture_answers_while_it_lies_there(admin, reader, django_capture_on_commit_callbacks):
    image = picture(released=True)
    addresses = [image.download_url, image.get_rendition("width-1").url]
    assert [reader.get(address).status_code for address in addresses] == [200, 200]
    with django_capture_on_commit_callbacks(execute=True):
        delete_in_admin(admin, image)
    assert [reader.get(address).status_code for address in addresses] == [404, 404]


@pytest.mark.parametrize("make", [picture, paper, video])
def test_each_kind_of_file_is_kept_on_the_disk(admin, make, django_capture_on_commit_callbacks):
    file = make()
    path = Path(file.file.path)
    with django_capture_on_commit_callbacks(execute=True):
        item = delete(admin, file)
    assert path.exists()
    assert item.files == [file.file.name]
    assert path.parent.name in FOLDERS
    with django_capture_on_commit_callbacks(execute=True):
        item.remove()
    assert not path.exists()


def test_who_empties_it_while_somebody_brings_something_back_deletes_no_file(admin, django_capture_on_commit_callbacks):
    image = picture()
    item = delete(admin, image)
    undo(admin)
    with django_capture_on_commit_callbacks(execute=True):
        assert not remove_item(item)
    assert Path(image.file.path).exists()
    assert not ModelLogEntry.objects.filter(action="intmk.trash.remove").exists()


def test_a_picture_stands_on_its_page_again_and_is_public_with_it(chair, reader):
    image = picture()
    conference = ConferencePage.objects.get(number=12)
    ConferencePhoto.objects.create(conference=conference, image=image)
    page = news(image=image)
    page.save_revision().publish()
    assert SiteImage.objects.public().filter(pk=image.pk).exists()
    delete(chair, image)
    assert NewsPage.objects.get(pk=page.pk).image is None
    undo(chair)
    assert NewsPage.objects.get(pk=page.pk).image == image
    assert conference.photos.filter(image=image).exists()
    assert SiteImage.objects.public().filter(pk=image.pk).exists()
    assert 'alt="Ein Rechteck für den Test."' in reader.get(page.get_url()).content.decode()
    assert ReferenceIndex.get_references_to(image).count() == 2


def test_what_was_set_meanwhile_stays_as_it_was_set(chair):
    image, other = picture(), picture()
    page = news(image=image)
    delete(chair, image)
    NewsPage.objects.filter(pk=page.pk).update(image=other)
    undo(chair)
    assert NewsPage.objects.get(pk=page.pk).image == other


def test_of_what_lies_there_from_before_its_table_knew_it_is_noted_that_it_is_public(chair):
    page = resolution("8.1", publish=False)
    item = delete(chair, page)
    for row in item.rows:
        row["fields"].pop("is_public", None)
    item.save()
    undo(chair, item)
    assert ResolutionPage.objects.get(pk=page.pk).is_public
    assert not ResolutionPage.objects.exclude(is_public=F("live")).exists()


def test_what_points_to_something_gone_meanwhile_is_left_out_and_told(admin):
    image = picture()
    page = ConferencePage.objects.get(number=12)
    ConferencePhoto.objects.create(conference=page, image=image)
    item = delete(admin, page)
    image.delete()
    answer = undo_in_admin(admin, item)
    assert "Nicht dabei, weil inzwischen selbst gelöscht: 1 × Bild." in text_of(answer)
    assert not ConferencePage.objects.get(pk=page.pk).photos.exists()


def test_a_page_comes_back_although_whoever_commented_on_it_has_no_account_any_more(admin):
    page, gone = news(), User.objects.create_user("ausgeschieden")
    comment = Comment.objects.create(page=page, user=gone, text="So?", contentpath="title")
    answer = CommentReply.objects.create(comment=comment, user=User.objects.get(is_superuser=True), text="Ja.")
    item = delete(admin, page)
    gone.delete()
    undo(admin, item)
    assert NewsPage.objects.filter(pk=page.pk).exists()
    assert not CommentReply.objects.filter(pk=answer.pk).exists()


def test_a_file_whose_collection_is_gone_comes_back_into_the_first_one(admin):
    collection = Collection.get_first_root_node().add_child(name="Kurzlebig")
    image = picture(collection=collection)
    item = delete(admin, image)
    collection.delete()
    assert "Nicht dabei" in undo(admin, item)
    assert SiteImage.objects.get(pk=image.pk).collection == Collection.get_first_root_node()


def refused(client: Client, item: TrashedItem, sentence: str) -> None:
    """Nothing comes back, and the sentence says why."""
    pages = Page.objects.count()
    assert sentence in undo(client, item)
    assert TrashedItem.objects.filter(pk=item.pk).exists()
    assert Page.objects.count() == pages
    assert Page.find_problems() == ([], [], [], [], [])


def test_it_does_not_come_back_without_its_parent_which_is_to_come_first(chair):
    parent = HomePage.objects.get().add_child(instance=StandardPage(title="Oben", slug="oben"))
    page = parent.add_child(instance=StandardPage(title="Unten", slug="unten"))
    item, above = delete(chair, page), delete(chair, StandardPage.objects.get(pk=parent.pk))
    refused(chair, item, "Bitte zuerst „Oben“ zurückholen.")
    undo(chair, above)
    undo(chair, item)
    assert StandardPage.objects.filter(pk=page.pk, live=True).exists()


def test_it_does_not_come_back_where_another_page_stands(chair):
    item = delete(chair, news())
    news(title="Eine neue Meldung")
    words = "An seiner Adresse steht inzwischen „Eine neue Meldung“."
    refused(chair, item, words)
    assert words in text_of(undo_in_admin(chair, item))


def test_it_does_not_come_back_under_a_number_that_another_has(admin):
    item = delete(admin, ConferencePage.objects.get(number=1))
    ConferencePage.objects.filter(number=13).update(number=1)
    refused(admin, item, "Diese Nummer hat schon eine andere Konferenz.")


def test_it_does_not_come_back_into_tables_that_have_become_others(chair):
    item = delete(chair, news())
    row = item.rows[0]
    for change in ({"model": "intmk.gibtesnicht"}, {"fields": {"gibt_es_nicht": 1}}):
        item.rows[0] = row | change
        item.save()
        refused(chair, item, "Die Website ist seit der Löschung umgebaut worden.")


def test_what_came_back_does_not_come_back_twice(chair):
    page = news()
    item = delete(chair, page)
    undo(chair, item)
    assert "Das liegt nicht mehr im Papierkorb" in undo(chair, item)
    assert NewsPage.objects.filter(pk=page.pk).count() == 1


@pytest.mark.slow("publishes a resolution twice, between them what an official does")
def test_a_wrong_resolution_can_be_entered_again_with_its_identifier(chair, reader):
    wrong = resolution("9.1", title="Falsch eingegeben")
    item = delete(chair, wrong)
    form = ResolutionPage(title="Richtig eingegeben", item="9.1", source="official")
    conference = ConferencePage.objects.get(number=12)
    form.conference, form.slug = conference, "top-9-1"
    with pytest.raises(Exception, match="im Papierkorb liegt") as told:
        form.clean()
    page_of_item = reverse("trashed_item", args=[item.pk])
    assert f'href="{page_of_item}"' in told.value.message_dict["item"][0]
    (line,) = messages(told.value)  # as the preview of an import has it
    assert f'href="{page_of_item}"' in conditional_escape(line)

    assert "12/9.1" in text_of(chair.get(page_of_item))
    chair.post(page_of_item, {"release": ""})
    right = resolution("9.1", title="Richtig eingegeben")
    assert right.identifier() == "12/9.1"
    assert urlsplit(reader.get("/id/beschluss/12/9.1")["Location"]).path == right.get_url()


@pytest.mark.slow("publishes three times")
def test_a_resolution_does_not_come_back_under_an_identifier_that_another_has_by_now(chair):
    item = delete(chair, resolution("9.1"))
    chair.post(reverse("trashed_item", args=[item.pk]), {"release": ""})
    right = resolution("9.1", title="Richtig eingegeben")
    right.item = "9.2"
    right.save_revision().publish()
    refused(chair, item, "Die Kennung 12/9.1 trägt inzwischen der Beschluss „Richtig eingegeben“")


def test_a_released_identifier_that_nobody_took_comes_back_with_its_resolution(chair):
    wrong = resolution("9.1")
    item = delete(chair, wrong)
    chair.post(reverse("trashed_item", args=[item.pk]), {"release": ""})
    assert not ResolutionIdentifier.objects.filter(key="12/9.1").exists()
    undo(chair, item)
    assert ResolutionPage.objects.get(pk=wrong.pk).identifier() == "12/9.1"


def test_after_the_end_an_identifier_is_lost_for_ever(admin):
    item = delete(admin, resolution("9.1", title="Für immer"))
    text = text_of(admin.get(reverse("trashed_item", args=[item.pk])))
    assert "Für immer verloren und nie wieder zu vergeben: 12/9.1." in text
    admin.post(reverse("trashed_item", args=[item.pk]), {"remove": ""})
    with pytest.raises(Exception, match=r"Die Kennung 12/9.1 gehört für immer dem Beschluss „Für immer“"):
        resolution("9.1", title="Noch einmal")


@pytest.fixture
def saarland(db) -> Client:
    """A browser of a Land that has not the chair."""
    account = User.objects.create_user("redaktion-papier", land_code="DE-SL")
    account.groups.add(Group.objects.get(name=LAENDER))
    client = Client(HTTP_HOST="localhost")
    client.force_login(account)
    return client


def titles_seen(client: Client) -> set[str]:
    return {item.title for item in client.get(reverse("trash")).context["object_list"]}


def test_a_land_brings_back_its_own_drafts_and_sees_no_others(saarland, chair):
    account = User.objects.get(username="redaktion-papier")
    own = news(title="Eigener Entwurf", slug="eigener", live=False, owner=account)
    item = delete(saarland, own)
    foreign = delete(chair, news(title="Vom Vorsitz"))
    taken = delete(chair, news(title="Entwurf, den der Vorsitz löscht", slug="x", live=False, owner=account))
    assert titles_seen(saarland) == {"Eigener Entwurf"}
    assert titles_seen(chair) == {"Eigener Entwurf", "Vom Vorsitz", "Entwurf, den der Vorsitz löscht"}
    for other in (foreign, taken):
        assert "liegt nicht mehr im Papierkorb" in undo(saarland, other)
        assert saarland.get(reverse("trashed_item", args=[other.pk])).status_code == 404
    undo(saarland, item)
    assert NewsPage.objects.filter(pk=own.pk).exists()


def test_a_land_brings_back_its_own_proposed_picture(saarland):
    account = User.objects.get(username="redaktion-papier")
    image = picture(collection=Collection.objects.get(name="Vorschläge der Länder"), uploaded_by_user=account)
    delete(saarland, image)
    undo(saarland)
    assert SiteImage.objects.filter(pk=image.pk).exists()


def test_a_land_that_had_the_chair_brings_nothing_back_of_what_the_chair_deleted(account, chair):
    item = delete(chair, news())
    assert titles_seen(chair) == {"Meldung im Papierkorb"}
    take_chair(account)
    assert titles_seen(chair) == set()
    refused(chair, item, "Das liegt nicht mehr im Papierkorb")
    give_chair(account)
    undo(chair, item)
    assert not TrashedItem.objects.exists()


def test_only_administrators_delete_for_good(chair, admin):
    item = delete(chair, news())
    address = reverse("trashed_item", args=[item.pk])
    assert "Endgültig löschen" not in text_of(chair.get(address))
    assert chair.post(address, {"remove": ""}).status_code != 200
    assert TrashedItem.objects.filter(pk=item.pk).exists()
    assert "Endgültig löschen" in text_of(admin.get(address))
    admin.post(address, {"remove": ""})
    assert not TrashedItem.objects.exists()


def test_a_land_may_not_release_an_identifier(saarland, chair):
    item = delete(chair, resolution("9.1"))
    saarland.post(reverse("trashed_item", args=[item.pk]), {"release": ""})
    assert ResolutionIdentifier.objects.filter(key="12/9.1").exists()


def test_the_menu_shows_the_papierkorb_to_whom_something_lies_in_it(chair, saarland):
    def is_shown(client: Client) -> bool:
        request = RequestFactory().get("/admin/")
        request.user = account_of(client)
        return trash_menu_item().is_shown(request)

    assert not is_shown(chair)
    delete(chair, news())
    assert is_shown(chair)
    assert not is_shown(saarland)
    assert "/admin/papierkorb/" in chair.get("/admin/reports/site-history/").content.decode()


def test_the_list_says_who_deleted_what_when_at_which_address(chair, account):
    delete(chair, news())
    text = text_of(chair.get(reverse("trash")))
    when = breakable(date_format(timezone.localtime(TrashedItem.objects.get().deleted_at), "j. F Y, H:i"))
    for word in ("„Meldung im Papierkorb“", "/aktuelles/meldung-im-papierkorb/", account.username, when):
        assert word in breakable(text)


def test_the_message_brings_it_back_with_one_click_and_leads_to_where_one_was(chair):
    page = news()
    address = delete_address(page)
    (form,) = soup_of(chair.post(address, follow=True)).select(".messages form")
    assert form.find("button").text.strip() == "Rückgängig"
    fields = {field["name"]: field["value"] for field in form.find_all("input")}
    assert fields["csrfmiddlewaretoken"]
    answer = chair.post(form["action"], fields)
    assert answer["Location"] == reverse("wagtailadmin_explore", args=[NewsIndexPage.objects.get().pk])
    assert NewsPage.objects.filter(pk=page.pk, live=True).exists()


@pytest.mark.kinds(2)
@pytest.mark.parametrize("place", ["the message", "the list", "the page of the item"])
def test_each_button_is_sent_with_what_proves_where_it_was_pressed(account, chair, place):
    item = delete_in_admin(chair, news())
    careful = Client(HTTP_HOST="localhost", enforce_csrf_checks=True)
    careful.cookies = chair.cookies
    if place == "the message":
        page = chair.get("/admin/reports/site-history/")
    else:
        page = careful.get(reverse("trash") if place == "the list" else reverse("trashed_item", args=[item.pk]))
    form = next(form for form in soup_of(page).find_all("form") if form.get("action") == reverse("restore_from_trash"))
    fields = {field["name"]: field["value"] for field in form.find_all("input")}
    assert careful.post(form["action"], {"item": item.pk}).status_code == 403
    assert careful.post(form["action"], fields).status_code == 302
    assert not TrashedItem.objects.exists()


def test_undo_leads_to_no_other_site(chair):
    item = delete(chair, news())
    answer = chair.post(reverse("restore_from_trash"), {"item": item.pk, "next": "https://www.example.org/"})
    assert answer["Location"] == reverse("trash")


def test_what_is_no_key_is_told_like_what_is_gone(chair):
    keys = ["", "x", "0", "9" * 30, "9" * 5000]
    told = text_of(chair.post(reverse("restore_from_trash"), {"item": keys}, follow=True))
    assert told.count("liegt nicht mehr im Papierkorb") == len(keys)


def test_nothing_comes_back_by_a_link(chair):
    item = delete(chair, news())
    assert chair.get(reverse("restore_from_trash"), {"item": item.pk}).status_code == 405


def test_the_clock_empties_it_after_its_days(admin):
    item = delete(admin, news())
    with time_machine.travel(item.deleted_at + timedelta(days=DAYS, minutes=-1), tick=False):
        remove_what_is_over()
        assert TrashedItem.objects.exists()
    with time_machine.travel(item.deleted_at + timedelta(days=DAYS), tick=False):
        remove_what_is_over()
    assert not TrashedItem.objects.exists()
    assert ModelLogEntry.objects.filter(action="intmk.trash.remove", user=None).count() == 1


def test_the_chair_reads_in_the_history_of_the_site_what_was_deleted_and_came_back(chair):
    page = news()
    delete(chair, page)
    undo(chair)
    text = text_of(chair.get("/admin/reports/site-history/"))
    assert "In den Papierkorb gelegt" in text
    assert "Aus dem Papierkorb zurückgeholt" in text
    assert PageLogEntry.objects.filter(page=page.pk, action="intmk.trash.restore").exists()


def test_moments_come_back_to_the_microsecond(chair):
    page = news()
    moment = datetime(2026, 1, 1, 12, 0, 0, 123456, tzinfo=timezone.get_current_timezone())
    Page.objects.filter(pk=page.pk).update(last_published_at=moment)
    delete(chair, page)
    undo(chair)
    assert Page.objects.get(pk=page.pk).last_published_at == moment


def test_a_reference_to_a_draft_comes_back_with_it(chair):
    draft = resolution("9.1", publish=False, live=False)
    other = resolution("9.2")
    ResolutionReference.objects.create(resolution=other, kind="amends", target=draft)
    delete(chair, draft)
    assert not other.references.exists()
    undo(chair)
    assert ResolutionReference.objects.get(resolution=other).target_id == draft.pk


def test_the_addresses_of_what_came_back_are_no_longer_gone(chair):
    page = news()
    delete(chair, page)
    assert PublicAddress.objects.get(path="/aktuelles/meldung-im-papierkorb").gone_at
    undo(chair)
    row = PublicAddress.objects.get(path="/aktuelles/meldung-im-papierkorb")
    assert (row.gone_at, row.page_id) == (None, page.pk)
    assert Site.objects.count() == 1
