"""The page of the chair: who has it on a day, who had it, who comes next."""

from dataclasses import dataclass

from django.db import models
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.rich_text import get_text_for_indexing

from conferences.models.chair import day_asked_for, rotation_of, terms_with_sources
from conferences.models.land import Land, all_laender
from conferences.rules.rotation import Term
from intmk.base.text_page import TextPage
from intmk.language.day import today
from intmk.language.link_fields import RichTextField


@dataclass(frozen=True)
class Turn:
    """A Land in the round of the one that is shown; `state` is "before", "now", "ahead" or, without a term, "none"."""

    code: str
    name: str
    address: str
    terms: tuple[Term, ...]
    state: str

    @classmethod
    def of(cls, land: Land, terms: list[Term], shown: Term) -> "Turn":
        """Return the turn of `land`, which has `terms` in the round, as seen from the term that is shown."""
        if not terms or shown in terms:
            state = "now" if terms else "none"
        else:
            state = "ahead" if terms[0].start > shown.start else "before"
        return cls(land.code, land.name, land.get_absolute_url(), tuple(terms), state)


class ChairView(TextPage):
    """Abstract: who chairs now, who did, who will; `?am=2016-10-01` asks as of any day."""

    asked_keys = ("am",)

    class Meta:
        abstract = True

    def lead_before_terms(self) -> tuple[str, list[Land]]:
        """Return when and who led before the chair went from Land to Land; "" and nobody without."""
        raise NotImplementedError

    def get_context(self, request, *args, **kwargs) -> dict:
        """Add the term of the day asked for (today without `?am=`), its neighbours, its round and the table of all.

        day, today, asked, error: the day in question, today, the text of the question, an error for it or "".
        term, land, stored_term: `Term` or None, its Land, its stored row or None. days_left: from the day to its last.
        persons, other_persons: who chaired on the day as far as is known, and who else in the term.
        previous, following: (Term, Land) before and after it or None; without a term the first one follows.
        lap: `Turn` of each of the sixteen Länder in the round of `term`; empty without a term.
        terms: all stored rows, newest first.
        before_period, before_laender: when who led before the first term.
        """
        context = super().get_context(request, *args, **kwargs)
        asked = request.GET.get("am", "").strip()
        day, error = day_asked_for(asked, today())
        rotation = rotation_of(request)
        term = rotation.term_on(day)
        terms, _ = terms_with_sources()
        laender = {land.code: land for land in all_laender()}
        stored = next((row for row in terms if term and row.start == term.start), None)
        persons = stored.persons_on(day) if stored else []
        period, led = self.lead_before_terms()
        before, after = (rotation.term_before(term) if term else None), rotation.next_terms(1, day)
        return context | {
            "day": day,
            "today": today(),
            "asked": asked,
            "error": error,
            "term": term,
            "land": laender.get(term.land_code) if term else None,
            "stored_term": stored,
            "days_left": (term.end - day).days if term else None,
            "persons": persons,
            "other_persons": [person for person in stored.persons.all() if person not in persons] if stored else [],
            "previous": (before, laender.get(before.land_code)) if before else None,
            "following": (after[0], laender.get(after[0].land_code)) if after else None,
            "lap": tuple(Turn.of(laender[code], found, term) for code, found in rotation.lap(term) if code in laender)
            if term
            else (),
            "terms": terms,
            "before_period": period,
            "before_laender": led,
        }


class ChairPage(ChairView):
    """Who chairs now, who did, who will; `?am=2016-10-01` asks as of any day."""

    before_period = models.CharField("Zeitraum vor dem Turnus", max_length=40, blank=True, help_text="z. B. „2007/08“")
    before_laender = ParentalManyToManyField(Land, verbose_name="Federführende Länder vor dem Turnus", blank=True)
    before_text = RichTextField("Text zur Zeit vor dem Turnus", blank=True, features=["bold", "italic", "link"])

    lists = ("before_laender",)
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

    def search_texts(self) -> dict[str, str]:
        """Add what was before the terms."""
        texts = super().search_texts()
        return texts | {"D": f"{texts['D']}\n{self.before_period}\n{get_text_for_indexing(self.before_text)}"}

    def lead_before_terms(self) -> tuple[str, list[Land]]:
        """Return the fields of the page."""
        return self.before_period, self.rows("before_laender")
