"""Which site a database is. It stands in the database, so that it goes along with a dump."""

import uuid
from pathlib import Path

from django.db import models
from django.utils import timezone

KEY_FILE = "kennung.txt"  # no name with a dot in front: such files are left behind when media are copied


class SiteIdentity(models.Model):
    """The only row (pk 1). Made by the first preparation; media that belong to it bear the same key in a file."""

    seen_by_readers = False

    key = models.UUIDField("Kennung", default=uuid.uuid4, editable=False)
    production = models.BooleanField("im Betrieb", default=False)
    orphans_sought = models.DateField("verwaiste Dateien zuletzt gesucht", default=timezone.localdate)

    class Meta:
        verbose_name = "Kennung der Website"
        verbose_name_plural = "Kennung der Website"

    def __str__(self) -> str:
        return str(self.key)


def key_in(media: Path) -> uuid.UUID | None:
    """Return the key that media bear, None when they bear none or it cannot be read."""
    try:
        return uuid.UUID((media / KEY_FILE).read_text().strip())
    except (FileNotFoundError, ValueError):
        return None
