"""What `load_content` remembers."""

from django.db import models
from wagtail.models import Page

OF_PEOPLE = "people"


class LoadedContent(models.Model):
    """A piece of the initial content, by its key: what it was made of, and what was written.

    So `load_content` renews what no person has changed, and neither overwrites nor revives anything else.
    """

    seen_by_readers = False

    key = models.CharField("Schlüssel", max_length=200, unique=True)
    loaded_at = models.DateTimeField("Geladen am", auto_now_add=True)
    page = models.ForeignKey(Page, verbose_name="Seite", null=True, on_delete=models.SET_NULL, related_name="+")
    # The key of what is no page; one that was loaded before this was noted is looked for by its number or name.
    object_pk = models.CharField("Schlüssel des Eintrags", max_length=40, blank=True, default="")
    made_of = models.CharField("Prüfsumme der Vorlage", max_length=64, blank=True, default="")
    # OF_PEOPLE where people had put it in themselves; empty for what was loaded before this was noted.
    state = models.CharField("Prüfsumme des Geschriebenen", max_length=64, blank=True, default="")

    class Meta:
        verbose_name = "geladener Inhalt"
        verbose_name_plural = "geladene Inhalte"

    def __str__(self) -> str:
        return self.key
