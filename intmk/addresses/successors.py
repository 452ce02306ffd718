"""What is asked when a page is deleted or taken back: where readers of its address go, and who still refers to it."""

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any

from django import forms
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from wagtail.admin import messages
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.widgets import AdminPageChooser
from wagtail.models import Page, ReferenceIndex

from intmk.addresses.public_addresses import PublicAddress
from intmk.base.drafts import branch
from intmk.users.models import User

MOST_NAMED = 20


class SuccessorForm(forms.Form):
    """A public page, or none."""

    successor = forms.ModelChoiceField(
        Page.objects.live(),
        label="Nachfolgende Adresse",
        required=False,
        widget=AdminPageChooser,
        help_text="Wer die alte Adresse aufruft oder eine darunter, kommt dann zu dieser Seite. Ohne sie steht dort, "
        "was es war und dass es nicht mehr da ist.",
        error_messages={"invalid_choice": "Die nachfolgende Seite ist nicht öffentlich."},
    )


def going_with(pages: Iterable[Page]) -> Q:
    """Return the condition on which a page is one of these or stands below one."""
    return reduce(or_, (Q(path__startswith=page.path) for page in pages), Q(pk=None))


def form_for_successor(pages: Iterable[Page]) -> SuccessorForm | None:
    """Return what to ask before the pages go; None when neither they nor pages below ever had a public address."""
    going = Page.objects.filter(going_with(pages))
    return SuccessorForm() if PublicAddress.objects.filter(page__in=going).exists() else None


def note_successor(request: HttpRequest, *pages: Page) -> HttpResponse | None:
    """Hook before a page is deleted or taken back: note where its addresses lead, or ask again for another page."""
    if request.method != "POST":
        return None
    form = SuccessorForm(request.POST)
    successor = form.cleaned_data["successor"] if form.is_valid() else None
    if successor and any(successor.path.startswith(page.path) for page in pages):
        form.add_error("successor", "Die nachfolgende Seite geht selbst mit.")
    if not form.is_valid():
        messages.error(request, f"{form.errors['successor'][0]} Bitte eine andere wählen oder keine.")
        return redirect(request.get_full_path())
    going = Page.objects.filter(going_with(pages))
    PublicAddress.objects.filter(page__in=going).update(successor=successor)
    if successor:  # also for what has led here
        PublicAddress.objects.filter(successor__in=going).update(successor=successor)
    return None


def note_successor_of_many(
    request: HttpRequest, action_type: str, objects: Iterable[Any], action: Any
) -> HttpResponse | None:
    """Hook before a bulk action: the same for all pages that it deletes or takes back."""
    is_for_pages = action.model is Page and action_type in ("delete", "unpublish")
    return note_successor(request, *objects) if is_for_pages else None


def named_references(thing: Model, user: User) -> tuple[list[tuple[str, str]], int]:
    """Return what refers to it or to a page below, as (name, address of its form or ""), and the number of the rest."""
    base: Any = Page if isinstance(thing, Page) else thing
    keys = branch(thing).values_list("pk", flat=True) if isinstance(thing, Page) else [thing.pk]
    own = [str(key) for key in keys]
    references = ReferenceIndex.objects.filter(
        to_content_type=ContentType.objects.get_for_model(base), to_object_id__in=own
    ).exclude(base_content_type=ContentType.objects.get_for_model(base), object_id__in=own)
    # Not Wagtail's group_by_source_object, which reads all of them: a theme has thousands of resolutions.
    sources = references.values_list("base_content_type", "object_id").order_by().distinct()
    find, named = AdminURLFinder(user).get_edit_url, []
    for content_type, key in sources[:MOST_NAMED]:
        model: Any = ContentType.objects.get_for_id(content_type).model_class()
        if source := model._base_manager.filter(pk=key).first():
            named.append((str(source), find(source) or ""))
    return sorted(named), max(sources.count() - MOST_NAMED, 0)
