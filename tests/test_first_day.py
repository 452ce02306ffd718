"""Drafts of the coming Land become public on its first day in the chair by themselves, and nothing else of it does."""

from datetime import date, datetime
from io import BytesIO

import pytest
import time_machine
from django.core.files.images import ImageFile
from django.core.management import call_command
from django.test import Client
from PIL import Image
from wagtail.models import Collection, Page, PageLogEntry

from conferences.handover.first_day import NOT_TAKEN_BACK
from conferences.handover.scheduled import all_scheduled, carry_out_still_scheduled
from conferences.models import ChairTerm, ConferenceIndexPage, ConferencePage, Land
from conferences.terms.rights import update_publishing_rights
from intmk.media.files import within_reach_of_the_laender
from intmk.media.images.models import SiteImage
from intmk.pages.models import NewsIndexPage, NewsPage
from intmk.users.models import User
from intmk.users.roles import PROPOSALS
from tests.editing import breakable, edit_url, page_form, soup_of, text_of
from tests.scheduling import BERLIN, schedule

pytestmark = pytest.mark.django_db
JUNE = datetime(2027, 6, 1, 10, 0, tzinfo=BERLIN)
SPRING = datetime(2027, 5, 20, 10, 0, tzinfo=BERLIN)  # 42 days before Rheinland-Pfalz hands over to Saarland
LAST_MOMENT, FIRST = datetime(2027, 6, 30, 23, 59, 59, tzinfo=BERLIN), datetime(2027, 7, 1, 0, 0, 30, tzinfo=BERLIN)
SET, TAKE_BACK = {"action-first-day": "1"}, {"action-not-first-day": "1"}
BUTTON = "Am 1. Juli 2027 veröffentlichen"


@pytest.fixture(autouse=True)
def spring(db):
    with time_machine.travel(SPRING, tick=False):
        yield


def client_of(code: str) -> Client:
    account = User.objects.create_user(f"redaktion-{code[3:].lower()}", land_code=code)
    update_publishing_rights()
    client = Client(HTTP_HOST="localhost")
    client.force_login(account)
    return client


@pytest.fixture
def coming() -> Client:
    return client_of("DE-SL")


def draft_of(client: Client, title: str = "Unser Programm") -> Page:
    """Begin a press release for the account of this client."""
    return begun(client, NewsIndexPage.objects.get(), NewsPage(title=title, introduction="Ein Satz."))


def begun(client: Client, parent: Page, page: Page) -> Page:
    page.live, page.owner = False, User.objects.get(pk=client.session["_auth_user_id"])
    parent.add_child(instance=page)
    page.save_revision(user=page.owner)
    return Page.objects.get(pk=page.pk)


def press(client: Client, page: Page, button: dict, **fields):
    return client.post(edit_url(page), page_form(client, page) | fields | button, follow=True)


def publish_at(moment: datetime) -> None:
    with time_machine.travel(moment, tick=False):
        call_command("publish_scheduled", verbosity=0)


def test_the_button_names_the_first_day(coming):
    assert BUTTON in breakable(text_of(coming.get(edit_url(draft_of(coming)))))


def test_a_draft_of_the_coming_land_is_public_on_its_first_day_and_not_a_moment_before(coming, reader):
    page = draft_of(coming)
    said = breakable(text_of(press(coming, page, SET, introduction="Wir beginnen.")))
    assert "„Unser Programm“ wird am 1. Juli 2027 um 0 Uhr von selbst öffentlich." in said
    publish_at(LAST_MOMENT)
    page.refresh_from_db()
    assert not page.live
    publish_at(FIRST)
    assert "Wir beginnen." in text_of(reader.get("/aktuelles/unser-programm/"))


def test_so_is_a_conference(coming):
    index, saarland = ConferenceIndexPage.objects.get(), Land.objects.get(code="DE-SL")
    conference = ConferencePage(
        title="24. Konferenz", number=24, first_day=date(2028, 3, 16), place="Musterstadt", host_land=saarland
    )
    page = begun(coming, index, conference)
    assert "von selbst öffentlich" in text_of(press(coming, page, SET))
    publish_at(FIRST)
    page.refresh_from_db()
    assert page.live


def test_what_breaks_a_rule_stays_a_draft_with_the_reason_beside_its_field_and_all_that_was_typed(coming):
    page = draft_of(coming)
    answer = press(coming, page, SET, title="", introduction="Was schon getippt ist.")
    assert "Dieses Feld muss ausgefüllt werden." in text_of(answer)
    assert "Was schon getippt ist." in answer.text
    assert page.specific.scheduled_revision is None


def test_an_end_before_that_day_is_refused_and_nothing_is_set(coming):
    page = draft_of(coming)
    said = text_of(press(coming, page, SET, expire_at="10.06.2027 10:00"))
    assert "würde zurückgezogen, bevor sie öffentlich wird" in said
    page.refresh_from_db()
    assert (page.go_live_at, page.specific.scheduled_revision) == (None, None)


def test_meanwhile_the_page_is_locked_and_its_land_takes_it_back(coming, reader):
    page = draft_of(coming)
    press(coming, page, SET)
    shown = coming.get(edit_url(page))
    assert "gesperrt" in text_of(shown)
    assert [button["name"] for button in soup_of(shown).select("button[name^=action-]")] == [*TAKE_BACK]
    assert "ist wieder ein Entwurf und nicht mehr vorgemerkt" in text_of(
        coming.post(edit_url(page), TAKE_BACK, follow=True)
    )
    entry = PageLogEntry.objects.get(page=page, action="wagtail.schedule.cancel", user__land_code="DE-SL")
    assert entry.data["revision"]["go_live_at"] == "2027-06-30T22:00:00Z"
    assert page.specific.get_latest_revision_as_object().go_live_at is None
    publish_at(FIRST)
    assert reader.get("/aktuelles/unser-programm/").status_code == 404
    assert NOT_TAKEN_BACK in text_of(coming.post(edit_url(page), TAKE_BACK, follow=True))


