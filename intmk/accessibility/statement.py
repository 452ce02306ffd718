"""The accessibility statement as data: what the law asks each public body to say, in an order that can be checked.

Its parts follow the model statement of Commission Implementing Decision (EU) 2018/1523, which BITV 2.0 § 7 takes over.
Who publishes it and who enforces it are facts of the Land in the chair (conferences/terms/publisher.py).
"""

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, InlinePanel, MultiFieldPanel, ObjectList
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting
from wagtail.models import Orderable, Page

from intmk.base.fields import optional_link
from intmk.base.site_notice import PageChooser
from intmk.language.day import today

FIRST_DAY = date(2016, 12, 22)  # on which Directive (EU) 2016/2102 came into force
REVIEWED_EVERY = timedelta(days=365)  # the statement is to be looked through once a year


@register_setting(icon="user")
class AccessibilityStatement(BaseGenericSetting, ClusterableModel):
    """How far the site is accessible, how that was found out, and when."""

    class Status(models.TextChoices):
        FULL = "full", "vollständig vereinbar"
        PARTIAL = "partial", "teilweise vereinbar"
        NONE = "none", "nicht vereinbar"

    class Method(models.TextChoices):
        SELF = "self", "Selbstbewertung"
        THIRD_PARTY = "third_party", "Bewertung durch Dritte"

    status = models.CharField("Stand der Vereinbarkeit", max_length=7, choices=Status, blank=True)
    standard = models.CharField(
        "Maßstab",
        max_length=200,
        blank=True,
        help_text="Woran gemessen wurde, z. B. „EN 301 549 und WCAG 2.2, Stufe AA“.",
    )
    method = models.CharField("Art der Bewertung", max_length=11, choices=Method, blank=True)
    assessor = models.CharField(
        "Bewertet von", max_length=200, blank=True, help_text="Bei einer Bewertung durch Dritte: wer sie vornahm."
    )
    method_note = models.TextField(
        "Was geprüft wurde", blank=True, max_length=1000, help_text="Ein bis drei Sätze, ohne Auszeichnung."
    )
    made_on = models.DateField("Erstellt am", null=True, blank=True)
    reviewed_on = models.DateField(
        "Zuletzt überprüft am",
        null=True,
        blank=True,
        help_text="Spätestens nach einem Jahr fällig; dann mahnt die Startseite der Redaktion.",
    )

    content_panels = [
        HelpPanel(template="intmk/accessibility/statement_overdue.html"),
        FieldRowPanel([FieldPanel("status"), FieldPanel("standard")]),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("method"), FieldPanel("assessor")]), FieldPanel("method_note")],
            heading="Bewertung",
        ),
        FieldRowPanel([FieldPanel("made_on"), FieldPanel("reviewed_on")]),
        InlinePanel("barriers", heading="Nicht barrierefreie Teile", label="Teil"),
    ]

    class Meta:
        verbose_name = "Erklärung zur Barrierefreiheit"
        verbose_name_plural = "Erklärungen zur Barrierefreiheit"

    def __str__(self) -> str:
        return "Erklärung zur Barrierefreiheit"

    def clean(self) -> None:
        """Raise ValidationError by field for days in the future or the wrong order, and an assessor without name.

        Whether the status fits the parts is asked by the form, which has them (`contradiction`).
        """
        super().clean()
        errors = {}
        for field in ("made_on", "reviewed_on"):
            day = getattr(self, field)
            if day and day > today():
                errors[field] = "Dieser Tag liegt in der Zukunft."
            elif day and day < FIRST_DAY:
                errors[field] = "So früh gab es noch keine solche Erklärung."
        if self.reviewed_on and not self.made_on:
            errors["made_on"] = "Zu einer Überprüfung gehört der Tag, an dem die Erklärung erstellt wurde."
        elif self.reviewed_on and self.made_on and self.reviewed_on < self.made_on:
            errors["reviewed_on"] = "Die Überprüfung liegt vor dem Tag, an dem die Erklärung erstellt wurde."
        if self.method == self.Method.THIRD_PARTY and not self.assessor.strip():
            errors["assessor"] = "Zu einer Bewertung durch Dritte gehört, wer sie vornahm."
        if self.status and not self.standard.strip():
            errors["standard"] = "Zum Stand gehört der Maßstab, an dem gemessen wurde."
        if errors:
            raise ValidationError(errors)

    @classmethod
    def shown(cls) -> "AccessibilityStatement":
        """Return the statement with its parts and their pages, an empty one where none was made; three queries."""
        found = cls.objects.prefetch_related("barriers__page").first()
        return found if found and found.status else cls()

    @property
    def last_day(self) -> date | None:
        """Return the day on which somebody last looked through it, None when nobody has."""
        return self.reviewed_on or self.made_on

    def is_overdue(self, day: date) -> bool:
        """Return whether it has not been looked through for more than a year."""
        return self.last_day is None or self.last_day + REVIEWED_EVERY < day

    @property
    def is_overdue_today(self) -> bool:
        return self.is_overdue(today())


class StatementForm(WagtailAdminModelForm):
    """Compares the status with the parts, which only the form has together."""

    def clean(self) -> dict[str, Any]:
        """Add an error to the status where it contradicts the parts."""
        cleaned = super().clean()
        rows = self.formsets["barriers"]
        if rows.is_valid():
            reasons = [row["reason"] for row in rows.cleaned_data if row and not row.get("DELETE")]
            if fault := contradiction(cleaned.get("status", ""), reasons):
                self.add_error("status", fault)
        return cleaned


AccessibilityStatement.edit_handler = ObjectList(AccessibilityStatement.content_panels, base_form_class=StatementForm)


class InaccessiblePart(Orderable):
    """Something that not everybody can use, and why."""

    class Reason(models.TextChoices):
        FAULT = "fault", "nicht vereinbar mit den Anforderungen"
        BURDEN = "burden", "unverhältnismäßige Belastung"
        SCOPE = "scope", "nicht im Anwendungsbereich der Vorschriften"

    statement = ParentalKey(
        AccessibilityStatement, on_delete=models.CASCADE, related_name="barriers", verbose_name="Erklärung"
    )
    what = models.CharField("Was", max_length=200)
    page = optional_link(Page, "Seite")
    reason = models.CharField("Grund", max_length=6, choices=Reason)
    explanation = models.TextField("Erläuterung", max_length=600, blank=True)
    alternative = models.CharField("Was stattdessen hilft", max_length=300, blank=True)
    planned_until = models.DateField("Behoben bis", null=True, blank=True, help_text="Leer: noch nicht absehbar.")

    panels = [
        FieldPanel("what"),
        FieldRowPanel([FieldPanel("reason"), FieldPanel("planned_until")]),
        FieldPanel("explanation"),
        FieldPanel("alternative"),
        FieldPanel("page", widget=PageChooser),
    ]

    class Meta(Orderable.Meta):
        verbose_name = "nicht barrierefreier Teil"
        verbose_name_plural = "nicht barrierefreie Teile"

    def __str__(self) -> str:
        return self.what


def contradiction(status: str, reasons: list[str]) -> str:
    """Return what is wrong between a status and the reasons of the parts that are listed with it, "" for nothing."""
    if status == AccessibilityStatement.Status.FULL and set(reasons) - {InaccessiblePart.Reason.SCOPE}:
        return "„Vollständig vereinbar“ und ein Teil, der nicht barrierefrei ist, widersprechen sich."
    if status in (AccessibilityStatement.Status.PARTIAL, AccessibilityStatement.Status.NONE) and not reasons:
        return "Hier ist mindestens ein Teil zu nennen, der nicht barrierefrei ist."
    return ""
