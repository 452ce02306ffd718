"""What the pages of the admin ask and tell before something is deleted or taken back."""

from typing import Any

from django import template
from wagtail.models import Page

from intmk.addresses import successors

register = template.Library()


@register.simple_tag
def successor_form(page: Page) -> successors.SuccessorForm | None:
    """Return the form for the page that follows, None where there is nothing to ask."""
    return successors.form_for_successor([page])


@register.simple_tag(takes_context=True)
def successor_form_of_many(context: dict[str, Any]) -> successors.SuccessorForm | None:
    """Return the same for a bulk action that takes pages away, None for any other."""
    action, items = context["view"], context.get("items")
    if not items or action.model is not Page or action.action_type not in ("delete", "unpublish"):
        return None
    return successors.form_for_successor(item["item"] for item in items)


@register.simple_tag(takes_context=True)
def references_to(context: dict[str, Any]) -> dict[str, Any] | None:
    """Return what refers to what the page is about, as `named` and the number of `more`; None where that is many."""
    thing = context.get("page") or context.get("object")
    if isinstance(thing, dict):  # so Wagtail names each of the many that a bulk action takes away
        thing = thing["item"]
    if thing is None:
        return None
    named, more = successors.named_references(thing, context["request"].user)
    return {"named": named, "more": more}