def test_when_the_term_begins_later_after_all_it_waits_for_the_land(coming):
    page = draft_of(coming)
    press(coming, page, SET)
    rule = ChairTerm.objects.rotation().term_on(date(2027, 5, 20))
    ChairTerm.objects.update_or_create(
        land=Land.objects.get(code="DE-RP"), start=rule.start, defaults={"end": date(2027, 9, 30)}
    )
    publish_at(FIRST)
    page.refresh_from_db()
    assert not page.live


@pytest.mark.parametrize("code", ["DE-BY", "DE-RP"])
def test_no_other_land_has_the_button_and_its_form_sets_nothing(code):
    client = client_of(code)
    page = draft_of(client)
    assert SET.keys() - {button.get("name") for button in soup_of(client.get(edit_url(page))).select("button")}
    press(client, page, SET)
    assert page.specific.scheduled_revision is None


def test_the_coming_land_sets_neither_drafts_of_others_nor_what_was_public(coming):
    chair = client_of("DE-RP")
    for page in (draft_of(client_of("DE-BY"), "Von Bayern"), ConferencePage.objects.live().first()):
        coming.post(edit_url(page), page_form(chair, page) | SET)
        assert page.specific.scheduled_revision is None


def test_what_the_chair_has_set_the_coming_land_does_not_take_back_although_it_has_begun_it(coming):
    page = draft_of(coming).specific
    page.go_live_at = JUNE
    client_of("DE-RP")
    account = User.objects.get(land_code="DE-RP")
    page.save_revision(user=account).publish(user=account)
    assert NOT_TAKEN_BACK in text_of(coming.post(edit_url(page), TAKE_BACK, follow=True))
    assert page.scheduled_revision is not None


def test_what_a_former_chair_has_set_for_a_public_page_its_land_does_not_take_back(coming):
    page = NewsIndexPage.objects.get().add_child(
        instance=NewsPage(title="Öffentlich", introduction="Ein Satz.", owner=User.objects.get(land_code="DE-SL"))
    )
    page.save_revision().publish()
    account, page = User.objects.get(land_code="DE-SL"), NewsPage.objects.get(pk=page.pk)
    page.go_live_at = JUNE
    page.save_revision(user=account).publish(user=account, skip_permission_checks=True)
    assert NOT_TAKEN_BACK in text_of(coming.post(edit_url(page), TAKE_BACK, follow=True))
    assert NewsPage.objects.get(pk=page.pk).scheduled_revision is not None


def test_its_pictures_stay_its_own_until_they_are_public(coming):
    picture = SiteImage.objects.create(
        title="Saal",
        file=png(),
        collection=Collection.objects.get(name=PROPOSALS),
        credit="Test",
        description="Ein Saal",
    )
    page = draft_of(coming).specific
    page.image = picture
    page.save_revision(user=User.objects.get(land_code="DE-SL"))
    press(coming, page, SET)
    assert page.scheduled_revision.as_object().image == picture
    assert within_reach(picture)
    publish_at(FIRST)
    assert NewsPage.objects.get(pk=page.pk).live
    assert not within_reach(picture)


def within_reach(picture: SiteImage) -> bool:
    return SiteImage.objects.filter(pk=picture.pk).filter(within_reach_of_the_laender()).exists()


def png() -> ImageFile:
    data = BytesIO()
    Image.new("RGB", (40, 30)).save(data, "PNG")
    return ImageFile(data, "saal.png")


def test_what_was_taken_back_a_moment_before_the_clock_came_to_it_is_not_published(coming):
    page = draft_of(coming)
    press(coming, page, SET)
    (item,) = all_scheduled()
    coming.post(edit_url(page), TAKE_BACK)
    assert not carry_out_still_scheduled(item)
    page.refresh_from_db()
    assert not page.live


def test_the_rehearsal_shows_it_to_the_land_and_stores_nothing(coming, reader):
    page = draft_of(coming)
    press(coming, page, SET, introduction="Wir beginnen.")
    assert "Wir beginnen." in text_of(coming.get("/admin/probe/2027-07-01/aktuelles/unser-programm/"))
    assert coming.get("/admin/probe/2027-06-30/aktuelles/unser-programm/").status_code == 404
    page.refresh_from_db()
    assert not page.live
    assert page.specific.scheduled_revision is not None
    assert reader.get("/aktuelles/unser-programm/").status_code == 404


def test_what_the_chair_has_set_is_rehearsed_by_the_chair_alone(coming):
    chair = client_of("DE-RP")
    schedule(User.objects.get(land_code="DE-RP"), JUNE, "Zum Juni")
    address = "/admin/probe/2027-06-30/aktuelles/zum-juni/"
    assert chair.get(address).status_code == 200
    assert coming.get(address).status_code == 404


def test_what_ends_again_before_the_day_is_not_rehearsed():
    chair = client_of("DE-RP")
    page = schedule(User.objects.get(land_code="DE-RP"), JUNE, "Kurz")
    version = page.scheduled_revision
    version.content["expire_at"] = "2027-06-10T08:00:00Z"
    version.save(update_fields=["content"])
    assert chair.get("/admin/probe/2027-06-09/aktuelles/kurz/").status_code == 200
    assert chair.get("/admin/probe/2027-06-30/aktuelles/kurz/").status_code != 200
