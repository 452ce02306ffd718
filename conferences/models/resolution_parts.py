"""What belongs to a resolution row by row: votes, statements, references, requests for reports, what became of it."""

from django.core.exceptions import ValidationError
from django.db import models
from django.forms import RadioSelect, Select
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.documents import get_document_model_string
from wagtail.models import Orderable

from conferences.models.conference import conferences_to_choose
from conferences.models.land import Land
from conferences.models.latest_first import LatestFirst
from conferences.rules import ballot
from intmk.base.fields import optional_link
from intmk.base.publishing_rules import RelationsAtHand
from intmk.language.day import today
from intmk.language.link_fields import LinkField, RichTextField

TEXT_FEATURES = ["bold", "italic", "ol", "ul", "link", "document-link"]


class ResolutionVote(RelationsAtHand, Orderable):
    """How one Land voted, where that is published."""

    class Vote(models.TextChoices):
        YES = ballot.YES, "Ja"
        NO = ballot.NO, "Nein"
        ABSTAINED = ballot.ABSTAINED, "Enthaltung"
        ABSENT = ballot.ABSENT, "nicht beteiligt"

    resolution = ParentalKey(
        "conferences.ResolutionPage", verbose_name="Beschluss", related_name="votes", on_delete=models.CASCADE
    )
    land = models.ForeignKey(Land, verbose_name="Land", on_delete=models.PROTECT, related_name="+")
    vote = models.CharField("Stimme", max_length=9, choices=Vote)

    panels = [FieldPanel("land", widget=Select, required_on_save=False), FieldPanel("vote", widget=RadioSelect)]

    class Meta(Orderable.Meta):
        verbose_name = "Stimme eines Landes"
        verbose_name_plural = "Stimmen der Länder"

    def __str__(self) -> str:
        return f"{self.land if self.land_id else ''}: {self.get_vote_display()}"


class ResolutionStatement(RelationsAtHand, Orderable):
    """A statement of one Land for the record; its anchor stays when others are put before it."""

    class Kind(models.TextChoices):
        DECLARATION = "declaration", "Protokollerklärung"
        NOTE = "note", "Protokollnotiz"

    class Stance(models.TextChoices):
        FOR = "for", "zustimmend"
        AGAINST = "against", "ablehnend"
        MIXED = "mixed", "teils zustimmend, teils ablehnend"

    resolution = ParentalKey(
        "conferences.ResolutionPage", verbose_name="Beschluss", related_name="statements", on_delete=models.CASCADE
    )
    land = models.ForeignKey(
        Land,
        verbose_name="Land",
        on_delete=models.PROTECT,
        related_name="statements",
        help_text="Bei gemeinsamen Erklärungen je Land eine Zeile.",
    )
    kind = models.CharField("Art", max_length=11, choices=Kind, default=Kind.DECLARATION)
    stance = models.CharField("Haltung", max_length=7, choices=Stance, blank=True, help_text="Leer: nicht bekannt.")
    summary = models.CharField(
        "Inhalt in einem Satz",
        max_length=300,
        blank=True,
        help_text="In eigenen Worten. Wird immer gezeigt, auch wenn der Wortlaut nicht freigegeben ist.",
    )
    text = RichTextField("Wortlaut", blank=True, features=TEXT_FEATURES)
    is_released = models.BooleanField(
        "Wortlaut freigegeben",
        default=False,
        help_text="Ohne Haken sieht die Öffentlichkeit nur, dass es die Erklärung gibt und wie sie sich stellt.",
    )
    anchor = models.SlugField("Sprungmarke", max_length=60, editable=False)

    panels = [
        FieldRowPanel(
            [FieldPanel("land", widget=Select, required_on_save=False), FieldPanel("kind"), FieldPanel("stance")]
        ),
        FieldPanel("summary"),
        FieldPanel("text"),
        FieldPanel("is_released"),
    ]

    class Meta(Orderable.Meta):
        verbose_name = "Protokollerklärung oder -notiz"
        verbose_name_plural = "Protokollerklärungen und -notizen"

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.land if self.land_id else ''}"

    @property
    def public_text(self) -> str:
        """Return the wording if it is released, else ""."""
        return self.text if self.is_released else ""


def name_anchors(statements: list[ResolutionStatement]) -> None:
    """Give each statement without an anchor one of its own, e.g. "erklaerung-bayern", then "erklaerung-bayern-2"."""
    taken = {statement.anchor for statement in statements}
    for statement in statements:
        if statement.anchor or not statement.land_id:
            continue
        first = f"erklaerung-{statement.land.slug}"
        further = (f"{first}-{number}" for number in range(2, len(statements) + 2))
        statement.anchor = next(anchor for anchor in (first, *further) if anchor not in taken)
        taken.add(statement.anchor)


