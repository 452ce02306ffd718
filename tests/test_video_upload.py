"""What comes in as a video: taken when every browser plays it and signs can be read from it, else refused."""

import random
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.urls import reverse
from wagtail.admin.panels import get_edit_handler
from wagtail.test.utils.form_data import rich_text

from intmk.media.orphans import adopt_media, remove_orphans
from intmk.media.videos import captions
from intmk.media.videos import metadata as video_reading
from intmk.media.videos.models import SiteVideo, length_in_words
from intmk.media.videos.upload import check_video_reading
from intmk.trash.models import TrashedItem
from tests.pdf_files import EMPTY_PAGE
from tests.video_files import box, boxes, mp4

CAPTIONS = "WEBVTT\n\n00:01.000 --> 00:04.000\nGuten Tag.\n"
GOOD = mp4()


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MEDIA_ROOT.mkdir()
    return settings.MEDIA_ROOT


def stored(media: Path) -> list[Path]:
    return [path for path in media.rglob("*") if path.is_file()]


def fields(data: bytes | None = GOOD, name: str = "film.mp4", **changes) -> dict:
    """What the browser sends from the form of a video."""
    sent = {
        "title": "Die Konferenz in Gebärden",
        "language": "gsg",
        "released": "on",
        "captions": "",
        "captions_language": "de",
        "poster": "",
        "transcript": rich_text("<p>Willkommen auf der Website.</p>"),
    } | changes
    return sent if data is None else sent | {"file": SimpleUploadedFile(name, data, "video/mp4")}


def add(client, *args, **changes):
    return client.post(reverse(SiteVideo.snippet_viewset.get_url_name("add")), fields(*args, **changes))


def change(client, video: SiteVideo, *args, **changes):
    address = reverse(SiteVideo.snippet_viewset.get_url_name("edit"), args=[video.pk])
    return client.post(address, fields(*args, **changes))


def refusal(response, field: str) -> str:
    """Return what stands beside the field of a form that has come back."""
    assert response.status_code == 200
    page = BeautifulSoup(response.content, "html.parser")
    assert page.find("input", {"name": "title"})["value"] == "Die Konferenz in Gebärden"
    beside = page.find(attrs={"name": field}).find_parent(class_="w-field__wrapper")
    return beside.find(class_="w-field__errors").get_text(" ", strip=True)


def said_by_the_form(field: str, data: bytes | None = GOOD, **changes) -> str:
    """Return what the form of the admin says beside the field, without the page around it."""
    sent = fields(data, **changes)
    files = {name: value for name, value in sent.items() if isinstance(value, SimpleUploadedFile)}
    form = get_edit_handler(SiteVideo).get_form_class()(sent, files)
    return " ".join(form.errors.get(field, []))


def hostile() -> dict[str, tuple[bytes, str]]:
    """Files with the ending .mp4, and a part of the sentence that refuses each."""
    kind, moov, mdat = boxes(GOOD)
    return {
        "empty": (b"", "leer"),
        "a PDF by another name": (EMPTY_PAGE, "kein MP4-Video"),
        "markup": (b"<html><script>alert(1)</script>" * 20, "kein MP4-Video"),
        "zeros": (bytes(5000), "kein MP4-Video"),
        "QuickTime": (mp4(brand=b"qt  ").replace(b"isomavc1mp41", b"qt  qt  qt  "), "kein MP4-Video"),
        "the head alone": (kind, "beschädigt"),
        "no pictures": (kind + moov, "beschädigt"),
        "no table": (kind + mdat, "beschädigt"),
        "an empty table": (kind + box("moov") + mdat, "beschädigt"),
        "cut off in the pictures": (GOOD[:-500], "beschädigt"),
        "cut off in the table": (GOOD[:300], "beschädigt"),
        "a box of four gigabytes": (kind + moov + box("mdat", size=2**32 - 1), "beschädigt"),
        "a box of 2^63 bytes": (kind + moov + box("mdat", (2**63).to_bytes(8, "big"), size=1), "beschädigt"),
        "a box smaller than its head": (kind + moov + box("mdat", size=7) + mdat, "beschädigt"),
        "bytes behind the end": (GOOD + b"abc", "beschädigt"),
        "a box of zero size before the table": (kind + box("free", size=0) + moov + mdat, "beschädigt"),
        "no length": (mp4(seconds=0), "keine Länge"),
        "H.265": (mp4(codec="hvc1"), "nicht so gespeichert"),
        "AV1": (mp4(codec="av01"), "nicht so gespeichert"),
        "ten bits": (mp4(profile=0x6E), "nicht so gespeichert"),
        "sound as AC-3": (mp4(sound="ac-3"), "Der Ton ist nicht so gespeichert"),
        "too narrow": (mp4(width=318, height=240), "318 × 240"),
        "too low": (mp4(width=640, height=238), "640 × 238"),
        "24 pictures a second": (mp4(rate=24), "24,00 Bilder"),
        "15 pictures a second": (mp4(rate=15), "15,00 Bilder"),
    }


