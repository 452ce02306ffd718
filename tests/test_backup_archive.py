"""The file of a backup: whole it is read, and whatever is wrong with it is found before anything happens."""

import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from intmk.backup.archive import DUMP, FORMAT, KIND, MANIFEST, Archive, BackupError, Member, member_of, write

CONTENTS = {
    DUMP: b"PGDMP" * 7,
    "media/documents/papier.ab12cd34.pdf": b"%PDF" * 200,
    "media/images/leer.avif": b"",
    f"media/images/{'a' * 120}.avif": b"x",
}


@pytest.fixture
def backup(tmp_path) -> Path:
    return written(tmp_path, CONTENTS)


def written(folder: Path, contents: dict[str, bytes], **facts: object) -> Path:
    """A backup of these files, whatever they are called."""
    members = []
    for number, (name, content) in enumerate(contents.items()):
        path = folder / f"{number}"
        path.write_bytes(content)
        members.append((member_of(name, path), path))
    target = folder / "backup.tar"
    with target.open("wb") as file:
        write(file, {"moment": 1_790_000_000} | facts, members)
    return target


def read(path: Path, folder: Path | None = None) -> dict[str, bytes]:
    """Read a backup through, into a new folder if one is given; return what lies there then."""
    with path.open("rb") as file:
        archive = Archive(file)
        archive.unpack(lambda member: folder / str(archive.members.index(member)) if folder else None)
    return {member.name: (folder / str(index)).read_bytes() for index, member in enumerate(archive.members) if folder}


def test_what_was_put_in_comes_out_and_any_tar_shows_it(backup, tmp_path):
    target = tmp_path / "out"
    target.mkdir()
    assert read(backup, target) == CONTENTS
    with tarfile.open(backup) as tar:
        assert tar.getnames()[:-2] == [MANIFEST, *CONTENTS][:-1]  # a long name stands in the manifest only


@pytest.mark.parametrize("step", [17, pytest.param(1, marks=pytest.mark.audit)])
def test_each_single_flipped_byte_is_found(step, backup):
    size = backup.stat().st_size
    with backup.open("r+b") as file:
        for place in range(0, size, step):
            file.seek(place)
            right = file.read(1)
            file.seek(place)
            file.write(bytes([right[0] ^ 0x01]))
            file.flush()
            with pytest.raises(BackupError):
                read(backup)
            file.seek(place)
            file.write(right)
    read(backup)


def test_a_truncated_or_longer_file_is_refused_before_it_is_unpacked(backup):
    whole = backup.read_bytes()
    for length in (0, 1, 511, 512, 1000, len(whole) - 1024, len(whole) - 1):
        backup.write_bytes(whole[:length])
        with backup.open("rb") as file, pytest.raises(BackupError, match=r"unvollständig|keine Sicherung"):
            Archive(file)
    backup.write_bytes(whole + b"\0")
    with backup.open("rb") as file, pytest.raises(BackupError, match="beschädigt"):
        Archive(file)


def foreign_tar(*members: tuple[str, bytes, bytes]) -> bytes:
    """A tar archive of others: name, type and content."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, kind, content in members:
            info = tarfile.TarInfo(name)
            info.type, info.size, info.linkname = kind, len(content), "/etc/passwd"
            tar.addfile(info, io.BytesIO(content))
    return out.getvalue()


MANIFEST_OF_OTHERS = json.dumps({"kind": "Backup", "members": []}).encode()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x1f\x8b\x08" + bytes(2000),
        b"PGDMP" + bytes(2000),
        foreign_tar(("site/index.html", tarfile.REGTYPE, b"x")),
        foreign_tar((MANIFEST, tarfile.SYMTYPE, b"")),
        foreign_tar((MANIFEST, tarfile.REGTYPE, MANIFEST_OF_OTHERS)),
        foreign_tar((MANIFEST, tarfile.REGTYPE, b"[" * 100_000)),
        foreign_tar((MANIFEST, tarfile.REGTYPE, b"\xff")),
        foreign_tar(("../" * 80 + MANIFEST, tarfile.REGTYPE, b"{}")),
    ],
)
def test_a_foreign_file_is_refused_in_one_line(content, tmp_path):
    path = tmp_path / "backup.tar"
    path.write_bytes(content)
    with pytest.raises(BackupError) as refusal:
        read(path)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    "name",
    [
        "media/documents/../../../etc/passwd", "/etc/passwd", "../media/documents/a.pdf", "media/documents/..",
        "media/documents/.", "media/kennung.txt", "media/documents/a/b.pdf", "media/documents/a\nb.pdf", "secret-key",
        f"media/documents/{'a' * 201}",
    ],
)  # fmt: skip
def test_no_name_leads_out_of_the_folders_of_the_media(name, tmp_path):
    with pytest.raises(BackupError):
        read(written(tmp_path, {DUMP: b"x", name: b"x"}))


def replaced_header(change: Callable[[tarfile.TarInfo], None], path: Path) -> None:
    """Give the second file of a backup another header, which is a right one as such."""
    with tarfile.open(path) as tar:
        info = tar.getmembers()[2]
    change(info)
    with path.open("r+b") as file:
        file.seek(info.offset)
        file.write(info.tobuf(tarfile.USTAR_FORMAT))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_a_link_or_a_device_in_place_of_a_file_is_refused(kind, backup, tmp_path):
    replaced_header(lambda info: (setattr(info, "type", kind), setattr(info, "linkname", "/etc/passwd")), backup)
    target = tmp_path / "out"
    target.mkdir()
    with pytest.raises(BackupError, match="Kopf"):
        read(backup, target)
    assert [path.is_symlink() for path in target.iterdir()] == [False]  # only what came before it


def test_a_file_that_claims_to_be_huge_is_refused_by_its_length(tmp_path):
    rows = [list(Member(DUMP, 2**33 - 1, "0" * 64, 0))]
    text = json.dumps({"kind": KIND, "format": FORMAT, "members": rows}).encode()
    path = tmp_path / "backup.tar"
    path.write_bytes(Member(MANIFEST, len(text), "", 0).header + text + bytes(4096))
    with path.open("rb") as file, pytest.raises(BackupError, match="unvollständig"):
        Archive(file)


def test_a_form_of_later_programs_is_refused_as_such(backup):
    changed = backup.read_bytes().replace(b'"format": 1', b'"format": 2', 1)
    backup.write_bytes(changed)
    with backup.open("rb") as file, pytest.raises(BackupError, match="neueres"):
        Archive(file)


def test_a_file_that_changes_while_it_is_saved_makes_no_backup(tmp_path):
    path = tmp_path / "papier"
    path.write_bytes(b"vorher")
    member = member_of(DUMP, path)
    path.write_bytes(b"danach")
    with (tmp_path / "backup.tar").open("wb") as file, pytest.raises(BackupError, match="geändert"):
        write(file, {"moment": 0}, [(member, path)])
