"""The bucket of uploaded files, where INTMK_MEDIA_S3_BUCKET names one: in place of the folders of media and quarantine.

An object is there whole or not at all, as S3 promises for one that is sent in one request; all of ours are. Below
`media/` lies what would be in the folder, below `quarantine/<folder>/` what nobody owned, below `restore-<token>/` what
a restore brings (intmk/server/restore_in_bucket.py). Nobody but this program reads it: the bucket stays private.

Imported only where there is a bucket (media_place): boto3 takes a third of a second.
"""

import functools
import io
import os
import shutil
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnectionError
from django.conf import settings
from django.core.files.base import File
from django.utils.encoding import filepath_to_uri
from storages.backends.s3 import S3Storage

from intmk.server.media_settings import KEY_FILE, MEDIA
from intmk.server.outages import FilesAwayError

PROBE = "schreibprobe.txt"
IN_MEMORY = 2 * 1024 * 1024  # bytes of a file that is read; a larger one lies in a temporary file meanwhile
BREAK = 5  # seconds in which a bucket that did not answer is not asked: readers of pages need the threads
IN_PARTS = TransferConfig(multipart_threshold=64 * 1024**2, multipart_chunksize=64 * 1024**2, max_concurrency=2)
SECONDS_TO_CONNECT, SECONDS_TO_ANSWER, ATTEMPTS, CONNECTIONS = 2, 10, 2, 32


