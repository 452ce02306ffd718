"""Many photos in one go: they wait with what is typed of them, and come into the library and the draft."""

from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import ExifTags, Image
from wagtail.models import UploadedFile

from conferences.models import ConferencePage
from intmk.media.images.models import SiteImage
from intmk.media.images.waiting import PhotoBatch, WaitingPhoto
from intmk.users.models import User
from tests.editing import edit_url, give_chair, soup_of, take_chair, text_of
from tests.uploads import empty_media, files

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    return empty_media(settings, tmp_path)


@pytest.fixture
def conference() -> ConferencePage:
    return ConferencePage.objects.get(number=12)


def photo(name: str, day: str = "2017:03:16 10:00:00") -> SimpleUploadedFile:
    """A photo of its own for each name, as a camera writes it."""
    content, noted = BytesIO(), Image.Exif()
    noted.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = day
    colour = tuple(name.encode().ljust(3)[:3])
    Image.new("RGB", (64, 48), colour).save(content, "JPEG", exif=noted)
    return SimpleUploadedFile(name, content.getvalue(), "image/jpeg")


def screen(page: ConferencePage) -> str:
    return reverse("conference_photos", args=[page.pk])


def choose(client: Client, page: ConferencePage, *chosen: SimpleUploadedFile) -> list[dict]:
    """Send each as the script does when it is chosen; return the answers."""
    address = reverse("conference_photo_upload", args=[page.pk])
    return [client.post(address, {"file": file}, headers={"Accept": "application/json"}).json() for file in chosen]


def typed(client: Client, page: ConferencePage, **more: str) -> dict[str, str]:
    """What the browser sends when each photo has its text and the credit is there."""
    sent = {"credit": "Petra Beispiel", "licence": "", "taken_on": ""}
    for row in soup_of(client.get(screen(page))).select("[data-photo]"):
        name = f"foto-{row['data-photo']}"
        text = f"Drei Menschen vor dem Haus, zu {row.legend.text.partition('.')[0]}"
        sent |= {f"{name}-description": text, f"{name}-is_shown": "on", f"{name}-people": ""}
        sent[f"{name}-position"] = row.select_one("[name$=position]")["value"]
    return sent | more


def finish(client: Client, page: ConferencePage, **more: str):
    return client.post(screen(page), typed(client, page, **more) | {"finish": "1"})


def draft_photos(page: ConferencePage) -> list[str]:
    latest = ConferencePage.objects.get(pk=page.pk).get_latest_revision_as_object()
    return [row.image.description.rpartition("zu ")[2] for row in latest.photos.all()]


def test_chosen_and_described_photos_stand_in_order_in_the_draft_and_not_in_public(chair, conference, media):
    before, public = draft_photos(conference), conference.photos.count()
    choose(chair, conference, photo("eins.jpg"), photo("zwei.jpg", "2017:03:17 09:00:00"), photo("drei.jpg", ""))
    first, _, third = WaitingPhoto.objects.order_by("pk")
    moved = {
        f"foto-{first.pk}-position": "9",
        f"foto-{third.pk}-is_shown": "",
        f"foto-{first.pk}-people": "Petra\nPaul",
    }
    answer = finish(chair, conference, licence="Frei zur Verwendung mit Nachweis", **moved)
    assert answer.status_code == 302
    assert answer["Location"].startswith(edit_url(conference))
    assert draft_photos(conference) == [*before, "zwei", "eins"]
    assert conference.photos.count() == public
    stored = {picture.description[-4:]: picture for picture in SiteImage.objects.order_by("-pk")[:3]}
    assert {name: picture.taken_on for name, picture in stored.items()} == {
        "eins": date(2017, 3, 16),
        "zwei": date(2017, 3, 17),
        "drei": None,
    }
    one = stored["eins"]
    assert (one.credit, one.licence, one.people) == (
        "Petra Beispiel",
        "Frei zur Verwendung mit Nachweis",
        "Petra\nPaul",
    )
    assert (one.title, one.uploaded_by_user.username) == ("Drei Menschen vor dem Haus, zu eins", "redaktion-test")
    assert one.file_hash
    assert b"Exif" not in one.file.open().read()
    assert not UploadedFile.objects.exists()
    assert not PhotoBatch.objects.exists()


