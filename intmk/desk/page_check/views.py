"""The panel "Prüfung" above the form of a page, the same as a page of its own, and the way to it beside publishing."""

from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.functional import cached_property
from wagtail.admin.action_menu import PublishMenuItem
from wagtail.admin.userbar import ContentCheckerItem
from wagtail.models import Page

from intmk.base.admin_views import OnePageView
from intmk.base.drafts import is_for_proposals
from intmk.base.publishing_rules import broken_rules
from intmk.desk.page_check.whole_page import advice_on
from intmk.users.models import User

FRAGMENT = "intmk/desk/page_check.html"
# Wagtail looks at the preview; these sentences say what to do where its own name only the fault.
SENTENCES = {
    "button-name": ("Ein Knopf hat keinen Text", "Bitte beschriften: Vorgelesen ist er sonst nur „Schalter“."),
    "empty-heading": ("Eine Überschrift ist leer", "Bitte füllen oder entfernen."),
    "empty-table-header": ("Eine Kopfzelle der Tabelle ist leer", "Bitte sagen, was in der Spalte oder Zeile steht."),
    "frame-title": ("Ein eingebetteter Inhalt hat keinen Namen", "Bitte benennen."),
    "heading-order": ("Eine Stufe der Überschriften fehlt", "Unter eine Überschrift gehört die nächste Stufe."),
    "input-button-name": ("Ein Knopf hat keinen Text", "Bitte beschriften."),
    "link-name": ("Ein Verweis hat keinen Text", "Bitte in Worten sagen, wohin er führt."),
    "p-as-heading": ("Ein Absatz sieht aus wie eine Überschrift", "Bitte als Überschrift setzen, nicht fett."),
    "alt-text-quality": ("Ein Alternativtext klingt nach einem Dateinamen", "Bitte beschreiben, was zu sehen ist."),
    "empty-meta-description": ("Die Beschreibung für Suchmaschinen fehlt", "Bitte die Einleitung füllen."),
}


class PageCheckView(OnePageView):
    """What the latest draft lacks: duties above advice. With `?teil` what the panel in the form shows of it.

    Nothing for who writes a proposal: what stands against the chair's draft is the chair's matter.
    """

    page_title = "Prüfung"
    header_icon = "glasses"
    template_name = "intmk/desk/page_check_page.html"

    def is_for(self, user: User, page: Page) -> bool:
        """Say whether the account may change the page."""
        return page.permissions_for_user(user).can_edit()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer a script that may not ask with 403: raised, Wagtail would answer with the whole dashboard."""
        if "teil" not in request.GET:
            return super().get(request, *args, **kwargs)
        try:
            found = self.found
        except PermissionDenied:
            return HttpResponseForbidden()
        return render(request, FRAGMENT, found)

    @cached_property
    def found(self) -> dict[str, Any]:
        """Return `rules`, `advice`, `edit_url`."""
        edit_url = reverse("wagtailadmin_pages:edit", args=[self.page.pk])
        if is_for_proposals(cast(User, self.request.user), self.page):
            return {"rules": [], "advice": [], "edit_url": edit_url}
        rules = broken_rules(self.page.get_latest_revision_as_object())
        return {"rules": rules, "advice": advice_on(self.page.get_latest_revision_as_object()), "edit_url": edit_url}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what was found."""
        return super().get_context_data(**kwargs) | self.found


class WayToPageCheck(PublishMenuItem):
    """How many duties and pieces of advice are open, above the button that publishes; the script counts them."""

    name = "page-check"
    template_name = "intmk/desk/page_check_count.html"

    def is_shown(self, context: dict) -> bool:
        """Say no while there is no page yet."""
        return context["view"] == "edit" and super().is_shown(context)


def checks_in_our_words(request: HttpRequest, items: list, page: Page | None) -> None:
    """Hook: let Wagtail's own look at the preview say its findings in our sentences."""
    for item in items:
        if isinstance(item, ContentCheckerItem):
            own = {rule: {"error_name": name, "help_text": help_text} for rule, (name, help_text) in SENTENCES.items()}
            item.axe_messages = item.axe_messages | own


def page_check_address() -> list:
    """Hook: return the address below /admin/; Wagtail asks there for a signed-in account."""
    return [path("pruefung/<int:pk>/", PageCheckView.as_view(), name="page_check")]
