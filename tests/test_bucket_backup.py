"""A backup carries all uploaded files out of a bucket, and a restore brings them back into any: all or nothing."""

import contextlib
import hashlib
import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from intmk.server import restore_in_bucket
from intmk.server.media_bucket import MediaBucket
from intmk.server.media_settings import bucket_options
from tests.s3_server import Storage, s3_server
from tests.serving import copy_state, free_port, served_once
from tests.test_backup_restored import environment_of, folder, manage, manifest  # noqa: F401 (a fixture)

pytestmark = pytest.mark.audit

STATE = """
import json
from intmk.media.orphans import media_are_ours, named_files, stored_files
assert media_are_ours()
print(json.dumps([sorted(named_files() - stored_files().keys()), sorted(stored_files())]))
"""

FILL = """
from io import BytesIO
from types import SimpleNamespace
from PIL import Image
from django.core.files.base import ContentFile
from intmk.media.documents.models import SiteDocument
from intmk.media.images import models
from intmk.media.images.models import SiteImage
from tests.pdf_files import text_pdf
models.make_renditions = SimpleNamespace(enqueue=lambda pk: None)  # a thread would make them at the same time
for number in range(3):
    SiteDocument.objects.create(title=f"Papier {number}", file=ContentFile(text_pdf(f"{number}"), name="p.pdf"))
content = BytesIO()
Image.new("RGB", (800, 600), "navy").save(content, "JPEG")
picture = SiteImage(title="Bild", description="Ein blaues Rechteck.", credit="Test")
picture.file = ContentFile(content.getvalue(), name="b.jpg")
picture.save()
picture.make_renditions()
"""


@pytest.fixture(scope="module")
def storage() -> Iterator[Storage]:
    with s3_server() as running:
        yield running


def checksums(storage: Storage, bucket: str, prefix: str = "media/") -> dict[str, str]:
    """The files of a bucket below a prefix, by their names there."""
    return {
        name.removeprefix(prefix): hashlib.sha256(
            storage.client.get_object(Bucket=bucket, Key=name)["Body"].read()
        ).hexdigest()
        for name in storage.names(bucket, prefix)
    }


