"""Where files lie: what lies in the Papierkorb keeps its files, and a folder of another site keeps all."""

from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage
from django.db.models import QuerySet

from intmk.server.site_identity import SiteIdentity, key_in


def files_in_trash() -> QuerySet[Any]:
    """Return what lies in the Papierkorb, with the names of its `files`; a floor above fills it (intmk/trash)."""
    return apps.get_model("intmk", "TrashedItem")._default_manager.all()


class MediaStorage(FileSystemStorage):
    """The disk, on which a file stays as long as its row can come back: Wagtail itself deletes it with the row."""

    discard = FileSystemStorage.delete  # whatever the database says

    def delete(self, name: str) -> None:
        """Delete the file unless it is kept, or the media are not those of this database."""
        if not is_kept(name) and not is_of_another_site(key_in(Path(self.location))):
            self.discard(name)

    def served(self, name: str) -> tuple[File, datetime]:
        """Return the open file and when it was written; raise OSError without it."""
        modified = self.get_modified_time(name)
        return self.open(name), modified


def is_kept(name: str) -> bool:
    """Say whether the file lies in the Papierkorb."""
    return files_in_trash().filter(files__contains=[name]).exists()


def is_of_another_site(key: UUID | None) -> bool:
    """Say whether the media bear another key than the database, e.g. where a copy was given a site's folder."""
    return key is not None and SiteIdentity.objects.exclude(key=key).exists()
