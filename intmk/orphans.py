"""Files that nobody owns: what a killed process or a browser closed in mid-upload left behind."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone
from wagtail.models import UploadedFile

from intmk.document_parts import DocumentVersion
from intmk.documents import SiteDocument
from intmk.media import SiteImage, SiteRendition
from intmk.videos import SiteVideo

FOLDERS: dict[str, tuple[Any, ...]] = {
    "original_images": (SiteImage,),
    "images": (SiteRendition,),
    "documents": (SiteDocument, DocumentVersion),
    "videos": (SiteVideo,),
    "wagtail_uploads": (UploadedFile,),
}


def remove_orphans(older_than: timedelta = timedelta(days=1)) -> list[str]:
    """Delete uploads that were never finished, and files without a row; return their names below MEDIA_ROOT.

    Younger files stay: their row may be about to be written.
    """
    limit = timezone.now() - older_than
    for upload in UploadedFile.objects.exclude(file=""):
        if not upload.file.storage.exists(upload.file.name) or is_older(Path(upload.file.path), limit):
            upload.file.delete(save=False)
            upload.delete()
    removed = []
    for folder, models in FOLDERS.items():
        owned = {name for model in models for name in model.objects.values_list("file", flat=True)}
        for path in sorted((Path(settings.MEDIA_ROOT) / folder).glob("*")):
            name = f"{folder}/{path.name}"
            if name not in owned and path.is_file() and is_older(path, limit):
                path.unlink(missing_ok=True)
                removed.append(name)
    return removed


def is_older(path: Path, limit: datetime) -> bool:
    """Say whether `path` was last written before `limit`."""
    return datetime.fromtimestamp(path.stat().st_mtime, tz=limit.tzinfo) < limit
