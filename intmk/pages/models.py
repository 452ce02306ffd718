"""The pages that stand above the parts: home, news, standard pages."""

import datetime
from typing import Any

from django.core.paginator import Paginator
from django.db import models
from django.forms import CheckboxSelectMultiple
from django.utils import timezone
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, TitleFieldPanel
from wagtail.fields import StreamField
from wagtail.images import get_image_model_string
from wagtail.models import PageManager, PageQuerySet
from wagtail.search import index

from conferences.models import ConferencePage, ResolutionPage, Theme, TranslatedChairPage
from conferences.models.chair import term_today
from conferences.models.conference import conferences_to_choose
from conferences.models.latest_first import LatestFirst
from conferences.terms.publisher import Duty, chair_tokens, facts, land_of, with_tokens_filled
from intmk.accessibility.statement import AccessibilityStatement
from intmk.base.blocks import PlainBodyBlock
from intmk.base.fields import optional_link
from intmk.base.pages import SitePage
from intmk.base.site import site_of
from intmk.base.text_page import TextPage
from intmk.language.dates import german_day
from intmk.pages.home import entrance, tasks
from intmk.pages.plain_language_panel import PlainLanguagePanel, mark_hard_links, plain_context
from intmk.server.kept import kept


class NewsQuerySet(PageQuerySet):
    """News by name of what is asked."""

    def newest_first(self) -> "NewsQuerySet":
        return self.order_by("-date", "-pk")

    def for_lists(self) -> "NewsQuerySet":
        """Fetch what lists show, the newest first."""
        return self.only("title", "url_path", "introduction", "kind", "date", "conference").newest_first()


@kept
def newest_items() -> dict[str, Any]:
    """Return the three latest `news` and `resolutions`, and where all news are listed as `news_index`, None without."""
    return {
        "news": list(NewsPage.objects.live().for_lists()[:3]),
        "resolutions": list(ResolutionPage.objects.live().decided().for_lists().newest_first()[:3]),
        "news_index": NewsIndexPage.objects.live().only("url_path").first(),
    }


class HomePage(SitePage):
    """The entrance: what readers come for, who chairs, the principle, the latest resolutions and news."""

    principle = models.CharField("Grundsatz", max_length=120, help_text="Ohne Anführungszeichen.")
    principle_text = models.TextField("Text zum Grundsatz", blank=True, max_length=400)

    parent_page_types = ["wagtailcore.Page"]
    subpage_types = [
        "history.AboutPage",
        "conferences.ChairPage",
        "conferences.ConferenceIndexPage",
        "history.TimelinePage",
        "intmk.NewsIndexPage",
        "intmk.StandardPage",
    ]
    max_count = 1

    content_panels = [
        *SitePage.content_panels,
        MultiFieldPanel([FieldPanel("principle"), FieldPanel("principle_text")], heading="Grundsatz"),
    ]

    # Not the address: it is "/", and changing the hidden slug would only move every cached path below it.
    promote_panels = [
        FieldPanel("service"),
        MultiFieldPanel(
            [FieldPanel("keywords"), FieldPanel("seo_title"), FieldPanel("search_description")], heading="Suche"
        ),
    ]

    class Meta:
        verbose_name = "Startseite"
        verbose_name_plural = "Startseiten"

    def search_texts(self) -> dict[str, str]:
        """Add the principle."""
        return super().search_texts() | {"B": self.principle, "D": self.principle_text}

    def get_context(self, request, *args, **kwargs) -> dict:
        """Add what `tasks` and `newest_items` say."""
        return super().get_context(request, *args, **kwargs) | tasks(request) | newest_items()


HomePage.edit_handler = HomePage.tabs()


