"""Pictures on their way in, by every door: Wagtail's add form, the multiple upload, the chooser, code.

All doors ask the same code. So `make test` asks every question of the code and brings one file to each door; `make
audit` brings every file to every door.
"""

import gc
import logging
import os
import struct
import time
import zlib
from collections.abc import Iterable
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image, ImageCms, PngImagePlugin
from wagtail.images.permissions import permission_policy
from wagtail.images.utils import find_image_duplicates
from wagtail.models import Collection, UploadedFile

from intmk.media.images import upload as image_upload
from intmk.media.images.models import SiteImage, SiteRendition
from intmk.media.orphans import adopt_media, remove_orphans
from intmk.server.site_identity import KEY_FILE
from intmk.trash.models import TrashedItem
from intmk.users.models import User
from tests.uploads import empty_media, files

pytestmark = pytest.mark.django_db

SECRET = b"Geheim"
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
DETAILS = {
    "title": "Gruppenfoto der Konferenz",
    "description": "Sechzehn Personen stehen auf einer Treppe",
    "credit": "Anna Muster",
    "caption": "",
    "taken_on": "",
    "people": "",
    "licence": "",
    "tags": "",
    "focal_point_x": "",
    "focal_point_y": "",
    "focal_point_width": "",
    "focal_point_height": "",
}


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    return empty_media(settings, tmp_path)


@pytest.fixture
def editor(client, admin_user):
    client.force_login(admin_user)
    return client


