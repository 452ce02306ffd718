"""What several pages were done to at once, in a message with a button that does the contrary on exactly these pages.

Deleting has the Papierkorb (intmk/trash). What is undone here keeps no state: the button carries, signed, how each page
was before and is since. A page on which somebody has worked meanwhile stays as it is.
"""

from collections.abc import Iterable
from typing import Any, cast

from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import path
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.models import Page, Revision

from intmk.addresses.successors import going_with
from intmk.base.drafts import may_take_away
from intmk.base.one_writer import writing_alone
from intmk.users.models import User

SALT = "intmk.desk.bulk_undo"
SECONDS = 24 * 60 * 60
WORDS = {"publish": "veröffentlicht", "unpublish": "zurückgezogen", "move": "verschoben"}
# Whether it is public and with which version; of a page that is moved what is above it and what behind it.
State = tuple[bool, int | None] | tuple[int | None, int | None]


def states_of(action_type: str, pages: Iterable[Page]) -> dict[int, State]:
    """Return how the pages are by key, those below them, too, unless they are moved along."""
    if action_type == "move":
        return {page.pk: place_in_tree(page) for page in Page.objects.filter(pk__in=[page.pk for page in pages])}
    branches = Page.objects.filter(going_with(pages)).values_list("pk", "live", "live_revision")
    return {key: (is_live, version) for key, is_live, version in branches}


def place_in_tree(page: Page) -> State:
    """Return the keys of the page above it and of the one behind it."""
    parent, behind = page.get_parent(), page.get_next_sibling()
    return parent and parent.pk, behind and behind.pk


def is_other(action_type: str, one: State, other: State) -> bool:
    """Say whether they differ; of a place only in what is above: the one behind may have been moved itself."""
    return one[0] != other[0] if action_type == "move" else one != other


def note_states(request: HttpRequest, action_type: str, objects: list[Any], action: Any) -> None:
    """Hook before a bulk action, after all that may refuse it: remember how the pages are."""
    if action.model is Page and action_type in WORDS:
        action.states_before = states_of(action_type, objects)


def offer_undo(request: HttpRequest, action_type: str, objects: list[Any], action: Any) -> None:
    """Hook after a bulk action: add the message for what can be undone."""
    if not (before := getattr(action, "states_before", {})):
        return
    after = states_of(action_type, objects)
    changed = [
        (key, before[key], state)
        for key, state in after.items()
        # What a program has written without a version is nowhere once another version is public.
        if is_other(action_type, before[key], state) and before[key] != (True, None)
    ]
    if changed:
        signed = signing.dumps([action_type, changed], salt=SALT, compress=True)
        context = {"signed": signed, "count": len(changed), "done": WORDS[action_type], "next": action.next_url}
        messages.success(request, render_to_string("intmk/desk/bulk_undo.html", context, request))


@require_POST
def undo_bulk_action(request: HttpRequest) -> HttpResponse:
    """Do the contrary on the pages of a signed message, on each of which the account may do so."""
    try:
        action_type, changed = signing.loads(request.POST.get("undo", ""), salt=SALT, max_age=SECONDS)
    except signing.BadSignature:
        messages.error(request, "Das lässt sich nicht mehr rückgängig machen.")
        return redirect("wagtailadmin_home")
    user, left = cast(User, request.user), []
    undo = is_back_in_place if action_type == "move" else is_as_public_as_before
    with writing_alone(sorted(key for key, _, _ in changed)):
        for key, before, after in reversed(changed):  # so that each finds the neighbour behind it in its place
            page = Page.objects.filter(pk=key).first()
            is_untouched = page and not is_other(action_type, states_of(action_type, [page])[key], tuple(after))
            if not (is_untouched and undo(page, tuple(before), user)):
                left.append(page.draft_title if page else "eine gelöschte Seite")
    if done := len(changed) - len(left):
        messages.success(request, f"Rückgängig gemacht: {done} {'Seite' if done == 1 else 'Seiten'}.")
    if left:
        names = ", ".join(f"„{name}“" for name in left)
        messages.error(request, f"Unverändert, weil inzwischen bearbeitet oder nicht erlaubt: {names}.")
    return redirect(get_valid_next_url_from_request(request) or "wagtailadmin_home")


def is_as_public_as_before(page: Page, before: State, user: User) -> bool:
    """Publish the version that was public, or take the page back, if the account may; say whether it is done."""
    rights, version = page.permissions_for_user(user), Revision.objects.for_instance(page).filter(pk=before[1]).first()
    try:
        with transaction.atomic():
            if version and rights.can_publish():
                version.publish(user=user)
                return True
            if not before[0] and rights.can_unpublish():
                page.specific.unpublish(user=user)
                return True
    except ValidationError:  # rules have changed since, or what it names is gone
        return False
    return False


def is_back_in_place(page: Page, before: State, user: User) -> bool:
    """Move the page back, if the account may and no other page has its address there by now; say whether it is done."""
    parent, behind = (Page.objects.filter(pk=key).first() for key in before)
    if not parent or not may_take_away(user, page) or parent.get_children().filter(slug=page.slug).exists():
        return False
    if not page.permissions_for_user(user).can_move_to(parent.specific):
        return False
    is_there = behind and behind.is_child_of(parent)
    page.specific.move(behind if is_there else parent, pos="left" if is_there else "last-child", user=user)
    return True


def bulk_undo_address() -> list:
    """Hook: return the address below /admin/; Wagtail asks there for a signed-in account."""
    return [path("rueckgaengig/", undo_bulk_action, name="undo_bulk_action")]
