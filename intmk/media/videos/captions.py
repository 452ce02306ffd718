"""Captions as WebVTT (https://www.w3.org/TR/webvtt1/): what an editor's file must be like so that browsers show it."""

import re

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.utils.text import normalize_newlines

from intmk.media.files import check_size

LARGEST = 512 * 1024  # bytes; two hours of speech are about 150 KB
TIME = r"((?:\d{2,}:)?[0-5]\d:[0-5]\d\.\d{3})"
TIMING = re.compile(rf"{TIME}[ \t]+-->[ \t]+{TIME}(?:[ \t]+\S.*)?")
NO_CUES = ("NOTE", "STYLE", "REGION")


def captions_text(file: File) -> str:
    """Return the text of an uploaded file; raise ValidationError, in German, for one that is no WebVTT."""
    if not (file.name or "").lower().endswith(".vtt"):
        raise ValidationError("Untertitel brauchen die Endung „.vtt“ (WebVTT).", code="invalid_extension")
    check_size(file, LARGEST)
    file.seek(0)
    try:
        text = file.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValidationError("Die Untertitel sind nicht in UTF-8 gespeichert.", code="encoding") from None
    check_captions(text)
    return with_line_feeds(text)


def with_line_feeds(text: str) -> str:
    """Return `text` with line feeds only, as it is stored and served."""
    return normalize_newlines(text.removeprefix("\ufeff")).strip() + "\n"


def check_captions(text: str) -> None:
    """Raise ValidationError, in German, naming the line, unless `text` is WebVTT with at least one cue."""
    if len(text.encode()) > LARGEST:
        raise ValidationError("Die Untertitel sind zu lang (mehr als 512 KB).", code="file_too_large")
    if "\x00" in text:
        raise ValidationError("Die Untertitel enthalten Zeichen, die kein Text sind.", code="encoding")
    starts = cue_starts(text)
    if not starts:
        raise ValidationError("Die Untertitel enthalten keine einzige Einblendung.", code="no_cues")


def cue_starts(text: str) -> list[float]:
    """Return when each cue begins, in seconds; raise the ValidationError of `check_captions` if it cannot."""
    lines = with_line_feeds(text).split("\n")
    if not re.fullmatch(r"WEBVTT(?:[ \t].*)?", lines[0]):
        raise ValidationError("Untertitel beginnen mit der Zeile „WEBVTT“.", code="no_webvtt")
    starts: list[float] = []
    for first, block in blocks_of(lines):
        if block[0].startswith(NO_CUES) and "-->" not in block[0]:
            continue
        place = 0 if "-->" in block[0] else 1  # a cue may have a name
        found = TIMING.fullmatch(block[place].strip()) if place < len(block) else None
        if found is None:
            raise wrong(first + min(place, len(block) - 1), "Eine Zeit sieht so aus: 00:00:01.000 --> 00:00:04.000.")
        start, end = seconds(found[1]), seconds(found[2])
        if end <= start:
            raise wrong(first + place, "Das Ende liegt nicht nach dem Anfang.")
        if starts and start < starts[-1]:
            raise wrong(first + place, "Die Einblendung beginnt vor der vorigen.")
        if not "".join(block[place + 1 :]).strip():
            raise wrong(first + place, "Zu dieser Zeit fehlt der Text.")
        starts.append(start)
    return starts


def blocks_of(lines: list[str]) -> list[tuple[int, list[str]]]:
    """Return what stands between empty lines after the head, each with the number of its first line, from 1."""
    found: list[tuple[int, list[str]]] = []
    is_open = True  # the head, which may have lines of its own
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            is_open = False
        elif is_open and found:
            found[-1][1].append(line)
        elif not is_open:
            found.append((number, [line]))
            is_open = True
    return found


def seconds(time: str) -> float:
    """Return "01:02:03.500" or "02:03.500" in seconds."""
    hours, minutes, rest = f"0:{time}".split(":")[-3:]
    return int(hours) * 3600 + int(minutes) * 60 + float(rest)


def wrong(line: int, message: str) -> ValidationError:
    return ValidationError(
        "Untertitel, Zeile %(line)s: %(message)s", code="syntax", params={"line": line, "message": message}
    )