def four_colours(width=640, height=480) -> Image.Image:
    """Red, green, blue, white from the upper left, so that each turn shows."""
    image = Image.new("RGB", (width, height), "white")
    for colour, corner in (("red", (0, 0)), ("lime", (width // 2, 0)), ("blue", (0, height // 2))):
        image.paste(colour, (*corner, corner[0] + width // 2, corner[1] + height // 2))
    return image


def corners(image: Image.Image) -> list[str]:
    names = {(1, 0, 0): "red", (0, 1, 0): "lime", (0, 0, 1): "blue", (1, 1, 1): "white"}
    width, height = image.size
    spots = [(9, 9), (width - 9, 9), (9, height - 9), (width - 9, height - 9)]
    return [names.get(tuple(round(value / 255) for value in image.convert("RGB").getpixel(at)), "?") for at in spots]


def secret_exif(orientation=1) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "GeheimKamera"
    position = exif.get_ifd(0x8825)
    position[1], position[2], position[3], position[4] = "N", (47.0, 39.0, 5.0), "E", (9.0, 28.0, 46.0)
    exif.get_ifd(0x8769)[0x927C] = b"GeheimHersteller"
    return exif


def encoded(image: Image.Image, kind: str, **options) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def telephone_photo(kind: str, orientation=1) -> bytes:
    """A picture with everything in it that telephones, cameras and programs write."""
    options = {"exif": secret_exif(orientation).tobytes(), "icc_profile": SRGB}
    if kind != "PNG":
        options["xmp"] = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>GeheimXMP</x:xmpmeta>"
    if kind == "JPEG":
        options |= {"comment": b"GeheimKommentar", "subsampling": 2}
    if kind == "PNG":
        text = PngImagePlugin.PngInfo()
        text.add_text("Author", "GeheimText")
        text.add_itxt("XML:com.adobe.xmp", "GeheimXMP")
        options["pnginfo"] = text
    data = encoded(four_colours(), kind, **options)
    if kind == "JPEG":
        iptc = b"Photoshop 3.0\x008BIM\x04\x04\0\0" + b"GeheimIPTC"
        thumbnail = b"JFXX\0\x10GeheimVorschau"
        extra = b"".join(
            marker + struct.pack(">H", len(body) + 2) + body
            for marker, body in ((b"\xff\xed", iptc), (b"\xff\xe0", thumbnail))
        )
        data = data[:20] + extra + data[20:] + b"\0\0\0\x18ftypmp42GeheimFilm"
    assert data.count(SECRET) >= 2
    return data


PHOTOS = {
    "foto.jpg": "JPEG", "IMG_0001.JPEG": "JPEG", "foto.png": "PNG", "foto.webp": "WEBP", "foto.avif": "AVIF",
    "IMG_4711.HEIC": "HEIF", "foto.heif": "HEIF", "20170316_104512.jpg": "HEIF", "aus-dem-netz.jpg": "WEBP",
}  # fmt: skip


def add_by_form(client, name: str, data: bytes, **changes):
    return client.post(
        reverse("wagtailimages:add"),
        {
            **DETAILS,
            "collection": Collection.get_first_root_node().pk,
            "file": SimpleUploadedFile(name, data),
            **changes,
        },
    )


def add_by_chooser(client, name: str, data: bytes, **changes):
    fields = {**DETAILS, "collection": Collection.get_first_root_node().pk, "file": SimpleUploadedFile(name, data)}
    return client.post(
        reverse("wagtailimages_chooser:create"),
        {f"image-chooser-upload-{field}": value for field, value in (fields | changes).items()},
    )


def add_many(client, name: str, data: bytes):
    return client.post(
        reverse("wagtailimages:add_multiple"),
        {"title": name.rpartition(".")[0], "files[]": SimpleUploadedFile(name, data)},
    )


def give_details(client, first_step, **changes):
    number = first_step.json()["uploaded_file_id"]
    fields = {**DETAILS, "collection": Collection.get_first_root_node().pk, **changes}
    return client.post(
        reverse("wagtailimages:create_multiple_from_uploaded_image", args=[number]),
        {f"uploaded-image-{number}-{field}": value for field, value in fields.items()},
    )


def message_in_form(response) -> str:
    return " ".join(response.context["form"].errors.get("file", []))


def message_in_chooser(response) -> str:
    return response.json()["htmlFragment"]


def message_in_json(response) -> str:
    assert response.json()["success"] is False
    return response.json()["error_message"]


DOORS = {
    "the add form": (add_by_form, message_in_form),
    "the chooser": (add_by_chooser, message_in_chooser),
    "the multiple upload": (add_many, message_in_json),
}


def new_image(data: bytes | None = None, name="foto.jpg", **changes) -> SiteImage:
    fields = {name: DETAILS[name] for name in ("title", "description", "credit")} | changes
    return SiteImage(file=ContentFile(telephone_photo("JPEG") if data is None else data, name=name), **fields)


# What is taken


IN_EVERY_RUN = ("foto.jpg", "foto.png", "foto.webp", "foto.avif", "20170316_104512.jpg")


@pytest.mark.parametrize(
    ("name", "kind"),
    [pytest.param(*photo, marks=() if photo[0] in IN_EVERY_RUN else pytest.mark.audit) for photo in PHOTOS.items()],
)
@pytest.mark.kinds(2)
def test_nothing_that_a_telephone_writes_into_a_photo_ever_reaches_the_disk_or_a_reader(
    editor, media, name, kind, django_capture_on_commit_callbacks
):
    first_step = add_many(editor, name, telephone_photo(kind))
    waiting = files(media)
    assert len(waiting) == 1
    assert SECRET not in waiting[0].read_bytes()
    with django_capture_on_commit_callbacks(execute=True):
        assert give_details(editor, first_step).json()["success"] is True
    image = SiteImage.objects.latest("pk")
    assert (image.width, image.height) == (640, 480)
    assert image.renditions.count() >= 9
    SiteImage.objects.update(released=True)
    download = editor.get(image.download_url)
    served = [path.read_bytes() for path in files(media)] + [b"".join(download.streaming_content)]
    assert len(served) >= 11
    for data in served:
        assert SECRET not in data
        with Image.open(BytesIO(data)) as picture:
            assert not picture.getexif()
            assert picture.info["icc_profile"] == SRGB
            assert corners(picture) == ["red", "lime", "blue", "white"]
    assert not UploadedFile.objects.exists()


@pytest.mark.parametrize("door", [add_by_form, add_by_chooser])
@pytest.mark.parametrize("kind", ["JPEG", "HEIF"])
def test_the_other_doors_clean_just_the_same(editor, media, door, kind):
    door(editor, "Foto.HEIC", telephone_photo(kind))
    image = SiteImage.objects.latest("pk")
    assert image.uploaded_by_user is not None
    assert all(SECRET not in path.read_bytes() for path in files(media))
    assert image.file.name.endswith(".jpg")


@pytest.mark.parametrize(("name", "kind"), PHOTOS.items())
def test_code_that_saves_without_asking_cleans_just_the_same(media, name, kind):
    new_image(telephone_photo(kind), name).save()
    assert [SECRET in path.read_bytes() for path in files(media)] == [False]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "HEIF"])
@pytest.mark.parametrize("orientation", [1, 2, 3, 4, 5, 6, 7, 8])
def test_a_picture_stands_upright_however_the_camera_was_held(kind, orientation):
    stored = {
        1: Image.Transpose.ROTATE_90, 2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_270,
    }  # fmt: skip
    image = four_colours(160, 120)
    if orientation > 1:
        image = image.transpose(stored[orientation])
    exif = Image.Exif()
    exif[0x0112] = orientation
    data, _ = image_upload.clean_bytes(encoded(image, kind, exif=exif.tobytes()))
    with Image.open(BytesIO(data)) as picture:
        assert picture.size == (160, 120)
        assert corners(picture) == ["red", "lime", "blue", "white"]


def test_a_jpeg_that_stands_upright_loses_no_sharpness():
    source = telephone_photo("JPEG")
    data, _ = image_upload.clean_bytes(source)
    assert Image.open(BytesIO(data)).tobytes() == Image.open(BytesIO(source)).tobytes()
    assert image_upload.clean_bytes(data) == (data, "jpg")


def test_a_jpeg_that_is_turned_loses_next_to_nothing():
    noise = Image.merge("RGB", [Image.effect_noise((320, 240), 60).resize((640, 480))] * 3)
    source = encoded(noise, "JPEG", quality=90, exif=secret_exif(3).tobytes())
    data, _ = image_upload.clean_bytes(source)
    before, after = Image.open(BytesIO(source)).transpose(Image.Transpose.ROTATE_180), Image.open(BytesIO(data))
    differences = [abs(a - b) for a, b in zip(before.tobytes(), after.tobytes(), strict=True)]
    assert sum(differences) / len(differences) < 2


def grey_profile() -> bytes:
    """The smallest profile for grey: linear light, where half of the light looks like 188 of 255."""
    white = b"XYZ \0\0\0\0" + struct.pack(">3i", 63190, 65536, 54061)
    curve = b"curv" + struct.pack(">IIHH", 0, 1, 256, 0)
    tags = b"wtpt" + struct.pack(">II", 156, len(white)) + b"kTRC" + struct.pack(">II", 156 + len(white), len(curve))
    body = struct.pack(">I", 2) + tags + white + curve
    head = struct.pack(
        ">I4s4s4s4s4s12s4s", 128 + len(body), b"lcms", b"\x02\x10\0\0", b"mntr", b"GRAY", b"XYZ ", b"", b"acsp"
    )
    return head + bytes(28) + white[8:] + bytes(48) + body


def grey_profile_photo() -> bytes:
    return encoded(Image.new("L", (600, 400), 128), "PNG", icc_profile=SRGB)


ODD = {
    "CMYK": (encoded(Image.new("RGB", (600, 400), "red").convert("CMYK"), "JPEG"), (255, 0, 0)),
    "16 bit": (encoded(Image.new("I;16", (600, 400), 0x8080), "PNG"), (128, 128, 128)),
    "palette": (encoded(Image.new("RGB", (600, 400), "blue").convert("P"), "PNG"), (0, 0, 255)),
    "see-through palette": (
        encoded(Image.new("RGBA", (600, 400), (0, 0, 0, 0)).convert("P"), "PNG", transparency=0), (255, 255, 255),
    ),
    "see-through colour": (
        encoded(Image.new("RGB", (600, 400), (9, 9, 9)), "PNG", transparency=(9, 9, 9)), (255, 255, 255),
    ),
    "black and white": (encoded(Image.new("1", (600, 400), 1), "PNG"), (255, 255, 255)),
    "grey with transparency": (encoded(Image.new("LA", (600, 400), (10, 0)), "PNG"), (255, 255, 255)),
    "see-through AVIF": (encoded(Image.new("RGBA", (600, 400), (9, 9, 9, 0)), "AVIF"), (255, 255, 255)),
    "grey of linear light": (
        encoded(Image.new("L", (600, 400), 128), "PNG", icc_profile=grey_profile()), (188, 188, 188),
    ),
    "see-through grey of linear light": (
        encoded(Image.new("LA", (600, 400), (128, 0)), "PNG", icc_profile=grey_profile()), (255, 255, 255),
    ),
    "colours with a profile of 100 kB": (
        encoded(Image.new("RGB", (600, 400), "lime"), "JPEG", icc_profile=SRGB + bytes(100_000)), (0, 255, 0),
    ),
    "colours with a broken profile": (
        encoded(Image.new("RGB", (600, 400), "lime"), "JPEG", icc_profile=b"Geheim" * 50), (0, 255, 0),
    ),
    "grey with a profile for colours": (grey_profile_photo(), (128, 128, 128)),
}  # fmt: skip


@pytest.mark.parametrize("what", ODD)
@pytest.mark.kinds(4)
def test_odd_kinds_of_pixels_look_right_in_every_rendition(what):
    data, colour = ODD[what]
    image = new_image(data, "bild.png")
    image.save()
    for rendition in image.get_renditions(
        "format-avif|width-480", "format-webp|width-480", "format-jpeg|width-480"
    ).values():
        with Image.open(rendition.file) as picture:
            white = Image.new("RGBA", picture.size, "white")
            seen = Image.alpha_composite(white, picture.convert("RGBA")).getpixel((50, 50))
            assert len(picture.info.get("icc_profile") or b"") < 5000
            assert SECRET not in rendition.file.open().read()
            assert all(abs(a - b) < 6 for a, b in zip(seen, colour, strict=False)), (rendition.filter_spec, seen)


def test_a_second_picture_behind_the_first_goes(media):
    two = encoded(four_colours(), "MPO", save_all=True, append_images=[Image.new("RGB", (640, 480), "black")])
    assert two.count(b"\xff\xd8\xff") == 2
    data, _ = image_upload.clean_bytes(two)
    assert data.count(b"\xff\xd8\xff") == 1
    assert b"MPF" not in data


def test_an_archive_behind_a_jpeg_or_png_goes():
    for kind in ("JPEG", "PNG"):
        data, _ = image_upload.clean_bytes(encoded(four_colours(), kind) + b"PK\x03\x04 <?php Geheim ?>")
        assert b"PK\x03\x04" not in data


def test_the_same_file_uploaded_twice_is_recognised_whichever_doors_it_took(editor, admin_user):
    for kind, name in (("JPEG", "eins.jpg"), ("AVIF", "zwei.avif")):
        data = telephone_photo(kind, orientation=6)
        give_details(editor, add_many(editor, name, data))
        first = SiteImage.objects.latest("pk")
        response = add_by_chooser(editor, "anders.jpg", data)
        second = SiteImage.objects.latest("pk")
        assert list(find_image_duplicates(second, admin_user, permission_policy)) == [first]
        assert response.json()["step"] == "duplicate_found"
        sentence = f"Dieses Bild gibt es schon: „{first.title}“"
        again = add_many(editor, "noch-einmal.jpg", data).json()
        assert again["duplicate"]
        assert first.title in again["confirm_duplicate_upload"]
        assert sentence in again["form"]
        editor.post(reverse("wagtailimages:delete_upload_multiple", args=[again["uploaded_file_id"]]))
        assert sentence in editor.get(add_by_form(editor, "einzeln.jpg", data).url).content.decode()


def test_the_same_file_twice_in_one_multiple_upload_is_told(editor):
    data = encoded(four_colours(), "PNG")
    assert "wartet in dieser Liste schon einmal" not in add_many(editor, "eins.png", data).json()["form"]
    assert "wartet in dieser Liste schon einmal" in add_many(editor, "zwei.png", data).json()["form"]


@pytest.mark.parametrize("name", ["foto.jfif", "foto.JPE", "foto.pjpeg", "foto.HIF"])
def test_a_picture_is_what_its_content_says_however_its_ending_is_spelt(name):
    picture = new_image(encoded(four_colours(), "PNG"), name)
    picture.full_clean()
    assert picture.file.name == "foto.png"
    jpeg = new_image(encoded(four_colours(), "JPEG"), name)
    jpeg.full_clean()
    assert jpeg.file.name == "foto.jpg"


@pytest.mark.parametrize(
    "name",
    ["../../x.jpg", "..\\..\\x.jpg", "a" * 300 + ".jpg", "🎉🎉.jpg", "con.jpg", "Gruppenfoto Köln (ß).JPG", "a\0b.jpg",
     "-rf.jpg", "<script>.jpg", "Дом.jpg", "x.php.jpg", ".jpg.jpg"],
)  # fmt: skip
@pytest.mark.kinds(4)
def test_a_hostile_file_name_becomes_a_harmless_one(editor, media, name):
    add_by_form(editor, name, telephone_photo("JPEG"))
    (path,) = files(media)
    assert path.parent == media / "original_images"
    assert path.name.isascii()
    assert len(path.name) < 90
    assert path.name.count(".") == 2
    assert not path.name.startswith(("-", ".", "con."))
    assert SiteImage.objects.latest("pk").filename.count(".") == 1


# What is refused


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_of(width: int, height: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 10_000_000, 9)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", head) + png_chunk(b"IDAT", pixels) + png_chunk(b"IEND", b"")


def resized_in_its_head(data: bytes, width: int, height: int) -> bytes:
    at = data.index(b"ispe") + 8
    return data[:at] + struct.pack(">II", width, height) + data[at + 8 :]


def moving(kind: str) -> bytes:
    frames = [Image.new("RGB", (64, 48), colour) for colour in ("red", "lime", "blue")]
    return encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)


def many_scans() -> bytes:
    """A progressive JPEG whose last scan comes a thousand times."""
    data = encoded(four_colours(2000, 1500), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:last] + data[last:-2] * 1000 + b"\xff\xd9"


def damaged(kind: str, share: float) -> bytes:
    noise = Image.merge("RGB", [Image.effect_noise((640, 480), 60)] * 3)
    data = encoded(noise, kind)
    return data[: int(len(data) * share)]


WIDE_PNG = encoded(Image.new("1", (16_001, 2)), "PNG")
HOSTILE = {
    "no bytes": ("foto.jpg", lambda: b"", "leer"),
    "HTML": ("foto.jpg", lambda: b"<!doctype html><script>alert(1)</script>", "kein Bild"),
    "SVG": ("foto.png", lambda: b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "kein Bild"),
    "SVG by name": ("foto.svg", lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", "Endung"),
    "PHP": ("foto.jpg", lambda: b"<?php system($_GET['c']);", "kein Bild"),
    "ZIP": ("foto.webp", lambda: b"PK\x03\x04" + bytes(200), "kein Bild"),
    "PSD": ("foto.jpg", lambda: b"8BPS\0\x01" + bytes(200), "kein Bild"),
    "GIF": ("foto.png", lambda: encoded(four_colours(), "GIF"), "kein Bild"),
    "TIFF": ("foto.jpg", lambda: encoded(four_colours(), "TIFF"), "kein Bild"),
    "EXE by name": ("foto.exe", lambda: b"MZ", "Endung"),
    "without ending": ("foto", lambda: telephone_photo("JPEG"), "Dateien ohne Endung im Namen"),
    "only the start of a JPEG": ("foto.jpg", lambda: b"\xff\xd8\xff", "beschädigt"),
    "HTML with the start of a JPEG": ("foto.jpg", lambda: b"\xff\xd8\xff\xe0<html><script>", "beschädigt"),
    "a JPEG cut off": ("foto.jpg", lambda: damaged("JPEG", 0.6), "unvollständig"),
    "a PNG cut off": ("foto.png", lambda: damaged("PNG", 0.6), "unvollständig"),
    "a PNG with a hole": ("foto.png", lambda: damaged("PNG", 0.5) + bytes(99) + damaged("PNG", 1)[-12:], "beschädigt"),
    "a WebP cut off": ("foto.webp", lambda: damaged("WEBP", 0.6), "unvollständig"),
    "an AVIF cut off": ("foto.avif", lambda: damaged("AVIF", 0.6), "unvollständig"),
    "a HEIC cut off": ("foto.heic", lambda: damaged("HEIF", 0.6), "unvollständig"),
    "a PNG of 2500 megapixels": ("foto.png", lambda: png_of(50_000, 50_000), "zu viele Pixel"),
    "a PNG of 49 megapixels": ("foto.png", lambda: png_of(7_000, 7_001), "49,1 Megapixel"),
    "an AVIF of 2500 megapixels": (
        "foto.avif", lambda: resized_in_its_head(encoded(four_colours(), "AVIF"), 50_000, 50_000), "Bild",
    ),
    "an AVIF of 42 megapixels": (
        "foto.avif", lambda: resized_in_its_head(encoded(four_colours(), "AVIF"), 7_000, 6_000), "42,0 Megapixel",
    ),
    "a HEIC of 42 megapixels": (
        "foto.heic", lambda: resized_in_its_head(encoded(four_colours(), "HEIF"), 7_000, 6_000), "Bild",
    ),
    "a very long strip": ("foto.png", lambda: WIDE_PNG, "16000 Pixel"),
    "more than 15 MB": ("foto.jpg", lambda: telephone_photo("JPEG") + bytes(15 * 1024**2), "höchstens 15,0"),
    "a moving WebP": ("foto.webp", lambda: moving("WEBP"), "Bewegte Bilder"),
    "a moving PNG": ("foto.png", lambda: moving("PNG"), "Bewegte Bilder"),
    "a moving AVIF": ("foto.avif", lambda: moving("AVIF"), "Bewegte Bilder"),
    "a JPEG of a thousand scans": ("foto.jpg", many_scans, "beschädigt"),
}  # fmt: skip


def at_the_doors(values: Iterable, *once: str) -> list:
    """The values as parameters: those in `once` in every run, the others in audits."""
    return [pytest.param(value, marks=() if value in once else pytest.mark.audit) for value in values]


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("what", at_the_doors(HOSTILE, "a JPEG cut off"))
def test_a_bad_file_is_refused_in_german_beside_its_field_and_leaves_nothing(editor, media, what, door):
    name, make, text = HOSTILE[what]
    data, images = make(), SiteImage.objects.count()
    add, message = DOORS[door]
    response = add(editor, name, data)
    assert response.status_code == 200
    assert text in message(response).replace("\xa0", " ")
    response.wsgi_request.close()  # as the server does; it removes temporary files
    assert SiteImage.objects.count() == images
    assert not UploadedFile.objects.exists()
    assert files(media.parent) == []


@pytest.mark.parametrize("what", HOSTILE)
@pytest.mark.kinds(8)
def test_code_that_asks_gets_the_same_answer(media, what):
    name, make, text = HOSTILE[what]
    image = new_image(make(), name)
    with pytest.raises(ValidationError) as refusal:
        image.full_clean()
    assert list(refusal.value.message_dict) == ["file"]
    assert text in str(refusal.value).replace("\\xa0", " ")
    assert files(media) == []


def test_code_that_does_not_ask_cannot_store_a_bad_file(media):
    with pytest.raises(ValidationError):
        new_image(b"<svg/>", "foto.jpg").save()
    assert files(media) == []


WITHOUT_DETAILS = [
    ("credit", "", "Dieses Feld"),
    ("credit", "   ", "Dieses Feld"),
    ("credit", "© Anna Muster", "ohne „©“"),
    ("description", "", "Dieses Feld"),
    ("description", "Foto", "mindestens 10 Zeichen"),
    ("description", "IMG_20170316_104512", "Dateinamen"),
    ("description", "Gruppenfoto Stuttgart 2016.jpg", "Dateinamen"),
    ("description", "Gruppenfoto Köln 2018", "wiederholt den Dateinamen"),
    ("title", "", "Dieses Feld"),
    ("title", "IMG_1234", "Dateinamen"),
    ("title", "DSC0001", "Dateinamen"),
    ("title", "WhatsApp Image 2023-05-01 at 12.00.01", "Dateinamen"),
    ("title", "gruppenfoto.jpeg", "Dateinamen"),
    ("taken_on", (timezone.localdate() + timedelta(days=2)).isoformat(), "Zukunft"),
]


@pytest.mark.parametrize(("field", "value", "text"), WITHOUT_DETAILS)
def test_details_that_say_nothing_are_refused(media, field, value, text):
    image = new_image(telephone_photo("JPEG"), "Gruppenfoto Köln 2018.jpg")
    setattr(image, field, value or None if field == "taken_on" else value)
    with pytest.raises(ValidationError) as refusal:
        image.full_clean()
    assert text in " ".join(refusal.value.message_dict[field])
    assert files(media) == []


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [pytest.param(*row, marks=() if row[:2] == ("credit", "   ") else pytest.mark.audit) for row in WITHOUT_DETAILS],
)
def test_every_door_asks_for_the_same_details(editor, media, field, value, text):
    data, name = telephone_photo("JPEG"), "Gruppenfoto Köln 2018.jpg"
    images = SiteImage.objects.count()
    response = add_by_form(editor, name, data, **{field: value})
    assert text in " ".join(response.context["form"].errors[field])
    response = add_by_chooser(editor, name, data, **{field: value})
    assert text in message_in_chooser(response)
    first_step = add_many(editor, name, data)
    response = give_details(editor, first_step, **{field: value}).json()
    assert response["success"] is False
    assert text in response["form"]
    assert SiteImage.objects.count() == images
    editor.post(reverse("wagtailimages:delete_upload_multiple", args=[first_step.json()["uploaded_file_id"]]))
    assert files(media) == []


def test_a_picture_that_was_left_without_details_is_offered_again_to_who_uploaded_it(editor, media):
    other = Client()
    other.force_login(User.objects.create_superuser("andere"))
    first_step = add_many(editor, "Treppe.jpg", telephone_photo("JPEG"))
    number = first_step.json()["uploaded_file_id"]
    preview = reverse("unfinished_picture", args=[number])
    page = editor.get(reverse("wagtailimages:add_multiple")).content.decode()
    assert "Eine Datei wartet" in page
    assert "treppe.jpg" in page
    assert f'name="uploaded-image-{number}-description"' in page
    assert preview in page
    answer = editor.get(preview)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert b"".join(answer.streaming_content)[:2] == b"\xff\xd8"  # JPEG

    assert f"uploaded-image-{number}" not in other.get(reverse("wagtailimages:add_multiple")).content.decode()
    assert other.get(preview).status_code == 404

    assert give_details(editor, first_step).json()["success"]
    assert "wartet" not in editor.get(reverse("wagtailimages:add_multiple")).content.decode()
    assert editor.get(preview).status_code == 404


def test_a_waiting_picture_whose_file_is_gone_breaks_no_page(editor, media):
    number = add_many(editor, "Treppe.jpg", telephone_photo("JPEG")).json()["uploaded_file_id"]
    for file in files(media):
        file.unlink()
    assert editor.get(reverse("wagtailimages:add_multiple")).status_code == 200
    assert editor.get(reverse("unfinished_picture", args=[number])).status_code == 404


@pytest.mark.parametrize("title", ["Gruppenfoto", "Die 12. Konferenz in Friedrichshafen", "Bild der Begegnung 2017"])
def test_words_are_a_title(title):
    new_image(title=title).full_clean()


def test_no_file_name_is_put_forward_as_a_title(editor):
    form = add_many(editor, "IMG_1234.jpg", telephone_photo("JPEG")).json()["form"]
    assert 'value="img_1234' not in form.lower()


# Files and rows


def test_a_file_goes_when_its_row_cannot_be_saved(media, monkeypatch):
    monkeypatch.setattr("django.db.models.Model.save", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        new_image().save()
    assert files(media) == []


def test_a_file_goes_when_what_happens_after_saving_fails(media):
    with transaction.atomic():
        new_image().save()
        assert len(files(media)) == 1
        transaction.set_rollback(True)
    assert files(media) == []


def test_a_file_goes_when_the_last_step_of_the_multiple_upload_fails(editor, media, monkeypatch, caplog):
    first_step = add_many(editor, "foto.jpg", telephone_photo("JPEG"))
    monkeypatch.setattr("intmk.media.images.forms.PictureForm.save", lambda *args, **kwargs: 1 / 0)
    editor.raise_request_exception = False
    caplog.set_level(logging.CRITICAL + 1, "django.request")  # a kept record holds the error and all that hangs on it
    assert give_details(editor, first_step).status_code == 500
    gc.collect()
    assert [path.parent.name for path in files(media)] == ["wagtail_uploads"]


def test_half_a_file_on_a_full_disk_goes(media, monkeypatch):
    def write_half(storage, name, content):
        path = Path(storage.path(name))
        path.parent.mkdir(parents=True)
        path.write_bytes(content.read(100))
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "_save", write_half)
    with pytest.raises(OSError, match="No space"):
        new_image().save()
    assert files(media) == []


def replace_file(client, image: SiteImage, data: bytes):
    focal_point = {field: getattr(image, field) or "" for field in DETAILS if field.startswith("focal_point")}
    return client.post(
        reverse("wagtailimages:edit", args=[image.pk]),
        {**DETAILS, **focal_point, "collection": image.collection_id, "file": SimpleUploadedFile("neu.png", data)},
    )


def test_a_replaced_file_takes_renditions_and_focal_point_with_it(editor, media, django_capture_on_commit_callbacks):
    image = new_image(focal_point_x=9, focal_point_y=9, focal_point_width=5, focal_point_height=5)
    with django_capture_on_commit_callbacks(execute=True):
        image.save()
    former = {path for path in files(media)}
    assert len(former) == 10
    with django_capture_on_commit_callbacks(execute=True):
        replace_file(editor, image, telephone_photo("PNG", orientation=6))
    image = SiteImage.objects.get(pk=image.pk)
    assert (image.width, image.height) == (480, 640)
    assert image.focal_point_x is None
    assert not former & set(files(media))
    assert image.renditions.count() == 9
    assert all(SECRET not in path.read_bytes() for path in files(media))


def test_the_former_file_stays_when_replacing_it_fails(editor, media, monkeypatch):
    image = new_image()
    image.save()
    before = files(media)
    monkeypatch.setattr("wagtail.images.forms.search_index.insert_or_update_object", lambda image: 1 / 0)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        replace_file(editor, image, telephone_photo("PNG"))
    assert files(media) == before


def test_a_bad_file_does_not_replace_a_good_one(editor, media):
    image = new_image()
    image.save()
    before = [(path, path.read_bytes()) for path in files(media / "original_images")]
    response = replace_file(editor, image, b"<svg/>")
    assert "kein Bild" in message_in_form(response)
    assert [(path, path.read_bytes()) for path in files(media / "original_images")] == before


def test_a_picture_deleted_for_good_leaves_no_file_and_until_then_only_its_own(
    editor, media, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        image = new_image()
        image.save()
    with django_capture_on_commit_callbacks(execute=True):
        editor.post(reverse("wagtailimages:delete", args=[image.pk]))
    assert [path.name for path in files(media)] == [Path(image.file.name).name]
    with django_capture_on_commit_callbacks(execute=True):
        TrashedItem.objects.get().remove()
    assert files(media) == []
    assert not SiteRendition.objects.filter(image_id=image.pk).exists()


def test_what_a_killed_process_left_behind_is_swept_away_after_days_and_nothing_else(
    editor, media, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        new_image().save()
    add_many(editor, "vergessen.jpg", telephone_photo("JPEG"))
    kept = set(files(media)) - set(files(media / "wagtail_uploads"))
    (media / "original_images" / "verwaist.jpg").write_bytes(b"x")
    adopt_media()
    assert remove_orphans() == ([], [])
    for path in files(media):
        os.utime(path, (time.time() - 90_000,) * 2)
    (media / "original_images" / "eben-erst.jpg").write_bytes(b"x")
    upload = UploadedFile.objects.get().file.name
    assert remove_orphans() == (["original_images/verwaist.jpg"], [])  # an upload waits longer for its details
    os.utime(media / upload, (time.time() - 8 * 86_400,) * 2)
    assert remove_orphans() == ([upload], [])
    assert set(files(media)) == kept | {media / "original_images" / "eben-erst.jpg", media / KEY_FILE}
    assert not UploadedFile.objects.exists()
