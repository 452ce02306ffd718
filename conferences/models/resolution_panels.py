"""The tabs in which editors fill in a resolution."""

from typing import Any

from django.forms import CheckboxSelectMultiple
from modelcluster.forms import BaseChildFormSet
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel

from intmk.base.publishing_rules import RowsPanel
from intmk.base.sources import SOURCE_PANEL


class VoteFormSet(BaseChildFormSet):
    """Leaves a second vote to ResolutionForm, which refuses it beside the Land and by name; Django names columns."""

    def validate_unique(self) -> None:
        pass


class VotesPanel(RowsPanel):
    """The votes of the Länder, checked by VoteFormSet."""

    def get_form_options(self) -> dict[str, Any]:
        options = super().get_form_options()
        options["formsets"]["votes"]["formset"] = VoteFormSet
        return options


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
            FieldPanel("movers", widget=CheckboxSelectMultiple),
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
    VotesPanel("votes", heading="Stimmen der Länder", label="Stimme", max_num=16),
    RowsPanel("statements", heading="Protokollerklärungen und -notizen", label="Erklärung"),
]
FOLLOW_UP_PANELS = [
    FieldPanel("addressees", widget=CheckboxSelectMultiple),
    FieldPanel("themes", widget=CheckboxSelectMultiple),
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
