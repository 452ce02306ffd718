"""Uploaded files in a bucket: the same as in the folder. The server is moto, which answers as S3 does (s3_server)."""

import gc
import logging
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
import time_machine
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from PIL import Image
from wagtail.models import Collection, UploadedFile

from intmk.backup import making
from intmk.backup.archive import BackupError
from intmk.doctor import contents, machine
from intmk.doctor.findings import State
from intmk.media.documents.models import SiteDocument
from intmk.media.images.models import SiteImage, SiteRendition
from intmk.media.orphans import adopt_media, media_are_ours, stored_files
from intmk.server import media_bucket
from intmk.server.media_settings import VARIABLES, bucket_options
from intmk.server.site_identity import SiteIdentity
from intmk.users.models import User
from tests.pdf_files import text_pdf
from tests.s3_server import Storage, s3_server

WHOLE = {"BUCKET": "medien", "KEY_ID": "a", "SECRET": "b", "ENDPOINT": "https://s3.example.org"}


def options(**given: str) -> dict[str, str] | None:
    return bucket_options(environment={f"INTMK_MEDIA_S3_{name}": value for name, value in given.items()})


def test_without_a_bucket_files_lie_in_the_folder():
    assert options() is None
    assert options(BUCKET="", ENDPOINT=" ") is None


def test_a_bucket_is_told_by_its_variables():
    assert options(**WHOLE) == {
        "bucket_name": "medien", "access_key": "a", "secret_key": "b", "endpoint_url": "https://s3.example.org",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"SECRET": ""}, "INTMK_MEDIA_S3_SECRET (siehe"),
        ({"BUCKET": ""}, "gehört auch INTMK_MEDIA_S3_BUCKET"),
        ({"BUCKET": "s3://medien/ordner"}, "ist der Name des Buckets allein"),
        ({"ENDPOINT": "s3.example.org"}, "ist eine Adresse wie"),
        ({"ENDPOINT": "https://a:b@s3.example.org"}, "ist eine Adresse wie"),
        ({"PREFIX": "x"}, "INTMK_MEDIA_S3_PREFIX gibt es nicht"),
    ],
)
def test_half_of_a_bucket_is_refused_in_one_line(changed, said):
    with pytest.raises(ImproperlyConfigured) as refused:
        options(**WHOLE | changed)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_each_variable_is_one_that_the_storage_knows():
    assert set(VARIABLES.values()) <= set(media_bucket.S3Storage().get_default_settings())


# --- With a server --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def storage() -> Iterator[Storage]:
    with s3_server() as running:
        yield running


@pytest.fixture
def bucket(storage, settings, db) -> str:
    """An empty bucket in which the files of this test lie, in a database that names none yet."""
    name = f"probe-{time.monotonic_ns()}"
    use(settings, storage.new_bucket(name))
    SiteIdentity.objects.all().delete()
    UploadedFile.objects.all().delete()
    SiteRendition.objects.all().delete()
    SiteImage.objects.all().delete()
    assert media_are_ours()
    return name


def use(settings, environment: dict[str, str]) -> None:
    settings.MEDIA_BUCKET = bucket_options(environment=environment)
    of_media = {"BACKEND": "intmk.media.bucket_storage.BucketStorage", "OPTIONS": settings.MEDIA_BUCKET}
    settings.STORAGES = settings.STORAGES | {"default": of_media}


def paper(**about) -> SiteDocument:
    return SiteDocument.objects.create(title="Papier", file=ContentFile(text_pdf("Hallo"), "p.pdf"), **about)


def photo(**about) -> SiteImage:
    about = {"description": "Ein blaues Rechteck.", "credit": "Test", "title": "Bild"} | about
    content = BytesIO()
    Image.new("RGB", (800, 600), "navy").save(content, "JPEG")
    return SiteImage.objects.create(file=ContentFile(content.getvalue(), "bild.jpg"), **about)


def public() -> dict:
    return {"released": True, "collection": Collection.get_first_root_node()}


def objects(storage: Storage, bucket: str) -> set[str]:
    """What lies there beside the key and the probe of writing."""
    return storage.names(bucket) - {"media/kennung.txt", "schreibprobe.txt"}


