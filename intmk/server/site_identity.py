"""Which site a database is. It stands in the database, so that it goes along with a dump."""

import uuid

from django.db import models
from django.utils import timezone


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
