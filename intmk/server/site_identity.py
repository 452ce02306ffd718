"""Which site a database is. It stands in the database, so that it goes along with a dump."""

import uuid
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from intmk.server import media_place
from intmk.server.media_settings import KEY_FILE


class SiteIdentity(models.Model):
    """The only row (pk 1). Made by the first preparation; media that belong to it bear the same key in a file."""

    seen_by_readers = False

    key = models.UUIDField("Kennung", default=uuid.uuid4, editable=False)
    production = models.BooleanField("im Betrieb", default=False)
    orphans_sought = models.DateField("verwaiste Dateien zuletzt gesucht", default=timezone.localdate)
    links_sought = models.DateField(
        "Verweise nach außen zuletzt gesammelt", default=timezone.localdate, db_default=Now()
    )

    class Meta:
        verbose_name = "Kennung der Website"
        verbose_name_plural = "Kennung der Website"

    def __str__(self) -> str:
        return str(self.key)


def is_first_of(day: date, field: str) -> bool:
    """Note in a field of the only row that this day's work is taken on, and say whether it had not been yet.

    What is noted for the next day is so by another server, just after midnight; beyond, by a time that was wrong.
    """
    noted = {f"{field}__range": (day, day + timedelta(days=1))}
    return bool(SiteIdentity.objects.exclude(**noted).update(**{field: day}))


def key_in(media: Path) -> uuid.UUID | None:
    """Return the key that media bear, None when they bear none or it cannot be read."""
    try:
        return uuid.UUID((media / KEY_FILE).read_text().strip())
    except (FileNotFoundError, ValueError):
        return None


def key_of_media() -> uuid.UUID | None:
    """Return the key that the media of this site bear, None when they bear none or it cannot be read."""
    bucket = media_place.bucket()
    return bucket.key() if bucket else key_in(Path(settings.MEDIA_ROOT))
