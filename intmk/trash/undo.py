"""What one request of the admin deletes, and the button in the message by which it comes back at once."""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.template.loader import render_to_string

from intmk.trash.models import DAYS, TrashedItem
from intmk.users.models import User


@dataclass
class Deletions:
    """What `user` deletes in one request. seen: the objects and queries that were told to delete."""

    user: User
    seen: list[Any] = field(default_factory=list)
    items: list[TrashedItem] = field(default_factory=list)


# None where only a program is at work.
deletions: ContextVar[Deletions | None] = ContextVar("deletions", default=None)


class UndoMiddleware:
    """Lets deletions in the admin be kept, and says so in a message with a button."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method != "POST" or not request.path.startswith("/admin/"):
            return self.get_response(request)
        now = Deletions(cast(User, request.user))
        token = deletions.set(now)
        try:
            response = self.get_response(request)
        finally:
            deletions.reset(token)
        # What failed after all was not deleted.
        if now.items and (kept := TrashedItem.objects.filter(pk__in=[item.pk for item in now.items])):
            context = {"items": kept, "days": DAYS, "next": response.get("Location", "")}
            messages.success(request, render_to_string("intmk/trash/message.html", context, request))
        return response
