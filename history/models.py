"""What the body is (AboutPage) and how it became so (TimelinePage)."""

from dataclasses import replace
from datetime import date
from itertools import groupby
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail import hooks
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.documents import get_document_model_string
from wagtail.images import get_image_model_string
from wagtail.models import Orderable, Page
from wagtail.rich_text import get_text_for_indexing

from intmk.base.fields import optional_link
from intmk.base.pages import SitePage
from intmk.base.publishing_rules import RowsPanel
from intmk.base.sources import SOURCE_PANEL, SOURCES, Citing, Sourced, cited
from intmk.base.text_page import TextPage, expanded_together
from intmk.base.timeline_entry import HOOK, TimelineEntry
from intmk.language.dates import EXACT, MONTH, YEAR, UncertainPeriod
from intmk.language.link_fields import RichTextField
from intmk.server.kept import kept


class AboutPage(Citing, TextPage):
    """Aufgaben und Ziele: sections with contents list, reading time and sharing."""

    lists = ("sources",)
    max_count = 1
    parent_page_types = ["intmk.HomePage"]
    subpage_types: list[str] = []

    content_panels = [*TextPage.content_panels, SOURCES]

    class Meta:
        verbose_name = "Aufgaben und Ziele"
        verbose_name_plural = "Aufgaben und Ziele"

    def get_context(self, request, *args, **kwargs) -> dict:
        """Add the `sources` of the page."""
        return super().get_context(request, *args, **kwargs) | {"sources": cited([self])}


AboutPage.edit_handler = AboutPage.tabs()


class TimelinePage(SitePage):
    """The history as an ordered list: milestones, and what other parts add by themselves."""

    max_count = 1
    parent_page_types = ["intmk.HomePage"]
    subpage_types: list[str] = []

    milestone_panels = [RowsPanel("milestones", heading="Meilensteine", label="Meilenstein")]

    class Meta:
        verbose_name = "Geschichte"
        verbose_name_plural = "Geschichte"

    def search_texts(self) -> dict[str, str]:
        """Add the milestones with their dates, as exactly as these are known."""
        told = [f"{row.title} {row.period}\n{get_text_for_indexing(row.text)}" for row in self.milestones.all()]
        return super().search_texts() | {"D": "\n".join(told)}

    def entries(self) -> list[TimelineEntry]:
        """Return all entries, the oldest first.

        A milestone on a page that has an entry of its own (a conference) tells the story, with the page's date and
        kind: one event, one entry. What is dated by year alone stands after what is dated more precisely.
        """
        others = [entry for collect in hooks.get_hooks(HOOK) for entry in collect()]
        by_page = {entry.page.pk: entry for entry in others if entry.page}
        told = set()
        entries = []
        rows = self.milestones.select_related("page", "document", "image")
        milestones = list(rows.prefetch_related("image__renditions", "document__versions"))
        models.prefetch_related_objects([row for row in milestones if row.pk], "sources")  # others: in a preview
        for milestone, text in zip(milestones, expanded_together([row.text for row in milestones]), strict=True):
            entry = milestone.entry(text)
            own = by_page.get(entry.page.pk) if entry.page else None
            if own:
                told.add(own.page.pk)
                entry = replace(entry, period=own.period, page=own.page, kind=own.kind, remark=own.remark)
            entries.append(entry)
        entries += [entry for entry in others if not (entry.page and entry.page.pk in told)]
        return sorted(entries, key=lambda entry: (year_of(entry) or date.max.year, entry.period.latest or date.max))

    def get_context(self, request, *args, **kwargs) -> dict:
        """Add `timeline` and `sources`, as `drawn` returns them."""
        context = super().get_context(request, *args, **kwargs)
        timeline, sources = (
            self.drawn() if getattr(request, "is_preview", False) else drawn_timeline(self, get_language())
        )
        return context | {"timeline": timeline, "sources": sources}

    def drawn(self) -> tuple[SafeString, list[Any]]:
        """Return all entries as HTML, by years, the oldest first, and the sources of all."""
        entries = self.entries()
        sources = cited([entry.row for entry in entries if entry.row])
        years = [(year, list(group)) for year, group in groupby(entries, key=year_of)]
        return render_to_string("history/timeline.html", {"years": years}) if years else SafeString(), sources


@kept
def drawn_timeline(timeline: TimelinePage, language: str | None) -> tuple[SafeString, list[Any]]:
    """Return what `timeline`, of which no more than the key is known, shows in the current language, as it is said."""
    return timeline.drawn()


def year_of(entry: TimelineEntry) -> int | None:
    """Return the year under which the entry stands."""
    return entry.period.earliest.year if entry.period.earliest else None


TimelinePage.edit_handler = TimelinePage.tabs(ObjectList(TimelinePage.milestone_panels, heading="Meilensteine"))


class Milestone(Sourced, Citing, ClusterableModel, Orderable):
    """A dated step in the history, as precise as its source."""

    PRECISIONS = {EXACT: "Tag", MONTH: "Monat", YEAR: "Jahr"}

    timeline = ParentalKey(TimelinePage, verbose_name="Zeitleiste", related_name="milestones", on_delete=models.CASCADE)
    day = models.DateField("Datum", help_text="Bei Monat oder Jahr genügt der Erste davon.")
    precision = models.CharField("Genauigkeit", max_length=20, choices=list(PRECISIONS.items()), default=EXACT)
    title = models.CharField("Titel", max_length=120)
    text = RichTextField("Text", blank=True, features=["bold", "italic", "link", "document-link"])
    image = optional_link(get_image_model_string(), "Bild")
    page = optional_link(
        Page,
        "Seite",
        help_text="Worauf der Titel verweist. Ist es eine Konferenz, steht sie nur einmal in der Zeitleiste: hier.",
    )
    document = optional_link(get_document_model_string(), "oder Dokument")

    panels = [
        FieldRowPanel([FieldPanel("day", required_on_save=False), FieldPanel("precision")]),
        FieldPanel("title"),
        FieldPanel("text"),
        FieldPanel("image"),
        FieldPanel("page"),
        FieldPanel("document"),
        SOURCE_PANEL,
    ]

    class Meta(Orderable.Meta):
        verbose_name = "Meilenstein"
        verbose_name_plural = "Meilensteine"

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """Raise ValidationError when both a page and a document are given."""
        super().clean()
        if self.page and self.document:
            raise ValidationError({"document": "Bitte entweder eine Seite oder ein Dokument wählen, nicht beides."})

    @property
    def period(self) -> UncertainPeriod:
        """Return when it was."""
        return UncertainPeriod(self.day, None, self.precision)

    def entry(self, text: SafeString) -> TimelineEntry:
        """Return it as the timeline shows it; `text` is its own text as HTML."""
        return TimelineEntry(
            period=self.period,
            title=self.title,
            text=text,
            page=self.page if self.page and self.page.live else None,
            document=self.document,
            image=self.image,
            row=self,
        )
