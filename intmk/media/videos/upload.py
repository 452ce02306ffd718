"""Videos as they come in: MP4 with H.264, which every browser plays, and good enough to read signs from."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.utils.formats import number_format

from intmk.media.files import check_ending, check_size
from intmk.media.videos.metadata import VideoReading

# BITV 2.0, Anlage 2 Teil 1 (videos in Deutsche Gebärdensprache), numbers 5 and 6.
LEAST_WIDTH, LEAST_HEIGHT = 320, 240
LEAST_RATE = 25
TOLERANCE = 0.05  # an average over the whole film can be a little off
# 8 bits and 4:2:0; what is beyond (High 10, High 4:2:2 …) no browser plays.
PROFILES = ("Baseline", "Constrained Baseline", "Main", "Extended", "High", "Constrained High", "Progressive High")
SOUNDS = ("AAC", "MPEG Audio")

REFUSED = {
    "other": "Die Datei ist kein MP4-Video, gleich wie sie heißt. Bitte den Film als MP4 mit H.264 speichern.",
    "broken": "Das Video ist beschädigt oder unvollständig. Bitte die Datei neu speichern und noch einmal hochladen.",
    "unread": "Das Video ließ sich nicht lesen. Bitte den Film als MP4 mit H.264 neu speichern.",
}


def check_file(file: File) -> None:
    """Raise ValidationError, in German, for a wrong ending, and for a file that is empty or too large."""
    if getattr(file, "_committed", False):
        return
    check_ending(file, ["mp4"], "Dateien mit der Endung „.%(ending)s“ werden nicht angenommen. Möglich ist: mp4.")
    check_size(file, settings.VIDEO_MAX_UPLOAD_SIZE)


def check_video_reading(reading: VideoReading) -> None:
    """Raise ValidationError, in German, for what browsers do not play or signs cannot be read from."""
    if reading.state != "read":
        raise ValidationError(REFUSED[reading.state], code=reading.state)
    if reading.codec != "avc1" or reading.profile.partition("@")[0] not in PROFILES:
        raise ValidationError(
            "Die Bilder sind nicht so gespeichert, dass jeder Browser sie zeigt (%(found)s). Bitte mit H.264, 8 Bit "
            "und 4:2:0 speichern.",
            code="codec",
            params={"found": f"{reading.codec} {reading.profile}".strip() or "unbekannt"},
        )
    if reading.sound and reading.sound not in SOUNDS:
        raise ValidationError(
            "Der Ton ist nicht so gespeichert, dass jeder Browser ihn abspielt (%(found)s). Bitte mit AAC speichern.",
            code="sound",
            params={"found": reading.sound},
        )
    if reading.width < LEAST_WIDTH or reading.height < LEAST_HEIGHT:
        raise ValidationError(
            "Das Video ist %(width)s × %(height)s Pixel groß. Nötig sind mindestens %(least)s Pixel.",
            code="too_small",
            params={
                "width": reading.width,
                "height": reading.height,
                "least": f"{LEAST_WIDTH} × {LEAST_HEIGHT}",
            },
        )
    if reading.milliseconds <= 0:
        raise ValidationError("Das Video hat keine Länge.", code="no_length")
    if reading.rate < LEAST_RATE - TOLERANCE:
        raise ValidationError(
            "Das Video hat %(rate)s Bilder in der Sekunde. Nötig sind mindestens %(least)s.",
            code="too_slow",
            params={"rate": number_format(reading.rate, 2), "least": LEAST_RATE},
        )
