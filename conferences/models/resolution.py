"""Resolutions: what the conferences decided, each on a page of its own that no change of the chair touches."""

from collections import defaultdict
from contextlib import suppress
from dataclasses import astuple

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import ObjectList
from wagtail.documents import get_document_model_string
from wagtail.fields import StreamField
from wagtail.models import Page, PageManager
from wagtail.search import index

from conferences.models import resolution_panels
from conferences.models.addressee import Addressee
from conferences.models.conference import ConferencePage, conferences_by_date
from conferences.models.identifier import IdentifierMixin, refusals
from conferences.models.land import Land
from conferences.models.resolution_context import LISTS, resolution_context
from conferences.models.resolution_form import ResolutionForm, fault_of_movers
from conferences.models.resolution_head import ResolutionHeadMixin
from conferences.models.resolution_parts import TEXT_FEATURES, FollowUp, name_anchors
from conferences.models.resolution_queryset import (
    BY_ITEM,
    BY_TITLE,
    NEWEST_FIRST,
    OLDEST_FIRST,
    ResolutionQuerySet,
    title_sort_key,
)
from conferences.models.resolution_release import ReleaseMixin
from conferences.models.resolution_search import ResolutionSearchMixin
from conferences.models.resolution_wording import WordingMixin
from conferences.models.theme import Theme
from conferences.rules import agenda_item, ballot
from intmk.base.drafts import was_public
from intmk.base.page_form import beside_title
from intmk.base.pages import SitePage
from intmk.base.sources import Citing, Sourced, Sureness
from intmk.language.day import today
from intmk.language.link_fields import LinkField, RichTextBlock, RichTextField

FIRST_YEAR = 2007  # of the first conference