def checksums_in(media: Path) -> dict[str, str]:
    paths = (path for path in media.rglob("*") if path.is_file())
    return {str(path.relative_to(media)): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def new_var(folder: Path, name: str) -> Path:  # noqa: F811
    var = folder / name
    var.mkdir()
    var.chmod(0o755)
    return var


def test_a_site_moves_from_a_bucket_into_another_and_into_a_folder_with_all_its_files(storage, folder):  # noqa: F811
    var, port = new_var(folder, "source"), free_port()
    copy_state(served_once(), var)
    of_bucket = storage.new_bucket("medien")
    storage.fill("medien", var / "media")
    (var / "media").rename(var / "no-media")
    environment = environment_of(var, port, **of_bucket)
    manage(environment, "shell", "-v", "0", "-c", FILL)
    before = checksums(storage, "medien")
    assert {name.partition("/")[0] for name in before} == {"documents", "original_images", "images", "kennung.txt"}
    backup = folder / "backup.tar"
    manage(environment, "backup", backup)
    assert manifest(backup)["missing"] == []
    assert {name.removeprefix("media/") for name, *_ in manifest(backup)["members"][1:]} == before.keys() - {
        "kennung.txt"
    }
    assert "ist in Ordnung" in manage(environment, "backup", "--verify", backup)
    assert not list(var.glob(".backup-*"))
    assert not (var / "media").exists()

    further = storage.new_bucket("anderswo")
    environment = environment_of(new_var(folder, "second"), port, **further)
    manage(environment, "restore", backup)
    assert checksums(storage, "anderswo") == before
    assert storage.names("anderswo", "restore-") == set()
    missing, files = json.loads(manage(environment, "shell", "-v", "0", "-c", STATE))
    assert (missing, {*files}) == ([], before.keys() - {"kennung.txt"})

    # Once more, over files that are none of the backup's: they lie in quarantine.
    gone = next(name for name in before if name.startswith("original_images/"))
    storage.client.delete_object(Bucket="anderswo", Key=f"media/{gone}")
    storage.client.put_object(Bucket="anderswo", Key="media/documents/neu.pdf", Body=b"neu")
    told = manage(environment, "restore", backup, "--replace")
    assert checksums(storage, "anderswo") == before
    (aside,) = storage.names("anderswo", "quarantine/")
    assert "-restore-" in aside
    assert aside.endswith("/documents/neu.pdf")
    assert "s3://anderswo/quarantine" in told

    var = new_var(folder, "into a folder")
    manage(environment_of(var, port), "restore", backup)
    assert checksums_in(var / "media") == before


class KilledError(Exception):
    """Stands for the end of the process."""


OLD = {"documents/bleibt": b"gleich", "documents/geht": b"alt", "images/anders": b"alt", "kennung.txt": b"alt"}
NEW = {"documents/bleibt": b"gleich", "images/kommt": b"neu", "images/anders": b"neu", "kennung.txt": b"neu"}


@pytest.fixture
def marked(monkeypatch) -> list[str]:
    """The tokens that the database bears."""
    found: list[str] = []
    monkeypatch.setattr(restore_in_bucket, "is_marked", lambda connection, token: token in found)
    monkeypatch.setattr(restore_in_bucket.direct_connection, "connect", lambda database: contextlib.nullcontext())
    return found


@pytest.fixture
def bucket(storage, request, tmp_path) -> MediaBucket:
    """A bucket with the files of one site, into which those of another have been brought."""
    name = f"fall-{abs(hash(request.node.name))}"
    found = MediaBucket(**bucket_options(environment=storage.new_bucket(name)))
    for each, content in OLD.items():
        found.put(f"media/{each}", BytesIO(content))
    for each, content in NEW.items():
        (tmp_path / each).parent.mkdir(exist_ok=True)
        (tmp_path / each).write_bytes(content)
    restore_in_bucket.bring(found, tmp_path, "ab12")
    return found


def contents(bucket: MediaBucket, prefix: str) -> dict[str, bytes]:
    return {name.removeprefix(prefix): bucket.text(name).encode() for name in bucket.objects(prefix)}


def test_what_was_brought_without_its_database_goes_and_only_to_whom_it_belongs(bucket, marked):
    assert not restore_in_bucket.waits_in_bucket(bucket, {})
    assert not restore_in_bucket.finish_in_bucket(bucket, {})  # it may be on its way on another machine
    assert bucket.objects("restore-")
    assert not restore_in_bucket.finish_in_bucket(bucket, {}, "ab12")
    assert not bucket.objects("restore-")
    assert contents(bucket, "media/") == OLD


@pytest.mark.parametrize("killed_at", [*range(13), 99])
def test_a_restore_that_is_killed_on_the_way_is_brought_to_its_end(killed_at, bucket, marked, monkeypatch):
    marked.append("ab12")
    assert restore_in_bucket.waits_in_bucket(bucket, {})
    done = []

    def counted(method):
        def called(*args):
            done.append(args)
            if len(done) > killed_at:
                raise KilledError
            return method(*args)

        return called

    with monkeypatch.context() as patched:
        patched.setattr(bucket, "copy", counted(bucket.copy))
        patched.setattr(bucket, "drop", counted(bucket.drop))
        with contextlib.suppress(KilledError):
            restore_in_bucket.finish_in_bucket(bucket, {})
    restore_in_bucket.finish_in_bucket(bucket, {})
    assert contents(bucket, "media/") == NEW
    assert not bucket.objects("restore-")
    aside = {name.partition("/")[2]: content for name, content in contents(bucket, "quarantine/").items()}
    assert aside == {"documents/geht": b"alt", "images/anders": b"alt"}
    assert not restore_in_bucket.waits_in_bucket(bucket, {})
