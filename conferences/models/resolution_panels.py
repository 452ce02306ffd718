"""The tabs in which editors fill in a resolution."""

from typing import Any

from django import forms
from django.forms.formsets import DELETION_FIELD_NAME, ORDERING_FIELD_NAME
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel

from conferences.models.land import Land, all_laender
from intmk.base.publishing_rules import Rows, RowsPanel
from intmk.base.sources import SOURCE_PANEL

NOT_KNOWN = "nicht bekannt"


def land_by_key(laender: dict[int, Land], key: Any) -> Land | None:
    """Return the one with this key, which may be whatever somebody sends."""
    return next((land for pk, land in laender.items() if str(pk) == str(key)), None)


class LandField(forms.ModelChoiceField):
    """One of the Länder that the table has read: no question to the database for each row."""

    def __init__(self, laender: dict[int, Land], **kwargs) -> None:
        self.laender = laender
        super().__init__(Land.objects.all(), **kwargs)

    def to_python(self, value: Any) -> Land | None:
        """Return it; raise ValidationError for what is none."""
        if value in self.empty_values:
            return None
        land = land_by_key(self.laender, value)
        if land is None:
            raise forms.ValidationError(self.error_messages["invalid_choice"], "invalid_choice", {"value": value})
        return land


class VoteRow(forms.ModelForm):
    """Mixin: the row of a Land in the table, which is a stored vote only while it says how it voted."""

    of_land: Land | None = None  # whose row it is; None in a draft of which somebody once left that out

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.empty_permitted = False  # also of a row that stays empty it is known that it is to go
        vote = self.fields["vote"]
        vote.required = False
        vote.choices = [*((value, label) for value, label in vote.choices if value), ("", NOT_KNOWN)]

    def take(self, laender: dict[int, Land]) -> None:
        """Let it be the row of one of these."""
        field = self.fields["land"] = LandField(laender, label="Land", required=False)
        self.of_land = land_by_key(laender, self["land"].value())
        if self.of_land:
            field.widget = forms.HiddenInput()
        else:
            field.widget.attrs["aria-label"] = "Land"

    def has_changed(self) -> bool:
        """Say whether there is anything to store or to remove."""
        return bool(self.instance.pk or self["vote"].value()) and super().has_changed()

    def clean(self) -> dict[str, Any]:
        """Let a row without a vote go."""
        cleaned = super().clean() or {}
        if not cleaned.get("vote") and "vote" not in self.errors:
            cleaned[DELETION_FIELD_NAME] = True
        return cleaned


class VoteFormSet(Rows):
    """A row for each Land.

    A second vote it leaves to ResolutionForm, which refuses it beside the Land and by name; Django names columns.
    """

    def __init__(self, data: Any = None, *args, **kwargs) -> None:
        super().__init__(data, *args, **kwargs)
        self.laender = {land.pk: land for land in all_laender()}
        present = {row.land_id for row in self.get_queryset()}
        missing = [pk for pk in self.laender if pk not in present]
        self.extra = len(missing)
        if data is None:
            self.initial_extra = [{"land": pk} for pk in missing]

    def add_fields(self, form: Any, index: int | None) -> None:
        """Store the rows in the order of the Länder, however they came to be."""
        super().add_fields(form, index)
        form.take(self.laender)
        place = list(self.laender.values()).index(form.of_land) if form.of_land else len(self.laender)
        form.fields[ORDERING_FIELD_NAME].initial = place + 1

    def validate_unique(self) -> None:
        pass


class VotesPanel(RowsPanel):
    """The votes of the Länder as one table: a row each, a column for each way to vote."""

    def get_form_options(self) -> dict[str, Any]:
        options = super().get_form_options()
        rows = options["formsets"]["votes"]
        rows["formset"] = VoteFormSet
        rows["form"] = type(rows["form"])("VoteRowForm", (VoteRow, rows["form"]), {})
        return options

    class BoundPanel(InlinePanel.BoundPanel):
        """Draws the rows itself; nothing is added or moved, so no script of Wagtail's is to look for its own parts."""

        template_name = "conferences/votes_table.html"
        telepath_adapter_name = "wagtail.panels.Panel"

        def __init__(self, **kwargs) -> None:
            super().__init__(**kwargs)
            if self.form is None:
                return
            for row in self.formset.forms:
                row.fields[ORDERING_FIELD_NAME].widget = forms.HiddenInput()
            self.rows = sorted(self.formset.forms, key=lambda row: row.fields[ORDERING_FIELD_NAME].initial)
            self.columns = [*(label for value, label in self.panel.db_field.related_model.Vote.choices), NOT_KNOWN]

        def js_opts(self) -> dict[str, Any]:
            return {"type": type(self.panel).__name__, "prefix": self.prefix}

        def telepath_pack(self, context: Any) -> tuple[str, list]:
            return (self.telepath_adapter_name, [self.js_opts()])


CONTENT_PANELS = [
    FieldPanel("title"),
    FieldPanel("title_is_official"),
    MultiFieldPanel(
        [
            FieldRowPanel([FieldPanel("item"), FieldPanel("kind")]),
            FieldPanel("agenda_heading"),
            FieldRowPanel([FieldPanel("circular_number"), FieldPanel("circular_year")]),
            FieldRowPanel([FieldPanel("decided_on"), FieldPanel("decided_before")]),
        ],
        heading="Auf der Tagesordnung",
    ),
    MultiFieldPanel(
        [
            FieldRowPanel([FieldPanel("mover_kind"), FieldPanel("mover_name")]),
            FieldPanel("movers", widget=forms.CheckboxSelectMultiple),
        ],
        heading="Antrag",
    ),
    FieldPanel("introduction"),
    FieldPanel("points"),
    FieldPanel("reasons"),
    FieldPanel("release"),
    SOURCE_PANEL,
]
VOTE_PANELS = [
    FieldPanel("outcome"),
    MultiFieldPanel(
        [
            FieldRowPanel([FieldPanel("votes_yes"), FieldPanel("votes_no"), FieldPanel("votes_abstained")]),
            FieldPanel("votes_source"),
            FieldPanel("votes_unpublished"),
        ],
        heading="Zahlen",
        help_text="Nur, was veröffentlicht ist. Was leer bleibt, lässt die Seite weg.",
    ),
    VotesPanel("votes", heading="Stimmen der Länder", label="Stimme"),
    RowsPanel("statements", heading="Protokollerklärungen und -notizen", label="Erklärung"),
]
FOLLOW_UP_PANELS = [
    FieldPanel("addressees", widget=forms.CheckboxSelectMultiple),
    FieldPanel("themes", widget=forms.CheckboxSelectMultiple),
    RowsPanel("references", heading="Bezüge auf andere Beschlüsse", label="Bezug"),
    RowsPanel("report_requests", heading="Berichtsbitten", label="Berichtsbitte"),
    RowsPanel("follow_ups", heading="Was daraus wurde", label="Stand"),
]
RECORD_PANELS = [
    FieldRowPanel([FieldPanel("record_state"), FieldPanel("record_date")]),
    FieldPanel("source_file"),
    FieldRowPanel([FieldPanel("source_pages"), FieldPanel("found_at")]),
]
# Not the address: it is the number on the agenda, so that /konferenzen/12/top-2-1/ holds for ever.
PROMOTE_PANELS = [
    FieldPanel("service"),
    MultiFieldPanel(
        [FieldPanel("keywords"), FieldPanel("seo_title"), FieldPanel("search_description")], heading="Suche"
    ),
]
