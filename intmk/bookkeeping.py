"""What the site remembers of its pages besides them: where its content came from, and what is gone."""

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


class RemovedPage(models.Model):
    """What stood at an address that was public before its page was deleted."""

    path = models.CharField("Adresse", max_length=1000, unique=True)
    title = models.CharField("Titel", max_length=255)
    removed_at = models.DateTimeField("Gelöscht am", auto_now=True)

    class Meta:
        verbose_name = "gelöschte Seite"
        verbose_name_plural = "gelöschte Seiten"

    def __str__(self) -> str:
        return self.path
