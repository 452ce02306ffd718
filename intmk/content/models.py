"""What `load_content` remembers."""

from django.db import models
from wagtail.models import Page


class LoadedContent(models.Model):
    """What `load_content` has put in once, by its key; so it neither overwrites nor revives what a person changed."""

    key = models.CharField("Schlüssel", max_length=200, unique=True)
    loaded_at = models.DateTimeField("Geladen am", auto_now_add=True)
    page = models.ForeignKey(Page, verbose_name="Seite", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = "geladener Inhalt"
        verbose_name_plural = "geladene Inhalte"

    def __str__(self) -> str:
        return self.key