class StandardPage(TextPage):
    """A page of text: the duties (Impressum, Datenschutz …) and the other languages."""

    class Place(models.TextChoices):
        NOWHERE = "", "nirgends"
        FOOTER = "footer", "in der Fußzeile"
        LANGUAGES = "languages", "bei den Sprachen in der Kopfzeile"

    body = StreamField(PlainBodyBlock(), verbose_name="Text", blank=True)
    place = models.CharField(
        "Verlinkt",
        max_length=10,
        choices=Place,
        blank=True,
        default=Place.NOWHERE,
        help_text="Wo die Website von selbst auf die Seite verweist.",
    )
    duty = models.CharField(
        "Pflichtangaben",
        max_length=13,
        choices=Duty,
        blank=True,
        default=Duty.NONE,
        help_text="Welche Angaben des Landes im Vorsitz über dem Text stehen. Sie werden unter „Länder“ gepflegt und "
        "wechseln mit dem Vorsitz von selbst.",
    )

    parent_page_types = ["intmk.HomePage", "intmk.StandardPage"]
    subpage_types = [
        "intmk.StandardPage",
        "conferences.TranslatedChairPage",
        "conferences.TranslatedConferencesPage",
    ]

    content_panels = [
        *SitePage.content_panels,
        FieldPanel(
            "body",
            help_text="{{vorsitzland}} und {{vorsitzland_genitiv}} in Abschnitt oder Hinweis werden zum Vorsitzland, "
            "{{datenschutzgesetz}} zur Rechtsgrundlage, die es angegeben hat.",
        ),
        PlainLanguagePanel(heading="Prüfung der Leichten Sprache"),
        FieldPanel("place"),
        FieldPanel("duty"),
    ]

    class Meta:
        verbose_name = "Textseite"
        verbose_name_plural = "Textseiten"

    @property
    def has_marked_terms(self) -> bool:
        """Say no for legal pages, whose words have a legal meaning, e.g. "Protokoll" of the server."""
        return super().has_marked_terms and self.duty in ("", Duty.CONTACT)

    @property
    def description(self) -> str:
        """Name the Land in the chair by neutral words, where the text begins with it."""
        return filled_neutrally(super().description)

    def search_texts(self) -> dict[str, str]:
        """Name the Land in the chair by neutral words: the index does not follow the calendar."""
        texts = super().search_texts()
        if self.duty == Duty.ACCESSIBILITY:  # what its template adds; the facts of the Land change without the page
            texts["B"] = "Barriere melden, Barrieren melden, Vereinbarkeit, Rückmeldung, Durchsetzung"
        return {weight: filled_neutrally(text) for weight, text in texts.items()}

    def get_context(self, request, *args, **kwargs) -> dict:
        """Add the parts of the text with the Land that chairs today in place of the tokens, and what duty demands.

        term, land: Term and Land of today, both None unless the page needs them. duty_facts: list of Fact.
        statement: AccessibilityStatement on the page that has this duty, else None.
        The entrance of another language, which is the translation of the home page, also has what `entrance` says,
        and `chair_page`, the page to which the Land in the chair leads, or None.
        """
        context = super().get_context(request, *args, **kwargs) | plain_context(self, request)
        site = site_of(request)
        if site and self.translation_key == site.root_page.translation_key:
            context |= entrance(request, self)
            pages = context["entrances"]
            context["chair_page"] = next((page for page in pages if page.specific_class is TranslatedChairPage), None)
        values = [part["block"].value for part in context["parts"] if part["block"].block_type in ("section", "notice")]
        if "plain_pages" in context:
            mark_hard_links(values, context["plain_pages"])
        has_tokens = any("{{" in value["text"] for value in values)
        term = term_today(request) if self.duty or has_tokens else None
        land = land_of(term)
        if has_tokens:
            for value in values:
                value["text"] = with_tokens_filled(value["text"], chair_tokens(land))
        statement = AccessibilityStatement.shown() if self.duty == Duty.ACCESSIBILITY else None
        told = {"land": land, "duty_facts": facts(self.duty, land), "statement": statement}
        return {"term": term} | context | told


StandardPage.edit_handler = StandardPage.tabs()


def filled_neutrally(text: str) -> str:
    """Return `text` with neutral words in place of the Land in the chair."""
    for token, word in chair_tokens(None).items():
        text = text.replace(token, word)
    return text


class NewsIndexPage(SitePage):
    """Press releases and news, the newest first, twenty a page (`?seite=2`)."""

    PAGE_SIZE = 20
    admin_default_ordering = "-latest_revision_created_at"

    max_count = 1
    parent_page_types = ["intmk.HomePage"]
    subpage_types = ["intmk.NewsPage"]
    asked_keys = ("seite",)

    class Meta:
        verbose_name = "Liste der Meldungen"
        verbose_name_plural = "Listen der Meldungen"

    def get_context(self, request, *args, **kwargs) -> dict:
        """Add `news`, a page of the paginator; a page that does not exist is the nearest that does."""
        context = super().get_context(request, *args, **kwargs)
        paginator = Paginator(NewsPage.objects.live().child_of(self).for_lists(), self.PAGE_SIZE)
        return context | {"news": paginator.get_page(request.GET.get("seite"))}


NewsIndexPage.edit_handler = NewsIndexPage.tabs()


class NewsPage(TextPage):
    """A press release or a piece of news."""

    class Kind(models.TextChoices):
        PRESS = "press", "Pressemitteilung"
        NEWS = "news", "Meldung"

    kind = models.CharField("Art", max_length=5, choices=Kind, default=Kind.PRESS)
    date = models.DateField("Datum", default=timezone.localdate)
    image = optional_link(get_image_model_string(), "Bild")
    conference = optional_link(
        ConferencePage, "Konferenz", related_name="news", help_text="Wenn die Meldung zu einer Konferenz gehört."
    )
    themes = ParentalManyToManyField(Theme, verbose_name="Handlungsfelder", blank=True)

    lists = ("themes",)
    parent_page_types = ["intmk.NewsIndexPage"]
    subpage_types: list[str] = []

    content_panels = [
        TitleFieldPanel("title"),
        FieldRowPanel([FieldPanel("kind"), FieldPanel("date", required_on_save=False)]),
        FieldPanel("introduction"),
        FieldPanel("image"),
        FieldPanel("body"),
        FieldPanel("conference", widget=LatestFirst(conferences_to_choose)),
        FieldPanel("themes", widget=CheckboxSelectMultiple),
    ]
    promote_panels = [panel for panel in TextPage.promote_panels if getattr(panel, "field_name", "") != "show_in_menus"]
    search_fields = [*TextPage.search_fields, index.FilterField("date"), index.FilterField("kind")]

    objects = PageManager.from_queryset(NewsQuerySet)()

    class Meta:
        verbose_name = "Meldung"
        verbose_name_plural = "Meldungen"

    search_along = ("themes",)

    def search_texts(self) -> dict[str, str]:
        """Add kind and themes as keywords."""
        words = [self.get_kind_display(), *(theme.name for theme in self.themes.all())]
        return super().search_texts() | {"B": "\n".join(words)}

    def search_context(self) -> str:
        """Return the day, "" for a draft without one."""
        return german_day(self.date) if self.date else ""

    def search_date(self) -> datetime.date:
        """Return the day."""
        return self.date

    def get_context(self, request, *args, **kwargs) -> dict:
        """Add `themes`."""
        return super().get_context(request, *args, **kwargs) | {"themes": self.rows("themes")}


NewsPage.edit_handler = NewsPage.tabs()
