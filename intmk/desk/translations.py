"""Translated pages beside the German ones: which are behind, what has changed since, and both side by side."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.reports.base import ReportView
from wagtail.models import Page
from wagtail.permissions import page_permission_policy

from conferences.handover.views import OfLaenderMenuItem
from intmk.base.admin_views import OnePageView, ToBeEmptied
from intmk.base.blocks import body_text
from intmk.desk.lists import addresses_of_reports
from intmk.language.dates import german_day
from intmk.language.interface_language import GERMAN
from intmk.media.file_lists import ExportedCells
from intmk.proposals.changes import changed, stored_version, written_fields
from intmk.proposals.deciding import Change, compared
from intmk.users.models import User

TITLE = "Übersetzungen"


def translated() -> QuerySet[Page]:
    """Return the public pages in another language that translate a public German one.

    Each with its key, `german`, when that was published last, `german_at`, and whether that was later, `is_behind`.
    """
    german = Page.objects.live().filter(translation_key=OuterRef("translation_key"), locale__language_code=GERMAN)
    return (
        Page.objects.live()
        .exclude(locale__language_code=GERMAN)
        .annotate(german=Subquery(german.values("pk")[:1]), german_at=Subquery(german.values("last_published_at")[:1]))
        .filter(german__isnull=False, last_published_at__isnull=False)
        .annotate(is_behind=Q(german_at__gt=F("last_published_at")))
    )


def behind() -> QuerySet[Page]:
    """Return those whose German page has been published since."""
    return translated().filter(is_behind=True)


def german_changes(page: Page, request: HttpRequest) -> list[Change]:
    """Return what readers of the German page see otherwise than when this translation was published.

    Empty where that is nothing, or not known any more. page: one of `translated()`.
    """
    german = Page.objects.get(pk=page.german).specific
    # The versions of the initial content are younger than its pages by a moment.
    versions = [
        page.last_published_at,
        *page.revisions.filter(pk=page.live_revision_id).values_list("created_at", flat=True),
    ]
    before = german.revisions.filter(created_at__lte=max(versions)).order_by("-created_at", "-pk").first()
    if before is None or german.live_revision is None or before.pk == german.live_revision_id:
        return []
    then, now = before.as_object(), german.live_revision.as_object()
    names = changed(stored_version(then), stored_version(now), written_fields(type(german)))
    return compared(then, now, names, set(), request)


def say_what_is_behind(request: HttpRequest, page: Page) -> None:
    """Hook before the form of a page is shown: say on both sides that the translation is older than the German page."""
    if request.method != "GET":
        return
    if page.locale.language_code != GERMAN:
        for each in translated().filter(pk=page.pk):
            button = messages.button(reverse("translation", args=[page.pk]), "Übersetzen", new_window=True)
            if each.is_behind:
                messages.warning(request, "Die deutsche Seite ist seither geändert worden.", buttons=[button])
            else:
                messages.info(request, "Diese Seite übersetzt eine deutsche.", buttons=[button])
        return
    for each in behind().filter(translation_key=page.translation_key).select_related("locale"):
        words = f"Die Übersetzung „{each.title}“ ({each.locale}) ist noch vom {day_published(each.last_published_at)}."
        button = messages.button(reverse("translation", args=[each.pk]), "Übersetzen", new_window=True)
        messages.info(request, words, buttons=[button])


def day_published(moment: datetime) -> str:
    return german_day(timezone.localdate(moment))


def state_of_translation(page: Page) -> str:
    """Return in words whether the German page is younger."""
    if page.is_behind:
        return f"älter als die deutsche Seite vom {day_published(page.german_at)}"
    return "auf dem Stand der deutschen Seite"


@dataclass(frozen=True)
class Side:
    """One of the two pages as it is read; `language`: its code."""

    page: Any
    name: str
    language: str

    @property
    def text(self) -> str:
        """Return what stands below the introduction."""
        body = getattr(self.page, "body", None)
        return body_text(body) if body else ""

    @property
    def text_of_table(self) -> str:
        """Return the rich text that pages of the chair have besides."""
        return getattr(self.page, "before_text", "")


class TranslationView(OnePageView):
    """Both sides: what has changed in German, then the texts as readers have them, side by side."""

    page_title = "Übersetzen"
    header_icon = "site"
    template_name = "intmk/desk/translation.html"

    def is_for(self, user: User, page: Page) -> bool:
        """Say whether the account may change the translation, or propose something for it."""
        return page.permissions_for_user(user).can_edit()

    @cached_property
    def both(self) -> Any:
        """Return the translation with what is known of the German page, None for what translates nothing."""
        return translated().select_related("locale").filter(pk=self.page.pk).first()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Lead back to the form of what translates nothing."""
        if self.both is None:
            messages.warning(request, "Zu dieser Seite gibt es keine öffentliche deutsche.")
            return redirect("wagtailadmin_pages:edit", self.page.pk)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        german, language = Page.objects.get(pk=self.both.german).specific, self.both.locale
        return super().get_context_data(**kwargs) | {
            "sides": [Side(german, "Deutsch", GERMAN), Side(self.page, str(language), language.language_code)],
            "both": self.both,
            "changes": german_changes(self.both, self.request),
        }


class TranslationsView(ToBeEmptied, ExportedCells, ReportView):
    """Public pages in other languages, those behind their German page first."""

    permission_policy = page_permission_policy
    any_permission_required = ["add", "change", "publish"]
    page_title = TITLE
    when_empty = "Hier stehen die öffentlichen Seiten in anderen Sprachen. Noch gibt es keine."
    header_icon = "site"
    index_url_name = "translations"
    index_results_url_name = "translations_results"
    export_filename = "uebersetzungen"
    columns: list[Column] = [
        TitleColumn("title", label="Seite", url_name="translation"),
        Column("locale", label="Sprache"),
        Column("published", label="Veröffentlicht", accessor=lambda page: day_published(page.last_published_at)),
        Column("state", label="Stand", accessor=state_of_translation),
    ]
    exported = {
        "Seite": lambda page: page.title,
        "Sprache": lambda page: str(page.locale),
        "Veröffentlicht": lambda page: day_published(page.last_published_at),
        "Stand": state_of_translation,
    }

    def get_base_queryset(self) -> QuerySet[Page]:
        return translated().select_related("locale").order_by("-is_behind", "path")


def translations_menu_item() -> MenuItem:
    """Hook: return the entry under "Berichte"."""
    return OfLaenderMenuItem(TITLE, reverse("translations"), name="translations", icon_name="site", order=150)


def translation_admin_urls() -> list[URLPattern]:
    """Hook: return the addresses below /admin/; Wagtail asks each for a signed-in account."""
    return [
        path("uebersetzen/<int:pk>/", TranslationView.as_view(), name="translation"),
        *addresses_of_reports(("uebersetzungen", "translations", TranslationsView)),
    ]
