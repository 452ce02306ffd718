"""Pictures on their way out: the markup of a picture, and the download of its original."""

import errno
import re
from html import unescape
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.db import OperationalError, connection
from django.template.loader import render_to_string
from PIL import Image
from psycopg import errors
from wagtail.images.models import Filter
from wagtail.models import Collection, CollectionViewRestriction

from intmk.media.images.metadata import without_metadata
from intmk.media.images.models import MOST_BYTES, PICTURE_SPECS, SiteImage
from tests.browser_pages import detailed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def picture(width=400, height=300, kind="JPEG", **changes) -> SiteImage:
    out = BytesIO()
    Image.linear_gradient("L").convert("RGB").resize((width, height)).save(out, kind)
    fields = {
        "title": "Gruppenfoto der Ministerinnen und Minister",
        "description": "Sechzehn Personen auf einer Treppe",
        "credit": "Jörg Müller & Co.",
        "released": True,
    }
    image = SiteImage(file=ContentFile(out.getvalue(), name="foto.jpg"), **fields | changes)
    image.full_clean()
    image.save()
    return image


def figure(image: SiteImage | None, **context) -> str:
    return render_to_string("includes/picture.html", {"image": image, "sizes": "50vw", **context})


def widths_offered(html: str) -> list[list[int]]:
    return [
        [int(width) for width in re.findall(r" (\d+)w", srcset)] for srcset in re.findall(r'srcset="([^"]+)"', html)
    ]


def test_a_picture_comes_in_three_formats_and_sizes_with_width_and_height():
    html = figure(picture(2000, 1000))
    assert re.findall(r'type="image/(\w+)"', html) == ["avif", "webp"]
    assert widths_offered(html) == [[480, 960, 1600]] * 3
    assert re.search(r'<img [^>]*src="[^"]+\.jpg"', html)
    assert ' height="240"' in html
    assert ' width="480"' in html
    assert html.count('sizes="50vw"') == 3
    assert 'alt="Sechzehn Personen auf einer Treppe"' in html
    assert 'decoding="async"' in html
    assert 'style="' not in html


