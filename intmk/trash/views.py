"""The Papierkorb in the admin: what lies in it, how it comes back, and how an administrator empties it."""

from datetime import datetime
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.decorators.http import require_POST
from django.views.generic.base import TemplateView
from wagtail.admin import messages
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.admin.views.generic import IndexView, WagtailAdminTemplateMixin
from wagtail.log_actions import LogActionRegistry, log

from intmk.language.dates import german_day
from intmk.trash.keeping import PUT
from intmk.trash.models import NotRestoredError, TrashedItem
from intmk.trash.restoring import GONE, RESTORED, restore_item
from intmk.users.models import User

REMOVED, RELEASED = "intmk.trash.remove", "intmk.trash.release"
# What was given once and for ever to something that lies here (conferences, addresses).
IDENTIFIERS, ADDRESSES = ("conferences.ResolutionIdentifier", "page"), ("intmk.PublicAddress", "page", "theme")
ICON = "bin"


def moment(when: datetime) -> str:
    """Return day and time as the site writes them."""
    return f"{german_day(timezone.localdate(when))}, {timezone.localtime(when):%H:%M} Uhr"


class ButtonsColumn(Column):
    """The buttons of one item: a form, since what they do is more than to lead somewhere."""

    cell_template_name = "intmk/trash/buttons.html"

    def get_cell_context_data(self, instance: TrashedItem, parent_context: dict) -> dict:
        """Add what a form needs, which Wagtail's cells do not have."""
        context = super().get_cell_context_data(instance, parent_context)
        return context | {"csrf_token": get_token(context["request"])}


class TrashView(IndexView):
    """What the account may bring back, the latest first."""

    model = TrashedItem
    page_title = "Papierkorb"
    header_icon = ICON
    index_url_name = "trash"
    index_results_url_name = "trash_results"
    default_ordering = "-deleted_at"
    paginate_by = 20
    no_results_message = "Im Papierkorb liegt nichts."
    columns = [
        Column("title", label="Was", accessor="description", classname="title"),
        Column("address", label="Adresse", classname="address"),
        Column("deleted_by", label="Wer", accessor=lambda item: item.deleted_by or "ein gelöschtes Konto"),
        Column("deleted_at", label="Wann", accessor=lambda item: moment(item.deleted_at), sort_key="deleted_at"),
        Column("until", label="Liegt hier", accessor=lambda item: f"bis {german_day(timezone.localdate(item.until))}"),
        ButtonsColumn("buttons", label=""),
    ]

    def get_base_queryset(self) -> QuerySet[TrashedItem]:
        items = TrashedItem.objects.visible_to(cast(User, self.request.user))
        return items.select_related("deleted_by", "content_type").defer("rows", "links", "sources")


class TrashedItemView(WagtailAdminTemplateMixin, TemplateView):
    """One item: what would come back, and what is lost for ever when an administrator deletes it for good."""

    page_title = "Papierkorb"
    header_icon = ICON
    template_name = "intmk/trash/item.html"

    @cached_property
    def item(self) -> TrashedItem:
        """Return the item; raise Http404 for who may not bring it back."""
        return get_object_or_404(TrashedItem.objects.visible_to(cast(User, self.request.user)), pk=self.kwargs["pk"])

    def get_breadcrumbs_items(self) -> list[dict]:
        trash = {"url": reverse("trash"), "label": TrashView.page_title}
        return [*super().get_breadcrumbs_items(), trash, {"url": "", "label": self.item.title}]

    def get_context_data(self, **kwargs: Any) -> dict:
        """Add `item`, and what nobody can enter again: `identifiers` and `addresses`."""
        identifiers, addresses = self.item.without_owner(*IDENTIFIERS), self.item.without_owner(*ADDRESSES)
        return super().get_context_data(**kwargs) | {
            "item": self.item,
            "identifiers": identifiers,
            "addresses": addresses,
        }

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Let others have the identifiers of the item, or delete it for good, which only administrators may."""
        user = cast(User, request.user)
        if "release" in request.POST:
            if not user.acts_for_chair:
                raise PermissionDenied
            released = self.item.without_owner(*IDENTIFIERS)
            names = ", ".join(map(str, released))
            released.delete()
            log(self.item, RELEASED, user=user, title=f"{self.item.kind} „{self.item.title}“: {names}"[:255])
            messages.success(request, f"Frei für einen neuen Beschluss: {names}.")
            return redirect("trashed_item", pk)
        if not user.is_superuser:
            raise PermissionDenied
        if remove_item(self.item, user):
            messages.success(request, f"„{self.item.title}“ ist endgültig gelöscht.")
        else:
            messages.error(request, GONE)
        return redirect("trash")


@transaction.atomic
def remove_item(item: TrashedItem, user: User | None = None) -> bool:
    """Delete an item for good and write down who did so, None for the clock; False where it lies there no more."""
    if removed := item.remove():
        log(item, REMOVED, user=user, title=f"{item.kind} „{item.title}“"[:255], deleted=True)
    return removed


def remove_what_is_over() -> None:
    """Hook of the clock: delete for good what has lain there long enough."""
    for item in TrashedItem.objects.over():
        remove_item(item)


@require_POST
def restore_from_trash(request: HttpRequest) -> HttpResponse:
    """Bring back the items whose keys are sent, and go to the page that is sent as `next`."""
    user = cast(User, request.user)
    for key in request.POST.getlist("item"):
        try:
            root, told = restore_item(int(key) if key.isdecimal() and len(key) < 20 else 0, user)
        except NotRestoredError as error:
            messages.error(request, str(error))
            continue
        address = AdminURLFinder(user).get_edit_url(root)
        buttons = [messages.button(address, "Bearbeiten")] if address else []
        messages.success(request, f"„{root}“ ist wieder da.", buttons=buttons)
        for sentence in told:
            messages.warning(request, sentence)
    return redirect(get_valid_next_url_from_request(request) or "trash")


class TrashMenuItem(MenuItem):
    """The entry in the menu, for whom there is something to bring back."""

    def is_shown(self, request: HttpRequest) -> bool:
        return TrashedItem.objects.visible_to(cast(User, request.user)).exists()


def trash_menu_item() -> MenuItem:
    """Hook: return the entry of the main menu."""
    return TrashMenuItem("Papierkorb", reverse("trash"), name="trash", icon_name=ICON, order=9_000)


def trash_admin_urls() -> list:
    """Hook: return the addresses below /admin/."""
    return [
        path("papierkorb/", TrashView.as_view(), name="trash"),
        path("papierkorb/liste/", TrashView.as_view(results_only=True), name="trash_results"),
        path("papierkorb/zurueckholen/", restore_from_trash, name="restore_from_trash"),
        path("papierkorb/<int:pk>/", TrashedItemView.as_view(), name="trashed_item"),
    ]


def register_trash_actions(actions: LogActionRegistry) -> None:
    """Hook: name what the history of the site says."""
    actions.register_action(PUT, "In den Papierkorb legen", "In den Papierkorb gelegt")
    actions.register_action(RESTORED, "Zurückholen", "Aus dem Papierkorb zurückgeholt")
    actions.register_action(RELEASED, "Kennung freigeben", "Kennung freigegeben")
    actions.register_action(REMOVED, "Endgültig löschen", "Endgültig gelöscht")
