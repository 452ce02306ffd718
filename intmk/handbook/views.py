"""The handbook in the admin: contents with a search, one page for each chapter, and the way there from each screen."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.views.decorators.http import require_safe
from django.views.generic.base import TemplateView
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.sidebar import LinkMenuItem
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from intmk.handbook.chapters import Chapter, chapters, chapters_with
from intmk.handbook.screens import place_for

TITLE = "Handbuch"
ICON = "help"


class HandbookView(WagtailAdminTemplateMixin, TemplateView):
    """The contents; with ?q= the chapters in which these words stand."""

    template_name = "intmk/handbook/contents.html"
    page_title = TITLE
    header_icon = ICON

    def get_breadcrumbs_items(self) -> list[dict]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": TITLE}]

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        query = self.request.GET.get("q", "").replace("\x00", "").strip()[:100]
        hits = chapters_with(query) if query else []
        return super().get_context_data(**kwargs) | {"query": query, "hits": hits, "chapters": chapters().values()}


class ChapterView(WagtailAdminTemplateMixin, TemplateView):
    """One chapter, with those before and after it."""

    template_name = "intmk/handbook/chapter.html"
    header_icon = ICON

    @cached_property
    def chapter(self) -> Chapter:
        """Return the chapter of the address; raise Http404 where there is none."""
        if chapter := chapters().get(self.kwargs["slug"]):
            return chapter
        raise Http404

    def get_page_title(self) -> str:
        return self.chapter.title

    def get_breadcrumbs_items(self) -> list[dict]:
        contents = {"url": reverse("handbook"), "label": TITLE}
        return [*super().get_breadcrumbs_items(), contents, {"url": "", "label": self.chapter.title}]

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        row: list[Chapter | None] = [None, *chapters().values(), None]
        place = row.index(self.chapter)
        beside = {"before": row[place - 1], "after": row[place + 1]}
        return super().get_context_data(**kwargs) | beside | {"chapter": self.chapter, "chapters": chapters().values()}


@require_safe
def chapter_for_screen(request: HttpRequest) -> HttpResponse:
    """Lead to what the handbook says of the screen whose address is given as "von", else to the contents."""
    slug, fragment = place_for(request.GET.get("von", ""))
    return redirect(reverse("handbook_chapter", args=[slug]) + fragment if slug else reverse("handbook"))


class HandbookMenuItem(MenuItem):
    """Leads to the chapter about the screen on which it is clicked, in a window beside it: a form stays as it is."""

    def render_component(self, request: HttpRequest) -> LinkMenuItem:
        url = f"{self.url}?{urlencode({'von': request.path})}"
        attrs = self.attrs | {"target": "_blank", "aria-label": "Hilfe zu dieser Ansicht, in einem neuen Fenster"}
        return LinkMenuItem(self.name, self.label, url, icon_name=self.icon_name, attrs=attrs)


def handbook_menu_item() -> MenuItem:
    """Hook: return the entry of the main menu."""
    return HandbookMenuItem("Hilfe", reverse("handbook_for_screen"), name="hilfe", icon_name=ICON, order=90)


def handbook_admin_urls() -> list:
    """Hook: return the addresses below /admin/; Wagtail asks each for a signed-in account."""
    return [
        path("handbuch/", HandbookView.as_view(), name="handbook"),
        path("handbuch/zu/", chapter_for_screen, name="handbook_for_screen"),
        path("handbuch/<slug:slug>/", ChapterView.as_view(), name="handbook_chapter"),
    ]
