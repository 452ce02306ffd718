"""Where files lie: what lies in the Papierkorb keeps its files, whoever wants to delete them."""

from typing import Any

from django.apps import apps
from django.core.files.storage import FileSystemStorage
from django.db.models import QuerySet


def files_in_trash() -> QuerySet[Any]:
    """Return what lies in the Papierkorb, with the names of its `files`; a floor above fills it (intmk/trash)."""
    return apps.get_model("intmk", "TrashedItem")._default_manager.all()


class MediaStorage(FileSystemStorage):
    """The disk, on which a file stays as long as its row can come back: Wagtail itself deletes it with the row."""

    def delete(self, name: str) -> None:
        """Delete the file unless it is kept."""
        if not files_in_trash().filter(files__contains=[name]).exists():
            super().delete(name)
