"""The chair and the list of conferences in another language: the same rows, with texts of their own."""

from wagtail.admin.panels import FieldPanel
from wagtail.models import Page
from wagtail.rich_text import get_text_for_indexing

from conferences.models.chair_page import ChairPage, ChairView
from conferences.models.conference import ConferencePage
from conferences.models.conference_index import ConferenceList
from conferences.models.conference_queryset import ConferenceQuerySet
from conferences.models.land import Land
from intmk.language.interface_language import GERMAN, PLAIN, interface_language
from intmk.language.link_fields import RichTextField


class TranslationMixin:
    """Mixin: once below the entrance of a language that has texts for labels and dates, e.g. `/en/`."""

    max_count_per_parent = 1
    parent_page_types = ["intmk.StandardPage"]
    subpage_types: list[str] = []

    @classmethod
    def can_create_at(cls, parent: Page) -> bool:
        """Say no below pages in German and in languages whose labels are German."""
        return super().can_create_at(parent) and interface_language(parent.locale.language_code) not in (GERMAN, PLAIN)


class TranslatedChairPage(TranslationMixin, ChairView):
    """The chair in another language; terms, persons and Länder are those of the German page, without German notes."""

    template = "conferences/chair_page.html"
    before_text = RichTextField("Text zur Zeit vor dem Turnus", blank=True, features=["bold", "italic", "link"])

    content_panels = [*ChairView.content_panels, FieldPanel("before_text")]

    class Meta:
        verbose_name = "Vorsitz in anderer Sprache"
        verbose_name_plural = "Vorsitz in anderen Sprachen"

    def search_texts(self) -> dict[str, str]:
        """Add what was before the terms."""
        texts = super().search_texts()
        return texts | {"D": f"{texts['D']}\n{get_text_for_indexing(self.before_text)}"}

    def lead_before_terms(self) -> tuple[str, list[Land]]:
        """Return what the German page says, in one query as there."""
        rows = list(ChairPage.before_laender.through.objects.select_related("land", "chairpage").order_by("land__name"))
        return (rows[0].chairpage.before_period if rows else ""), [row.land for row in rows]


TranslatedChairPage.edit_handler = TranslatedChairPage.tabs()


class TranslatedConferencesPage(TranslationMixin, ConferenceList):
    """The list of conferences in another language; the conferences themselves are those of the German list."""

    template = "conferences/conference_index_page.html"

    class Meta:
        verbose_name = "Liste der Konferenzen in anderer Sprache"
        verbose_name_plural = "Listen der Konferenzen in anderen Sprachen"

    def conferences(self) -> ConferenceQuerySet:
        """Return all."""
        return ConferencePage.objects.all()


TranslatedConferencesPage.edit_handler = TranslatedConferencesPage.tabs()
