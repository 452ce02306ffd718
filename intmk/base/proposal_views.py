"""Where the chair learns what it has not approved in a page, and decides: at the form, and before it goes public."""

from collections.abc import Iterable
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from wagtail.admin import messages
from wagtail.log_actions import LogActionRegistry
from wagtail.models import Page

from intmk.base.admin_views import OnePageView
from intmk.base.proposals import DECLINED, Unapproved, names_of, unapproved
from intmk.users.models import User


def say_whose_changes(request: HttpRequest, page: Page) -> None:
    """Hook before the form of a page is shown: say at its top whose unapproved changes it holds."""
    if request.method != "GET" or "_w_hydrate_create_view" in request.GET or "revision_id" in request.GET:
        return
    if not page.permissions_for_user(request.user).can_publish():
        return
    if found := unapproved(page):
        messages.warning(
            request,
            f"Diese Fassung enthält Änderungen, die noch nicht freigegeben sind: {names_of(found)}.",
            buttons=[messages.button(reverse("proposals", args=[page.pk]), "Ansehen oder ohne sie bearbeiten")],
        )


def ask_before_publishing(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Hook before a page is published, its text being a draft by now: ask what to do with what nobody has approved."""
    if not unapproved(page):
        return None
    messages.warning(request, "Noch nicht veröffentlicht. Was Sie geschrieben haben, ist als Entwurf gespeichert.")
    return redirect("proposals", page.pk)


def ask_before_publishing_together(
    request: HttpRequest, action_type: str, objects: Iterable, action: Any
) -> HttpResponse | None:
    """Hook before a bulk action: publish none when one of the pages holds what nobody has approved."""
    if action_type != "publish":
        return None
    pages = [item for item in objects if isinstance(item, Page)]
    if request.POST.get("include_descendants"):
        pages += [below for page in pages for below in page.get_descendants().not_live()]
    return refusal(request, pages)


def ask_before_copying(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Hook before a page is copied: what is published at once would take the latest version for an approved one."""
    if "publish_copies" not in request.POST:
        return None
    below = page.get_descendants(inclusive="copy_subpages" in request.POST)
    return refusal(request, [page, *below.exclude(pk=page.pk)])


def refusal(request: HttpRequest, pages: list[Page]) -> HttpResponse | None:
    """Return the way back with the names of those pages that hold what nobody has approved; None when none does."""
    # Only these have a version after the one that readers see.
    drafts = [page for page in pages if page.has_unpublished_changes or not page.live]
    waiting = [page for page in drafts if unapproved(page)]
    if not waiting:
        return None
    names = ", ".join(f"„{page.draft_title}“" for page in waiting)
    messages.error(
        request,
        f"Nichts veröffentlicht. Änderungen, die noch nicht freigegeben sind, hat: {names}. Bitte dort entscheiden.",
        buttons=[messages.button(reverse("proposals", args=[page.pk]), page.draft_title) for page in waiting[:5]],
    )
    return redirect("wagtailadmin_explore", waiting[0].get_parent().pk)


class ProposalsView(OnePageView):
    """What nobody has approved in a page, field by field, and the choice to publish with it or without."""

    page_title = "Nicht freigegebene Änderungen"
    header_icon = "draft"
    template_name = "intmk/base/proposals.html"

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        """Show them; back to the form when there are none."""
        if not self.found:
            return self.back("Diese Seite enthält keine Änderungen mehr, die noch freizugeben sind.")
        return super().get(request, *args, **kwargs)

    @cached_property
    def found(self) -> Unapproved | None:
        return unapproved(self.page)

    def get_context_data(self, **kwargs) -> dict:
        """Add `found`, `names`, and `comparison`: Wagtail's own of the fields, without those changes and with them."""
        found = cast(Unapproved, self.found)
        comparison = []
        if found.former is not None:
            before, after = found.before(), found.revision.as_object()
            panel = self.page.get_edit_handler().get_bound_panel(instance=self.page, request=self.request, form=None)
            all_fields = [compare(before, after) for compare in panel.get_comparison()]
            comparison = [field for field in all_fields if field.has_changed()]
        added = {"found": found, "names": names_of(found), "comparison": comparison}
        return super().get_context_data(**kwargs) | added

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Publish with them (`with`), without them (`without`), or save a draft without them (`draft`)."""
        user = cast(User, request.user)
        lock = self.page.get_lock()
        if lock and lock.for_user(user):
            return self.back("Die Seite ist gesperrt.")
        decision = request.POST.get("decision")
        with transaction.atomic():
            Page.objects.select_for_update().get(pk=pk)
            if self.found is None or self.found.version != request.POST.get("version"):
                messages.warning(request, "Inzwischen gibt es eine neuere Fassung. Bitte noch einmal ansehen.")
                return redirect("proposals", pk)
            revision = self.found.revision
            if decision != "with":
                if self.found.former is None:
                    raise PermissionDenied
                revision = self.found.leave_out(user)
            if decision in ("with", "without"):
                revision.publish(user=user)
        if decision not in ("with", "without"):
            messages.success(request, f"Das Formular ist nun ohne die Änderungen von {self.found.laender}.")
            return redirect("wagtailadmin_pages:edit", pk)
        words = "veröffentlicht" if Page.objects.get(pk=pk).live_revision_id == revision.pk else "vorgemerkt"
        how = "mit den" if decision == "with" else "ohne die"
        messages.success(request, f"„{self.page.draft_title}“ ist {words}, {how} Änderungen von {self.found.laender}.")
        return redirect("wagtailadmin_explore", self.page.get_parent().pk)

    def back(self, words: str) -> HttpResponse:
        """Lead to the form of the page and say why."""
        messages.warning(self.request, words)
        return redirect("wagtailadmin_pages:edit", self.page.pk)


def register_proposal_actions(actions: LogActionRegistry) -> None:
    """Name what the history of a page says of a version that leaves proposals out."""
    actions.register_action(
        DECLINED, "Ohne nicht freigegebene Änderungen speichern", "Ohne nicht freigegebene Änderungen"
    )
