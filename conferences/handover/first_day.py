"""Drafts of the coming Land that become public on its first day in the chair, without anybody pressing a button then.

They are set for the moment at which its term begins. Whether its Land chairs is asked again then (scheduled.py): when
the rotation has changed meanwhile, they wait for whoever may publish then.
"""

from datetime import date, datetime, time
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.admin import messages
from wagtail.admin.action_menu import ActionMenuItem
from wagtail.admin.views.pages.edit import EditView
from wagtail.models import Page

from conferences.handover.chair_changes import coming_term_on
from conferences.handover.scheduled import Scheduled, publications
from conferences.handover.viewer import account_of
from conferences.models.chair import rotation_of
from conferences.rules.rotation import Term
from intmk.base.drafts import may_change, was_public
from intmk.base.publishing_rules import refusal_in_words
from intmk.language.dates import german_day
from intmk.language.day import today
from intmk.media.unpublished import files_stay
from intmk.users.models import User

SET, TAKE_BACK = "action-first-day", "action-not-first-day"
LOCKED = "Bis dahin ist die Seite gesperrt; „Vormerkung zurücknehmen“ öffnet sie wieder."
NOT_SET = "Nicht vorgemerkt: Das geht nur vor dem Vorsitz, mit eigenen Entwürfen, die noch nie öffentlich waren."
NOT_TAKEN_BACK = "Zurückgenommen wurde nichts: Von Ihrem Land ist diese Seite nicht vorgemerkt."


def term_to_begin_with(request: HttpRequest, page: Page) -> Term | None:
    """Return the coming term, with which the account may let the page become public; None where it may not.

    It must be a draft of the Land of that term which never was public. Who publishes today sets a moment itself.
    """
    account = account_of(request)
    if not is_own_and_unpublished(account, page):
        return None
    term = coming_term_on(rotation_of(request), today())
    return term if term and term.land_code == account.land_code else None


def is_own_and_unpublished(account: User, page: Page) -> bool:
    """Say whether it is a draft of the account's Land that never was public, which the account cannot publish."""
    return (
        bool(account.land_code)
        and not was_public(page)
        and not page.permissions_for_user(account).can_publish()
        and may_change(account, page)
    )


def set_by_own_land(request: HttpRequest, page: Page) -> Scheduled | None:
    """Return for when somebody of the account's own Land has set its own draft; None where nobody has."""
    account = account_of(request)
    if not is_own_and_unpublished(account, page):
        return None
    items = (item for item in publications(rotation_of(request)) if item.page.pk == page.pk)
    return next((item for item in items if item.account and item.account.land_code == account.land_code), None)


class OnFirstDayItem(ActionMenuItem):
    """The button that sets it."""

    order = 27
    name = SET
    icon_name = "calendar-check"

    def is_shown(self, context: Any) -> bool:
        is_open = context["view"] == "edit" and not context["locked_for_user"]
        return is_open and term_to_begin_with(context["request"], context["page"]) is not None

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """Add on which day."""
        term = term_to_begin_with(parent_context["request"], parent_context["page"])
        label = f"Am {german_day(term.start)} veröffentlichen" if term else ""
        return super().get_context_data(parent_context) | {"label": label}


class NotOnFirstDayItem(ActionMenuItem):
    """The button that takes it back, on the form that is locked meanwhile."""

    order = 28
    name = TAKE_BACK
    label = "Vormerkung zurücknehmen"
    icon_name = "error"

    def is_shown(self, context: Any) -> bool:
        is_locked = context["view"] == "edit" and context["locked_for_user"]
        return bool(is_locked and set_by_own_land(context["request"], context["page"]))


class OnFirstDayView(EditView):
    """Wagtail's form of a page, read as for publishing; what it sends is set for `day`, on which the term begins."""

    day = date.max

    def run_hook(self, hook_name: str, *args: Any, **kwargs: Any) -> Any:
        """Leave out what is asked before the form: it was asked already, and has led here."""
        return None if hook_name == "before_edit_page" else super().run_hook(hook_name, *args, **kwargs)

    @cached_property
    def action_name_and_method(self) -> tuple[str, Any]:
        """Return under which name Wagtail asks the form all that it asks before publishing, and what is done then."""
        return "publish", self.set_for_first_day

    def set_for_first_day(self) -> HttpResponse:
        """Store the version and set it; one that waited for approval waits no more."""
        midnight = datetime.combine(self.day, time.min)
        try:
            with transaction.atomic(), files_stay.on():
                page = self.form.save()
                page.go_live_at = timezone.make_aware(midnight, timezone.get_default_timezone())
                version = page.save_revision(user=self.request.user, log_action=True)
                PublishPageRevisionAction(version, user=self.request.user).execute(skip_permission_checks=True)
        except ValidationError as error:  # such as an end of publication before that day
            self.form.add_error(None, refusal_in_words(type(self.page), error))
            return self.form_invalid(self.form)
        if self.has_content_changes and "comments" in self.form.formsets:
            changes = self.get_commenting_changes()
            self.log_commenting_changes(changes, version)
            self.send_commenting_notifications(changes)
        title = f"„{page.get_admin_display_title()}“"
        if Page.objects.filter(pk=page.pk, live=True).exists():  # sent before midnight, stored after it
            messages.success(self.request, f"{title} ist jetzt öffentlich.")
        else:
            day = german_day(self.day)
            messages.success(self.request, f"{title} wird am {day} um 0 Uhr von selbst öffentlich. {LOCKED}")
        return self.redirect_and_remain()


def instead_of_a_draft(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Hook before the form of a page is read: answer where one of the two buttons was pressed."""
    if TAKE_BACK in request.POST:
        return take_back(request, page)
    if SET not in request.POST:
        return None
    if term := term_to_begin_with(request, page):
        return OnFirstDayView.as_view(day=term.start)(request, page.pk)
    messages.warning(request, NOT_SET)
    return None


def take_back(request: HttpRequest, page: Page) -> HttpResponse:
    """Let the page stay a draft that its Land may go on with."""
    with transaction.atomic():
        stored = Page.objects.select_for_update().get(pk=page.pk)  # the clock may be about to publish it
        item = set_by_own_land(request, stored)
        if item and item.revision:
            item.revision.approved_go_live_at = None
            item.revision.save(user=request.user, update_fields=["approved_go_live_at"])  # logs for when it was set
            item.revision.content["go_live_at"] = None
            item.revision.save(update_fields=["content"])
            Page.objects.filter(pk=page.pk).update(go_live_at=None)
    if item:
        messages.success(
            request, f"„{page.get_admin_display_title()}“ ist wieder ein Entwurf und nicht mehr vorgemerkt."
        )
    else:
        messages.warning(request, NOT_TAKEN_BACK)
    return redirect("wagtailadmin_pages:edit", page.pk)
