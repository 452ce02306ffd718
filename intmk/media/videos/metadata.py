"""What the head of an MP4 file says, read by a process of its own that can neither hang nor fill the machine.

Videos come from outside, and MediaInfo is a large program in C++. So this file is also the program that
intmk/media/sandbox.py runs; it writes one line of JSON. Nothing is decoded.
"""

import json
import os
import sys
from dataclasses import dataclass
from typing import Any

from intmk.media import sandbox

SECONDS = 10.0
OUTPUT = 64 * 1024  # bytes
LONGEST = 24 * 3600 * 1000  # milliseconds; beyond, what is said cannot be true of a file that we take


@dataclass(frozen=True)
class VideoReading:
    """What a file says of its film.

    state: "read"; or why there is nothing else: "other" (no MP4), "broken" (cut off, or its parts do not fit together),
    "unread" (nothing within the limits). codec, profile: e.g. "avc1" and "High@L4"; "" when unknown. sound: the format
    of its sound, e.g. "AAC", "" without. width, height: as shown, 0 when unknown, like rate (pictures a second).
    """

    state: str
    codec: str = ""
    profile: str = ""
    width: int = 0
    height: int = 0
    rate: float = 0.0
    milliseconds: int = 0
    sound: str = ""


def read_video(content: Any, seconds: float = SECONDS) -> VideoReading:
    """Return what the file `content` says within `seconds`; never raises for its content.

    The position in `content` is put back to its start.
    """
    return video_reading_from(sandbox.output_of(__file__, content, seconds, OUTPUT))


def video_reading_from(line: bytes) -> VideoReading:
    """Return what the line of the other process says; state "unread" unless all of it is as agreed."""
    try:
        said = json.loads(line.decode())
    except (ValueError, RecursionError):
        return VideoReading("unread")
    if not isinstance(said, dict):
        return VideoReading("unread")
    if said.get("state") in ("other", "broken"):
        return VideoReading(said["state"])
    words: dict[str, Any] = {name: said.get(name) for name in ("codec", "profile", "sound")}
    numbers: dict[str, Any] = {name: said.get(name) for name in ("width", "height", "milliseconds")}
    rate = said.get("rate")
    if (
        said.get("state") != "read"
        or not all(isinstance(word, str) and len(word) <= 60 for word in words.values())
        or not all(type(number) is int and 0 <= number <= LONGEST for number in numbers.values())
        or not isinstance(rate, float)
        or not 0 <= rate <= 1000
    ):
        return VideoReading("unread")
    return VideoReading("read", rate=rate, **words, **numbers)


def main() -> dict[str, Any]:
    """Return what the MP4 file on standard input says, with the names of VideoReading."""
    from pymediainfo import MediaInfo

    file = sys.stdin.buffer
    if file.read(8)[4:] != b"ftyp":
        return {"state": "other"}
    if not boxes_fit(file):
        return {"state": "broken"}
    file.seek(0)
    tracks = [track.to_data() for track in MediaInfo.parse(file).tracks]
    general = next((track for track in tracks if track["track_type"] == "General"), {})
    if general.get("format") != "MPEG-4" or general.get("format_profile") == "QuickTime":
        return {"state": "other"}
    film = next((track for track in tracks if track["track_type"] == "Video"), None)
    if film is None or general.get("istruncated") == "Yes":
        return {"state": "broken"}
    sound = next((track for track in tracks if track["track_type"] == "Audio"), None)
    width, height = media_number(film.get("width")), media_number(film.get("height"))
    if media_number(film.get("rotation")) in (90, 270):
        width, height = height, width
    return {
        "state": "read",
        "codec": str(film.get("codec_id", ""))[:60],
        "profile": str(film.get("format_profile", ""))[:60],
        "width": int(width),
        "height": int(height),
        "rate": media_number(film.get("frame_rate")),
        "milliseconds": int(media_number(film.get("duration"))),
        "sound": str(sound.get("format") or "unbekannt")[:60] if sound else "",
    }


def boxes_fit(file: Any) -> bool:
    """Say whether the outermost boxes (ISO/IEC 14496-12) fill the file exactly, and film and its table are there."""
    end, at, kinds = file.seek(0, os.SEEK_END), 0, set()
    while at < end:
        file.seek(at)
        head = file.read(16)
        size = int.from_bytes(head[:4], "big")
        if size == 1:  # the size follows in eight bytes
            size = int.from_bytes(head[8:16], "big")
        elif size == 0:  # to the end of the file
            size = end - at
        if len(head) < 8 or size < 8 or at + size > end:
            return False
        kinds.add(head[4:8])
        at += size
    return {b"moov", b"mdat"} <= kinds


def media_number(value: Any) -> float:
    """Return a number of MediaInfo, which may come as a word; 0.0 for none."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return 0.0


if __name__ == "__main__":
    print(json.dumps(main()), flush=True)