class ResolutionPage(
    ResolutionSearchMixin, ResolutionHeadMixin, WordingMixin, ReleaseMixin, IdentifierMixin, Sourced, Citing, SitePage
):
    """One item on which a conference decided, or a decision taken in writing (Umlaufbeschluss)."""

    class Kind(models.TextChoices):
        LEAD_MOTION = "lead_motion", "Leitantrag"
        MOTION = "motion", "Antrag"
        RESOLUTION = "resolution", "Entschließung"
        REPORT = "report", "Bericht einer Arbeitsgruppe"
        CIRCULAR = "circular", "Umlaufbeschluss"
        NOTE = "note", "Kenntnisnahme"

    class MoverKind(models.TextChoices):
        LAENDER = "laender", "einzelne Länder"
        ALL = "all", "alle Länder"
        CHAIR = "chair", "Vorsitz"
        WORKING_GROUP = "working_group", "Arbeitsgruppe"

    class Outcome(models.TextChoices):
        UNANIMOUS = ballot.UNANIMOUS, "einstimmig"
        MAJORITY = ballot.MAJORITY, "mehrheitlich"
        ADOPTED = ballot.ADOPTED, "beschlossen"
        NOTED = ballot.NOTED, "zur Kenntnis genommen"
        WITHDRAWN = ballot.WITHDRAWN, "zurückgezogen"
        ADJOURNED = ballot.ADJOURNED, "vertagt"
        REJECTED = ballot.REJECTED, "abgelehnt"
        FAILED = ballot.FAILED, "keine Mehrheit"

    class Release(models.TextChoices):
        TITLE = "title", "nur der Titel"
        TEXT = "text", "der Beschlusstext, nicht die Begründung"
        REASONS = "reasons", "Beschlusstext und Begründung"

    WITH_POINTS = (Release.TEXT, Release.REASONS)

    class RecordState(models.TextChoices):
        PRELIMINARY = "preliminary", "vorläufig"
        FINAL = "final", "endgültig"

    conference = models.ForeignKey(
        "conferences.ConferencePage",
        verbose_name="Konferenz",
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="resolutions",
    )
    item = models.CharField(
        "TOP",
        max_length=agenda_item.LONGEST,
        blank=True,
        help_text="Nummer auf der Tagesordnung, z. B. 2.4, 2.9b oder A3; sie ist auch die Adresse. Leer, wenn sie "
        "nicht bekannt ist und bei Umlaufbeschlüssen.",
    )
    item_key = models.CharField("Sortierung", max_length=60, editable=False, db_collation="C")
    agenda_heading = models.CharField(
        "Überschrift in der Tagesordnung",
        max_length=200,
        blank=True,
        help_text="Worunter der TOP steht, mit Nummer, z. B. „2 Integration / Zusammenhalt“.",
    )
    title_is_official = models.BooleanField(
        "Titel im amtlichen Wortlaut",
        default=False,
        help_text="Ohne Haken sagt die Seite, dass der Titel eine Bezeichnung der Redaktion ist.",
    )
    kind = models.CharField("Art", max_length=11, choices=Kind, blank=True, help_text="Leer: nicht bekannt.")
    circular_number = models.PositiveSmallIntegerField("Nummer des Umlaufbeschlusses", null=True, blank=True)
    circular_year = models.PositiveSmallIntegerField("Jahr des Umlaufbeschlusses", null=True, blank=True)
    decided_on = models.DateField(
        "Beschlossen am",
        null=True,
        blank=True,
        help_text="Nur, wenn es nicht der Termin der Konferenz ist. Ein Umlaufbeschluss hat sonst keinen Tag.",
    )
    decided_before = models.DateField(
        "oder beschlossen vor dem",
        null=True,
        blank=True,
        help_text="Nur bei Umlaufbeschlüssen, deren Tag nicht bekannt ist: Die Website schreibt dann „vor dem …“.",
    )
    mover_kind = models.CharField(
        "Antragsteller", max_length=13, choices=MoverKind, blank=True, help_text="Leer: nicht bekannt."
    )
    movers = ParentalManyToManyField(
        Land, verbose_name="Antragstellende Länder", blank=True, related_name="motions", help_text="Bei „alle“: leer."
    )
    mover_name = models.CharField("Name der Arbeitsgruppe", max_length=200, blank=True)
    outcome = models.CharField(
        "Ergebnis",
        max_length=9,
        choices=Outcome,
        blank=True,
        help_text="Nur was hier „einstimmig“, „mehrheitlich“ oder „beschlossen“ ist, nennt die Website einen "
        "Beschluss. „Beschlossen“: Belegt ist der Beschluss, aber nicht, mit welcher Mehrheit. Leer: Das Ergebnis "
        "liegt nicht vor.",
    )
    votes_yes = models.PositiveSmallIntegerField("Ja", null=True, blank=True)
    votes_no = models.PositiveSmallIntegerField("Nein", null=True, blank=True)
    votes_abstained = models.PositiveSmallIntegerField("Enthaltung", null=True, blank=True)
    votes_source = models.CharField(
        "Quellenlage der Zahlen", max_length=10, choices=Sureness, blank=True, help_text="Leer: wie die Seite."
    )
    votes_unpublished = models.BooleanField(
        "Die Zahlen sind nicht veröffentlicht",
        default=False,
        help_text="Nur ankreuzen, wenn das bekannt ist. Liegen die Zahlen bloß nicht vor, bleibt das Feld leer.",
    )
    points = StreamField(
        [("point", RichTextBlock(label="Punkt", features=TEXT_FEATURES, icon="list-ol"))],
        verbose_name="Beschlusstext",
        blank=True,
        help_text="Jeder Punkt ein Block; die Nummern entstehen von selbst.",
    )
    reasons = RichTextField(
        "Begründung",
        blank=True,
        features=TEXT_FEATURES,
        help_text="Erscheint nirgends, solange sie nicht freigegeben ist.",
    )
    release = models.CharField(
        "Freigegeben ist",
        max_length=7,
        choices=Release,
        blank=True,
        help_text="Leer: nicht bekannt. Was nicht freigegeben ist, bleibt aus Seite, Suche und Daten heraus.",
    )
    record_state = models.CharField("Fassung der Niederschrift", max_length=11, choices=RecordState, blank=True)
    record_date = models.DateField("Stand der Niederschrift", null=True, blank=True)
    source_file = models.ForeignKey(
        get_document_model_string(),
        verbose_name="Quelldatei",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,  # not PROTECT, which no draft can be opened with; see keep_source_files
        related_name="resolutions",
        help_text="Das Protokoll oder der Beschluss als Datei. Enthält sie nicht Freigegebenes, dort „Gesperrt“ "
        "ankreuzen.",
    )
    source_pages = models.CharField("Seiten darin", max_length=40, blank=True, help_text="z. B. „3–5“")
    found_at = LinkField("Fundstelle", blank=True, help_text="Wo die Datei oder die Angabe gefunden wurde.")
    addressees = ParentalManyToManyField(Addressee, verbose_name="Adressaten", blank=True, related_name="resolutions")
    themes = ParentalManyToManyField(Theme, verbose_name="Handlungsfelder", blank=True, related_name="resolutions")
    # What of the tables follows from `live`, which stands in another one: numbers of drafts may be there twice.
    is_public = models.BooleanField("Öffentlich", default=False, editable=False)
    # Made of the above when the page is saved or published, so that lists and counts need no further tables.
    year = models.PositiveSmallIntegerField("Jahr", null=True, editable=False)
    day = models.DateField("Tag", null=True, editable=False)
    title_key = models.CharField(
        "Sortierung des Titels", max_length=255, blank=True, default="", editable=False, db_collation="C"
    )
    facets = ArrayField(models.CharField(max_length=24), verbose_name="Merkmale", default=list, editable=False)

    lists = (*LISTS, "references", "referenced_by", "sources", "identifiers")
    parent_page_types = ["conferences.ConferencePage"]
    subpage_types: list[str] = []
    named_by = ("conference",)
    base_form_class = ResolutionForm

    content_panels = resolution_panels.CONTENT_PANELS
    promote_panels = resolution_panels.PROMOTE_PANELS
    search_fields = [*SitePage.search_fields, index.FilterField("kind"), index.FilterField("outcome")]

    objects = PageManager.from_queryset(ResolutionQuerySet)()

    class Meta:
        verbose_name = "Beschluss"
        verbose_name_plural = "Beschlüsse"
        # Of each order of the archive, so that a page of it reads twenty rows and not all.
        indexes = [
            GinIndex(fields=["facets"], name="resolution_facets"),
            models.Index(*NEWEST_FIRST, name="resolution_newest"),
            models.Index(*OLDEST_FIRST, name="resolution_oldest"),
            models.Index(*BY_ITEM, name="resolution_item"),
            models.Index(*BY_TITLE, name="resolution_title"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["conference", "item_key"],
                condition=models.Q(is_public=True) & ~models.Q(item=""),
                name="agenda_items_are_unique",
                violation_error_message="Diesen TOP gibt es in dieser Konferenz schon.",
            ),
            models.UniqueConstraint(
                fields=["circular_year", "circular_number"],
                condition=models.Q(is_public=True),
                name="circular_numbers_are_unique",
                violation_error_message="Diesen Umlaufbeschluss gibt es schon.",
            ),
        ]

    def full_clean(self, *args, **kwargs) -> None:
        """Fill in what follows from the tree and the fields, then validate."""
        if self.path:
            parent = self.get_parent()
            self.conference_id = parent.pk
            if isinstance(parent, ConferencePage):  # as a page just made below it has it; not to be read once more
                self.conference = parent
        self.item_key = agenda_item.sort_key(self.valid_item)
        if not self.valid_item and self.circular_number and self.circular_year:
            self.item_key = agenda_item.sort_key_of_circular(self.circular_number, self.circular_year)
        self.set_order()
        super().full_clean(*args, **kwargs)

    @property
    def own_slug(self) -> str:
        """Return the address that belongs to its number; without one that which it has."""
        if self.valid_item:
            return agenda_item.address_part(self.valid_item)
        if self.circular_number and self.circular_year:
            return f"umlauf-{self.circular_number}-{self.circular_year}"
        return self.slug

    @property
    def valid_item(self) -> str:
        """Return its TOP, "" without one and for what is none, which only a draft can have."""
        with suppress(ValueError):
            return agenda_item.normalised(self.item)
        return ""

    def faults_of_rows(self) -> dict[str, list]:
        """Add what shows only when votes, statements, references and movers are looked at together."""
        found = defaultdict(list, super().faults_of_rows())
        votes = [row for row in self.votes.all() if row.land_id and row.vote]
        cast = {row.land_id: row.vote for row in votes}
        if len(cast) < len(votes):
            found["votes"].append("Ein Land hat nur eine Stimme.")
        if errors := ballot.contradictions_of_laender(self.outcome, self.counts, cast):
            found["votes_yes"] += errors
        references = [(row.target_id, row.kind) for row in self.references.all() if row.target_id]
        if len(set(references)) < len(references):
            found["references"].append("Ein Bezug steht zweimal da.")
        of_laender = self.mover_kind == self.MoverKind.LAENDER
        single = self.contradictions_of_release(self.hidden_statements()) | fault_of_movers(
            of_laender, self.movers.all()
        )
        for name, fault in single.items():
            found[name].append(fault)
        return found

    def save(self, *args, **kwargs) -> None:
        """Note in the own table whether it is public, for its constraints."""
        self.is_public = self.live
        super().save(*args, **kwargs)

    def set_order(self) -> None:
        """Fill in what lists are ordered by and what is not its own field: year, day, key of the title."""
        self.year = self.year_decided()
        self.day = self.day_for_order()
        self.title_key = title_sort_key(self.title)

    def clean(self) -> None:
        """Raise ValidationError by field for what contradicts itself or another resolution."""
        errors = beside_title(super().clean)
        errors |= ballot.contradictions(self.outcome, self.counts) | self.contradictions_of_movers()
        is_circular = self.kind == self.Kind.CIRCULAR
        if (self.circular_number or self.circular_year) and not is_circular:
            errors["kind"] = "Nummer und Jahr hat nur ein Umlaufbeschluss."
        if self.circular_number and not self.circular_year:
            errors["circular_year"] = "Zur Nummer gehört das Jahr."
        if is_circular and self.item:
            errors["item"] = "Ein Umlaufbeschluss steht auf keiner Tagesordnung: Bitte das Feld leeren."
        errors |= self.contradictions_of_claims()
        for field in ("decided_on", "decided_before", "record_date"):
            day = getattr(self, field)
            if day and day > today():
                errors[field] = "Dieser Tag liegt in der Zukunft."
            elif day and day.year < FIRST_YEAR:
                errors[field] = f"Die Konferenz gibt es erst seit {FIRST_YEAR}."
        if self.circular_year and not FIRST_YEAR <= self.circular_year <= today().year:
            errors["circular_year"] = f"Möglich sind die Jahre von {FIRST_YEAR} bis heute."
        errors |= refusals(self) | self.faults_of_numbers() | self.contradictions_of_release(self.hidden_texts())
        if errors:
            raise ValidationError(errors)

    def contradictions_of_claims(self) -> dict[str, str]:
        """Return errors for a day or numbers of which two things are said."""
        errors = {}
        if self.decided_before and self.decided_on:
            errors["decided_before"] = "Der Tag steht schon im Feld davor: Bitte eines von beiden leeren."
        elif self.decided_before and self.kind != self.Kind.CIRCULAR:
            errors["decided_before"] = "Das gibt es nur bei Umlaufbeschlüssen: Anderes trägt den Termin der Konferenz."
        if self.votes_unpublished and any(number is not None for number in astuple(self.counts)):
            errors["votes_unpublished"] = "Zahlen sind angegeben: Bitte entweder sie oder den Haken entfernen."
        return errors

    def contradictions_of_movers(self) -> dict[str, str]:
        """Return errors for a kind of mover that does not fit what is named; the Länder are the form's to check."""
        if self.mover_kind == self.MoverKind.WORKING_GROUP and not self.mover_name:
            return {"mover_name": "Bitte die Arbeitsgruppe nennen."}
        if self.mover_name and self.mover_kind != self.MoverKind.WORKING_GROUP:
            return {"mover_name": "Der Name gehört zu „Arbeitsgruppe“: Bitte leeren oder als Antragsteller wählen."}
        return {}

    def faults_of_numbers(self) -> dict[str, str]:
        """Return errors for what is no TOP, and for a TOP or an Umlaufbeschluss that another resolution is."""
        try:
            agenda_item.normalised(self.item)
        except ValueError as error:
            return {"item": str(error)}
        if self.lacks_address_of_conference():
            words = (
                "Die Konferenz hat noch nicht die Adresse, zu der die Kennung gehört: Bitte zuerst sie veröffentlichen."
            )
            return {NON_FIELD_ERRORS: words}
        others = ResolutionPage.objects.live().exclude(pk=self.pk)
        errors = {}
        if self.item and others.filter(conference=self.conference_id, item_key=self.item_key).exists():
            errors["item"] = f"TOP {self.item} gibt es in dieser Konferenz schon."
        elif (self.valid_item or self.circular_number) and (neighbour := self.neighbour_at(self.own_slug)):
            field = "item" if self.valid_item else "circular_number"
            errors[field] = f"Die Adresse „{self.own_slug}“ ist vergeben oder vorgemerkt: „{neighbour.draft_title}“."
        same = others.filter(circular_number=self.circular_number, circular_year=self.circular_year)
        if self.circular_number and self.circular_year and same.exists():
            errors["circular_number"] = (
                f"Den Umlaufbeschluss {self.circular_number}/{self.circular_year} gibt es schon."
            )
        return errors

    def lacks_address_of_conference(self) -> bool:
        """Say whether it would get an identifier that does not last; to be scheduled its conference need only be so."""
        conference = self.conference
        if conference is None or conference.has_own_address or (conference.is_scheduled and not self.live):
            return False
        return not self.identifiers.exists() if self.pk else True

    def can_move_to(self, parent: Page) -> bool:
        """Say whether it may stand below `parent`: once public, not where its identifier would not last."""
        return super().can_move_to(parent) and (not was_public(self) or parent.specific.has_own_address)

    @property
    def public_conference(self) -> ConferencePage | None:
        """Return its conference for readers: None while that is not public, as the resolution may be without it."""
        return self.conference if self.conference and self.conference.live else None

    @property
    def counts(self) -> ballot.Counts:
        return ballot.Counts(self.votes_yes, self.votes_no, self.votes_abstained)

    @property
    def number(self) -> str:
        """Return what it is called by: "TOP 2.9b", "Umlaufbeschluss 3/2020", its kind, or ""."""
        if self.item:
            return f"TOP {self.item}"
        if self.circular_number:
            return f"{self.circular_name} {self.circular_number}/{self.circular_year}"
        return self.circular_name if self.kind == self.Kind.CIRCULAR else self.get_kind_display()

    def save_revision(self, *args, **kwargs):
        """Give new statements their anchors, so that each version carries them, and save as Wagtail does."""
        name_anchors(self.statements.get_object_list())  # "all" may give copies
        return super().save_revision(*args, **kwargs)

    def latest_follow_up(self) -> FollowUp | None:
        """Return the state that is known last; of one day the one that stands last."""
        return max(self.follow_ups.all(), key=lambda row: (row.day, row.sort_order or 0), default=None)

    def get_context(self, request, *args, **kwargs) -> dict:
        """Add what `resolution_context` says."""
        self.conference = conferences_by_date().get(self.conference_id)
        return super().get_context(request, *args, **kwargs) | resolution_context(self, request)


ResolutionPage.edit_handler = ResolutionPage.tabs(
    ObjectList(resolution_panels.VOTE_PANELS, heading="Abstimmung"),
    ObjectList(resolution_panels.FOLLOW_UP_PANELS, heading="Bezüge und Umsetzung"),
    ObjectList(resolution_panels.RECORD_PANELS, heading="Niederschrift"),
)
