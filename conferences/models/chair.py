"""The chair: terms of Länder, persons within them, and the page that shows both."""

from datetime import date, timedelta

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Value
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import RichTextField
from wagtail.images import get_image_model_string
from wagtail.models import Orderable

from conferences.models.land import Land
from conferences.rotation import Rotation, Term
from intmk.pages import TextPage
from intmk.sources import Sourced
from intmk.uncertain_dates import EXACT, german_period, problems, short_years

# A year by the rule; twice that leaves room for what the conference may decide and catches typing errors.
LONGEST_TERM = timedelta(days=2 * 366)


class ChairTermQuerySet(models.QuerySet):
    """Terms by name of what is asked."""

    def with_people(self) -> "ChairTermQuerySet":
        """Fetch Land and persons along, for tables."""
        return self.select_related("land").prefetch_related("persons")

    def rotation(self) -> Rotation:
        """Return the chair for ever, as the stored terms and the rule give it."""
        return Rotation(Term(*row) for row in self.order_by("start").values_list("land__code", "start", "end"))


class ChairTerm(Sourced, ClusterableModel):
    """One Land's term in the chair, both days included. What lies beyond the last one follows the rule."""

    land = models.ForeignKey(Land, verbose_name="Land", on_delete=models.PROTECT, related_name="chair_terms")
    start = models.DateField("Erster Tag", help_text="Seit 2020 der 1. Juli.")
    end = models.DateField("Letzter Tag", help_text="Der Tag selbst gehört noch zur Amtszeit: seit 2021 der 30. Juni.")
    note = models.CharField(
        "Anmerkung", max_length=300, blank=True, help_text="z. B. warum die Amtszeit kürzer war als ein Jahr."
    )

    objects = ChairTermQuerySet.as_manager()

    panels = [
        FieldPanel("land"),
        FieldRowPanel([FieldPanel("start"), FieldPanel("end")], heading="Amtszeit"),
        InlinePanel("persons", heading="Personen im Vorsitz", label="Person"),
        FieldPanel("note"),
        MultiFieldPanel([FieldPanel("source"), FieldPanel("source_note")], heading="Quelle"),
    ]

    class Meta:
        ordering = ["start"]
        verbose_name = "Amtszeit"
        verbose_name_plural = "Amtszeiten"
        constraints = [
            ExclusionConstraint(
                name="chair_terms_do_not_overlap",
                expressions=[
                    (
                        Func(
                            F("start"),
                            F("end"),
                            Value("[]"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    )
                ],
                violation_error_message="Diese Amtszeit überschneidet sich mit einer anderen.",
            ),
            models.CheckConstraint(
                name="chair_term_ends_after_start",
                condition=models.Q(end__gte=F("start")),
                violation_error_message="Der letzte Tag liegt vor dem ersten.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.land} ({self.years})"

    def clean(self) -> None:
        """Raise ValidationError beside the field when the term ends before it starts."""
        super().clean()
        if self.start and self.end:
            errors = problems(self.start, self.end, EXACT)
            if not errors and self.end - self.start > LONGEST_TERM:
                errors["last_day"] = "Eine Amtszeit dauert höchstens zwei Jahre."
            if errors:
                raise ValidationError(
                    {{"first_day": "start", "last_day": "end"}[field]: errors[field] for field in errors}
                )

    def validate_constraints(self, exclude=None) -> None:
        """Check the constraints of the database; a reversed term is `clean`'s to report, and daterange() refuses it."""
        if self.start and self.end and self.end < self.start:
            return
        super().validate_constraints(exclude=exclude)

    @property
    def years(self) -> str:
        """Return e.g. "2016/17", or "2020" for a term within one year."""
        return short_years(self.start, self.end)

    @property
    def period(self) -> str:
        return german_period(self.start, self.end)


class ChairPerson(Sourced, Orderable):
    """A person in the chair; a term can see several, each with own dates, known or not."""

    term = ParentalKey(ChairTerm, related_name="persons", on_delete=models.CASCADE, verbose_name="Amtszeit")
    name = models.CharField("Name", max_length=120)
    office = models.CharField(
        "Amt", max_length=200, blank=True, help_text="z. B. „Minister für Soziales und Integration“"
    )
    ministry = models.CharField(
        "Ministerium", max_length=200, blank=True, help_text="Wie es zu dieser Zeit hieß. Leer, wenn nicht bekannt."
    )
    portrait = models.ForeignKey(
        get_image_model_string(),
        verbose_name="Porträt",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Alternativtext und Bildnachweis gehören zum Bild.",
    )
    start = models.DateField("Im Vorsitz seit", null=True, blank=True, help_text="Leer, wenn nicht bekannt.")
    end = models.DateField("Im Vorsitz bis", null=True, blank=True, help_text="Leer, wenn nicht bekannt.")
    note = models.CharField("Anmerkung", max_length=200, blank=True, help_text="z. B. „bei der 5. Konferenz“")

    panels = [
        FieldPanel("name"),
        FieldPanel("office"),
        FieldPanel("ministry"),
        FieldPanel("portrait"),
        FieldRowPanel([FieldPanel("start"), FieldPanel("end")]),
        FieldPanel("note"),
        FieldRowPanel([FieldPanel("source"), FieldPanel("source_note")]),
    ]

    class Meta(Orderable.Meta):
        verbose_name = "Person im Vorsitz"
        verbose_name_plural = "Personen im Vorsitz"

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Raise ValidationError when the person's time lies outside the term or is reversed."""
        super().clean()
        if self.start and self.end and self.end < self.start:
            raise ValidationError({"end": "Der letzte Tag liegt vor dem ersten."})
        term = self.term if self.term_id or hasattr(self, "term") else None
        if term is None or not (term.start and term.end):
            return
        for field in ("start", "end"):
            day = getattr(self, field)
            if day and not term.start <= day <= term.end:
                raise ValidationError({field: f"Der Tag liegt außerhalb der Amtszeit ({term.period})."})

    @property
    def period(self) -> str:
        """Return when the person chaired, as far as it is known."""
        if self.start and self.end:
            return german_period(self.start, self.end)
        if self.start:
            return f"ab {self.start:%d.%m.%Y}"
        if self.end:
            return f"bis {self.end:%d.%m.%Y}"
        return ""


class ChairPage(TextPage):
    """Who chairs now, who did, who will; `?am=2016-10-01` asks as of any day."""

    before_period = models.CharField("Zeitraum vor dem Turnus", max_length=40, blank=True, help_text="z. B. „2007/08“")
    before_laender = ParentalManyToManyField(Land, verbose_name="Federführende Länder vor dem Turnus", blank=True)
    before_text = RichTextField("Text zur Zeit vor dem Turnus", blank=True, features=["bold", "italic", "link"])

    max_count = 1
    parent_page_types = ["intmk.HomePage"]
    subpage_types: list[str] = []

    content_panels = [
        *TextPage.content_panels,
        MultiFieldPanel(
            [FieldPanel("before_period"), FieldPanel("before_laender"), FieldPanel("before_text")],
            heading="Vor dem turnusmäßigen Vorsitz",
            help_text="Die Amtszeiten selbst werden unter „Amtszeiten“ bearbeitet, nicht hier.",
        ),
    ]

    class Meta:
        verbose_name = "Vorsitz"
        verbose_name_plural = "Vorsitz"

    def get_context(self, request, *args, **kwargs) -> dict:
        """Add the term of the day asked for (today without `?am=`), the terms after it and the table of all.

        day, asked, error: the day in question, the text of the question, a German error for it or "".
        term, land, stored_term: `Term` or None, its Land, its stored row or None.
        next_terms: list of (Term, Land), the next first. terms: all stored rows, newest first.
        lap: (name, Term or None) of the sixteen Länder in the round of `term`; empty without a term.
        """
        context = super().get_context(request, *args, **kwargs)
        asked = request.GET.get("am", "").strip()
        day, error = day_asked_for(asked, today())
        rotation = rotation_of(request)
        term = rotation.term_on(day)
        terms = list(ChairTerm.objects.with_people().order_by("-start"))
        laender = {land.code: land for land in Land.objects.all()}
        return context | {
            "day": day,
            "today": today(),
            "asked": asked,
            "error": error,
            "term": term,
            "land": laender.get(term.land_code) if term else None,
            "stored_term": next((row for row in terms if term and row.start == term.start), None),
            "next_terms": [(item, laender.get(item.land_code)) for item in rotation.next_terms(3, day)],
            "terms": terms,
            "lap": rotation.lap(term) if term else [],
            "before_laender": self.before_laender.all(),
        }


def rotation_of(request: HttpRequest) -> Rotation:
    """Return the rotation; asked once for a request, since header, page and footer all need it."""
    if not hasattr(request, "rotation"):
        request.rotation = ChairTerm.objects.rotation()
    return request.rotation


def today() -> date:
    """Return the day in Berlin, whatever time zone an editor has chosen: at its midnight the chair passes."""
    return timezone.localdate(timezone=timezone.get_default_timezone())


def term_today(request: HttpRequest) -> Term | None:
    """Return the term of today (Europe/Berlin), None before the first."""
    return rotation_of(request).term_on(today())


def day_asked_for(text: str, otherwise: date) -> tuple[date, str]:
    """Return the day that `text` (ISO 8601 or e.g. "1.10.2016") names and "", or `otherwise` and a German error."""
    if not text:
        return otherwise, ""
    parts = text.split(".")
    if len(parts) == 3 and all(part.strip().isascii() and part.strip().isdigit() for part in parts):
        text = "-".join([parts[2].strip(), parts[1].strip().zfill(2), parts[0].strip().zfill(2)])
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        return otherwise, "Bitte einen Tag in der Form 2016-10-01 oder 1.10.2016 angeben."
    return day, ""