class ResolutionReference(Orderable):
    """That this resolution confirms, amends, replaces or continues another, here or of another body."""

    class Kind(models.TextChoices):
        CONFIRMS = "confirms", "bestätigt"
        AMENDS = "amends", "ändert"
        REPLACES = "replaces", "ersetzt"
        CONTINUES = "continues", "führt fort"

    SEEN_FROM_THERE = {
        Kind.CONFIRMS: "bestätigt durch",
        Kind.AMENDS: "geändert durch",
        Kind.REPLACES: "ersetzt durch",
        Kind.CONTINUES: "fortgeführt durch",
    }

    resolution = ParentalKey(
        "conferences.ResolutionPage", verbose_name="Beschluss", related_name="references", on_delete=models.CASCADE
    )
    kind = models.CharField("Verhältnis", max_length=9, choices=Kind)
    target = optional_link("conferences.ResolutionPage", "Beschluss dieser Konferenz", related_name="referenced_by")
    elsewhere = models.CharField(
        "oder Beschluss anderswo",
        max_length=250,
        blank=True,
        help_text="Gremium, Tag und Gegenstand, z. B. „Ministerpräsidentenkonferenz, 22. März 2007: Auftrag zum NIP“.",
    )
    url = LinkField("Adresse dazu", blank=True)

    panels = [
        FieldPanel("kind"),
        FieldPanel("target"),
        FieldRowPanel([FieldPanel("elsewhere"), FieldPanel("url")]),
    ]

    class Meta(Orderable.Meta):
        verbose_name = "Bezug auf einen anderen Beschluss"
        verbose_name_plural = "Bezüge auf andere Beschlüsse"

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.target or self.elsewhere}"

    def clean(self) -> None:
        """Raise ValidationError unless it points to exactly one thing, and not to the resolution itself."""
        super().clean()
        if bool(self.target_id) == bool(self.elsewhere):
            raise ValidationError({"target": "Bitte entweder einen Beschluss wählen oder einen anderswo nennen."})
        if self.target_id and self.target_id == self.resolution_id:
            raise ValidationError({"target": "Ein Beschluss kann sich nicht auf sich selbst beziehen."})
        if self.url and not self.elsewhere:
            raise ValidationError({"url": "Die Adresse gehört zu einem Beschluss anderswo: Bitte ihn nennen."})

    @property
    def seen_from_there(self) -> str:
        """Return the relation as the other resolution would tell it, e.g. "ersetzt durch"."""
        return self.SEEN_FROM_THERE[self.Kind(self.kind)]


class ReportRequest(Orderable):
    """A Berichtsbitte: who is to report, until when, and what has come of it."""

    resolution = ParentalKey(
        "conferences.ResolutionPage", verbose_name="Beschluss", related_name="report_requests", on_delete=models.CASCADE
    )
    asked = models.CharField("Wer berichten soll", max_length=200, help_text="z. B. „Bund“ oder „AG Monitoring“")
    subject = models.CharField("Worüber", max_length=300, blank=True)
    due_on = models.DateField("Fällig am", null=True, blank=True)
    due_at = optional_link("conferences.ConferencePage", "oder fällig zur Konferenz")
    answered_on = models.DateField("Beantwortet am", null=True, blank=True)
    answer = optional_link(get_document_model_string(), "Bericht (Dokument)")
    answer_url = LinkField("oder Adresse des Berichts", blank=True)
    answer_note = models.CharField("Anmerkung zur Antwort", max_length=300, blank=True)

    panels = [
        FieldRowPanel([FieldPanel("asked"), FieldPanel("subject")]),
        FieldRowPanel([FieldPanel("due_on"), FieldPanel("due_at", widget=LatestFirst(conferences_to_choose))]),
        FieldRowPanel([FieldPanel("answered_on"), FieldPanel("answer_url")]),
        FieldPanel("answer"),
        FieldPanel("answer_note"),
    ]

    class Meta(Orderable.Meta):
        verbose_name = "Berichtsbitte"
        verbose_name_plural = "Berichtsbitten"

    def __str__(self) -> str:
        return f"{self.asked}: {self.subject}" if self.subject else self.asked

    def clean(self) -> None:
        """Raise ValidationError for two dates at once, for an answer without a trace and for one from the future."""
        super().clean()
        if self.due_on and self.due_at_id:
            raise ValidationError({"due_on": "Bitte entweder einen Tag oder eine Konferenz angeben."})
        if self.answered_on and self.answered_on > today():
            raise ValidationError({"answered_on": "Dieser Tag liegt in der Zukunft."})
        if self.answered_on and not (self.answer_id or self.answer_url or self.answer_note):
            raise ValidationError({"answered_on": "Bitte auch angeben, womit geantwortet wurde."})

    @property
    def is_answered(self) -> bool:
        return bool(self.answered_on or self.answer_id or self.answer_url)


class FollowUp(Orderable):
    """What became of a resolution, as known on a day from a source."""

    class State(models.TextChoices):
        OPEN = "open", "offen"
        UNDER_WAY = "under_way", "in Umsetzung"
        PARTLY = "partly", "teilweise umgesetzt"
        DONE = "done", "umgesetzt"
        DECLINED = "declined", "nicht aufgegriffen"
        OVERTAKEN = "overtaken", "überholt"

    resolution = ParentalKey(
        "conferences.ResolutionPage", verbose_name="Beschluss", related_name="follow_ups", on_delete=models.CASCADE
    )
    state = models.CharField("Stand der Umsetzung", max_length=9, choices=State)
    day = models.DateField("Bekannt am")
    note = models.CharField("Was geschehen ist", max_length=500, blank=True)
    evidence = models.CharField("Beleg", max_length=250, help_text="Worauf sich die Angabe stützt.")
    url = LinkField("Adresse des Belegs", blank=True)

    panels = [
        FieldRowPanel([FieldPanel("state"), FieldPanel("day", required_on_save=False)]),
        FieldPanel("note"),
        FieldRowPanel([FieldPanel("evidence"), FieldPanel("url")]),
    ]

    class Meta(Orderable.Meta):
        verbose_name = "Stand der Umsetzung"
        verbose_name_plural = "Stände der Umsetzung"

    def __str__(self) -> str:
        return f"{self.get_state_display()} ({self.day:%d.%m.%Y})" if self.day else self.get_state_display()

    def clean(self) -> None:
        """Raise ValidationError for a day that is not yet."""
        super().clean()
        if self.day and self.day > today():
            raise ValidationError({"day": "Dieser Tag liegt in der Zukunft."})
