"""Videos on the site: what a page shows, what the search finds, who may change them."""

from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image
from wagtail.models import Collection
from wagtail.test.utils.form_data import nested_form_data, streamfield

from intmk.media.images.models import SiteImage
from intmk.media.videos.models import SiteVideo
from intmk.pages.models import StandardPage
from tests.editing import edit_url, give_chair, take_chair
from tests.test_video_upload import CAPTIONS, add
from tests.test_video_upload import media as media  # a fixture
from tests.video_files import mp4

pytestmark = pytest.mark.django_db
FILM = mp4(width=1280, height=720, sound="mp4a", seconds=20)
PAGE = "/gebaerdensprache/"


def video(number: int = 0, **changes) -> SiteVideo:
    return SiteVideo.objects.create(
        **{
            "title": f"Film {number} in Gebärden",
            "file": ContentFile(FILM, name="film.mp4"),
            "captions": CAPTIONS,
            "transcript": f"<p>Ein Quittenbaum, Nummer {number}.</p>",
            "released": True,
        }
        | changes
    )


def picture() -> SiteImage:
    data = BytesIO()
    Image.new("RGB", (1200, 900), (20, 60, 90)).save(data, "PNG")
    image = SiteImage(title="Standbild", description="Eine Frau gebärdet vor blauer Wand.", credit="Test")
    image.file = ImageFile(BytesIO(data.getvalue()), name="standbild.png")
    image.save()
    return image


def publish(*videos: SiteVideo) -> StandardPage:
    """Put these videos in front of the text of the page on sign language."""
    page = StandardPage.objects.get(slug="gebaerdensprache")
    page.body = [*(("video", {"video": one}) for one in videos), *((part.block_type, part.value) for part in page.body)]
    page.save_revision().publish()
    return page


def get(address: str, **headers):
    return Client(HTTP_HOST="localhost").get(address, headers=headers)


# What a page shows


def test_the_page_on_sign_language_takes_a_video_that_an_editor_adds(chair, media):
    add(chair, FILM, captions=CAPTIONS)
    found, page = SiteVideo.objects.get(), StandardPage.objects.get(slug="gebaerdensprache")
    assert "sobald es vorliegt" in page.introduction
    form = nested_form_data(
        {
            "title": page.title,
            "slug": page.slug,
            "duty": page.duty,
            "introduction": "Das Video stellt die Konferenz vor.",
            "body": streamfield([("video", {"video": str(found.pk)})]),
            "service": streamfield([]),
            "show_in_menus": "",
            "action-publish": "1",
        }
    )
    response = chair.post(edit_url(page), form)
    assert response.status_code == 302, response.context["form"].errors
    shown = BeautifulSoup(get(PAGE).content, "html.parser").find("video")
    assert shown.source["src"] == found.url
    assert (shown["width"], shown["height"], shown["preload"]) == ("1280", "720", "none")
    assert shown.has_attr("controls")
    assert shown.has_attr("playsinline")
    assert not shown.has_attr("autoplay")
    assert "poster" not in shown.attrs
    assert {name: shown.track[name] for name in ("kind", "srclang", "label")} == {
        "kind": "captions",
        "srclang": "de",
        "label": "Deutsch",
    }
    assert get(shown.track["src"]).status_code == 200


def test_a_video_has_a_download_with_length_and_size_a_transcript_and_its_picture(media):
    found = video(poster=picture())
    publish(found)
    page = BeautifulSoup(get(PAGE).content, "html.parser")
    block = page.find(class_="video")
    download = block.find("a", class_="figure__download")
    assert download["href"] == found.url
    assert download["download"] == "film.mp4"
    assert f"MP4, 20 Sekunden, {found.details.rpartition(', ')[2]}" in download.text
    assert "Deutsche Gebärdensprache" in block.figcaption.text
    assert "© Test" in block.figcaption.text
    assert "Quittenbaum" in block.details.text
    still = found.poster.renditions.get()
    assert block.find("video")["poster"] == still.url
    assert (still.width, still.height) == (960, 540)
    assert get(still.url).status_code == 200
    assert not block.find("script")


