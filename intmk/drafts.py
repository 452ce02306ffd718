"""What a Land may do with drafts that are not its own."""

from collections.abc import Iterable
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from wagtail.admin import messages
from wagtail.models import Page

from intmk.users.models import User


def may_take_away(user: User, page: Page) -> bool:
    """Say whether the account may delete or move `page`: without the right to publish only drafts of its own Land.

    Wagtail lets everybody who may change a page also delete it as long as it is not public, so also what the chair has
    taken back and what another Land has begun.
    """
    if page.permissions_for_user(user).can_publish():
        return True
    own = bool(user.land_code) and page.owner_id is not None and page.owner.land_code == user.land_code
    return own and all(each.first_published_at is None for each in page.get_descendants(inclusive=True))


def refuse(request: HttpRequest, page: Page, *args) -> HttpResponse | None:
    """Hook before a page is deleted or moved: answer with a message when the account may not do it."""
    if may_take_away(cast(User, request.user), page):
        return None
    messages.error(
        request,
        f"„{page.title}“ gehört nicht Ihrem Land oder war schon veröffentlicht. Löschen oder verschieben darf sie "
        "nur das Land im Vorsitz.",
    )
    return redirect("wagtailadmin_explore", page.get_parent().pk)


def keep_address(request: HttpRequest, page: Page) -> None:
    """Hook before a page is edited: leave the address alone that public pages below it have as theirs.

    Wagtail writes a page that is not public straight into the tree, whoever may propose a draft.
    """
    if request.method != "POST" or page.live or page.permissions_for_user(request.user).can_publish():
        return
    if request.POST.get("slug", page.slug) != page.slug and page.get_descendants().live().exists():
        sent = request.POST.copy()
        sent["slug"] = page.slug
        request.POST = sent  # type: ignore[assignment]
        messages.warning(
            request, "Die Adresse bleibt, denn Seiten darunter sind öffentlich. Nur der Vorsitz ändert sie."
        )


def refuse_together(request: HttpRequest, action_type: str, objects: Iterable, action) -> HttpResponse | None:
    """Hook before a bulk action: refuse all when one of the pages may not be taken away."""
    if action_type not in ("delete", "move"):
        return None
    for item in objects:
        if isinstance(item, Page) and (response := refuse(request, item)):
            return response
    return None
