"""Conferences: the meetings of the ministers, their photos and papers, and the list of all."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.forms import CheckboxSelectMultiple, Select
from django.utils.translation import gettext
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.fields import StreamField
from wagtail.models import PageManager
from wagtail.search import index

from conferences.models.chair import ChairPerson, ChairTerm
from conferences.models.conference_agenda import agenda_of
from conferences.models.conference_head import ConferenceHeadMixin
from conferences.models.conference_parts import LISTS, ManyPhotosPanel, ProgrammeItemBlock, StoredPagePanel, lists_of
from conferences.models.conference_queryset import NAMED, ConferenceQuerySet, name_chairs, pages_beside
from conferences.models.conference_search import ConferenceSearchMixin
from conferences.models.land import Land
from conferences.models.latest_first import LatestFirst, terms_to_choose
from conferences.models.theme import Theme
from conferences.rules.claim import known_in_words, list_heading
from intmk.base.page_form import beside_title
from intmk.base.publishing_rules import RowsPanel
from intmk.base.sources import SOURCE_PANEL, Citing, Sourced, cited
from intmk.base.text_page import TextPage
from intmk.language import land_names
from intmk.language.dates import CERTAINTIES, EXACT, FIRST_DAY_UNKNOWN, MONTH, YEAR, UncertainPeriod, problems
from intmk.language.day import today
from intmk.server.kept import kept

UNKNOWN_DAYS = {FIRST_DAY_UNKNOWN: "erster Tag", MONTH: "genaue Tage", YEAR: "genaue Tage"}
SPECIAL_SLUG = re.compile(r"^sonder-[0-9]{4}-[0-9]+$")


class ConferencePage(ConferenceSearchMixin, ConferenceHeadMixin, Sourced, Citing, TextPage):
    """One conference of the ministers."""

    class Kind(models.TextChoices):
        MAIN = "main", "Hauptkonferenz"
        SPECIAL = "special", "Sonderkonferenz"

    class Status(models.TextChoices):
        PLANNED = "planned", "geplant"
        HELD = "held", "hat stattgefunden"
        CANCELLED = "cancelled", "abgesagt"

    class Format(models.TextChoices):
        IN_PERSON = "in_person", "vor Ort"
        VIDEO = "video", "Videokonferenz"
        IN_WRITING = "in_writing", "schriftlich"

    kind = models.CharField("Art", max_length=10, choices=Kind, default=Kind.MAIN)
    number = models.PositiveSmallIntegerField(
        "Nummer",
        null=True,
        blank=True,
        help_text="Laufende Nummer der Hauptkonferenz; sie ist auch ihre Adresse. Sonderkonferenzen haben keine.",
    )
    status = models.CharField("Stand", max_length=10, choices=Status, default=Status.PLANNED)
    format = models.CharField(
        "Form",
        max_length=10,
        choices=Format,
        blank=True,
        help_text="Leer, solange sie nicht bekannt gegeben ist.",
    )
    first_day = models.DateField(
        "Erster Tag",
        null=True,
        blank=True,
        help_text="Ist nur der Monat oder das Jahr bekannt, den Ersten davon eintragen und die Genauigkeit wählen.",
    )
    last_day = models.DateField("Letzter Tag", null=True, blank=True, help_text="Leer bei einem einzigen Tag.")
    date_certainty = models.CharField("Genauigkeit", max_length=20, choices=list(CERTAINTIES.items()), default=EXACT)
    date_note = models.CharField(
        "Anmerkung zum Termin", max_length=300, blank=True, help_text="z. B. welche Quellen sich widersprechen."
    )
    place = models.CharField("Ort", max_length=120, blank=True)
    venue = models.CharField("Tagungsstätte", max_length=200, blank=True)
    host_land = models.ForeignKey(
        Land,
        verbose_name="Gastgebendes Land",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="hosted_conferences",
    )
    chair_term = models.ForeignKey(
        ChairTerm,
        verbose_name="Amtszeit des Vorsitzes",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="conferences",
    )
    chair_note = models.CharField(
        "Anmerkung zum Vorsitz",
        max_length=300,
        blank=True,
        help_text="z. B. bei Konferenzen vor Oktober 2008.",
    )
    # What of the tables follows from `live`, which stands in another one: numbers of drafts may be there twice.
    is_public = models.BooleanField("Öffentlich", default=False, editable=False)
    agenda_is_complete = models.BooleanField(
        "Die Liste der Tagesordnungspunkte ist vollständig",
        default=False,
        help_text="Nur ankreuzen, wenn die ganze Tagesordnung bekannt und hier eingetragen ist. Dann sagt die Seite "
        "bei einer übersprungenen Nummer, dass sie nicht vorkommt; sonst schreibt sie „Bekannt sind …“.",
    )
    motto = models.CharField("Motto", max_length=200, blank=True, help_text="Ohne Anführungszeichen.")
    themes = ParentalManyToManyField(Theme, verbose_name="Handlungsfelder", blank=True)
    programme = StreamField(
        [("item", ProgrammeItemBlock())],
        verbose_name="Programm",
        blank=True,
        help_text="In zeitlicher Reihenfolge.",
    )

    lists = (*LISTS, "news", "sources")
    parent_page_types = ["conferences.ConferenceIndexPage"]
    subpage_types = ["conferences.ResolutionPage"]

    # Starred by hand: a special conference has no number, and one of which only the end is known has no first day.
    content_panels = [
        FieldPanel("title"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("kind"), FieldPanel("number", heading="Nummer *")]),
                FieldRowPanel([FieldPanel("status"), FieldPanel("format")]),
            ],
            heading="Konferenz",
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("first_day", heading="Erster Tag *"), FieldPanel("last_day")]),
                FieldPanel("date_certainty"),
                FieldPanel("date_note"),
            ],
            heading="Termin",
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("place"), FieldPanel("venue")]),
                FieldPanel("host_land", widget=Select),
                FieldPanel("chair_term", widget=LatestFirst(terms_to_choose)),
                FieldPanel("chair_note"),
            ],
            heading="Ort und Vorsitz",
        ),
        SOURCE_PANEL,
    ]
    text_panels = [
        FieldPanel("motto"),
        FieldPanel("introduction"),
        FieldPanel("body"),
        FieldPanel("themes", widget=CheckboxSelectMultiple),
        RowsPanel("guests", heading="Gäste", label="Gast"),
        FieldPanel("programme"),
        RowsPanel("meetings", heading="Vorbereitende Treffen", label="Treffen"),
        StoredPagePanel(template="conferences/agenda_panel.html"),
        FieldPanel("agenda_is_complete"),
        RowsPanel("agenda_gaps", heading="Fehlende TOPs", label="Fehlender TOP"),
    ]
    media_panels = [
        ManyPhotosPanel(template="conferences/photos/panel.html"),
        RowsPanel("photos", heading="Gruppenfotos", label="Gruppenfoto"),
        RowsPanel("press_releases", heading="Pressemitteilungen", label="Pressemitteilung"),
        RowsPanel("documents", heading="Dokumente", label="Dokument"),
    ]
    # Not the address: it is the number, so that /konferenzen/12/ holds for ever.
    promote_panels = [
        FieldPanel("service"),
        MultiFieldPanel(
            [FieldPanel("keywords"), FieldPanel("seo_title"), FieldPanel("search_description")], heading="Suche"
        ),
    ]
    search_fields = [
        *TextPage.search_fields,
        index.FilterField("status"),
        index.FilterField("kind"),
        index.FilterField("number"),
    ]

    objects = PageManager.from_queryset(ConferenceQuerySet)()

    class Meta:
        verbose_name = "Konferenz"
        verbose_name_plural = "Konferenzen"
        constraints = [
            models.UniqueConstraint(
                fields=["number"],
                condition=models.Q(is_public=True),
                name="conference_numbers_are_unique",
                violation_error_message="Diese Nummer hat schon eine andere Konferenz.",
            ),
            models.CheckConstraint(
                name="main_conferences_have_a_number",
                condition=models.Q(is_public=False)
                | models.Q(kind="main", number__isnull=False)
                | models.Q(kind="special", number__isnull=True),
                violation_error_message="Hauptkonferenzen haben eine Nummer, Sonderkonferenzen keine.",
            ),
        ]

    @property
    def own_slug(self) -> str:
        """Return the address that belongs to its number or its year, as long as none does the one that it has."""
        if self.kind == self.Kind.MAIN and self.number:
            return str(self.number)
        if self.kind == self.Kind.SPECIAL and not SPECIAL_SLUG.fullmatch(self.slug) and self.period.earliest:
            stored = ConferencePage.objects.filter(pk=self.pk, slug__regex=SPECIAL_SLUG.pattern)
            return stored.values_list("slug", flat=True).first() or self.free_special_slug(self.period.earliest.year)
        return self.slug

    @property
    def has_own_address(self) -> bool:
        """Say whether it stands where it will stay, so that its resolutions can get their identifiers."""
        return self.slug == str(self.number) or bool(SPECIAL_SLUG.fullmatch(self.slug))

    @property
    def is_scheduled(self) -> bool:
        return self.revisions.filter(approved_go_live_at__isnull=False).exists()

    def save(self, *args, **kwargs) -> None:
        """Note in the own table whether it is public, for its constraints."""
        self.is_public = self.live
        super().save(*args, **kwargs)

    def free_special_slug(self, year: int) -> str:
        """Return the first address of the form sonder-2027-1 that no conference has."""
        prefix = f"sonder-{year}-"
        taken = set(ConferencePage.objects.filter(slug__startswith=prefix).values_list("slug", flat=True))
        return next(prefix + str(n) for n in range(1, len(taken) + 2) if prefix + str(n) not in taken)

    def clean(self) -> None:
        """Raise ValidationError by field: number and kind, dates and their certainty, status against the calendar."""
        errors = problems(self.first_day, self.last_day, self.date_certainty) | beside_title(super().clean)
        if self.kind == self.Kind.MAIN and not self.number:
            errors["number"] = "Eine Hauptkonferenz braucht ihre laufende Nummer."
        if self.kind == self.Kind.SPECIAL and self.number is not None:
            errors["number"] = "Eine Sonderkonferenz trägt keine Nummer: Bitte das Feld leeren."
        same_number = ConferencePage.objects.live().filter(number=self.number).exclude(pk=self.pk)
        if self.number and same_number.exists():
            errors.pop("title", None)
            errors["number"] = f"Die {self.number}. Konferenz gibt es schon."
        elif self.number and (neighbour := self.neighbour_at(self.own_slug)):
            errors["number"] = f"Die Adresse „{self.own_slug}“ ist vergeben oder vorgemerkt: „{neighbour.draft_title}“."
        begins = self.period.earliest
        if self.status == self.Status.HELD and begins and begins > today():
            errors["status"] = "Die Konferenz liegt in der Zukunft: Sie kann noch nicht stattgefunden haben."
        term = self.chair_term
        if term and self.period.lies_outside(term.start, term.end):
            errors["chair_term"] = f"Die Konferenz liegt nicht in dieser Amtszeit ({term.period})."
        if errors:
            raise ValidationError(errors)

    @property
    def period(self) -> UncertainPeriod:
        """Return when it is, with the certainty in which that is known."""
        return UncertainPeriod(self.first_day, self.last_day, self.date_certainty)

    @property
    def chair_day(self) -> date | None:
        """Return the day by which to ask the ChairPage for the term: the conference's own where it lies in it."""
        day = self.last_day or self.first_day
        if self.chair_term is None:
            return day
        return day if day and self.chair_term.start <= day <= self.chair_term.end else self.chair_term.start

    @property
    def chair_persons(self) -> list[ChairPerson]:
        """Return who chaired on its day as far as is known, else all persons of the term."""
        return self.chair_term.persons_on(self.chair_day) if self.chair_term and self.chair_day else []

    @property
    def title_after_number(self) -> str:
        """Return the title without the number at its front, which the page sets as a figure."""
        return self.title.removeprefix(f"{self.number}.").strip() if self.number else self.title

    def gaps(self, lists: Mapping[str, Any], agenda: Any) -> list[str]:
        """Return what one would look for after a conference and what is not in hand, in the order of the page.

        lists: of `lists_of`. agenda: of `agenda_of`. For each it is enough to know whether there is something.
        """
        if self.is_planned:
            return []
        expected = [
            ("Termin", str(self.period), True),
            (UNKNOWN_DAYS.get(self.date_certainty, ""), self.date_certainty not in UNKNOWN_DAYS, True),
            ("Ort", self.place_or_format, True),
            ("Vorsitz", self.chair_term_id or self.chair_note, True),
            ("Beschlüsse", agenda, True),
            ("Gruppenfoto", lists["real_photos"], self.format in (self.Format.IN_PERSON, "") and not self.is_cancelled),
            ("Programm", self.programme, not self.is_cancelled),
            ("Protokoll oder anderes Dokument", lists["documents"], True),
            ("Pressemitteilung", lists["press_releases"], True),
        ]
        return [name for name, found, is_expected in expected if is_expected and not found]

    def known_gaps(self) -> list[str]:
        """Return the same of a page that was fetched `for_gaps`, without a query."""
        lists = {"real_photos": self.has_photos, "documents": self.has_documents}
        return self.gaps(lists | {"press_releases": self.has_press_releases}, self.has_agenda)

    def missing_before(self) -> list[str]:
        """Return what readers look for before a conference and what is not there yet."""
        expected = [
            ("Tage", not self.period.gap and self.first_day),
            ("Ort", self.place_or_format),
            ("Programm", self.programme),
        ]
        return [name for name, found in expected if not found]

    @property
    def where(self) -> str:
        """Return place and venue in one line, or how it met without one."""
        return ", ".join(filter(None, [self.place_or_format, self.venue]))

    @property
    def place_or_format(self) -> str:
        """Return the place, or how it met without one: "Videokonferenz"."""
        apart = self.format in (self.Format.VIDEO, self.Format.IN_WRITING)
        return gettext(self.get_format_display()) if apart and not self.place else self.place

    @property
    def place_and_year(self) -> str:
        """Return what people know a numbered conference by, "Friedrichshafen 2017"; its Land while it has no place.

        "" of one without a number, whose title says more.
        """
        begins = self.period.earliest
        where = self.place_or_format or self.host_name
        return " ".join(filter(None, [where, str(begins.year) if begins else ""])) if self.number else ""

    @property
    def host_name(self) -> str:
        """Return the Land that hosts it in the language of the page, "" for none."""
        return land_names.on_page(self.host_land.code, self.host_land.name) if self.host_land else ""

    @property
    def leading_person(self) -> str:
        """Return who chaired on its day, "" where that is not known of one person alone.

        A person whose note names another occasion ("bei Übernahme des Vorsitzes") may not have been there.
        """
        persons = self.chair_persons
        is_told = len(persons) == 1 and (not persons[0].note or f"{self.number}. Konferenz" in persons[0].note)
        return persons[0].name if is_told else ""

    @property
    def not_known_yet(self) -> str:
        """Return the sentence on what of the days and the place of a planned one is not known, "" when all is."""
        days, place = bool(self.period.gap), bool(self.place_or_format)
        if not self.is_planned or (place and not days):
            return ""
        if place:
            return gettext("Die genauen Tage sind noch nicht bekannt.")
        return gettext("Tage und Ort sind noch nicht bekannt.") if days else gettext("Der Ort ist noch nicht bekannt.")

    @property
    def is_planned(self) -> bool:
        return self.status == self.Status.PLANNED

    def is_coming(self, day: date) -> bool:
        """Say whether it is planned and not over on `day`, as `upcoming` asks the database."""
        return self.is_planned and self.period.latest is not None and self.period.latest >= day

    def is_overdue(self, day: date) -> bool:
        """Say whether it is over on `day` and still said to be planned."""
        return self.is_planned and self.period.latest is not None and self.period.latest < day

    @property
    def is_cancelled(self) -> bool:
        return self.status == self.Status.CANCELLED

    def neighbours(self) -> "tuple[ConferencePage | None, ConferencePage | None]":
        """Return the previous and the next public conference by date, None at the ends."""
        return pages_beside(self, [page for page in conferences_by_date().values() if page.live])

    def get_context(self, request, *args, **kwargs) -> dict:
        """Add previous and next, the lists of `lists_of`, gaps, the agenda of `agenda_of` with its agenda_heading.

        known_items: a sentence on how many records there are of each kind; "" where the list is complete.
        sources: what it and its term cite.
        """
        context = super().get_context(request, *args, **kwargs)
        name_chairs([self])
        previous, following = self.neighbours()
        lists = lists_of(self)
        agenda = agenda_of(self, lists["agenda_gaps"])
        claims = [entry.resolution.claim for _, entries in agenda for entry in entries if entry.resolution]
        return (
            context
            | lists
            | {
                "previous": previous,
                "next": following,
                "gaps": self.gaps(lists, agenda),
                "sources": cited([self, *filter(None, [self.chair_term])]),
                "agenda": agenda,
                "agenda_heading": list_heading(claims),
                "known_items": "" if self.agenda_is_complete else known_in_words(claims),
            }
        )


@kept
def conferences_by_date() -> "dict[int | None, ConferencePage]":
    """Return all conferences, public or not, by their keys, with what a link to one says; the first in time first."""
    return {page.pk: page for page in ConferencePage.objects.chronological().only(*NAMED)}


def conferences_to_choose() -> list[tuple[int | None, str]]:
    """Return the keys and names of all, the latest first, for a field."""
    return [(pk, f"{page.title} ({page.period})") for pk, page in reversed(conferences_by_date().items())]


ConferencePage.edit_handler = ConferencePage.tabs(
    ObjectList(ConferencePage.text_panels, heading="Text und Programm"),
    ObjectList(ConferencePage.media_panels, heading="Bilder und Dokumente"),
)
