"""JPEG and PNG files without anything but the picture: the parts with pixels and colours are copied, byte for byte.

Pillow would decode and encode again, which costs a JPEG some sharpness each time; programs that copy are no library.
"""

import re
from collections.abc import Iterator

from PIL import Image

JPEG, PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
ORIENTATION = 0x0112
MAX_SCANS = 50  # each costs a pass over all pixels; cameras and editors write one to twelve
END_OF_IMAGE, START_OF_SCAN, JFIF, EXIF, ICC, ADOBE = 0xD9, 0xDA, 0xE0, 0xE1, 0xE2, 0xEE
# Frames, tables and scans; of the application's own segments only those that colours depend on.
JPEG_PARTS = {*range(0xC0, 0xD0), START_OF_SCAN, 0xDB, 0xDC, 0xDD} - {0xC8}
PNG_PARTS = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"cHRM", b"gAMA", b"sRGB", b"sBIT", b"pHYs"}
NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]", re.DOTALL)


class BrokenPictureError(Exception):
    """The bytes end too early or do not fit together."""


class MovingPictureError(Exception):
    """The picture is a film."""


def without_metadata(data: bytes, profile: bool = True) -> tuple[bytes, bytes]:
    """Return the EXIF block (or b"") of a JPEG or PNG, and its bytes without anything but the picture itself.

    What follows the picture in the file (films, second pictures, archives) goes, too. `profile=False` leaves the colour
    profile out. Other formats are returned as they are. Raises BrokenPictureError or MovingPictureError.
    """
    if data.startswith(JPEG):
        return jpeg_without_metadata(data, profile)
    if data.startswith(PNG):
        return png_without_metadata(data, profile)
    return b"", data


def jpeg_without_metadata(data: bytes, profile: bool) -> tuple[bytes, bytes]:
    """Do what without_metadata says for a JPEG."""
    exif, kept = b"", [data[:2]]
    for code, segment in jpeg_segments(data):
        body = segment[4:]
        if code == EXIF and body.startswith(b"Exif\0\0"):
            exif = exif or body
        elif code == JFIF and body.startswith(b"JFIF\0") and len(body) >= 14:
            kept.append(b"\xff\xe0\x00\x10" + body[:12] + b"\0\0")  # its thumbnail goes
        elif code == ADOBE and body.startswith(b"Adobe") and len(body) >= 12:
            kept.append(b"\xff\xee\x00\x0e" + body[:12])
        elif code in JPEG_PARTS or (profile and code == ICC and body.startswith(b"ICC_PROFILE\0")):
            kept.append(segment)
    return exif, b"".join([*kept, b"\xff\xd9"])


def jpeg_segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield marker and bytes of each segment up to the end of the image, scans with what they scan."""
    position, scans = 2, 0
    while True:
        position = data.find(b"\xff", position)
        while data[position + 1 : position + 2] == b"\xff":
            position += 1
        if position < 0 or position + 4 > len(data) + 2 or scans > MAX_SCANS:
            raise BrokenPictureError
        code = data[position + 1]
        if code == END_OF_IMAGE:
            return
        length = int.from_bytes(data[position + 2 : position + 4])
        end = position + 2 + length
        if length < 2 or end > len(data):
            raise BrokenPictureError
        if code == START_OF_SCAN:
            scans += 1
            following = NEXT_MARKER.search(data, end)
            if following is None:
                raise BrokenPictureError
            end = following.start()
        yield code, data[position:end]
        position = end


def png_without_metadata(data: bytes, profile: bool) -> tuple[bytes, bytes]:
    """Do what without_metadata says for a PNG."""
    essential = PNG_PARTS | {b"iCCP", b"cICP"} if profile else PNG_PARTS
    exif, kept, position, kind = b"", [PNG], len(PNG), b""
    while kind != b"IEND":
        end = position + 12 + int.from_bytes(data[position : position + 4])
        kind = data[position + 4 : position + 8]
        if end > len(data):
            raise BrokenPictureError
        if kind == b"acTL":
            raise MovingPictureError
        if kind == b"eXIf":
            exif = data[position + 8 : end - 4]
        if kind in essential:
            kept.append(data[position:end])
        position = end
    return exif, b"".join(kept)


def orientation(image: Image.Image, exif: bytes) -> int:
    """Return how the camera was held (EXIF 1 to 8): from `exif`, else from what the decoder says."""
    try:
        if not exif:
            return image.getexif().get(ORIENTATION, 1)
        tags = Image.Exif()
        tags.load(exif)
        return tags.get(ORIENTATION, 1)
    except Exception:  # damaged metadata do not make a picture bad: they go anyway
        return 1
