"""Pictures as they come in: what is no picture is refused, what is one keeps its pixels and colours and nothing else.

Everything is stored as JPEG or PNG, which every program opens. A JPEG or PNG that stands upright keeps its very bytes,
apart from the parts with metadata; all else is encoded anew. Cleaning what is clean changes nothing.
"""

import threading
import warnings
from datetime import date, datetime
from io import BytesIO
from math import ceil
from typing import Any
from weakref import WeakSet

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.utils.formats import number_format
from PIL import ExifTags, Image, ImageCms, JpegImagePlugin
from pillow_heif import register_heif_opener

from intmk.language.day import today
from intmk.media.files import check_ending, check_size, safe_name
from intmk.media.images.metadata import JPEG, PNG, MovingPictureError, orientation, without_metadata

MAX_SIDE = 16_000  # WebP ends at 16,383
MAX_PROFILE = 64 * 1024  # it travels in every rendition
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "HEIF")
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# One picture of 40 megapixels takes up to 400 MB while it is decoded: one at a time in each process.
DECODING = threading.Lock()
CLEAN: WeakSet[File] = WeakSet()

register_heif_opener()
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)


def checked(file: File) -> File:
    """Return `file` as `cleaned_picture` does; raise ValidationError also for a wrong ending and for too many bytes."""
    if is_clean(file):
        return file
    check_ending(
        file,
        settings.WAGTAILIMAGES_EXTENSIONS,
        "Dateien mit der Endung „.%(ending)s“ werden nicht als Bild angenommen. "
        "Möglich sind JPEG, PNG, WebP, AVIF und HEIC.",
    )
    check_size(file, settings.WAGTAILIMAGES_MAX_UPLOAD_SIZE)
    return cleaned_picture(file)


def cleaned_picture(file: File) -> File:
    """Return a JPEG or PNG file with the pixels and the colour profile of `file`, upright, under an ASCII name.

    The file itself is returned when it has been here before. Raises ValidationError, in German, for all that is no
    picture, is damaged, moves, or is too large to decode.
    """
    if is_clean(file):
        return file
    file.seek(0)
    data, ending = clean_bytes(file.read())
    clean = ContentFile(data, name=safe_name(file.name or "", "bild", ending))
    CLEAN.add(clean)
    return clean


def clean_in_place(upload: Any) -> None:
    """Replace the bytes and the name of an uploaded file by those of `checked`; raise its ValidationError.

    In place, since Wagtail's multiple upload stores the file of the request, not the one of the form.
    """
    clean = checked(upload)
    if clean is upload:
        return
    upload.seek(0)
    upload.truncate()
    upload.write(clean.read())
    upload.flush()
    upload.seek(0)
    upload.name, upload.size = clean.name, clean.size
    upload.content_type = "image/png" if str(clean.name).endswith(".png") else "image/jpeg"
    CLEAN.add(upload)


def day_taken(file: File) -> date | None:
    """Return the day that the camera has noted in `file`, None for none, or one that nobody can have noted."""
    file.seek(0)
    try:
        with Image.open(file, formats=FORMATS) as image:
            noted = image.getexif().get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal]
        day = datetime.strptime(str(noted)[:10], "%Y:%m:%d").date()
    except Exception:  # it would only have saved some typing
        return None
    return day if day <= today() else None


def take_for_clean(file: File) -> None:
    """Have `file` not decoded once more: its bytes are known to be those that were cleaned before."""
    CLEAN.add(file)


def is_clean(file: File) -> bool:
    """Say whether `file` is one that this module has made."""
    return file in CLEAN


def clean_bytes(data: bytes) -> tuple[bytes, str]:
    """Return the picture `data` without metadata, and its ending ("jpg" or "png"); raise ValidationError."""
    try:
        exif, kept = without_metadata(data)
        with Image.open(BytesIO(kept), formats=FORMATS) as image:
            check_dimensions(image)
            with DECODING:
                image.load()
                check_dimensions(image)  # a HEIF may turn out larger than it says
                return upright_and_plain(image, data, kept, orientation(image, exif))
    except ValidationError:
        raise
    except MovingPictureError as error:
        raise moving() from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise too_many_pixels() from error
    except Image.UnidentifiedImageError as error:
        raise no_picture(data) from error
    except Exception as error:  # Pillow's plug-ins let through whatever a damaged file leads them to
        raise damaged_picture() from error