def test_one_date_for_all_stands_above_what_the_files_say(chair, conference):
    choose(chair, conference, photo("eins.jpg"))
    finish(chair, conference, taken_on="2017-03-20")
    assert SiteImage.objects.latest("pk").taken_on == date(2017, 3, 20)


def test_what_is_missing_stands_beside_its_field_and_nothing_is_lost(chair, conference):
    choose(chair, conference, photo("eins.jpg"), photo("zwei.jpg"))
    first, second = WaitingPhoto.objects.order_by("pk")
    lacking = {f"foto-{first.pk}-description": "zu kurz", "credit": "© Petra"}
    page = finish(chair, conference, **lacking)
    soup = soup_of(page)
    assert "mindestens 10 Zeichen" in soup.select_one(f"[data-photo='{first.pk}'] .error-message").text
    assert not soup.select(f"[data-photo='{second.pk}'] .error-message")
    assert "ohne „©“" in soup.select_one(".photos__all .error-message").text
    assert "Noch nicht übernommen" in text_of(page)
    again = soup_of(chair.get(screen(conference)))
    assert again.select_one(f"[name=foto-{first.pk}-description]").text.strip() == "zu kurz"
    assert "zu zwei" in again.select_one(f"[name=foto-{second.pk}-description]").text
    assert not SiteImage.objects.filter(credit__contains="Petra").exists()


def test_a_text_that_repeats_the_name_of_the_file_is_refused(chair, conference):
    choose(chair, conference, photo("Treppe-vor-dem-Tagungsort.jpg"))
    name = f"foto-{WaitingPhoto.objects.get().pk}-description"
    assert "wiederholt den Dateinamen" in text_of(finish(chair, conference, **{name: "Treppe vor dem Tagungsort"}))


def test_a_bad_file_is_refused_beside_those_that_are_good(chair, conference, media, settings):
    settings.WAGTAILIMAGES_MAX_UPLOAD_SIZE = 5_000
    bad = [SimpleUploadedFile("brief.pdf", b"%PDF-1.7"), SimpleUploadedFile("halb.jpg", photo("x").read()[:300])]
    huge = SimpleUploadedFile("riesig.jpg", photo("y").read() + bytes(6_000))
    good, *others = choose(chair, conference, photo("gut.jpg"), *bad, huge)
    assert "gut.jpg" in good["row"]
    for answer, words in zip(others, ("nicht als Bild", "beschädigt", "zu groß"), strict=True):
        assert words in answer["error"]
    without_script = chair.post(screen(conference), {"credit": "Petra", "files": [*bad, photo("auch.jpg")]})
    assert "brief.pdf : Dateien mit der Endung „.pdf“" in text_of(without_script)
    assert [waiting.name for waiting in WaitingPhoto.objects.order_by("pk")] == ["gut.jpg", "auch.jpg"]
    assert len(files(media)) == 2
    assert soup_of(chair.get(screen(conference))).select_one("[name=credit]")["value"] == "Petra"


def test_a_file_that_is_there_already_or_waits_twice_is_told(chair, conference):
    choose(chair, conference, photo("eins.jpg"))
    finish(chair, conference)
    same, twin, again = choose(chair, conference, photo("eins.jpg"), photo("zwei.jpg"), photo("zwei.jpg"))
    assert "Dieses Bild gibt es schon: „Drei Menschen vor dem Haus, zu eins“" in same["row"]
    assert "gibt es schon" not in twin["row"]
    assert "Dieselbe Datei wartet hier schon einmal" in again["row"]


def test_what_is_typed_is_kept_on_the_way_and_shown_to_nobody_else(chair, conference, account):
    choose(chair, conference, photo("eins.jpg"))
    name = f"foto-{WaitingPhoto.objects.get().pk}"
    half = {"credit": "Petra", f"{name}-description": "Drei", f"{name}-people": "", f"{name}-position": "1"}
    saved = chair.post(screen(conference), half, headers={"Accept": "application/json"})
    assert saved.json() == {"saved": True}
    form = soup_of(chair.get(screen(conference)))
    assert (form.select_one("[name=credit]")["value"], form.select_one("textarea[name$=description]").text.strip()) == (
        "Petra",
        "Drei",
    )
    assert not form.select_one("[name$=is_shown]").has_attr("checked")
    small = chair.get(reverse("waiting_photo", args=[name[5:]]))
    assert Image.open(BytesIO(small.content)).size == (64, 48)
    other = Client(HTTP_HOST="localhost")
    other.force_login(User.objects.create_superuser("andere"))
    assert not soup_of(other.get(screen(conference))).select("[data-photo]")
    assert other.get(reverse("waiting_photo", args=[name[5:]])).status_code == 404
    assert "wartet" not in text_of(chair.get(reverse("wagtailimages:add_multiple")))
    begun = soup_of(chair.get(reverse("wagtailadmin_home"))).find(id="begonnen").parent
    assert "Fotos, noch nicht übernommen" in begun.text
    assert begun.find("a", href=screen(conference))


