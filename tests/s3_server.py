"""S3 for tests: moto, which answers as S3 does, as a real server in a process of its own. Nothing of it is kept."""

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import boto3
from botocore.exceptions import BotoCoreError

from tests.serving import free_port


@dataclass
class Storage:
    """A running server; `stop` takes it away as a failure does."""

    port: int
    process: subprocess.Popen

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def client(self):
        return boto3.client("s3", endpoint_url=self.endpoint, region_name="eu-central-1", **KEYS)

    def new_bucket(self, name: str) -> dict[str, str]:
        """Make a bucket, and return what the environment says of it."""
        self.client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        return {
            "INTMK_MEDIA_S3_BUCKET": name,
            "INTMK_MEDIA_S3_ENDPOINT": self.endpoint,
            "INTMK_MEDIA_S3_REGION": "eu-central-1",
            "INTMK_MEDIA_S3_KEY_ID": KEYS["aws_access_key_id"],
            "INTMK_MEDIA_S3_SECRET": KEYS["aws_secret_access_key"],
        }

    def names(self, bucket: str, prefix: str = "") -> set[str]:
        found = self.client.list_objects_v2(Bucket=bucket, Prefix=prefix)
        assert not found["IsTruncated"]
        return {each["Key"] for each in found.get("Contents", ())}

    def fill(self, bucket: str, media: Path) -> None:
        """Put a folder of media into a bucket, as who moves by hand does."""
        for path in (path for path in media.rglob("*") if path.is_file()):
            self.client.upload_file(str(path), bucket, f"media/{path.relative_to(media)}")

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


KEYS = {"aws_access_key_id": "schluessel", "aws_secret_access_key": "geheimnis"}


@contextlib.contextmanager
def s3_server() -> Iterator[Storage]:
    """Start the server and wait until it answers."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "--host", "127.0.0.1", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        storage = Storage(port, process)
        try:
            while True:
                try:
                    storage.client.list_buckets()
                    break
                except BotoCoreError:
                    assert process.poll() is None, "Der Server für S3 ist nicht gestartet."
                    time.sleep(0.1)
            yield storage
        finally:
            process.kill()
