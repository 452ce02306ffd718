"""What is kept of a handover, and of what editors sent when it was too late."""

from django.conf import settings
from django.db import models

from conferences.models.land import Land


class HandoverQuerySet(models.QuerySet):
    """Handovers by name of what is asked."""

    def of_changes(self) -> "HandoverQuerySet":
        """Return those with a former Land, the latest first, with both Länder."""
        return self.filter(former_land__isnull=False).select_related("land", "former_land").order_by("-pk")

    def due_for_mail(self) -> "HandoverQuerySet":
        """Return those of which not both Länder have been told."""
        return self.filter(former_land__isnull=False, mailed_at=None).order_by("pk")


class Handover(models.Model):
    """One change of the chair as it happened: who, when, and what was open then.

    The first row has no former Land: with it the record begins.
    """

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
    mails = models.JSONField(
        "Verschickte Mails",
        default=dict,
        editable=False,
        help_text="Zu jedem Land, das an der Reihe war, an wie viele Adressen die Mail ging; 0: Es war keine bekannt.",
    )

    objects = HandoverQuerySet.as_manager()

    class Meta:
        verbose_name = "Übergabe"
        verbose_name_plural = "Übergaben"
        ordering = ["-pk"]  # not by the clock: of several servers one may be late

    def __str__(self) -> str:
        return f"{self.former_land or '–'} → {self.land}, {self.start:%d.%m.%Y}"

    def was_overtaken(self) -> bool:
        """Say whether the chair has passed once more since."""
        return Handover.objects.filter(pk__gt=self.pk).exists()

    @property
    def mail_report(self) -> list[str]:
        """Return for each Land in German what became of its mail."""
        return [f"{land}: {self.mail_to(land)}" for land in (self.former_land, self.land) if land]

    def mail_to(self, land: Land) -> str:
        """Return in German what became of the mail to `land`."""
        number = self.mails.get(land.code)
        if number is None:
            return (
                "nicht verschickt, weil der Vorsitz schon weitergegangen war"
                if self.mailed_at
                else "noch nicht verschickt"
            )
        if number == 0:
            return "keine E-Mail-Adresse bekannt"
        return "an eine Adresse verschickt" if number == 1 else f"an {number} Adressen verschickt"


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
