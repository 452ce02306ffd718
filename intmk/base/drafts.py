"""What a Land may do with pages: with its own drafts that were never public all but publish, with any other nothing.

Wagtail writes a page that is not public straight into the tree: its title, its address, and with that the addresses of
all pages below it. What a Land writes on a page that was ever public is a proposal (intmk/proposals) and no page.
"""

from collections.abc import Iterable
from typing import Any, cast

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from wagtail.admin import messages
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.models import Page

from intmk.users.models import User

EVER_PUBLIC = Q(live=True) | Q(first_published_at__isnull=False)


def branch(page: Page) -> QuerySet[Page]:
    """Return the page and all below it."""
    return Page.objects.filter(path__startswith=page.path)


def was_public(page: Page) -> bool:
    """Say whether readers have ever seen the page."""
    return page.live or page.first_published_at is not None


def is_for_proposals(user: User, page: Page) -> bool:
    """Say whether what the account writes on the page is a proposal."""
    return was_public(page) and not page.permissions_for_user(user).can_publish()


def may_change(user: User, page: Page) -> bool:
    """Say whether what the account saves may become the page.

    Without the right to publish, it must be the draft of the account's own Land, and neither it nor a page below it may
    ever have been public.
    """
    if page.permissions_for_user(user).can_publish():
        return True
    return is_own_draft(user, page) and not branch(page).filter(EVER_PUBLIC).exists()


def is_own_draft(user: User, page: Page) -> bool:
    """Say whether an account of the same Land has begun the page."""
    return bool(user.land_code) and page.owner_id is not None and page.owner.land_code == user.land_code


def why_not_editable(page: Page) -> str:
    """Return a German sentence that says who may change a page that is not public, and that this account may not."""
    land = page.owner.get_land_code_display() if page.owner_id else ""
    if land and not branch(page).filter(EVER_PUBLIC).exists():
        return f"„{page.draft_title}“ ist ein Entwurf von {land}: Ändern können ihn nur {land} und das Land im Vorsitz."
    return (
        f"„{page.draft_title}“ ist nicht öffentlich, war es aber, oder eine Seite darunter ist oder war es, oder kein "
        "Land hat sie begonnen: Ändern kann sie nur das Land im Vorsitz, auch ihren Titel und ihre Adresse."
    )


class DraftForm(WagtailAdminPageForm):
    """The form of every page: refuses what would change a page that the account may only read or propose for."""

    def clean(self) -> dict[str, Any]:
        """Add the reason as an error; Wagtail shows the form again as it was sent."""
        cleaned = super().clean()
        is_proposal = getattr(self.instance, "is_proposal", False)
        if self.instance.pk and self.for_user and not is_proposal and not may_change(self.for_user, self.instance):
            self.add_error(
                None, f"{why_not_editable(self.instance)} Was Sie geschrieben haben, steht nur noch hier im Formular."
            )
        return cleaned


def say_who_may_change(request: HttpRequest, page: Page) -> None:
    """Hook before the form of a page is shown: say at its top that the account can only read it."""
    user = cast(User, request.user)
    if request.method == "GET" and not is_for_proposals(user, page) and not may_change(user, page):
        messages.warning(request, f"{why_not_editable(page)} Sie können die Seite hier nur ansehen.")


def may_take_away(user: User, page: Page) -> bool:
    """Say whether the account may delete or move `page`: without the right to publish only drafts of its own Land.

    Wagtail lets everybody who may change a page also delete it as long as it is not public, so also what the chair has
    taken back, and what another Land has begun, here or below.
    """
    return page.permissions_for_user(user).can_publish() or begun_by(user.land_code, page)


def begun_by(land_code: str, page: Page) -> bool:
    """Say whether the page and all below it are drafts of this Land that never were public."""
    return bool(land_code) and not branch(page).exclude(~EVER_PUBLIC, owner__land_code=land_code).exists()


def refuse(request: HttpRequest, page: Page, *args) -> HttpResponse | None:
    """Hook before a page is deleted or moved: answer with a message when the account may not do it."""
    if may_take_away(cast(User, request.user), page):
        return None
    messages.error(
        request,
        f"„{page.title}“ oder eine Seite darunter gehört nicht Ihrem Land oder war schon veröffentlicht. Löschen oder "
        "verschieben darf sie nur das Land im Vorsitz.",
    )
    return redirect("wagtailadmin_explore", page.get_parent().pk)


def refuse_together(request: HttpRequest, action_type: str, objects: Iterable, action) -> HttpResponse | None:
    """Hook before a bulk action: refuse all when one of the pages may not be taken away."""
    if action_type not in ("delete", "move"):
        return None
    for item in objects:
        if isinstance(item, Page) and (response := refuse(request, item)):
            return response
    return None
