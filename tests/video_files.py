"""MP4 files as small as they can be, box by box (ISO/IEC 14496-12), so that no encoder is needed."""

from struct import pack

# Sequence and picture parameters of an H.264 stream, Main profile, as x264 writes them; the size stands in the boxes.
SPS = bytes.fromhex("674d401eeca0a0fd8088000003000800000301e078b16cb0")
PPS = bytes.fromhex("68ebecb2")
MATRIX = pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)


def box(kind: str, *parts: bytes, size: int | None = None) -> bytes:
    """Return a box; with `size` one that lies about its length."""
    content = b"".join(parts)
    return pack(">I", len(content) + 8 if size is None else size) + kind.encode("latin-1") + content


def full(kind: str, *parts: bytes) -> bytes:
    """Return a box with version and flags, both 0."""
    return box(kind, bytes(4), *parts)


def handler(kind: str, name: bytes) -> bytes:
    return full("hdlr", bytes(4), kind.encode(), bytes(12), name + b"\0")


def picture_entry(codec: str, width: int, height: int, profile: int) -> bytes:
    head = bytes(6) + pack(">H", 1) + bytes(16) + pack(">HHIIIH", width, height, 0x480000, 0x480000, 0, 1)
    sps = SPS[:1] + bytes([profile]) + SPS[2:]
    settings = bytes([1, profile, 0x40, 0x1E, 0xFF, 0xE1]) + pack(">H", len(sps)) + sps
    settings += b"\x01" + pack(">H", len(PPS)) + PPS
    return box(codec, head, bytes(32), pack(">Hh", 24, -1), box("avcC", settings) if codec == "avc1" else b"")


def sound_entry(codec: str) -> bytes:
    head = bytes(6) + pack(">H", 1) + bytes(8) + pack(">HHII", 2, 16, 0, (48000 << 16) & 0xFFFFFFFF)
    if codec != "mp4a":
        return box(codec, head)
    # ES descriptor: object type 0x40 (MPEG-4 audio), AAC-LC, 48 kHz, two channels.
    setup = bytes.fromhex("05021190")
    decoder = b"\x04" + bytes([13 + len(setup)]) + bytes([0x40, 0x15]) + bytes(3) + bytes(8) + setup
    descriptor = b"\x03" + bytes([3 + len(decoder) + 3]) + bytes([0, 2, 0]) + decoder + bytes.fromhex("060102")
    return box(codec, head, full("esds", descriptor))


def samples(entry: bytes, count: int, ticks: int, offset: int) -> bytes:
    return box(
        "stbl",
        full("stsd", pack(">I", 1), entry),
        full("stts", pack(">III", 1, count, ticks)),
        full("stsc", pack(">IIII", 1, 1, count, 1)),
        full("stsz", pack(">II", 8, count)),
        full("stco", pack(">II", 1, offset)),
    )


def track(number: int, kind: str, entry: bytes, size: tuple[int, int], timing: tuple[int, int, int]) -> bytes:
    scale, count, ticks = timing
    seconds = count * ticks * 1000 // scale
    head = full(
        "tkhd", pack(">IIIII", 0, 0, number, 0, seconds), bytes(8), pack(">hhhh", 0, 0, 0, 0), MATRIX,
        pack(">II", size[0] << 16, size[1] << 16),
    )  # fmt: skip
    head = head[:8] + b"\0\0\0\x07" + head[12:]  # enabled, in the movie and its preview
    media = full("mdhd", pack(">IIIIHH", 0, 0, scale, count * ticks, 0x55C4, 0))
    about = full("vmhd", bytes(8)) if kind == "vide" else full("smhd", bytes(4))
    data = box("dinf", full("dref", pack(">I", 1), box("url ", b"\0\0\0\x01")))
    name = b"VideoHandler" if kind == "vide" else b"SoundHandler"
    return box(
        "trak",
        head,
        box("mdia", media, handler(kind, name), box("minf", about, data, samples(entry, count, ticks, 48))),
    )


def mp4(
    width: int = 640, height: int = 480, rate: int = 25, seconds: int = 192, codec: str = "avc1",
    sound: str | None = None, profile: int = 0x4D, brand: bytes = b"isom",
) -> bytes:  # fmt: skip
    """Return an MP4 file of a film that has all its heads and, in place of pictures, zeros."""
    count = seconds * rate
    tracks = [track(1, "vide", picture_entry(codec, width, height, profile), (width, height), (rate * 512, count, 512))]
    if sound:
        entry = sound_entry(sound)
        tracks.append(track(2, "soun", entry, (0, 0), (48000, seconds * 48000 // 1024, 1024)))
    head = full(
        "mvhd", pack(">IIIIIH", 0, 0, 1000, seconds * 1000, 0x10000, 0x100), bytes(10), MATRIX, bytes(24),
        pack(">I", len(tracks) + 1),
    )  # fmt: skip
    kind = box("ftyp", brand, pack(">I", 512), b"isomavc1mp41")
    return kind + box("moov", head, *tracks) + box("mdat", bytes(8 * count))


def boxes(data: bytes) -> list[bytes]:
    """Return the outermost boxes of a well-made file."""
    found, at = [], 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 4])
        found.append(data[at : at + size])
        at += size
    return found