def upright_and_plain(image: Image.Image, data: bytes, kept: bytes, turned: int) -> tuple[bytes, str]:
    """Return the decoded `image` as bytes with ending: `kept` itself wherever its pixels can stay as they are."""
    is_png, is_jpeg = kept.startswith(PNG), kept.startswith(JPEG)
    profile = profile_space(image)
    stays = profile in (None, "RGB") and image.mode in ("1", "L", "LA", "P", "RGB", "RGBA") and turned not in UPRIGHT
    if (is_png or is_jpeg) and stays and (image.mode in ("P", "RGBA", "LA") or "transparency" not in image.info):
        useless = profile is None and image.info.get("icc_profile")
        return without_metadata(data, profile=False)[1] if useless else kept, "png" if is_png else "jpg"
    sampling = JpegImagePlugin.get_sampling(image) if is_jpeg else 2
    plain, icc = in_eight_bit_rgb(image, profile)
    if turned in UPRIGHT:
        plain = plain.transpose(UPRIGHT[turned])
    plain.info = {}
    out = BytesIO()
    if is_png or b"VP8L" in data[:64] or plain.mode == "RGBA":
        plain.save(out, "PNG", icc_profile=icc)
        return out.getvalue(), "png"
    plain.save(out, "JPEG", quality=95, subsampling=2 if sampling == 2 else 0, icc_profile=icc)
    return out.getvalue(), "jpg"


def in_eight_bit_rgb(image: Image.Image, profile: str | None) -> tuple[Image.Image, bytes | None]:
    """Return `image` as grey, RGB or, only where something shines through, RGBA; and the profile to keep.

    Profiles that are not for RGB or very large are spent: the picture is brought to sRGB.
    """
    icc = image.info.get("icc_profile") if profile else None
    if image.mode.startswith("I;16"):
        image = image.point(lambda value: value / 256).convert("L")
    if icc and profile == "convert":
        source = ImageCms.ImageCmsProfile(BytesIO(icc))
        transparency = image.convert("RGBA").getchannel("A") if image.has_transparency_data else None
        grey = source.profile.xcolor_space.strip() == "GRAY"
        image = image if image.mode == "CMYK" else image.convert("L" if grey else "RGB")
        srgb = ImageCms.createProfile("sRGB")
        image, icc = ImageCms.profileToProfile(image, source, srgb, outputMode="RGB") or image, None
        if transparency:
            image.putalpha(transparency)
    if image.has_transparency_data:
        see_through = image.convert("RGBA")
        if see_through.getchannel("A").histogram()[255] < image.width * image.height:
            return see_through, icc
    return image if image.mode in ("L", "RGB") else image.convert("RGB"), icc


def profile_space(image: Image.Image) -> str | None:
    """Return "RGB" for a profile that can stay, "convert" for one to be applied, None for none or a useless one."""
    raw = image.info.get("icc_profile")
    if not raw:
        return None
    try:
        space = ImageCms.ImageCmsProfile(BytesIO(raw)).profile.xcolor_space.strip()
    except (OSError, ImageCms.PyCMSError):
        return None
    fitting = {"CMYK": "CMYK", "L": "GRAY", "LA": "GRAY", "1": "GRAY", "I;16": "GRAY"}.get(image.mode, "RGB")
    if space != fitting:
        return None
    return "RGB" if space == "RGB" and len(raw) <= MAX_PROFILE else "convert"


def check_dimensions(image: Image.Image) -> None:
    """Raise ValidationError for too many pixels, a side that no format can hold, and pictures that move."""
    width, height = image.size
    if width * height > settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS:
        raise too_many_pixels(width * height)
    if max(width, height) > MAX_SIDE:
        raise ValidationError(
            "Das Bild ist %(width)s × %(height)s Pixel groß; keine Seite darf länger als %(most)s Pixel sein.",
            code="side_too_long",
            params={"width": width, "height": height, "most": MAX_SIDE},
        )
    # A HEIC of a telephone may hold a series, of which one is the picture; the others are films.
    if image.format != "HEIF" and getattr(image, "n_frames", 1) > 1:
        raise moving()


def too_many_pixels(pixels: int | None = None) -> ValidationError:
    size = f"{number_format(ceil(pixels / 1e5) / 10, 1)} Megapixel" if pixels else "zu viele Pixel"
    return ValidationError(
        "Das Bild hat %(size)s; erlaubt sind höchstens %(most)s Megapixel. Bitte verkleinern und erneut hochladen.",
        code="file_too_many_pixels",
        params={"size": size, "most": settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS // 1_000_000},
    )


def no_picture(data: bytes) -> ValidationError:
    if data[4:8] == b"ftyp" or data.startswith(b"RIFF"):
        return damaged_picture()
    return ValidationError(
        "Die Datei ist kein Bild, gleich wie sie heißt. Möglich sind JPEG, PNG, WebP, AVIF und HEIC.",
        code="invalid_image",
    )


def damaged_picture() -> ValidationError:
    return ValidationError(
        "Das Bild ist beschädigt oder unvollständig und lässt sich nicht öffnen. Bitte die Datei neu speichern.",
        code="invalid_image",
    )


def moving() -> ValidationError:
    return ValidationError(
        "Bewegte Bilder werden nicht angenommen. Bitte ein einzelnes Bild speichern.", code="animated"
    )