def mutated(count: int) -> Iterator[bytes]:
    """Yield files with random bytes in the head, then one with thousands of boxes in each other."""
    chance, (kind, moov, mdat) = random.Random(20261127), boxes(GOOD)
    for _ in range(count - 1):
        data = bytearray(GOOD)
        for _ in range(chance.choice([1, 20, 200])):
            data[chance.randrange(8, len(kind + moov))] = chance.randrange(256)
        yield bytes(data)
    nested = b""
    for _ in range(5000):
        nested = box("trak", nested)
    yield kind + box("moov", nested) + mdat


@pytest.mark.parametrize("count", [6, pytest.param(100, marks=pytest.mark.audit)])
def test_whatever_stands_in_the_head_it_is_refused_or_its_reading_is_sound(count):
    for data in mutated(count):
        reading = video_reading.read_video(ContentFile(data))
        with suppress(ValidationError):
            check_video_reading(reading)
            assert 0 < reading.milliseconds <= video_reading.LONGEST
            assert 320 <= reading.width <= 100_000


@pytest.mark.django_db
def test_a_good_video_is_stored_with_what_the_file_says_of_itself(chair, media):
    response = add(chair, mp4(width=1280, height=720, sound="mp4a"), captions=CAPTIONS)
    assert response.status_code == 302, response.context["form"].errors
    video = SiteVideo.objects.get()
    assert (video.width, video.height, video.milliseconds, video.has_sound) == (1280, 720, 192_000, True)
    assert video.details.startswith("MP4, 3 Minuten 12 Sekunden, ")
    assert [path.name for path in stored(media)] == [video.address_name]
    assert video.address_name.startswith("film.")
    adopt_media()
    assert remove_orphans() == ([], [])


@pytest.mark.parametrize(
    "good", [mp4(width=320, height=240), mp4(rate=50), mp4(profile=0x64), mp4(seconds=1), mp4(sound="mp4a")]
)
def test_what_is_just_good_enough_is_read(good):
    reading = video_reading.read_video(ContentFile(good))
    assert reading.state == "read"
    assert reading.codec == "avc1"


@pytest.mark.audit
@pytest.mark.django_db
def test_each_hostile_file_is_refused_beside_its_field_and_leaves_nothing(chair, media):
    data, part = hostile()["markup"]
    assert part in refusal(add(chair, data), "file")
    for name, (data, part) in hostile().items():
        message = said_by_the_form("file", data)
        assert part in message, (name, message)
        assert not SiteVideo.objects.exists(), name
        assert stored(media) == [], name


@pytest.mark.django_db
def test_another_ending_and_a_file_that_is_too_large_are_refused(chair, media, settings):
    assert "„.mov“ werden nicht angenommen" in refusal(add(chair, GOOD, "film.mov"), "file")
    settings.VIDEO_MAX_UPLOAD_SIZE = 10_000
    assert "zu groß" in refusal(add(chair), "file")
    assert stored(media) == []


def test_the_limit_is_that_of_the_server_in_front_of_the_site(settings):
    nginx = (Path(__file__).resolve().parents[1] / "deploy" / "nginx.conf").read_text()
    assert settings.VIDEO_MAX_UPLOAD_SIZE == 200 * 1024**2
    place = nginx.partition("location /admin/snippets/intmk/sitevideo/ {")[2]
    assert "client_max_body_size 205m;" in place.partition("}")[0]


@pytest.mark.django_db
def test_a_program_cannot_store_an_unchecked_file_either(media):
    with pytest.raises(ValidationError, match="kein MP4-Video"):
        SiteVideo.objects.create(title="Film", transcript="<p>a</p>", file=ContentFile(b"MZ" * 99, name="film.mp4"))
    assert stored(media) == []


@pytest.mark.django_db
def test_a_video_with_sound_needs_captions_that_are_its_own(chair, media):
    sound = mp4(sound="mp4a", seconds=10)
    assert "Dazu gehören Untertitel" in refusal(add(chair, sound), "captions")
    late = CAPTIONS.replace("00:01", "00:11").replace("00:04", "00:14")
    assert "über das Ende" in refusal(add(chair, sound, captions=late), "captions")
    assert stored(media) == []
    assert add(chair, sound, captions=CAPTIONS).status_code == 302
    assert add(chair, mp4()).status_code == 302  # signs without sound


@pytest.mark.django_db
def test_a_transcript_is_required(chair, media):
    response = add(chair, GOOD, transcript=rich_text(""))
    assert "transcript" in response.context["form"].errors
    assert stored(media) == []


