"""What the forms of Wagtail's picture and document library share."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from wagtail.models import UploadedFile

from intmk.media.files import not_a_file_name, within_reach_of_the_laender
from intmk.media.public_files import tell_standing


def waiting_upload(prefix: str | None) -> UploadedFile | None:
    """Return the file that waits for the second step of adding many, in whose form all names have this prefix."""
    waiting = re.fullmatch(r"uploaded-(?:image|document)-(\d+)", prefix or "")
    return UploadedFile.objects.filter(pk=waiting[1]).first() if waiting else None


class LibraryForm:
    """Mixin: no file name gets into the title by itself, and the model sees to replaced files."""

    instance: Any
    initial: dict[str, Any]
    fields: dict[str, Any]
    collections: Any  # those that whoever sees the form may add to

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Wagtail would delete the former file at once, even when the transaction is rolled back (LibraryFile.save).
        self.original_file = None
        # Whoever only proposes decides nothing by it: proposals are not public, tick or not.
        if not self.collections.exclude(within_reach_of_the_laender("path")).exists():
            self.fields.pop("released", None)
        tell_standing(self)
        if self.instance.pk is None and self.initial.get("title"):
            try:
                not_a_file_name(self.initial["title"])
            except ValidationError:
                self.initial["title"] = ""
