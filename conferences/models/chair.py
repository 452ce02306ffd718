"""The chair: terms of Länder and persons within them; `chair_page.py` shows both."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Value
from django.forms import Select
from django.http import HttpRequest
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.images import get_image_model_string
from wagtail.models import Orderable

from conferences.models.land import Land
from conferences.models.term_form import ChairTermForm
from conferences.models.term_panels import EffectsPanel, OutlookPanel
from conferences.rules.rotation import PeriodMixin, Rotation, Term
from intmk.base.fields import optional_link
from intmk.base.sources import SOURCE_PANEL, Citing, Sourced, cited
from intmk.language.dates import EXACT, period_in_words, problems
from intmk.language.day import today
from intmk.server.kept import kept

# A year by the rule; twice that leaves room for what the conference may decide and catches typing errors.
LONGEST_TERM = timedelta(days=2 * 366)


class ChairTermQuerySet(models.QuerySet):
    """Terms by name of what is asked."""

    def with_people(self) -> "ChairTermQuerySet":
        """Fetch Land, persons and sources along, for tables."""
        persons = ChairPerson.objects.prefetch_related("portrait__renditions", "sources")
        return self.select_related("land").prefetch_related(models.Prefetch("persons", persons), "sources")

    def rotation(self) -> Rotation:
        """Return the chair for ever, as the stored terms and the rule give it."""
        return Rotation(self.by_key().values())

    def by_key(self) -> dict[int, Term]:
        """Return the stored terms by primary key, the first in time first."""
        rows = self.order_by("start").values_list("pk", "land__code", "start", "end")
        return {pk: Term(*row) for pk, *row in rows}


class ChairTerm(PeriodMixin, Sourced, Citing, ClusterableModel):
    """One Land's term in the chair, both days included. What lies beyond the last one follows the rule."""

    land = models.ForeignKey(Land, verbose_name="Land", on_delete=models.PROTECT, related_name="chair_terms")
    start = models.DateField("Erster Tag", help_text="Seit 2020 der 1. Juli.")
    end = models.DateField("Letzter Tag", help_text="Der Tag selbst gehört noch zur Amtszeit: seit 2021 der 30. Juni.")
    note = models.CharField(
        "Anmerkung", max_length=300, blank=True, help_text="z. B. warum die Amtszeit kürzer war als ein Jahr."
    )

    # Set by the form once it knows that no other term is overlapped: the next one will have moved along.
    joins_neighbours = False

    objects = ChairTermQuerySet.as_manager()

    base_form_class = ChairTermForm
    panels = [
        EffectsPanel(heading="Was sich ändert", icon="warning"),
        MultiFieldPanel(
            [
                FieldPanel("land", permission="superuser", widget=Select),
                FieldRowPanel([FieldPanel("start", permission="superuser"), FieldPanel("end", permission="superuser")]),
            ],
            heading="Land und Tage",
            help_text="Vor dem Speichern wird gezeigt, was sich ändert. Soll eine Amtszeit früher oder später "
            "beginnen, den letzten Tag der Amtszeit davor ändern: Der erste Tag der nächsten eingetragenen geht mit. "
            "Wird ein Land übersprungen, das nächste wählen. Tauschen zwei Länder, beide Amtszeiten nacheinander "
            "eintragen.",
        ),
        OutlookPanel(heading="So geht es weiter", icon="date"),
        InlinePanel("persons", heading="Personen im Vorsitz", label="Person"),
        FieldPanel("note"),
        SOURCE_PANEL,
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
        if self.joins_neighbours or (self.start and self.end and self.end < self.start):
            return
        super().validate_constraints(exclude=exclude)

    def persons_on(self, day: date) -> list["ChairPerson"]:
        """Return who chaired on `day` as far as the persons' own days tell, else all persons of the term.

        Of two in a row one known day of the change is enough: where the second begins the first has ended.
        """
        persons = list(self.persons.all())
        return [
            person
            for before, person, after in zip([None, *persons], persons, [*persons[1:], None], strict=False)
            if person.earliest(before, self) <= day <= person.latest(after, self)
        ] or persons

    def as_term(self) -> Term:
        """Return Land and days as `rotation` knows them."""
        return Term(self.land.code, self.start, self.end)


class OfficeHolder(models.Model):
    """Who a person in the chair is."""

    name = models.CharField("Name", max_length=120)
    office = models.CharField(
        "Amt", max_length=200, blank=True, help_text="z. B. „Minister für Soziales und Integration“"
    )
    ministry = models.CharField(
        "Ministerium", max_length=200, blank=True, help_text="Wie es zu dieser Zeit hieß. Leer, wenn nicht bekannt."
    )
    portrait = optional_link(
        get_image_model_string(), "Porträt", help_text="Alternativtext und Bildnachweis gehören zum Bild."
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class ChairPerson(OfficeHolder, Sourced, Citing, ClusterableModel, Orderable):
    """A person in the chair; a term can see several, each with own dates, known or not."""

    term = ParentalKey(ChairTerm, related_name="persons", on_delete=models.CASCADE, verbose_name="Amtszeit")
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
        MultiFieldPanel(
            SOURCE_PANEL.children,
            heading="Quelle",
            help_text="Nur, wo sie für die Person eine andere ist als für die Amtszeit.",
        ),
    ]

    class Meta(Orderable.Meta):
        verbose_name = "Person im Vorsitz"
        verbose_name_plural = "Personen im Vorsitz"

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

    def earliest(self, before: "ChairPerson | None", term: ChairTerm) -> date:
        """Return the first day on which the person may have chaired, `before` being who stands before in the term."""
        if self.start is None and before and before.end and before.end < (self.end or term.end):
            return before.end + timedelta(days=1)
        return self.start or term.start

    def latest(self, after: "ChairPerson | None", term: ChairTerm) -> date:
        """Return the last day on which the person may have chaired, `after` being who comes next in the term."""
        if self.end is None and after and after.start and after.start > (self.start or term.start):
            return after.start - timedelta(days=1)
        return self.end or term.end

    @cached_property
    def has_own_source(self) -> bool:
        """Tell whether its source says something else than that of the term."""
        other_kind = self.source and self.source != self.term.source
        return bool(
            other_kind or self.sources.all() or (self.source_note and self.source_note != self.term.source_note)
        )

    @property
    def known_days(self) -> tuple[date, date] | None:
        """Return from when to when the person surely chaired; of one known day that day, None without any."""
        first, last = self.start or self.end, self.end or self.start
        return (first, last) if first and last else None

    @property
    def period(self) -> str:
        """Return when the person chaired, as far as it is known."""
        if self.start and self.end:
            return period_in_words(self.start, self.end)
        if self.start:
            return gettext("ab {day}").format(day=date_format(self.start, "SHORT_DATE_FORMAT"))
        if self.end:
            return gettext("bis {day}").format(day=date_format(self.end, "SHORT_DATE_FORMAT"))
        return ""


def cited_by_terms(terms: Iterable[ChairTerm]) -> list:
    """Return what terms and their persons cite, as `cited` does; a person without own sources has those of the term."""
    terms = list(terms)
    sources = cited([row for term in terms for row in (term, *term.persons.all())])
    for term in terms:
        for person in term.persons.all():
            person.cited = person.cited or term.cited
    return sources


@kept
def terms_with_persons() -> dict[int, ChairTerm]:
    """Return all stored terms by key, with Land, persons and sources, the first in time first."""
    return {term.pk: term for term in ChairTerm.objects.select_related("land").prefetch_related("persons", "sources")}


@kept
def terms_with_sources() -> tuple[list[ChairTerm], list]:
    """Return all stored terms with Land, persons and portraits, the newest first, and what they cite."""
    terms = list(ChairTerm.objects.with_people().order_by("-start"))
    return terms, cited_by_terms(terms)


def rotation_of(request: HttpRequest) -> Rotation:
    """Return the rotation; asked once for a request, since header, page and footer all need it."""
    if not hasattr(request, "rotation"):
        request.rotation = stored_rotation()
    return request.rotation


@kept
def stored_rotation() -> Rotation:
    """Return the rotation as the stored terms and the rule give it."""
    return ChairTerm.objects.rotation()


def term_today(request: HttpRequest) -> Term | None:
    """Return the term of today (Europe/Berlin), None before the first."""
    return rotation_of(request).term_on(today())


def day_asked_for(text: str, otherwise: date) -> tuple[date, str]:
    """Return the day that `text` (ISO 8601 or e.g. "1.10.2016") names and "", or `otherwise` and an error to show."""
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
        return otherwise, gettext("Bitte einen Tag in der Form 2016-10-01 oder 1.10.2016 angeben.")
    return day, ""