def test_only_who_may_change_the_conference_gets_the_screen(editor, account, conference):
    doors = [screen(conference), reverse("conference_photo_upload", args=[conference.pk])]
    for change, shown in ((None, False), (give_chair, True), (take_chair, False)):
        if change:
            change(account)
        assert (editor.get(doors[0]).status_code == 200) == shown
        assert (editor.post(doors[0], {"credit": "Petra"})["Location"] == doors[0]) == shown
        assert (editor.post(doors[1], {"file": photo("eins.jpg")}).status_code == 200) == shown
        assert (screen(conference) in editor.get(edit_url(conference)).content.decode()) == shown
    assert WaitingPhoto.objects.count() == 1
    other_page = conference.get_parent()
    give_chair(account)
    assert editor.get(reverse("conference_photos", args=[other_page.pk])).status_code in (302, 403)


def test_a_locked_conference_takes_none_and_loses_none(chair, conference):
    choose(chair, conference, photo("eins.jpg"))
    ConferencePage.objects.filter(pk=conference.pk).update(
        locked=True, locked_by=User.objects.create_superuser("andere")
    )
    before = draft_photos(conference)
    assert "Die Konferenz ist gesperrt" in text_of(finish(chair, conference))
    assert (draft_photos(conference), WaitingPhoto.objects.count()) == (before, 1)
    name = f"foto-{WaitingPhoto.objects.get().pk}-is_shown"
    assert finish(chair, conference, **{name: ""})["Location"] == reverse("wagtailimages:index")
    assert SiteImage.objects.latest("pk").credit == "Petra Beispiel"


def test_two_editors_and_a_draft_of_meanwhile_lose_nothing(chair, conference):
    other = Client(HTTP_HOST="localhost")
    other.force_login(User.objects.create_superuser("andere"))
    choose(chair, conference, photo("eins.jpg"))
    choose(other, conference, photo("zwei.jpg"))
    mine = typed(chair, conference) | {"finish": "1"}
    finish(other, conference)
    latest = ConferencePage.objects.get(pk=conference.pk).get_latest_revision_as_object()
    latest.motto = "Ein erfundenes Motto"
    latest.save_revision(clean=False)
    assert chair.post(screen(conference), mine).status_code == 302
    assert draft_photos(conference)[-2:] == ["zwei", "eins"]
    assert ConferencePage.objects.get(pk=conference.pk).get_latest_revision_as_object().motto == "Ein erfundenes Motto"


def test_a_photo_is_removed_with_its_file_and_the_rest_is_kept(
    chair, conference, media, django_capture_on_commit_callbacks
):
    choose(chair, conference, photo("eins.jpg"), photo("zwei.jpg"))
    with django_capture_on_commit_callbacks(execute=True):
        chair.post(screen(conference), typed(chair, conference, remove=str(WaitingPhoto.objects.earliest("pk").pk)))
    (left,) = WaitingPhoto.objects.all()
    assert (left.name, left.description[-4:]) == ("zwei.jpg", "zwei")
    assert [file.stem for file in files(media)] == ["zwei"]


def test_many_photos_cost_no_more_queries_than_one(chair, conference):
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            chair.get(screen(conference))
        return len(queries)

    choose(chair, conference, photo("eins.jpg"))
    asked()
    first = asked()
    choose(chair, conference, photo("zwei.jpg"), photo("drei.jpg"))
    assert asked() == first


def test_a_wrong_clock_of_the_camera_is_not_taken_for_the_day(chair, conference):
    choose(chair, conference, photo("eins.jpg", "2999:01:01 00:00:00"), photo("zwei.jpg", "heute"))
    assert [waiting.taken_on for waiting in WaitingPhoto.objects.all()] == [None, None]
