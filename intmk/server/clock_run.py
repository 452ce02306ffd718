"""What the clock did last, step by step; the command `doctor` reads it."""

from typing import Any

from django.db import models
from django.utils import timezone

MINUTE = "jede Minute"  # the step that stands for the whole: its success says that the clock runs


class ClockRun(models.Model):
    """One step of the clock: when it last succeeded, and what kept it from it since."""

    seen_by_readers = False

    step = models.CharField("Schritt", max_length=100, unique=True)
    succeeded_at = models.DateTimeField("zuletzt gelungen", null=True)
    failed_at = models.DateTimeField("seither gescheitert", null=True)
    error = models.CharField("Grund", max_length=300, blank=True)

    class Meta:
        verbose_name = "Lauf der Uhr"
        verbose_name_plural = "Läufe der Uhr"

    def __str__(self) -> str:
        return self.step


def note_step(step: str, error: Exception | None = None) -> None:
    """Write down that a step succeeded or, with an error, that it failed."""
    now = timezone.now()
    failed: dict[str, Any] = {"failed_at": now, "error": str(error)[:300]}
    succeeded: dict[str, Any] = {"succeeded_at": now, "failed_at": None, "error": ""}
    ClockRun.objects.update_or_create(step=step, defaults=failed if error else succeeded)
