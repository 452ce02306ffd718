"""How videos are served: whole or in part, for ever, under addresses that outlive a new file."""

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from intmk.media.byte_ranges import UnsatisfiableError, asked_part
from intmk.media.videos.models import SiteVideo
from tests.test_video_upload import CAPTIONS
from tests.test_video_upload import media as media  # a fixture
from tests.test_videos import FILM, get, video
from tests.video_files import mp4

pytestmark = pytest.mark.django_db


def body(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_the_whole_file_is_served_for_ever_under_an_address_of_its_own(media):
    found = video()
    response = get(found.url)
    assert response.status_code == 200
    assert body(response) == FILM
    assert response["Content-Type"] == "video/mp4"
    assert response["Content-Length"] == str(len(FILM))
    assert response["Accept-Ranges"] == "bytes"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "media-src 'self'" in response["Content-Security-Policy"]
    assert not response.cookies


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [("bytes=0-1", 0, 1), ("bytes=100-", 100, None), ("bytes=-5", -5, None), ("bytes=7-99999999", 7, None)],
)
def test_a_part_is_served_to_who_asks_for_one(media, asked, first, last):
    response = get(video().url, range=asked)
    part = FILM[first:] if last is None else FILM[first : last + 1]
    start = len(FILM) - 5 if first < 0 else first
    assert response.status_code == 206
    assert body(response) == part
    assert response["Content-Range"] == f"bytes {start}-{start + len(part) - 1}/{len(FILM)}"
    assert response["Content-Length"] == str(len(part))


def test_a_part_beyond_the_end_is_answered_with_the_size(media):
    response = get(video().url, range=f"bytes={len(FILM)}-")
    assert response.status_code == 416
    assert response["Content-Range"] == f"bytes */{len(FILM)}"
    assert "Cache-Control" not in response


@pytest.mark.parametrize(
    "asked", ["bytes=5-2", "bytes=0-1,5-6", "zeilen=0-1", "bytes=", "bytes=-", "bytes=a-b", "bytes"]
)
def test_what_is_no_single_part_is_answered_with_the_whole(media, asked):
    response = get(video().url, range=asked)
    assert response.status_code == 200
    assert len(body(response)) == len(FILM)


def test_a_part_is_given_only_of_the_file_that_was_begun(media):
    found = video()
    etag = get(found.url)["ETag"]
    assert get(found.url, range="bytes=0-1", if_range=etag).status_code == 206
    assert get(found.url, range="bytes=0-1", if_range='"another"').status_code == 200
    assert get(found.url, range="bytes=0-1", if_range="Fri, 27 Nov 2026 12:00:00 GMT").status_code == 200
    assert get(found.url, range="bytes=0-1", if_none_match=etag).status_code == 304
    assert get(found.url, range="bytes=0-1", if_match='"another"').status_code == 412


def test_a_head_request_tells_the_size_and_no_other_method_is_answered(media):
    found, client = video(), Client(HTTP_HOST="localhost")
    response = client.head(found.url, headers={"range": "bytes=0-1"})
    assert (response.status_code, response["Content-Length"]) == (200, str(len(FILM)))
    assert client.post(found.url).status_code in (403, 405)


@pytest.mark.parametrize("size", [0, 1, 10])
def test_the_parts_of_small_files_lie_within_them(size):
    for header in ("bytes=0-", "bytes=-1", "bytes=-0", "bytes=0-0", "bytes=9-9", "bytes=10-"):
        try:
            part = asked_part(header, size)
        except UnsatisfiableError:
            continue
        assert part is not None
        assert 0 <= part[0] <= part[1] < size


def test_a_guessed_name_a_missing_file_and_what_is_not_released_are_not_found(media):
    found = video()
    assert get(reverse("video", args=[found.pk, "film.mp4"])).status_code == 404
    assert get(reverse("video_captions", args=[found.pk, "0" * 12])).status_code == 404
    assert get(f"/media/{found.file.name}").status_code == 404
    address, captions = found.url, found.captions_url
    SiteVideo.objects.update(withheld=True)
    assert get(address).status_code == get(captions).status_code == 404
    SiteVideo.objects.update(withheld=False)
    found.file.storage.delete(found.file.name)
    assert get(address).status_code == 404


def test_captions_are_served_as_text_under_an_address_that_changes_with_them(media):
    found = video()
    response = get(found.captions_url)
    assert response["Content-Type"] == "text/vtt; charset=utf-8"
    assert response.content.decode() == CAPTIONS
    assert get(found.captions_url, if_none_match=response["ETag"]).status_code == 304
    before = found.captions_url
    found.captions = CAPTIONS.replace("Guten Tag", "Guten Abend")
    found.save()
    assert get(found.captions_url).status_code == 200
    assert get(before).status_code == 404


def test_a_replaced_video_is_found_at_its_former_addresses(media):
    found = video()
    first = found.url
    for seconds in (30, 40):
        found.file = ContentFile(mp4(seconds=seconds), name="film.mp4")
        found.save()
    assert found.url != first
    response = get(first)
    assert (response.status_code, response["Location"]) == (302, found.url)
    assert body(get(found.url)) == mp4(seconds=40)
