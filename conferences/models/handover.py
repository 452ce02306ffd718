"""What is kept of a handover, and of what editors sent when it was too late."""

from datetime import datetime, time

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property

from conferences.models.land import Land

HANDED_OVER = "intmk.handover"  # the name of a handover in Wagtail's log


class HandoverQuerySet(models.QuerySet):
    """Handovers by name of what is asked."""

    def of_changes(self) -> "HandoverQuerySet":
        """Return those with a former Land, the latest first, with both Länder and what `since` asks for."""
        changes = self.filter(former_land__isnull=False).select_related("land", "former_land").order_by("-pk")
        before = Handover.objects.filter(pk__lt=models.OuterRef("pk")).order_by("-pk")
        return changes.annotate(
            start_before=models.Subquery(before.values("start")[:1]),
            settled_before=models.Subquery(before.values("settled_at")[:1]),
        )

    def due_for_mail(self) -> "HandoverQuerySet":
        """Return those of which not both Länder have been told."""
        return self.filter(former_land__isnull=False, mailed_at=None).order_by("pk")


class Handover(models.Model):
    """One change of the chair as it happened: who, when, and what was open then.

    The first row has no former Land: with it the record begins.
    """

    seen_by_readers = False

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

    @cached_property
    def since(self) -> datetime:
        """Return when the chair passed: at midnight of the first day, or when an edit of the terms made it pass.

        The first day tells the two apart. That of the former record's term, or one on which the former record was not
        yet settled, is no day on which this change could have happened. A server that was off at midnight settles late
        too, but what it then records begins after all that it knew. An edit that ends a term a few days ago cannot be
        told from such a server, so it is dated to that midnight.
        """
        start = timezone.make_aware(datetime.combine(self.start, time.min), timezone.get_default_timezone())
        if "settled_before" in vars(self):
            start_before, settled_before = vars(self)["start_before"], vars(self)["settled_before"]
        else:
            before = Handover.objects.filter(pk__lt=self.pk).order_by("-pk").first()
            start_before, settled_before = (before.start, before.settled_at) if before else (None, None)
        edited = settled_before is not None and (self.start == start_before or start < settled_before)
        return self.settled_at if edited else start

    def cancels_itself(self) -> bool:
        """Say whether the chair is back where it was before the changes of which nobody has been told."""
        silent = [self]
        for handover in Handover.objects.filter(pk__lt=self.pk, former_land__isnull=False).order_by("-pk"):
            if handover.mails:
                break
            silent.append(handover)
        return silent[-1].former_land_id == self.land_id

    @property
    def mail_report(self) -> list[str]:
        """Return for each Land in German what became of its mail."""
        return [f"{land}: {self.mail_to(land)}" for land in (self.former_land, self.land) if land]

    def mail_to(self, land: Land) -> str:
        """Return in German what became of the mail to `land`."""
        number = self.mails.get(land.code)
        if number is None:
            return (
                "nicht verschickt, weil der Vorsitz schon weitergegangen war oder der Wechsel zurückgenommen wurde"
                if self.mailed_at
                else "noch nicht verschickt"
            )
        if number == 0:
            return "keine E-Mail-Adresse bekannt"
        return "an eine Adresse verschickt" if number == 1 else f"an {number} Adressen verschickt"


class KeptForm(models.Model):
    """What an editor sent to a form after the right to it, or the session, had ended: refused, but not lost."""

    seen_by_readers = False

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
    sent = models.JSONField(
        "Formular wie gesendet",
        null=True,
        editable=False,
        help_text="Nur wenn die Anmeldung beendet war: Dann sieht es niemand sonst, und es lässt sich erneut senden.",
    )

    class Meta:
        verbose_name = "Aufgehobene Eingabe"
        verbose_name_plural = "Aufgehobene Eingaben"
        ordering = ["-sent_at"]

    def __str__(self) -> str:
        return f"{self.account}, {self.sent_at:%d.%m.%Y %H:%M}"