@pytest.mark.django_db
def test_captions_come_as_a_file_and_a_wrong_one_is_refused_beside_its_field(chair, media):
    def vtt(data: bytes, name: str = "ut.vtt"):
        return {"captions_file": SimpleUploadedFile(name, data)}

    refused = [
        (vtt(CAPTIONS.encode(), "ut.srt"), "„.vtt“"),
        (vtt(b"1\n00:00:01,000 --> 00:00:02,000\nHallo"), "Zeile „WEBVTT“"),
        (vtt("WEBVTT\n\n00:01.000 --> 00:02.000\nGr\u00fc\u00dfe".encode("latin-1")), "UTF-8"),
        (vtt(b"WEBVTT " + b"x" * captions.LARGEST), "zu groß"),
    ]
    for sent, part in refused:
        assert part in said_by_the_form("captions_file", **sent)
    assert refused[-1][1] in refusal(add(chair, GOOD, **vtt(b"WEBVTT " + b"x" * captions.LARGEST)), "captions_file")
    assert stored(media) == []
    assert add(chair, GOOD, **vtt(b"\xef\xbb\xbf" + CAPTIONS.replace("\n", "\r\n").encode())).status_code == 302
    assert SiteVideo.objects.get().captions == CAPTIONS


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "WEBVTT"),
        ("WEBVTTX\n\n00:01.000 --> 00:02.000\na", "WEBVTT"),
        ("WEBVTT", "keine einzige"),
        ("WEBVTT\n\nNOTE nichts\nweiter", "keine einzige"),
        ("WEBVTT\n\n00:01,000 --> 00:02,000\na", "Zeile 3: Eine Zeit"),
        ("WEBVTT\n\n00:01.000 -> 00:02.000\na", "Zeile 4: Eine Zeit"),
        ("WEBVTT\n\n00:02.000 --> 00:01.000\na", "Zeile 3: Das Ende"),
        ("WEBVTT\n\n00:61.000 --> 00:62.000\na", "Zeile 3"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\n", "Zeile 3: Zu dieser Zeit fehlt"),
        ("WEBVTT\n\n00:05.000 --> 00:06.000\na\n\n00:01.000 --> 00:02.000\nb", "Zeile 6: Die Einblendung beginnt vor"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\na\0", "kein Text"),
    ],
)
def test_captions_that_no_browser_shows_are_refused_with_the_line(text, part):
    with pytest.raises(ValidationError) as refused:
        captions.check_captions(text)
    assert part in refused.value.messages[0]


def test_captions_with_all_that_the_standard_allows_are_taken():
    captions.check_captions(
        "\ufeffWEBVTT - Titel\nKind: captions\n\nSTYLE\n::cue { color: white }\n\nNOTE eins\nzwei\n\n"
        "erste\n00:01.000 --> 00:02.000 line:0 align:start\n- Guten Tag.\n- Willkommen.\n\n\n"
        "100:00:01.000\t-->\t100:00:02.500\n<v Anna>Ende</v>"
    )


@pytest.mark.django_db
def test_a_refused_new_file_leaves_the_stored_one_in_place(chair, media):
    add(chair)
    video = SiteVideo.objects.get()
    assert "kein MP4-Video" in refusal(change(chair, video, b"x" * 99), "file")
    assert [path.name for path in stored(media)] == [video.address_name]
    assert change(chair, video, None, title="Anders").status_code == 302
    video.refresh_from_db()
    assert (video.title, video.milliseconds) == ("Anders", 192_000)


@pytest.mark.django_db
def test_the_file_goes_with_its_row_and_a_replaced_one_after_the_new_one_is_certain(
    chair, media, django_capture_on_commit_callbacks
):
    add(chair)
    video = SiteVideo.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        change(chair, video, mp4(seconds=20), "neu.mp4")
    video.refresh_from_db()
    assert [path.name for path in stored(media)] == [video.address_name]
    assert video.milliseconds == 20_000
    with django_capture_on_commit_callbacks(execute=True):
        chair.post(reverse(SiteVideo.snippet_viewset.get_url_name("delete"), args=[video.pk]))
    assert not SiteVideo.objects.exists()
    assert [path.name for path in stored(media)] == [video.address_name]
    with django_capture_on_commit_callbacks(execute=True):
        TrashedItem.objects.get().remove()
    assert stored(media) == []


def test_a_large_upload_is_read_where_it_lies_and_stays_at_its_start():
    with TemporaryUploadedFile("film.mp4", "video/mp4", len(GOOD), None) as upload:
        upload.write(GOOD)
        upload.seek(0)
        assert video_reading.read_video(upload).milliseconds == 192_000
        assert upload.read() == GOOD


def test_a_process_that_takes_too_long_or_talks_nonsense_says_nothing():
    assert video_reading.read_video(ContentFile(GOOD), seconds=0.001).state == "unread"
    for line in (b"", b"[]", b"{", b'{"state": "read"}', b"[" * 50_000, b'{"state": "read", "width": -1}', b"\xff"):
        assert video_reading.video_reading_from(line).state == "unread"


def test_a_length_is_said_in_words():
    assert length_in_words(192_400) == "3 Minuten 12 Sekunden"
    assert length_in_words(1) == "1 Sekunde"
    assert length_in_words(3_661_000) == "1 Stunde 1 Minute 1 Sekunde"
    assert length_in_words(120_000) == "2 Minuten"