def test_a_video_that_is_not_released_or_deleted_is_not_shown(media):
    found = video()
    publish(found)
    SiteVideo.objects.update(withheld=True)
    html = get(PAGE).content.decode()
    assert "<video" not in html
    assert "nicht freigegeben" in html
    assert "Quittenbaum" not in html
    found.delete()
    response = get(PAGE)
    assert response.status_code == 200
    assert "<video" not in response.content.decode()


@pytest.mark.audit
def test_more_videos_cost_no_more_queries(media):
    def queries() -> int:
        get(PAGE)
        with CaptureQueriesContext(connection) as captured:
            assert get(PAGE).status_code == 200
        return len(captured)

    link = f'<p><a linktype="page" id="{StandardPage.objects.first().pk}">Seite</a></p>'
    publish(video(1, poster=picture(), transcript=link))
    one = queries()
    publish(*(video(number, poster=picture(), transcript=link) for number in range(2, 6)))
    assert len(BeautifulSoup(get(PAGE).content, "html.parser").find_all("video")) == 5
    assert queries() == one


def test_the_search_finds_the_transcript_and_follows_it(media):
    def found() -> bool:
        page = BeautifulSoup(get("/suche/?q=Quittenbaum").content, "html.parser")
        return any(PAGE in link.get("href", "") for link in page.main.find_all("a"))

    film = video()
    assert not found()
    publish(film)
    assert found()
    film.transcript = "<p>Nichts davon.</p>"
    film.save()
    assert not found()
    film.transcript = "<p>Doch ein Quittenbaum.</p>"
    film.save()
    assert found()
    film.delete()
    assert not found()


@pytest.mark.parametrize("exists", [True, False])
def test_the_preview_of_the_block_works_with_and_without_a_video(chair, media, exists):
    if exists:
        video()
    block = StandardPage.body.field.stream_block.child_blocks["video"]
    response = chair.get(reverse("wagtailadmin_block_preview"), {"id": block.definition_prefix})
    assert response.status_code == 200
    assert "<video" in response.content.decode()
    assert "media-src 'self'" in response["Content-Security-Policy"]


# Who may change it


def test_the_right_to_add_and_change_videos_passes_with_the_chair(account, editor, media):
    names = SiteVideo.snippet_viewset.get_url_name
    take_chair(account)
    add(editor, FILM, captions=CAPTIONS)
    assert not SiteVideo.objects.exists()
    assert list(media.rglob("*.mp4")) == []
    give_chair(account)
    assert add(editor, FILM, captions=CAPTIONS).status_code == 302
    found = SiteVideo.objects.get()
    addresses = [reverse(names("list")), reverse(names("edit"), args=[found.pk])]
    assert [editor.get(address).status_code for address in addresses] == [200, 200]
    take_chair(account)
    assert all(editor.get(address).status_code != 200 for address in addresses)
    editor.post(reverse(names("delete"), args=[found.pk]))
    assert SiteVideo.objects.exists()


def test_editors_get_a_video_that_is_not_released_only_while_they_may_change_it(account, editor, media):
    found = video(withheld=True)
    assert found.url == reverse("video_for_editors", args=[found.pk])
    take_chair(account)
    assert editor.get(found.url).status_code in (302, 403)
    give_chair(account)
    response = editor.get(found.url, headers={"range": "bytes=0-1"})
    assert response.status_code == 206
    assert "no-store" in response["Cache-Control"]
    assert get(found.url).status_code == 302  # to the sign-in


def test_the_picture_of_a_video_is_taken_out_of_the_reach_of_the_laender(media):
    image = picture()
    image.collection = Collection.objects.get(name="Vorschläge der Länder")
    image.save()
    video(poster=image)
    image.refresh_from_db()
    assert image.collection == Collection.get_first_root_node()
