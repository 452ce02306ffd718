"""What all pages of the site share. Abstract, so that each page type stays one table of its own (design §6.3)."""

import re

from django.db import models
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList, TabbedInterface
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from intmk.blocks import BodyBlock, TeaserBlock, reading_minutes, with_anchors


class SitePage(Page):
    """Abstract page: an introduction and the teasers of the side column."""

    # The admin lists pages in the order of the site, not by who touched which last.
    admin_default_ordering = "ord"

    introduction = models.TextField(
        "Einleitung",
        blank=True,
        max_length=600,
        help_text="Ein bis drei Sätze ohne Auszeichnung. Steht oben auf der Seite, in Listen und in der Suche.",
    )
    service = StreamField(
        [("teaser", TeaserBlock())],
        verbose_name="Service",
        blank=True,
        help_text="Verweise in der Seitenleiste, höchstens fünf.",
        max_num=5,
    )

    content_panels = [*Page.content_panels, FieldPanel("introduction")]
    promote_panels = [
        FieldPanel("service"),
        MultiFieldPanel(
            [FieldPanel("slug"), FieldPanel("seo_title"), FieldPanel("search_description")],
            heading="Adresse und Suchmaschinen",
        ),
        FieldPanel("show_in_menus"),
    ]
    search_fields = [*Page.search_fields, index.SearchField("introduction")]

    class Meta:
        abstract = True

    @classmethod
    def tabs(cls, *extra: ObjectList) -> TabbedInterface:
        """Return the editor's tabs: content, the tabs in `extra`, then side column and address."""
        return TabbedInterface(
            [
                ObjectList(cls.content_panels, heading="Inhalt"),
                *extra,
                ObjectList(cls.promote_panels, heading="Seitenleiste und Adresse"),
            ]
        )

    @property
    def description(self) -> str:
        """Return the text for search engines and shared links."""
        return self.search_description or self.introduction

    @property
    def first_sentence(self) -> str:
        """Return the first sentence of the introduction, for lists; "1. Oktober" or "z. B." does not end one."""
        return re.split(r"(?<=[^\W\d]{2}[.!?])\s+(?=[„\"(]?[A-ZÄÖÜ])", self.introduction, maxsplit=1)[0]


class TextPage(SitePage):
    """Abstract page with a running text: contents list and reading time come from it."""

    body = StreamField(BodyBlock(), verbose_name="Text", blank=True)

    content_panels = [*SitePage.content_panels, FieldPanel("body")]
    search_fields = [*SitePage.search_fields, index.SearchField("body")]

    class Meta:
        abstract = True

    def get_context(self, request, *args, **kwargs) -> dict:
        """Add `parts` (the text with anchors), `contents` (its headed parts) and `reading_minutes`."""
        context = super().get_context(request, *args, **kwargs)
        parts = with_anchors(self.body)
        return context | {
            "parts": parts,
            "contents": [part for part in parts if part["heading"]],
            "reading_minutes": reading_minutes(self.body),
        }
