"""Where uploaded files lie: in the folder MEDIA_ROOT, or in a bucket of S3-compatible storage."""

from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files.storage import storages

from intmk.server.media_settings import QUARANTINE

if TYPE_CHECKING:
    from intmk.server.media_bucket import MediaBucket


def bucket() -> "MediaBucket | None":
    """Return the bucket of this site, None where its files lie in the folder."""
    return storages["default"] if settings.MEDIA_BUCKET else None  # type: ignore[return-value]


def shown_place() -> str:
    """Return where the files lie, as a person is told."""
    return str(bucket() or settings.MEDIA_ROOT)


def shown_quarantine() -> str:
    """Return where the quarantine lies, as a person is told."""
    found = bucket()
    return f"s3://{found.bucket_name}/{QUARANTINE.rstrip('/')}" if found else str(settings.QUARANTINE_ROOT)


def folders_of_disk() -> set[Path]:
    """Return the folders of this machine that have to take files."""
    return {Path(settings.VAR)} if settings.MEDIA_BUCKET else {Path(settings.VAR), Path(settings.MEDIA_ROOT)}