@pytest.mark.audit
def test_a_file_comes_and_goes_with_its_row(bucket, storage, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        found = paper()
    assert objects(storage, bucket) == {f"media/{found.file.name}"}
    with transaction.atomic():
        paper()
        transaction.set_rollback(True)
    gc.collect()
    assert objects(storage, bucket) == {f"media/{found.file.name}"}
    with django_capture_on_commit_callbacks(execute=True):
        found.delete()
    assert objects(storage, bucket) == set()


@pytest.mark.audit
def test_pictures_and_documents_are_served_whole_in_parts_and_not_at_all(
    bucket, storage, reader, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        shown, hidden, picture = paper(**public()), paper(), photo(**public())
    answer = reader.get(shown.url)
    whole = b"".join(answer)
    assert (answer.status_code, whole[:5]) == (200, b"%PDF-")
    assert answer["Content-Length"] == str(len(whole))
    part = reader.get(shown.url, HTTP_RANGE="bytes=5-9")
    assert (part.status_code, b"".join(part)) == (206, whole[5:10])
    assert b"".join(reader.get(shown.url, HTTP_RANGE="bytes=-7")) == whole[-7:]
    assert reader.get(shown.url, HTTP_RANGE=f"bytes={len(whole)}-").status_code == 416
    assert reader.get(shown.url, HTTP_IF_NONE_MATCH=answer["ETag"]).status_code == 304
    assert reader.head(shown.url).status_code == 200
    assert reader.get(hidden.url).status_code == 404
    assert b"".join(reader.get(picture.download_url))[:2] == b"\xff\xd8"
    rendition = picture.renditions.first()
    assert rendition.url == f"/media/{rendition.file.name}"
    answer = reader.get(rendition.url)
    assert answer.status_code == 200
    assert len(b"".join(answer)) == rendition.file.size
    assert "immutable" in answer["Cache-Control"]
    assert reader.get("/media/images/gibt-es-nicht.jpg").status_code == 404
    assert reader.get(f"/media/{picture.file.name}").status_code == 404
    storage.client.delete_object(Bucket=bucket, Key=f"media/{shown.file.name}")
    assert reader.get(shown.url).status_code == 404


@pytest.mark.audit
def test_an_editor_gets_what_readers_do_not(bucket, admin):
    hidden = paper()
    assert b"".join(admin.get(f"/admin/vorschlag/dokument/{hidden.pk}/"))[:5] == b"%PDF-"


@pytest.fixture
def admin(db) -> Client:
    client = Client(HTTP_HOST="localhost", raise_request_exception=False)
    client.force_login(User.objects.create_superuser("chefin", password="ein langes Passwort 1"))
    return client


@pytest.mark.audit
def test_what_nobody_owns_is_put_aside_comes_back_and_goes_after_thirty_days(bucket, storage, capsys):
    kept = paper()
    stray, other = ("documents/verwaist.pdf", "documents/noch-eins.pdf")
    for name in (stray, other):
        storage.client.put_object(Bucket=bucket, Key=f"media/{name}", Body=b"x")
    call_command("remove_orphans")
    assert {stray, other} <= stored_files().keys()  # it is too young
    with time_machine.travel(datetime.now(UTC) + timedelta(days=2), tick=False):
        call_command("remove_orphans")
    assert stored_files().keys() == {kept.file.name}
    aside = {name for name in objects(storage, bucket) if name.startswith("quarantine/")}
    assert {name.split("/", 2)[2] for name in aside} == {stray, other}
    assert f"s3://{bucket}/quarantine" in capsys.readouterr().out
    SiteDocument.objects.filter(pk=kept.pk).update(file=stray)  # a database that names it
    with time_machine.travel(datetime.now(UTC) + timedelta(days=3), tick=False):
        call_command("remove_orphans")
    assert stray in stored_files()
    with time_machine.travel(datetime.now(UTC) + timedelta(days=40), tick=False):
        call_command("remove_orphans")
    assert not any(other in name for name in objects(storage, bucket))


@pytest.mark.audit
def test_the_bucket_of_another_site_is_left_alone(bucket, storage, reader, admin):
    found = paper()
    SiteIdentity.objects.all().delete()
    SiteIdentity.objects.create(pk=1)
    before = storage.names(bucket)
    assert not media_are_ours()
    with pytest.raises(CommandError, match=f"s3://{bucket}/media tragen nicht die Kennung"):
        call_command("remove_orphans")
    found.file.storage.delete(found.file.name)
    assert storage.names(bucket) == before
    assert f"s3://{bucket}/media gehören nicht" in reader.get("/bereit/").content.decode()
    adopt_media()
    assert media_are_ours()
    assert reader.get("/bereit/").status_code == 200


@pytest.mark.audit
def test_a_backup_is_refused_where_the_copies_of_its_files_have_no_room(bucket, tmp_path, monkeypatch):
    found = paper()
    with making.second_names(tmp_path) as links:
        making.refuse_large_copies(links)
        making.link_all(tmp_path, links)
        assert (links / found.file.name).read_bytes()[:5] == b"%PDF-"
        assert not making.has_link(tmp_path, links, "documents/nie-da")
        monkeypatch.setattr(making, "RESERVE", 2**60)
        with pytest.raises(BackupError, match=f"für die Dateien aus s3://{bucket}/media"):
            making.refuse_large_copies(links)


@pytest.mark.audit
def test_the_doctor_tells_of_the_bucket_and_of_what_it_lacks(bucket, storage, settings):
    found = paper()
    assert [each.state for each in machine.bucket_takes_files()] == [State.GREEN]
    assert [each.state for each in contents.files_are_there()] == [State.GREEN]
    storage.client.delete_object(Bucket=bucket, Key=f"media/{found.file.name}")
    (missing,) = contents.files_are_there()
    assert (missing.state, found.file.name in missing.text) == (State.RED, True)
    environment = storage.new_bucket(f"{bucket}-anders")
    use(settings, environment | {"INTMK_MEDIA_S3_BUCKET": "gibt-es-nicht"})
    (refused,) = machine.bucket_takes_files()
    assert refused.state is State.RED
    assert "INTMK_MEDIA_S3_…" in refused.remedy


@pytest.mark.audit
def test_while_the_bucket_is_away_pages_are_read_and_nothing_typed_is_lost(
    settings, db, admin, caplog, django_capture_on_commit_callbacks
):
    caplog.set_level(logging.WARNING)
    reader = Client(HTTP_HOST="localhost", raise_request_exception=False)
    with s3_server() as going:
        use(settings, going.new_bucket("bald-fort"))
        adopt_media()
        with django_capture_on_commit_callbacks(execute=True):
            shown, picture = paper(**public()), photo(**public())
        going.stop()
        for address in ("/", "/konferenzen/12/", "/geschichte/", "/gesund/"):
            assert reader.get(address).status_code == 200, address
        for address in (shown.url, picture.download_url, picture.renditions.first().url):
            caplog.clear()
            answer = reader.get(address)
            assert answer.status_code == 503, address
            assert "Hochgeladene Dateien sind gerade nicht zu erreichen" in answer.content.decode()
            assert [record for record in caplog.records if address in record.getMessage()]
        ready = reader.get("/bereit/")
        assert (ready.status_code, "bald-fort" in ready.content.decode()) == (503, True)
        form = {"title": "Getippter Titel", "language": "de", "accessible": "unknown", "collection": "1"}
        file = SimpleUploadedFile("p.pdf", text_pdf("Neu"), "application/pdf")
        answer = admin.post("/admin/documents/add/", form | {"file": file})
        text = re.sub(r"\s+", " ", answer.content.decode())
        assert answer.status_code == 503
        assert "Hochgeladene Dateien sind gerade nicht zu erreichen" in text
        assert "Getippter Titel" in text
        assert not SiteDocument.objects.filter(title="Getippter Titel").exists()
        caplog.clear()
        with django_capture_on_commit_callbacks(execute=True):
            shown.delete()  # the row goes, the file waits for a night
        shown.file.storage.discard(shown.file.name)  # as what was never committed does, wherever it goes out of sight
    assert len([record for record in caplog.records if "bis eine Nacht sie findet" in record.getMessage()]) == 2