@pytest.mark.parametrize(
    ("width", "offered"), [(300, []), (480, []), (700, [480, 700]), (960, [480, 960]), (1200, [480, 960, 1200])]
)
@pytest.mark.kinds(2)
def test_a_small_picture_is_neither_blown_up_nor_offered_twice(width, offered):
    html = figure(picture(width, width // 2))
    assert widths_offered(html) == ([offered] * 3 if offered else [[], []])
    assert 'srcset="' in html


def test_a_panorama_is_high_enough_and_long_pictures_lead_to_their_large_file():
    wide = figure(picture(1680, 280), sizes="(min-width: 80rem) 74rem, 94vw")
    assert widths_offered(wide) == [[960, 1600, 1680]] * 3
    assert wide.count('sizes="(min-width: 80rem) max(74rem, 72.0rem), max(94vw, 72.0rem)"') == 3
    assert re.search(r'figure--wide">\s*<a class="figure__open" href="[^"]+width-3200[^"]+"', wide)
    high = figure(picture(200, 800))
    assert 'class="figure"' in high
    assert 'class="figure__open"' in high
    assert "figure__open" not in figure(picture(800, 600))


def test_what_the_reader_sees_first_is_loaded_at_once_and_the_rest_later():
    image = picture(400, 300)
    assert 'loading="eager"' in figure(image)
    assert 'loading="lazy"' in figure(image, lazy=True)


def test_caption_names_credit_and_licence_stand_below():
    image = picture(
        400, 300, caption="Aus der Bilddatenbank", licence="CC BY 4.0", people="Anna Muster\n\nBen Beispiel "
    )
    html = figure(image)
    assert "Aus der Bilddatenbank" in html
    assert "Von links nach rechts: Anna Muster, Ben Beispiel" in html
    assert "© Jörg Müller &amp; Co." in html
    assert "CC BY 4.0" in html
    assert "herunterladen" not in html
    own = figure(image, caption="Für <diese> Seite", hide_people=True)
    assert "Für &lt;diese&gt; Seite" in own
    assert "Bilddatenbank" not in own
    assert "links nach rechts" not in own


def test_people_with_offices_are_parted_by_semicolons():
    assert picture(400, 300, people="Anna Muster, Ministerin\nBen Beispiel").people_in_order == (
        "Anna Muster, Ministerin; Ben Beispiel"
    )


def test_the_download_says_format_and_size_and_carries_the_credit_in_its_name(client):
    image = picture(2000, 200)
    html = figure(image, download=True)
    text = re.search(r'class="figure__download"[^>]*>([^<]+)<', html)[1]
    text = " ".join(text.split())  # also no-break spaces
    assert re.fullmatch(r"Herunterladen \(Druckqualität, JPEG, 2000 × 200, \d+,\d KB\)", text)
    response = client.get(re.search(r'href="(/bilder/[^"]+)"', html)[1])
    assert response.status_code == 200
    assert without_metadata(b"".join(response.streaming_content))[1] == Path(image.file.path).read_bytes()
    name = "gruppenfoto-der-ministerinnen-und-minister_copyright-joerg-mueller-co.jpg"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert client.get(image.download_url, headers={"if-none-match": response["ETag"]}).status_code == 304
    assert client.head(image.download_url).status_code == 200
    assert client.post(image.download_url).status_code == 405


def test_a_former_name_of_a_download_leads_to_the_present_one_and_a_guessed_one_nowhere(client):
    image = picture()
    former = image.download_url
    image.title = "Familienfoto der Konferenz"
    image.save()
    assert image.download_url != former
    response = client.get(former)
    assert (response.status_code, response["Location"]) == (302, image.download_url)
    assert client.get(f"/bilder/{image.pk}/bild.jpg").status_code == 404
    assert client.get(f"/bilder/{image.pk + 1000}/{image.address_name}").status_code == 404


def test_a_missing_original_is_not_found_and_breaks_no_page(client):
    image = picture()
    Path(image.file.path).unlink()
    assert client.get(image.download_url).status_code == 404
    assert "<img" in figure(SiteImage.objects.get(pk=image.pk), download=True)


@pytest.mark.parametrize(
    "fault",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        errors.ReadOnlySqlTransaction("cannot execute INSERT in a read-only transaction"),
        ZeroDivisionError("ein Fehler beim Rechnen"),
    ],
)
def test_a_rendition_that_is_missing_and_cannot_be_made_costs_readers_the_picture_and_not_the_page(
    monkeypatch, caplog, fault
):
    image = picture()
    image.renditions.all().delete()

    def fail(*args, **kwargs):
        with connection.wrap_database_errors:
            raise fault

    monkeypatch.setattr("intmk.media.images.models.SiteImage.generate_rendition_file", fail)
    shown = figure(SiteImage.objects.get(pk=image.pk), download=True)
    assert image.description in shown
    assert image.credit in unescape(shown)
    assert "ließ sich nicht herstellen" in caplog.text


def test_a_database_that_is_away_is_no_missing_picture(monkeypatch):
    image = picture()
    image.renditions.all().delete()

    def fail(*args, **kwargs):
        raise OperationalError("weg")

    monkeypatch.setattr("intmk.media.images.models.SiteImage.generate_rendition_file", fail)
    with pytest.raises(OperationalError):
        figure(SiteImage.objects.get(pk=image.pk))


@pytest.mark.parametrize("kind", ["login", "groups", "password"])
def test_a_picture_of_a_private_collection_is_not_handed_out(client, kind):
    private = Collection.get_first_root_node().add_child(name="Intern")
    CollectionViewRestriction.objects.create(collection=private, restriction_type=kind, password="geheim")
    image = picture(collection=private)
    assert client.get(image.download_url).status_code == 404
    private.get_view_restrictions().delete()
    assert client.get(image.download_url).status_code == 200


def test_only_renditions_have_a_plain_address(client, settings):
    assert client.get("/media/original_images/foto.jpg").status_code == 404
    assert client.get("/media/images/../original_images/foto.jpg").status_code == 400


def test_a_list_of_pictures_asks_the_database_as_often_as_one(
    django_assert_num_queries, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        pictures = [picture(500, 400, title=f"Gruppenfoto Nummer {word}") for word in ("eins", "zwei", "drei")]
    for number in (1, 3):
        with django_assert_num_queries(2):
            for image in SiteImage.objects.filter(pk__in=[image.pk for image in pictures[:number]]).with_renditions():
                assert "<picture>" in figure(image, download=True)


def test_all_renditions_exist_before_the_first_reader_comes(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        image = picture(2000, 1000)
    assert sorted(image.renditions.values_list("filter_spec", flat=True)) == sorted(PICTURE_SPECS)


def test_renditions_of_a_very_wide_photo_have_the_size_and_profile_of_wagtails_own():
    image = picture(8000, 500)
    assert image.for_renditions().startswith(b"II*\0")
    made = image.get_renditions(*PICTURE_SPECS)
    assert {(rendition.width, rendition.height) for rendition in made.values()} == {(480, 30), (960, 60), (1600, 100)}


@pytest.mark.parametrize(("kind", "size"), [("JPEG", (1200, 1600)), ("PNG", (1600, 100))])
def test_the_thumbnail_of_the_admin_is_made_of_a_small_copy_and_as_wagtails_own(kind, size):
    image = picture(*size, kind=kind)
    own = Filter("max-165x165").run(image, BytesIO())
    small = image.for_renditions(400, image.format_label)
    with Image.open(BytesIO(small)) as copy:
        assert (copy.width, copy.format) == (400, kind)
    made = image.get_rendition("max-165x165")
    assert (made.width, made.height) == tuple(own.get_size())
    with made.file.open() as file, Image.open(file) as thumbnail:
        assert thumbnail.format == kind


@pytest.mark.audit
def test_a_photo_full_of_detail_is_compressed_until_a_page_can_carry_it(monkeypatch):
    image, plain = picture(1000, 600), picture(1000, 600)
    out = BytesIO()
    detailed((1000, 600)).convert("RGB").save(out, "JPEG", quality=90)
    image.file = ContentFile(out.getvalue(), name="dicht.jpg")
    image.save()
    light = {width: image.get_rendition(f"format-avif|width-{width}").file.size for width in (480, 960)}
    assert all(size <= MOST_BYTES[width] for width, size in light.items()), light
    monkeypatch.setattr("intmk.media.images.models.MOST_BYTES", {})
    assert light[960] < image.generate_rendition_file(Filter(spec="format-avif|width-960")).size
    # What is light enough stays as good as it was.
    found = plain.get_rendition("format-avif|width-960").file.size
    assert found == plain.generate_rendition_file(Filter(spec="format-avif|width-960")).size


def test_a_rendition_that_cannot_be_made_does_not_undo_the_upload(
    monkeypatch, django_capture_on_commit_callbacks, caplog
):
    monkeypatch.setattr(SiteImage, "for_renditions", lambda self: 1 / 0)
    with django_capture_on_commit_callbacks(execute=True):
        image = picture()
    assert SiteImage.objects.filter(pk=image.pk).exists()
    assert "ließen sich nicht herstellen" in caplog.text