def files_or_away(method: Callable[..., Any]) -> Callable[..., Any]:
    """Let a method raise FileNotFoundError for what is not there, and FilesAwayError for all other troubles of S3."""

    @functools.wraps(method)
    def asked(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            if time.monotonic() < self.asked_again_at:
                raise FilesAwayError("Der Objektspeicher hat eben nicht geantwortet.")
            return method(self, *args, **kwargs)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in ("404", "NoSuchKey", "NotFound"):
                raise FileNotFoundError(f"Das gibt es im Bucket nicht: {args[0] if args else ''}") from error
            raise FilesAwayError(f"Der Objektspeicher lehnt ab: {error}") from error
        except (BotoCoreError, Boto3Error) as error:
            if isinstance(error, HTTPClientError | NoConnectionError):
                self.asked_again_at = time.monotonic() + BREAK
            raise FilesAwayError(f"Der Objektspeicher antwortet nicht: {error}") from error

    return asked


class MediaBucket(S3Storage):
    """The storage of uploaded files in a bucket, and what is done there with files by name, a folder and the name."""

    asked_again_at = 0.0

    def __init__(self, **options: Any) -> None:
        endpoint = options.get("endpoint_url")
        self.lock, self.shared = threading.Lock(), None
        super().__init__(
            **options,
            location=MEDIA,
            file_overwrite=False,
            # One request for each file, whatever its size: of several a killed process would leave parts for ever.
            transfer_config=TransferConfig(multipart_threshold=5 * 1024**3, use_threads=False),
            client_config=Config(
                connect_timeout=SECONDS_TO_CONNECT,
                read_timeout=SECONDS_TO_ANSWER,
                max_pool_connections=CONNECTIONS,
                retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
                # Servers other than Amazon's often know neither names of buckets in that of the host nor trailers.
                s3={"addressing_style": "path" if endpoint else "auto"},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    def __str__(self) -> str:
        return f"s3://{self.bucket_name}/{MEDIA.rstrip('/')}"

    @property
    def connection(self) -> Any:
        """Return what all threads of this process use: a client is made for that, and each further one takes 15 MB."""
        with self.lock:
            if self.shared is None:
                self.shared = super().connection
            return self.shared

    @property
    def client(self) -> Any:
        return self.connection.meta.client

    def url(self, name: str, *args: Any, **kwargs: Any) -> str:
        """Return the address of a file on the site, as of one in the folder."""
        return settings.MEDIA_URL + filepath_to_uri(name)

    @files_or_away
    def _open(self, name: str, mode: str = "rb") -> File:
        """Return a copy of an object, complete before anybody reads it."""
        if mode != "rb":
            raise ValueError("Dateien im Bucket werden gelesen oder als Ganzes gespeichert.")
        copy = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 (closed with the file)
        shutil.copyfileobj(self.client.get_object(Bucket=self.bucket_name, Key=MEDIA + name)["Body"], copy)
        copy.seek(0)
        return File(copy, name)

    def served(self, name: str) -> tuple["Stream", datetime]:
        """Return an object that is fetched as far as it is read, and when it was written."""
        stream = Stream(self, name)
        return stream, stream.written

    @files_or_away
    def head(self, name: str) -> dict[str, Any]:
        return self.client.head_object(Bucket=self.bucket_name, Key=MEDIA + name)

    @files_or_away
    def part(self, name: str, first: int) -> Any:
        """Return what is left of an object from a byte on, not read yet."""
        return self.client.get_object(Bucket=self.bucket_name, Key=MEDIA + name, Range=f"bytes={first}-")["Body"]

    @files_or_away
    def read(self, body: Any, most: int) -> bytes:
        """Read on in what `part` has returned."""
        return body.read(most)

    _save = files_or_away(S3Storage._save)
    exists = files_or_away(S3Storage.exists)
    size = files_or_away(S3Storage.size)
    listdir = files_or_away(S3Storage.listdir)
    get_modified_time = files_or_away(S3Storage.get_modified_time)
    discard = files_or_away(S3Storage.delete)

    @files_or_away
    def objects(self, prefix: str) -> dict[str, dict[str, Any]]:
        """Return all objects below a prefix by their whole names, in order."""
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket_name, Prefix=prefix)
        return {found["Key"]: found for page in pages for found in page.get("Contents", ())}

    def files(self, folders: Iterable[str]) -> dict[str, datetime]:
        """Return the names of all files in these folders of the media, in order, and when they were written."""
        return {
            name.removeprefix(MEDIA): found["LastModified"]
            for folder in folders
            for name, found in self.objects(f"{MEDIA}{folder}/").items()
            if name.count("/") == 2
        }

    def bytes_of(self, folders: Iterable[str]) -> int:
        """Return how many bytes these folders hold."""
        return sum(found["Size"] for folder in folders for found in self.objects(f"{MEDIA}{folder}/").values())

    @files_or_away
    def fetch(self, name: str, target: Path) -> None:
        """Copy what stands under a whole name to the disk, with its date; raise FileNotFoundError."""
        answer = self.client.get_object(Bucket=self.bucket_name, Key=name)
        with target.open("wb") as copy:
            shutil.copyfileobj(answer["Body"], copy)
        os.utime(target, (answer["LastModified"].timestamp(),) * 2)

    @files_or_away
    def put(self, name: str, content: Any, **about: str) -> None:
        """Store bytes, or an open file, under a whole name."""
        self.client.put_object(Bucket=self.bucket_name, Key=name, Body=content, **about)

    @files_or_away
    def send(self, path: Path, name: str) -> None:
        """Store a file of any size under a whole name; ended on the way, it leaves parts (give_up_parts)."""
        self.client.upload_file(str(path), self.bucket_name, name, Config=IN_PARTS)

    @files_or_away
    def give_up_parts(self, before: datetime) -> None:
        """Delete the parts of what was begun to be sent before that moment and never ended."""
        for begun in self.client.list_multipart_uploads(Bucket=self.bucket_name).get("Uploads", ()):
            if begun["Initiated"] < before:
                self.client.abort_multipart_upload(
                    Bucket=self.bucket_name, Key=begun["Key"], UploadId=begun["UploadId"]
                )

    @files_or_away
    def text(self, name: str) -> str:
        """Return the text that stands under a whole name; raise FileNotFoundError."""
        return self.client.get_object(Bucket=self.bucket_name, Key=name)["Body"].read().decode(errors="replace")

    @files_or_away
    def copy(self, name: str, target: str) -> None:
        """Copy an object within the bucket, both by their whole names; raise FileNotFoundError."""
        source = {"Bucket": self.bucket_name, "Key": name}
        self.client.copy_object(Bucket=self.bucket_name, Key=target, CopySource=source)

    @files_or_away
    def drop(self, name: str) -> None:
        """Delete an object by its whole name, if it is there."""
        self.client.delete_object(Bucket=self.bucket_name, Key=name)

    def move(self, name: str, target: str) -> None:
        """Move an object: ended on the way, it is there twice."""
        self.copy(name, target)
        self.drop(name)

    def key(self) -> uuid.UUID | None:
        """Return the key that the media bear, None when they bear none or it cannot be read."""
        try:
            return uuid.UUID(self.text(MEDIA + KEY_FILE).strip())
        except (FileNotFoundError, ValueError):
            return None

    def give_key(self, key: uuid.UUID) -> None:
        self.put(MEDIA + KEY_FILE, f"{key}\n".encode())

    def take_probe(self) -> None:
        """Write what means nothing; raise FilesAwayError where that does not go."""
        self.put(PROBE, b"geht\n")


class Stream(io.RawIOBase):
    """An object that is fetched from where it is read on, and no further."""

    def __init__(self, bucket: MediaBucket, name: str) -> None:
        found = bucket.head(name)
        self.bucket, self.path, self.place = bucket, name, 0
        self.body: Any = None
        self.size, self.written = int(found["ContentLength"]), found["LastModified"]

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go on reading from another byte."""
        self.let_go()
        self.place = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self.place, io.SEEK_END: self.size}[whence]
        return self.place

    def readinto(self, buffer: Any) -> int:
        """Read at most as much as the buffer takes; raise FilesAwayError."""
        if self.place >= self.size:
            return 0
        data = self.piece(len(buffer))
        buffer[: len(data)] = data
        self.place += len(data)
        return len(data)

    def piece(self, most: int) -> bytes:
        if self.body is None:
            self.body = self.bucket.part(self.path, self.place)
        return self.bucket.read(self.body, most)

    def let_go(self) -> None:
        if self.body is not None:
            self.body.close()
            self.body = None

    def close(self) -> None:
        """End the answer that is being read."""
        self.let_go()
        super().close()
