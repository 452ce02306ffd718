"""What is kept of a handover, and of what editors sent when it was too late."""

from django.conf import settings
from django.db import models

from conferences.models.land import Land


class Handover(models.Model):
    """One change of the chair as it happened: who, when, and what was open then."""

    former_land = models.ForeignKey(
        Land, verbose_name="Bisher", null=True, on_delete=models.PROTECT, related_name="handovers_given", editable=False
    )
    land = models.ForeignKey(
        Land, verbose_name="Neu im Vorsitz", on_delete=models.PROTECT, related_name="handovers_taken", editable=False
    )
    start = models.DateField("Erster Tag", editable=False)
    settled_at = models.DateTimeField("Rechte übergegangen", auto_now_add=True)
    open_items = models.JSONField(
        "Was offen war",
        default=list,
        editable=False,
        help_text="Die Punkte der Übergabeliste, die nicht erledigt waren.",
    )
    mailed_at = models.DateTimeField("Beide Länder benachrichtigt", null=True, editable=False)

    class Meta:
        verbose_name = "Übergabe"
        verbose_name_plural = "Übergaben"
        ordering = ["-start", "-settled_at"]
        constraints = [models.UniqueConstraint(name="one_handover_a_term", fields=["start", "land"])]

    def __str__(self) -> str:
        return f"{self.former_land or '–'} → {self.land}, {self.start:%d.%m.%Y}"


class KeptForm(models.Model):
    """What an editor sent to a form after the right to it had ended: refused, but not lost."""

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="Konto",
        on_delete=models.CASCADE,
        related_name="kept_forms",
        editable=False,
    )
    sent_at = models.DateTimeField("Gesendet", auto_now_add=True)
    address = models.CharField("Adresse des Formulars", max_length=300, editable=False)
    fields = models.JSONField("Eingaben", default=list, editable=False)

    class Meta:
        verbose_name = "Aufgehobene Eingabe"
        verbose_name_plural = "Aufgehobene Eingaben"
        ordering = ["-sent_at"]

    def __str__(self) -> str:
        return f"{self.account}, {self.sent_at:%d.%m.%Y %H:%M}"
