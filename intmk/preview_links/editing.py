"""Where editors make links to a draft, see those there are, and take them back; and what the clock removes."""

from collections.abc import Iterator
from typing import cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from wagtail.admin import messages
from wagtail.admin.widgets import Button
from wagtail.log_actions import LogActionRegistry, log
from wagtail.models import Page

from intmk.base.admin_views import OnePageView
from intmk.base.drafts import is_for_proposals, may_change
from intmk.preview_links.models import DAYS, PreviewLink
from intmk.proposals.models import Proposal
from intmk.users.models import User

MADE, TAKEN_BACK = "intmk.preview_link", "intmk.preview_link_taken_back"


def may_hand_out(user: User, page: Page) -> bool:
    """Say whether the account may show a version to others: who may change the page, or has a proposal for it.

    Not every Land that may read it: a draft under embargo is the chair's to give away, and so is what the chair has
    taken back from the public.
    """
    return may_change(user, page) or own_proposal(user, page) is not None


def own_proposal(user: User, page: Page) -> Proposal | None:
    """Return what the Land of an account that does not publish proposes for a page that is public, else None.

    Of a page that was taken back it would show all that the chair keeps from the public, or has written since.
    """
    proposal = Proposal.of(page, user) if page.live and is_for_proposals(user, page) else None
    return proposal if proposal and proposal.pk else None


class PreviewLinksView(OnePageView):
    """The links to a page that hold, and the button for a new one to its latest version."""

    page_title = "Vorschaulinks"
    header_icon = "link"
    template_name = "intmk/preview_links/links.html"

    def is_for(self, user: User, page: Page) -> bool:
        """Say whether the account may hand out the draft."""
        return may_hand_out(user, page)

    def get_context_data(self, **kwargs) -> dict:
        """Add `links`, each as (PreviewLink, address with host, whether the account may take it back)."""
        links = PreviewLink.objects.current().filter(page=self.page).select_related("made_by")
        if own_proposal(cast(User, self.request.user), self.page):
            links = links.filter(made_by__land_code=cast(User, self.request.user).land_code)
        listed = [(link, self.request.build_absolute_uri(link.url), self.may_take_back(link)) for link in links]
        return super().get_context_data(**kwargs) | {"links": listed, "days": DAYS, "page": self.page}

    def may_take_back(self, link: PreviewLink) -> bool:
        """Say whether it is the account's own, or the account publishes the page."""
        own = link.made_by_id == self.request.user.pk
        return own or self.page.permissions_for_user(self.request.user).can_publish()

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make a link to the latest version, or take back the one whose key is sent as `taken_back`."""
        user = cast(User, request.user)
        if "taken_back" in request.POST:
            key = request.POST["taken_back"]
            link = get_object_or_404(PreviewLink, page=self.page, pk=key if key.isdecimal() and len(key) < 20 else None)
            if not self.may_take_back(link):
                raise PermissionDenied
            link.delete()
            log(instance=self.page, action=TAKEN_BACK, user=user)
            messages.success(request, "Der Link ist zurückgenommen. Wer ihn öffnet, sieht nichts mehr.")
        elif revision := own_proposal(user, self.page) or self.page.get_latest_revision():
            PreviewLink.made(revision, user)
            log(instance=self.page, action=MADE, user=user)
            messages.success(request, f"Der Link gilt {DAYS} Tage. Wer ihn hat, sieht den Entwurf ohne Konto.")
        else:
            messages.error(request, "Von dieser Seite ist noch kein Entwurf gespeichert.")
        return redirect("preview_links", pk)


def page_header_buttons(page: Page, user: User, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    """Hook: lead to the links from the menu of a page that has a version, for who may make one."""
    if page.latest_revision_id and may_hand_out(user, page):
        yield Button("Vorschaulink", reverse("preview_links", args=[page.pk]), icon_name="link", priority=55)


def preview_link_admin_urls() -> list:
    """Hook: return the address below /admin/."""
    return [path("vorschaulinks/<int:pk>/", PreviewLinksView.as_view(), name="preview_links")]


def register_preview_link_actions(actions: LogActionRegistry) -> None:
    """Hook: name what the history of a page says of links."""
    actions.register_action(MADE, "Vorschaulink anlegen", "Vorschaulink angelegt")
    actions.register_action(TAKEN_BACK, "Vorschaulink zurücknehmen", "Vorschaulink zurückgenommen")


def remove_ended_links() -> None:
    """Hook of the clock: remove links that have ended, and with them the drafts that they hold."""
    PreviewLink.objects.ended().delete()
