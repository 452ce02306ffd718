"""What people type and what the pages call it: kept by editors, asked with each search."""

from django.core.exceptions import ValidationError
from django.db import models
from wagtail.admin.panels import FieldPanel
from wagtail.search import index
from wagtail.snippets.views.snippets import SnippetViewSet

from intmk.search.query import Thesaurus, thesaurus
from intmk.search.text import tokens
from intmk.users.choosers import EntitledChooserViewSet


class SearchSynonym(index.Indexed, models.Model):
    """Words that find what they do not stand in."""

    typed = models.TextField(
        "Was Menschen eingeben",
        help_text="Ein Wort oder eine Wendung je Zeile, auch auf Englisch, z. B. „Einbürgerung“. Andere Formen "
        "desselben Wortes gelten von selbst.",
    )
    found = models.TextField(
        "Was dann auch gefunden wird",
        help_text="Ein Wort oder eine Wendung je Zeile, wie es auf den Seiten steht, z. B. „Staatsangehörigkeit“.",
    )

    panels = [FieldPanel("typed"), FieldPanel("found")]
    search_fields = [index.SearchField("typed"), index.AutocompleteField("typed"), index.SearchField("found")]
    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["typed"]
        verbose_name = "Synonym der Suche"
        verbose_name_plural = "Synonyme der Suche"

    def __str__(self) -> str:
        return ", ".join(self.typed.split("\n")).replace("\r", "")[:100]

    def clean(self) -> None:
        """Raise ValidationError for a field without a word."""
        super().clean()
        empty = [name for name in ("typed", "found") if not list(tokens(getattr(self, name)))]
        if empty:
            raise ValidationError(dict.fromkeys(empty, "Hier fehlt ein Wort."))


def synonyms() -> Thesaurus:
    """Return what is meant by what readers type; one query."""
    return thesaurus(tuple(SearchSynonym.objects.values_list("typed", "found")))


class SearchSynonymViewSet(SnippetViewSet):
    """Synonyms of the search in the admin."""

    model = SearchSynonym
    icon = "search"
    menu_label = "Synonyme"
    menu_order = 695
    add_to_admin_menu = True
    list_display = ["__str__", "found"]
    list_per_page = 100
    chooser_viewset_class = EntitledChooserViewSet
